"""The kinds of claims, what each needs, what is wrong with a claim. Imports nothing heavy."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from convstudy.config.class_names import class_name
from convstudy.config.metrics import CLAIMABLE, METRICS

Claim = dict[str, Any]


class Kind(NamedTuple):
    """Keys of a claim beside `section` and `kind`."""

    needs: tuple[str, ...]
    bound: str | None  # the key that holds what the estimate is held against
    default: float | None = None  # of the bound, where it may be left out

    @property
    def takes(self) -> tuple[str, ...]:
        """Every key that has a meaning in a claim of this kind."""
        return (*self.needs, self.bound) if self.bound else self.needs


KINDS = {
    "greater": Kind(("metric", "of", "than"), "margin", 0.0),
    "equivalent": Kind(("metric", "of", "than"), "margin"),
    "above": Kind(("metric", "of"), "threshold"),
    "below": Kind(("metric", "of"), "threshold"),
    "ratio": Kind(("metric", "of", "than"), "factor"),
    "best_of": Kind(("metric", "of", "among"), None),
    "trend": Kind(("metric", "across", "direction"), None),
    "all_of": Kind(("claims",), None),
}


FEWEST = {"best_of": 2, "trend": 3}  # experiments
DIRECTIONS = ("rising", "falling")
EVERY_CLASS = "every"


def can_be_every_class(claim: Claim) -> bool:
    """Whether `class: every` has a meaning: the claim has to hold for each class by itself."""
    return claim["metric"] == "recall" and claim["kind"] in ("greater", "above", "below")


def bound(claim: Claim) -> float | None:
    """Margin, threshold or factor, whichever the kind has."""
    kind = KINDS[claim["kind"]]
    return claim.get(kind.bound, kind.default) if kind.bound else None


def is_level(claim: Claim) -> bool:
    """Whether the estimate is itself a value of its metric, on a scale from zero, no difference."""
    return claim["kind"] in ("above", "below") and METRICS[claim["metric"]].has_ratio


def plausible(
    claim: Claim, low: float | None, high: float | None
) -> tuple[float | None, float | None]:
    """An interval of the estimate without what it cannot be: no accuracy is above 100 %.

    No difference of accuracies is above 100 points. An end that is None, unknown or open, stays so.
    """
    if low is None or high is None or claim["kind"] in ("ratio", "trend"):
        return low, high
    metric = METRICS[claim["metric"]]
    if claim["kind"] in ("above", "below"):
        return max(low, metric.low), min(high, metric.high)
    most = metric.high - metric.low
    return max(low, -most), min(high, most)


def with_classes_as_spelt(claim: Claim) -> Claim:
    """The claim with its classes as prepared data name them."""
    named: Claim = {key: class_name(claim[key]) for key in ("class", "with") if key in claim}
    return {**claim, **named}


def roles(claim: Claim) -> Iterator[tuple[str, str]]:
    """(key, experiment) for each experiment that a claim names, those of one key in its order."""
    for key in KINDS[claim["kind"]].needs:
        named = claim.get(key, []) if key in ("of", "than", "among", "across") else []
        yield from ((key, name) for name in ([named] if isinstance(named, str) else named))


def compared(claim: Claim) -> list[str]:
    """The experiments that a claim is about; none for a compound of claims."""
    return [name for _, name in roles(claim)]


def keys_of(claim: Claim) -> tuple[str, ...]:
    """Every key that a claim of this kind and metric has to have beside its bound."""
    metric = METRICS.get(claim.get("metric", ""))
    return KINDS[claim["kind"]].needs + (metric.needs if metric else ())


def column(claim: Claim) -> str:
    """Name of the values that a claim is about: its metric, and of what."""
    about = [claim[key] for key in METRICS[claim["metric"]].needs]
    return f"{claim['metric']} ({', '.join(about)})" if about else claim["metric"]


def faults(claims: dict[str, Claim], sections: dict[str, list[str]]) -> Iterator[str]:
    """Every fault of every claim, one sentence each, naming the claim and the key."""
    for name, claim in claims.items():
        if not isinstance(claim, dict) or claim.get("kind") not in KINDS:
            kind = claim.get("kind") if isinstance(claim, dict) else None
            yield f"claims.{name}.kind: {kind!r} is unknown; known: {', '.join(KINDS)}"
            continue
        if claim.get("section") not in sections:
            section = claim.get("section")
            yield f"claims.{name}.section: {section!r} is unknown; known: {', '.join(sections)}"
        missing = [key for key in keys_of(claim) if key not in claim]
        if missing:
            yield f"claims.{name}: missing {', '.join(missing)}"
            continue
        for said in (*_metric(claim, sections), *_bound(claim), *_parts(claim, claims)):
            yield f"claims.{name}.{said}"


def _metric(claim: Claim, sections: dict[str, list[str]]) -> Iterator[str]:
    if claim["kind"] == "all_of":
        return
    if claim["metric"] not in CLAIMABLE:
        yield f"metric: {claim['metric']!r} is none for claims; known: {', '.join(CLAIMABLE)}"
    elif claim["kind"] == "ratio" and not METRICS[claim["metric"]].has_ratio:
        yield f"metric: {claim['metric']} can be negative and has no ratio; use greater"
    if claim["kind"] == "trend" and claim["direction"] not in DIRECTIONS:
        yield f"direction: {claim['direction']!r} is unknown; known: {', '.join(DIRECTIONS)}"
    members = sections.get(claim.get("section", ""), [])
    names = compared(claim)
    for place, (role, name) in enumerate(roles(claim)):
        if members and name not in members:
            yield f"{role}: {name!r} is not in its section; known: {', '.join(members)}"
        if name in names[:place]:
            yield f"{role}: {name!r} is compared with itself"
    if len(names) < FEWEST.get(claim["kind"], 1):
        yield f"names {len(names)} experiments; {claim['kind']} needs {FEWEST[claim['kind']]}"
    if claim.get("class") == EVERY_CLASS and not can_be_every_class(claim):
        yield f"class: '{EVERY_CLASS}' is for recall, in a claim greater, above or below"


def _bound(claim: Claim) -> Iterator[str]:
    key = KINDS[claim["kind"]].bound
    if key is None:
        return
    value = bound(claim)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        yield f"{key}: {value!r} is not a number; {claim['kind']} needs one"
    elif key == "margin" and value < 0:
        yield f"margin: {value} is negative"
    elif value <= 0 and (key == "factor" or claim["kind"] == "equivalent"):
        yield f"{key}: {value} is not above zero"
    else:
        yield from out_of_range(claim)


def out_of_range(claim: Claim) -> Iterator[str]:
    """A bound that no value of the metric, or no difference of two, can reach."""
    key, value = KINDS[claim["kind"]].bound, bound(claim)
    if key not in ("threshold", "margin") or value is None or claim["metric"] not in METRICS:
        return
    metric = METRICS[claim["metric"]]
    low, high = (metric.low, metric.high) if key == "threshold" else (0, metric.high - metric.low)
    if not low <= value <= high:
        yield f"{key}: {value} is outside {low:g} to {high:g}; shares are fractions, 0.8 for 80 %"


def _parts(claim: Claim, claims: dict[str, Claim]) -> Iterator[str]:
    if claim["kind"] != "all_of":
        return
    testable = [
        name
        for name, other in claims.items()
        if isinstance(other, dict) and other.get("kind") != "all_of"
    ]
    if not isinstance(claim["claims"], list) or not claim["claims"]:
        yield f"claims: {claim['claims']!r} is not a list of claims"
        return
    for part in claim["claims"]:
        if part not in testable:
            yield f"claims: {part!r} is no claim other than all_of; known: {', '.join(testable)}"
