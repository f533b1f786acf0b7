"""When two values, texts or files say the same."""

import json
import math
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from convstudy.files import read_json
from convstudy.sealed import SEAL

# On another processor, number of threads or version of PyTorch sums round otherwise. Measured
# between kernels of one CPU: 10⁻⁵ of the largest logit; a GPU in tf32 keeps 10 bits of each factor.
ELSEWHERE = {"float32": 1e-3, "tf32": 5e-2, "bf16": 5e-2}


def lines(path: Path, wanted: str) -> Iterator[str]:
    """The first line of a text that is not as it has to be."""
    try:
        found = path.read_bytes().decode()
    except (FileNotFoundError, UnicodeDecodeError) as error:
        yield f"{path} cannot be read ({error})"
        return
    pairs = zip_longest(found.splitlines(), wanted.splitlines(), fillvalue="(nothing)")
    for number, (line, other) in enumerate(pairs, start=1):
        if line != other:
            yield f"{path}, line {number}: {_cut(line)}, but the files before it give {_cut(other)}"
            return
    if found != wanted:
        yield f"{path} ends its lines otherwise than it was written"


def _cut(line: str) -> str:
    return repr(line if len(line) <= 300 else f"{line[:300]}…")


def json_file(path: Path, wanted: Any, tolerance: float = 1e-6) -> Iterator[str]:
    """Whether a JSON file says what is wanted, whatever its seal."""
    found = read_json(path)
    if isinstance(found, dict):
        found = {name: value for name, value in found.items() if name != SEAL}
    if not alike(found, json.loads(json.dumps(wanted)), tolerance):
        yield f"{path} is not what the files before it give"


def alike(one: Any, other: Any, tolerance: float) -> bool:
    """Equal, floats up to rounding: another release of a library may add up in another order."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            alike(one[key], other[key], tolerance) for key in one
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(
            alike(*pair, tolerance) for pair in zip(one, other, strict=True)
        )
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=1e-12)
    return type(one) is type(other) and one == other


def close(one: np.ndarray, other: np.ndarray, tolerance: float) -> bool:
    """Equal where nothing is tolerated; else within that share of the largest value."""
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if not tolerance or one.dtype.kind not in "f":
        return bool(np.array_equal(one, other))
    first, second = one.astype(np.float64), other.astype(np.float64)
    limit = tolerance * max(1.0, float(np.abs(first).max(initial=0)))
    return bool((np.abs(first - second) <= limit).all())
