"""Claims: a model per kind, made of its row in `convstudy.config.claim_kinds`, and their faults."""

import copy
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Annotated, Any, Literal, Union

from pydantic import Field, create_model

from convstudy.config import faults as words
from convstudy.config.claim_kinds import EVERY_CLASS, KINDS, bound, compared, roles
from convstudy.config.fields import Layer, Settings, SomeNames, Title, Unique, absent, needed
from convstudy.config.metrics import CLAIMABLE, METRICS

Claims = dict[str, Any]


class _Claim(Settings):
    """What claims of all kinds have."""

    section: str
    says: Title


# Each key of a claim that only some kinds have, or some metrics.
_ABOUT: Any = {
    "class": (Title, f"name of a class; of recall also `{EVERY_CLASS}`"),
    "with": (Title, "name of another class"),
    "layer": (Layer, "name of a module of the network"),
}
_KEYS: Any = {
    "metric": Literal[CLAIMABLE],
    "of": str,
    "than": str,
    "among": SomeNames,
    "across": Annotated[list[str], Field(min_length=3), Unique],
    "direction": Annotated[
        Literal["rising", "falling"], Field(description="over `across`, in its order")
    ],
    "claims": SomeNames,
    "margin": Annotated[float, Field(ge=0, description="in the unit of the metric")],
    "threshold": float,
    "factor": Annotated[float, Field(gt=0)],
}


def _of_kind(name: str) -> Any:
    """The model of claims of one kind: what it needs, its bound, and what its metric is about."""
    kind = KINDS[name]
    keys: Any = {key: (_KEYS[key], ...) for key in kind.needs}
    if kind.bound:
        above: Any = {"gt": 0} if name == "equivalent" else {}
        bound = Field(**above) if kind.default is None else absent(**above)
        keys[kind.bound] = (_KEYS[kind.bound], bound)
    if "metric" in kind.needs:
        for key, (what, about) in _ABOUT.items():
            keys[f"{key}_"] = (what, absent(about, alias=key))
    title = name.title().replace("_", "")
    keys["kind"] = (Literal[name], ...)
    return create_model(title, __base__=_Claim, **keys)


_MODELS: Any = tuple(map(_of_kind, KINDS))
Claim: Any = Annotated[Union[_MODELS], Field(discriminator="kind")]  # noqa: UP007  (made of KINDS)


class Asked(Settings):
    """What `analyse` is asked."""

    minimum_seeds: int = needed(ge=2)
    sections: dict[str, Annotated[list[str], needed(min_length=1)]]
    claims: dict[str, Claim]


def faults(asked: Claims) -> list[str]:
    """Every fault of what `analyse` is asked: claims without words, about the sections there."""
    worded = copy.deepcopy(asked)
    with suppress(KeyError, TypeError, AttributeError):
        for name, claim in worded["claims"].items():
            claim.setdefault("says", name)
    found = words.faults(worded, Asked)
    with suppress(KeyError, TypeError, AttributeError):
        found += references(asked["claims"], asked["sections"])
    return found


def references(claims: dict[str, Any], sections: Mapping[str, Collection[str]]) -> Iterator[str]:
    """What the keys of claims say against each other and against what is there.

    Faults of shape, which the models find, are passed over.
    """
    for name, claim in claims.items():
        with suppress(KeyError, TypeError, AttributeError):
            yield from _referring(f"claims.{name}", claim, claims, sections)


def _referring(
    key: str, claim: Claims, claims: Claims, sections: Mapping[str, Collection[str]]
) -> Iterator[str]:
    yield from words.unknown(f"{key}.section", [claim["section"]], "section", sections)
    for role, name in roles(claim):
        what = "experiment of its section"
        yield from words.unknown(f"{key}.{role}", [name], what, sections[claim["section"]])
    parts = [
        name
        for name, other in claims.items()
        if isinstance(other, dict)
        and other.get("kind") != "all_of"
        and other.get("section") == claim["section"]
    ]
    yield from words.unknown(
        f"{key}.claims", claim.get("claims", []), "claim of its section", parts
    )
    needs = METRICS[claim["metric"]].needs if "metric" in claim else ()
    for missing in sorted({*needs} - {*claim}):
        yield f"{key}: the metric {claim['metric']} needs '{missing}'"
    if claim["kind"] == "ratio" and not METRICS[claim["metric"]].has_ratio:
        yield f"{key}.metric: {claim['metric']} can be negative and has no ratio; use greater"
    for unused in sorted({*_ABOUT} & {*claim} - {*needs}):
        yield f"{key}: '{unused}' has no meaning in a claim about {claim.get('metric', 'others')}"
    yield from (f"{key}.{said}" for said in _out_of_range(claim))
    names = compared(claim)
    for twice in sorted({name for name in names if names.count(name) > 1}):
        yield f"{key}: compares {twice} with itself"
    if "class" in needs and claim["class"] == EVERY_CLASS and not can_be_every_class(claim):
        yield f"{key}.class: '{EVERY_CLASS}' is for recall, in a claim greater, above or below"


def can_be_every_class(claim: Claims) -> bool:
    """Whether `class: every` has a meaning: the claim has to hold for each class by itself."""
    return claim["metric"] == "recall" and claim["kind"] in ("greater", "above", "below")


def _out_of_range(claim: Claims) -> Iterator[str]:
    """A bound that no value of the metric, or no difference of two, can reach."""
    key, value = KINDS[claim["kind"]].bound, bound(claim)
    if key not in ("threshold", "margin") or value is None or (key == "margin" and value < 0):
        return
    metric = METRICS[claim["metric"]]
    low, high = (metric.low, metric.high) if key == "threshold" else (0, metric.high - metric.low)
    if not low <= value <= high:
        yield f"{key}: {value} is outside {low:g} to {high:g}; shares are fractions, 0.8 for 80 %"
