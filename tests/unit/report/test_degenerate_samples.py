"""A verdict, and a sentence for it in each language, whatever the values of the seeds are."""

import itertools
import random
from functools import cache

import pytest

from convstudy import language
from convstudy.config.claim_kinds import bound, column, compared
from convstudy.config.metrics import METRICS
from convstudy.report.measured import bare_bound
from convstudy.report.render import FILTERS
from convstudy.report.templates import environment_of
from convstudy.statistics.claims import decide
from convstudy.statistics.summary import Runs

from checkout import ROOT

TEMPLATES, RUSSIAN = ROOT / "workflow/templates", ROOT / "workflow/locale/ru.po"
NETWORKS, CLASSES, SEEDS = ("a", "b", "c"), ("cat", "dog"), 5
BASE = {"section": "s", "of": "a"}
CLAIMS = {
    "greater": {**BASE, "kind": "greater", "metric": "test_accuracy", "than": "b"},
    "margin": {**BASE, "kind": "greater", "metric": "test_accuracy", "than": "b", "margin": 0.25},
    "every": {**BASE, "kind": "greater", "metric": "recall", "class": "every", "than": "b"},
    "equivalent": {**BASE, "kind": "equivalent", "metric": "gap", "than": "b", "margin": 0.25},
    "above": {**BASE, "kind": "above", "metric": "recall", "class": "cat", "threshold": 0.5},
    "below": {**BASE, "kind": "below", "metric": "test_loss", "threshold": 0.5},
    "ratio": {**BASE, "kind": "ratio", "metric": "step_seconds", "than": "b", "factor": 1.5},
    "best": {**BASE, "kind": "best_of", "metric": "test_accuracy", "among": ["b", "c"]},
    "trend": {
        **{"section": "s", "kind": "trend", "metric": "roughness"},
        **{"across": ["a", "b", "c"], "direction": "rising"},
    },
    "all": {"section": "s", "kind": "all_of", "claims": ["greater", "every"]},
}
# What seeds may all have in common: nothing recognised, everything, the same, one that differs.
VALUES = {
    "zero": lambda draw: [0.0] * SEEDS,
    "one": lambda draw: [1.0] * SEEDS,
    "half": lambda draw: [0.5] * SEEDS,
    "one differs": lambda draw: [0.5] * (SEEDS - 1) + [0.75],
    "spread": lambda draw: [draw.random() for _ in range(SEEDS)],
}


def table_of(kinds, draw, seeds=SEEDS):
    """Runs whose every column is of the kind that is asked for, network by network."""
    parts = [one for one in CLAIMS.values() if "metric" in one]
    columns = {
        column({**one, "class": c}) if "class" in one else column(one)
        for one in parts
        for c in CLASSES
    }
    table = {}
    for name, kind in zip(NETWORKS, kinds, strict=True):
        values = {key: VALUES[kind](draw)[:seeds] for key in columns}
        table[name] = Runs(list(range(seeds)), values)
        table[name].classes = list(CLASSES)
    return table


@cache
def template():
    environment = environment_of(TEMPLATES, escaping=False)
    environment.filters.update(FILTERS)
    return environment.get_template("words.md.j2")


def environment_of_claims(decided):
    """The words of a report about claims, in the language that is spoken."""
    about = {key: decided[key] for key in ("level", "minimum_seeds", "most_seeds")}
    return template().make_module({"statistics": about})


def told(words, claim):
    """All that the report says of a claim: its conclusion, and what stands behind it."""
    parts = (words.line(claim), words.why(claim), words.notes(claim), words.more_seeds(claim))
    return " | ".join(filter(None, (str(part).strip() for part in parts)))


def sentences(decided):
    """Of each claim, as the report has it."""
    words = environment_of_claims(decided)
    for name, row in decided["claims"].items():
        yield told(words, shown(name, row, decided["claims"]))


def shown(name, row, rows, claims=CLAIMS):
    """A claim as the templates get it."""
    claim = {**claims[name], **row, "looks": [], "stated": "before"}
    claim |= {"says": name, "datasets": ["images"], "reduced": [], "published": None}
    titles = {one: f"Network {one}" for one in NETWORKS}
    if claim["kind"] == "best_of" and claim["decisive"]:
        claim["decisive"] = titles[claim["decisive"]]
    return {
        **claim,
        "titles": titles,
        "parts": [shown(part, rows[part], rows, claims) for part in row["claims"]],
    }


@pytest.mark.parametrize("seeds", [1, 2, SEEDS])
@pytest.mark.parametrize("catalogue", [None, RUSSIAN], ids=["en", "ru"])
def test_every_sample_gives_a_verdict_and_a_sentence(catalogue, seeds):
    draw = random.Random(0)
    with language.speaking(catalogue):
        for kinds in itertools.product(VALUES, repeat=len(NETWORKS)):
            decided = decide(CLAIMS, table_of(kinds, draw, seeds), minimum_seeds=5)
            said = list(sentences(decided))
            assert len(said) == len(CLAIMS), kinds
            assert all("None" not in one and "nan" not in one for one in said), (kinds, said)
            for name, one in zip(decided["claims"], said, strict=True):
                stated = one.partition(":** ")[2].partition(" | ")[0]
                parts = CLAIMS[name].get("claims")
                asked = CLAIMS[name] if not parts else CLAIMS["greater"]
                named = compared(asked)[:1] if asked["kind"] == "best_of" else compared(asked)
                assert all(f"Network {network}" in stated for network in named), (kinds, one)
                number = bare_bound(decided["claims"][name]) if bound(asked) else ""
                assert number in stated, (kinds, one)


def test_a_class_by_class_claim_without_spread_is_decided_as_it_is():
    table = table_of(("one", "half", "half"), random.Random(0))
    row = decide(CLAIMS, table, minimum_seeds=5)["claims"]["every"]
    assert (row["verdict"], row["reason"], row["p"]) == ("supported", "no_spread", None)
    table = table_of(("half", "half", "half"), random.Random(0))
    row = decide(CLAIMS, table, minimum_seeds=5)["claims"]["every"]
    assert (row["verdict"], row["reason"]) == ("inconclusive", "no_spread")


def test_the_claims_are_of_every_kind_that_varies():
    assert {METRICS[one["metric"]].deterministic for one in CLAIMS.values() if "metric" in one} == {
        False
    }
    assert all(set(compared(one)) <= set(NETWORKS) for one in CLAIMS.values() if "metric" in one)
