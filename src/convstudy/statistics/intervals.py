"""Student-t contrasts: an estimate, its standard error, its degrees of freedom.

Every interval is over seeds: it says where the mean over further seeds would lie, on this training
set and this test set. What other test images would change is in `convstudy.statistics.image_noise`.
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


def linear(
    groups: Sequence[Sequence[float]], weights: Sequence[float], *, further: bool = False
) -> Contrast | None:
    """Σ w·mean with unequal variances (Welch 1947, Satterthwaite 1946); None without spread.

    With v = w²s²/n of each group: error √Σv, df (Σv)² / Σ(v²/(n − 1)). Of one `further` value of
    each group in place of the means, v = w²s²(1 + 1/n): its interval is one of prediction.
    """
    described = [mean_and_sd(values) for values in groups]
    sds = [sd for _, sd in described if sd is not None]
    if len(sds) < len(groups):
        return None
    sizes = [len(values) for values in groups]
    parts = [weight**2 * sd**2 / n for weight, sd, n in zip(weights, sds, sizes, strict=True)]
    if not any(parts):  # nothing varies, or only what has no weight
        return None
    estimate = sum(weight * mean for weight, (mean, _) in zip(weights, described, strict=True))
    if further:
        parts = [part * (n + 1) for part, n in zip(parts, sizes, strict=True)]
    df = satterthwaite(sum(parts), parts, [n - 1 for n in sizes])
    return Contrast(estimate, math.sqrt(sum(parts)), df)


def one_more(
    groups: Sequence[Sequence[float]], weights: Sequence[float]
) -> dict[str, float] | None:
    """Where the same of one more value of each group would lie, 95 %; None without spread."""
    contrast = linear(groups, weights, further=True)
    return dict(zip(("low", "high"), contrast.interval(), strict=True)) if contrast else None


def satterthwaite(total: float, parts: Sequence[float], dfs: Sequence[float]) -> float:
    """Degrees of freedom of a variance that is put together from independent ones (1946)."""
    return 1 / sum((part / total) ** 2 / df for part, df in zip(parts, dfs, strict=True))


def one_sample(values: Sequence[float]) -> Contrast | None:
    """Mean over seeds: error s/√n, df n − 1 (Student 1908); None without spread."""
    return linear([values], [1.0])


def welch(of: Sequence[float], than: Sequence[float]) -> Contrast | None:
    """Difference of means with unequal variances (Welch 1947); None without spread."""
    return linear([of, than], [1.0, -1.0])


def describe(values: Sequence[float]) -> dict[str, float | None]:
    """Mean, standard deviation and 95 % interval over seeds; null where n = 1 allows none.

    Values that are the same for every seed have sd 0 and an interval of no width.
    """
    mean, sd = mean_and_sd(values)
    contrast = one_sample(values)
    low, high = contrast.interval() if contrast else (None if sd is None else mean,) * 2
    return {"mean": mean, "sd": sd, "low": low, "high": high}
