"""Coverage: nothing that did not come back may go unseen."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern import testing
from govern.domain import Counts, Finding, StudentT, Undefined
from govern.frames import build
from govern.metrics import METRICS
from govern.stats.intervals import bounds
from govern.testing import paired_frame

OF_PLANNED = ["coverage.refused", "coverage.failed", "coverage.not_drafted"]
ALL = [*OF_PLANNED, "coverage.unrated"]


def measure(metric, frame) -> Finding:
    [finding] = METRICS[metric].measure(frame)
    return finding


def drafts(**statuses):
    """One case per keyword, one draft per letter: ok, Unrated, Refused, Failed."""
    return build(
        [
            {
                "draft_id": f"{case}{i}",
                "case_id": case,
                "status": {"r": "refused", "f": "failed"}.get(letter, "ok"),
                "rating": 3 if letter == "o" else None,
            }
            for case, letters in statuses.items()
            for i, letter in enumerate(letters)
        ]
    )


@pytest.mark.parametrize(
    ("metric", "estimate", "scored", "examples"),
    [
        ("coverage.refused", 0.125, 8, ("a1",)),
        ("coverage.failed", 0.25, 8, ("b0", "b1")),
        ("coverage.not_drafted", 0.375, 8, ("a1", "b0", "b1")),
        ("coverage.unrated", 5 / 12, 5, ("a2", "b2")),
    ],
)
def test_a_share_is_averaged_over_cases_and_not_over_drafts(metric, estimate, scored, examples):
    """Case a: ok, refused, unrated, ok. Case b: two failed, unrated, ok.

    Refused: (1/4 + 0/4)/2 = .125. Failed: (0 + 2/4)/2 = .25. Not drafted: (1/4 + 2/4)/2 = .375.
    Unrated, of those that came: (1/3 + 1/2)/2 = 5/12, where over drafts it would be 2/5.
    """
    found = measure(metric, drafts(a="oruo", b="ffuo"))

    assert found.estimate == pytest.approx(estimate)
    assert found.counts == Counts(planned=8, ok=5, scored=scored, cases=2, units=scored)
    assert examples == found.examples


def test_the_interval_of_a_share_is_on_the_log_scale_over_cases():
    """Shares .5 and 0: mean .25, sd √(2·.25²) = .354, se .354/√2 = .25, on the log scale 1."""
    found = measure("coverage.failed", drafts(a="fo", b="oo"))
    wanted = StudentT(scale="log", se=1.0, df=1, clusters=2, step=1.0, least=0.0, most=1.0)

    assert wanted.model_copy(update={"se": 0.0}) == found.interval.model_copy(update={"se": 0.0})
    assert found.interval.se == pytest.approx(sqrt(2 * 0.25**2) / sqrt(2) / 0.25)


@pytest.mark.parametrize("metric", ALL)
def test_less_is_better_and_the_unit_names_the_denominator(metric):
    found = measure(metric, drafts(a="oo", b="of"))
    of = "drafts that came back" if metric == "coverage.unrated" else "planned drafts"

    assert ("lower_is_better", f"share of {of}") == (found.sense, found.unit)


@pytest.mark.parametrize("metric", ALL)
def test_nothing_planned_is_undefined_and_not_full_coverage(metric):
    wanted = Undefined(reason="no draft was planned", code="missing_drafts")

    assert wanted == measure(metric, paired_frame(cases=0)).estimate


@pytest.mark.parametrize("metric", ALL)
def test_one_case_has_no_interval_and_so_no_estimate(metric):
    wanted = Undefined(reason="1 case, 2 needed for an estimate", code="too_few")
    found = METRICS[metric].measure(drafts(a="oof"))[0]

    assert wanted == found.estimate
    assert (2 if metric == "coverage.unrated" else 3) == found.counts.scored


def test_drafts_that_never_came_are_not_all_rated():
    """Trap: the share of unrated drafts among none is not zero."""
    wanted = Undefined(reason="no draft came back", code="missing_drafts")

    assert wanted == measure("coverage.unrated", drafts(a="rr", b="ff")).estimate


def test_all_refused_is_certain_of_refusal_within_what_so_few_cases_can_show():
    """All of 60 cases: the floor 1-.05^(1/60) = .0487 stands below, nothing above 1."""
    found = measure("coverage.refused", testing.refuse(paired_frame(), 1.0))
    low, high = bounds(found.estimate, found.interval, 0.05)

    assert (1.0, 1.0) == (found.estimate, high)
    assert low == pytest.approx(1 - 0.048703, abs=1e-6)


@pytest.mark.parametrize("metric", ALL)
def test_no_miss_in_sixty_cases_still_leaves_five_in_a_hundred_possible(metric):
    """The clean set: estimate 0, upper end 1-.05^(1/60) = .0487, and no example."""
    found = measure(metric, paired_frame())
    low, high = bounds(found.estimate, found.interval, 0.05)

    assert (0.0, 0.0, ()) == (found.estimate, low, found.examples)
    assert high == pytest.approx(0.048703, abs=1e-6)


@pytest.mark.parametrize(
    ("metric", "plant"),
    [
        ("coverage.refused", testing.refuse),
        ("coverage.failed", testing.fail),
        ("coverage.not_drafted", testing.fail),
        ("coverage.not_drafted", testing.refuse),
        ("coverage.unrated", testing.lose_ratings),
    ],
)
def test_a_fifth_of_drafts_lost_is_found_to_be_more_than_a_twentieth(metric, plant):
    found = measure(metric, plant(paired_frame(), 0.2))
    low, high = bounds(found.estimate, found.interval, 0.05)

    assert 0.05 < low < 0.2 < high < 0.3


def test_a_failed_draft_is_neither_refused_nor_unrated():
    spoiled = testing.fail(paired_frame(), 0.1)

    assert 0.0 == measure("coverage.refused", spoiled).estimate
    assert 0.0 == measure("coverage.unrated", spoiled).estimate


def test_the_noise_block_is_covered_too():
    """A planned repeat that failed is a draft that did not come: 2 cases, (0 + 1/2)/2."""
    frame = drafts(a="oo", b="of")
    frame["block"] = ["main", "main", "main", "noise"]

    assert 0.25 == measure("coverage.failed", frame).estimate


@settings(max_examples=20)
@given(st.lists(st.text("oruf", min_size=1, max_size=5), min_size=2, max_size=8))
def test_refused_and_failed_add_up_to_not_drafted(cases):
    frame = drafts(**{f"c{i}": letters for i, letters in enumerate(cases)})
    refused, failed, lost = (measure(metric, frame).estimate for metric in OF_PLANNED)

    assert lost == pytest.approx(refused + failed)
    assert 0 <= lost <= 1


@settings(max_examples=20)
@given(st.lists(st.text("oruf", min_size=1, max_size=5), min_size=2, max_size=8), st.integers(0))
def test_the_order_of_rows_is_of_no_matter(cases, seed):
    frame = drafts(**{f"c{i}": letters for i, letters in enumerate(cases)})
    turned = frame.iloc[np.random.default_rng(seed).permutation(len(frame))]

    for metric in OF_PLANNED:
        ours, theirs = measure(metric, frame), measure(metric, turned.reset_index(drop=True))
        assert ours.estimate == pytest.approx(theirs.estimate)
        assert ours.counts == theirs.counts
