"""A data set of torchvision, read by its own class from the files that were fetched for it.

Pickles are opened by torchvision alone, after its own checksums, and all files are compared with
those that were written down when they were fetched.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from convstudy.config.torchvision_sets import LISTED, splits
from convstudy.datasets.of_torchvision import checksums, make
from convstudy.datasets.raw import Raw
from convstudy.errors import StudyError

Split = tuple[np.ndarray, np.ndarray]  # uint8 (N, C, H, W), int64 (N,)


def load(files: Mapping[str, Path], options: Mapping[str, Any]) -> Raw:
    """Images uint8 (N, C, H, W), C = 1 if all are grey or by option `colour: false`, else 3.

    Options: `torchvision` ({"name", "arguments", "train"?, "test"?}), `image_size: [H, W]` (resizes
    images of another size, bilinear, antialiased), `classes` (names of the labels). The order is
    torchvision's, unless that is class by class: then the first image of every class, the second
    of every class, and so on. Raises `StudyError` for labels that are no class numbers.
    """
    root = files[LISTED].parent
    _verify(files[LISTED])
    asked = options["torchvision"]
    source = f"{root} (torchvision's {asked['name']})"
    try:
        read, names = _both(root, source, options, None if options.get("colour", True) else "L")
    except _ColouredError:
        read, names = _both(root, source, options, "RGB")
    if asked["name"] == "EMNIST":
        read, names = _upright(read, names)
    if len({pixels.shape[1] for pixels, _ in read}) > 1:
        raise StudyError(
            f"{source}: one of its sets is grey, the other has colours."
            f" Set datasets.{root.name}.colour: false."
        )
    read.append((read[0][0][:0], read[0][1][:0]))  # of one that comes without a test set
    names = _given(source, options.get("classes"), names) or [
        str(one) for one in range(1 + max(int(labels.max(initial=0)) for _, labels in read))
    ]
    tensors = [torch.from_numpy(array) for split in read[:2] for array in _mixed(*split)]
    return Raw(tensors[0], tensors[1], tensors[2], tensors[3], names)


def _verify(listed: Path) -> None:
    """Raise `StudyError` unless the files beside a list are those that it names."""
    try:
        stated = dict(json.loads(listed.read_text(encoding="utf-8"))["files"])
        found = checksums(listed.parent)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StudyError(f"{listed} cannot be read ({error}). Delete it and run again.") from None
    other = sorted(path for path in stated.keys() | found if stated.get(path) != found.get(path))
    if other:
        raise StudyError(
            f"{listed.parent / other[0]} is not as it was fetched ({len(other)} such files)."
            f" Delete {listed} and run again."
        )


class _ColouredError(Exception):
    """An image has colours after a grey one."""


def _both(
    root: Path, source: str, options: Mapping[str, Any], mode: str | None
) -> tuple[list[Split], list[str] | None]:
    """All sets that the data set comes in, one or two, and names of the classes if it has them."""
    asked, read, names = options["torchvision"], [], None
    for arguments in splits(asked):
        if arguments is not None:  # one set is let go before the next is read
            images = make(root, asked["name"], arguments, download=False)
            read.append(_read(source, images, options, mode))
            names = _names(images)
    return read, names


def _read(source: str, images: Any, options: Mapping[str, Any], mode: str | None) -> Split:
    """All of a split; `mode` None is that of its first image (L or RGB)."""
    size, asked = options.get("image_size"), mode
    pixels, labels = np.empty((0, 0, 0, 0), np.uint8), np.empty(len(images), np.int64)
    for place in range(len(images)):
        one, label = _item(source, images, place)
        own = "L" if one.mode in ("1", "L") else "RGB"
        mode = mode or own
        if asked is None and (mode, own) == ("L", "RGB"):
            raise _ColouredError
        one = one.convert(mode)
        if size and one.size != (size[1], size[0]):
            one = one.resize((size[1], size[0]), Image.Resampling.BILINEAR)
        array = np.asarray(one)
        array = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
        if not place:
            pixels = np.empty((len(images), *array.shape), np.uint8)
        elif array.shape != pixels.shape[1:]:
            raise StudyError(
                f"{source}: images differ in size: the first is {pixels.shape[2]}×"
                f"{pixels.shape[3]}, number {place + 1} {array.shape[1]}×{array.shape[2]} (height ×"
                " width). Set image_size: [H, W] of the data set."
            )
        pixels[place], labels[place] = array, label
    if not len(images):
        raise StudyError(f"{source}: there are no images in it.")
    return pixels, labels


def _item(source: str, images: Any, place: int) -> tuple[Image.Image, int]:
    try:
        item = images[place]
    except Exception as error:  # its classes raise whatever their decoders do
        said = str(error) or type(error).__name__
        raise StudyError(
            f"{source}: image number {place + 1} cannot be read ({said}). Delete the folder and "
            "fetch it again."
        ) from None
    image, label = item if isinstance(item, tuple) and len(item) == 2 else (item, None)
    if isinstance(label, torch.Tensor) and not label.ndim and not label.is_floating_point():
        label = int(label)
    if isinstance(label, bool) or not isinstance(label, int | np.integer):
        raise StudyError(
            f"{source}: its labels are no class numbers (the first is of the type"
            f" {type(label).__name__}). Choose a data set for classification, or arguments by which"
            " it is one (target_type: …)."
        )
    if not isinstance(image, Image.Image):
        raise StudyError(f"{source}: its images are no pictures but {type(image).__name__}s.")
    return image, int(label)


def _names(images: Any) -> list[str] | None:
    """Names of the classes, if the data set has them; of several for one class the first."""
    found = getattr(images, "classes", None) or getattr(images, "categories", None)
    if not isinstance(found, list | tuple):
        return None
    first = [one if isinstance(one, str) else str(one[0]) for one in found]
    if len(set(first)) == len(first):
        return first
    return [one if isinstance(one, str) else ", ".join(one) for one in found]


def _given(source: str, given: list[str] | None, own: list[str] | None) -> list[str] | None:
    if given and own and len(given) != len(own):
        raise StudyError(f"{source}: it has {len(own)} classes, the config names {len(given)}.")
    return given or own


def _upright(read: list[Split], names: list[str] | None) -> tuple[list[Split], list[str] | None]:
    """EMNIST lies on its side, and its letters count from 1, after a class without images."""
    read = [(np.ascontiguousarray(pixels.swapaxes(2, 3)), labels) for pixels, labels in read]
    if names and names[0] == "N/A":
        return [(pixels, labels - 1) for pixels, labels in read], names[1:]
    return read, names


def _mixed(pixels: np.ndarray, labels: np.ndarray) -> Split:
    """The first n of a set that lies class by class would be of few classes: see `load`."""
    if (np.diff(labels) < 0).any():
        return pixels, labels
    starts = np.searchsorted(labels, labels)
    order = np.lexsort((labels, np.arange(len(labels)) - starts))
    return pixels[order], labels[order]
