"""Claims about more than two networks or more than one class: best_of, trend, every class."""

import pytest
from scipy.stats import tukey_hsd

from convstudy.config.claim_kinds import slope
from convstudy.statistics.claims import decide
from convstudy.statistics.effects import hedges_g
from convstudy.statistics.intervals import linear

from made_runs import HIGH, LOW, SAME, WIDE, runs_of

MIDDLE = [0.70, 0.71, 0.72, 0.73, 0.74]


def row_of(claim, **groups):
    claim = {"section": "s", "metric": "test_accuracy", **claim}
    summary = {name: runs_of(test_accuracy=values) for name, values in groups.items()}
    return decide({"c": claim}, summary, 5)["claims"]["c"]


BEST = {"kind": "best_of", "of": "a", "among": ["b", "c"]}
BEST_OF = [
    ((HIGH, LOW, MIDDLE), "supported", "decided", "c"),
    ((MIDDLE, LOW, HIGH), "contradicted", "decided", "c"),
    ((SAME, LOW, [0.1, 0.11, 0.12, 0.13, 0.14]), "inconclusive", "not_separated", "b"),
    ((HIGH, LOW[:3], MIDDLE), "inconclusive", "too_few_seeds", "c"),
    ((HIGH, LOW[:1], MIDDLE), "inconclusive", "too_few_seeds", "c"),
    ((HIGH, LOW, MIDDLE[:1]), "inconclusive", "too_few_seeds", "c"),
    ((LOW, MIDDLE, HIGH), "contradicted", "decided", "c"),  # of two above it the more certain
]


@pytest.mark.parametrize("groups, expected, reason, rival", BEST_OF)
def test_best_of(groups, expected, reason, rival):
    row = row_of(BEST, **dict(zip("abc", groups, strict=True)))
    assert (row["verdict"], row["reason"], row["decisive"]) == (expected, reason, rival)
    assert row["n"] == {name: len(group) for name, group in zip("abc", groups, strict=True)}


def test_best_of_is_the_simultaneous_test():
    row = row_of(BEST, a=WIDE, b=LOW, c=[0.1, 0.11, 0.12, 0.13, 0.14])
    theirs = tukey_hsd(WIDE, LOW, [0.1, 0.11, 0.12, 0.13, 0.14], equal_var=False)
    assert row["p"] == pytest.approx(theirs.pvalue[0, 1])
    assert row["low"] == pytest.approx(theirs.confidence_interval(0.96).low[0, 1])


def test_best_of_says_how_far_the_decisive_rival_is():
    row = row_of(BEST, a=WIDE, b=LOW, c=[0.1, 0.11, 0.12, 0.13, 0.14])
    assert row["effect"] == pytest.approx(hedges_g(WIDE, LOW))


@pytest.mark.parametrize("of, expected", [(30, "supported"), (15, "contradicted")])
@pytest.mark.parametrize("b, c, rival", [(10, 20, "c"), (20, 10, "b")])
def test_the_largest_network_is_held_against_the_next_largest(of, expected, b, c, rival):
    summary = {name: runs_of(parameters=[n]) for name, n in (("a", of), ("b", b), ("c", c))}
    claim = {"section": "s", "metric": "parameters", **BEST}
    row = decide({"c": claim}, summary, 5)["claims"]["c"]
    assert (row["verdict"], row["reason"]) == (expected, "arithmetic")
    assert (row["estimate"], row["decisive"]) == (of - 20, rival)


TREND = {"kind": "trend", "across": ["a", "b", "c"], "direction": "falling"}
TRENDS = [
    ((HIGH, MIDDLE, LOW), "falling", "supported", "decided"),
    ((HIGH, MIDDLE, LOW), "rising", "contradicted", "decided"),
    ((LOW, HIGH, LOW), "falling", "inconclusive", "not_separated"),
    ((HIGH[:2], MIDDLE, LOW), "falling", "inconclusive", "too_few_seeds"),
    (([0.3] * 5, [0.2] * 5, [0.1] * 5), "falling", "supported", "no_spread"),
    (([0.3] * 5, [0.2] * 5, [0.3] * 5), "falling", "inconclusive", "no_spread"),
]


@pytest.mark.parametrize("groups, direction, expected, reason", TRENDS)
def test_trend(groups, direction, expected, reason):
    claim = {**TREND, "direction": direction}
    row = row_of(claim, **dict(zip("abc", groups, strict=True)))
    assert (row["verdict"], row["reason"]) == (expected, reason)


