"""Every verdict of every kind of claim alone, and what too few seeds leave open."""

import math

import pytest
from scipy.stats import ttest_ind

from convstudy.files import read_json, write_json
from convstudy.statistics.claims import decide
from convstudy.statistics.effects import hedges_g_one

from made_runs import HIGH, LOW, SAME, WIDE, runs_of

FLAT = [0.1] * 5


def verdict(kind, of, than=None, metric="test_accuracy", minimum=5, **keys):
    """The row of a single claim."""
    claim = {"section": "s", "kind": kind, "metric": metric, "of": "of", **keys}
    summary = {"of": runs_of(**{metric: of})}
    if than is not None:
        claim["than"] = "than"
        summary["than"] = runs_of(**{metric: than})
    return decide({"c": claim}, summary, minimum)["claims"]["c"]


GREATER = [
    (HIGH, LOW, {}, "supported", "decided"),
    (LOW, HIGH, {}, "contradicted", "decided"),
    (WIDE, LOW, {}, "inconclusive", "not_separated"),
    (HIGH, LOW, {"margin": 0.3}, "supported", "decided"),
    (HIGH, LOW, {"margin": 0.5}, "equivalent", "decided"),  # 0.4 ± 0.02: below 0.5, above −0.5
    (HIGH, LOW, {"margin": 0.39}, "inconclusive", "not_separated"),
    (LOW, HIGH, {"margin": 0.1}, "contradicted", "decided"),  # −0.4 is far outside ± 0.1
    ([0.2] * 5, FLAT, {}, "supported", "no_spread"),
    (FLAT, [0.2] * 5, {}, "contradicted", "no_spread"),
    (FLAT, FLAT, {}, "inconclusive", "no_spread"),  # equal: not shown to be no larger
    (FLAT, FLAT, {"margin": 0.1}, "equivalent", "no_spread"),
    (FLAT, [0.4] * 5, {"margin": 0.1}, "contradicted", "no_spread"),
    ([0.2] * 5, [0.4] * 5, {"margin": 0.2}, "contradicted", "no_spread"),  # −margin is no bound
    (
        [0.98] * 5,
        [0.97] * 5,
        {"margin": 0.01},
        "inconclusive",
        "no_spread",
    ),  # on it, but for binary
    (HIGH[:4], LOW, {}, "inconclusive", "too_few_seeds"),
]


@pytest.mark.parametrize("of, than, keys, expected, reason", GREATER)
def test_greater(of, than, keys, expected, reason):
    row = verdict("greater", of, than, **keys)
    assert (row["verdict"], row["reason"]) == (expected, reason)


def test_greater_numbers_are_those_of_welch():
    row = verdict("greater", HIGH, WIDE, margin=0.2)
    theirs = ttest_ind(HIGH, [value + 0.2 for value in WIDE], equal_var=False)
    assert row["p"] == pytest.approx(theirs.pvalue)
    assert row["p_holm"] == pytest.approx(1.25 * theirs.pvalue)  # the first look has 0.8 of 0.05
    interval = ttest_ind(HIGH, WIDE, equal_var=False).confidence_interval(0.96)
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
    assert (row["test"], row["n"], row["bound"]) == ("welch", {"of": 5, "than": 5}, 0.2)
    assert row["estimate"] == pytest.approx(0.39) and row["effect"] > 0


EQUIVALENT = [
    (SAME, LOW, 0.05, "supported", "decided"),
    (HIGH, LOW, 0.05, "contradicted", "decided"),
    (LOW, HIGH, 0.05, "contradicted", "decided"),
    (WIDE, LOW, 0.05, "inconclusive", "not_separated"),
    (HIGH, LOW, 0.4, "inconclusive", "not_separated"),
    (FLAT, FLAT, 0.01, "supported", "no_spread"),
    ([0.25] * 5, [0.5] * 5, 0.25, "inconclusive", "no_spread"),
    (FLAT, [0.2] * 5, 0.01, "contradicted", "no_spread"),
    (SAME[:3], LOW, 0.05, "inconclusive", "too_few_seeds"),
]


@pytest.mark.parametrize("of, than, margin, expected, reason", EQUIVALENT)
def test_equivalent(of, than, margin, expected, reason):
    row = verdict("equivalent", of, than, margin=margin)
    assert (row["verdict"], row["reason"]) == (expected, reason)


def test_equivalent_is_two_one_sided_tests():
    row = verdict("equivalent", SAME, LOW, margin=0.05)
    shifted = [[value + shift for value in LOW] for shift in (-0.05, 0.05)]
    above = ttest_ind(SAME, shifted[0], equal_var=False, alternative="greater").pvalue
    below = ttest_ind(SAME, shifted[1], equal_var=False, alternative="less").pvalue
    assert row["p"] == pytest.approx(max(above, below))
    assert row["test"] == "tost_welch"


