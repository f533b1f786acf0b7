"""`convstudy prepare`: raw files of any format → tensors in one file, and their description.

Standard input: {"dataset", "title", "format", "generated": bool, "options": {…}, "files": {name:
its checksums}, "listing": sha256 of a plain folder, or null};
further keys are there for the DAG to track. Options are those of the format's `load`.
"""

import argparse
import logging
from pathlib import Path
from typing import Any

import torch

from convstudy.config import read_slice
from convstudy.datasets import checksums
from convstudy.datasets.formats import loader
from convstudy.datasets.gate import duplicates
from convstudy.datasets.images import TENSORS, Images, checksum
from convstudy.datasets.listing import content_digest
from convstudy.errors import StudyError
from convstudy.files import replacing
from convstudy.sealed import write_sealed

log = logging.getLogger(__name__)


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="convstudy prepare", description=__doc__)
    parser.add_argument("--raw-folder", required=True, type=Path)
    parser.add_argument("--tensors", required=True, type=Path)
    parser.add_argument("--description", required=True, type=Path)
    options = parser.parse_args(argv)
    prepare(options.raw_folder, options.tensors, options.description, read_slice())


def prepare(raw: Path, tensors: Path, description: Path, slice_: dict[str, Any]) -> None:
    """Load the files of `slice_` from folder `raw`; write `tensors` and `description`.

    Both are described in docs/architecture.md (data/prepared/). Raises `StudyError` for whatever
    is wrong with the raw files, before anything is written.
    """
    files = {name: raw / name for name in slice_["files"]}
    sources = _sources(files, slice_)
    images = loader(slice_["format"])(files, slice_["options"])
    described = describe(images, slice_) | {"sources": sources}
    if images.said:
        described["reading"] = images.said
    with replacing(tensors) as temporary, temporary.open("wb") as file:
        # To an open file: given a path, torch.save writes its name into the file.
        torch.save(_tensors(images), file)
    write_sealed(description, described)
    log.info(
        "%s: %d train and %d test images of shape %s, %d classes",
        slice_["title"], len(images.train_images), len(images.test_images),
        "×".join(map(str, described["shape"])), len(images.classes),
    )  # fmt: skip


def describe(images: Images, slice_: dict[str, Any]) -> dict[str, Any]:
    """All of the description but `sources` and `reading`, which the tensors cannot tell."""
    mean, std = channel_statistics(images.train_images)
    return {
        "dataset": slice_["dataset"],
        "title": slice_["title"],
        "format": slice_["format"],
        "generated": slice_["generated"],
        "classes": images.classes,
        "shape": list(images.train_images.shape[1:]),
        "train_images": len(images.train_images),
        "test_images": len(images.test_images),
        "mean": mean,
        "std": std,
        "sha256": checksum(_tensors(images)),
        **({"duplicates": count} if (count := duplicates(images)) else {}),
    }


def _tensors(images: Images) -> dict[str, torch.Tensor]:
    return {name: getattr(images, name) for name in TENSORS}


def channel_statistics(images: torch.Tensor) -> tuple[list[float], list[float]]:
    """Mean and (population) standard deviation of uint8 (N, C, H, W) per channel, scaled to 0-1.

    From counts of the 256 levels, hence exact: no rounding that depends on order or machine.
    """
    means, stds = [], []
    for channel in images.unbind(1):
        counts = torch.bincount(channel.flatten(), minlength=256).tolist()
        n = sum(counts)
        total = sum(level * count for level, count in enumerate(counts))
        squares = sum(level**2 * count for level, count in enumerate(counts))
        means.append(total / n / 255)
        stds.append((n * squares - total**2) ** 0.5 / n / 255)
    return means, stds


def _sources(files: dict[str, Path], slice_: dict[str, Any]) -> dict[str, str]:
    """{file: sha256}; a plain folder is one entry, hashed by its files' names and contents."""
    folder = slice_["options"].get("folder")
    if not folder:
        stated = slice_["files"]
        return {name: checksums.verified(path, stated[name]) for name, path in files.items()}
    found = content_digest(Path(folder).expanduser())
    if slice_.get("listing") not in (None, found):
        raise StudyError(f"{folder} was changed after this study was planned. Run again.")
    return {str(folder): found}
