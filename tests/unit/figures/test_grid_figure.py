"""A grid of any size: a line over one axis, a heat map over two."""

import json

import numpy as np
import pytest

from convstudy.errors import StudyError
from convstudy.figures import grid, style, tables
from convstudy.figures.drawing import Drawing


def made(rows, columns=None, n=10, missing=()):
    """What is drawn: its slice, and comparisons.json."""
    counts = [rows] if columns is None else [rows, columns]
    places = [place for place in np.ndindex(*counts) if place not in missing]
    axes = [
        {"name": f"axis {k}", "values": [f"v{value}" for value in range(count)]}
        for k, count in enumerate(counts)
    ]
    cells = [{"experiment": f"x{place}", "values": [f"v{k}" for k in place]} for place in places]
    ends = {"low": None if n == 1 else -0.1, "high": None if n == 1 else 0.9}
    compared = [
        {
            **{"experiment": f"x{place}", "n": n},
            "metrics": {"test_accuracy": {"mean": (1 + sum(place)) / 100, "sd": 0.1, **ends}},
        }
        for place in places
    ]
    asked = {"title": "A $net_", "dataset": "MNIST", "axes": axes, "cells": cells}
    return asked, {"another": {"experiments": []}, "section": {"experiments": compared}}


def read(tmp_path, asked, compared):
    path = tmp_path / "comparisons.json"
    path.write_text(json.dumps(compared))
    drawing = Drawing("Section", "D", (), {"grid": asked})
    return tables.read("grid", tmp_path, "section", drawing)


def draw(tmp_path, found):
    return grid.draw(Drawing("Section", "D", ()), read(tmp_path, *found))


@pytest.mark.parametrize("n", [1, 10])
def test_one_axis_is_a_line_through_the_means(tmp_path, n):
    figure = draw(tmp_path, made(4, n=n))
    line = figure.axes[0].lines[0]
    assert line.get_ydata() == pytest.approx([1, 2, 3, 4])
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == [
        *("v0", "v1", "v2", "v3")
    ]


def test_intervals_are_cut_at_what_an_accuracy_can_be(tmp_path):
    (bars,) = draw(tmp_path, made(2)).axes[0].collections
    assert [end[1] for end in bars.get_segments()[0]] == pytest.approx([0, 90])


@pytest.mark.parametrize(("rows", "columns"), [(3, 3), (10, 10), (2, 50), (50, 2)])
def test_two_axes_are_a_heat_map_no_taller_than_a_page(tmp_path, rows, columns):
    figure = draw(tmp_path, made(rows, columns))
    assert figure.axes[0].collections[0].get_array().shape == (rows, columns)
    assert figure.get_size_inches()[1] <= style.PAGE_HEIGHT
    written = len(figure.axes[0].texts)
    assert written == (rows * columns if columns <= 14 else 0)


def test_a_cell_that_was_not_run_is_empty(tmp_path):
    found = made(2, 2, missing={(1, 0)})
    assert np.isnan(grid.table(read(tmp_path, *found))).to_numpy().tolist() == [
        [False, False],
        [True, False],
    ]
    assert [t for one in draw(tmp_path, found).axes[0].texts if (t := one.get_text())] == [
        "1.0",
        "2.0",
        "3.0",
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"experiment": "y"}, "lacks 'x"),
        ({"metrics": {}}, "lacks 'test_accuracy'"),
        ({"metrics": {"test_accuracy": {"mean": "high", "low": None, "high": None}}}, "misspells"),
    ],
)
def test_comparisons_without_a_cell_are_refused(tmp_path, row, said):
    asked, compared = made(2, 2)
    compared["section"]["experiments"][0] |= row
    with pytest.raises(StudyError, match=f"comparisons.json {said}"):
        read(tmp_path, asked, compared)
