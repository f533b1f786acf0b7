"""How many digits a number is written with: enough that a decided claim never looks open.

A value that lies above its bound is written above it, however near it is; the same for a p value
and the level that it is held against. Where fewer digits do, there are no more.
"""

import math
from collections.abc import Iterable

_MOST = 12  # decimals; what lies nearer than that is a rounding of binary numbers, not a difference


def decimals(values: Iterable[float], bounds: Iterable[float], fewest: int) -> int:
    """As many that each value, once rounded, lies on the side of each bound on which it lies."""
    bounds = [round(one, of_bound(one)) for one in bounds]  # as stated: 100 · 0.0387 is below 3.87
    pairs = [(value, bound) for value in values for bound in bounds if math.isfinite(value)]
    for places in range(fewest, _MOST):
        if all(_side(round(v, places), b) == _side(v, b) for v, b in pairs):
            return places
    return fewest  # as good as equal, which more digits do not change


def significant(value: float, bound: float, fewest: int) -> int:
    """The same in significant digits, of one value: `0.0496` where 0.05 decides."""
    for digits in range(fewest, _MOST):
        if _side(float(format(value, f".{digits}g")), bound) == _side(value, bound):
            return digits
    return fewest


def of_bound(bound: float, fewest: int = 0) -> int:
    """Decimals of a bound as it was stated: 0.8 in percent has none, 12.5 has one."""
    for places in range(fewest, _MOST):
        if math.isclose(round(bound, places), bound, rel_tol=1e-12, abs_tol=1e-15):
            return places
    return _MOST


def _side(value: float, bound: float) -> int:
    return (value > bound) - (value < bound)
