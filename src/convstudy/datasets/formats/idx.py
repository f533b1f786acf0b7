"""IDX, the format of MNIST and its relatives (Fashion-MNIST, EMNIST, …), gzipped or plain.

Big-endian: two zero bytes, the type of the values (8: uint8), the number of dimensions, one uint32
per dimension, then the values (http://yann.lecun.com/exdb/mnist/).
"""

import gzip
import math
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from convstudy.datasets.formats.archive import limited
from convstudy.datasets.formats.labels import named
from convstudy.datasets.raw import Raw
from convstudy.errors import StudyError

UINT8 = 8
GZIP_MAGIC = b"\x1f\x8b"
# Part of the file's name → what it holds: names differ between relatives, these parts do not.
ROLES = {
    "train_images": ("train-images",),
    "train_labels": ("train-labels",),
    "test_images": ("t10k-images", "test-images"),
    "test_labels": ("t10k-labels", "test-labels"),
}


def load(files: Mapping[str, Path], options: Mapping[str, Any]) -> Raw:
    """Images uint8 (N, 1, H, W) from the four files.

    Option `classes` names the labels, which are counted from `first_label`; `transpose: true` sets
    images upright that are stored on their side, as EMNIST's are. Raises `StudyError` naming the
    file that is missing, truncated or of another format.
    """
    paths = {role: _find(files, parts) for role, parts in ROLES.items()}
    arrays = {role: read(path, 3 if "images" in role else 1) for role, path in paths.items()}
    images = [
        torch.from_numpy(arrays[f"{split}_images"]).unsqueeze(1) for split in ("train", "test")
    ]
    if options.get("transpose"):
        images = [each.transpose(2, 3).contiguous() for each in images]
    source = ", ".join(map(str, paths.values()))
    labels = [arrays[f"{split}_labels"].astype(np.int64) for split in ("train", "test")]
    labels, classes = named(labels, options.get("classes"), options.get("first_label"), source)
    train, test = map(torch.from_numpy, labels)
    return Raw(images[0], train, images[1], test, classes)


def read(path: Path, dimensions: int) -> np.ndarray:
    """The uint8 array of one file, writable; it must have as many `dimensions`."""
    content = _unpacked(path)
    if len(content) < 4 or content[:2] != b"\0\0":
        raise StudyError(
            f"{path} is not an IDX file: it begins with {content[:4].hex(' ') or 'nothing'}, not"
            f" with 00 00 08 {dimensions:02x}. Delete it and fetch it again."
        )
    if content[2] != UINT8 or content[3] != dimensions:
        raise StudyError(
            f"{path} holds values of IDX type {content[2]} in {content[3]} dimensions; expected are"
            f" type {UINT8} (uint8) in {dimensions}. Are images and labels swapped?"
        )
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise StudyError(f"{path} is truncated within its header. Delete it and fetch it again.")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    if len(content) - start != math.prod(shape):
        raise StudyError(
            f"{path} announces {' × '.join(map(str, shape))} values but holds"
            f" {len(content) - start}. Delete it and fetch it again."
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()


def _unpacked(path: Path) -> bytes:
    try:
        with path.open("rb") as packed:
            is_gzip = packed.read(2) == GZIP_MAGIC
        total, parts = 0, []
        with gzip.open(path) if is_gzip else path.open("rb") as file:
            for part in iter(lambda: file.read(1 << 20), b""):
                total = limited(path, total + len(part))
                parts.append(part)
        return b"".join(parts)
    except FileNotFoundError:
        raise StudyError(f"{path} is missing. Run snakemake again to fetch it.") from None
    except (EOFError, OSError, zlib.error) as error:
        raise StudyError(
            f"{path} is a truncated or damaged gzip file ({error}). Delete it and fetch it again."
        ) from None


def _find(files: Mapping[str, Path], parts: tuple[str, ...]) -> Path:
    found = [path for name, path in files.items() if any(part in name for part in parts)]
    if len(found) != 1:
        raise StudyError(
            f"format idx needs exactly one file with {' or '.join(parts)} in its name;"
            f" the data set lists {', '.join(files) or 'no files'}. Mend its files in config.yaml."
        )
    return found[0]
