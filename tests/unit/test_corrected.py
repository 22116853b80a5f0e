"""Shares of verdicts, corrected for the judge's errors: by hand, by simulation, at the edges."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from govern.domain import Corrected, Errors
from govern.stats.corrected import (
    corrected_bounds,
    corrected_share,
    independent_drafts,
    rogan_gladen,
)
from govern.stats.intervals import bounds
from govern.stats.sizes import TOO_MANY, need_to_clear

ALPHA = 0.05
GOOD = Errors(found=54, spoiled=60, cleared=57, sound=60)


def interval(share=0.2, n=200.0, clusters=25, errors=GOOD) -> Corrected:
    return Corrected(share=share, n=n, clusters=clusters, **errors.model_dump())


def test_the_estimate_by_hand():
    """Of 100 drafts 20 are spoiled: .9·20 + .05·80 = 22 verdicts. (.22 + .95 - 1)/.85 = .2."""
    assert rogan_gladen(0.22, 0.9, 0.95) == pytest.approx(0.2)


def test_fewer_verdicts_than_false_alarms_alone_would_give_are_no_negative_share():
    assert rogan_gladen(0.02, 0.9, 0.95) == 0.0


def test_verdicts_of_a_judge_that_guesses_say_nothing():
    with pytest.raises(ValueError, match="add up to 1 or less"):
        rogan_gladen(0.3, 0.4, 0.6)


def test_the_interval_by_hand():
    """Share .2 of 200 drafts in 25 cases, 54/60 found, 57/60 cleared; t(24) = 1.7109, t² 2.9271.

    Share (40 + 1.4636)/202.9271 = .20433; sensitivity 55/62, specificity 58/62, together
    less one .82258. θ = (.20433 - 4/62)/.82258 = .16997. Variances: share
    .16258/202.9271 = .000801, sensitivity .10016/62 = .001616, specificity .06035/62 = .000973.
    Shift 2·2.9271·(.16997·.001616 - .83003·.000973) = -.00312. Reach
    1.7109·√(.000801 + .02889·.001616 + .68895·.000973)/.82258 = .08107.
    """
    low, high = bounds(0.1765, interval(), ALPHA)

    assert low == pytest.approx(0.16997 - 0.00312 - 0.08107, abs=5e-5)
    assert high == pytest.approx(0.16997 - 0.00312 + 0.08107, abs=5e-5)


def test_a_judge_known_not_to_err_leaves_the_interval_of_the_share_alone():
    """Agresti and Coull's, with t: (x + t²/2)/(n + t²) ± t·√(p(1-p)/(n + t²))."""
    many = Errors(found=10**9, spoiled=10**9, cleared=10**9, sound=10**9)
    t = stats.t.isf(ALPHA, 24)
    n = 200 + t**2
    p = (40 + t**2 / 2) / n
    low, high = corrected_bounds(0.2, interval(errors=many), ALPHA)

    assert low == pytest.approx(p - t * sqrt(p * (1 - p) / n), abs=1e-6)
    assert high == pytest.approx(p + t * sqrt(p * (1 - p) / n), abs=1e-6)


def test_a_calibration_that_leaves_all_open_gives_the_whole_scale():
    """31 of 60 found and 30 of 60 cleared: above chance by a hair, not after shrinking."""
    hair = Errors(found=1, spoiled=1, cleared=1, sound=2)
    weak = interval(errors=hair.model_copy(update={"found": 0, "spoiled": 30}))

    assert corrected_bounds(0.5, weak, ALPHA) == (0.0, 1.0)


def test_cases_whose_drafts_stand_or_fall_together_count_once():
    """12 cases of 8 drafts, 3 all spoiled: share .25, variance (9/44)/12, so 11 drafts' worth."""
    by_case = np.array([1.0] * 3 + [0.0] * 9)

    assert independent_drafts(by_case, 96) == pytest.approx(11)


def test_cases_that_are_all_alike_count_as_one_draft_each():
    assert independent_drafts(np.zeros(12), 96) == 12


@given(
    sample=st.tuples(st.floats(0.0, 1.0), st.floats(12.0, 3000.0), st.integers(12, 400)),
    found=st.integers(20, 60),
    cleared=st.integers(45, 60),
    alphas=st.tuples(st.floats(0.001, 0.2), st.floats(0.001, 0.2)),
)
def test_an_interval_holds_its_estimate_and_grows_with_confidence(sample, found, cleared, alphas):
    errors = Errors(found=found, spoiled=60, cleared=cleared, sound=60)
    estimate = rogan_gladen(sample[0], found / 60, cleared / 60)
    made = interval(*sample, errors)
    strict, loose = (corrected_bounds(estimate, made, alpha) for alpha in sorted(alphas))

    assert 0 <= strict[0] <= loose[0] <= estimate <= loose[1] <= strict[1] <= 1


@pytest.mark.parametrize(
    ("theta", "sensitivity", "specificity", "labelled", "alike"),
    [(0.0, 0.9, 0.95, 60, 0.0), (0.034, 0.9, 0.95, 60, 0.3), (0.1, 0.7, 0.9, 30, 0.3)],
)
def test_the_truth_is_missed_on_either_side_as_seldom_as_stated(
    theta, sensitivity, specificity, labelled, alike
):
    """60 cases of 8 drafts, 400 times; alike: the correlation of two drafts of a case.

    Nominal 5 % a side; with 400 runs the standard error of a rate of 7 % is 1.3 points.
    """
    rng = np.random.default_rng(20)
    under, over = 0, 0
    for _ in range(400):
        own = np.full(60, theta)
        if alike and theta:
            spread = (1 - alike) / alike
            own = rng.beta(theta * spread, (1 - theta) * spread, 60)
        spoiled = rng.random((60, 8)) < own[:, None]
        chance = np.where(spoiled, sensitivity, 1 - specificity)
        by_case = (rng.random((60, 8)) < chance).mean(axis=1)
        errors = Errors(
            found=int(rng.binomial(labelled, sensitivity)),
            spoiled=labelled,
            cleared=int(rng.binomial(labelled, specificity)),
            sound=labelled,
        )
        estimate, made = corrected_share(by_case, 480, errors)
        low, high = corrected_bounds(estimate, made, ALPHA)
        under += theta < low
        over += theta > high

    assert under / 400 <= 0.07 + 0.026
    assert over / 400 <= 0.07 + 0.026


def test_more_cases_settle_what_the_calibration_can_and_no_more():
    """25 drafts' worth of cases are too few; from ever more the doubt about the judge remains."""
    thin = interval(share=0.06, n=25)
    found = rogan_gladen(0.06, 0.9, 0.95)
    need = need_to_clear(found, 0.12, thin, ALPHA, below=True)

    assert "cases" == need.what
    assert 25 < need.cases < 2500
    assert need_to_clear(found, found + 0.01, thin, ALPHA, below=True) == TOO_MANY
