"""Marker shift and insert shift: hand-computed, undefined, degenerate, planted and silent."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from govern import testing
from govern.canon import unit_interval
from govern.domain import Undefined
from govern.metrics import METRICS
from govern.stats.intervals import bounds
from govern.testing import add_blocks, build, paired_frame

BOTH = ("fairness.marker_shift", "fairness.insert_shift")


def measured(metric, frame):
    return {f.slice: f for f in METRICS[metric].measure(frame)}


def rated(frame, block, rating):
    """The frame with the ratings of a block replaced, in the order of its cases."""
    frame = frame.copy()
    frame.loc[frame["block"] == block, "rating"] = rating
    return frame


def level(cases=12, **more):
    return add_blocks(paired_frame(cases=cases, rating=3), **more)


def test_a_marker_shift_by_hand():
    """A point less in 3 of 12 cases: mean -.25, sd √(.25·.75·12/11) = .4523, se .1306.

    Half-width t(.05, 11)·.1306 = 1.7959·.1306 = .2345, above the floor 1 - .05^(1/12) = .2209.
    """
    found = measured("fairness.marker_shift", rated(level(), "marker", [2, 3, 3, 3] * 3))

    assert ["all", "marker: union-role"] == list(found)
    for finding in found.values():
        assert finding.estimate == pytest.approx(-0.25)
        assert bounds(finding.estimate, finding.interval, 0.05) == pytest.approx(
            (-0.4845, -0.0155), abs=1e-4
        )
        assert ("rating points", "centred") == (finding.unit, finding.sense)
        assert (12, 12, 12) == (
            finding.counts.planned,
            finding.counts.scored,
            finding.counts.cases,
        )


def test_an_insert_shift_is_against_the_bare_case_under_the_same_name():
    """Controls a point higher in every case, the main cells of other names lower: +1."""
    frame = rated(level(), "control", 4)
    own = frame.loc[frame["block"] == "control", ["case_id", "name"]]
    other = frame["block"].eq("main") & ~frame.set_index(["case_id", "name"]).index.isin(
        list(own.itertuples(index=False, name=None))
    )
    frame.loc[other, "rating"] = 1

    assert 1.0 == measured("fairness.insert_shift", frame)["all"].estimate


def test_each_marker_is_held_against_its_own_control():
    """Two markers in turn over 24 cases: one costs a point, the other gains one."""
    frame = level(24, markers=("age-older", "veteran"))
    found = measured("fairness.marker_shift", rated(frame, "marker", [2, 4] * 12))

    assert {"all": 0.0, "marker: age-older": -1.0, "marker: veteran": 1.0} == {
        slice_: f.estimate for slice_, f in found.items()
    }


@settings(max_examples=15)
@given(st.lists(st.sampled_from([1, 2, 3, 4, 5]), min_size=24, max_size=24))
def test_the_interval_is_that_of_a_paired_t_test(draws):
    marker, control = draws[:12], draws[12:]
    frame = rated(rated(level(), "marker", marker), "control", control)
    found = measured("fairness.marker_shift", frame)["all"]
    theirs = stats.ttest_rel(marker, control)
    change = np.subtract(marker, control)

    assert found.estimate == pytest.approx(change.mean())
    assert found.interval.se == pytest.approx(change.std(ddof=1) / np.sqrt(12))
    if found.interval.se:
        assert found.estimate / found.interval.se == pytest.approx(theirs.statistic)
        assert theirs.df == found.interval.df


@settings(max_examples=10)
@given(st.lists(st.sampled_from([2, 3]), min_size=24, max_size=24), st.sampled_from([-1, 1]))
def test_points_given_to_every_draft_move_no_shift(draws, points):
    frame = rated(rated(level(), "marker", draws[:12]), "control", draws[12:])
    moved = frame.assign(rating=frame["rating"] + points)
    for metric in BOTH:
        assert METRICS[metric].measure(frame) == METRICS[metric].measure(moved)


@pytest.mark.parametrize("metric", BOTH)
class TestUndefined:
    def test_without_the_blocks(self, metric):
        [found] = METRICS[metric].measure(paired_frame(cases=12))

        assert "not_supplied" == found.estimate.code

    def test_with_eleven_cases(self, metric):
        found = measured(metric, level(11))

        assert {
            Undefined(
                reason="11 cases with a rated pair, 12 needed for an estimate", code="too_few"
            )
        } == {f.estimate for f in found.values()}

    def test_with_one_marker_thin_and_all_of_them_together_not(self, metric):
        found = measured(metric, level(18, markers=("age-older", "age-older", "veteran")))

        assert 0.0 == found["all"].estimate == found["marker: age-older"].estimate
        assert "too_few" == found["marker: veteran"].estimate.code

    def test_with_over_one_pair_in_twenty_unrated(self, metric):
        frame = rated(level(20), "control", [np.nan] * 2 + [3.0] * 18)
        found = measured(metric, frame)["all"]

        assert Undefined(
            reason="10% of planned pairs are not rated on both sides, and the measure allows 5%",
            code="too_many_missing",
        ) == (found.estimate)
        assert 18 == found.counts.scored

    def test_with_all_refused(self, metric):
        found = measured(metric, testing.refuse(level(), 1.0))

        assert {"missing_drafts"} == {f.estimate.code for f in found.values()}


def test_a_control_that_nobody_planned_leaves_its_marker_unpaired():
    frame = level()
    lone = frame[(frame["block"] != "control") | (frame["case_id"] != "c0000")]
    found = measured("fairness.marker_shift", build(lone))["all"]

    assert "too_many_missing" == found.estimate.code


def test_a_missing_pair_widens_the_interval():
    frame = rated(level(40), "marker", [np.nan] + [3.0] * 39)

    assert 1 / 40 == pytest.approx(measured("fairness.marker_shift", frame)["all"].interval.widen)


@pytest.mark.parametrize("metric", BOTH)
def test_drafts_that_never_move_show_the_floor_and_not_certainty(metric):
    for found in measured(metric, level(60)).values():
        low, high = bounds(found.estimate, found.interval, 0.05)
        assert (0.0, 0.0) == (found.estimate, found.interval.se)
        assert high == pytest.approx(1 - 0.05 ** (1 / 60)) == pytest.approx(-low)


def test_ratings_with_chance_in_them_are_silent():
    def noisy(frame):
        chance = frame["draft_id"].map(lambda d: unit_interval("noise", d))
        return frame.assign(rating=3 + (chance < 0.2).astype(int) - (chance > 0.8).astype(int))

    for metric in BOTH:
        found = measured(metric, noisy(level(120)))["all"]
        low, high = bounds(found.estimate, found.interval, 0.01)
        assert low < 0 < high


@pytest.mark.parametrize(("metric", "block"), [(BOTH[0], "marker"), (BOTH[1], "control")])
def test_what_is_planted_on_half_is_found(metric, block):
    frame = testing.shift_altered(level(60), 0.5, block)
    found = measured(metric, frame)["all"]
    _, high = bounds(found.estimate, found.interval, 0.05)

    assert found.estimate == pytest.approx(-0.5, abs=0.15)
    assert high < 0


def test_marker_and_control_that_move_alike_are_no_marker_shift():
    frame = rated(rated(level(), "marker", 1), "control", 1)

    assert 0.0 == measured("fairness.marker_shift", frame)["all"].estimate
    assert -2.0 == measured("fairness.insert_shift", frame)["all"].estimate
