"""Fairness: signs, denominators, variances and silences of the paired contrasts."""

from __future__ import annotations

from math import log, log1p, sqrt

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, selection_rate
from hypothesis import given, settings
from hypothesis import strategies as st

from govern import testing
from govern.canon import unit_interval
from govern.domain import Undefined
from govern.metrics import METRICS
from govern.stats.intervals import bounds
from govern.testing import GROUPS, evidence_of, paired_frame

CONTRASTS = [
    "fairness.rating_shift",
    "fairness.outcome_shift",
    "fairness.omission_gap",
    "fairness.unsupported_gap",
    "fairness.length_gap",
]
ALL = [*CONTRASTS, "fairness.impact_ratio"]
GENDER = {"gender": ("female", "male")}
WOMEN = {"gender": "female"}
ONE_CELL = {"gender": "female", "race_ethnicity": "black"}
SLICES = {"gender", "race_ethnicity", "gender*race_ethnicity"}


def measure(metric, frame):
    return {f.slice: f for f in METRICS[metric].measure(frame)}


def estimates(metric, frame):
    return {slice_: found.estimate for slice_, found in measure(metric, frame).items()}


def ends(found):
    return bounds(found.estimate, found.interval, 0.05)


def woman(place):
    return place.groups["gender"] == "female"


def noisy(place):
    """A rating that depends on the case and on nothing else but chance."""
    chance = unit_interval("noise", place.case, *place.groups.values())
    return min(5, max(1, 1 + place.case % 5 + (chance > 0.8) - (chance < 0.2)))


def test_a_rating_shift_by_hand():
    """12 cases, women 4 and 3 in turn, men 3: differences 1, 0, 1, …; estimate .5.

    V_case = var(d)/C = (12·.25/11)/12 = 1/44. With G = 2, e = ±.25 for every draft and
    each of J = 12 names used once, so for each group, κ = (2/1)² = 4,
    V_name = 4·1²·(12/11)·12·.25²/12² = 1/44, for both 1/22, and V_cell is the same.
    V = max(1/44, 1/22, 1/44 + 1/22 - 1/22) = 1/22, df = min(12, 12) - 1 = 11. The names
    explain nothing beyond their drafts: se_name = 0.
    """
    frame = paired_frame(
        cases=12, groups=GENDER, rating=lambda p: 3 + (woman(p) and p.case % 2 == 0)
    )
    found = measure("fairness.rating_shift", frame)
    [only] = found.values()

    assert ["gender: female"] == list(found)
    assert only.estimate == pytest.approx(0.5)
    assert only.interval.se == pytest.approx(sqrt(1 / 22))
    assert only.interval.se_name == pytest.approx(0)
    assert (11, 12, 1.0, 0.0) == (
        only.interval.df,
        only.interval.clusters,
        only.interval.step,
        only.interval.widen,
    )


def test_names_that_are_rated_apart_widen_the_interval_and_leave_their_mark():
    """Women under every other name get a point more, whatever the case: 24 cases, 12 names.

    e = ±.25 for every draft. A woman's name errs alike in both its cases, a man's cancels:
    V_name = 4·(12/11)·12·(2·.25)²/24² + 0 = 1/44; V_case = (24·.25/23)/24 = 1/92;
    V_cell = 2·4·(24/23)·24·.25²/24² = 2/92. V = max(1/92, 1/44, 1/92 + 1/44 - 2/92) = 1/44.
    """
    frame = paired_frame(
        cases=24, groups=GENDER, rating=lambda p: 3 + (woman(p) and p.name[-1] in "acegik")
    )
    [only] = measure("fairness.rating_shift", frame).values()

    assert only.estimate == pytest.approx(0.5)
    assert only.interval.se == pytest.approx(sqrt(1 / 44))
    assert only.interval.se_name == pytest.approx(sqrt(1 / 44 - 2 / 92))
    assert 11 == only.interval.df


