"""The forest shows each claim's estimate, interval, bound and verdict, as the file has them."""

import json

import pytest

from convstudy.errors import StudyError
from convstudy.figures import forest, tables


def claim(kind="greater", metric="test_accuracy", verdict="inconclusive", **changes):
    made = {"kind": kind, "metric": metric, "verdict": verdict, "says": "one beats the other"}
    made["section"] = "some"
    return {**made, "bound": None, "estimate": 0.02, "low": 0.01, "high": 0.03, **changes}


def drawn(*claims):
    """Of each panel: unit, ends, and of each of its rows what is drawn: interval and mark."""
    found = {}
    for axis in forest.draw(list(claims)).axes:
        marks = [line for line in axis.lines if line.get_gid() in forest.VERDICTS]
        spans = [line for line in axis.lines if line.get_linewidth() == 1.5 and not line.get_gid()]
        found[axis.get_xlabel()] = {
            "ends": axis.get_xlim(),
            "words": [label.get_text() for label in axis.get_yticklabels()],
            "marks": [(line.get_gid(), *map(float, line.get_xdata())) for line in marks],
            "spans": [
                tuple(map(float, line.get_xdata())) for line in spans if len(line.get_xdata()) == 2
            ],
            "arrows": [line.get_marker() for line in axis.lines if line.get_marker() in "<>"],
        }
    return found


def test_each_unit_has_a_panel_in_which_estimates_and_intervals_are_those_of_the_file(house_style):
    found = drawn(
        claim(verdict="supported"),
        claim(metric="gap", verdict="contradicted", estimate=-0.04, low=-0.05, high=-0.03),
        claim(kind="ratio", metric="parameters", bound=1.5, estimate=1.6, low=1.6, high=1.6),
        claim(metric="test_loss", estimate=0.5, low=0.25, high=0.75),
    )
    assert list(found) == ["percentage points", "ratio, times", "loss"]
    points = found["percentage points"]
    assert points["marks"] == [("supported", 2.0), ("contradicted", -4.0)]
    assert points["spans"] == [(1.0, 3.0), (-5.0, -3.0)]
    assert found["ratio, times"]["marks"] == [("inconclusive", 1.6)]
    assert found["loss"]["spans"] == [(0.25, 0.75)]


def test_intervals_of_shares_end_where_shares_do(house_style):
    wide = claim(kind="above", bound=0.8, estimate=0.6, low=0.45, high=1.05)
    (panel,) = drawn(wide).values()
    assert panel["spans"] == [(45.0, 100.0)]
    assert not panel["arrows"]
    frequency = claim(kind="above", metric="confusion", bound=0.2, estimate=0.1, low=-0.1, high=0.3)
    (panel,) = drawn(frequency).values()
    assert panel["spans"] == [(0.0, 0.3)]


@pytest.mark.parametrize("low", [-0.02, 0.0])
def test_an_interval_that_ends_at_zero_ends_there(house_style, low):
    (panel,) = drawn(claim(estimate=low / 2, low=low, high=0.0)).values()
    assert panel["spans"] == [(100 * low, 0.0)]
    assert not panel["arrows"]


def test_an_open_interval_of_a_ratio_runs_out_of_the_axis(house_style):
    (panel,) = drawn(
        claim(kind="ratio", metric="step_seconds", bound=1.0, estimate=2.0, low=0.5, high=None)
    ).values()
    assert panel["arrows"] == [">"]


def test_an_interval_that_would_press_the_others_to_a_point_runs_out_of_the_axis(house_style):
    (panel,) = drawn(claim(), claim(estimate=0.0, low=-9.0, high=9.0)).values()
    low, high = panel["ends"]
    assert -10 < low < 0 < 3 < high < 10
    assert panel["arrows"] == ["<", ">"]


@pytest.mark.parametrize("more", [{}, {"kind": "ratio", "metric": "step_seconds", "high": None}])
def test_the_shortest_interval_stays_on_its_axis_however_near_the_bound_is(house_style, more):
    near = {**claim(bound=0.199, estimate=0.2, low=0.1, high=0.4), **more, "high": 0.4}
    far = claim(bound=0.199, estimate=0.2, low=1e-9 if more else -1.0, high=1.0) | more
    (panel,) = drawn(near, far).values()
    factor = 1 if more else 100
    assert panel["spans"][0] == pytest.approx((0.1 * factor, 0.4 * factor))
    assert panel["arrows"] == ["<", ">"]


def test_claims_without_an_estimate_have_no_row_and_none_at_all_is_said(house_style):
    nothing = claim(estimate=None, low=None, high=None)
    (panel,) = drawn(nothing, claim()).values()
    assert panel["words"] == ["one beats the other"]
    (text,) = forest.draw([nothing]).texts
    assert text.get_text() == "No claim of this study has an estimate"


def test_long_words_stay_whole_in_three_lines(house_style):
    says = "one network exceeds another by less than five points under the modern recipe, " * 2
    (panel,) = drawn(claim(says=says[:147])).values()
    (words,) = panel["words"]
    assert words.replace("\n", " ") == says[:147]
    assert words.count("\n") == 2


def test_a_claim_that_was_not_decided_is_named(tmp_path):
    path = tmp_path / "claims.json"
    path.write_text(json.dumps({"claims": {}}))
    with pytest.raises(StudyError, match=r"claims\.json lacks 'mine'"):
        tables.claims(path, [{"claim": "mine", "says": "…"}])


def test_sections_of_small_differences_have_an_axis_of_their_own(house_style):
    large = claim(estimate=0.2, low=0.1, high=0.3)
    small = claim(section="small", estimate=0.002, low=0.001, high=0.003)
    middling = claim(section="middling", estimate=0.05)
    found = drawn(large, small, middling)
    assert found["percentage points"]["marks"] == [("inconclusive", 20.0), ("inconclusive", 5.0)]
    enlarged = found["percentage points, enlarged (sections of small differences)"]
    assert enlarged["spans"] == [(0.1, 0.3)]
    assert enlarged["ends"][1] < 1


def test_small_differences_alone_are_not_called_enlarged(house_style):
    assert list(drawn(claim(estimate=0.002, low=0.001, high=0.003))) == ["percentage points"]
