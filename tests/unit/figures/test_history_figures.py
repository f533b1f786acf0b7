"""Comparison and curves: the drawn lines are the histories, and the same look is kept."""

import json

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from convstudy import histories
from convstudy.errors import StudyError
from convstudy.figures import comparison, curves, draw, lines, style, tables
from convstudy.figures.drawing import parse

_DRAWERS = {"comparison": comparison, "curves": curves}


def _draw(kind, runs, job):
    drawing = parse(job)
    found = tables.read("histories", runs, "section", drawing)
    if kind == "curves":
        return curves.draw(drawing, found)
    spread = (0.2, 0.6) if len(job["experiments"][0]["seeds"]) > 1 else (None, None)
    _comparisons(runs / "comparisons.json", job, *spread)
    decided = tables.comparisons(runs / "comparisons.json", drawing)
    return comparison.draw(drawing, found, decided)


def _comparisons(path, job, low=0.2, high=0.6, mean=0.5):
    """comparisons.json with this interval for every experiment."""
    spread = {"mean": mean, "low": low, "high": high}
    rows = [
        {"experiment": one["experiment"], "metrics": {"test_accuracy": spread}}
        for one in job["experiments"]
    ]
    path.write_text(json.dumps({"section": {"experiments": rows}}))


def _means(axis):
    return {line.get_label(): line for line in axis.lines if line.get_gid() == "mean"}


def test_command_makes_the_same_pngs_twice(tmp_path, stdin, make):
    job = make.job({"a": 0, "b": 1, "c": 2})
    make.runs(tmp_path, job)
    _comparisons(tmp_path / "comparisons.json", job)
    written = []
    for folder in ("one", "two"):
        stdin(job)
        paths = [tmp_path / folder / f"{kind}.png" for kind in _DRAWERS]
        where = ["--results", str(tmp_path), "--output", *map(str, paths)]
        draw.main(["--section", "section", *where])
        written.append([path.read_bytes() for path in paths])
    assert written[0] == written[1]
    for path in paths:
        width, height = make.pixels(path)
        assert width == style.PAGE_WIDTH * style.DPI
        assert 400 < height < style.PAGE_HEIGHT * style.DPI
    assert all(b"Software" not in one and b"matplotlib" not in one for one in written[0])


def test_a_figure_of_no_known_kind_is_refused(tmp_path, stdin, make):
    stdin(make.job({"a": 0}))
    with pytest.raises(StudyError, match=r"no figure is called 'curve'.*comparison, curves"):
        where = ["--results", str(tmp_path), "--output", str(tmp_path / "curve.png")]
        draw.main(["--section", "section", *where])


@pytest.mark.parametrize("seeds", [1, 3])
def test_comparison_draws_the_test_set_in_percent(tmp_path, house_style, make, seeds):
    job = make.job({"a": 3, "b": 4}, seeds)
    truth = make.runs(tmp_path, job)
    figure = _draw("comparison", tmp_path, job)
    for axis, column, factor in zip(figure.axes, ("accuracy", "loss"), (100, 1), strict=False):
        for name, runs in truth.items():
            expected = factor * np.array([run["test", column] for run in runs])
            mean = _means(axis)[f"network {name}"]
            np.testing.assert_allclose(mean.get_ydata(), expected.mean(axis=0))
            np.testing.assert_array_equal(mean.get_xdata(), [1, 2, 3, 4])
            colour = to_hex(mean.get_color())
            faint = [
                x
                for x in axis.collections
                if x.get_gid() == lines.SEEDS and to_hex(x.get_color()[0]) == colour
            ]
            assert len(faint) == (1 if seeds > 1 else 0)
            for one in faint:
                for line, run in zip(one.get_segments(), expected, strict=True):
                    np.testing.assert_allclose(line, np.column_stack([[1, 2, 3, 4], run]))
                assert one.get_alpha() < 0.6
                assert one.get_linewidth() < mean.get_linewidth()
    assert figure.axes[0].get_title(loc="left") == "test accuracy, %"
    assert figure.axes[1].get_title(loc="left") == "test loss"