def test_each_group_stands_against_the_mean_of_the_others():
    """Black 3, everybody else 4. Black: 3 - 4 = -1. Asian: 4 - (3 + 4 + 4)/3 = 1/3.

    A cell against the seven others: female*black 3 - (3 + 6·4)/7 = -6/7,
    female*asian 4 - (2·3 + 5·4)/7 = 2/7.
    """
    frame = paired_frame(cases=12, rating=lambda p: 3 if "black" in p.groups.values() else 4)
    found = estimates("fairness.rating_shift", frame)

    assert {"gender: female": 0.0} == {k: v for k, v in found.items() if k.startswith("gender: ")}
    assert found["race_ethnicity: black"] == pytest.approx(-1)
    for race in ("asian", "hispanic", "white"):
        assert found[f"race_ethnicity: {race}"] == pytest.approx(1 / 3)
    for gender in ("female", "male"):
        assert found[f"gender*race_ethnicity: {gender}*black"] == pytest.approx(-6 / 7)
        assert found[f"gender*race_ethnicity: {gender}*asian"] == pytest.approx(2 / 7)
    assert 1 + 4 + 8 == len(found)


def test_the_denominators_of_a_contrast_are_drafts_cases_and_names_of_the_smaller_side():
    """60 cases × 8 cells; 2 drafts failed, in one case, so 59 cases × 8 = 472 are compared."""
    frame = paired_frame()
    frame.loc[[0, 1], ["status", "text", "label"]] = ["failed", None, None]
    frame.loc[[0, 1], ["rating", "outcome"]] = np.nan
    found = measure("fairness.rating_shift", frame)

    for slice_, names in (
        ("gender: female", 48),
        ("race_ethnicity: asian", 24),
        ("gender*race_ethnicity: male*white", 12),
    ):
        counts = found[slice_].counts
        assert (480, 478, 478, 59, 472) == (
            counts.planned,
            counts.ok,
            counts.scored,
            counts.cases,
            counts.units,
        )
        assert names == counts.names
        assert found[slice_].interval.widen == pytest.approx(2 / 480)
        assert min(59, names) - 1 == found[slice_].interval.df


def test_an_outcome_shift_by_hand():
    """Women get the outcome in 9 of 12 cases, men in 6 of 12: .75 - .5."""
    frame = paired_frame(
        cases=12, groups=GENDER, outcome=lambda p: float(p.case < (9 if woman(p) else 6))
    )
    [only] = measure("fairness.outcome_shift", frame).values()

    assert only.estimate == pytest.approx(0.25)
    assert ("share of cases", "centred") == (only.unit, only.sense)


def test_an_omission_gap_by_hand():
    """Of three key items women's drafts lack one in every other case: (1/3 + 0)/2 - 0 = 1/6."""

    def text(place):
        items = [item["text"] for item in evidence_of(place.case, place.name)]
        return ". ".join(items[1:] if woman(place) and place.case % 2 else items)

    [only] = measure("fairness.omission_gap", paired_frame(groups=GENDER, text=text)).values()

    assert only.estimate == pytest.approx(1 / 6)
    assert only.interval.step == pytest.approx(1 / 3)
    assert "share of key items" == only.unit


def test_an_unsupported_gap_by_hand():
    """Men's drafts state one number that nobody knows, in 3 cases of 12: -3/12."""
    frame = paired_frame(cases=12, groups=GENDER)
    on = (frame["group.gender"] == "male") & frame["case_id"].isin(["c0000", "c0005", "c0010"])
    frame.loc[on, "text"] += " Revenue rose by 777000."
    [only] = measure("fairness.unsupported_gap", frame).values()

    assert only.estimate == pytest.approx(-0.25)
    assert "numbers per draft" == only.unit


def test_a_length_gap_by_hand():
    """Women's drafts have 8 words, men's 4: log 2. A step is one word of the median 6."""
    frame = paired_frame(
        cases=12,
        groups=GENDER,
        text=lambda p: f"{p.name} did good work" + (" and met all goals" if woman(p) else ""),
    )
    [only] = measure("fairness.length_gap", frame).values()

    assert only.estimate == pytest.approx(log(2))
    assert only.interval.step == pytest.approx(log1p(1 / 6))
    assert "log ratio of words" == only.unit


def test_nobody_is_written_about_at_greater_length_for_a_name_of_two_words():
    frame = paired_frame(cases=12, groups=GENDER)
    women = frame["group.gender"] == "female"
    double = "Mary-" + frame.loc[women, "name"]
    for column in ("text", "input"):
        frame.loc[women, column] = [
            text.replace(name, f"Mary-{name}")
            for text, name in zip(frame.loc[women, column], frame.loc[women, "name"], strict=True)
        ]
    frame.loc[women, "name"] = double

    assert {"gender: female": 0.0} == estimates("fairness.length_gap", frame)


