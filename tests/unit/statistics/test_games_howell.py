"""All pairs of a section, and which of them count as best."""

import math
import warnings
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import studentized_range, ttest_ind, tukey_hsd
from scipy.stats import t as student

from convstudy.files import write_json
from convstudy.statistics import comparisons
from convstudy.statistics.comparisons import (
    MEASURED,
    compare,
    games_howell,
    simultaneous_interval,
)

from made_runs import runs_of

LOW = [0.50, 0.51, 0.52, 0.53, 0.54]
HIGH = [0.90, 0.91, 0.92, 0.93, 0.94]
NEAR = [0.895, 0.92, 0.93, 0.945, 0.90]


def section(minimum=5, **accuracies):
    summary = {name: runs_of(test_accuracy=values) for name, values in accuracies.items()}
    return compare(list(accuracies), summary, minimum)


def best(found):
    return {row["experiment"] for row in found["experiments"] if row["best"]}


def test_formula_written_out():
    # Games & Howell: q = √2 |t| of Welch on its df, studentised range of k groups
    groups = {"a": [1, 2, 3, 4, 5], "b": [0, 4, 8], "c": [5, 7, 8, 9]}
    for pair, (a, b) in zip(games_howell(groups), combinations(groups, 2), strict=True):
        theirs = ttest_ind(groups[a], groups[b], equal_var=False)
        p = studentized_range.sf(math.sqrt(2) * abs(theirs.statistic), 3, theirs.df)
        assert pair["p"] == pytest.approx(p, rel=1e-6)
        error = pair["difference"] / theirs.statistic
        reach = studentized_range.ppf(0.95, 3, theirs.df) * abs(error) / math.sqrt(2)
        low, high = simultaneous_interval(groups[a], groups[b], 3)
        assert high - pair["difference"] == pytest.approx(reach, rel=1e-6)
        assert pair["difference"] - low == pytest.approx(reach, rel=1e-6)


def test_a_network_has_the_range_of_one_more_run_of_it():
    found = section(a=LOW, b=[0.5])
    several, single = (row["one_more"] for row in found["experiments"])
    reach = student.ppf(0.975, 4) * np.std(LOW, ddof=1) * math.sqrt(1 + 1 / 5)
    assert several == pytest.approx({"low": 0.52 - reach, "high": 0.52 + reach})
    assert single is None


def test_intervals_are_those_of_scipy():
    groups = [LOW, NEAR, HIGH]
    theirs = tukey_hsd(*groups, equal_var=False).confidence_interval(0.95)
    expected = (theirs.low[0, 2], theirs.high[0, 2])
    assert simultaneous_interval(LOW, HIGH, 3) == pytest.approx(expected, rel=1e-6)


def test_two_groups_are_welch():
    (pair,) = games_howell({"a": LOW, "b": NEAR})
    theirs = ttest_ind(LOW, NEAR, equal_var=False)
    assert pair["p"] == pytest.approx(theirs.pvalue, rel=1e-4)
    interval = theirs.confidence_interval()
    expected = (interval.low, interval.high)
    assert simultaneous_interval(LOW, NEAR, 2) == pytest.approx(expected, rel=1e-6)


def test_two_seeds_are_enough_for_a_p():
    (pair,) = games_howell({"a": [0.5, 0.6], "b": [0.7, 0.8]})
    theirs = ttest_ind([0.5, 0.6], [0.7, 0.8], equal_var=False)
    assert pair["p"] == pytest.approx(theirs.pvalue, rel=1e-4)


def test_best_are_all_that_cannot_be_separated_from_the_best():
    found = section(low=LOW, high=HIGH, near=NEAR)
    assert best(found) == {"high", "near"}
    assert (found["separable"], found["reason"]) == (True, "tested")
    separated = {(pair["a"], pair["b"]): pair["separated"] for pair in found["pairs"]}
    assert separated == {("low", "high"): True, ("low", "near"): True, ("high", "near"): False}


def test_too_few_seeds_separate_nothing():
    found = section(low=LOW[:4], high=HIGH[:4])
    assert best(found) == {"low", "high"}
    assert (found["separable"], found["reason"]) == (False, "too_few_seeds")
    assert found["pairs"][0]["p"] < 0.05 and not found["pairs"][0]["separated"]


