"""Student-t contrasts: an estimate, its standard error, its degrees of freedom.

Every interval is over seeds: it says where the mean over further seeds would lie, on this training
set and this test set. It says nothing about other images.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

LEVEL = 0.05  # of every test; intervals cover 1 − LEVEL


@dataclass(frozen=True)
class Contrast:
    """(estimate − truth) / error follows Student's t with `df` degrees of freedom; error > 0."""

    estimate: float
    error: float
    df: float

    def interval(self, coverage: float = 1 - LEVEL) -> tuple[float, float]:
        """estimate ± t(df, (1 + coverage) / 2) · error."""
        reach = float(student.ppf((1 + coverage) / 2, self.df)) * self.error
        return self.estimate - reach, self.estimate + reach

    def p_above(self, bound: float) -> float:
        """One-sided p of "truth ≤ bound": small where the truth lies above."""
        return float(student.sf((self.estimate - bound) / self.error, self.df))

    def p_below(self, bound: float) -> float:
        """One-sided p of "truth ≥ bound": small where the truth lies below."""
        return float(student.cdf((self.estimate - bound) / self.error, self.df))

    def p_differs(self, bound: float) -> float:
        """Two-sided p of "truth = bound"."""
        return min(1.0, 2 * min(self.p_above(bound), self.p_below(bound)))


def mean_and_sd(values: Sequence[float]) -> tuple[float, float | None]:
    """Mean, and standard deviation with n − 1; None at n = 1, exactly 0 for equal values."""
    if len(values) == 1:
        return float(values[0]), None
    if min(values) == max(values):
        return float(values[0]), 0.0
    return float(np.mean(values)), float(np.std(values, ddof=1))


def one_sample(values: Sequence[float]) -> Contrast | None:
    """Mean over seeds: error s/√n, df n − 1 (Student 1908); None without spread."""
    mean, sd = mean_and_sd(values)
    return Contrast(mean, sd / math.sqrt(len(values)), len(values) - 1) if sd else None


def welch(of: Sequence[float], than: Sequence[float]) -> Contrast | None:
    """Difference of means with unequal variances (Welch 1947); None without spread.

    With v = s²/n of each group: error √(v₁ + v₂), df (v₁ + v₂)² / (v₁²/(n₁ − 1) + v₂²/(n₂ − 1)).
    """
    (mean_of, sd_of), (mean_than, sd_than) = mean_and_sd(of), mean_and_sd(than)
    if sd_of is None or sd_than is None or not (sd_of or sd_than):
        return None
    v_of, v_than = sd_of**2 / len(of), sd_than**2 / len(than)
    df = (v_of + v_than) ** 2 / (v_of**2 / (len(of) - 1) + v_than**2 / (len(than) - 1))
    return Contrast(mean_of - mean_than, math.sqrt(v_of + v_than), df)


def describe(values: Sequence[float]) -> dict[str, float | None]:
    """Mean, standard deviation and 95 % interval over seeds; null where n = 1 allows none.

    Values that are the same for every seed have sd 0 and an interval of no width.
    """
    mean, sd = mean_and_sd(values)
    contrast = one_sample(values)
    low, high = contrast.interval() if contrast else (None if sd is None else mean,) * 2
    return {"mean": mean, "sd": sd, "low": low, "high": high}
