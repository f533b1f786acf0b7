"""How values are written: with their unit, as many digits as they carry, and a sign if they differ."""

import re

import pytest
from hypothesis import example, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from convstudy.config.claim_kinds import plausible
from convstudy.report import digits, measured, settings, words


@pytest.mark.parametrize(
    ("function", "value", "said"),
    [
        (words.percent, 0.98539, "98.54 %"),
        (words.points, 0.0051, "+0.51"),
        (words.count, 567434, "567,434"),
        (words.millions, 566528, "0.567 M"),
        (words.millions, 455800832, "455.8 M"),
        (words.seconds, 59.94, "59.9 s"),
        (words.seconds, 59.96, "1 min 0 s"),
        (words.seconds, 725.4, "12 min 5 s"),
        (words.seconds, 11400, "3 h 10 min"),
        (words.level, 0.04, "4 %"),
        (words.level, 0.05 / 600, "0.0083 %"),
        (words.listing, ["a", "b", "c"], "a, b and c"),
        (words.listing, ["a"], "a"),
        (settings.setting, "warm_up", "warm up"),
        (words.mean_sd, {"mean": 0.5, "sd": None}, "50.00"),
        (words.interval, {"low": None, "high": None}, "–"),
        (words.interval, {"low": -0.2, "high": 1.3}, "0.00 to 100.00"),
    ],
)
def test_values_are_written(function, value, said):
    assert function(value) == said


@pytest.mark.parametrize(
    ("kind", "metric", "value", "said"),
    [
        ("above", "test_accuracy", 0.84, "84.00 %"),
        ("above", "gap", 0.0201, "+2.01 points"),
        ("above", "confusion", 1.513, "1.51 times the average pair"),
        ("greater", "confusion", 0.5, "+0.50 times the average pair"),
        ("below", "test_loss", 0.0312, "0.0312"),
        ("above", "late_test_loss", 0.0312, "+0.0312"),
        ("above", "roughness", 0.01, "1.00 points"),
        ("greater", "roughness", 0.01, "+1.00 points"),
        ("greater", "test_accuracy", -0.00001, "+0.00 points"),
        ("greater", "parameters", -14336, "\N{MINUS SIGN}14,336"),
        ("ratio", "step_seconds", 1.6931, "1.693 times"),
        ("trend", "test_accuracy", -0.0012, "\N{MINUS SIGN}0.12 points per step"),
        (
            "trend",
            "activation_frequency",
            -0.00704,
            "\N{MINUS SIGN}0.0070 cycles per pixel per step",
        ),
    ],
)
def test_only_differences_have_a_sign_and_every_estimate_its_unit(kind, metric, value, said):
    assert measured.in_unit(value, {"kind": kind, "metric": metric}) == said


@pytest.mark.parametrize(
    ("kind", "metric", "low", "high", "said"),
    [
        ("above", "test_accuracy", -1.5, 2.4, "0.00 to 100.00"),
        ("greater", "test_accuracy", -1.5, 2.4, "\N{MINUS SIGN}100.00 to +100.00"),
        ("above", "confusion", -0.609, 3.636, "0.00 to 3.64"),
        ("above", "gap", -0.3, 0.1, "\N{MINUS SIGN}30.00 to +10.00"),
        ("ratio", "step_seconds", 0.5, None, "0.500 to ∞"),
    ],
)
def test_intervals_of_values_are_cut_at_what_these_can_be(kind, metric, low, high, said):
    ends = {"low": low, "high": high}
    assert measured.span(ends, {"kind": kind, "metric": metric}) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.04, "4 %"), (0.00833, "0.83 %"), (0.000083, "0.0083 %"), (0.96, "96 %"), (0.995, "99.5 %")],
)
def test_levels_and_what_intervals_cover(value, said):
    assert words.level(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.00001, "p < 0.0001"),
        (0.0312, "p = 0.031"),
        (0.0496, "p = 0.0496"),
        (0.0504, "p = 0.0504"),
        (0.049996, "p = 0.049996"),
        (0.05, "p = 0.05"),
    ],
)
def test_a_p_value_is_never_written_as_the_level_that_it_misses(value, said):
    assert words.p_value(value, 0.05) == said


