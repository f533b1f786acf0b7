"""Seeds are added until a claim is decided: how often is that verdict wrong, and what does it cost?

A part of verdicts.py. Nothing is trained: values are drawn from normal distributions.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from scipy.interpolate import RectBivariateSpline
from scipy.stats import studentized_range

from convstudy.statistics import claim_tests
from convstudy.statistics.claims import decide
from convstudy.statistics.comparisons import Pair
from convstudy.statistics.intervals import mean_and_sd, welch
from convstudy.statistics.power import MOST
from convstudy.statistics.summary import Runs


def suggested(row: dict[str, Any], end: str) -> int | None:
    """As many seeds as the report says would settle a claim, by either end of its range."""
    needed = row["seeds_needed"] or {end: None}
    return needed[end]


# How someone goes on who has n seeds and an open claim; None: not at all.
POLICIES: dict[str, Callable[[dict[str, Any], int], int | None]] = {
    "none (one look)": lambda row, n: None,
    "to the lower number suggested, up to 200": lambda row, n: suggested(row, "low"),
    "to the upper number suggested, up to 200": lambda row, n: suggested(row, "high"),
    "one more seed, from 5 to 20": lambda row, n: n + 1 if n < 20 else None,
    "twice as many, up to 160": lambda row, n: 2 * n if n < 160 else None,
}


class Asked(NamedTuple):
    """A claim, and means with which no verdict on it is true: the truth is the bound itself."""

    claim: dict[str, Any]
    means: dict[str, tuple[float, ...]]  # of each network: one, or one per class
    share: float = 1.0  # of the studies, for claims that take long


EQUAL = {"a": (1.0,), "b": (1.0,), "c": (1.0,)}
FAR = 2.0  # above the bound by more than any noise
CLASSES = 10
EVERY = {"kind": "above", "of": "a", "threshold": 1.0, "class": "every", "metric": "recall"}
AGAIN = {
    "greater": Asked({"of": "a", "than": "b"}, EQUAL),
    "equivalent": Asked({"of": "a", "than": "b", "margin": 0.01}, {**EQUAL, "a": (1.01,)}),
    "above": Asked({"of": "a", "threshold": 1.0}, EQUAL),
    "below": Asked({"of": "a", "threshold": 1.0}, EQUAL),
    "ratio": Asked({"of": "a", "than": "b", "factor": 1.1}, {**EQUAL, "a": (1.1,)}),
    "trend": Asked({"across": ["a", "b", "c"], "direction": "rising"}, EQUAL),
    "best of 3": Asked({"kind": "best_of", "of": "a", "among": ["b", "c"]}, EQUAL),
    "every class": Asked(EVERY, {"a": (1.0,) * CLASSES}, 0.25),
    "every class, one in doubt": Asked(EVERY, {"a": (1.0,) + (FAR,) * (CLASSES - 1)}, 0.25),
}
SPREAD = 0.01  # so that logarithms are nearly normal
# What a difference costs: by how many standard deviations "greater" is true.
DISTANCES = (0.0, 1.0, 1.5, 2.5)


def looking_again(policy: str, kind: str, distance: float, studies: int) -> dict[str, float]:
    """Share of studies that come to a verdict, and seeds and looks that they take on average."""
    random = np.random.default_rng(3)
    asked, means, share = AGAIN[kind]
    studies = round(share * studies)
    claim = {"section": "s", "kind": kind, "metric": "test_loss", **asked}
    decided = seeds = looks = 0
    for _ in range(studies):
        drawn = {
            name: [random.normal(mean + distance * SPREAD * (name == "a"), SPREAD, MOST)
                   for mean in by_class]
            for name, by_class in means.items()
        }  # fmt: skip
        look, n = 1, 5
        while True:
            row = decide({"c": claim}, _first(n, drawn, claim), 5, {"c": look})["claims"]["c"]
            more = POLICIES[policy](row, n) if row["verdict"] == "inconclusive" else None
            if more is None:
                break
            look, n = look + 1, more
        decided += row["verdict"] != "inconclusive"
        seeds, looks = seeds + n, looks + look
    return {
        "decided": decided / studies,
        "seeds": seeds / studies,
        "looks": looks / studies,
        "studies": studies,
    }


def _first(n: int, drawn: dict[str, list[np.ndarray]], claim: dict[str, Any]) -> dict[str, Runs]:
    """The runs of the first n seeds."""
    found = {}
    for name, by_class in drawn.items():
        classes = [*map(str, range(len(by_class)))] if "class" in claim else []
        columns = [f"recall ({one})" for one in classes] or [claim["metric"]]
        values = {key: one[:n].tolist() for key, one in zip(columns, by_class, strict=True)}
        found[name] = Runs(list(range(n)), values, classes=classes)
    return found


def without_integrals() -> None:
    """Games-Howell's p by a spline, and no interval: SciPy takes 0.2 s for them in each look."""
    claim_tests.games_howell = _games_howell
    claim_tests.simultaneous_interval = lambda *_: None


def _games_howell(groups: dict[str, list[float]]) -> list[Pair]:
    """Of the first group with each of the others, as claim_tests.py takes it."""
    (first, of), *others = groups.items()
    found = []
    for name, than in others:
        contrast = welch(of, than)
        q = abs(contrast.estimate) / contrast.error * 2**0.5
        p = float(np.exp(_log_p(len(groups))(min(q, 30.0), 1 / contrast.df, grid=False)))
        difference = mean_and_sd(of)[0] - mean_and_sd(than)[0]
        found.append({"a": first, "b": name, "difference": difference, "p": min(p, 1.0)})
    return found


@cache
def _log_p(groups: int) -> RectBivariateSpline:
    """log P(studentized range > q) by q and 1 / df; from 4 degrees of freedom."""
    q = np.concatenate([np.linspace(0, 6, 61), np.linspace(6.5, 30, 25)])
    inverse = np.linspace(1 / 2000, 1 / 3.9, 24)
    p = np.array([[studentized_range.sf(one, groups, 1 / each) for each in inverse] for one in q])
    return RectBivariateSpline(q, inverse, np.log(np.clip(p, 1e-12, 1)))
