"""Each formula against arithmetic written out, and against scipy's own tests."""

import math

import numpy as np
import pytest
from scipy import stats

from convstudy.statistics.effects import (
    hedges_correction,
    hedges_g,
    hedges_g_one,
    smallest_effect,
)
from convstudy.statistics.intervals import describe, linear, mean_and_sd, one_sample, welch

# The first example of Wikipedia's "Welch's t-test", with its t, df and p below.
A = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4]
B = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4]


def test_t_interval_by_hand():
    # 1…5: mean 3, s = √2.5, s/√5 = √0.5; t(4, 0.975) = 2.776445
    found = describe([1.0, 2.0, 3.0, 4.0, 5.0])
    assert found["mean"] == 3.0
    assert found["sd"] == pytest.approx(math.sqrt(2.5))
    assert found["low"] == pytest.approx(3 - 2.776445 * math.sqrt(0.5), abs=1e-6)
    assert found["high"] == pytest.approx(3 + 2.776445 * math.sqrt(0.5), abs=1e-6)


def test_one_value_has_no_spread_and_no_interval():
    assert describe([0.9]) == {"mean": 0.9, "sd": None, "low": None, "high": None}
    assert one_sample([0.9]) is None


def test_equal_values_have_exactly_no_spread():
    # numpy's own standard deviation of these is 1.4e-17
    assert mean_and_sd([0.1] * 3) == (0.1, 0.0)
    assert describe([0.1] * 3) == {"mean": 0.1, "sd": 0.0, "low": 0.1, "high": 0.1}


def test_welch_by_hand():
    # of: mean 3, s² 2.5, n 5, v 0.5. than: 0, 4, 8: mean 4, s² 16, n 3, v 16/3.
    contrast = welch([1, 2, 3, 4, 5], [0, 4, 8])
    assert contrast.estimate == -1
    assert contrast.error == pytest.approx(math.sqrt(0.5 + 16 / 3))
    # df = (35/6)² / (0.25/4 + (16/3)²/2) = 34.02777… / 14.28472…
    assert contrast.df == pytest.approx(34.0277778 / 14.2847222)


def test_welch_textbook():
    contrast = welch(A, B)
    assert contrast.estimate / contrast.error == pytest.approx(-2.46, abs=0.005)
    assert contrast.df == pytest.approx(25.0, abs=0.05)
    assert contrast.p_differs(0) == pytest.approx(0.021, abs=0.0005)


def test_one_further_pair_differs_within_its_range_as_often_as_it_says():
    rng, hits = np.random.default_rng(0), 0
    for _ in range(4000):
        *of, next_of = rng.normal(0.99, 0.001, 6)
        *than, next_than = rng.normal(0.98, 0.003, 8)
        low, high = linear([of, than], [1.0, -1.0], further=True).interval()
        hits += low <= next_of - next_than <= high
    assert 0.94 < hits / 4000 < 0.965


def test_the_range_of_one_further_value_is_that_of_students_prediction():
    values = [1.0, 2.0, 3.0, 4.0, 5.0]
    low, high = linear([values], [1.0], further=True).interval()
    reach = stats.t.ppf(0.975, 4) * math.sqrt(2.5) * math.sqrt(1 + 1 / 5)
    assert (low, high) == pytest.approx((3 - reach, 3 + reach))


@pytest.mark.parametrize("shift", [0.0, -3.0, 2.5])
def test_welch_agrees_with_scipy(shift):
    contrast = welch(A, B)
    for alternative, p in (
        ("two-sided", contrast.p_differs(shift)),
        ("greater", contrast.p_above(shift)),
        ("less", contrast.p_below(shift)),
    ):
        theirs = stats.ttest_ind(
            A, [b + shift for b in B], equal_var=False, alternative=alternative
        )
        assert p == pytest.approx(theirs.pvalue, rel=1e-9)
    theirs = stats.ttest_ind(A, B, equal_var=False).confidence_interval(0.95)
    assert contrast.interval() == pytest.approx((theirs.low, theirs.high))


def test_one_sample_agrees_with_scipy():
    theirs = stats.ttest_1samp(A, 20)
    assert one_sample(A).p_differs(20) == pytest.approx(theirs.pvalue)


def test_welch_where_one_side_or_none_has_spread():
    # v of the constant side is 0, so the other side's n − 1 remains
    contrast = welch([1, 2, 3, 4, 5], [2.0] * 7)
    assert (contrast.error, contrast.df) == (pytest.approx(math.sqrt(0.5)), pytest.approx(4))
    assert welch([1.0, 1.0], [2.0, 2.0]) is None
    assert welch([1.0], [2.0, 3.0]) is None


def test_hedges_correction_by_hand():
    # Γ(2) / (√2 Γ(1.5)) = 1 / (√2 · 0.886227), and near 1 − 3/(4·df − 1)
    assert hedges_correction(4) == pytest.approx(1 / (math.sqrt(2) * 0.8862269))
    assert hedges_correction(30) == pytest.approx(1 - 3 / 119, abs=1e-4)


def test_hedges_g_by_hand():
    # Means 3 and 6, both s² = 2.5, so d = −3/√2.5; df = 8, J(8) = Γ(4)/(2 Γ(3.5)) = 0.902703
    g = hedges_g([1, 2, 3, 4, 5], [4, 5, 6, 7, 8])
    assert g == pytest.approx(-3 / math.sqrt(2.5) * 0.902703, abs=1e-5)


def test_hedges_g_pools_by_degrees_of_freedom():
    # s² 2.5 (df 4) and 16 (df 2): pooled (10 + 32)/6 = 7; J(6) = Γ(3)/(√3 Γ(2.5)) = 0.868628
    assert hedges_g([1, 2, 3, 4, 5], [0, 4, 8]) == pytest.approx(
        -1 / math.sqrt(7) * 0.868628, abs=1e-5
    )


def test_hedges_g_where_only_one_side_has_spread():
    # s² 2.5 and 0, df 4 each: pooled 1.25
    varying, constant = [1, 2, 3, 4, 5], [2.0] * 5
    assert hedges_g(varying, constant) == pytest.approx(0.902703 / math.sqrt(1.25), abs=1e-5)
    assert hedges_g(constant, varying) == pytest.approx(-0.902703 / math.sqrt(1.25), abs=1e-5)


def test_hedges_g_one_by_hand():
    g = hedges_g_one([1, 2, 3, 4, 5], 1)
    assert g == pytest.approx(hedges_correction(4) * 2 / math.sqrt(2.5))
    # From three seeds on: J(2) = Γ(1) / Γ(½) = 1/√π
    assert hedges_g_one([1, 2, 3], 1) == pytest.approx(1 / math.sqrt(math.pi))
    assert hedges_g_one([1, 2], 1) is None


def test_effects_without_spread_are_none():
    assert hedges_g([1.0], [2.0, 3.0]) is hedges_g([2.0, 3.0], [1.0]) is None
    assert hedges_g([1.0, 1.0], [2.0, 2.0]) is None
    assert hedges_g_one([1.0, 1.0, 1.0], 0) is None


def test_smallest_effect():
    # As DECISIONS.md states for 14 claims: 5 standard deviations at n = 3, 2.6 at n = 5
    assert smallest_effect(3, 14) == pytest.approx(5.0, abs=0.1)
    assert smallest_effect(5, 14) == pytest.approx(2.6, abs=0.05)
    # one test, n = 5: t(8, 0.975) · √0.4 = 2.306004 · 0.632456
    assert smallest_effect(5, 1) == pytest.approx(2.306004 * 0.6324555, abs=1e-5)
