"""CIFAR-10's python version: one tar of pickled batches (https://www.cs.toronto.edu/~kriz/cifar.html).

A pickle can name any function of any module and have it called. This one may name three, and gets
stand-ins for them that build plain integer arrays; anything else is refused by its name.
"""

import io
import math
import pickle
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import torch

from convstudy.datasets.formats.archive import entries
from convstudy.datasets.raw import Raw
from convstudy.errors import StudyError

FOLDER = "cifar-10-batches-py"
TRAIN = [f"data_batch_{i}" for i in range(1, 6)]
TEST = "test_batch"
META = "batches.meta"
SHAPE = (3, 32, 32)


def load(files: Mapping[str, Path], options: Mapping[str, Any]) -> Raw:
    """Images uint8 (N, 3, 32, 32) in the order of the batches; class names from batches.meta.

    There are no options. Raises `StudyError` naming the archive and the member at fault.
    """
    if len(files) != 1:
        raise StudyError(
            f"format cifar10 needs exactly one file, cifar-10-python.tar.gz; the data set lists"
            f" {', '.join(files) or 'none'}. Mend its files in config.yaml."
        )
    (source,) = files.values()
    batches = _batches(source)
    names = _list(batches, META, "label_names", source)
    train = [_images_and_labels(batches, name, source) for name in TRAIN]
    test_images, test_labels = _images_and_labels(batches, TEST, source)
    return Raw(
        train_images=torch.from_numpy(np.concatenate([pixels for pixels, _ in train])),
        train_labels=torch.from_numpy(np.concatenate([labels for _, labels in train])),
        test_images=torch.from_numpy(test_images),
        test_labels=torch.from_numpy(test_labels),
        classes=[_text(name) for name in names],
    )


def restricted_unpickle(content: bytes) -> Any:
    """What a pickle of dicts, lists, strings, numbers and integer arrays holds.

    Strings of Python 2 are read as bytes. Raises `pickle.UnpicklingError`, naming it, for any
    other global, and for damaged pickles.
    """
    try:
        value = _Unpickler(io.BytesIO(content), encoding="bytes").load()
        return _plain(value)
    except pickle.UnpicklingError:
        raise
    except Exception as error:  # a damaged pickle can raise nearly anything
        raise pickle.UnpicklingError(f"{type(error).__name__}: {error}") from None


class _DType:
    """Stands in for numpy.dtype: integers of 1-8 bytes only."""

    def __init__(self, name: str | bytes, *_: object) -> None:
        self.dtype = np.dtype(_text(name))
        if self.dtype.kind not in "iu":
            raise pickle.UnpicklingError(f"an array of {self.dtype} where integers belong")

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        order: Any = _text(state[1])  # numpy refuses what is none
        self.dtype = self.dtype.newbyteorder(order)


class _Array:
    """Stands in for an empty numpy array that is given its contents afterwards."""

    def __init__(self, *_: object) -> None:
        self.array = np.empty(0, np.uint8)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, is_fortran, content = state
        flat = np.frombuffer(content, dtype.dtype)
        if math.prod(shape) != flat.size:
            raise pickle.UnpicklingError(f"{flat.size} values for an array of shape {shape}")
        self.array = flat.reshape(shape, order="F" if is_fortran else "C")


def _latin1(text: str, encoding: str) -> bytes:
    """Stands in for _codecs.encode, by which Python 3 writes bytes for Python 2."""
    return text.encode("latin1")


class _Unpickler(pickle.Unpickler):
    GLOBALS = {  # noqa: RUF012 (pickle.Unpickler is no dataclass)
        "numpy.core.multiarray._reconstruct": _Array,
        "numpy._core.multiarray._reconstruct": _Array,
        "numpy.ndarray": _Array,
        "numpy.dtype": _DType,
        "_codecs.encode": _latin1,
    }

    def find_class(self, module: str, name: str) -> Any:
        found = self.GLOBALS.get(f"{module}.{name}")
        if found is None:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which no data set needs")
        return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {_text(key): _plain(item) for key, item in value.items()}
    return value.array if isinstance(value, _Array) else value


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def _batches(source: Path) -> dict[str, Any]:
    """Contents of the wanted members, read straight from the archive."""
    members = {PurePosixPath(FOLDER, name): name for name in [*TRAIN, TEST, META]}
    batches = {}
    for path, _, content, _ in entries(source, members.__contains__):
        if content is not None:
            try:
                batches[members[path]] = restricted_unpickle(content)
            except pickle.UnpicklingError as error:
                raise StudyError(
                    f"{source}: member {path} was refused or is damaged: {error}. Delete the"
                    " archive and fetch it from a mirror that you trust."
                ) from None
    missing = [str(path) for path, name in members.items() if name not in batches]
    if missing:
        raise StudyError(
            f"{source} lacks {', '.join(missing)}: it is not CIFAR-10's python version."
            " Fetch cifar-10-python.tar.gz."
        )
    return batches


def _value(batches: dict[str, Any], batch: str, key: str, source: Path) -> Any:
    if not isinstance(batches[batch], dict) or key not in batches[batch]:
        raise StudyError(
            f"{source}: {FOLDER}/{batch} has no {key!r}: it is not CIFAR-10's python version."
        )
    return batches[batch][key]


def _list(batches: dict[str, Any], batch: str, key: str, source: Path) -> list[Any]:
    value = _value(batches, batch, key, source)
    if not isinstance(value, list):
        raise StudyError(f"{source}: {key!r} of {FOLDER}/{batch} is not a list.")
    return value


def _images_and_labels(
    batches: dict[str, Any], batch: str, source: Path
) -> tuple[np.ndarray, np.ndarray]:
    pixels = _value(batches, batch, "data", source)
    labels = _list(batches, batch, "labels", source)
    row = math.prod(SHAPE)
    right_pixels = isinstance(pixels, np.ndarray) and pixels.dtype == np.uint8
    if not right_pixels or pixels.ndim != 2 or pixels.shape[1] != row:
        raise StudyError(f"{source}: data of {FOLDER}/{batch} is not uint8 of shape (N, {row}).")
    if len(labels) != len(pixels) or not all(isinstance(label, int) for label in labels):
        raise StudyError(
            f"{source}: {FOLDER}/{batch} has {len(pixels)} images; its labels are not as many"
            " whole numbers."
        )
    return np.array(pixels, order="C").reshape(-1, *SHAPE), np.array(labels, np.int64)
