"""A claim's title states no number that its test does not have."""

import pytest

from convstudy.config import titles
from convstudy.config.study import load
from convstudy.errors import StudyError

CONFIG = {
    "sections": {"s": {"title": "Depth 3"}},
    "datasets": {"cifar10": {"title": "CIFAR-10"}},
    "experiments": {
        "a": {"title": "ResNet-18", "dataset": "cifar10"},
        "b": {"title": "5×5 kernels", "dataset": "cifar10"},
    },
}
GREATER = {"kind": "greater", "of": "a", "than": "b", "metric": "test_accuracy"}
ABOVE = {"kind": "above", "of": "a", "metric": "test_accuracy", "threshold": 0.8}
RATIO = {"kind": "ratio", "of": "a", "than": "b", "metric": "macs"}
KINDS = {
    "greater": GREATER,
    "margin": {**GREATER, "margin": 0.015},
    "above": ABOVE,
    "confusion": {**ABOVE, "metric": "confusion", "class": "7", "with": "9", "threshold": 2.0},
    "ratio": {**RATIO, "factor": 1.5},
    "quarter": {**RATIO, "factor": 1.3334},
    "many": {**RATIO, "factor": 1234.5},
    "trend": {"kind": "trend", "across": ["a", "b"], "metric": "gap", "direction": "rising"},
    "all": {"kind": "all_of", "claims": ["margin", "above"]},
}


def foreign(kind, says):
    claims = {name: {**one, "section": "s"} for name, one in KINDS.items()}
    claim = {**claims[kind], "says": says}
    return [*titles.foreign_numbers({**CONFIG, "claims": claims}, claim)]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("greater", "ResNet-18 beats 5×5 kernels on CIFAR-10 (depth 3)"),
        ("margin", "ResNet-18 is better by 1.5 points"),
        ("margin", "лучше на 1,5 п. п."),
        ("margin", "better by 0.015"),
        ("above", "more than 80 % are right"),
        ("above", "more than 0.80 are right"),
        ("confusion", "7 and 9 are confused 2 times as often"),
        ("ratio", "takes 1.5 times as much, 150 %, 50 % more"),
        ("quarter", "needs 25 % fewer"),
        ("many", "takes 1,234.5 times as much"),
        ("many", "takes 1.234,5 times as much"),
        ("trend", "the gap rises from ResNet-18 to 5×5"),
        ("all", "more than 80 %, and better by 1.5 points"),
    ],
)
def test_numbers_of_the_claim_itself_may_stand_in_its_title(kind, says):
    assert foreign(kind, says) == []


@pytest.mark.parametrize(
    ("kind", "says", "number"),
    [
        ("greater", "ResNet-18 beats 5×5 kernels by 2 points", "2"),
        ("margin", "better by 15 points", "15"),
        ("above", "recognises 99.9 % of all images", "99.9"),
        ("above", "ResNet-34 recognises 80 %", "34"),
        ("ratio", "takes 2 times as much", "2"),
        ("trend", "the gap rises by 4 points", "4"),
        ("all", "more than 90 %, and better by 1.5 points", "90"),
    ],
)
def test_any_other_number_is_named(kind, says, number):
    assert foreign(kind, says) == [number]


def test_a_config_with_such_a_title_is_refused(config):
    config["claims"]["cnn_is_smaller"]["says"] = "SimpleCNN recognises 99.9 % of all digits"
    with pytest.raises(StudyError) as caught:
        load(config)
    said = str(caught.value)
    assert "claims.cnn_is_smaller.says: 99.9 is neither the bound of this claim nor in the" in said
    assert said.count("\n") == 1