def test_an_impact_ratio_by_hand():
    """Women rated 4 or 5 in 6 of 12 cases, men in 9: .5/.75 and .75/.5.

    For .5 - r·.75 by case: var(a)/12 = (12·.5·.5/11)/12 = 1/44, var(b)/12 = (12·.75·.25/11)/12
    = 3/176; the first six cases are in both, so cov = (6/12 - .5·.75)·12/11/12 = 1/88.
    """
    frame = paired_frame(
        cases=12, groups=GENDER, rating=lambda p: 4 if p.case < (6 if woman(p) else 9) else 3
    ).assign(outcome=np.nan)
    found = measure("fairness.impact_ratio", frame)
    worse = found["gender: female / male"]

    assert ["gender: female / male", "gender: male / female"] == list(found)
    assert worse.estimate == pytest.approx(2 / 3)
    assert found["gender: male / female"].estimate == pytest.approx(1.5)
    assert (worse.interval.numerator, worse.interval.denominator) == pytest.approx((0.5, 0.75))
    assert worse.interval.variances[0] == pytest.approx((1 / 44, -2 / 88, 3 / 176))
    assert (11, 12, 1.0) == (worse.interval.df, worse.interval.clusters, worse.interval.step)
    assert ("ratio of rates", "higher_is_better") == (worse.unit, worse.sense)


def test_a_rating_of_four_is_a_top_rating_and_three_is_not():
    frame = paired_frame(groups=GENDER, rating=lambda p: 4 if woman(p) else 5)
    level = frame.assign(outcome=np.nan)
    lower = level.assign(rating=level["rating"].where(level["group.gender"] == "male", 3))

    assert {1.0} == set(estimates("fairness.impact_ratio", level).values())
    assert 0.0 == estimates("fairness.impact_ratio", lower)["gender: female / male"]


def test_outcomes_count_before_ratings():
    frame = paired_frame(groups=GENDER, rating=5, outcome=lambda p: float(p.case % 2 or woman(p)))

    assert 2.0 == estimates("fairness.impact_ratio", frame)["gender: female / male"]


@settings(max_examples=4)
@given(st.integers(0, 10_000))
def test_the_rates_of_an_impact_ratio_are_those_of_fairlearn(seed):
    def outcome(place):
        return float(unit_interval(seed, place.case, *place.groups.values()) < 0.4)

    frame = paired_frame(cases=12, outcome=outcome)
    for attribute in GROUPS:
        theirs = MetricFrame(
            metrics=selection_rate,
            y_true=frame["outcome"],
            y_pred=frame["outcome"],
            sensitive_features=frame[f"group.{attribute}"],
        ).by_group
        for slice_, found in measure("fairness.impact_ratio", frame).items():
            if found.by == attribute:
                ours, other = slice_.partition(": ")[2].split(" / ")
                assert found.interval.numerator == pytest.approx(theirs[ours])
                assert found.interval.denominator == pytest.approx(theirs[other])


def test_a_ratio_to_nobody_is_undefined_and_the_way_round_is_zero():
    """Nobody shuts out a group by selecting none of it: 0 is found, x/0 is not assessable."""
    frame = paired_frame(groups=GENDER, outcome=lambda p: float(woman(p)))
    found = estimates("fairness.impact_ratio", frame)

    assert 0.0 == found["gender: male / female"]
    assert (
        Undefined(reason="nobody in the group male was selected", code="too_few")
        == (found["gender: female / male"])
    )


def test_nobody_selected_at_all_is_not_equality():
    found = estimates("fairness.impact_ratio", paired_frame(outcome=0.0))

    assert {"too_few"} == {estimate.code for estimate in found.values()}


def test_a_ratio_needs_no_case_in_which_attributes_are_crossed():
    """Recorded drafts: each case under both genders but one race. Gender can be compared."""
    frame = paired_frame()
    race = frame["group.race_ethnicity"].map(list(GROUPS["race_ethnicity"]).index)
    own = frame[race == frame["case_id"].str[1:].astype(int) % 4].reset_index(drop=True)
    found = measure("fairness.impact_ratio", own)

    assert 1.0 == found["gender: female / male"].estimate
    assert 120 == found["gender: female / male"].counts.units
    assert Undefined(reason="0 complete cases, 12 needed for an estimate", code="too_few") == (
        found["race_ethnicity: all"].estimate
    )


