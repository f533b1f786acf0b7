"""The formats in which data sets come; each module has `load(files, options) -> Raw`."""

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from convstudy.datasets.gate import admit
from convstudy.datasets.raw import Raw
from convstudy.errors import StudyError

Loader = Callable[[Mapping[str, Path], Mapping[str, Any]], Raw]  # files, options

FORMATS = {
    "idx": "convstudy.datasets.formats.idx",
    "cifar10": "convstudy.datasets.formats.cifar10",
    "image_folder": "convstudy.datasets.formats.image_folder",
    "npz": "convstudy.datasets.formats.npz",
    "torchvision": "convstudy.datasets.formats.torchvision",
}


def loader(name: str) -> Loader:
    """Reads a format, by its name in the config, and lets its images through the gate.

    Raises `StudyError` for an unknown one.
    """
    if name not in FORMATS:
        raise StudyError(f"format {name!r} is unknown. Use one of {', '.join(FORMATS)}.")
    load: Loader = importlib.import_module(FORMATS[name]).load

    def admitted(files: Mapping[str, Path], options: Mapping[str, Any]) -> Raw:
        source = options.get("folder") or ", ".join(map(str, files.values()))
        return admit(load(files, options), options, source)

    return admitted
