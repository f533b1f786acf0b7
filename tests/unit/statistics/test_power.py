"""P(A > B), and how many seeds would settle what is open."""

import math
from statistics import mean

import pytest
from statsmodels.stats.power import TTestIndPower, TTestPower

from convstudy.statistics import power as planning
from convstudy.statistics.claims import decide
from convstudy.statistics.effects import superiority
from convstudy.statistics.ledger import level_of_look
from convstudy.statistics.power import MOST, Rules, power, seeds_needed

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
    low, high = seeds_needed([values, values], [1.0, -1.0], [1.5], 2, Rules(1, 5))
    assert (
        power([2.5**0.5] * 2, [1.5], 0.025, low)
        >= 0.8
        > power([2.5**0.5] * 2, [1.5], 0.025, low - 1)
    )
    assert (
        power([2.463] * 2, [1.5], 0.025, high) >= 0.8 > power([2.463] * 2, [1.5], 0.025, high - 1)
    )
    assert low < high


def test_power_does_not_depend_on_the_unit():
    in_points = power([30.0, 10.0], [20.0], 0.025, 10)
    assert power([0.3, 0.1], [0.2], 0.025, 10) == pytest.approx(in_points)


def test_more_tests_need_as_many_seeds_as_their_stricter_level():
    values = [0.0, 1.0, 2.0, 3.0, 4.0]
    low, _ = seeds_needed([values, values], [1.0, -1.0], [1.5], 2, Rules(10, 5))
    assert power([2.5**0.5] * 2, [1.5], 0.0025, low) >= 0.8
    assert power([2.5**0.5] * 2, [1.5], 0.0025, low - 1) < 0.8


def test_a_network_whose_seeds_all_agree_adds_no_spread():
    varying, constant = [0.0, 1.0, 2.0, 3.0, 4.0], [0.5] * 5
    both = seeds_needed([varying, constant], [1.0, -1.0], [1.5], 2, Rules(1, 5))
    assert both == seeds_needed([varying], [1.0], [1.5], 2, Rules(1, 5))


def test_the_network_with_most_seeds_is_never_to_be_cut():
    assert seeds_needed([LOW, [*LOW, 0.55, 0.56]], [1.0, -1.0], [9.0], 2, Rules(1, 5)) == (8, 8)


def test_no_plan_has_fewer_seeds_than_a_verdict_rests_on():
    clear = ([LOW[:2], HIGH[:2]], [1.0, -1.0], [0.4], 2)
    assert seeds_needed(*clear, Rules(1, 5)) == (5, 5)
    assert seeds_needed(*clear, Rules(1, 7)) == (7, 7)
    assert seeds_needed(*clear, Rules(1, 2)) == (3, 3)


def test_what_takes_exactly_as_many_as_are_planned_for_is_not_more_than_that(monkeypatch):
    values = [0.0, 1.0, 2.0, 3.0, 4.0]
    job = ([values, values], [1.0, -1.0], [1.5], 2, Rules(1, 5))
    low, high = seeds_needed(*job)
    monkeypatch.setattr(planning, "MOST", low)
    assert seeds_needed(*job) == (low, None)
    monkeypatch.setattr(planning, "MOST", high)
    assert seeds_needed(*job) == (low, high)


def test_seeds_needed_at_the_ends():
    def planned(groups, distance):
        return seeds_needed(groups, [1.0, -1.0], [distance], 2, Rules(1, 5))

    assert planned([LOW, LOW], 9.0) == (6, 6)  # one more than there are
    assert planned([LOW, LOW], 0.0) == (None, None)  # more than MOST
    assert planned([[0.5], [0.4]], 0.1) is None
    assert planned([LOW, [0.4]], 0.1) is None
    assert planned([[0.5] * 3, [0.4] * 3], 0.1) is None


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


def open_row(claims=1, **claim):
    """The row of a claim among as many alike, none of which is decided."""
    groups = {"wide": WIDE, "same": SAME, "low": LOW, "high": HIGH}
    summary = {name: runs_of(test_accuracy=values) for name, values in groups.items()}
    claim = {"section": "s", "metric": "test_accuracy", "of": "wide", "than": "same", **claim}
    row = decide({f"c{k}": claim for k in range(claims)}, summary, 5)["claims"]["c0"]
    assert row["verdict"] == "inconclusive"
    return row


def needed(groups, distances, tests=1, sides=2, look=2):
    rules = Rules(tests, 5, level_of_look(look))
    found = seeds_needed(groups, [1.0, -1.0], distances, sides, rules)
    return dict(zip(("low", "high"), found, strict=True))


