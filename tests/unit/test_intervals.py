"""The two ends of an interval: floors, scales, limits, and ratios by brute force."""

from __future__ import annotations

from math import atanh, exp, inf, log, sqrt, tanh

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from govern.domain.finding import Binomial, Interval, Ratio, StudentT
from govern.stats.intervals import bounds, floor_half_width
from govern.stats.quantiles import t_quantile

ALPHA = 0.05
quietly = settings(derandomize=True, deadline=None, max_examples=150)
shares = st.floats(0.0, 1.0)
small = st.floats(0.0, 0.5)
df = st.integers(2, 60)
clusters = st.integers(12, 400)


def brute_t(estimate: float, se: float, df: int) -> tuple[float, float]:
    reach = stats.t.isf(ALPHA, df) * se
    return estimate - reach, estimate + reach


def forms(over: np.ndarray, under: np.ndarray) -> tuple[float, float, float]:
    """Coefficients of the variance of mean(over) - r·mean(under)."""
    n = len(over)
    between = float(np.cov(over, under)[0, 1])
    return (
        float(over.var(ddof=1)) / n,
        -2 * between / n,
        float(under.var(ddof=1)) / n,
    )


@st.composite
def student(draw: st.DrawFn) -> tuple[float, StudentT]:
    """An estimate and an interval of any scale, with limits the estimate keeps."""
    scale = draw(st.sampled_from(["identity", "log", "fisher_z"]))
    estimate = draw({"identity": st.floats(-3, 3), "log": shares, "fisher_z": shares}[scale])
    interval = StudentT(
        scale=scale,
        se=draw(small),
        df=draw(df),
        clusters=draw(clusters),
        step=draw(shares),
        widen=draw(st.floats(0, 0.1)),
        least=draw(st.sampled_from([None, -4.0])),
        most=draw(st.sampled_from([None, 4.0])),
    )
    return estimate, interval


@st.composite
def ratios(draw: st.DrawFn) -> tuple[float, Ratio]:
    """Two paired rates of random cases, seen through one or three variances."""
    seed, n = draw(st.integers(0, 10_000)), draw(st.integers(12, 200))
    rng = np.random.default_rng(seed)
    case = rng.normal(0, 1, n)
    over = (case + rng.normal(0, 1, n) > draw(st.floats(-1, 1))).astype(float)
    under = (case + rng.normal(0, 1, n) > draw(st.floats(-1, 0.5))).astype(float)
    under[0] = 1.0
    by_case = forms(over, under)
    by_name = tuple(draw(st.floats(0, 2)) * v for v in (by_case[0], 0.0, by_case[2]))
    interval = Ratio(
        numerator=float(over.mean()),
        denominator=float(under.mean()),
        variances=(by_case, by_name),
        df=draw(df),
        clusters=n,
        step=draw(st.sampled_from([0.0, 1.0])),
        widen=draw(st.sampled_from([0.0, 0.02])),
    )
    return interval.numerator / interval.denominator, interval


def rejected(interval: Ratio, r: float) -> int:
    """+1 where the linear test finds the ratio above r, -1 where below, 0 where neither."""
    gap = interval.numerator - r * interval.denominator
    variance = max(a + b * r + c * r**2 for a, b, c in interval.variances)
    floor = interval.step * max(1, r) * (1 - ALPHA ** (1 / interval.clusters))
    half = max(stats.t.isf(ALPHA, interval.df) * sqrt(max(variance, 0)), floor) + interval.widen
    return int(gap > half) - int(gap < -half)


def test_the_floor_is_what_agreeing_cases_cannot_rule_out():
    """If 5 % of cases differ, 60 agree with chance .95^60 = .046: 1-.05^(1/60) = .0487."""
    assert pytest.approx(0.0487, abs=5e-5) == floor_half_width(1.0, 60, ALPHA)
    assert pytest.approx(0.25 * 0.0487, abs=2e-5) == floor_half_width(0.25, 60, ALPHA)


def test_a_plain_interval_is_the_textbook_one():
    """.2 ± 2.0·t(.95, 10) with t = 1.812; the floor .05 lies within."""
    found = bounds(0.2, StudentT(se=2.0, df=10, clusters=60, step=1.0), ALPHA)

    assert pytest.approx(brute_t(0.2, 2.0, 10)) == found


def test_zero_variance_is_never_certainty():
    """60 cases without any difference still allow one on 4.9 % of cases."""
    found = bounds(0.0, StudentT(se=0.0, df=59, clusters=60, step=1.0), ALPHA)

    assert pytest.approx((-0.0487, 0.0487), abs=5e-5) == found


