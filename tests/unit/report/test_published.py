"""What was published is held against what was measured, and first sentences come from verdicts."""

import json
import re

import numpy as np
import pytest
from test_report import report_of

from convstudy.config.study import load
from convstudy.report import findings, published

import made_results


def test_what_was_published_lies_below_in_or_above_a_range():
    ends = {"low": 0.8, "high": 0.9}
    assert [published.place(v, ends) for v in (0.79, 0.8, 0.91)] == ["below", "inside", "above"]
    assert published.place(0.9, None) is None


@pytest.mark.parametrize(
    ("kind", "stated", "one_more", "said"),
    [
        ("greater", 0.02, (0.01, 0.015), "smaller"),
        ("greater", 0.02, (0.01, 0.03), "alike"),
        ("greater", 0.02, (0.03, 0.04), "larger"),
        ("greater", -0.02, (-0.01, 0.01), "smaller"),
        ("greater", -0.02, (-0.04, -0.03), "larger"),
        ("ratio", 1.6, None, None),  # of times, or counted
        ("above", 0.8, (0.85, 0.9), None),
    ],
)
def test_a_difference_is_smaller_than_published_where_it_is_nearer_to_none(
    kind, stated, one_more, said
):
    ends = one_more and dict(zip(("low", "high"), one_more, strict=True))
    assert published.size({"kind": kind, "published_estimate": stated, "one_more": ends}) == said


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ({"kind": "greater", "metric": "test_accuracy", "of": "a", "than": "b"}, 0.1),
        ({"kind": "ratio", "metric": "step_seconds", "of": "a", "than": "b"}, 2.0),
        ({"kind": "above", "metric": "test_accuracy", "of": "a"}, 0.9),
        ({"kind": "trend", "metric": "test_accuracy", "across": ["a", "b", "c"]}, -0.2),
        ({"kind": "greater", "metric": "gap", "of": "a", "than": "b"}, None),  # another quantity
        ({"kind": "ratio", "metric": "step_seconds", "of": "a", "than": "c"}, None),
    ],
)
def test_the_published_estimate_is_that_of_the_claim(claim, value):
    results = {
        "a": {"test_accuracy": 0.9, "seconds": 20.0, "gap": 0.1},
        "b": {"test_accuracy": 0.8, "seconds": 10.0, "gap": 0.1},
        "c": {"test_accuracy": 0.5},
    }
    expected = None if value is None else pytest.approx(value)
    assert published.estimate_of(claim, results) == expected


def test_the_best_is_held_against_its_nearest_rival():
    claim = {
        **{"kind": "best_of", "metric": "test_accuracy", "of": "a", "among": ["b", "c"]},
        "rival": "c",
    }
    results = {name: {"test_accuracy": x} for name, x in (("a", 0.9), ("b", 0.8), ("c", 0.5))}
    assert published.estimate_of(claim, results) == pytest.approx(0.4)


@pytest.fixture
def decided(config, tmp_path):
    """The report at scale `full` where networks reach what was published, or what is asked."""

    def of(accuracies):
        made = load({**config, "scale": "full"})
        known = made.published["experiments"].items()
        reached = {name: one["results"]["test_accuracy"] for name, one in known}
        rng = np.random.default_rng(0)
        made_results.make(tmp_path, made, rng, 0.0002, reached | accuracies)
        claims = json.loads((tmp_path / "results/full/claims.json").read_text())["claims"]
        return report_of(tmp_path, made), claims

    return of


def test_a_lead_that_is_smaller_than_published_is_said_on_the_first_screen(decided):
    text, _ = decided({"mnist_kernel3": 0.9894, "mnist_kernel7": 0.9894, "mnist_kernel5": 0.9894})
    first = text.partition("## The published report")[0]
    said = (
        r"^- The published lead of “3×3 kernels” over “7×7 kernels”, 0.56 points, is neither in the "
        r"publication's own log \(−0.18 points\) nor here: .0.0\d points \("
    )
    assert re.search(said, first, re.M)
    rows = dict(re.findall(r"^\| (.*?) \| .* \| (\w.*?) \| \[\d+\]\(#", text, re.M))
    assert rows["3×3 kernels are more accurate than 7×7"] == "open, but smaller than published"
    assert re.search(
        r"\| the residual network recognises ships with .* lead of class “ship” over the mean recall: ",
        text,
    )
    assert re.search(r"^\| 3×3 kernels \| MNIST \| .* \| 98\.45, below \|$", first, re.M)