def test_no_equivalence_is_a_difference_from_the_nearer_margin():
    nearer = ttest_ind(HIGH, [value + 0.39 for value in LOW], equal_var=False)
    assert verdict("equivalent", HIGH, LOW, margin=0.39)["p"] == pytest.approx(nearer.pvalue)
    assert verdict("equivalent", LOW, HIGH, margin=0.39)["p"] == pytest.approx(nearer.pvalue)


def test_equivalent_by_hand():
    # Both s² = 2.5, n = 5: error 1, df 8; difference 0.5, margin 2.5: t = 3 and −2.
    # p is P(t₈ > 2) = 0.04026; above 0.04, and the 92 % interval 0.5 ± 2.0042 is not
    # quite inside ± 2.5; it is inside ± 2.6.
    row = verdict(
        "equivalent", [1.5, 2.5, 3.5, 4.5, 5.5], [1, 2, 3, 4, 5], metric="test_loss", margin=2.5
    )
    assert row["p"] == pytest.approx(0.04026, abs=1e-5)
    assert (row["low"], row["high"]) == pytest.approx((0.5 - 2.004152, 0.5 + 2.004152))
    assert (row["coverage"], row["verdict"]) == (pytest.approx(0.92), "inconclusive")


AGAINST = [
    ("above", HIGH, 0.8, "supported", "decided"),
    ("above", LOW, 0.8, "contradicted", "decided"),
    ("above", WIDE, 0.5, "inconclusive", "not_separated"),
    ("above", [0.2] * 5, 0.1, "supported", "no_spread"),
    ("above", HIGH[:2], 0.1, "inconclusive", "too_few_seeds"),
    ("below", LOW, 0.8, "supported", "decided"),
    ("below", HIGH, 0.8, "contradicted", "decided"),
    ("below", WIDE, 0.55, "inconclusive", "not_separated"),
    ("below", FLAT, 0.1, "inconclusive", "no_spread"),
    ("below", FLAT, 0.05, "contradicted", "no_spread"),
]


@pytest.mark.parametrize("kind, of, threshold, expected, reason", AGAINST)
def test_against_a_constant(kind, of, threshold, expected, reason):
    row = verdict(kind, of, threshold=threshold)
    assert (row["verdict"], row["reason"]) == (expected, reason)
    assert (row["than"], row["n"], row["bound"]) == (None, {"of": len(of)}, threshold)


def test_against_a_constant_by_hand():
    # mean 3, error √0.5, t = 2/√0.5 = 2.828427 on 4 df: two-sided p 0.047421
    row = verdict("above", [1, 2, 3, 4, 5], metric="test_loss", threshold=1.0)
    assert row["p"] == pytest.approx(0.047421, abs=1e-5)
    assert (row["test"], row["estimate"], row["verdict"]) == ("one_sample_t", 3.0, "inconclusive")
    assert row["low"] < 1.0  # the first look is taken at 0.04
    assert row["effect"] == pytest.approx(hedges_g_one([1, 2, 3, 4, 5], 1.0))


FAST, SLOW = [1.0, 1.1, 0.9, 1.05, 0.95], [2.0, 2.2, 1.8, 2.1, 1.9]
RATIO = [
    (SLOW, FAST, 1.5, "supported", "decided"),
    (FAST, SLOW, 1.5, "contradicted", "decided"),
    (SLOW, FAST, 1.98, "inconclusive", "not_separated"),
    ([3.0] * 5, [1.0] * 5, 2.9, "supported", "no_spread"),
    ([3.0] * 5, [1.0] * 5, 3.0, "inconclusive", "no_spread"),
    ([0.0, 1, 1, 1, 1], FAST, 1.5, "inconclusive", "not_positive"),
    (SLOW[:2], FAST[:2], 1.5, "inconclusive", "too_few_seeds"),
]


@pytest.mark.parametrize("of, than, factor, expected, reason", RATIO)
def test_ratio(of, than, factor, expected, reason):
    row = verdict("ratio", of, than, metric="train_loss", factor=factor)
    assert (row["verdict"], row["reason"]) == (expected, reason)


def test_ratio_is_one_of_geometric_means():
    row = verdict("ratio", [2, 8, 4, 4, 4], [1, 2, 4, 2, 2], metric="train_loss", factor=1.5)
    assert row["estimate"] == pytest.approx(2.0)
    logs = [[math.log(x) for x in xs] for xs in ([2, 8, 4, 4, 4], [1, 2, 4, 2, 2])]
    interval = ttest_ind(*logs, equal_var=False).confidence_interval(0.96)
    assert (row["low"], row["high"]) == pytest.approx(
        (math.exp(interval.low), math.exp(interval.high))
    )


