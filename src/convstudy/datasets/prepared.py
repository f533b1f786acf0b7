"""Prepared data sets on the training device: uint8 in memory, normalised batch by batch."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from convstudy.datasets.images import TENSORS, checksum
from convstudy.errors import StudyError
from convstudy.sealed import read_sealed
from convstudy.tensors import load_tensors

# One fixed draw per data set, the same for every experiment and seed: a subset is part of the data.
_SUBSET_SEED = 0


@dataclass(frozen=True)
class Split:
    """Training or test set on one device.

    images: uint8 (N, H, W, C), so that a batch is channels_last without a copy; labels: int64 (N,);
    mean, std: float32 (C,), for pixels scaled to 0-1.
    """

    images: Tensor
    labels: Tensor
    mean: Tensor
    std: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def batch(
        self, rows: Tensor | slice, augment: Callable[[Tensor], Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """Normalised images float32 (B, C, H, W) in channels_last order, and labels (B,).

        `augment` gets and gives images uint8 (B, H, W, C), before they are normalised.
        """
        if isinstance(rows, slice):
            images, labels = self.images[rows], self.labels[rows]
        else:  # many times faster than images[rows]
            images, labels = self.images.index_select(0, rows), self.labels.index_select(0, rows)
        if augment is not None:
            images = augment(images)
        images = images.to(torch.float32).div_(255).sub_(self.mean).div_(self.std)
        return images.permute(0, 3, 1, 2), labels


@dataclass(frozen=True)
class Prepared:
    """Both splits, and what data/prepared/<dataset>.json says of the data set."""

    train: Split
    test: Split
    description: dict[str, Any]

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of an image."""
        channels, height, width = self.description["shape"]
        return channels, height, width

    @property
    def classes(self) -> list[str]:
        names: list[str] = self.description["classes"]
        return names


def load(tensors: Path, description: Path, chosen: dict[str, Any], device: str) -> Prepared:
    """Load what `convstudy prepare` wrote.

    `chosen` is the slice's part on data: `normalise` (None: the training set's mean and std),
    `train_images` and `test_images` (None: all). Raises `StudyError` for tensors that are not the
    described ones, more images than there are or a normalisation for another number of channels.
    """
    about = read_sealed(description)
    stored = _described(tensors, description, about)
    normalise = chosen["normalise"] or {"mean": about["mean"], "std": about["std"]}
    if not len(normalise["mean"]) == len(normalise["std"]) == about["shape"][0]:
        raise StudyError(
            f"datasets.{about['dataset']}.normalise: gives {len(normalise['mean'])} means and "
            f"{len(normalise['std'])} deviations, but the images have {about['shape'][0]} "
            "channels. Give one of each per channel."
        )
    if not all(normalise["std"]):
        raise StudyError(
            f"{about['title']}: channel {normalise['std'].index(0) + 1} has the same value in "
            "every pixel, so it cannot be normalised. Leave it out, or state its mean and "
            f"deviation: datasets.{about['dataset']}.normalise."
        )
    splits = []
    for kind in ("train", "test"):
        labels = stored[f"{kind}_labels"]
        rows = _subset(len(labels), chosen[f"{kind}_images"], f"{about['title']}, {kind} set")
        images = stored[f"{kind}_images"]
        images, labels = (images, labels) if rows is None else (images[rows], labels[rows])
        splits.append(
            Split(
                images.permute(0, 2, 3, 1).contiguous().to(device),
                labels.to(device, copy=True),
                torch.tensor(normalise["mean"], device=device),
                torch.tensor(normalise["std"], device=device),
            )
        )
    return Prepared(splits[0], splits[1], about)


def _described(path: Path, description: Path, about: Any) -> dict[str, Tensor]:
    """The tensors in `path`: what a run says of its data holds only if they are these."""
    stored = load_tensors(path, mmap=True)
    whole = all(_is_plain(name, stored.get(name)) for name in TENSORS)
    if not isinstance(about, dict) or not whole or checksum(stored) != about.get("sha256"):
        raise StudyError(
            f"{path} does not hold the images and labels that {description} describes (their "
            "SHA-256 differs). Delete both files and name the first as a target, with the config "
            f"of this study: snakemake --cores 1 {path}"
        )
    if said := [*_contradictions(stored, about)]:
        raise StudyError(
            f"{description} says of its images what is not so: {'; '.join(said)}. Delete it and "
            f"name it as a target, with the config of this study: snakemake --cores 1 {description}"
        )
    return stored


def _contradictions(stored: dict[str, Tensor], about: dict[str, Any]) -> Iterator[str]:
    """What the description states and the tensors themselves do not show."""
    for split in ("train", "test"):
        images, labels = stored[f"{split}_images"], stored[f"{split}_labels"]
        if about.get(f"{split}_images", len(images)) != len(images):
            yield f"{split}_images is {about[f'{split}_images']}, there are {len(images)}"
        if about["shape"] != list(images.shape[1:]):
            yield f"shape is {about['shape']}, {split} images have {list(images.shape[1:])}"
        if int(labels.max()) >= len(about["classes"]):
            yield f"classes names {len(about['classes'])}, {split} labels go to {labels.max()}"


def _is_plain(name: str, found: object) -> bool:
    """A checksum is over values alone: the same bytes of another type are other pixels."""
    wanted = torch.uint8 if name.endswith("images") else torch.int64
    if not isinstance(found, Tensor):
        return False
    return found.dtype is wanted and found.layout is torch.strided


def _subset(available: int, wanted: int | None, what: str) -> Tensor | None:
    """Row numbers of a fixed random subset in the official order; None means all."""
    if wanted is None or wanted == available:
        return None
    if wanted > available:
        raise StudyError(f"{what}: {wanted} images are asked for, but it has {available}.")
    drawn = torch.randperm(available, generator=torch.Generator().manual_seed(_SUBSET_SEED))
    return drawn[:wanted].sort().values
