"""Accuracy against cost: the points of the file, and which of them nothing beats."""

import json

import numpy as np
import pandas as pd
import pytest

from convstudy.errors import StudyError
from convstudy.figures import tables, tradeoff
from convstudy.figures.drawing import parse

# name: accuracy, parameters, seconds
NETWORKS = {"a": (0.7, 100, 9), "b": (0.9, 400, 30), "c": (0.8, 500, 4), "d": (0.9, 400, 40)}


def found(tmp_path, make, change=lambda rows: None, seeds=3):
    rows = [
        {
            "experiment": name,
            "parameters": parameters,
            "metrics": {
                "test_accuracy": {"mean": mean, "low": mean - 0.2, "high": mean + 0.2},
            },
            "medians": {"train_seconds": seconds},
        }
        for name, (mean, parameters, seconds) in NETWORKS.items()
    ]
    change(rows)
    (tmp_path / "comparisons.json").write_text(json.dumps({"s": {"experiments": rows}}))
    drawing = parse(make.job({name: k for k, name in enumerate(NETWORKS)}, seeds=seeds))
    return drawing, tables.read("costs", tmp_path, "s", drawing)


def names(costs, cost):
    return list(tradeoff.front(costs, cost)["experiment"])


def test_the_front_are_those_that_none_beats_at_the_same_or_a_lower_cost(tmp_path, make):
    _, costs = found(tmp_path, make)
    assert names(costs, "parameters") == ["a", "b"]  # d is as good and as large as b, drawn once
    assert names(costs, "seconds") == ["c", "b"]


def test_of_equal_costs_the_more_accurate_one_is_on_the_front():
    costs = pd.DataFrame({"experiment": ["x", "y"], "mean": [0.5, 0.6], "parameters": [7, 7]})
    assert names(costs, "parameters") == ["y"]


def test_points_lie_where_the_file_says_filled_on_the_front(tmp_path, make, house_style):
    figure = tradeoff.draw(*found(tmp_path, make))
    for axis, cost, best in ((figure.axes[0], 1, "ab"), (figure.axes[1], 2, "bc")):
        points = [line for line in axis.lines if line.get_gid() == tradeoff.POINT]
        for point, (name, values) in zip(points, NETWORKS.items(), strict=True):
            unit = 1000 if cost == 1 else 1
            assert point.get_xydata().tolist() == [
                [pytest.approx(values[cost] / unit), pytest.approx(100 * values[0])]
            ]
            assert (point.get_markerfacecolor() != "white") == (name in best)
    assert all(0 <= y <= 100 for line in figure.axes[0].lines for y in line.get_ydata())


@pytest.mark.parametrize(("seeds", "shown"), [(2, False), (3, True)])
def test_intervals_are_those_of_three_seeds_or_more(tmp_path, make, house_style, seeds, shown):
    figure = tradeoff.draw(*found(tmp_path, make, seeds=seeds))
    for axis in figure.axes:
        marked = (tradeoff.POINT, tradeoff.FRONT)
        intervals = [line.get_ydata() for line in axis.lines if line.get_gid() not in marked]
        assert len(intervals) == len(NETWORKS)
        assert all(np.isfinite(ends).all() == shown for ends in intervals)


def test_the_key_names_the_line_only_where_there_is_one(tmp_path, make, house_style):
    def best_is_cheapest(rows):
        rows[0]["metrics"]["test_accuracy"] |= {"mean": 0.95}
        rows[0]["medians"]["train_seconds"] = 1

    for change, entries in ((lambda rows: None, 5), (best_is_cheapest, 4)):
        (key,) = tradeoff.draw(*found(tmp_path, make, change)).legends
        assert len(key.get_texts()) == entries


def test_a_file_without_costs_is_named(tmp_path, make):
    with pytest.raises(StudyError, match=r"comparisons\.json lacks .parameters."):
        found(tmp_path, make, lambda rows: rows[1].pop("parameters"))
