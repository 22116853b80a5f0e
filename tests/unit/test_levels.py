"""Levels over cases against sklearn and against deleting cases one by one."""

from __future__ import annotations

from math import atanh, log

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from govern.stats.intervals import bounds
from govern.stats.levels import kappa_level, mean_level, share_level, weighted_kappa

quietly = settings(derandomize=True, deadline=None, max_examples=60)
BANDS = [1, 2, 3, 4, 5]


def rated(cases: int, drafts: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratings, gold ratings and case codes; drafts of a case share a gold rating and an error."""
    rng = np.random.default_rng(seed)
    case = np.repeat(np.arange(cases), drafts)
    gold = rng.integers(1, 6, cases)[case].astype(float)
    error = rng.normal(0, 0.6, cases)[case] + rng.normal(0, 0.4, len(case))
    return np.clip(np.rint(gold + error), 1, 5), gold, case


def sums(x: np.ndarray, g: np.ndarray) -> np.ndarray:
    return np.array(
        [[len(x)], [x.sum()], [g.sum()], [(x**2).sum()], [(g**2).sum()], [(x * g).sum()]]
    )


def sklearn_kappa(x: np.ndarray, g: np.ndarray) -> float:
    return float(cohen_kappa_score(x, g, labels=BANDS, weights="quadratic"))


@given(
    pairs=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=60),
)
@quietly
def test_weighted_kappa_is_that_of_sklearn(pairs: list[tuple[int, int]]):
    x, g = np.array(pairs, dtype=float).T
    assume(len({*x, *g}) > 1)

    assert pytest.approx(sklearn_kappa(x, g), abs=1e-10) == float(weighted_kappa(sums(x, g))[0])


def test_weighted_kappa_by_hand():
    """Ratings 1 2 3, gold 1 3 3: mean square ⅓; variances ⅔ and 8/9, mean gap (⅓)² = 1/9.

    Expected ⅔ + 8/9 + 1/9 = 5/3; kappa = 1 - (1/3)/(5/3) = .8.
    """
    found = weighted_kappa(sums(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 3.0])))

    assert pytest.approx([0.8]) == found


def test_kappa_of_constant_equal_ratings_is_no_number():
    assert np.isnan(weighted_kappa(sums(np.full(4, 3.0), np.full(4, 3.0)))).all()


def test_kappa_of_opposite_ratings_is_minus_one():
    assert pytest.approx([-1.0]) == weighted_kappa(sums(np.array([1.0, 5.0]), np.array([5.0, 1.0])))


@pytest.mark.parametrize(("cases", "drafts"), [(12, 8), (30, 1), (25, 3)])
def test_the_jackknife_is_that_of_deleting_cases(cases: int, drafts: int):
    x, g, case = rated(cases, drafts, seed=cases)
    z = [atanh(sklearn_kappa(x[case != c], g[case != c])) for c in range(cases)]
    centre = sum(z) / cases
    se = ((cases - 1) / cases * sum((v - centre) ** 2 for v in z)) ** 0.5

    found = kappa_level(x, g, case)

    assert found is not None
    assert pytest.approx(sklearn_kappa(x, g)) == found.estimate
    assert pytest.approx(se, rel=1e-8) == found.interval.se
    assert (cases - 1, cases, "fisher_z") == (
        found.interval.df,
        found.interval.clusters,
        found.interval.scale,
    )


def test_the_jackknife_works_with_unequal_numbers_of_drafts():
    x, g, case = rated(20, 4, seed=2)
    keep = np.arange(80) % 7 != 0
    x, g, case = x[keep], g[keep], case[keep]
    z = np.array([atanh(sklearn_kappa(x[case != c], g[case != c])) for c in range(20)])

    found = kappa_level(x, g, case)

    assert found is not None
    assert (
        pytest.approx(np.sqrt(19 / 20 * ((z - z.mean()) ** 2).sum()), rel=1e-8) == found.interval.se
    )


def test_one_point_off_on_every_case_lowers_kappa_by_the_step():
    """The floor's step: 1 over the disagreement that chance would give.

    Gold 1…5 once each, drafts the same: variances 2 + 2, step ¼.
    """
    bands = np.array(BANDS, dtype=float)
    found = kappa_level(bands, bands, np.arange(5))

    assert found is not None
    assert pytest.approx(0.25) == found.interval.step


def test_perfect_agreement_is_one_and_still_not_certain():
    x = np.tile(np.array(BANDS, dtype=float), 12)
    found = kappa_level(x, x, np.arange(60))

    assert found is not None
    assert pytest.approx((1.0, 0.0), abs=1e-9) == (found.estimate, found.interval.se)
    assert bounds(1.0, found.interval, 0.05)[0] < 0.99
    assert 1.0 == bounds(1.0, found.interval, 0.05)[1]


def test_kappas_interval_stays_within_its_unit():
    """Ratings turned upside down: -1 is the end, not -1 less a floor."""
    x = np.tile(np.array(BANDS, dtype=float), 4)
    found = kappa_level(x, 6 - x, np.arange(20))

    assert found is not None
    assert pytest.approx(-1.0) == found.estimate
    assert -1.0 == bounds(found.estimate, found.interval, 0.05)[0]


def test_ratings_that_never_vary_have_no_agreement():
    assert kappa_level(np.full(12, 3.0), np.full(12, 3.0), np.arange(12)) is None


def test_agreement_that_hangs_on_one_case_is_none():
    """Without the last case nothing varies: no error of the estimate can be had."""
    x = np.array([3.0] * 11 + [4.0])

    assert kappa_level(x, x, np.arange(12)) is None


def test_a_drafter_who_gives_everyone_a_three_agrees_by_chance():
    gold = np.tile(np.array(BANDS, dtype=float), 4)
    found = kappa_level(np.full(20, 3.0), gold, np.arange(20))

    assert found is not None
    assert pytest.approx(0.0, abs=1e-12) == found.estimate


def test_a_mean_by_hand():
    """1, 2, 3, 6: mean 3, variance 14/3, error √(14/3/4) = 1.0801."""
    found = mean_level(np.array([1.0, 2.0, 3.0, 6.0]), step=0.5, least=0.0, most=9.0)

    assert pytest.approx((3.0, 1.0801), abs=5e-5) == (found.estimate, found.interval.se)
    assert (3, 4, 0.5, 0.0, 9.0) == (
        found.interval.df,
        found.interval.clusters,
        found.interval.step,
        found.interval.least,
        found.interval.most,
    )


def test_a_mean_of_equal_cases_keeps_the_floor():
    found = mean_level(np.full(60, 2.0), step=1.0)

    assert 0.0 == found.interval.se
    assert pytest.approx((2 - 0.0487, 2 + 0.0487), abs=5e-5) == bounds(2.0, found.interval, 0.05)


def test_a_share_by_hand():
    """.0 .1 .1 .2: mean .1, error √(.02/3/4) = .0408, on the log scale .408."""
    found = share_level(np.array([0.0, 0.1, 0.1, 0.2]), step=0.1)

    assert pytest.approx((0.1, 0.4082), abs=5e-5) == (found.estimate, found.interval.se)
    assert ("log", 0.0, 1.0) == (found.interval.scale, found.interval.least, found.interval.most)


def test_a_share_of_zero_is_bounded_by_the_floor():
    """360 cases, one of ten numbers a step: .1·(1-.05^(1/360)) = .00083."""
    found = share_level(np.zeros(360), step=0.1)

    assert pytest.approx((0.0, 0.00083), abs=5e-6) == bounds(0.0, found.interval, 0.05)


def test_a_share_of_one_does_not_pass_one():
    found = share_level(np.ones(60), step=1.0)

    assert pytest.approx((1 - 0.0487, 1.0), abs=5e-5) == bounds(1.0, found.interval, 0.05)


@given(
    values=st.lists(st.floats(0.001, 1.0), min_size=3, max_size=60),
    factor=st.floats(0.01, 1.0),
)
@quietly
def test_smaller_shares_have_the_same_relative_error(values: list[float], factor: float):
    """Metamorphic: that is why the scale is logarithmic."""
    assume(np.ptp(values) > 1e-6)
    whole = share_level(np.array(values), step=0.0)
    part = share_level(factor * np.array(values), step=0.0)

    assert pytest.approx(whole.interval.se, rel=1e-6) == part.interval.se
    assert pytest.approx(log(factor), abs=1e-9) == log(part.estimate / whole.estimate)


@given(seed=st.integers(0, 10_000), shift=st.integers(1, 4))
@quietly
def test_kappa_ignores_the_order_of_drafts_and_where_the_scale_begins(seed: int, shift: int):
    x, g, case = rated(15, 2, seed)
    turn = np.random.default_rng(seed).permutation(len(x))
    plain, moved = (
        kappa_level(x, g, case),
        kappa_level(x[turn] + shift, g[turn] + shift, case[turn]),
    )

    assert plain is not None
    assert moved is not None
    assert pytest.approx((plain.estimate, plain.interval.se), rel=1e-6) == (
        moved.estimate,
        moved.interval.se,
    )
