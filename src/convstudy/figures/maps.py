"""What layers of trained networks made of test images, as `convstudy activations` wrote it."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from convstudy.errors import StudyError
from convstudy.figures.drawing import Drawing, Experiment

# What numpy, zipfile and zlib raise at a file that is not whole.
_DAMAGED = (
    *(OSError, ValueError, IndexError, EOFError, MemoryError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error),
)
_AGAIN = "Delete it and run snakemake again."


class Block(NamedTuple):
    """One layer of one network: images (I, H, W[, 3]), their classes, maps (I, C, h, w)."""

    experiment: Experiment
    layer: str
    images: np.ndarray
    names: list[str]
    maps: np.ndarray


class Kernels(NamedTuple):
    """A convolution of one network: kernels (C, k, k), and what they make of an image."""

    block: Block  # its first image alone
    kernels: np.ndarray  # means over the input's channels
    depth: int  # channels of the input


def activations(runs: Path, one: Experiment, layers: list[str], images: int = 3) -> list[Block]:
    """The asked layers of an experiment's first seed, of the first so many images."""
    with stored(_path(runs, one)) as found:
        return _blocks(found, one, layers, images)


def kernels(runs: Path, one: Experiment, layers: list[str]) -> list[Kernels]:
    """The asked convolutions of an experiment's first seed, with their maps of the first image."""
    path = _path(runs, one)
    with stored(path) as found:
        blocks = _blocks(found, one, layers, images=1)
        if lacking := [layer for layer in layers if f"kernels/{layer}" not in found]:
            raise StudyError(
                f"{path} holds no kernels of {', '.join(lacking)}: no convolution. Name one under "
                "'layers' of the figure 'kernels'."
            )
        weights = [found[f"kernels/{layer}"] for layer in layers]
    return [
        Kernels(block, each.mean(axis=1), each.shape[1])
        for block, each in zip(blocks, weights, strict=True)
    ]


def _path(runs: Path, one: Experiment) -> Path:
    return runs / one.name / f"seed{one.seeds[0]}" / "activations.npz"


@contextmanager
def stored(path: Path) -> Iterator[Any]:
    """The arrays of a file; `StudyError` for whatever is wrong with it."""
    try:
        with np.load(path, allow_pickle=False) as found:
            yield found
        return
    except FileNotFoundError:
        said = "is missing"
    except KeyError as error:
        said = f"lacks an array ({error.args[0]})"
    except _DAMAGED as error:
        said = f"cannot be read ({error})"
    raise StudyError(f"{path} {said}. {_AGAIN}")


def _blocks(found: Any, one: Experiment, layers: list[str], images: int) -> list[Block]:
    pictures = found["images"][:images].transpose(0, 2, 3, 1)
    names = [str(found["classes"][label]) for label in found["labels"][:images]]
    return [Block(one, layer, pictures, names, found[layer][:images]) for layer in layers]


def reader(kind: str, read: Callable[[Path, Experiment, list[str]], list[Any]]) -> Any:
    """A reader of what the config names by experiments and layers, as `tables.read` needs it."""

    def shown(runs: Path, drawing: Drawing) -> list[Any]:
        options = drawing.options.get(kind, {})
        if not options.get("layers"):
            raise StudyError(f'standard input names no layer. Add "layers": ["…"] to its {kind}.')
        return [
            block
            for one in drawing.experiments
            if one.name in options["experiments"]
            for block in read(runs, one, options["layers"])
        ]

    return shown
