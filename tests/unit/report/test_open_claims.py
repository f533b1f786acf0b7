"""Whatever the values of the seeds are, a claim has a sentence; each reason to stay open its own."""

import re
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_degenerate_samples import RUSSIAN, environment_of_claims, shown, told

from convstudy import language
from convstudy.config.claim_kinds import EVERY_CLASS, KINDS, column, compared
from convstudy.config.claims import can_be_every_class, faults
from convstudy.config.metrics import CLAIMABLE, METRICS
from convstudy.statistics import claim_tests
from convstudy.statistics.claims import decide
from convstudy.statistics.summary import Runs

LANGUAGES = {"en": None, "ru": RUSSIAN}
ROLES = {"of": "a", "than": "b", "among": ["b", "c"], "across": ["a", "b", "c"]}
BOUNDS = {"margin": 0.25, "threshold": 0.5, "factor": 1.5}
CLASSES = ["cat", "dog"]
WHOLE = {"class": "cat", "with": "dog", "layer": "features.0", "direction": "rising"}


def claim_of(kind, metric, **more):
    """A claim of this kind and metric, with all that it needs."""
    needs = (*KINDS[kind].needs, *METRICS[metric].needs, KINDS[kind].bound)
    found = {**ROLES, **BOUNDS, **WHOLE, "metric": metric}
    return {
        **{"section": "s", "kind": kind},
        **{key: found[key] for key in needs if key in found},
        **more,
    }


ALL = [claim_of(kind, metric) for kind in KINDS if kind != "all_of" for metric in CLAIMABLE]
ALL += [{**one, "class": EVERY_CLASS} for one in ALL if can_be_every_class(one)]
ABOUT = {"minimum_seeds": 5, "sections": {"s": ["a", "b", "c"]}}
ASKED = [one for one in ALL if not faults({**ABOUT, "claims": {"c": one}})]


def table_of(claim, values):
    """Runs of the networks of a claim, by name; of `class: every` the same for each class."""
    whose = [{**claim, "class": c} for c in CLASSES] if claim.get("class") == "every" else [claim]
    return {
        name: Runs(list(range(5)), {column(one): values[name] for one in whose}, classes=CLASSES)
        for name in compared(claim)
    }


def said(claims, table, minimum_seeds=5):
    """Rows of the claims, and in each language their sentences."""
    decided = decide(claims, table, minimum_seeds)
    spoken = {}
    for tag, catalogue in LANGUAGES.items():
        with language.speaking(catalogue):
            words = environment_of_claims(decided)
            spoken[tag] = {
                name: told(words, shown(name, row, decided["claims"], claims))
                for name, row in decided["claims"].items()
            }
    return decided["claims"], spoken


@pytest.fixture(autouse=True, scope="module")
def _fast():
    """multipletests collects garbage at each call; intervals of best_of are searched for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "_read", cache(language._read))
        patch.setattr("gc.collect", lambda *_: 0)
        patch.setattr(claim_tests, "simultaneous_interval", lambda *_: None)
        yield


@st.composite
def samples(draw, metric):
    """What seeds may have in common: nothing measured, all equal, all right, never recognised."""
    low, high = max(METRICS[metric].low, -2.0), min(METRICS[metric].high, 10.0)
    number = draw(st.sampled_from([1, 2, 3, 5]))
    edge = draw(st.sampled_from([low, high, *(one for one in BOUNDS.values() if one <= high), 0.3]))
    same = st.just([max(edge, low)] * number)
    any_value = st.floats(low, high, allow_subnormal=False)
    varied = st.lists(any_value, min_size=number, max_size=number)
    one_differs = any_value.map(lambda value: [max(edge, low)] * (number - 1) + [value])
    if METRICS[metric].deterministic:
        return draw(st.integers(1, 10**9).map(lambda value: [float(value)] * number))
    if METRICS[metric].source in ("history", "predictions"):
        return draw(st.one_of(same, varied, one_differs, st.just([])))
    return draw(st.one_of(same, varied, one_differs))


@pytest.mark.parametrize(
    "claim", ASKED, ids=[f"{one['kind']}-{column(one)}".replace(" ", "") for one in ASKED]
)
@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_kind_and_metric_has_a_sentence_for_every_sample(claim, data):
    values = {name: data.draw(samples(claim["metric"]), name) for name in compared(claim)}
    rows, spoken = said({"c": claim}, table_of(claim, values), data.draw(st.sampled_from([2, 5])))
    row = rows["c"]
    assert row["verdict"] != "inconclusive" or row["reason"] in OPEN or row["reason"] == "no_spread"
    for sentence in (one["c"] for one in spoken.values()):
        assert not re.search(r"None|\bnan\b|%\(|\binf\b|  ", sentence), sentence
        assert all(f"Network {name}" in sentence for name in compared(claim)[:1])


STEADY, WIDE = [0.5] * 5, [0.1, 0.9, 0.2, 0.8, 0.5]
NARROW = [0.9, 0.91, 0.92, 0.93, 0.94]
RECALL = claim_of("above", "recall")
# reason → claim, what its networks have, and the words that are its own
OPEN = {
    "not_separated": (claim_of("above", "test_accuracy"), {"a": WIDE}, " ≥ 5 %"),
    "no_spread": (claim_of("above", "test_accuracy"), {"a": STEADY}, "which is its bound"),
    "too_few_seeds": (claim_of("above", "test_accuracy"), {"a": NARROW[:2]}, "rest on at least 5"),
    "not_positive": (claim_of("ratio", "test_loss"), {"a": STEADY, "b": [0.0] * 5}, "no ratio can"),
    "too_few_epochs": (claim_of("above", "roughness"), {"a": []}, "too few epochs to show it"),
    "no_such_class": ({**RECALL, "class": "ship"}, {"a": []}, "no class of these images has that"),
    "class_without_images": (RECALL, {"a": []}, "not every class has a test image"),
    "holm": (
        claim_of("above", "test_accuracy"),
        {"a": [0.5, 0.6, 0.7, 0.6, 0.6]},
        "alone it would",
    ),
}


@pytest.mark.parametrize("reason", OPEN)
def test_each_reason_to_stay_open_is_reached_and_has_words_of_its_own(reason):
    claim, values, words = OPEN[reason]
    claims = {"c": claim}
    if reason == "holm":  # a second test in its section
        claims["d"] = {**claim, "threshold": 0.55}
        claims["e"] = {**claim, "threshold": 0.56}
    rows, spoken = said(claims, table_of(claim, values))
    assert (rows["c"]["verdict"], rows["c"]["reason"]) == ("inconclusive", reason)
    others = [one[2] for name, one in OPEN.items() if name != reason]
    assert words in spoken["en"]["c"]
    assert not [one for one in others if one in spoken["en"]["c"]]
    assert words not in spoken["ru"]["c"] and re.search("[а-я]{4}", spoken["ru"]["c"])


def test_of_every_class_nothing_is_said_about_a_single_one_where_none_was_measured():
    claim = {**RECALL, "class": EVERY_CLASS}
    rows, spoken = said({"c": claim}, table_of(claim, {"a": []}))
    assert (rows["c"]["reason"], rows["c"]["decisive"]) == ("class_without_images", None)
    assert "the recall of every class of “Network a” may be" in spoken["en"]["c"]
