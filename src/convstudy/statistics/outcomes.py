"""One claim against its runs: estimate, interval, p, and the verdict that these lean to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from convstudy.config.kinds import Claim, bound
from convstudy.config.metrics import METRICS
from convstudy.statistics.effects import hedges_g, hedges_g_one
from convstudy.statistics.intervals import Contrast, mean_and_sd, one_sample, welch
from convstudy.statistics.summary import Summary

SUPPORTED, CONTRADICTED = "supported", "contradicted"
EQUIVALENT, INCONCLUSIVE = "equivalent", "inconclusive"

_TESTS = {
    "greater": "welch",
    "equivalent": "tost_welch",
    "above": "one_sample_t",
    "below": "one_sample_t",
    "ratio": "welch_log_ratio",
}

Values = Sequence[float]


@dataclass(frozen=True)
class Outcome:
    """What the runs say about a claim before the other claims of its family are looked at.

    `p` is the chance of values so far on the side of `leaning` if that verdict were false; None if
    no test decides. `reason` is set where the verdict is settled without a test; then it stands.
    `p_within` is there where `leaning` is that a difference does not exceed its margin: it is the
    one-sided p of "truth ≤ −margin", small where the difference is a negligible one besides.
    """

    test: str
    estimate: float | None
    low: float | None
    high: float | None
    leaning: str
    p: float | None = None
    effect: float | None = None
    reason: str | None = None
    p_within: float | None = None


def outcome(claim: Claim, summary: Summary, minimum_seeds: int) -> Outcome:
    """Measure one claim of any kind but `all_of`."""
    roles = [role for role in ("of", "than") if role in claim]
    groups = [summary[claim[role]].values[claim["metric"]] for role in roles]
    if claim["kind"] == "ratio" and min(map(min, groups)) <= 0:
        return Outcome("arithmetic", None, None, None, INCONCLUSIVE, reason="not_positive")
    if METRICS[claim["metric"]].deterministic:
        return _arithmetic(claim, groups)
    measured = _measured(claim, groups)
    if min(map(len, groups)) < minimum_seeds:
        return replace(
            measured, leaning=INCONCLUSIVE, p=None, p_within=None, reason="too_few_seeds"
        )
    return measured


def _measured(claim: Claim, groups: list[Values]) -> Outcome:
    """By the test of the claim's kind, whatever n; one seed alone has neither interval nor p.

    A ratio is tested as a difference of logarithms: it is one of geometric means.
    """
    kind, held_against, scaled, back = claim["kind"], bound(claim), groups, float
    if kind == "ratio":
        scaled = [[math.log(value) for value in values] for values in groups]
        held_against, back = math.log(held_against), _exp
    test, contrast, effect = _TESTS[kind], *_contrast(scaled, held_against)
    if contrast is None and min(map(len, groups)) > 1:
        return _unvarying(claim, groups)
    if contrast is None:
        means = [mean_and_sd(values)[0] for values in scaled]
        return Outcome(test, back(means[0] - sum(means[1:])), None, None, INCONCLUSIVE)
    leaning, p = (_equivalence if kind == "equivalent" else _side)(kind, contrast, held_against)
    within = None
    if kind == "greater" and held_against > 0 and leaning == CONTRADICTED:
        within = contrast.p_above(-held_against)
    low, high = map(back, contrast.interval())
    return Outcome(test, back(contrast.estimate), low, high, leaning, p, effect, p_within=within)


def _exp(value: float) -> float | None:
    """None where no float holds it: two seeds that differ wildly bound a ratio by nothing."""
    return math.exp(value) if value < 700 else None


def _contrast(groups: list[Values], constant: float) -> tuple[Contrast | None, float | None]:
    """What is estimated, and Hedges' g: of two groups, or of one against the constant."""
    if len(groups) == 1:
        return one_sample(groups[0]), hedges_g_one(groups[0], constant)
    return welch(*groups), hedges_g(*groups)


def _side(kind: str, contrast: Contrast, held_against: float) -> tuple[str, float]:
    """Two-sided test of "truth = bound"; the estimate says on which side the truth then lies."""
    holds = (contrast.estimate > held_against) != (kind == "below")
    return (SUPPORTED if holds else CONTRADICTED), contrast.p_differs(held_against)


def _equivalence(kind: str, contrast: Contrast, margin: float) -> tuple[str, float]:
    """Two one-sided tests (Schuirmann 1987): p is the larger one, against ± margin.

    p < 0.05 is the same as a 90 % interval inside ± margin. The contrary, a 95 % interval wholly
    outside, is tested at once: at any truth only one of the two verdicts can be false, so the
    smaller p errs no more often than its level (three-sided testing, Goeman et al. 2010).
    """
    inside = max(contrast.p_above(-margin), contrast.p_below(margin))
    outside = min(1.0, 2 * min(contrast.p_above(margin), contrast.p_below(-margin)))
    return (SUPPORTED, inside) if inside <= outside else (CONTRADICTED, outside)


def _unvarying(claim: Claim, groups: list[Values]) -> Outcome:
    """Every seed gave the same: decided as it is, the limit of the tests for a vanishing spread.

    On the bound itself that limit is p = 1: equal values do not show that a truth is no larger.
    """
    exact = _arithmetic(claim, groups)
    edges = {bound(claim), -bound(claim)} if claim["kind"] == "equivalent" else {bound(claim)}
    leaning = INCONCLUSIVE if exact.estimate in edges else exact.leaning
    at = exact.estimate
    return replace(exact, low=at, high=at, leaning=leaning, reason="no_spread")


def _arithmetic(claim: Claim, groups: list[Values]) -> Outcome:
    """Values that are the same for every seed, compared as they are."""
    of, than = groups[0][0], groups[-1][0] if len(groups) > 1 else 0.0
    estimate = of / than if claim["kind"] == "ratio" else of - than
    verdict = _compare(claim["kind"], estimate, bound(claim))
    return Outcome("arithmetic", estimate, None, None, verdict, reason="arithmetic")


def _compare(kind: str, estimate: float, held_against: float) -> str:
    holds = {
        "greater": estimate > held_against,
        "equivalent": abs(estimate) < held_against,
        "above": estimate > held_against,
        "below": estimate < held_against,
        "ratio": estimate >= held_against,
    }[kind]
    if kind == "greater" and abs(estimate) < held_against:
        return EQUIVALENT
    return SUPPORTED if holds else CONTRADICTED
