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
from typing import Any

import numpy as np
import torch
from PIL import Image

from convstudy.datasets.formats.archive import entries
from convstudy.datasets.images import Images, check
from convstudy.errors import StudyError

SPLITS = ("train", "test")
SUFFIXES = (".png", ".jpg", ".jpeg")
FAULTS_SHOWN = 10
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

log = logging.getLogger(__name__)

# split → class → [(file name, pixels uint8 (C, H, W))]
Found = dict[str, dict[str, list[tuple[str, np.ndarray]]]]


def load(files: Mapping[str, Path], options: Mapping[str, Any]) -> Images:
    """Images uint8 (N, C, H, W), C = 3, or 1 with option `colour: false`; classes sorted by name.

    Option `image_size: [H, W]` resizes the images of another size (bilinear, antialiased); without
    it all must have one size. Option `folder` reads a plain folder instead of the archive in
    `files`. Raises `StudyError` naming every fault at once.
    """
    source = _source(files, options)
    found = _read(source, options)
    classes = sorted(found["train"])
    _check_classes(source, found)
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
    found: Found = {split: defaultdict(list) for split in SPLITS}
    tops, broken, left_out = set(), [], []
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        for path, content in entries(source, lambda path: _place(path)[3]):
            top, split, name, is_image = _place(path)
            if split is None or name is None:
                continue
            tops.add(top)
            images = found[split][name]
            if content is not None:
                try:
                    images.append((path.name, _decode(content, options)))
                except (*UNREADABLE, *BOMBS) as error:
                    broken.append(f"{path} is a broken image ({error})")
            elif not is_image and len(path.parts) > 3 + (top is not None) - 1:
                left_out.append(str(path))
    if len(tops) > 1:
        shown = ", ".join(sorted(str(top or ".") for top in tops))
        broken.insert(0, f"train/ and test/ in several folders ({shown}): leave one")
    if left_out:
        log.warning("%s: %d files left out, e.g. %s", source, len(left_out), left_out[0])
    _raise_all(source, broken)
    return found


def _place(path: PurePosixPath) -> tuple[str | None, str | None, str | None, bool]:
    """(folder around train and test, split, class, whether it is an image of that class)."""
    parts = path.parts
    top = None
    if parts and parts[0] not in SPLITS:
        top, parts = parts[0], parts[1:]
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    if hidden or len(parts) < 2 or parts[0] not in SPLITS:
        return None, None, None, False
    is_image = len(parts) == 3 and PurePosixPath(parts[2]).suffix.lower() in SUFFIXES
    return top, parts[0], parts[1], is_image


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
    return pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)


def _check_classes(source: Path, found: Found) -> None:
    """Raise `StudyError` with every fault of the classes: none, empty, or not in both splits."""
    train, test = (set(found[split]) for split in SPLITS)
    faults = [f"no folder {split}/ with classes in it" for split in SPLITS if not found[split]]
    if not faults:
        faults += [f"{split}/{name}/ has no images" for split in SPLITS
                   for name, images in sorted(found[split].items()) if not images]  # fmt: skip
        if train != test:
            only = [
                f"only in {split}/: {', '.join(sorted(names))}"
                for split, names in (("train", train - test), ("test", test - train))
                if names
            ]
            faults.append(f"train and test classes differ ({'; '.join(only)})")
        if len(train | test) < 2:
            faults.append(f"{len(train | test)} class; at least 2 are needed")
    _raise_all(source, faults)


def _check_sizes(source: Path, found: Found) -> None:
    first: dict[tuple[int, ...], str] = {}
    for split in SPLITS:
        for name, images in found[split].items():
            for file, pixels in images:
                first.setdefault(pixels.shape, f"{split}/{name}/{file}")
    if len(first) > 1:
        (shape, one), (other_shape, other) = list(first.items())[:2]
        raise StudyError(
            f"{source}: images differ in size: {one} is {shape[1]}×{shape[2]}, {other}"
            f" {other_shape[1]}×{other_shape[2]} (height × width). Set options.image_size: [H, W]."
        )


def _stack(
    images: dict[str, list[tuple[str, np.ndarray]]], classes: list[str]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Images and labels in the order that the module's text describes."""
    ranked = [
        (rank, label, pixels)
        for label, name in enumerate(classes)
        for rank, (_, pixels) in enumerate(sorted(images[name], key=lambda item: item[0]))
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