@pytest.mark.parametrize("scale", ["identity", "log", "fisher_z"])
@pytest.mark.parametrize("estimate", [0.0, 0.5, 1.0])
def test_no_scale_makes_zero_variance_a_certainty(scale: str, estimate: float):
    interval = StudentT(scale=scale, se=0.0, df=59, clusters=60, step=1.0)

    assert pytest.approx((estimate - 0.0487, estimate + 0.0487), abs=5e-5) == bounds(
        estimate, interval, ALPHA
    )


def test_missing_drafts_widen_both_ends():
    narrow = bounds(0.2, StudentT(se=0.1, df=20, clusters=60, step=1.0), ALPHA)
    wide = bounds(0.2, StudentT(se=0.1, df=20, clusters=60, step=1.0, widen=0.03), ALPHA)

    assert pytest.approx((narrow[0] - 0.03, narrow[1] + 0.03)) == wide


def test_missing_drafts_widen_the_floor_too():
    interval = StudentT(se=0.0, df=59, clusters=60, step=1.0, widen=0.03)

    assert pytest.approx(0.0487 + 0.03, abs=5e-5) == bounds(0.0, interval, ALPHA)[1]


def test_on_the_log_scale_the_ends_are_factors_of_the_share():
    """.04 times and over exp(t·.3), t(.95, 359) = 1.649: .0244 to .0656."""
    interval = StudentT(scale="log", se=0.3, df=359, clusters=360)

    assert pytest.approx((0.0244, 0.0656), abs=5e-5) == bounds(0.04, interval, ALPHA)


def test_on_the_log_scale_the_floor_still_holds():
    """A share of .001: a factor would allow .0016; the floor of 60 cases says .0497."""
    interval = StudentT(scale="log", se=0.3, df=59, clusters=60, step=1.0, least=0.0, most=1.0)

    assert pytest.approx((0.0, 0.0497), abs=5e-5) == bounds(0.001, interval, ALPHA)


def test_an_enormous_log_error_gives_a_huge_end_and_no_overflow():
    low, high = bounds(0.01, StudentT(scale="log", se=1e6, df=11, clusters=12), ALPHA)

    assert 0.0 == low
    assert 1e300 < high < inf


def test_on_fishers_scale_the_ends_are_those_of_z():
    """atanh(.8) = 1.0986, ± 1.671·.2 at 60 df: tanh(.764) to tanh(1.433)."""
    z, reach = atanh(0.8), t_quantile(ALPHA, 60) * 0.2
    found = bounds(0.8, StudentT(scale="fisher_z", se=0.2, df=60, clusters=61), ALPHA)

    assert pytest.approx((tanh(z - reach), tanh(z + reach))) == found
    assert pytest.approx((0.644, 0.892), abs=1e-3) == found


def test_perfect_agreement_is_bounded_by_the_floor():
    """Fisher's z is infinite at 1; the floor of 60 cases at a step of ½ is .0244."""
    interval = StudentT(scale="fisher_z", se=0.0, df=59, clusters=60, step=0.5, most=1.0)

    assert pytest.approx((1 - 0.0244, 1.0), abs=5e-5) == bounds(1.0, interval, ALPHA)


def test_no_end_leaves_the_unit():
    interval = StudentT(se=5.0, df=20, clusters=60, least=0.0, most=1.0)

    assert (0.0, 1.0) == bounds(0.4, interval, ALPHA)


def test_counted_events_have_exact_bounds():
    assert pytest.approx((0.0, 1 - 0.05 ** (1 / 59))) == bounds(0.0, Binomial(hits=0, n=59), ALPHA)


@given(given_=student(), a=st.floats(0.001, 0.4), b=st.floats(0.001, 0.4))
@quietly
def test_a_stricter_level_never_narrows_an_interval(
    given_: tuple[float, StudentT], a: float, b: float
):
    strict, lax = (bounds(*given_, alpha) for alpha in sorted((a, b)))

    assert strict[0] <= lax[0] + 1e-12
    assert strict[1] >= lax[1] - 1e-12


@given(given_=student(), alpha=st.floats(0.001, 0.4))
@quietly
def test_every_interval_holds_its_estimate_by_at_least_the_floor(
    given_: tuple[float, StudentT], alpha: float
):
    estimate, interval = given_
    low, high = bounds(estimate, interval, alpha)
    reach = floor_half_width(interval.step, interval.clusters, alpha) + interval.widen

    assert low <= max(estimate - reach, interval.least or -inf) + 1e-12
    assert high >= min(estimate + reach, interval.most or inf) - 1e-12


@given(given_=ratios(), a=st.floats(0.001, 0.4), b=st.floats(0.001, 0.4))
@quietly
def test_a_stricter_level_never_narrows_a_ratio(given_: tuple[float, Ratio], a: float, b: float):
    strict, lax = (bounds(*given_, alpha) for alpha in sorted((a, b)))

    assert strict[0] <= lax[0] + 1e-9
    assert strict[1] >= lax[1] - 1e-9