def test_an_open_difference_has_to_be_told_from_its_margin():
    away = mean(WIDE) - mean(SAME)
    row = open_row(kind="greater", margin=0.1)
    assert row["seeds_needed"] == needed([WIDE, SAME], [0.1 - away])
    # Three alike in a section: each at a third of the level
    row = open_row(claims=3, kind="greater", margin=0.1)
    assert row["seeds_needed"] == needed([WIDE, SAME], [0.1 - away], tests=3)


def test_an_open_equivalence_has_to_be_told_from_both_margins_or_from_the_nearer():
    away = mean(WIDE) - mean(SAME)
    within = open_row(kind="equivalent", margin=0.05)
    assert within["seeds_needed"] == needed([WIDE, SAME], [0.05 - away, 0.05 + away], sides=1)
    beyond = open_row(kind="equivalent", of="low", than="high", margin=0.39)
    assert beyond["seeds_needed"] == needed([LOW, HIGH], [mean(HIGH) - mean(LOW) - 0.39])


def test_an_open_trend_has_to_be_told_from_none():
    row = open_row(kind="trend", across=["wide", "same", "wide"], direction="rising")
    assert row["seeds_needed"] == {"low": None, "high": None}  # as level as it can be


def test_an_open_ratio_has_to_be_told_from_its_factor_in_logarithms():
    logs = [[math.log(value) for value in values] for values in (WIDE, SAME)]
    away = mean(logs[0]) - mean(logs[1])
    row = open_row(kind="ratio", factor=1.15)
    assert row["seeds_needed"] == needed(logs, [math.log(1.15) - away])


def test_what_is_not_measured_or_no_sample_needs_no_seeds():
    summary = {name: runs_of(roughness=[]) for name in "abc"}
    claim = {"section": "s", "kind": "best_of", "metric": "roughness", "of": "a"}
    unmeasured = decide({"c": claim | {"among": ["b", "c"]}}, summary, 5)["claims"]["c"]
    summary = {name: runs_of(macs=values) for name, values in (("a", [3, 3]), ("b", [2, 2]))}
    claim = {"section": "s", "kind": "greater", "metric": "macs", "of": "a", "than": "b"}
    exact = decide({"c": claim}, summary, 5)["claims"]["c"]
    for row in (unmeasured, exact):
        for name in ("superiority", "new_items", "one_more", "one_seed", "seeds_needed"):
            assert row[name] is None


def test_superiority_is_of_two_networks():
    assert open_row(kind="greater")["superiority"] == superiority(WIDE, SAME)
    assert open_row(kind="above", threshold=0.5)["superiority"] is None
    trend = open_row(kind="trend", across=["wide", "same", "wide"], direction="rising")
    assert trend["superiority"] is None
    best = open_row(kind="best_of", among=["low", "same"])
    assert best["superiority"] == superiority(WIDE, SAME if best["decisive"] == "same" else LOW)


def test_a_decided_claim_does_not():
    claim = {"section": "s", "kind": "greater", "metric": "test_accuracy", "of": "a", "than": "b"}
    summary = {"a": runs_of(test_accuracy=HIGH), "b": runs_of(test_accuracy=LOW)}
    row = decide({"c": claim}, summary, 5)["claims"]["c"]
    assert row["seeds_needed"] is None and row["superiority"] == 1.0


def test_claims_that_wait_for_seeds_are_tests_of_the_plan():
    few = {"wide": WIDE[:3], "same": SAME[:3], "low": LOW}
    summary = {name: runs_of(test_accuracy=values) for name, values in few.items()}
    greater = {"metric": "test_accuracy", "kind": "greater", "of": "wide", "than": "same"}
    claims = {
        "waits": {**greater, "section": "s"},
        "waits_too": {**greater, "section": "s", "than": "low"},
        "tested": {**greater, "section": "s", "kind": "above", "of": "low", "threshold": 0.9},
        "elsewhere": {**greater, "section": "t"},
    }
    decided = decide(claims, summary, 5)
    assert decided["families"]["s"]["tests"] == 1
    away = abs(mean(WIDE[:3]) - mean(SAME[:3]))
    for name, tests in {"waits": 3, "elsewhere": 1}.items():
        planned = needed([WIDE[:3], SAME[:3]], [away], tests=tests, look=1)
        assert decided["claims"][name]["seeds_needed"] == planned
