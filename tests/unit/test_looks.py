"""Looking early: published boundaries, the error spent, ends that stay crossed."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern.domain.finding import StudentT
from govern.stats.intervals import bounds
from govern.stats.looks import FRACTIONS, look_cases, look_levels, running

quietly = settings(derandomize=True, deadline=None, max_examples=8)


def critical(levels):
    return [-NormalDist().inv_cdf(level) for level in levels]


@pytest.mark.parametrize(
    ("alpha", "fractions", "published"),
    [
        pytest.param(0.05, FRACTIONS, [3.75, 2.54, 2.02, 1.72], id="the recipe"),
        pytest.param(0.025, FRACTIONS, [4.333, 2.963, 2.359, 2.014], id="four looks"),
        pytest.param(
            0.025, (0.2, 0.4, 0.6, 0.8, 1.0), [4.877, 3.357, 2.680, 2.290, 2.031], id="five looks"
        ),
        pytest.param(0.025, (0.5, 1.0), [2.963, 1.969], id="two looks"),
        pytest.param(0.05, (1.0,), [1.645], id="one look"),
    ],
)
def test_the_boundaries_are_the_published_ones(alpha, fractions, published):
    """Lan & DeMets with O'Brien-Fleming spending, one side; two-sided tables at twice α."""
    assert published == pytest.approx(critical(look_levels(alpha, fractions)), abs=0.006)


@pytest.mark.parametrize("alpha", [0.05, 0.05 / 3])
def test_a_brownian_path_crosses_as_often_as_was_to_be_spent(alpha):
    """200,000 simulated paths at the margin, four looks; three standard errors."""
    steps = np.random.default_rng(1).normal(0, 0.5, (200_000, 4))
    z = np.cumsum(steps, axis=1) / np.sqrt(FRACTIONS)
    crossed = (z > critical(look_levels(alpha))).any(axis=1).mean()

    assert alpha == pytest.approx(crossed, abs=3 * np.sqrt(alpha / 200_000))


@given(alpha=st.floats(1e-4, 0.2))
@quietly
def test_early_looks_are_stricter_and_the_last_costs_a_little(alpha):
    levels = look_levels(alpha)

    assert list(levels) == sorted(levels)
    assert 0.7 * alpha < levels[-1] < alpha
    assert sum(levels) > alpha


@given(alpha=st.floats(1e-3, 0.1), share=st.floats(0.1, 0.9))
@quietly
def test_a_smaller_alpha_is_stricter_at_every_look(alpha, share):
    """So an interval at a Holm level never lies within one at a later step."""
    assert all(a < b for a, b in zip(look_levels(alpha * share), look_levels(alpha), strict=True))


def test_looks_are_taken_at_whole_blocks_of_names():
    assert [96, 192, 288, 360] == look_cases(360, 24)
    assert [96, 180, 276, 360] == look_cases(360, 12)
    assert [24, 36, 48, 60] == look_cases(60, 12)


def test_a_plan_of_one_block_has_one_look():
    assert [24] == look_cases(24, 24)


def test_a_side_once_crossed_stays_crossed_and_the_other_may_follow_later():
    """Margin .2. The first look clears it above only, the second below only: together a pass."""
    low, high = running([(-0.25, 0.15), (-0.15, 0.25)])

    assert (-0.15, 0.15) == (low, high)
    assert -0.2 < low <= high < 0.2


def test_what_was_beyond_the_margin_stays_beyond_it():
    low, _ = running([(0.3, 0.9), (-0.1, 0.1)])

    assert low > 0.2


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 1)), min_size=1, max_size=4))
@quietly
def test_a_further_look_never_takes_back_what_was_crossed(pairs):
    ends = [(at - reach, at + reach) for at, reach in pairs]
    before, after = running(ends), running([*ends, (-0.5, 0.5)])

    assert after[0] >= before[0]
    assert after[1] <= before[1]


def test_four_looks_pass_a_gap_at_the_margin_no_more_often_than_one():
    """20,000 runs with unknown variance, t with 47 degrees of freedom at every look."""
    draw = np.random.default_rng(2)
    n = np.array(look_cases(360, 24))
    blocks = draw.normal(0, 1, (20_000, 15)) * np.sqrt(24)
    sums = np.cumsum(blocks, axis=1)[:, n // 24 - 1]
    se = np.sqrt(draw.chisquare(47, 20_000) / 47)[:, None] / np.sqrt(n)
    fractions = tuple((n / 360).tolist())
    reach = [
        bounds(0.0, StudentT(se=1.0, df=47, clusters=int(c)), level)[1]
        for c, level in zip(n, look_levels(0.05, fractions), strict=True)
    ]
    passed = (sums / n + reach * se < 0).any(axis=1).mean()

    assert passed <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 20_000)