@given(hits=st.integers(0, 40), more=st.integers(0, 40), alpha=st.floats(0.001, 0.4))
@quietly
def test_exact_bounds_hold_the_share(hits: int, more: int, alpha: float):
    interval: Interval = Binomial(hits=hits, n=hits + more + 1)
    share = hits / (hits + more + 1)
    low, high = bounds(share, interval, alpha)

    assert low <= share <= high
    assert high > 0


@given(given_=ratios())
@quietly
def test_the_ends_of_a_ratio_are_where_the_linear_test_changes_its_mind(
    given_: tuple[float, Ratio],
):
    """A grid over r, each point tested on its own, against the inversion."""
    estimate, interval = given_
    low, high = bounds(estimate, interval, ALPHA)
    grid = np.concatenate([np.linspace(0, 4, 161), [8.0, 40.0, 1e3, 1e6]])
    verdict = [rejected(interval, r) for r in grid]

    assert low <= estimate <= high
    for r, found in zip(grid, verdict, strict=True):
        assert (found == 1) == (r < low) or r == pytest.approx(low, abs=1e-9)
        assert (found == -1) == (r > high) or r == pytest.approx(high, abs=1e-9)


def test_equal_rates_without_variance_have_a_ratio_near_one():
    """½ and ½ of 60 cases, floor .0487·max(1, r): low ½-.0487 = ½r; high ½r-.0487r = ½."""
    interval = Ratio(
        numerator=0.5,
        denominator=0.5,
        variances=((0.0, 0.0, 0.0),),
        df=59,
        clusters=60,
        step=1.0,
    )

    assert pytest.approx((0.9026, 1.1079), abs=2e-4) == bounds(1.0, interval, ALPHA)


def test_a_large_ratio_of_constant_rates_is_no_certainty_about_the_small_one():
    """1 over .2 without variance: the small rate may be .2 ± .0487, so 4.02 to 6.61."""
    interval = Ratio(
        numerator=1.0,
        denominator=0.2,
        variances=((0.0, 0.0, 0.0),),
        df=59,
        clusters=60,
        step=1.0,
    )

    assert pytest.approx((1 / 0.2487, 1 / 0.1513), rel=1e-3) == bounds(5.0, interval, ALPHA)


def test_a_rate_of_zero_gives_a_lower_end_of_zero_and_a_real_upper_one():
    """0 over ½ of 60 cases: ½r = .0487."""
    interval = Ratio(
        numerator=0.0,
        denominator=0.5,
        variances=((0.0, 0.0, 0.0),),
        df=59,
        clusters=60,
        step=1.0,
    )

    assert pytest.approx((0.0, 0.0974), abs=2e-4) == bounds(0.0, interval, ALPHA)


def test_a_denominator_that_may_be_zero_leaves_the_ratio_open_above():
    interval = Ratio(
        numerator=0.5,
        denominator=0.05,
        variances=((0.004, 0.0, 0.002),),
        df=30,
        clusters=31,
        step=1.0,
    )
    low, high = bounds(10.0, interval, ALPHA)

    assert 0 < low < 10
    assert inf == high


def test_the_larger_of_the_candidate_variances_counts():
    one = Ratio(
        numerator=0.5, denominator=0.5, variances=((0.001, 0.0, 0.001),), df=30, clusters=60
    )
    other = one.model_copy(update={"variances": ((0.004, 0.0, 0.004),)})
    both = one.model_copy(update={"variances": (*one.variances, *other.variances)})

    assert bounds(1.0, other, ALPHA) == bounds(1.0, both, ALPHA)
    assert bounds(1.0, both, ALPHA)[0] < bounds(1.0, one, ALPHA)[0]


def test_paired_rates_that_move_together_have_a_narrow_ratio():
    """Fieller by hand: a = c = v, b = -2ρv; at ρ = 1 only r = 1 has no variance."""
    v = 0.002
    ends = [
        bounds(
            1.0,
            Ratio(
                numerator=0.5,
                denominator=0.5,
                variances=((v, -2 * rho * v, v),),
                df=100,
                clusters=101,
            ),
            ALPHA,
        )
        for rho in (0.0, 0.9)
    ]

    assert log(ends[1][1] / ends[1][0]) < 0.5 * log(ends[0][1] / ends[0][0])


def test_fieller_by_hand():
    """(½ - ½r)² = t²v(1 + r²), v = .002, t(.95, 100) = 1.660: t²v = .005512.

    (.25-.005512)(1 + r²) = ½r: r + 1/r = 2.04509, r = 1.2361 and its inverse .8090.
    """
    interval = Ratio(
        numerator=0.5, denominator=0.5, variances=((0.002, 0.0, 0.002),), df=100, clusters=101
    )

    assert pytest.approx((0.8090, 1.2361), abs=2e-4) == bounds(1.0, interval, ALPHA)
    assert pytest.approx(1.0) == exp(sum(map(log, bounds(1.0, interval, ALPHA))))
