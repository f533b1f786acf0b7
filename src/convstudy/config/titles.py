"""The title of a claim, its `says`, decides nothing; the numbers in it are those of its test."""

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from convstudy.config.claim_kinds import bound, compared

Config = dict[str, Any]

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAMED = ("class", "with", "layer")  # what a metric is of


def foreign_numbers(config: Config, claim: Config) -> Iterator[str]:
    """Each number in its title that is neither its bound nor in the title of what it is about.

    Words (half, twice) and directions are not read: no rule knows what a sentence means.
    """
    parts = [config["claims"][part] for part in claim.get("claims", [])] or [claim]
    known = {number for text in _texts(config, parts) for number in _NUMBER.findall(text)}
    forms = [form for part in parts for form in _forms(part)]
    for said in _NUMBER.findall(claim["says"]):
        if said not in known and not _is_among(said, forms):
            yield said


def _texts(config: Config, parts: Iterable[Config]) -> Iterator[str]:
    """What a title may name: section, networks, their images, class and layer."""
    for part in parts:
        yield config["sections"][part["section"]]["title"]
        yield from (str(part[key]) for key in _NAMED if key in part)
        for name in compared(part):
            one = config["experiments"][name]
            yield from (one["title"], one["dataset"], config["datasets"][one["dataset"]]["title"])


def _forms(claim: Config) -> list[float]:
    """The ways to write a bound: 0.8 or 80 %; of a factor 1.25 also 125 %, 25 % more, 20 % less."""
    value = bound(claim)
    if not value or not abs(value) < 1e300:
        return []
    if claim["kind"] != "ratio" or value < 0:
        return [value, 100 * value]
    return [value, 1 / value, 100 * value, 100 / value, 100 * (value - 1), 100 * (1 - 1 / value)]


def _is_among(said: str, forms: list[float]) -> bool:
    """Of point and comma either may be the decimal sign, as the language of the title has it."""
    readings = {
        said.replace(",", ""),
        said.replace(",", "."),
        said.replace(".", "").replace(",", "."),
    }
    values = [float(one) for one in readings if one.count(".") < 2]
    return any(math.isclose(value, abs(form), rel_tol=1e-3) for value in values for form in forms)
