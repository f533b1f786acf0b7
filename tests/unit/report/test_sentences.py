"""Sentences of verdicts state what was tested, whatever the words of the config are."""

import itertools

import pytest

from convstudy import language
from convstudy.config.claim_kinds import KINDS
from convstudy.config.metrics import CLAIMABLE, METRICS
from convstudy.report.sentences import FOUND, finding

from checkout import ROOT

LANGUAGES = {"en": None, "ru": ROOT / "workflow/locale/ru.po"}
ROLES = {"of": "a", "than": "b", "among": ["b", "c"], "across": ["a", "b", "c"]}
VERDICTS = ("supported", "contradicted", "inconclusive")


def claim_of(kind, metric, verdict, **more):
    named = {key: ROLES[key] for key in KINDS[kind].needs if key in ROLES}
    claim = {"kind": kind, "metric": metric, "verdict": verdict, "p": 0.01, "decisive": None}
    claim |= {"class": "cat", "with": "dog", "layer": "features.0", "direction": "falling"}
    titles = {"a": "Alpha", "b": "Beta", "c": "Gamma"}
    return {**claim, **named, "bound": 0.25, "titles": titles, "says": "99.9 % of all", **more}


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_every_kind_metric_and_verdict_names_its_networks_and_its_bound(spoken):
    with language.speaking(LANGUAGES[spoken]):
        for kind, metric, verdict in itertools.product(KINDS, CLAIMABLE, VERDICTS):
            if kind == "all_of":
                continue
            for p, decisive in itertools.product((0.01, None), (None, "Gamma")):
                said = finding(claim_of(kind, metric, verdict, p=p, decisive=decisive))
                assert "99" not in said and "None" not in said and "%(" not in said
                assert "Alpha" in said
                if kind not in ("above", "below", "best_of"):
                    assert "Beta" in said
                if KINDS[kind].bound:
                    assert "25" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "above", "bound": 0.1}, "the test accuracy of “Alpha” is greater than 10 %"),
        (
            {"kind": "greater", "bound": 0.0, "verdict": "contradicted"},
            "the test accuracy of “Alpha” is less than that of “Beta”",
        ),
        (
            {"kind": "greater", "bound": 0.0, "verdict": "contradicted", "p": None},
            "the test accuracy of “Alpha” is not greater than that of “Beta”",
        ),
        (
            {"kind": "greater", "bound": 0.015, "verdict": "equivalent"},
            "the test accuracy of “Alpha” and that of “Beta” differ by less than 1.5 points",
        ),
        (
            {"kind": "equivalent", "bound": 0.01},
            "the test accuracy of “Alpha” and that of “Beta” differ by less than 1 point",
        ),
        (
            {"kind": "best_of", "verdict": "contradicted", "decisive": "Gamma", "bound": None},
            "the test accuracy of “Alpha” is not the highest: it is less than that of “Gamma”",
        ),
        (
            {"kind": "above", "metric": "recall", "class": "every", "decisive": "dog"},
            "the recall of every class of “Alpha” is greater than 25 %",
        ),
        (
            {
                **{"kind": "above", "metric": "recall", "class": "every", "decisive": "dog"},
                "verdict": "contradicted",
            },
            "the recall of class “dog” of “Alpha” is less than 25 %",
        ),
    ],
)
def test_what_is_stated(changes, said):
    of = claim_of(changes["kind"], "test_accuracy", "supported", bound=0.25)
    assert finding({**of, **changes}) == said


def test_a_claim_made_of_others_states_what_decides_it():
    parts = [
        claim_of("above", "test_accuracy", "supported"),
        claim_of("below", "test_loss", "contradicted"),
    ]
    said = {
        verdict: finding({"kind": "all_of", "verdict": verdict, "parts": parts})
        for verdict in ("supported", "contradicted")
    }
    denied = "not all of it holds: the test loss of “Alpha” is greater than 0.25"
    assert said["contradicted"] == denied
    assert said["supported"] == "all of it holds: the test accuracy of “Alpha” is greater than 25 %"


def test_every_metric_and_every_kind_has_words():
    assert {name for name, one in METRICS.items() if one.quantity} == set(CLAIMABLE)
    assert {*KINDS} - {"all_of", "trend"} <= FOUND.keys()
