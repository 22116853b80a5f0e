"""Homogeneity beside a baseline: whose texts, about whom, and what that may decide."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern import testing
from govern.domain import Undefined
from govern.errors import FrameError
from govern.metrics import METRICS
from govern.stats.intervals import bounds
from govern.testing import paired_frame

METRIC = "homogeneity.excess_over_baseline"
ONE, OTHER = "calm work earned trust", "quick plans made progress"


def measure(frame):
    [found] = METRICS[METRIC].measure(frame)
    return found


def apart(case, words=("did", "met", "won")):
    return " ".join(f"{word}{'abcdefghijklmnopqrstuvwxyz'[case]}" for word in words)


def beside(baseline, kind="human", **columns):
    return paired_frame(baseline=baseline, baseline_kind=kind, **columns)


def other_people(number=12, text=ONE, **columns):
    """The baseline's cases are others: h0, h1, … in turn."""
    return paired_frame(
        cases=12,
        groups={},
        baseline=lambda p: text if p.case < number else None,
        baseline_case=lambda p: f"h{p.case}",
        baseline_kind="anonymised",
        **columns,
    )


def test_on_the_same_cases_it_is_one_likeness_less_the_other():
    """12 drafts of two kinds, 30 of 66 pairs alike; baseline of three kinds, 18 of 66."""
    kinds = ("sold cars", "kept books", "fixed roofs")
    found = measure(
        beside(
            lambda p: kinds[p.case % 3],
            cases=12,
            groups={},
            text=lambda p: ONE if p.case < 6 else OTHER,
        )
    )

    assert found.estimate == pytest.approx(12 / 66)
    assert ("human", 12, 0.0) == (found.baseline, found.counts.cases, found.interval.widen)


def test_on_other_cases_the_interval_is_widened_by_the_likeness_of_the_work():
    """No two drafts share a word, the baseline is one text: 0 - 1. All evidence is one text: 1."""
    found = measure(
        other_people(
            text=ONE,
            evidence=json.dumps([{"id": "E1", "text": "sold cars"}]),
        ).assign(text=[apart(i) for i in range(12)])
    )

    assert found.estimate == pytest.approx(-1)
    assert found.interval.widen == pytest.approx(1)
    assert "anonymised" == found.baseline
    assert "on other cases" in found.method


def test_a_draft_equal_to_its_baseline_exceeds_it_by_nothing():
    frame = paired_frame()
    found = measure(frame.assign(baseline=frame["text"], baseline_kind="human"))

    assert found.estimate == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (paired_frame, "no texts to compare the drafts with were supplied"),
        (lambda: beside(" … "), "no texts to compare the drafts with were supplied"),
        (
            lambda: beside(ONE, kind=None),
            "the baseline must be of one known kind and is of: unknown",
        ),
        (
            lambda: beside(ONE, kind=lambda p: "human" if p.case else "reference"),
            "the baseline must be of one known kind and is of: human, reference",
        ),
        (lambda: beside(ONE, cases=11), "11 cases with a draft, 12 needed for an estimate"),
        (lambda: other_people(11), "11 cases in the baseline, 12 needed for an estimate"),
        (
            lambda: other_people(evidence=None),
            "the baseline is about other cases, and the drafts' evidence was not supplied",
        ),
    ],
)
def test_without_a_baseline_that_fits_there_is_no_number(frame, reason):
    estimate = measure(frame()).estimate

    assert isinstance(estimate, Undefined)
    assert reason == estimate.reason


def test_a_kind_of_baseline_that_nobody_knows_is_refused():
    with pytest.raises(FrameError, match="baseline_kind is none of human, anonymised, reference"):
        beside(ONE, kind="golden")


def test_all_refused_is_undefined():
    assert isinstance(measure(testing.refuse(beside(ONE), 1.0)).estimate, Undefined)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_moves_nothing(seed):
    frame = testing.add_boilerplate(beside(lambda p: apart(p.case), cases=12), 0.5)
    ours, theirs = measure(frame), measure(frame.sample(frac=1, random_state=seed))

    assert ours.estimate == pytest.approx(theirs.estimate)
    assert ours.interval.se == pytest.approx(theirs.interval.se)


def test_boilerplate_in_nearly_all_drafts_is_found_and_a_clean_set_stays_silent():
    frame = paired_frame()
    frame = frame.assign(baseline=frame["text"], baseline_kind="human")
    clean, planted = measure(testing.vary(frame, 1)), measure(testing.add_boilerplate(frame, 0.9))

    assert bounds(clean.estimate, clean.interval, 0.05)[1] < 0.05
    assert bounds(planted.estimate, planted.interval, 0.05)[0] > 0.01