@pytest.mark.parametrize(
    ("kind", "metric", "bound", "estimate", "low", "high", "said"),
    [
        (
            "above",
            "test_accuracy",
            0.8,
            0.80004,
            0.80001,
            0.81,
            "80.004 % (96 % interval 80.001 to",
        ),
        ("greater", "gap", 0.005, 0.0051, 0.00499, 0.006, "+0.510 points (96 % interval +0.499 to"),
        (
            "equivalent",
            "gap",
            0.005,
            -0.001,
            -0.004996,
            0.001,
            "\N{MINUS SIGN}0.1000 points (96 % interval \N{MINUS SIGN}0.4996",
        ),
        (
            "greater",
            "test_accuracy",
            0,
            0.001,
            -0.00003,
            0.02,
            "+0.100 points (96 % interval \N{MINUS SIGN}0.003 ",
        ),
        (
            "greater",
            "test_accuracy",
            0,
            0.001,
            -0.003,
            0.02,
            "+0.10 points (96 % interval \N{MINUS SIGN}0.30 to",
        ),
        ("ratio", "macs", 1.3334, 1.33342, 1.31, 1.4, "1.33342 times (96 % interval 1.31000"),
        ("above", "test_accuracy", 0.07, 0.07, 0.06, 0.08, "7.00 % (96 % interval 6.00 to 8.00"),
    ],
)
def test_as_many_digits_as_tell_a_value_from_its_bound(
    kind, metric, bound, estimate, low, high, said
):
    claim = {"kind": kind, "metric": metric, "bound": bound, "coverage": 0.96}
    claim |= {"estimate": estimate, "low": low, "high": high}
    assert measured.estimate(claim).startswith(said)


def number_in(said):
    found = re.search("[\N{MINUS SIGN}+]?[\\d.,]+", said).group()
    return float(found.replace(",", "").replace("\N{MINUS SIGN}", "-"))


@given(
    kind=st.sampled_from(["above", "below", "greater", "equivalent", "ratio"]),
    metric=st.sampled_from(["test_accuracy", "test_loss", "macs", "confusion", "gap"]),
    bound=st.integers(1, 9999).map(lambda one: one / 10000),
    off=st.floats(-0.01, 0.01),
)
@example("above", "test_accuracy", 0.0387, 1e-6)  # 100 · 0.0387 is less than 3.87
@tried(max_examples=200)
def test_what_is_written_lies_on_the_side_of_the_bound_on_which_it_lies(kind, metric, bound, off):
    value = bound + off
    claim = {"kind": kind, "metric": metric, "bound": bound, "estimate": value}
    said, held = number_in(measured.in_unit(value, claim)), number_in(measured.bound(claim))
    if abs(off) > 1e-9:
        assert (said > held) == (value > bound) and said != held


@pytest.mark.parametrize(("bound", "places"), [(80.0, 0), (12.5, 1), (100 * 0.07, 0), (1.3334, 4)])
def test_a_bound_is_written_as_it_was_stated(bound, places):
    assert digits.of_bound(bound) == places


def test_names_never_turn_the_numbers_beside_them():
    assert words.text("a\u202eb") == "a\N{REPLACEMENT CHARACTER}b"
    assert words.text("\u05e9\u05dc") == "\u2068\u05e9\u05dc\u2069"
    assert words.text("caf\u00e9") == "caf\u00e9"


@pytest.mark.parametrize(
    ("kind", "metric", "ends"),
    [
        ("greater", "test_accuracy", (-1, 1)),
        ("greater", "gap", (-2, 2)),
        ("above", "test_accuracy", (0, 1)),
        ("above", "gap", (-1, 1)),
        ("greater", "test_loss", (-2.5, 2.5)),
        ("ratio", "test_loss", (-2.5, 2.5)),
    ],
)
def test_an_interval_ends_where_no_value_can_be(kind, metric, ends):
    assert plausible({"kind": kind, "metric": metric}, -2.5, 2.5) == ends
