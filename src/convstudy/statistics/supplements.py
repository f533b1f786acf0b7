"""What is printed beside a verdict and decides nothing: other noise, other scales, more seeds."""

import math
from typing import Any

import numpy as np

from convstudy.config.claim_kinds import EVERY_CLASS, Claim, bound, compared, weights_of
from convstudy.config.metrics import METRICS
from convstudy.statistics import image_noise
from convstudy.statistics.claim_tests import groups_of
from convstudy.statistics.effects import superiority
from convstudy.statistics.exact import INCONCLUSIVE, Outcome, Values
from convstudy.statistics.intervals import LEVEL, one_more
from convstudy.statistics.power import Rules, seeds_needed
from convstudy.statistics.summary import Summary

Row = dict[str, Any]

_FIELDS = ("superiority", "new_items", "one_more", "one_seed", "seeds_needed")


def supplements(claim: Claim, summary: Summary, found: Outcome, verdict: str, rules: Rules) -> Row:
    """The last fields of a claim's row; each null where it does not apply."""
    one = _about_one(claim, found)
    sampled = not METRICS[claim["metric"]].deterministic
    groups = groups_of(one, summary) if one and sampled else []
    if one is None or not groups or not all(groups):
        return dict.fromkeys(_FIELDS)
    return {
        "superiority": superiority(*groups) if len(groups) == 2 else None,
        "new_items": _new_items(one, summary, found.coverage),
        "one_more": _one_more(one, groups),
        "one_seed": _one_seed(one, summary),
        "seeds_needed": _seeds_needed(one, groups, rules) if verdict == INCONCLUSIVE else None,
    }


def _about_one(claim: Claim, found: Outcome) -> Claim | None:
    """The claim about the rival or the class that its numbers are about; None if there is none."""
    if claim["kind"] == "best_of":
        return {**claim, "kind": "greater", "than": found.decisive} if found.decisive else None
    if claim.get("class") == EVERY_CLASS:
        return {**claim, "class": found.decisive} if found.decisive else None
    return claim


def _rights(claim: Claim, summary: Summary) -> list[np.ndarray] | None:
    """The right answers of each network that a claim is about; None unless all are known."""
    rights = [right for name in compared(claim) if (right := summary[name].right) is not None]
    return rights if len(rights) == len(compared(claim)) else None


def _on_images(claim: Claim) -> bool:
    return bool(claim["metric"] == "test_accuracy" and claim["kind"] != "ratio")


def _one_more(claim: Claim, groups: list[Values]) -> Row | None:
    """Where the same of one more run of each network would lie, 95 %; of accuracies only."""
    return one_more(groups, weights_of(claim)) if _on_images(claim) else None


def _new_items(claim: Claim, summary: Summary, coverage: float | None) -> Row | None:
    """The interval for new seeds and new test images; of accuracies only.

    It covers what the one that decides does, so that both can be compared; without one 95 %.
    """
    rights = _rights(claim, summary)
    if not _on_images(claim) or rights is None:
        return None
    contrast = image_noise.two_way(rights, weights_of(claim))
    if contrast is None:
        return None
    low, high = contrast.interval(coverage or 1 - LEVEL)
    return {"low": low, "high": high, "df": contrast.df}


def _one_seed(claim: Claim, summary: Summary) -> Row | None:
    """McNemar's test of two single networks, which no test over seeds can judge."""
    rights = _rights(claim, summary)
    if claim["metric"] != "test_accuracy" or rights is None or [*map(len, rights)] != [1, 1]:
        return None
    return image_noise.mcnemar(rights[0][0], rights[1][0])


def _seeds_needed(claim: Claim, groups: list[Values], rules: Rules) -> Row | None:
    """As many as would settle the claim if the truth is what was estimated."""
    weights, held_against = weights_of(claim), bound(claim) or 0.0
    if claim["kind"] == "ratio":
        if min(map(min, groups)) <= 0:
            return None
        groups = [[math.log(value) for value in values] for values in groups]
        held_against = math.log(held_against)
    estimate = sum(w * sum(values) / len(values) for w, values in zip(weights, groups, strict=True))
    distances, sides = [abs(estimate - held_against)], 2
    if claim["kind"] == "equivalent":
        if abs(estimate) < held_against:
            distances, sides = [held_against - estimate, held_against + estimate], 1
        else:
            distances = [abs(estimate) - held_against]
    needed = seeds_needed(groups, weights, distances, sides, rules)
    return needed and {"low": needed[0], "high": needed[1]}
