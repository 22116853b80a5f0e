"""Quantiles in plain Python, held against scipy."""

from __future__ import annotations

from itertools import product
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from govern.stats.quantiles import beta_cdf, beta_quantile, clopper_pearson, t_quantile

DEGREES = (1, 2, 3, 5, 9, 11, 23, 47, 59, 95, 359, 1_000, 10_000)
ALPHAS = (1e-10, 1e-6, 1e-4, 0.001, 0.005, 0.0125, 0.05 / 3, 0.025, 0.05, 0.1, 0.25, 0.4)
SHAPES = (0.5, 1.0, 2.0, 5.5, 30.0, 200.0, 3_000.0)
PAIRS = tuple(product(SHAPES, SHAPES))
PROBABILITIES = (1e-8, 1e-4, 0.01, 0.05, 0.5, 0.9, 0.95, 0.9999)


@pytest.mark.parametrize("df", DEGREES)
def test_t_quantiles_are_those_of_scipy(df: int):
    for alpha in ALPHAS:
        assert pytest.approx(stats.t.isf(alpha, df), rel=1e-10) == t_quantile(alpha, df)


def test_the_textbook_t_value_comes_out():
    """Every table has t(.95, 10) = 1.812."""
    assert pytest.approx(1.812, abs=5e-4) == t_quantile(0.05, 10)


def test_one_degree_of_freedom_is_the_cauchy_distribution():
    """tan(π/2 - πα) at α = .25 is 1."""
    assert pytest.approx(1.0, rel=1e-12) == t_quantile(0.25, 1)


def test_half_the_t_distribution_lies_above_zero():
    assert pytest.approx(0.0, abs=1e-12) == t_quantile(0.5, 7)


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_beta_quantiles_are_those_of_scipy(a: float, b: float):
    for p in PROBABILITIES:
        assert pytest.approx(stats.beta.ppf(p, a, b), rel=1e-10, abs=1e-14) == beta_quantile(
            p, a, b
        )


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_the_beta_distribution_function_is_that_of_scipy(a: float, b: float):
    for x in (1e-9, 1e-3, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999):
        assert pytest.approx(stats.beta.cdf(x, a, b), rel=1e-9, abs=1e-13) == beta_cdf(x, a, b)


def test_the_beta_distribution_lies_between_zero_and_one():
    assert [0.0, 0.0, 1.0, 1.0] == [beta_cdf(x, 2, 3) for x in (-1, 0, 1, 2)]


def test_the_smallest_probability_has_the_lower_end_as_quantile():
    assert pytest.approx(0.0, abs=1e-300) == beta_quantile(0.0, 2, 3)


@given(
    p=st.floats(1e-6, 1 - 1e-6), a=st.floats(0.5, 500), b=st.floats(1, 500), more=st.floats(0, 1)
)
@settings(derandomize=True, deadline=None, max_examples=100)
def test_quantile_and_distribution_undo_each_other_and_rise(
    p: float, a: float, b: float, more: float
):
    """b from 1: below, the density at x = 1 is infinite and doubles are too coarse there."""
    higher = p + more * (1 - p)

    assert pytest.approx(p, rel=1e-9, abs=1e-12) == beta_cdf(beta_quantile(p, a, b), a, b)
    assert beta_quantile(p, a, b) <= beta_quantile(higher, a, b)


@pytest.mark.parametrize("n", [1, 2, 12, 60, 299, 1_000])
def test_clopper_pearson_is_that_of_scipy(n: int):
    """scipy's interval at confidence 1-2α has α on each side."""
    for hits in sorted({0, 1, n // 3, n // 2, n - 1, n}):
        for alpha in (0.001, 0.05 / 3, 0.05, 0.25):
            exact = stats.binomtest(hits, n).proportion_ci(1 - 2 * alpha, method="exact")

            assert pytest.approx((exact.low, exact.high), rel=1e-9) == clopper_pearson(
                hits, n, alpha
            )


def test_no_hit_in_299_cases_claims_less_than_one_per_cent():
    """1 - .05^(1/299) = .00997; with 298 cases it is .01000 and claims nothing below it."""
    low, high = clopper_pearson(0, 299, 0.05)

    assert low == 0.0
    assert pytest.approx(1 - 0.05 ** (1 / 299), rel=1e-12) == high
    assert high < 0.01 < clopper_pearson(0, 298, 0.05)[1]


def test_all_hits_bound_the_probability_from_below_alone():
    """α^(1/n): .05^(1/12) = .779."""
    assert pytest.approx((0.05 ** (1 / 12), 1.0), rel=1e-12) == clopper_pearson(12, 12, 0.05)


def test_hits_and_misses_mirror_each_other():
    low, high = clopper_pearson(3, 20, 0.05)

    assert pytest.approx((1 - high, 1 - low), rel=1e-12) == clopper_pearson(17, 20, 0.05)


def test_a_probability_of_nothing_is_out_of_reach():
    assert inf == t_quantile(0.0, 5)