def test_one_experiment_with_few_seeds_is_not_separated_while_others_are():
    found = section(low=LOW, few=LOW[:2], high=HIGH)
    assert best(found) == {"few", "high"}
    assert found["separable"]


def test_best_with_few_seeds_is_separated_from_nothing():
    found = section(low=LOW, other=NEAR, high=[0.99, 0.98])
    assert best(found) == {"low", "other", "high"}
    assert (found["separable"], found["reason"]) == (False, "too_few_seeds")


def test_one_experiment_with_enough_seeds_has_nothing_to_be_separated_from():
    found = section(few=LOW[:2], high=HIGH)
    assert best(found) == {"few", "high"}
    assert (found["separable"], found["reason"]) == (False, "too_few_seeds")


def test_one_seed_gives_differences_only():
    found = section(a=[0.5], b=[0.7])
    assert found["pairs"] == [
        {"a": "a", "b": "b", "difference": pytest.approx(-0.2), "p": None, "separated": False}
    ]
    assert simultaneous_interval([0.5], [0.7], 2) is None
    assert simultaneous_interval([0.5], [0.7, 0.8], 2) is None
    assert found["experiments"][0]["metrics"]["test_accuracy"]["low"] is None


def test_one_experiment():
    found = section(a=LOW)
    assert (found["pairs"], best(found), found["reason"]) == ([], {"a"}, "one_experiment")


def test_results_that_are_the_same_for_every_seed(tmp_path):
    flat = [0.1] * 5
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nobody is told of a division by zero
        found = section(a=flat, b=flat, c=[0.3] * 5, d=HIGH)
    pairs = {(pair["a"], pair["b"]): pair for pair in found["pairs"]}
    assert (pairs["a", "b"]["p"], pairs["a", "c"]["p"]) == (1, 0)
    assert simultaneous_interval(flat, flat, 4) == (0, 0)
    assert simultaneous_interval(flat, [0.3] * 5, 4) == pytest.approx((-0.2, -0.2))
    assert simultaneous_interval([0.1] * 2, [0.3] * 2, 4) == pytest.approx((-0.2, -0.2))
    assert type(pairs["a", "b"]["p"]) is float  # and no truth value in comparisons.json
    assert 0 < pairs["a", "d"]["p"] < 0.001
    (turned,) = games_howell({"d": HIGH, "a": flat})
    assert 0 < turned["p"] < 0.001
    assert best(found) == {"d"}
    write_json(tmp_path / "no_nan.json", found)


def test_rows_hold_every_metric():
    row = section(a=LOW, b=HIGH)["experiments"][0]
    assert tuple(row["metrics"]) == MEASURED
    assert set(MEASURED) >= {"gap", "train_accuracy_running", "peak_memory_bytes"}
    assert not {"parameters", "macs"} & set(MEASURED)  # no seed changes them
    assert type(row["parameters"]) is type(row["macs"]) is int
    assert (row["n"], row["seeds"], row["parameters"], row["macs"]) == (
        5,
        [0, 1, 2, 3, 4],
        1000,
        2000,
    )


def test_experiments_may_be_as_many_as_are_not_too_many(monkeypatch):
    monkeypatch.setattr(comparisons, "_MOST", 3)
    found = compare(*many(3))
    assert (len(found["pairs"]), found["separable"], found["reason"]) == (3, True, "tested")
    assert compare(*many(4))["reason"] == "too_many"


def test_of_too_many_experiments_no_pairs_are_made():
    found = compare(*many(21))
    assert (found["pairs"], found["separable"], found["reason"]) == ([], False, "too_many")
    assert len(found["experiments"]) == 21


def many(count):
    summary = {f"net{k}": runs_of(test_accuracy=LOW) for k in range(count)}
    return list(summary), summary, 5


def test_times_are_medians_which_one_disturbed_run_does_not_move():
    summary = {"a": runs_of(train_seconds=[90, 91, 1289], images_per_second=[10, 9.9, 0.7])}
    (row,) = compare(["a"], summary, 2)["experiments"]
    assert row["medians"] == {"train_seconds": 91, "images_per_second": 9.9}
