"""Known truths, many studies: how often do intervals miss it, and verdicts state what is false?"""

import numpy as np
import pytest

from convstudy.statistics.claims import decide
from convstudy.statistics.intervals import one_sample, welch

from made_runs import runs_of

SEEDS = 5
STUDIES = 600


@pytest.fixture(autouse=True)
def _no_collecting(monkeypatch):
    """multipletests collects garbage at each call, which costs 20 times the rest."""
    monkeypatch.setattr("gc.collect", lambda: 0)


def coverage(contrasts, truth):
    intervals = np.array([contrast.interval() for contrast in contrasts])
    return ((intervals[:, 0] <= truth) & (truth <= intervals[:, 1])).mean()


def test_intervals_cover_the_mean():
    drawn = np.random.default_rng(1).normal(0.98, 0.002, (4000, SEEDS))
    assert 0.93 <= coverage([one_sample(values) for values in drawn], 0.98) <= 0.97


@pytest.mark.parametrize("spread", [1.0, 3.0])
def test_intervals_cover_the_difference(spread):
    random = np.random.default_rng(2)
    of = random.normal(0.9, 0.002, (4000, SEEDS))
    than = random.normal(0.8, 0.002 * spread, (4000, SEEDS))
    contrasts = [welch(a, b) for a, b in zip(of, than, strict=True)]
    assert 0.93 <= coverage(contrasts, 0.1) <= 0.97


# Each claim is false, most of them by nothing: the truth is the bound itself.
FALSE = {
    "no_better": {"kind": "greater", "of": "a", "than": "b"},
    "not_by_that_much": {"kind": "greater", "of": "better", "than": "a", "margin": 0.01},
    "not_equivalent": {"kind": "equivalent", "of": "better", "than": "b", "margin": 0.01},
    "not_above": {"kind": "above", "of": "a", "threshold": 0.9},
    "not_below": {"kind": "below", "of": "better", "threshold": 0.9},
    "no_trend": {"kind": "trend", "across": ["a", "better", "b"], "direction": "falling"},
    "not_that_ratio": {"kind": "ratio", "of": "better", "than": "b", "factor": 0.91 / 0.9},
}
MEANS = {"a": 0.9, "b": 0.9, "better": 0.91}


def verdicts(claims, studies):
    random = np.random.default_rng(3)
    common = {"section": "s", "metric": "test_accuracy"}
    claims = {name: common | claim for name, claim in claims.items()}
    for _ in range(studies):
        summary = {
            name: runs_of(test_accuracy=random.normal(mean, 0.003, SEEDS).tolist())
            for name, mean in MEANS.items()
        }
        rows = decide(claims, summary, SEEDS)["claims"]
        yield {name: row["verdict"] for name, row in rows.items()}


def test_studies_that_support_anything_false_are_rare():
    false = [set(found.values()) & {"supported"} for found in verdicts(FALSE, STUDIES)]
    assert sum(map(bool, false)) / STUDIES <= 0.05


def test_studies_that_contradict_anything_true_are_rare():
    true = {
        "no_worse": {"kind": "greater", "of": "b", "than": "a", "margin": 0.0},
        "equivalent": {"kind": "equivalent", "of": "a", "than": "b", "margin": 0.002},
        "above": {"kind": "above", "of": "a", "threshold": 0.9},
    }
    wrong = [set(found.values()) & {"contradicted"} for found in verdicts(true, STUDIES)]
    assert sum(map(bool, wrong)) / STUDIES <= 0.05


def test_large_differences_are_found():
    true = {"better": {"kind": "greater", "of": "better", "than": "a"}}
    found = [one["better"] for one in verdicts(true, 100)]
    # 0.01 at a spread of 0.003: g = 3.3, power 99 %
    assert found.count("supported") >= 95
