"""`convstudy draw-activations`: what layers of trained networks answer to the same test images."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure, SubFigure

from convstudy.config import read_slice
from convstudy.errors import StudyError
from convstudy.figures.style import new_figure, save

_MAPS = 16  # shown per layer and image
_COLUMNS = 8


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy draw-activations", description=__doc__)
    parser.add_argument("--runs", required=True, type=Path, help="results/<scale>/runs")
    parser.add_argument("--output", required=True, type=Path, help="PNG")
    options = parser.parse_args(argv)
    job = read_slice()
    save(draw(job, [read(options.runs, one) for one in job["experiments"]]), options.output)


def read(runs: Path, experiment: dict[str, Any]) -> dict[str, np.ndarray]:
    """Arrays of an experiment's activations.npz."""
    path = runs / experiment["experiment"] / f"seed{experiment['seed']}" / "activations.npz"
    try:
        with np.load(path) as stored:
            return dict(stored)
    except FileNotFoundError:
        raise StudyError(f"{path} is missing. Run snakemake again to make it.") from None
    except (ValueError, OSError, KeyError) as error:
        raise StudyError(
            f"{path} is damaged ({error}). Delete it and run snakemake again."
        ) from None


def draw(job: dict[str, Any], stored: list[dict[str, np.ndarray]]) -> Figure:
    """A block per network and layer: a row of maps per image, the image itself at the left."""
    blocks = [
        (one, layer, arrays)
        for one, arrays in zip(job["experiments"], stored, strict=True)
        for layer in job["layers"]
    ]
    images = len(stored[0]["images"])
    height = len(blocks) * (0.3 + 0.83 * images) + 0.35
    figure = new_figure(height=height)
    parts = figure.subfigures(len(blocks), 1, squeeze=False)[:, 0]
    for part, (one, layer, arrays) in zip(parts, blocks, strict=True):
        _block(part, one, layer, arrays)
    figure.text(
        0.01, 0.0,
        "Trained networks. Each map is scaled to its own range: dark is its least, bright its largest answer.",
        fontsize=7, color="#555555", va="bottom",
    )  # fmt: skip
    figure.get_layout_engine().set(rect=(0, 0.35 / height / 1.5, 1, 1 - 0.35 / height / 1.5))
    return figure


def _block(part: SubFigure, one: dict[str, Any], layer: str, arrays: dict[str, np.ndarray]) -> None:
    maps = arrays[layer]
    shown = min(_MAPS, maps.shape[1])
    size = f"{maps.shape[2]}×{maps.shape[3]}"
    part.suptitle(
        f"{one['title']}, {layer}: {shown} of {maps.shape[1]} maps, {size} (seed {one['seed']})",
        x=0.01, ha="left", fontsize=8.5,
    )  # fmt: skip
    # Two rows of maps per image, beside an image of twice their size.
    grid = part.add_gridspec(2 * len(maps), 2 + _COLUMNS)
    for row, (image, answers) in enumerate(zip(arrays["images"], maps, strict=True)):
        axes = part.add_subplot(grid[2 * row : 2 * row + 2, 0:2])
        _picture(axes, image.transpose(1, 2, 0).squeeze(), "gray")
        name = str(arrays["classes"][arrays["labels"][row]])
        axes.set_ylabel(name, fontsize=7.5)
        for place in range(shown):
            line, column = divmod(place, _COLUMNS)
            axes = part.add_subplot(grid[2 * row + line, 2 + column])
            _picture(axes, answers[place], "viridis")


def _picture(axes: Any, values: np.ndarray, colours: str) -> None:
    axes.imshow(values, cmap=colours, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
