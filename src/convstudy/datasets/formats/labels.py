"""Labels of arrays, which are counted from 0 or from 1, or are names: to indices into classes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from convstudy.datasets.formats.layout import natural
from convstudy.errors import StudyError

MOST_CLASSES = 10_000  # a label beyond them is a mistake, and would take their memory


def plain(array: np.ndarray, what: str) -> np.ndarray:
    """Labels (N,), int64 or str, of an array (N,), (N, 1) or one-hot (N, K).

    Raises `StudyError` beginning with `what` for an array that can be read in no way or in two.
    """
    one_hot = array.ndim == 2 and array.shape[1] > 1
    if array.dtype.kind in "SUO" and not one_hot and array.ndim in (1, 2):
        return np.array([_text(each) for each in array.ravel().tolist()], dtype=str)
    if array.dtype.kind in "biuf" and array.ndim in (1, 2):
        if one_hot:
            rows = bool(((array == 0) | (array == 1)).all() and (array.sum(axis=1) == 1).all())
            if rows:
                found: np.ndarray = np.argmax(array, axis=1).astype(np.int64)
                return found
        elif np.isfinite(array).all() and (array == np.floor(array)).all():
            found = np.ravel(array).astype(np.int64)
            return found
    raise StudyError(
        f"{what} is {array.dtype} of shape {array.shape}; give one class per image: whole numbers "
        "or names (N,) or (N, 1), or one-hot rows (N, K)."
    )


def named(
    labels: Sequence[np.ndarray], names: Sequence[Any] | None, first: int | None, source: str
) -> tuple[list[np.ndarray], list[str]]:
    """Indices int64 (N,) from 0 for the labels of both splits, and the classes.

    Without `names` classes are called as they are counted. `first` is the label of the first class;
    without it, 0, or 1 where 0 never occurs. Raises `StudyError` naming `source` for labels that
    the names do not fit.
    """
    together = np.concatenate(labels)
    if together.dtype.kind == "U":
        if first is not None:
            raise StudyError(f"{source}: labels are names, so first_label has no meaning here.")
        found = sorted(set(together.tolist()), key=natural)
        if names is not None and set(map(_text, names)) != set(found):
            raise StudyError(f"{source}: labels are {', '.join(found[:9])}, other than classes.")
        order = [_text(name) for name in names] if names is not None else found
        index = {name: i for i, name in enumerate(order)}
        return [np.array([index[one] for one in each], np.int64) for each in labels], order
    low, high = (int(together.min()), int(together.max())) if together.size else (0, 0)
    if first is None:
        first = 1 if low == 1 and (names is None or len(names) == high) else 0
    count = len(names) if names is not None else high - first + 1
    if high - first >= MOST_CLASSES:
        raise StudyError(
            f"{source}: a label is {high}; classes are counted from {first} to "
            f"{first + MOST_CLASSES - 1}."
        )
    if low < first or high - first >= count:
        raise StudyError(
            f"{source}: labels from {low} to {high} for {count} classes (counted from {first}). "
            "Check classes and first_label of this data set in the config."
        )
    given = [_text(name) for name in names] if names is not None else None
    classes = given or [str(number) for number in range(first, high + 1)]
    return [each - first for each in labels], classes


def _text(name: Any) -> str:
    """A name as text; numpy's S type holds bytes, which the gate refuses unless they are UTF-8."""
    return name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else str(name)
