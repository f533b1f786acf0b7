"""Every experiment of a section against every other one."""

import math
from collections.abc import Sequence
from itertools import combinations
from statistics import median
from typing import Any

import numpy as np
from scipy.stats import studentized_range, tukey_hsd

from convstudy.config.metrics import METRICS, RECORDED
from convstudy.statistics.intervals import LEVEL, describe, mean_and_sd, one_more, welch
from convstudy.statistics.summary import Runs, Summary

RANKED_BY = "test_accuracy"
_MOST = 20  # experiments; the pairs of a large grid would take minutes and separate nothing
_TIMES = ("train_seconds", "images_per_second")
MEASURED = tuple(name for name in RECORDED if not METRICS[name].deterministic)

Pair = dict[str, Any]


def compare(experiments: list[str], summary: Summary, minimum_seeds: int) -> dict[str, Any]:
    """One section of comparisons.json; `best` marks all that cannot be separated from the best."""
    runs = {name: summary[name] for name in experiments}
    few = len(runs) <= _MOST
    pairs = games_howell({name: one.values[RANKED_BY] for name, one in runs.items()}) if few else []
    enough = {name for name, one in runs.items() if len(one.seeds) >= minimum_seeds}
    for pair in pairs:
        tested = {pair["a"], pair["b"]} <= enough and pair["p"] is not None
        pair["separated"] = tested and pair["p"] < LEVEL
    means = {name: mean_and_sd(one.values[RANKED_BY])[0] for name, one in runs.items()}
    top = max(means, key=means.__getitem__)
    beaten = {name for name in runs if _separated(pairs, name, top)}
    separable = few and top in enough and len(enough) > 1
    return {
        "metric": RANKED_BY,
        "separable": separable,
        "reason": _reason(len(runs), separable),
        "experiments": [_row(name, one, name not in beaten) for name, one in runs.items()],
        "pairs": pairs,
    }


def _reason(experiments: int, separable: bool) -> str:
    if experiments == 1:
        return "one_experiment"
    if experiments > _MOST:
        return "too_many"
    return "tested" if separable else "too_few_seeds"


def _separated(pairs: list[Pair], a: str, b: str) -> bool:
    return any(pair["separated"] for pair in pairs if {pair["a"], pair["b"]} == {a, b})


def _row(name: str, runs: Runs, best: bool) -> dict[str, Any]:
    return {
        "experiment": name,
        "n": len(runs.seeds),
        "seeds": runs.seeds,
        "metrics": {metric: describe(runs.values[metric]) for metric in MEASURED},
        # Whoever else uses the machine for a while makes a run or two several times as long.
        "medians": {metric: median(runs.values[metric]) for metric in _TIMES},
        "parameters": int(runs.values["parameters"][0]),
        "macs": int(runs.values["macs"][0]),
        "one_more": one_more([runs.values[RANKED_BY]], [1.0]),
        "best": best,
    }


def games_howell(groups: dict[str, Sequence[float]]) -> list[Pair]:
    """Differences of all pairs with p for all of them at once (Games & Howell 1976).

    Groups of one seed have no spread to test with: null. Two groups that are each the same for
    every seed differ exactly or not at all: p is 0 or 1.
    """
    tested = [name for name, values in groups.items() if len(values) > 1]
    found = {}
    if len(tested) > 1:
        with np.errstate(all="ignore"):  # 0/0 of groups without spread, in cells not used below
            result = tukey_hsd(*(groups[name] for name in tested), equal_var=False)
        for (i, a), (j, b) in combinations(enumerate(tested), 2):
            found[a, b] = float(result.pvalue[i, j])
    return [_pair(a, b, groups, found.get((a, b))) for a, b in combinations(groups, 2)]


def _pair(a: str, b: str, groups: dict[str, Sequence[float]], p: float | None) -> Pair:
    (mean_a, sd_a), (mean_b, sd_b) = mean_and_sd(groups[a]), mean_and_sd(groups[b])
    difference = mean_a - mean_b
    if p is not None and not (sd_a or sd_b):
        p = float(difference == 0)
    elif p is not None:
        p = min(max(p, 0.0), 1.0)  # integrated numerically: 1 can come out as 1 + 1e-16
    return {"a": a, "b": b, "difference": difference, "p": p}


def simultaneous_interval(
    of: Sequence[float], than: Sequence[float], groups: int, level: float = LEVEL
) -> tuple[float, float] | None:
    """Interval of a difference, together with those of all pairs of so many groups.

    The difference ± q(1 − level; groups, df) / √2 · error, with error and df of Welch (Games &
    Howell 1976). None for a group of one seed; of no width where neither group varies. It is
    found by a search, a tenth of a second each, so only for pairs that are shown.
    """
    contrast = welch(of, than)
    if contrast is not None:
        reach = float(studentized_range.ppf(1 - level, groups, contrast.df)) / math.sqrt(2)
        low, high = (contrast.estimate + sign * reach * contrast.error for sign in (-1, 1))
        return low, high
    if min(len(of), len(than)) < 2:
        return None
    difference = mean_and_sd(of)[0] - mean_and_sd(than)[0]
    return difference, difference
