"""One claim against its runs: estimate, interval, p, and the verdict that these lean to."""

import math
from collections.abc import Callable
from dataclasses import replace

from convstudy.config.claim_kinds import EVERY_CLASS, Claim, bound, column, compared, weights_of
from convstudy.config.metrics import METRICS
from convstudy.statistics.comparisons import games_howell, simultaneous_interval
from convstudy.statistics.effects import hedges_g, hedges_g_one
from convstudy.statistics.exact import (
    CONTRADICTED,
    INCONCLUSIVE,
    SUPPORTED,
    Outcome,
    Values,
    arithmetic,
    is_below,
    unvarying,
)
from convstudy.statistics.intervals import LEVEL, Contrast, linear, mean_and_sd
from convstudy.statistics.summary import Summary

TESTS = {
    "greater": "welch",
    "equivalent": "tost_welch",
    "above": "one_sample_t",
    "below": "one_sample_t",
    "ratio": "welch_log_ratio",
    "trend": "welch_contrast",
    "best_of": "games_howell",
}


def outcome(claim: Claim, summary: Summary, minimum_seeds: int, level: float = LEVEL) -> Outcome:
    """Measure one claim of any kind but `all_of`; `level` is that of its test if it stood alone."""
    if claim.get("class") == EVERY_CLASS:
        return _every_class(claim, summary, minimum_seeds, level)
    groups = groups_of(claim, summary)
    if not all(groups):
        why = _not_measured(claim, summary)
        return Outcome("arithmetic", None, None, None, INCONCLUSIVE, reason=why)
    if claim["kind"] == "ratio" and min(map(min, groups)) <= 0:
        return Outcome("arithmetic", None, None, None, INCONCLUSIVE, reason="not_positive")
    if METRICS[claim["metric"]].deterministic:
        return arithmetic(claim, groups)
    measured = (_best if claim["kind"] == "best_of" else _measured)(claim, groups, level)
    if min(map(len, groups)) < minimum_seeds:
        return replace(
            measured, leaning=INCONCLUSIVE, p=None, p_within=None, reason="too_few_seeds"
        )
    return measured


def _not_measured(claim: Claim, summary: Summary) -> str:
    """Why its runs have no value of its metric."""
    named = {claim[key] for key in ("class", "with") if key in claim}
    if not named:
        return "too_few_epochs"
    known = all(named <= {*summary[name].classes} for name in compared(claim))
    return "class_without_images" if known else "no_such_class"


def groups_of(claim: Claim, summary: Summary) -> list[Values]:
    """The values that a claim is about, by experiment; empty where nothing was measured."""
    return [summary[name].values.get(column(claim), []) for name in compared(claim)]


def _measured(claim: Claim, groups: list[Values], level: float) -> Outcome:
    """By the test of the claim's kind, whatever n; one seed alone has neither interval nor p.

    A ratio is tested as a difference of logarithms: it is one of geometric means.
    """
    kind, held_against, scaled = claim["kind"], bound(claim) or 0.0, groups
    back: Callable[[float], float | None] = float
    if kind == "ratio":
        scaled = [[math.log(value) for value in values] for values in groups]
        held_against, back = math.log(held_against), _exp
    test, weights = TESTS[kind], weights_of(claim)
    contrast = linear(scaled, weights)
    if contrast is None and min(map(len, groups)) > 1:
        return unvarying(claim, groups)
    if contrast is None:
        means = [mean_and_sd(values)[0] for values in scaled]
        estimate = sum(w * mean for w, mean in zip(weights, means, strict=True))
        return Outcome(test, back(estimate), None, None, INCONCLUSIVE)
    if kind == "equivalent":
        leaning, p = _equivalence(contrast, held_against)
    else:
        leaning, p = _side(claim, contrast, held_against)
    within = None
    if kind == "greater" and held_against > 0 and leaning == CONTRADICTED:
        within = contrast.p_differs(-held_against) if contrast.estimate > -held_against else 1.0
    # Two one-sided tests within a margin go with an interval that misses twice as often.
    one_sided = kind == "equivalent" and leaning == SUPPORTED
    coverage = 1 - level * (2 if one_sided else 1)
    low, high = map(back, contrast.interval(coverage))
    effect = _effect(scaled, held_against)
    return Outcome(
        *(test, back(contrast.estimate), low, high, leaning, p, effect),
        p_within=within,
        coverage=coverage,
    )


