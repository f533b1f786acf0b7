"""Image files in `train/<class>/` and `test/<class>/`, in a folder, tar(.gz, .bz2, .xz) or zip.

The order is made here, since folders have none: the first image of every class (by name), then the
second of every class, and so on. The first n images are therefore a fair sample of all classes.
"""

from collections import Counter
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import torch

from convstudy.datasets.formats.archive import entries
from convstudy.datasets.formats.layout import SPLITS, Layout, arrange, natural
from convstudy.datasets.formats.picture import SUFFIXES, NotReadableError, decode
from convstudy.datasets.listing import is_leaving
from convstudy.datasets.raw import Raw
from convstudy.errors import StudyError

MOST_LEFT_OUT = 0.01  # of all files, before they are refused
FAULTS_SHOWN = 10
# Why a file is passed over, as data/prepared/<dataset>.json says it; the first three are losses.
REASONS = ("suffix", "link", "place", "ignored", "validation")
LOST = {
    "suffix": "have the suffix of no image that is read here",
    "link": "are links that lead nowhere",
    "place": "are in no class's folder",
}


def load(files: Mapping[str, Path], options: Mapping[str, Any]) -> Raw:
    """Images uint8 (N, C, H, W), C = 3, or 1 with option `colour: false`; classes in natural order.

    Options are those of `picture.decode`; `folder`, a plain folder instead of the archive in
    `files`; and `ignore`, patterns of files that nobody wants. Without `image_size` all images must
    have one size. Raises `StudyError` naming every fault at once.
    """
    source = _source(files, options)
    reading = _Reading(options)
    folders = []
    for path, is_folder, content, leads_nowhere in entries(source, reading.wants):
        if is_leaving(path):
            continue
        if is_folder:
            folders.append(path)
        else:
            reading.take(path, content, leads_nowhere)
    layout = arrange(reading.pixels, folders)
    kept = {split: layout.placed.get(split, {}) for split in ("train", "test")}
    said: dict[str, Any] = {}
    validation = layout.placed.get("validation", {})
    if "test" not in layout.placed and validation:
        kept["test"], validation = validation, {}
        said["test_folder"] = layout.names["validation"]
    reading.passed["place"] += layout.misplaced
    reading.passed["validation"] += [path for paths in validation.values() for path in paths]
    used = [path for split in kept.values() for paths in split.values() for path in paths]
    _raise_all(source, _faults(layout, reading, used))
    _check_left_out(source, reading, used)
    _check_sizes(source, {path: reading.pixels[path] for path in used})
    classes = sorted({name for split in kept.values() for name in split}, key=natural)
    converted = Counter(done for path in used for done in reading.done.get(path, ()))
    left_out = {reason: len(paths) for reason, paths in reading.passed.items() if paths}
    said |= {"left_out": left_out} if left_out else {}
    said |= {"converted": dict(sorted(converted.items()))} if converted else {}
    train, test = (_stack(kept[split], classes, reading.pixels) for split in ("train", "test"))
    if not len(test[0]):
        test = (train[0][:0], train[1][:0])
    return Raw(*train, *test, classes, said)


