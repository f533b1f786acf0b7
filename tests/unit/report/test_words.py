"""How values are written: with their unit, as many digits as they carry, and a sign if they differ."""

import pytest

from convstudy.config.kinds import plausible
from convstudy.report import settings, words


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
        (words.p_value, 0.00001, "p < 0.0001"),
        (words.p_value, 0.0312, "p = 0.031"),
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
        ("greater", "parameters", -14336, "-14,336"),
        ("ratio", "step_seconds", 1.6931, "1.693 times"),
        ("trend", "test_accuracy", -0.0012, "-0.12 points per step"),
        ("trend", "activation_frequency", -0.00704, "-0.0070 cycles per pixel per step"),
    ],
)
def test_only_differences_have_a_sign_and_every_estimate_its_unit(kind, metric, value, said):
    assert words.in_unit(value, {"kind": kind, "metric": metric}) == said


@pytest.mark.parametrize(
    ("kind", "metric", "low", "high", "said"),
    [
        ("above", "test_accuracy", -1.5, 2.4, "0.00 to 100.00"),
        ("greater", "test_accuracy", -1.5, 2.4, "-100.00 to +100.00"),
        ("above", "confusion", -0.609, 3.636, "0.00 to 3.64"),
        ("above", "gap", -0.3, 0.1, "-30.00 to +10.00"),
        ("ratio", "step_seconds", 0.5, None, "0.500 to ∞"),
    ],
)
def test_intervals_of_values_are_cut_at_what_these_can_be(kind, metric, low, high, said):
    ends = {"low": low, "high": high}
    assert words.span(ends, {"kind": kind, "metric": metric}) == said


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
