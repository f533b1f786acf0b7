"""NumPy's archive of arrays (`numpy.savez`), for images that are arrays already.

One file with `train_images`, `train_labels`, `test_images` and `test_labels`: images are uint8
(N, H, W) or (N, H, W, C), labels integers from 0. `classes` may name the labels.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from convstudy.datasets.formats.archive import DAMAGED
from convstudy.datasets.images import Images, check
from convstudy.errors import StudyError

_MOST = 10_000  # classes; a label beyond them is a mistake, and would take their memory
_ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")


def load(files: Mapping[str, Path], options: Mapping[str, Any]) -> Images:
    """Images uint8 (N, C, H, W) from the one file; option `classes` names the labels.

    Without it the file's own `classes` do, or their numbers. Raises `StudyError` naming what is
    missing, of another type or shape, or does not fit.
    """
    if len(files) != 1:
        raise StudyError(f"format npz is one file; {', '.join(files) or 'none'} are listed.")
    (path,) = files.values()
    arrays = _read(path)
    labels = {kind: _labels(path, f"{kind}_labels", arrays) for kind in ("train", "test")}
    count = 1 + max(int(each.max(initial=0)) for each in labels.values())
    if count > _MOST:
        raise StudyError(
            f"{path}: a label is {count - 1}; classes are counted from 0 to {_MOST - 1}."
        )
    given = arrays.get("classes", np.arange(count))
    if given.ndim != 1:
        raise StudyError(f"{path}: classes has shape {given.shape}; give one name per class, (K,).")
    named = options.get("classes") or given.tolist()
    images = Images(
        train_images=_images(path, "train_images", arrays),
        train_labels=torch.from_numpy(labels["train"]),
        test_images=_images(path, "test_images", arrays),
        test_labels=torch.from_numpy(labels["test"]),
        classes=[str(name) for name in named],
    )
    return check(images, str(path))


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = dict(archive)
    except FileNotFoundError:
        raise StudyError(f"{path} is missing. Run snakemake again to fetch it.") from None
    except (*DAMAGED, AttributeError, TypeError, ValueError) as error:
        raise StudyError(
            f"{path} cannot be read as an npz file ({error}). Write it by numpy.savez."
        ) from None
    missing = [name for name in _ARRAYS if name not in arrays]
    if missing:
        raise StudyError(
            f"{path} lacks {', '.join(missing)}; it holds {', '.join(arrays) or 'nothing'}. "
            "See docs/extending.md for what it has to hold."
        )
    return arrays


def _images(path: Path, name: str, arrays: dict[str, np.ndarray]) -> torch.Tensor:
    """uint8 (N, C, H, W), contiguous."""
    array = arrays[name]
    if array.ndim == 3:
        array = array[..., None]
    if array.dtype != np.uint8 or array.ndim != 4 or array.shape[3] not in (1, 3):
        raise StudyError(
            f"{path}: {name} is {arrays[name].dtype} of shape {arrays[name].shape}; give uint8 "
            "(N, H, W) for grey or (N, H, W, 3) for colour images, values from 0 to 255."
        )
    return torch.from_numpy(np.ascontiguousarray(array.transpose(0, 3, 1, 2)))


def _labels(path: Path, name: str, arrays: dict[str, np.ndarray]) -> np.ndarray:
    array = arrays[name]
    if array.dtype.kind not in "iu" or array.ndim != 1:
        raise StudyError(
            f"{path}: {name} is {array.dtype} of shape {array.shape}; give whole numbers (N,), "
            "the classes counted from 0."
        )
    return array.astype(np.int64)
