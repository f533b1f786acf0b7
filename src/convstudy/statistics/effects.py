"""Effect sizes in standard deviations, and how large they must be to be seen."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import t as student

from convstudy.statistics.intervals import LEVEL, mean_and_sd


def hedges_correction(df: int) -> float:
    """Γ(df/2) / (√(df/2) Γ((df − 1)/2)): makes g unbiased (Hedges 1981, eq. 6e); df ≥ 2."""
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


def hedges_g(of: Sequence[float], than: Sequence[float]) -> float | None:
    """Difference of means over the pooled standard deviation, corrected (Hedges 1981)."""
    (mean_of, sd_of), (mean_than, sd_than) = mean_and_sd(of), mean_and_sd(than)
    if sd_of is None or sd_than is None or not (sd_of or sd_than):
        return None
    df = len(of) + len(than) - 2
    pooled = math.sqrt(((len(of) - 1) * sd_of**2 + (len(than) - 1) * sd_than**2) / df)
    return hedges_correction(df) * (mean_of - mean_than) / pooled


def hedges_g_one(values: Sequence[float], constant: float) -> float | None:
    """Distance of the mean from a constant over the standard deviation, corrected; n ≥ 3."""
    mean, sd = mean_and_sd(values)
    if not sd or len(values) < 3:
        return None
    return hedges_correction(len(values) - 1) * (mean - constant) / sd


def superiority(of: Sequence[float], than: Sequence[float]) -> float:
    """P(A > B): share of the pairs of seeds in which `of` is ahead, ties half (McGraw, Wong 1992).

    Without assuming a distribution (Vargha, Delaney 2000).
    """
    ahead = np.greater.outer(of, than).mean() + np.equal.outer(of, than).mean() / 2
    return float(ahead)


def smallest_effect(n: int, tests: int, level: float = LEVEL) -> float:
    """Observed difference, in standard deviations over seeds, that alone tells two networks apart.

    The networks have n seeds each and equal spreads, and the difference passes the first step of
    Holm (1979), p < level / tests, in a two-sided t test: t(2n − 2, 1 − level/2/tests) · √(2/n).
    A t test has no smallest p; this is what so few seeds and so many tests cost in its place.
    """
    return float(student.isf(level / 2 / tests, 2 * n - 2)) * math.sqrt(2 / n)