DETERMINISTIC = [
    ("ratio", 567434, 421642, {"factor": 1.333}, "supported"),
    ("ratio", 30, 20, {"factor": 1.5}, "supported"),
    ("ratio", 50186, 40170, {"factor": 1.5}, "contradicted"),
    ("greater", 2, 1, {}, "supported"),
    ("greater", 1, 1, {}, "contradicted"),
    ("greater", 3, 2, {"margin": 2}, "equivalent"),
    ("equivalent", 100, 101, {"margin": 2}, "supported"),
    ("equivalent", 100, 102, {"margin": 2}, "contradicted"),
]


@pytest.mark.parametrize("kind, of, than, keys, expected", DETERMINISTIC)
def test_what_seeds_cannot_change_is_arithmetic_even_at_one_seed(kind, of, than, keys, expected):
    row = verdict(kind, [of], [than], metric="parameters", **keys)
    assert (row["verdict"], row["reason"], row["test"]) == (expected, "arithmetic", "arithmetic")
    assert row["p"] is row["p_holm"] is row["low"] is row["effect"] is None
    assert row["estimate"] == (of / than if kind == "ratio" else of - than)


def test_constant_against_deterministic():
    assert verdict("above", [10], metric="macs", threshold=9)["verdict"] == "supported"
    assert verdict("below", [10], metric="macs", threshold=9)["verdict"] == "contradicted"
    assert verdict("below", [10], metric="macs", threshold=10)["verdict"] == "contradicted"


@pytest.mark.parametrize("n, has_interval", [(1, False), (2, True), (4, True)])
def test_too_few_seeds_still_give_an_estimate(n, has_interval):
    row = verdict("greater", HIGH[:n], LOW[:n])
    assert row["estimate"] == pytest.approx(0.4)
    assert (row["low"] is not None) == (row["effect"] is not None) == has_interval
    assert row["p"] is row["p_holm"] is None
    assert (row["verdict"], row["reason"]) == ("inconclusive", "too_few_seeds")


def test_one_network_of_one_seed_leaves_no_interval():
    for row in (verdict("greater", HIGH, LOW[:1]), verdict("greater", HIGH[:1], LOW)):
        assert row["estimate"] == pytest.approx(0.42 if row["n"]["than"] == 1 else 0.38)
        assert row["low"] is row["high"] is row["p"] is None


def test_a_timing_counts_its_repeats_and_not_its_seeds():
    claim = {
        "section": "s",
        "kind": "greater",
        "metric": "step_seconds",
        "of": "of",
        "than": "than",
    }
    summary = {"of": runs_of(step_seconds=HIGH), "than": runs_of(step_seconds=LOW)}
    for runs in summary.values():
        runs.seeds = [0, 1]
    row = decide({"c": claim}, summary, 5)["claims"]["c"]
    assert (row["n"], row["verdict"]) == ({"of": 5, "than": 5}, "supported")


def test_too_few_seeds_without_spread():
    row = verdict("greater", [0.2, 0.2], [0.1, 0.1])
    assert (row["estimate"], row["low"], row["high"]) == (0.1, 0.1, 0.1)
    assert row["reason"] == "too_few_seeds"
    assert row["verdict"] == "inconclusive"
    row = verdict("ratio", [2.0], [4.0], metric="train_loss", factor=1.5)
    assert (row["estimate"], row["low"]) == (pytest.approx(0.5), None)


def test_a_ratio_that_two_seeds_do_not_bound():
    row = verdict("ratio", [1e-300, 1.0], [1.0, 1.5], metric="train_loss", factor=1.5)
    assert row["high"] is None and row["low"] == 0.0
    assert row["estimate"] == pytest.approx(1e-150 / math.sqrt(1.5))


def test_nothing_in_it_is_nan(tmp_path):
    rows = [
        verdict("greater", FLAT, FLAT),
        verdict("equivalent", FLAT, LOW, margin=0.1),
        verdict("ratio", [0.0] * 5, FLAT, metric="train_loss", factor=2),
        verdict("above", FLAT, threshold=0.1),
        verdict("greater", [0.3], [0.1]),
    ]
    write_json(tmp_path / "claims.json", rows)
    assert read_json(tmp_path / "claims.json") == rows


@pytest.mark.parametrize("value", [0.7, 0.9912])
def test_a_trend_of_equal_networks_is_not_decided_by_rounding(value):
    names = ["a", "b", "c", "d", "e"]
    claim = {"section": "s", "kind": "trend", "metric": "test_accuracy", "across": names}
    summary = {name: runs_of(test_accuracy=[value] * 5) for name in names}
    row = decide({"c": {**claim, "direction": "rising"}}, summary, 5)["claims"]["c"]
    assert (row["verdict"], row["reason"]) == ("inconclusive", "no_spread")
