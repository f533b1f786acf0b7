"""P(A > B), and how many seeds would settle what is open."""

import pytest
from statsmodels.stats.power import TTestIndPower, TTestPower

from convstudy.statistics.claims import decide
from convstudy.statistics.effects import superiority
from convstudy.statistics.power import MOST, power, seeds_needed

from made_runs import HIGH, LOW, SAME, WIDE, runs_of


def test_superiority_by_hand():
    # 2 beats 1, ties with 2; 3 beats both: (1 + ½ + 1 + 1) / 4
    assert superiority([2, 3], [1, 2]) == 3.5 / 4
    assert superiority(HIGH, LOW) == 1.0 and superiority(LOW, LOW) == 0.5


def test_power_is_that_of_the_t_test():
    theirs = TTestIndPower().power(0.8, nobs1=20, alpha=0.025, alternative="larger")
    assert power([1.0, 1.0], [0.8], 0.025, 20) == pytest.approx(theirs, abs=1e-6)
    theirs = TTestPower().power(0.6, nobs=15, alpha=0.05, alternative="larger")
    assert power([1.0], [0.6], 0.05, 15) == pytest.approx(theirs, abs=1e-6)


def test_power_of_an_equivalence_is_that_of_both_its_tests():
    one = power([1.0, 1.0], [1.2], 0.05, 20)
    assert power([1.0, 1.0], [1.2, 1.2], 0.05, 20) == pytest.approx(2 * one - 1)


def test_seeds_needed():
    values = [0.0, 1.0, 2.0, 3.0, 4.0]  # sd √2.5, its upper bound √(10/χ²₄(0.2)) = 2.463
    low, high = seeds_needed([values, values], [1.0, -1.0], [1.5], 1, 2)
    assert (
        power([2.5**0.5] * 2, [1.5], 0.025, low)
        >= 0.8
        > power([2.5**0.5] * 2, [1.5], 0.025, low - 1)
    )
    assert (
        power([2.463] * 2, [1.5], 0.025, high) >= 0.8 > power([2.463] * 2, [1.5], 0.025, high - 1)
    )
    assert low < high


def test_seeds_needed_at_the_ends():
    assert seeds_needed([LOW, LOW], [1.0, -1.0], [9.0], 1, 2) == (6, 6)  # one more than there are
    assert seeds_needed([LOW, LOW], [1.0, -1.0], [0.0], 1, 2) == (None, None)  # more than MOST
    assert seeds_needed([[0.5], [0.4]], [1.0, -1.0], [0.1], 1, 2) is None
    assert seeds_needed([[0.5] * 3, [0.4] * 3], [1.0, -1.0], [0.1], 1, 2) is None


@pytest.mark.parametrize(
    "claim",
    [
        {"kind": "greater", "of": "wide", "than": "same"},
        {"kind": "greater", "of": "few", "than": "low"},
        {"kind": "equivalent", "of": "wide", "than": "same", "margin": 0.05},
        {"kind": "equivalent", "of": "wide", "than": "same", "margin": 0.001},
        {"kind": "above", "of": "wide", "threshold": 0.5},
        {"kind": "ratio", "of": "wide", "than": "same", "factor": 1.0},
        {"kind": "trend", "across": ["wide", "same", "wide"], "direction": "rising"},
        {"kind": "best_of", "of": "wide", "among": ["same", "low"]},
    ],
)
def test_an_open_claim_says_how_many(claim):
    groups = {"wide": WIDE, "same": SAME, "low": LOW, "few": HIGH[:3]}
    summary = {name: runs_of(test_accuracy=values) for name, values in groups.items()}
    claim = {"section": "s", "metric": "test_accuracy", **claim}
    row = decide({"c": claim}, summary, 5)["claims"]["c"]
    assert row["verdict"] == "inconclusive"
    needed = row["seeds_needed"]
    assert needed["low"] is None or needed["low"] > 3
    assert needed["high"] is None or needed["low"] <= needed["high"] <= MOST


def test_a_decided_claim_does_not():
    claim = {"section": "s", "kind": "greater", "metric": "test_accuracy", "of": "a", "than": "b"}
    summary = {"a": runs_of(test_accuracy=HIGH), "b": runs_of(test_accuracy=LOW)}
    row = decide({"c": claim}, summary, 5)["claims"]["c"]
    assert row["seeds_needed"] is None and row["superiority"] == 1.0
