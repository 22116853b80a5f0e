"""Gaps in refusals, and in top ratings that were earned or not."""

from __future__ import annotations

from functools import partial
from math import sqrt

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, false_positive_rate, true_positive_rate
from hypothesis import given, settings
from hypothesis import strategies as st

from govern import testing
from govern.domain import Undefined
from govern.metrics import METRICS
from govern.stats.intervals import bounds
from govern.testing import paired_frame

GENDER = {"gender": ("female", "male")}
ONE_CELL = {"gender": "female", "race_ethnicity": "black"}
GAPS = ["fairness.refusal_gap", "fairness.earned_top_gap", "fairness.unearned_top_gap"]

# With 13 names, the cases of each gold rating go round all names of a cell.
crossed = partial(paired_frame, names=13)


def measure(metric, frame):
    return {f.slice: f for f in METRICS[metric].measure(frame)}


def ends(found):
    return bounds(found.estimate, found.interval, 0.05)


def woman(place):
    return place.groups["gender"] == "female"


def lost_to_women(status):
    """Every draft about a woman in each fourth case is lost."""

    def hit(place):
        return woman(place) and place.case % 4 == 0

    return crossed(
        cases=12,
        groups=GENDER,
        status=lambda p: status if hit(p) else "ok",
        text=lambda p: None if hit(p) else "A draft.",
        rating=lambda p: None if hit(p) else 3,
        outcome=None,
        label=None,
    )


@pytest.mark.parametrize("status", ["refused", "failed"])
def test_a_refusal_gap_by_hand(status):
    """Lost in 3 of 12 cases for women, never for men: .25.

    V_case = .25·.75·12/11/12 = .017045; each name once, so V_name = 4·2·(12/11)·(2.25/4)/144,
    with e = ±(d - .25)/2: .034091; V_cell the same.
    """
    [found] = measure("fairness.refusal_gap", lost_to_women(status)).values()

    assert 0.25 == found.estimate
    assert found.interval.se == pytest.approx(sqrt(8 * 12 / 11 * 2.25 / 4 / 144))
    assert (24, 21, 24, 24) == (
        found.counts.planned,
        found.counts.ok,
        found.counts.scored,
        found.counts.units,
    )


def test_everybody_refused_is_an_equal_refusal_and_coverage_tells_the_rest():
    """Gap 0, and the floor alone: 1 - .05^(1/60)."""
    frame = testing.refuse(crossed(groups=GENDER), 1.0)
    [found] = measure("fairness.refusal_gap", frame).values()

    assert 0.0 == found.estimate
    assert ends(found)[1] == pytest.approx(1 - 0.05 ** (1 / 60))
    assert 1.0 == METRICS["coverage.refused"].measure(frame)[0].estimate


def test_an_earned_top_gap_by_hand():
    """60 cases, gold 1 to 5 in turn, so 24 with gold 4 or 5. Women lose 6 of them: -.25.

    Ratings of the other cases do not count. 48 drafts of 24 cases; all 120 were planned.
    """
    frame = crossed(
        groups=GENDER,
        outcome=None,
        rating=lambda p: 3 if woman(p) and p.case % 5 >= 3 and p.case < 15 else 1 + p.case % 5,
    )
    [found] = measure("fairness.earned_top_gap", frame).values()

    assert found.estimate == pytest.approx(-0.25)
    assert (120, 120, 48, 24) == (
        found.counts.planned,
        found.counts.ok,
        found.counts.units,
        found.counts.cases,
    )
    assert [0.0] == [f.estimate for f in measure("fairness.unearned_top_gap", frame).values()]


def test_an_unearned_top_gap_by_hand():
    """36 cases have gold 1 to 3; women get a 4 in the 12 with gold 3: 1/3."""
    frame = crossed(
        groups=GENDER,
        outcome=None,
        rating=lambda p: 1 + p.case % 5 + (woman(p) and p.case % 5 == 2),
    )
    [found] = measure("fairness.unearned_top_gap", frame).values()

    assert found.estimate == pytest.approx(1 / 3)
    assert 36 == found.counts.cases


@settings(max_examples=8)
@given(st.lists(st.integers(1, 5), min_size=120, max_size=120))
def test_paired_gaps_are_differences_of_fairlearns_rates(draws):
    """Complete cases under both genders: the paired gap is the gap of the two rates."""
    frame = crossed(groups=GENDER, outcome=None, rating=lambda p: draws[2 * p.case + woman(p)])
    rates = MetricFrame(
        metrics={"earned": true_positive_rate, "unearned": false_positive_rate},
        y_true=(frame["gold_rating"] >= 4).astype(int),
        y_pred=(frame["rating"] >= 4).astype(int),
        sensitive_features=frame["group.gender"],
    ).by_group
    for which in ("earned", "unearned"):
        [found] = measure(f"fairness.{which}_top_gap", frame).values()
        assert found.estimate == pytest.approx(
            rates[which]["female"] - rates[which]["male"], abs=1e-9
        )


@pytest.mark.parametrize("metric", GAPS)
def test_a_clean_frame_is_silent(metric):
    for found in measure(metric, crossed(cases=130)).values():
        low, high = ends(found)
        assert 0.0 == found.estimate
        assert low < 0 < high


@pytest.mark.parametrize(
    ("metric", "plant", "sign"),
    [
        ("fairness.refusal_gap", testing.refuse, 1),
        ("fairness.earned_top_gap", lambda *a: testing.shift_ratings(*a, points=-4), -1),
        ("fairness.unearned_top_gap", lambda *a: testing.shift_ratings(*a, points=4), 1),
    ],
)
def test_what_is_planted_on_one_cell_is_found_there(metric, plant, sign):
    found = measure(metric, plant(crossed(), 1.0, ONE_CELL))

    assert min(sign * e for e in ends(found["gender*race_ethnicity: female*black"])) > 0
    assert sign * found["gender: female"].estimate > 0


@pytest.mark.parametrize("metric", GAPS[1:])
@pytest.mark.parametrize(
    ("frame", "reason", "code"),
    [
        (crossed(gold_rating=None), "no rating by the rubric was supplied", "not_supplied"),
        (crossed(cases=0), "no draft was planned", "missing_drafts"),
        (testing.refuse(crossed(), 1.0), "no draft could be scored", "missing_drafts"),
        (crossed(cases=25), "complete cases, 12 needed", "too_few"),
        (crossed(groups={"gender": ("f",)}), "all drafts are of one group, f", "not_assessable"),
    ],
)
def test_what_cannot_be_had_is_said(metric, frame, reason, code):
    if metric == "fairness.unearned_top_gap" and code == "too_few":
        frame = frame[frame["gold_rating"] >= 3].reset_index(drop=True)
    estimates = [f.estimate for f in measure(metric, frame).values()]

    assert all(isinstance(e, Undefined) and reason in e.reason for e in estimates)
    assert {code} == {e.code for e in estimates}


def test_no_case_with_a_top_gold_rating_has_no_earned_gap():
    [found] = measure("fairness.earned_top_gap", crossed(gold_rating=2)).values()

    assert Undefined(reason="no case deserves a rating of 4 or 5", code="too_few") == found.estimate
    assert not np.isnan(
        measure("fairness.unearned_top_gap", crossed(gold_rating=2))["gender: female"].estimate
    )