class _Reading:
    """What the files of a source are: pixels, or passed over for a reason, or at fault."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options
        self.pixels: dict[PurePosixPath, np.ndarray] = {}
        self.done: dict[PurePosixPath, list[str]] = {}
        self.broken: dict[PurePosixPath, str] = {}
        self.passed: dict[str, list[PurePosixPath]] = {reason: [] for reason in REASONS}
        self.unused = set(options.get("ignore", ()))  # patterns that no file has met yet

    def wants(self, path: PurePosixPath) -> bool:
        is_image = path.suffix.lower() in SUFFIXES
        return is_image and not is_leaving(path) and not self._ignores(path)

    def take(self, path: PurePosixPath, content: bytes | None, leads_nowhere: bool) -> None:
        if self._ignores(path):
            self.passed["ignored"].append(path)
        elif leads_nowhere:
            self.passed["link"].append(path)
        elif path.suffix.lower() not in SUFFIXES:
            self.passed["suffix"].append(path)
        elif content is not None:
            try:
                self.pixels[path], done = decode(content, self.options)
            except NotReadableError as error:
                self.pixels[path] = np.empty((0, 0, 0), np.uint8)  # holds its place
                self.broken[path] = str(error)
            else:
                if done:
                    self.done[path] = done

    def _ignores(self, path: PurePosixPath) -> bool:
        patterns = self.options.get("ignore", ())
        met = [one for one in patterns if fnmatchcase(path.name, one) or path.match(one)]
        self.unused.difference_update(met)
        return bool(met)


def _source(files: Mapping[str, Path], options: Mapping[str, Any]) -> Path:
    if options.get("folder"):
        folder = Path(options["folder"]).expanduser()
        if not folder.is_dir():
            raise StudyError(f"{folder} is not a folder. Check datasets.*.folder in the config.")
        return folder
    if len(files) != 1:
        raise StudyError(
            "format image_folder needs exactly one archive in files (or a plain folder: PATH); the "
            f"data set lists {', '.join(files) or 'none'}. Mend it in config.yaml."
        )
    return next(iter(files.values()))


def _faults(layout: Layout, reading: _Reading, used: list[PurePosixPath]) -> list[str]:
    faults = list(layout.faults)
    faults += [
        f"{path} is a broken image ({reading.broken[path]})"
        for path in used
        if path in reading.broken
    ]
    # One to a folder would be a whole class that nobody sees.
    faults += [
        f"{path} is a link that leads nowhere"
        for path in reading.passed["link"]
        if path.suffix.lower() not in SUFFIXES
    ]
    faults += [f"ignore: {one!r} is the name of no file" for one in sorted(reading.unused)]
    if not used:
        faults.append(f"no image in a class's folder (an image is {', '.join(SUFFIXES)})")
    return faults


def _check_left_out(source: Path, reading: _Reading, images: list[PurePosixPath]) -> None:
    """Refuse a data set of which a reader would see less than lies there.

    A README beside the classes is no image that was lost; a validation set is left out as a whole.
    """
    among, used = {path.parent for path in images}, len(images)
    lost = {reason: reading.passed[reason] for reason in LOST}
    lost["suffix"] = [path for path in lost["suffix"] if among.intersection(path.parents)]
    count = sum(map(len, lost.values()))
    if count <= MOST_LEFT_OUT * (count + used):
        return
    parts = [
        f"{len(paths)} {LOST[reason]} ({', '.join(map(str, paths[:3]))}"
        f"{', …' if len(paths) > 3 else ''})"
        for reason, paths in lost.items()
        if paths
    ]
    splits = f" Splits are called {', '.join(map(' or '.join, SPLITS.values()))}."
    raise StudyError(
        f"{source}: {count} of {count + used} files would be left out: {'; '.join(parts)}."
        f"{splits if lost['place'] else ''} Move or "
        "convert them, or state which are not wanted, in this data set's config: "
        f"ignore: ['{_pattern(next(paths[0] for paths in lost.values() if paths))}']."
    )


def _pattern(path: PurePosixPath) -> str:
    is_image = path.suffix.lower() in SUFFIXES
    return path.name if is_image or not path.suffix else f"*{path.suffix}"


def _check_sizes(source: Path, images: dict[PurePosixPath, np.ndarray]) -> None:
    first: dict[tuple[int, ...], PurePosixPath] = {}
    for path, pixels in images.items():
        first.setdefault(pixels.shape, path)
    if len(first) > 1:
        (shape, one), (other_shape, other) = list(first.items())[:2]
        raise StudyError(
            f"{source}: images differ in size: {one} is {shape[1]}×{shape[2]}, {other}"
            f" {other_shape[1]}×{other_shape[2]} (height × width). Set image_size: [H, W] in this"
            " data set's config."
        )


def _stack(
    split: dict[str, list[PurePosixPath]],
    classes: list[str],
    pixels: dict[PurePosixPath, np.ndarray],
) -> tuple[torch.Tensor, torch.Tensor]:
    """Images and labels in the order that the module's text describes; takes them from `pixels`."""
    ranked = [
        (rank, label, path)
        for label, name in enumerate(classes)
        for rank, path in enumerate(sorted(split.get(name, ())))
    ]
    ranked.sort()
    labels = torch.tensor([label for _, label, _ in ranked], dtype=torch.int64)
    if not ranked:
        return torch.empty((0, 0, 0, 0), dtype=torch.uint8), labels
    return torch.from_numpy(np.stack([pixels.pop(path) for *_, path in ranked])), labels


def _raise_all(source: Path, faults: list[str]) -> None:
    if not faults:
        return
    shown = faults[:FAULTS_SHOWN]
    if len(faults) > len(shown):
        shown.append(f"and {len(faults) - len(shown)} more")
    raise StudyError(
        "\n  ".join([f"{source}:", *shown])
        + "\n  Mend the folder (train/<class>/ and test/<class>/) or its entry in the config, and "
        "run again."
    )