def _exp(value: float) -> float | None:
    """None where no float holds it: two seeds that differ wildly bound a ratio by nothing."""
    return math.exp(value) if value < 700 else None


def _effect(groups: list[Values], constant: float) -> float | None:
    """Hedges' g: of two groups, or of one against the constant; a slope has none."""
    if len(groups) == 1:
        return hedges_g_one(groups[0], constant)
    return hedges_g(*groups) if len(groups) == 2 else None


def _side(claim: Claim, contrast: Contrast, held_against: float) -> tuple[str, float]:
    """Two-sided test of "truth = bound"; the estimate says on which side the truth then lies."""
    holds = (contrast.estimate > held_against) != is_below(claim)
    return (SUPPORTED if holds else CONTRADICTED), contrast.p_differs(held_against)


def _equivalence(contrast: Contrast, margin: float) -> tuple[str, float]:
    """Two one-sided tests (Schuirmann 1987): p is the larger one, against ± margin.

    p < 0.05 is the same as a 90 % interval inside ± margin. The contrary, a 95 % interval wholly
    outside, is tested at once: at any truth only one of the two verdicts can be false, so the
    smaller p errs no more often than its level (three-sided testing, Goeman et al. 2010).
    """
    inside = max(contrast.p_above(-margin), contrast.p_below(margin))
    outside = min(1.0, 2 * min(contrast.p_above(margin), contrast.p_below(-margin)))
    return (SUPPORTED, inside) if inside <= outside else (CONTRADICTED, outside)


def _best(claim: Claim, groups: list[Values], level: float) -> Outcome:
    """The first against each of the others, by simultaneous tests (Games & Howell 1976).

    Supported if it lies above all of them, so its least certain difference decides; contradicted if
    any lies above it, so the most certain of these does. The interval is the simultaneous one.
    """
    names = compared(claim)
    pairs = games_howell(dict(zip(names, groups, strict=True)))[: len(groups) - 1]
    above = [pair for pair in pairs if pair["difference"] < 0]
    if any(pair["p"] is None for pair in pairs):
        nearest, leaning = min(pairs, key=lambda pair: pair["difference"]), INCONCLUSIVE
    elif above:
        nearest, leaning = min(above, key=lambda pair: pair["p"]), CONTRADICTED
    else:
        nearest, leaning = max(pairs, key=lambda pair: pair["p"]), SUPPORTED
    rival = groups[names.index(nearest["b"])]
    ends = simultaneous_interval(groups[0], rival, len(groups), level)
    low, high = ends or (None, None)
    return Outcome(
        TESTS["best_of"],
        *(nearest["difference"], low, high, leaning, nearest["p"]),
        effect=hedges_g(groups[0], rival),
        decisive=nearest["b"],
        coverage=1 - level if ends else None,
    )


def _every_class(claim: Claim, summary: Summary, minimum_seeds: int, level: float) -> Outcome:
    """The claim has to hold for each class: an intersection of claims, tested as one.

    Supported by the largest p (each class has to pass by itself, Berger 1982), contradicted by the
    smallest among as many as there are classes (Bonferroni).
    """
    classes = summary[claim["of"]].classes
    found = {
        name: outcome({**claim, "class": name}, summary, minimum_seeds, level) for name in classes
    }
    for name, one in found.items():
        if one.reason == "too_few_seeds":
            return replace(one, decisive=name)
        if one.estimate is None:  # as of all of them
            return one
    # Without spread a verdict is certain, or on the very bound.
    p = {
        name: one.p if one.p is not None else float(one.leaning == INCONCLUSIVE)
        for name, one in found.items()
    }
    against = [name for name in found if found[name].leaning != SUPPORTED]
    worst = min(against, key=p.__getitem__) if against else max(p, key=p.__getitem__)
    decisive = replace(found[worst], decisive=worst)
    if decisive.p is None:  # settled without a test
        return decisive
    p_any = min(1.0, len(found) * p[worst]) if against else p[worst]
    return replace(decisive, p=p_any, p_within=None if against else decisive.p_within)
