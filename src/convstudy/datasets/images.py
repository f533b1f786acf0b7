"""A data set as loaded from its files, before anything is computed from it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import torch

from convstudy.errors import StudyError
from convstudy.files import canonical_json

TENSORS = ("train_images", "train_labels", "test_images", "test_labels")


@dataclass(frozen=True)
class Images:
    """Both splits, in the order of the files.

    Images are uint8 (N, C, H, W), contiguous; labels int64 (N,), indices into `classes`.
    """

    train_images: torch.Tensor
    train_labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
    classes: list[str]


def check(images: Images, source: str) -> Images:
    """Return `images`, or raise `StudyError` naming `source` and all that cannot be learnt from."""
    faults = []
    for split in ("train", "test"):
        pixels, labels = getattr(images, f"{split}_images"), getattr(images, f"{split}_labels")
        if len(pixels) != len(labels):
            faults.append(f"{len(pixels)} {split} images but {len(labels)} labels")
        if len(pixels) == 0:
            faults.append(f"no {split} images")
        elif len(labels) and not 0 <= labels.min() <= labels.max() < len(images.classes):
            faults.append(
                f"{split} labels from {labels.min()} to {labels.max()}"
                f" for {len(images.classes)} classes (counted from 0)"
            )
    if images.train_images.shape[1:] != images.test_images.shape[1:]:
        shapes = (tuple(images.train_images.shape[1:]), tuple(images.test_images.shape[1:]))
        faults.append(f"train images of shape {shapes[0]}, test images of shape {shapes[1]}")
    if faults:
        raise StudyError(
            f"{source}: {'; '.join(faults)}. The files do not belong together or are not of the"
            " stated format: check datasets.*.format and files in config.yaml."
        )
    return images


def checksum(tensors: Mapping[str, torch.Tensor]) -> str:
    """sha256 of shapes, pixels and labels of both splits: equal for equal data in any format."""
    ordered = [tensors[name] for name in TENSORS]
    hashed = hashlib.sha256(canonical_json([list(tensor.shape) for tensor in ordered]).encode())
    for tensor in ordered:
        hashed.update(tensor.contiguous().numpy().data)
    return hashed.hexdigest()
