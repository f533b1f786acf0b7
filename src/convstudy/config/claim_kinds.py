"""The kinds of claims and what each needs. Imports nothing heavy."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from convstudy.config.class_names import class_name
from convstudy.config.metrics import METRICS

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
EVERY_CLASS = "every"


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


def weights_of(claim: Claim) -> list[float]:
    """Of the groups' means in the estimate: a mean, a difference, or a slope per step."""
    if claim["kind"] == "trend":
        return slope(len(claim["across"]))
    return [1.0, -1.0][: len(compared(claim))]


def slope(count: int) -> list[float]:
    """Weights of the least-squares slope per step over `count` equally spaced means."""
    places = [k - (count - 1) / 2 for k in range(count)]
    return [place / sum(each**2 for each in places) for place in places]


def asked(claim: Claim, claims: dict[str, Claim]) -> Claim:
    """A claim without its words and place, its parts in full: these decide what it asks."""
    kept = {key: value for key, value in claim.items() if key not in ("name", "says", "section")}
    if "claims" in kept:
        kept["claims"] = [asked(claims[part], claims) for part in kept["claims"]]
    return kept


def column(claim: Claim) -> str:
    """Name of the values that a claim is about: its metric, and of what."""
    about = [claim[key] for key in METRICS[claim["metric"]].needs]
    return f"{claim['metric']} ({', '.join(about)})" if about else claim["metric"]