@pytest.mark.parametrize("seeds", [1, 3])
def test_every_seed_is_a_dot_beside_mean_and_interval(tmp_path, house_style, make, seeds):
    job = make.job({"a": 3, "b": 4}, seeds)
    truth = make.runs(tmp_path, job)
    axis = _draw("comparison", tmp_path, job).axes[2]
    dots = {}
    for part in axis.collections:
        for x, y in part.get_offsets():
            dots.setdefault(round(y), []).append(x)
    for row, runs in enumerate(truth.values()):
        last = [100 * run["test", "accuracy"][-1] for run in runs]
        np.testing.assert_allclose(sorted(dots[row]), sorted(last))
    bars = [line.get_xdata() for line in axis.lines if line.get_gid() == comparison.INTERVAL]
    assert np.array(bars).tolist() == ([] if seeds == 1 else [[20, 60], [20, 60]])
    marks = [x for line in axis.lines if not line.get_gid() for x in line.get_xdata()]
    assert [x for x in marks if not np.isnan(x)] == [
        50,
        50,
    ]  # the means of the tables, not seaborn's own
    names = [label.get_text() for label in axis.get_yticklabels()]
    assert names == ["network a", "network b"]
    low, high = axis.get_xlim()
    assert 0 <= low < high <= 100


def test_what_was_published_stands_beside_the_seeds(tmp_path, house_style, make):
    job = make.job({"a": 3, "b": 4})
    make.runs(tmp_path, job)
    plain = _draw("comparison", tmp_path, job)
    job["experiments"][1]["published"] = {"results": 0.97, "log": 0.99}
    figure = _draw("comparison", tmp_path, job)
    marks = {
        line.get_gid(): (line.get_xdata(), round(line.get_ydata()[0]), line.get_label())
        for line in figure.axes[2].lines
        if line.get_gid() in comparison.PUBLISHED
    }
    assert marks == {
        "results": ([97.0], 1, "published, one run"),
        "log": ([99.0], 1, "the same in its log"),
    }
    assert figure.axes[2].get_xlim()[1] > 99  # they are in sight
    entries = [text.get_text() for text in figure.legends[0].get_texts()]
    assert entries[-2:] == ["published, one run", "the same in its log"]
    assert [text.get_text() for text in plain.legends[0].get_texts()] == entries[:-2]


def test_intervals_are_those_of_the_comparisons(tmp_path, make):
    job = make.job({"a": 0}, 3)
    path = tmp_path / "comparisons.json"
    _comparisons(path, job, 0.9, 0.95, 0.92)
    assert tables.comparisons(path, parse(job)).values.tolist() == [["a", 0.92, 0.9, 0.95]]
    few = parse(make.job({"a": 0}, 2))  # an interval of two says nothing
    assert tables.comparisons(path, few)[["low", "high"]].isna().all(axis=None)
    _comparisons(path, job, None, None)
    assert tables.comparisons(path, parse(job))[["low", "high"]].isna().all(axis=None)
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(StudyError, match=r"other\.json lacks 'a'"):
        tables.comparisons(tmp_path / "other.json", parse(job))


def test_legend_names_each_experiment_once_and_the_seeds(tmp_path, house_style, make):
    job = make.job({"a": 0, "b": 1}, 3)
    make.runs(tmp_path, job)
    (legend,) = _draw("comparison", tmp_path, job).legends
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts == ["network a", "network b", "mean of 3 seeds", "each seed"]


def test_legend_of_a_usual_section_is_one_row(tmp_path, house_style, make):
    job = make.job({"a": 3, "b": 4, "c": 5})
    titles = ("fully connected", "ResNet-18", "ResNet-18 with dropout")
    for one, title in zip(job["experiments"], titles, strict=True):
        one["title"] = title
    make.runs(tmp_path, job)
    figure = _draw("comparison", tmp_path, job)
    style.save(figure, tmp_path / "out.png")
    (legend,) = figure.legends
    assert legend.get_window_extent().height < 50
    assert legend.get_window_extent().x0 >= 0
    assert legend.get_window_extent().x1 <= figure.bbox.x1


def test_legend_gives_n_where_it_differs(tmp_path, house_style, make):
    job = make.job({"a": 0, "b": 1}, 3)
    job["experiments"][1]["seeds"] = [0]
    make.runs(tmp_path, job)
    (legend,) = _draw("comparison", tmp_path, job).legends
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts[:3] == ["network a, n = 3", "network b, n = 1", "mean of n seeds"]