def test_a_statement_that_was_denied_is_as_published_where_its_claim_fails(decided):
    """The report says that the deepest network is not the best one."""
    alike = {"mnist_resnet18": 0.95, "mnist_fc": 0.97, "mnist_simple_cnn": 0.99}
    text, claims = decided(alike)
    assert claims["one_solution_for_all"]["verdict"] == "contradicted"
    (row,) = re.findall(r"^\| there is no one best network .*$", text, re.M)
    assert "| as published" in row


def test_who_wins_is_said_whichever_way_a_claim_asks(decided):
    text, claims = decided({"mnist_fc": 0.99, "mnist_simple_cnn": 0.95, "mnist_resnet18": 0.97})
    assert claims["cnn_beats_fc_on_digits"]["verdict"] == "contradicted"
    assert re.search(
        r"^- On MNIST, “fully connected” beats “SimpleCNN” by \d\.\d\d points \(3\.9\d to 4\.\d\d\)",
        text,
        re.M,
    )


def test_a_published_lead_is_held_against_one_more_pair_of_runs(decided):
    reached = {"mnist_fc": 0.98, "mnist_simple_cnn": 0.99}
    first = decided(reached)[0].partition("## The published report")[0]
    assert re.search(
        r"beats “fully connected” by (0\.9|1\.0)\d points .*The published 2\.01 points are more than "
        r"one more pair of runs would show \((0\.9|1\.0)\d to (0\.9|1\.[01])\d\)\.$",
        first,
        re.M,
    )


@pytest.mark.parametrize(
    ("kind", "reached", "verdict", "said"),
    [
        ("above", 0.95, "supported", "95.00 % (94.80 to 95.20), more than 93 %."),
        ("above", 0.90, "contradicted", "90.00 % (89.80 to 90.20), less than the 93 % claimed."),
        ("below", 0.90, "supported", "90.00 % (89.80 to 90.20), less than 93 %."),
        ("below", 0.95, "contradicted", "95.00 % (94.80 to 95.20), more than the 93 % claimed."),
    ],
)
def test_a_value_comes_before_what_it_is_held_against(kind, reached, verdict, said):
    claim = {
        **{"kind": kind, "metric": "test_accuracy", "of": "a", "titles": {"a": "CNN"}},
        **{"bound": 0.93, "estimate": reached, "low": reached - 0.002, "high": reached + 0.002},
        **{"verdict": verdict, "p": 0.001, "coverage": 0.96, "decisive": None, "stated": "before"},
        "datasets": ["MNIST"],
    }
    assert findings.sentence(claim, {}) == f"On MNIST, the test accuracy of “CNN” is {said}"


def test_findings_are_few(decided):
    first = decided({})[0].partition("## What was found")[2].partition("\n*")[0]
    assert 3 <= first.count("\n- ") <= findings.MOST + 4


def test_a_statement_says_what_it_was_held_to():
    claim = {"kind": "ratio", "metric": "step_seconds", "bound": 1.3}
    assert findings.asked_for(claim) == ", asked: > 1.3 times"
    assert findings.asked_for({**claim, "bound": 1}) == ""
    share = {"metric": "test_accuracy", "bound": 0.5}
    assert findings.asked_for({**share, "kind": "below"}) == ", asked: < 50 %"
    assert findings.asked_for({**share, "kind": "greater", "bound": 0}) == ""


def test_statements_about_time_are_of_other_conditions(decided):
    text = decided({})[0]
    rows = [line for line in text.splitlines() if line.startswith("| ") and "train fastest" in line]
    assert len(rows) == 1 and "other conditions: " in rows[0] and "1.054 times" in rows[0]


def test_a_lead_that_holds_here_is_not_denied():
    claim = {"kind": "greater", "metric": "test_accuracy", "of": "a", "than": "b", "bound": 0}
    claim |= {"titles": {"a": "A", "b": "B"}, "estimate": 0.003, "low": 0.0015, "high": 0.0045}
    claim |= {"published_estimate": 0.0056, "logged_estimate": -0.0018, "coverage": 0.96}
    claim |= {"one_more": {"low": 0.001, "high": 0.005}}
    assert "nor here" in findings.of_lead({**claim, "verdict": "inconclusive"})
    assert "nor here" not in findings.of_lead({**claim, "verdict": "supported"})