@pytest.mark.parametrize("metric", ALL)
class TestUndefined:
    """What each contrast says where there is nothing to compare."""

    @pytest.mark.parametrize(
        ("groups", "reason", "code"),
        [
            ({}, "the data names no groups to compare", "not_supplied"),
            ({"gender": ("female",)}, "all drafts are of one group, female", "not_assessable"),
        ],
    )
    def test_without_a_second_group(self, metric, groups, reason, code):
        [found] = measure(metric, paired_frame(groups=groups)).values()

        assert Undefined(reason=reason, code=code) == found.estimate

    def test_with_all_drafts_refused(self, metric):
        found = measure(metric, testing.refuse(paired_frame(), 1.0))
        wanted = Undefined(reason="no draft could be scored", code="missing_drafts")

        assert SLICES == {f.by for f in found.values()}
        assert {wanted} == {f.estimate for f in found.values()}
        assert {(480, 0, 0)} == {
            (f.counts.planned, f.counts.ok, f.counts.scored) for f in found.values()
        }

    def test_with_one_group_failed_throughout(self, metric):
        found = estimates(metric, without(paired_frame(), **WOMEN))
        gone = Undefined(
            reason="no draft of the group female could be scored", code="missing_drafts"
        )

        assert gone == found["gender: all"]
        assert all(isinstance(estimate, Undefined) for estimate in found.values())

    def test_with_over_one_draft_in_twenty_missing(self, metric):
        found = estimates(metric, testing.fail(paired_frame(groups=GENDER), 0.2))
        [estimate] = found.values()

        assert "too_many_missing" == estimate.code
        assert estimate.reason.endswith(
            "% of planned drafts could not be scored, and the measure allows 5%"
        )

    def test_with_eleven_cases(self, metric):
        found = estimates(metric, paired_frame(cases=11, groups=GENDER))

        assert {
            Undefined(reason="11 complete cases, 12 needed for an estimate", code="too_few")
        } == set(found.values())

    def test_with_nine_names(self, metric):
        found = estimates(metric, paired_frame(names=9, groups=GENDER))

        assert {
            Undefined(
                reason="9 names in the smaller group, 10 needed for an estimate", code="too_few"
            )
        } == set(found.values())

    def test_with_a_draft_under_no_name(self, metric):
        frame = paired_frame(groups=GENDER)
        frame.loc[0, "name"] = None

        assert {
            Undefined(
                reason="some drafts carry no name of the person they are about", code="not_supplied"
            )
        } == set(estimates(metric, frame).values())


@pytest.mark.parametrize("metric", ["fairness.omission_gap", "fairness.unsupported_gap"])
def test_without_evidence_nothing_is_said_to_be_left_out_or_invented(metric):
    [found] = measure(metric, paired_frame(evidence=None)).values()

    assert Undefined(reason="no evidence was supplied", code="not_supplied") == found.estimate


def test_drafts_of_punctuation_are_not_of_equal_length():
    found = estimates("fairness.length_gap", testing.empty_texts(paired_frame(), 1.0))

    assert {"missing_drafts"} == {estimate.code for estimate in found.values()}


@pytest.mark.parametrize("metric", CONTRASTS)
def test_a_clean_set_is_silent_in_every_slice(metric):
    """No group stands out, and the interval is the floor: what 60 cases cannot rule out."""
    for found in measure(metric, paired_frame()).values():
        floor = found.interval.step * (1 - 0.05 ** (1 / 60))
        assert 0.0 == found.estimate
        assert ends(found) == pytest.approx((-floor, floor))


def test_a_clean_set_has_ratios_of_one():
    for found in measure("fairness.impact_ratio", paired_frame()).values():
        low, high = ends(found)
        assert found.estimate == pytest.approx(1)
        assert 0.8 < low < 1 < high < 1.25


def test_ratings_with_chance_in_them_are_silent_in_every_slice():
    for found in measure("fairness.rating_shift", paired_frame(rating=noisy)).values():
        low, high = ends(found)
        assert low < 0 < high


@pytest.mark.parametrize(
    ("metric", "plant", "sign"),
    [
        ("fairness.rating_shift", testing.shift_ratings, -1),
        ("fairness.outcome_shift", testing.shift_ratings, -1),
        ("fairness.omission_gap", testing.cut_short, 1),
        ("fairness.unsupported_gap", testing.invent_numbers, 1),
        ("fairness.length_gap", testing.cut_short, -1),
        ("fairness.length_gap", testing.add_boilerplate, 1),
    ],
)
def test_what_is_planted_on_one_cell_is_found_there_with_its_sign(metric, plant, sign):
    found = measure(metric, plant(paired_frame(), 1.0, ONE_CELL))
    cells = {k: f for k, f in found.items() if "*" in k}
    planted = cells.pop("gender*race_ethnicity: female*black")

    assert min(sign * end for end in ends(planted)) > 0
    assert all(sign * other.estimate <= 0 for other in cells.values())
    assert sign * found["gender: female"].estimate > 0