def test_curves_draw_train_against_test(tmp_path, house_style, make):
    job = make.job({"a": 0, "b": 1})
    truth = make.runs(tmp_path, job)
    figure = _draw("curves", tmp_path, job)
    panels = iter(figure.axes)
    for name in ("a", "b"):
        for column, factor in (("accuracy", 100), ("loss", 1)):
            axis = next(panels)
            for split, line in _means(axis).items():
                expected = factor * np.mean([run[split, column] for run in truth[name]], axis=0)
                np.testing.assert_allclose(line.get_ydata(), expected)
            assert _means(axis)["train"].get_linestyle() != _means(axis)["test"].get_linestyle()
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words[:2] == ["test", "train (running mean, train mode: dropout on)"]


@pytest.mark.parametrize("worst, scale", [(4.9, "linear"), (5.1, "log")])
def test_losses_that_differ_fiftyfold_have_a_log_scale_that_says_so(
    tmp_path, house_style, make, worst, scale
):
    job = make.job({"a": 0, "b": 1})
    make.runs(tmp_path, job)
    path = tmp_path / "histories.csv"
    found = pd.read_csv(path).assign(loss=0.1)
    found.loc[found.query("experiment == 'b' and epoch == 1 and split == 'test'").index, "loss"] = (
        worst
    )
    found.to_csv(path, index=False)
    compared = _draw("comparison", tmp_path, job).axes
    assert [axis.get_yscale() for axis in compared] == ["linear", scale, "linear"]
    assert compared[1].get_title(loc="left") == "test loss" + ", log scale" * (scale == "log")
    drawn = _draw("curves", tmp_path, job).axes
    assert [axis.get_yscale() for axis in drawn] == ["linear", scale] * 2
    assert drawn[1].get_ylabel() == "loss" + ", log scale" * (scale == "log")
    assert drawn[1].get_ylim() == drawn[3].get_ylim()


def test_values_are_read_to_the_last_digit(tmp_path, make):
    truth = make.runs(tmp_path, make.job({"nan": 0}, 1), 200)  # as an experiment may be called
    found = histories.read(tmp_path / "histories.csv", {"nan": [0]})
    for (split, column), values in truth["nan"][0].items():
        read = found.loc[found["split"] == split, column]
        assert read.tolist() == values.tolist()


def test_losses_of_nothing_stay_on_a_linear_scale():
    found = pd.DataFrame({"split": ["test", "test"], "loss": [0.0, 3.0]})
    assert not lines.wide(found, "loss", "test")


def test_curves_share_each_scale_across_bands(tmp_path, house_style, make):
    job = make.job({str(k): k for k in range(6)}, 1)
    make.runs(tmp_path, job)
    figure = _draw("curves", tmp_path, job)
    assert len(figure.axes) == 12
    for quantity in (0, 1):
        assert len({axis.get_ylim() for axis in figure.axes[quantity::2]}) == 1
    assert {axis.get_subplotspec().colspan.start for axis in figure.axes} == {0, 1, 2}


def test_an_experiment_looks_the_same_in_all_figures(tmp_path, house_style, make):
    alone, both = make.job({"b": 5}), make.job({"a": 4, "b": 5})
    make.runs(tmp_path, both)
    means = [
        _means(_draw("comparison", tmp_path, alone).axes[0])["network b"],
        _means(_draw("comparison", tmp_path, both).axes[1])["network b"],
        _means(_draw("curves", tmp_path, both).axes[2])["test"],
    ]
    looks = {(to_hex(line.get_color()), line.get_marker()) for line in means}
    assert looks == {(style.PALETTE[5].lower(), style.MARKERS[5])}


@pytest.mark.parametrize(
    ("count", "seeds", "epochs"), [(16, 2, 3), (1, 50, 200), (2, 5, 1), (5, 1, 1)]
)
@pytest.mark.parametrize("kind", _DRAWERS)
def test_extreme_sections(tmp_path, house_style, make, kind, count, seeds, epochs):
    job = make.job({f"n{k}": k for k in range(count)}, seeds)
    job["experiments"][0]["title"] = "_a $title$ that goes on " * 5
    make.runs(tmp_path, job, epochs)
    figure = _draw(kind, tmp_path, job)
    style.save(figure, tmp_path / "out.png")
    assert figure.get_figheight() <= style.PAGE_HEIGHT
    (legend,) = figure.legends
    box = legend.get_window_extent()
    assert box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y0 >= 0
    assert all(axis.get_window_extent().height > 40 for axis in figure.axes)
