"""The one gate for images of every format: what nobody could learn from is refused here.

A file of Keras, of MNIST's kind and a folder of photos are refused for the same fault in the same
words.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from convstudy.config.class_names import class_name
from convstudy.datasets.images import Images, check
from convstudy.datasets.raw import Raw
from convstudy.errors import StudyError

MOST_DUPLICATES = 0.01  # of the test set, before they are refused
_SPLIT_SEED = 0
_SHOWN = 10


def admit(found: Raw, options: Mapping[str, Any], source: str) -> Raw:
    """`found` with a test set and with names of classes in NFC; raises `StudyError` else.

    Options: `test_share` makes a test set where there is none, by class, of the same images in
    every run; `allow_duplicates` lets test images pass that the training set has too.
    """
    found = replace(found, classes=_names(found.classes, source))
    _check_classes(found, source)
    found = _with_test_set(found, options, source)
    check(found, source)
    _refuse(source, [*_class_faults(found)])
    _check_leaks(found, options, source)
    return found


def _names(names: list[str], source: str) -> list[str]:
    """The names as they are from here on; raises `StudyError` for equal or empty ones."""
    normal = [class_name(str(name)) for name in names]
    twice = sorted({name for name in normal if normal.count(name) > 1})
    faults = [f"two classes have the name {name!r}" for name in twice if name]
    faults += [
        f"the name {name!r} is not UTF-8"
        for name in normal
        if any("\ud800" <= character <= "\udfff" for character in name)
    ]
    if not all(normal):
        faults.append("a class has an empty name")
    if len(normal) == 1:
        faults.append(f"only one class, {normal[0]}; at least two are needed")
    if not normal:
        faults.append("there are no classes; at least two are needed")
    _refuse(source, faults)
    return normal


def _check_classes(found: Raw, source: str) -> None:
    """Labels that fit the classes, before anything counts by them."""
    if not len(found.train_images):
        _refuse(source, ["there are no images for training"])
    if len(found.test_images) == len(found.test_labels) == 0:
        found = replace(found, test_images=found.train_images, test_labels=found.train_labels)
    check(found, source)


def _class_faults(found: Raw) -> Iterator[str]:
    """Every class that one of the splits has no image of."""
    counts = {
        split: torch.bincount(labels, minlength=len(found.classes)).tolist()
        for split, labels in (("training", found.train_labels), ("test", found.test_labels))
    }
    for label, name in enumerate(found.classes):
        without = [split for split, count in counts.items() if not count[label]]
        if len(without) == 2:
            yield f"class {name} is empty: it has no image"
        elif without:
            yield f"class {name} has no image in the {without[0]} set"


def _refuse(source: str, faults: list[str]) -> None:
    if not faults:
        return
    more = [f"and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
    raise StudyError(
        f"{source}: {'; '.join(faults[:_SHOWN] + more)}. Every class needs a name of its own and "
        "images for training and for test: mend the files or the data set in the config."
    )


def _with_test_set(found: Raw, options: Mapping[str, Any], source: str) -> Raw:
    share = options.get("test_share")
    if len(found.test_images):
        if share is not None:
            raise StudyError(
                f"{source} has a test set of its own, of {len(found.test_images)} images. Remove "
                "test_share from this data set in the config."
            )
        return found
    if share is None:
        raise StudyError(
            f"{source} has no test set. Add one, or let one be taken from it by class, the same in "
            "every run: test_share: 0.2 in this data set's config."
        )
    test = _taken(found, share, source)
    return replace(
        found,
        train_images=found.train_images[~test],
        train_labels=found.train_labels[~test],
        test_images=found.train_images[test],
        test_labels=found.train_labels[test],
        said={**found.said, "test_share": share},
    )


def _taken(found: Raw, share: float, source: str) -> Tensor:
    """Which images become the test set: bool (N,).

    Of each class the images with the smallest hash of pixels: a draw that depends on the images
    alone, not on names or order. Equal images count as one, and go to one side.
    """
    groups: dict[bytes, list[int]] = defaultdict(list)
    for row, key in enumerate(_hashes(found.train_images)):
        groups[key].append(row)
    labels = found.train_labels.tolist()
    of_class: dict[int, list[list[int]]] = defaultdict(list)
    for _, rows in sorted(groups.items()):
        of_class[labels[rows[0]]].append(rows)
    test = torch.zeros(len(labels), dtype=torch.bool)
    for label, name in enumerate(found.classes):
        members = of_class[label]
        if len(members) < 2:
            raise StudyError(
                f"{source}: class {name} has {len(members)} different images; test_share needs two "
                "of each class, one for either side."
            )
        wanted = max(1, round(share * sum(map(len, members))))
        chosen = 0
        for rows in members[:-1]:  # one is left for training
            if chosen + len(rows) <= wanted or not chosen:
                test[rows] = True
                chosen += len(rows)
    return test


def _hashes(images: Tensor) -> list[bytes]:
    """One hash of the pixels per image."""
    seed = str(_SPLIT_SEED).encode()
    rows = images.contiguous().flatten(1).numpy()
    return [hashlib.blake2b(row.data, digest_size=16, key=seed).digest() for row in rows]


def duplicates(images: Images) -> int:
    """How many test images are training images too, pixel for pixel."""
    trained = set(_hashes(images.train_images))
    return sum(key in trained for key in _hashes(images.test_images))


def _check_leaks(found: Raw, options: Mapping[str, Any], source: str) -> None:
    if options.get("allow_duplicates"):
        return
    count, total = duplicates(found), len(found.test_images)
    if count > MOST_DUPLICATES * total:
        raise StudyError(
            f"{source}: {count} of {total} test images are training images too, pixel for pixel, "
            "so that a network which only remembers would seem to recognise them. Remove them from "
            "one side, or state allow_duplicates: true in this data set's config."
        )
