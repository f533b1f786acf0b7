"""Image files in `train/<class>/` and `test/<class>/`, in a folder, tar(.gz, .bz2, .xz) or zip.

The order is made here, since folders have none: the first image of every class (by name), then the
second of every class, and so on. The first n images are therefore a fair sample of all classes.
"""

import io
import logging
import struct
import warnings
import zlib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image

from convstudy.datasets.formats.archive import entries
from convstudy.datasets.images import Images, check
from convstudy.errors import StudyError

SPLITS = ("train", "test")
SUFFIXES = (".png", ".jpg", ".jpeg")
FAULTS_SHOWN = 10
BROKEN = np.empty((0, 0, 0), np.uint8)  # holds an image's place until the fault is raised
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

log = logging.getLogger(__name__)

# split → class → file name → pixels uint8 (C, H, W)
Found = dict[str, dict[str, dict[str, np.ndarray]]]


def load(files: Mapping[str, Path], options: Mapping[str, Any]) -> Images:
    """Images uint8 (N, C, H, W), C = 3, or 1 with option `colour: false`; classes sorted by name.

    Option `image_size: [H, W]` resizes the images of another size (bilinear, antialiased); without
    it all must have one size. Option `folder` reads a plain folder instead of the archive in
    `files`. Raises `StudyError` naming every fault at once.
    """
    source = _source(files, options)
    found = _read(source, options)
    classes = sorted(found["train"])
    _check_sizes(source, found)
    train, test = (_stack(found.pop(split), classes) for split in SPLITS)
    return check(Images(*train, *test, classes), str(source))


def _source(files: Mapping[str, Path], options: Mapping[str, Any]) -> Path:
    if options.get("folder"):
        folder = Path(options["folder"]).expanduser()
        if not folder.is_dir():
            raise StudyError(f"options.folder: {folder} is not a folder. Check the path.")
        return folder
    if len(files) != 1:
        raise StudyError(
            f"format image_folder needs exactly one archive in files (or options.folder); the data"
            f" set lists {', '.join(files) or 'none'}. Mend it in config.yaml."
        )
    return next(iter(files.values()))


def _read(source: Path, options: Mapping[str, Any]) -> Found:
    found: Found = {split: defaultdict(dict) for split in SPLITS}
    tops, faults, left_out = set(), [], []
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        for path, is_folder, content in entries(source, lambda path: _place(path).is_image):
            place = _place(path)
            if place.split is None:
                continue
            tops.add(place.top)
            if content is not None:
                try:
                    found[place.split][place.name][path.name] = _decode(content, options)
                except (*UNREADABLE, *BOMBS) as error:
                    found[place.split][place.name][path.name] = BROKEN
                    faults.append(f"{path} is a broken image ({error})")
            elif is_folder and place.depth == 2:
                _ = found[place.split][place.name]  # a class, be it empty
            elif not is_folder:
                left_out.append(str(path))
    if len(tops) > 1:
        shown = ", ".join(sorted(top or "." for top in tops))
        faults.insert(0, f"train/ and test/ are in several folders ({shown}); leave one")
    if left_out:
        log.warning("%s: %d other files left out, e.g. %s", source, len(left_out), left_out[0])
    _raise_all(source, faults + _class_faults(found))
    return found


class _Place(NamedTuple):
    """What a path is for: <top>/<split>/<name>/<image>, the top being optional."""

    top: str | None = None
    split: str | None = None
    name: str = ""
    depth: int = 0  # counted from split
    is_image: bool = False


def _place(path: PurePosixPath) -> _Place:
    parts = path.parts
    # Hidden files and __MACOSX are leavings of file managers, never data.
    if any(part.startswith((".", "__MACOSX")) for part in parts):
        return _Place()
    top = None
    if parts and parts[0] not in SPLITS:
        top, parts = parts[0], parts[1:]
    if len(parts) < 2 or parts[0] not in SPLITS:
        return _Place()
    is_image = len(parts) == 3 and path.suffix.lower() in SUFFIXES
    return _Place(top, parts[0], parts[1], len(parts), is_image)


def _decode(content: bytes, options: Mapping[str, Any]) -> np.ndarray:
    """uint8 (C, H, W); transparency is dropped."""
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
        if image.mode.startswith(("I", "F")):
            raise ValueError(f"mode {image.mode}, more than 8 bits per channel")
        size = options.get("image_size")
        picture = image.convert("RGB" if options.get("colour", True) else "L")
        if size and picture.size != (size[1], size[0]):
            picture = picture.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    pixels = np.asarray(picture)
    pixels = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    return np.ascontiguousarray(pixels)  # np.stack would keep the order of the axes in memory


def _class_faults(found: Found) -> list[str]:
    """Every fault of the classes: none, empty, or not in both splits."""
    train, test = (set(found[split]) for split in SPLITS)
    if not (train and test):
        return [f"no folder {split}/ with classes in it" for split in SPLITS if not found[split]]
    faults = [
        f"class {split}/{name}/ is empty: it has no png, jpg or jpeg"
        for split in SPLITS
        for name in sorted(found[split])
        if not found[split][name]
    ]
    if train != test:
        only = {"train": sorted(train - test), "test": sorted(test - train)}
        lists = [f"only in {split}/: {', '.join(only[split])}" for split in SPLITS if only[split]]
        faults.append(f"train and test classes differ ({'; '.join(lists)})")
    elif len(train) < 2:
        faults.append(f"only one class, {next(iter(train))}; at least two are needed")
    return faults


def _check_sizes(source: Path, found: Found) -> None:
    first: dict[tuple[int, ...], str] = {}
    for split in SPLITS:
        for name, images in found[split].items():
            for file, pixels in images.items():
                first.setdefault(pixels.shape, f"{split}/{name}/{file}")
    if len(first) > 1:
        (shape, one), (other_shape, other) = list(first.items())[:2]
        raise StudyError(
            f"{source}: images differ in size: {one} is {shape[1]}×{shape[2]}, {other}"
            f" {other_shape[1]}×{other_shape[2]} (height × width). Set options.image_size: [H, W]."
        )


def _stack(
    images: dict[str, dict[str, np.ndarray]], classes: list[str]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Images and labels in the order that the module's text describes."""
    ranked = [
        (rank, label, pixels)
        for label, name in enumerate(classes)
        for rank, (_, pixels) in enumerate(sorted(images[name].items()))
    ]
    ranked.sort(key=lambda item: item[:2])
    pixels = np.stack([item[2] for item in ranked])
    labels = np.array([item[1] for item in ranked], np.int64)
    return torch.from_numpy(pixels), torch.from_numpy(labels)


def _raise_all(source: Path, faults: list[str]) -> None:
    if not faults:
        return
    shown = faults[:FAULTS_SHOWN]
    if len(faults) > len(shown):
        shown.append(f"and {len(faults) - len(shown)} more")
    raise StudyError(
        "\n  ".join([f"{source}:", *shown])
        + "\n  Mend the folder (train/<class>/*.png|jpg|jpeg and test/<class>/…) and run again."
    )
