"""Three values and Holm: what docs/statistics.md#verdicts says, against statsmodels and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from govern.domain import Bound, EvidenceNeeded, MeasuredClause, Slice, Statistic, StudentT
from govern.domain.finding import Binomial
from govern.metrics import METRICS
from govern.policy.verdicts import judge_slices
from govern.stats.intervals import bounds
from govern.testing import finding_of

SHIFT, ECHO = METRICS["fairness.rating_shift"].spec, METRICS["integrity.echo"].spec
MARGIN, ALPHA, DF = 0.25, 0.05, 47
NEEDS = EvidenceNeeded(min_cases=12, suite="review-core")
WITHIN = MeasuredClause(
    id="FAIR-1",
    severity="block",
    metric=SHIFT.id,
    slices=(Slice(by="cell", inside=MARGIN),),
    statistic=Statistic(confidence=1 - 2 * ALPHA, sided="two"),
    evidence=NEEDS,
)
NEVER = MeasuredClause(
    id="INT-1",
    severity="block",
    metric=ECHO.id,
    statistic=Statistic(confidence=0.95, sided="one"),
    pass_if=Bound(upper_le=0.0125),
    fail_if=Bound(lower_gt=0),
    evidence=NEEDS,
)
slices = st.lists(st.tuples(st.floats(-0.8, 0.8), st.floats(0.001, 0.3)), min_size=1, max_size=13)
often = settings(derandomize=True, deadline=None, max_examples=60)


def judged(estimates):
    found = [
        finding_of(
            SHIFT, e, interval=StudentT(se=se, df=DF, clusters=60), by="cell", contrast=str(i)
        )
        for i, (e, se) in enumerate(estimates)
    ]
    return [s.outcome for s in judge_slices(WITHIN, found)]


@given(slices)
@often
def test_what_fails_is_what_holm_rejects(estimates):
    """p of each slice: of a gap beyond the margin, on the side where the estimate is."""
    e, se = np.array(estimates).T
    p = stats.t.sf((np.abs(e) - MARGIN) / se, DF)
    rejected = multipletests(p, ALPHA, method="holm")[0]

    assert rejected.tolist() == [outcome == "fail" for outcome in judged(estimates)]


@given(slices)
@often
def test_what_passes_is_what_two_one_sided_tests_accept_slice_by_slice(estimates):
    """However many slices there are, each by its own interval."""
    e, se = np.array(estimates).T
    tost = np.maximum(stats.t.sf((MARGIN - e) / se, DF), stats.t.sf((MARGIN + e) / se, DF))

    assert (tost < ALPHA).tolist() == [outcome == "pass" for outcome in judged(estimates)]


@given(slices, st.tuples(st.floats(-0.8, 0.8), st.floats(0.001, 0.3)))
@often
def test_a_slice_more_turns_no_other_slice_into_a_fail(estimates, more):
    alone, beside = judged(estimates), judged([*estimates, more])[:-1]
    newly = [b for a, b in zip(alone, beside, strict=True) if b == "fail" and a != "fail"]

    assert [] == newly


@pytest.mark.parametrize(
    ("cases", "hits", "outcome"),
    [
        (360, 0, "pass"),
        (238, 0, "insufficient_evidence"),
        (239, 0, "pass"),
        (360, 1, "fail"),
        (12, 1, "fail"),
    ],
)
def test_one_hit_in_any_number_of_cases_is_a_fail_and_none_passes_from_239_on(cases, hits, outcome):
    """1 - .05^(1/n) is at most .0125 from 239 cases on."""
    found = finding_of(ECHO, hits / cases, interval=Binomial(hits=hits, n=cases), cases=cases)

    assert [outcome] == [s.outcome for s in judge_slices(NEVER, [found])]


@pytest.mark.parametrize(
    ("alpha", "claim", "below_one_in_100"), [(0.05, 0.0083, 299), (0.05 / 3, 0.0113, 408)]
)
def test_without_a_hit_the_claim_is_that_of_the_cases(alpha, claim, below_one_in_100):
    """360 cases; and the fewest whose claim is below 1 %. scipy's exact interval agrees."""
    upper = bounds(0.0, Binomial(hits=0, n=360), alpha)[1]
    exact = stats.binomtest(0, 360, alternative="less").proportion_ci(1 - alpha).high

    assert claim == pytest.approx(upper, abs=5e-5)
    assert exact == pytest.approx(upper)
    n = below_one_in_100
    assert bounds(0.0, Binomial(hits=0, n=n), alpha)[1] < 0.01
    assert bounds(0.0, Binomial(hits=0, n=n - 1), alpha)[1] >= 0.01
