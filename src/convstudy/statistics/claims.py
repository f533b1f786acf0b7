"""From claims to verdicts: tests within a section, Holm over them, then what is said."""

from collections import Counter
from typing import Any

from statsmodels.stats.multitest import multipletests

from convstudy.config.claim_kinds import Claim, bound, compared
from convstudy.statistics.claim_tests import groups_of, outcome
from convstudy.statistics.effects import smallest_effect
from convstudy.statistics.exact import CONTRADICTED, EQUIVALENT, INCONCLUSIVE, SUPPORTED, Outcome
from convstudy.statistics.intervals import LEVEL
from convstudy.statistics.ledger import level_of_look
from convstudy.statistics.power import MOST, Rules
from convstudy.statistics.summary import Summary
from convstudy.statistics.supplements import supplements

Claims = dict[str, Claim]
Row = dict[str, Any]


def decide(
    claims: Claims, summary: Summary, minimum_seeds: int, looks: dict[str, int] | None = None
) -> dict[str, Any]:
    """The content of claims.json but for its ledger; the claims have passed `config.claims.faults`.

    `looks` says which look at each claim this is; without it the first. A p value of a look at
    level a counts as p · LEVEL / a, so that claims of one section can be at different looks.
    """
    looks = looks or dict.fromkeys(claims, 1)
    levels = {name: level_of_look(looks[name]) for name in claims}
    outcomes = {
        name: outcome(claim, summary, minimum_seeds, levels[name])
        for name, claim in claims.items()
        if claim["kind"] != "all_of"
    }
    # Tests that there will be: a plan for more seeds reckons with those that wait for them.
    waiting = Counter(
        claims[name]["section"]
        for name, found in outcomes.items()
        if found.reason == "too_few_seeds"
    )
    families, adjusted = _families(claims, summary, outcomes, levels)
    tested = {}
    for name, found in outcomes.items():
        claim = claims[name]
        tests = families[claim["section"]]["tests"]
        # What was tested has spent its look: more seeds are the next one.
        next_look = looks[name] + (found.p is not None)
        rules = Rules(tests + waiting[claim["section"]], minimum_seeds, level_of_look(next_look))
        verdict, reason = _verdict(found, adjusted.get(name), tests, levels[name])
        tested[name] = {
            **_row(claim, summary, found),
            "look": looks[name],
            "level": levels[name],
            "p_holm": adjusted.get(name),
            "verdict": verdict,
            "reason": reason,
            **supplements(claim, summary, found, verdict, rules),
        }
    rows = {
        name: tested[name] if name in tested else _all_of(claim, tested)
        for name, claim in claims.items()
    }
    return {
        "level": LEVEL,
        "first_level": level_of_look(1),
        "minimum_seeds": minimum_seeds,
        "most_seeds": MOST,
        "families": families,
        "claims": rows,
    }


def holm(p: dict[str, float]) -> dict[str, float]:
    """p values for the whole family (Holm 1979): the i-th smallest of k times k − i + 1, rising."""
    if not p:
        return {}
    adjusted = multipletests(list(p.values()), alpha=LEVEL, method="holm")[1]
    return dict(zip(p, map(float, adjusted), strict=True))


def _families(
    claims: Claims, summary: Summary, outcomes: dict[str, Outcome], levels: dict[str, float]
) -> tuple[dict[str, Row], dict[str, float]]:
    """What the tests of each section share, and p of each test among those of its section."""
    families: dict[str, Row] = {}
    adjusted: dict[str, float] = {}
    for section in dict.fromkeys(claim["section"] for claim in claims.values()):
        family = {
            name: min(1.0, found.p * LEVEL / levels[name])
            for name, found in outcomes.items()
            if claims[name]["section"] == section and found.p is not None
        }
        adjusted |= holm(family)
        families[section] = _family(
            [_sizes(claims[name], summary) for name in family], [levels[name] for name in family]
        )
    return families, adjusted


def _family(runs: list[dict[str, int]], levels: list[float]) -> Row:
    """How many tests share one level, and how large a difference they can see at all."""
    if not runs:
        return {"tests": 0, "n": None, "smallest_effect": None}
    n = min(min(one.values()) for one in runs)
    return {
        "tests": len(runs),
        "n": n,
        "smallest_effect": smallest_effect(n, len(runs), min(levels)),
    }


def _sizes(claim: Claim, summary: Summary) -> dict[str, int]:
    """How many values there are of each experiment: seeds, or repeats of a timing."""
    names, groups = compared(claim), groups_of(claim, summary)
    return {
        name: len(group or summary[name].seeds) for name, group in zip(names, groups, strict=True)
    }


def _row(claim: Claim, summary: Summary, found: Outcome) -> Row:
    return {
        "section": claim["section"],
        "kind": claim["kind"],
        "metric": claim["metric"],
        "of": claim.get("of"),
        "than": claim.get("than"),
        "claims": [],
        "n": _sizes(claim, summary),
        "bound": bound(claim),
        "estimate": found.estimate,
        "low": found.low,
        "high": found.high,
        "coverage": found.coverage,
        "decisive": found.decisive,
        "test": found.test,
        "p": found.p,
        "effect": found.effect,
    }


def _verdict(
    found: Outcome, p_holm: float | None, tests: int, level: float
) -> tuple[str, str | None]:
    """A leaning becomes a verdict only if it stands among all tests of its section.

    A difference shown not to exceed its margin is called equivalent if it lies above −margin as
    well, tested at level / tests (Bonferroni), which no step of Holm undercuts.
    """
    if p_holm is None or found.p is None:
        return found.leaning, found.reason
    if p_holm >= LEVEL:
        return INCONCLUSIVE, "holm" if found.p < level else "not_separated"
    within = found.p_within is not None and found.p_within < level / tests
    return EQUIVALENT if within else found.leaning, "decided"


def _all_of(claim: Claim, tested: dict[str, Row]) -> Row:
    """Supported if every part is, contradicted if any is: arithmetic on verdicts.

    A part found equivalent is a difference found too small, hence contradicts.
    """
    parts = [tested[name] for name in claim["claims"]]
    verdicts = {part["verdict"] for part in parts}
    if verdicts & {CONTRADICTED, EQUIVALENT}:
        verdict, reason = CONTRADICTED, "arithmetic"
    elif verdicts == {SUPPORTED}:
        verdict, reason = SUPPORTED, "arithmetic"
    else:
        open_parts = [part["reason"] for part in parts if part["verdict"] == INCONCLUSIVE]
        verdict, reason = INCONCLUSIVE, open_parts[0]
    empty = dict.fromkeys(parts[0])
    return empty | {
        "section": claim["section"],
        "kind": claim["kind"],
        "claims": claim["claims"],
        "n": {},
        "test": "arithmetic",
        "verdict": verdict,
        "reason": reason,
    }
