"""Reads a run's predictions and recomputes from them what its record states."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from convstudy.errors import StudyError

_HALF = 2.0**-11  # largest relative error of rounding to half precision
_TINY_HALF = 2.0**-25  # the same, absolute, for values too small for it
_SUMMATION = 1e-4  # single precision sums of the trainer, relative

# What np.load raises for files that are cut short, garbled or something else altogether.
_UNREADABLE = (
    *(AttributeError, EOFError, MemoryError, OSError, RuntimeError, TypeError, ValueError),
    *(struct.error, zipfile.BadZipFile, zlib.error),
)


class Predictions(NamedTuple):
    """Of the test set, in the official order."""

    logits: np.ndarray  # (N, K) float16
    predicted: np.ndarray  # (N,) int64, argmax before rounding
    labels: np.ndarray  # (N,) int64


def read(path: Path) -> Predictions:
    """Raise `StudyError` unless `path` holds the three arrays in types and shapes that fit."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            found = Predictions(*(archive[name] for name in Predictions._fields))
    except FileNotFoundError:
        raise _unusable(path, "is missing") from None
    except KeyError as error:
        raise _unusable(path, f"lacks an array: {error}") from None
    except _UNREADABLE as error:
        raise _unusable(path, f"cannot be read ({error})") from None
    said = _misshapen(found)
    if said:
        raise _unusable(path, said)
    return found


def _unusable(path: Path, said: str) -> StudyError:
    return StudyError(f"{path} {said}. Delete that run's folder and run snakemake again.")


def _misshapen(found: Predictions) -> str | None:
    logits, predicted, labels = found
    if logits.ndim != 2 or not logits.size or logits.dtype.kind != "f":
        return f"holds logits of shape {logits.shape}, type {logits.dtype}, not (N, K) floats"
    for name, indices in (("predicted", predicted), ("labels", labels)):
        if indices.shape != logits.shape[:1] or indices.dtype.kind not in "iu":
            return f"holds {name} of shape {indices.shape}, type {indices.dtype}, not (N,) integers"
        if indices.min() < 0 or indices.max() >= logits.shape[1]:
            return f"holds {name} outside 0 to {logits.shape[1] - 1}"
    return None


def contradictions(found: Predictions, record: dict[str, Any]) -> Iterator[str]:
    """Each statement of the record that its own predictions do not bear out."""
    images, classes = found.logits.shape
    if record.get("test_images") != images:
        yield f"test_images is {record.get('test_images')}, predictions.npz holds {images}"
    named = record.get("classes")
    if isinstance(named, list) and len(named) != classes:
        yield f"classes names {len(named)}, predictions.npz has logits for {classes}"
    if np.isnan(found.logits).any():
        yield "predictions.npz holds logits that are not numbers"
        return
    # Rounding keeps the order, so the class predicted before it still has a largest logit.
    chosen = found.logits[np.arange(images), found.predicted]
    if (chosen != found.logits.max(axis=1)).any():
        yield "predictions.npz predicts classes that do not have the largest logit"
    accuracy = int((found.predicted == found.labels).sum()) / images
    if _differs(record.get("test_accuracy"), accuracy, 1e-9):
        yield f"test_accuracy is {record['test_accuracy']}, predictions.npz gives {accuracy}"
    loss, tolerance = cross_entropy(found)
    if _differs(record.get("test_loss"), loss, tolerance):
        yield f"test_loss is {record['test_loss']}, predictions.npz gives {loss:.6g}"


def _differs(stated: object, recomputed: float, tolerance: float) -> bool:
    """False where nothing comparable is stated; that is another fault, found elsewhere."""
    return isinstance(stated, int | float) and abs(stated - recomputed) > tolerance


def cross_entropy(found: Predictions) -> tuple[float, float]:
    """Mean of logsumexp(z) − z[label], and how far rounding of the logits can have moved it.

    Each term moves by at most twice the largest rounding error of its logits. Logits beyond the
    range of half precision (infinite here) leave the loss unknown: the tolerance is infinite.
    """
    logits = found.logits.astype(np.float64)
    if np.isinf(logits).any():
        return 0.0, float("inf")
    top = logits.max(axis=1)
    terms = np.log(np.exp(logits - top[:, None]).sum(axis=1)) + top
    terms -= logits[np.arange(len(logits)), found.labels]
    loss = float(terms.mean())
    rounding = 2 * (np.abs(logits).max(axis=1) * _HALF + _TINY_HALF).mean()
    return loss, float(rounding) + _SUMMATION * (1 + loss)