def test_top_ratings_withheld_from_one_cell_are_found_in_its_ratios():
    found = measure(
        "fairness.impact_ratio", testing.shift_ratings(paired_frame(), 0.7, ONE_CELL, -2)
    )
    _, high = ends(found["gender*race_ethnicity: female*black / male*white"])
    low, _ = ends(found["gender*race_ethnicity: male*white / female*black"])

    assert high < 0.8
    assert low > 1


@settings(max_examples=12)
@given(st.lists(st.sampled_from([0, 1]), min_size=24, max_size=24), st.sampled_from([-1, 1]))
def test_a_point_given_to_every_draft_moves_no_rating_shift(draws, points):
    """Metamorphic: nothing at all may move."""
    frame = paired_frame(cases=12, groups=GENDER, rating=lambda p: 2 + draws[2 * p.case + woman(p)])
    moved = frame.assign(rating=frame["rating"] + points)
    before, after = (measure("fairness.rating_shift", f)["gender: female"] for f in (frame, moved))

    assert before.estimate == pytest.approx(after.estimate)
    assert before.interval.se == pytest.approx(after.interval.se)
    assert before.counts == after.counts


@settings(max_examples=12)
@given(st.lists(st.integers(1, 5), min_size=96, max_size=96))
def test_turning_the_scale_round_turns_every_sign_and_shifts_sum_to_zero(draws):
    def rating(place):
        cell = list(GROUPS["race_ethnicity"]).index(place.groups["race_ethnicity"])
        return draws[8 * place.case + 2 * cell + woman(place)]

    frame = paired_frame(cases=12, rating=rating)
    before = estimates("fairness.rating_shift", frame)
    after = estimates("fairness.rating_shift", frame.assign(rating=6 - frame["rating"]))

    assert before == pytest.approx({slice_: -estimate for slice_, estimate in after.items()})
    races = [estimate for slice_, estimate in before.items() if slice_.startswith("race")]
    assert sum(races) == pytest.approx(0, abs=1e-9)


@settings(max_examples=12)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_moves_no_finding(seed):
    frame = paired_frame(cases=12, groups=GENDER, rating=noisy)
    turned = frame.iloc[np.random.default_rng(seed).permutation(len(frame))]
    for metric in ("fairness.rating_shift", "fairness.impact_ratio"):
        ours = measure(metric, frame)
        theirs = measure(metric, turned.reset_index(drop=True))
        assert list(ours) == list(theirs)
        for slice_, found in ours.items():
            assert found.estimate == pytest.approx(theirs[slice_].estimate)
            assert ends(found) == pytest.approx(ends(theirs[slice_]))


@pytest.mark.parametrize("metric", ALL)
def test_a_group_called_otherwise_is_measured_alike(metric):
    """Identity swap: with the labels of women and men exchanged only the sign may turn."""
    frame = testing.shift_ratings(testing.invent_numbers(paired_frame(groups=GENDER), 0.3), 0.4)
    swapped = frame.assign(
        **{"group.gender": frame["group.gender"].map({"female": "male", "male": "female"})}
    )
    before, after = measure(metric, frame), measure(metric, swapped)

    if metric == "fairness.impact_ratio":
        assert before["gender: female / male"].estimate == pytest.approx(
            after["gender: male / female"].estimate
        )
    else:
        assert before["gender: female"].estimate == pytest.approx(-after["gender: female"].estimate)


@pytest.mark.parametrize("metric", ALL)
def test_the_noise_block_enters_no_contrast(metric):
    frame = paired_frame(groups=GENDER)
    noise = frame.iloc[:5].assign(
        draft_id=lambda f: f["draft_id"] + "/again", block="noise", rating=1, outcome=0
    )
    both = METRICS[metric].measure(testing.build(pd.concat([frame, noise])))

    assert METRICS[metric].measure(frame) == both


def without(frame, **groups):
    """The frame with every draft of a group failed."""
    spoiled = testing.fail(frame, 1.0)
    kept = frame.copy()
    on = np.logical_and.reduce([frame[f"group.{a}"] == value for a, value in groups.items()])
    kept.loc[on] = spoiled.loc[on]
    return kept
