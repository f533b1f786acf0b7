"""Which folders are splits and which are classes: nothing but names is looked at here."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

# In any case of letters; the first of each is what it is called here.
SPLITS = {
    "train": ("train", "training"),
    "test": ("test", "testing"),
    "validation": ("validation", "valid", "val"),
}
_SPLIT_OF = {name: split for split, names in SPLITS.items() for name in names}

# split → class → files
Placed = dict[str, dict[str, list[PurePosixPath]]]


@dataclass
class Layout:
    placed: Placed
    misplaced: list[PurePosixPath] = field(default_factory=list)  # images in no class
    faults: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # split → its folder, as it is written


def natural(name: str) -> tuple[list[str | int], str]:
    """Sorts "2" before "10", and "b2" before "b10"."""
    parts = re.split("([0-9]+)", name)
    return [int(part) if i % 2 else part for i, part in enumerate(parts)], name


def arrange(images: Iterable[PurePosixPath], folders: Iterable[PurePosixPath]) -> Layout:
    """The classes of each split, from paths of images and of folders (which may be empty).

    `<top>/<split>/<class>/…/<image>`, or without any split `<top>/<class>/…/<image>`, where top is
    none or some folders. Without a folder for tests that of a validation set is taken.
    """
    images, folders = list(images), set(folders)
    depths = {path: _split_depth(path) for path in (*images, *sorted(folders))}
    if not any(_is(path, depth, "train") for path, depth in depths.items()):
        return _without_splits(images, folders)
    layout = Layout({"train": {}})
    spelt: dict[tuple[str, str], set[str]] = defaultdict(set)
    written: dict[str, set[str]] = defaultdict(set)
    tops = set()
    for path, depth in depths.items():
        is_image = path not in folders
        if depth is None or len(path.parts) < depth + 2 + is_image:
            layout.misplaced += [path] * is_image
            continue
        split = _SPLIT_OF[path.parts[depth].lower()]
        tops.add("/".join(path.parts[:depth]))
        written[split].add(path.parts[depth])
        name = unicodedata.normalize("NFC", path.parts[depth + 1])
        spelt[split, name].add(path.parts[depth + 1])
        files = layout.placed.setdefault(split, {}).setdefault(name, [])
        files += [path] * is_image
    layout.faults = [*_twice(tops, written, spelt)]
    layout.names = {split: min(names) for split, names in written.items()}
    return layout


def _is(path: PurePosixPath, depth: int | None, split: str) -> bool:
    return depth is not None and path.parts[depth].lower() in SPLITS[split]


def _split_depth(path: PurePosixPath) -> int | None:
    """Where the first folder with the name of a split stands in a path."""
    for depth, part in enumerate(path.parts):
        if part.lower() in _SPLIT_OF:
            return depth
    return None


def _twice(
    tops: set[str], written: dict[str, set[str]], spelt: dict[tuple[str, str], set[str]]
) -> Iterable[str]:
    if len(tops) > 1:
        shown = ", ".join(sorted(top or "." for top in tops))
        yield f"train/ and test/ are in several folders ({shown}); leave one"
    for split, names in written.items():
        if len(names) > 1:
            yield f"several folders are the {split} split ({', '.join(sorted(names))}); leave one"
    for (split, name), names in spelt.items():
        if len(names) > 1:
            yield (
                f"{split} has {len(names)} folders for the class {name}, spelt alike with other "
                "code points (NFC and NFD); leave one"
            )


def _without_splits(images: list[PurePosixPath], folders: set[PurePosixPath]) -> Layout:
    """Classes are the folders below what all images have in common."""
    layout = Layout({"train": {}})
    depth = 0
    while (
        images
        and len({path.parts[depth] for path in images}) == 1
        and all(len(path.parts) > depth + 2 for path in images)
    ):
        depth += 1
    top = images[0].parts[:depth] if images else ()
    classes = layout.placed["train"]
    spelt: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in (*sorted(folders), *images):
        is_image = path not in folders
        if path.parts[:depth] == top and len(path.parts) > depth + is_image:
            spelt["train", unicodedata.normalize("NFC", path.parts[depth])].add(path.parts[depth])
            files = classes.setdefault(unicodedata.normalize("NFC", path.parts[depth]), [])
            files += [path] * is_image
        else:
            layout.misplaced += [path] * is_image
    layout.faults = [*_twice(set(), {}, spelt)]
    return layout
