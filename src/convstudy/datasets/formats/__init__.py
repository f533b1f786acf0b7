"""The formats in which data sets come; each module has `load(files, options) -> Images`."""

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from convstudy.datasets.images import Images
from convstudy.errors import StudyError

Loader = Callable[[Mapping[str, Path], Mapping[str, Any]], Images]  # files, options

FORMATS = {
    "idx": "convstudy.datasets.formats.idx",
    "cifar10": "convstudy.datasets.formats.cifar10",
    "image_folder": "convstudy.datasets.formats.image_folder",
    "npz": "convstudy.datasets.formats.npz",
    "torchvision": "convstudy.datasets.formats.torchvision",
}


def loader(name: str) -> Loader:
    """`load` of a format by its name in the config; raises `StudyError` for an unknown one."""
    if name not in FORMATS:
        raise StudyError(f"format {name!r} is unknown. Use one of {', '.join(FORMATS)}.")
    load: Loader = importlib.import_module(FORMATS[name]).load
    return load