def test_trend_by_hand():
    # Three groups, weights −½, 0, ½. Both outer s² = 2.5, n = 5: error √(¼·½ + ¼·½) = ½, df 8.
    # Slope (8 − 3)/2 = 2.5: t = 5, two-sided p = 0.0010528.
    groups = [[1, 2, 3, 4, 5], [9, 9, 9, 9, 9.5], [6, 7, 8, 9, 10]]
    assert slope(3) == [-0.5, 0.0, 0.5]
    assert slope(4) == pytest.approx([-0.3, -0.1, 0.1, 0.3])
    found = linear(groups, slope(3))
    assert (found.estimate, found.error, found.df) == pytest.approx((2.5, 0.5, 8))
    assert found.p_differs(0) == pytest.approx(0.0010528, abs=1e-6)


def every(*classes, kind="greater", **more):
    """Each class a pair of lists of recalls, of the first network and of the second."""
    claim = {"section": "s", "metric": "recall", "class": "every", "kind": kind, "of": "a", **more}
    if kind == "greater":
        claim["than"] = "b"
    summary = {name: runs_of(gap=[0.0] * len(classes[0][0])) for name in "ab"}
    for runs, place in ((summary["a"], 0), (summary["b"], 1)):
        runs.classes = [f"class {k}" for k in range(len(classes))]
        for k, pair in enumerate(classes):
            runs.values[f"recall (class {k})"] = pair[place]
    return decide({"c": claim}, summary, 5)["claims"]["c"]


EVERY = [
    ([(HIGH, LOW), (MIDDLE, LOW)], "supported", "class 1"),
    ([(HIGH, LOW), (LOW, HIGH)], "contradicted", "class 1"),
    ([(LOW, MIDDLE), (LOW, HIGH), (LOW, MIDDLE)], "contradicted", "class 1"),
    ([(HIGH, LOW), (SAME, LOW)], "inconclusive", "class 1"),
    ([(HIGH, LOW), ([1.0] * 5, [1.0] * 5)], "inconclusive", "class 1"),
    ([(HIGH, LOW), ([1.0] * 5, [0.9] * 5)], "supported", "class 0"),
    ([(HIGH, LOW), (LOW[:2], LOW[:2])], "inconclusive", "class 1"),
    ([([], []), ([], [])], "inconclusive", None),
]


@pytest.mark.parametrize("classes, expected, decisive", EVERY)
def test_every_class(classes, expected, decisive):
    row = every(*classes)
    assert (row["verdict"], row["decisive"]) == (expected, decisive)


def test_beside_every_class_stands_what_its_decisive_one_shows():
    assert every((HIGH, LOW), (MIDDLE, LOW))["superiority"] == 1.0
    assert every((HIGH, LOW), (LOW, HIGH))["superiority"] == 0.0


def test_one_class_within_its_margin_is_no_equivalence_of_them_all():
    assert every((HIGH, LOW), (SAME, LOW), margin=0.1)["verdict"] == "contradicted"


def test_every_class_without_spread_is_certain():
    row = every(([1.0] * 5, [0.9] * 5), ([0.8] * 5, [0.7] * 5))
    assert (row["verdict"], row["reason"], row["p"]) == ("supported", "no_spread", None)


def test_p_of_the_worst_of_many_classes_stays_a_probability():
    assert every(*[(SAME, LOW)] * 3)["p"] <= 1
    assert every(*[(LOW, SAME)] * 3)["p"] == 1


def test_every_class_against_a_constant():
    assert every((HIGH, []), kind="above", threshold=0.5)["verdict"] == "supported"


def test_one_bad_class_among_many_is_tested_as_the_worst_of_many():
    # b − 0.03: p = 0.017 alone, 0.034 among two, 0.051 among three
    better = (HIGH, LOW)
    worse = ([value - 0.03 for value in LOW], LOW)
    assert every(worse)["verdict"] == every(better, worse)["verdict"] == "contradicted"
    assert every(better, better, worse)["verdict"] == "inconclusive"


def test_what_only_one_network_has_stays_open():
    claim = {"section": "s", "kind": "greater", "metric": "roughness", "of": "a", "than": "b"}
    summary = {"a": runs_of(roughness=LOW), "b": runs_of(roughness=[])}
    summary["b"].seeds = [0, 1, 2, 3, 4]
    row = decide({"c": claim}, summary, 5)["claims"]["c"]
    assert (row["verdict"], row["reason"]) == ("inconclusive", "too_few_epochs")


def test_what_was_not_measured_stays_open():
    claim = {"section": "s", "kind": "above", "metric": "roughness", "of": "a", "threshold": 0.1}
    summary = {"a": runs_of(roughness=[])}
    summary["a"].seeds = [0, 1, 2, 3, 4]
    row = decide({"c": claim}, summary, 5)["claims"]["c"]
    assert (row["verdict"], row["reason"], row["n"]) == ("inconclusive", "too_few_epochs", {"a": 5})
