"""Flips: ratings that another identity changes, beyond what an exact repeat changes."""

from __future__ import annotations

from itertools import combinations
from math import sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern import testing
from govern.canon import unit_interval
from govern.domain import Undefined
from govern.metrics import METRICS
from govern.stats.intervals import bounds
from govern.testing import paired_frame

GENDER = {"gender": ("female", "male")}


def with_repeats(frame, changed=()):
    """The frame with an exact repeat of each case's first draft, a point off in ``changed``."""
    first = frame.drop_duplicates("case_id")
    off = first["case_id"].isin([f"c{case:04d}" for case in changed])
    repeats = first.assign(
        draft_id=first["draft_id"] + "/again",
        block="noise",
        repeat=1,
        rating=(first["rating"] + off).clip(1, 5),
    )
    return testing.build(pd.concat([frame, repeats], ignore_index=True))


def flips(frame):
    return {f.slice: f for f in METRICS["fairness.flip_rate"].measure(frame)}


def ends(found):
    return bounds(found.estimate, found.interval, 0.05)


def woman(place):
    return place.groups["gender"] == "female"


def chancy(place):
    return 2 + (unit_interval("flip", place.case, *place.groups.values()) > 0.5)


def test_a_flip_rate_by_hand():
    """12 cases, one pair each; women a point lower in 3 of them; no repeat differs: 3/12.

    By case: s² = .25·.75·12/11, /12 = .017045. By name, each used once: a draft moves the rate
    by (flip - .25)/12, so 24 names give 24/23·2·(3·.75² + 9·.25²)/144 = .032609, and by draft
    .03125. The largest is the variance by name.
    """
    frame = with_repeats(
        paired_frame(cases=12, groups=GENDER, rating=lambda p: 4 - (woman(p) and p.case % 4 == 0))
    )
    found = flips(frame)

    assert ["gender: female", "all"] == list(found)
    assert {0.25} == {f.estimate for f in found.values()}
    assert found["all"].interval.se == pytest.approx(sqrt(24 / 23 * 2 * 2.25 / 144))
    assert (11, 12) == (found["all"].interval.df, found["all"].interval.clusters)
    assert (12, "pairs", 12, 24) == (
        found["all"].counts.units,
        found["all"].counts.unit_name,
        found["all"].counts.cases,
        found["all"].counts.names,
    )


def test_repeats_that_differ_are_taken_off():
    """As many repeats differ as pairs do, 3 of 12: nothing is left."""
    frame = paired_frame(
        cases=12, groups=GENDER, rating=lambda p: 4 - (woman(p) and p.case % 4 == 0)
    )

    assert 0.0 == flips(with_repeats(frame, changed=(1, 2, 3)))["all"].estimate
    assert 0.25 - 5 / 12 == pytest.approx(
        flips(with_repeats(frame, changed=range(1, 6)))["all"].estimate
    )


def test_pairs_of_an_attribute_are_alike_in_every_other():
    """Black people a point lower: no pair that differs in gender alone flips; of the pairs that
    differ in race alone half do, with black all, with asian one in three.
    """
    frame = with_repeats(paired_frame(rating=lambda p: 4 - ("black" in p.groups.values())))
    found = {slice_: f.estimate for slice_, f in flips(frame).items()}

    assert 0.0 == found["gender: female"]
    assert 1.0 == found["race_ethnicity: black"]
    assert found["race_ethnicity: asian"] == pytest.approx(1 / 3)
    assert found["gender*race_ethnicity: female*black"] == pytest.approx(6 / 7)
    assert found["all"] == pytest.approx(2 * 6 / 28)


@settings(max_examples=10)
@given(st.lists(st.integers(1, 5), min_size=96, max_size=96))
def test_the_rate_over_all_pairs_is_that_of_a_loop_over_pairs(draws):
    cells = {}

    def rating(place):
        cell = cells.setdefault(tuple(place.groups.values()), len(cells))
        return draws[8 * place.case + cell]

    frame = with_repeats(paired_frame(cases=12, rating=rating))
    pairs = [
        float(a != b)
        for case in range(12)
        for a, b in combinations(draws[8 * case : 8 * case + 8], 2)
    ]

    assert flips(frame)["all"].estimate == pytest.approx(np.mean(pairs))


def test_a_clean_frame_leaves_the_floor():
    for found in flips(with_repeats(paired_frame())).values():
        floor = 1 - 0.05 ** (1 / 60)
        assert 0.0 == found.estimate
        assert ends(found) == pytest.approx((-floor, floor))


def test_a_rating_by_chance_flips_no_more_than_its_repeat():
    frame = paired_frame(rating=chancy)
    repeats = frame.drop_duplicates("case_id")
    repeats = repeats.assign(
        draft_id=repeats["draft_id"] + "/again",
        block="noise",
        rating=[2 + (unit_interval("again", c) > 0.5) for c in repeats["case_id"]],
    )
    for found in flips(testing.build(pd.concat([frame, repeats], ignore_index=True))).values():
        low, high = ends(found)
        assert low < 0 < high


def test_a_planted_shift_of_one_cell_is_found():
    frame = testing.shift_ratings(
        with_repeats(paired_frame(rating=3)), 1.0, {"gender": "female", "race_ethnicity": "black"}
    )
    found = flips(frame)

    assert ends(found["gender: female"])[0] > 0.1
    assert ends(found["race_ethnicity: black"])[0] > 0.3
    assert ends(found["all"])[0] > 0.1


def test_what_sways_an_identity_sways_its_repeat_alike():
    """Half of the women lose two points, of 5: of the pairs with a man about half differ."""
    frame = testing.sway_ratings(with_repeats(paired_frame(rating=5)), 0.5, {"gender": "female"})
    found = flips(frame)

    assert 0.4 < found["gender: female"].estimate < 0.6
    assert ends(found["gender: female"])[0] > 0.3


def without_name(frame):
    return frame.assign(name=None)


def half_unrated(frame):
    return testing.lose_ratings(frame, 0.5)


@pytest.mark.parametrize(
    ("frame", "reason", "code"),
    [
        (paired_frame(), "no exact repeat of a draft was planned", "not_supplied"),
        (
            with_repeats(paired_frame(groups={})),
            "the data names no groups to compare",
            "not_supplied",
        ),
        (without_name(with_repeats(paired_frame())), "some drafts carry no name", "not_supplied"),
        (
            half_unrated(with_repeats(paired_frame())),
            "have no rating, and the measure allows 5%",
            "too_many_missing",
        ),
        (testing.refuse(with_repeats(paired_frame()), 1.0), "100% of drafts", "too_many_missing"),
        (with_repeats(paired_frame(cases=11)), "11 cases with pairs and a repeat", "too_few"),
        (
            with_repeats(paired_frame(names=4, groups=GENDER)),
            "8 names, 10 needed for an estimate",
            "too_few",
        ),
        (
            with_repeats(paired_frame(groups={"gender": ("female",)})),
            "all drafts are of one group, female",
            "not_assessable",
        ),
    ],
)
def test_what_cannot_be_had_is_said(frame, reason, code):
    found = next(iter(flips(frame).values()))

    assert isinstance(found.estimate, Undefined)
    assert reason in found.estimate.reason
    assert code == found.estimate.code


@pytest.mark.parametrize(
    ("frame", "scored"),
    [
        (lambda: with_repeats(paired_frame(cases=11)), 11 * 8),
        (lambda: with_repeats(paired_frame(cases=12, groups={"gender": ("female",)})), 12),
        (lambda: lost_repeats(with_repeats(paired_frame(cases=12)), 2), 10 * 8),
    ],
)
def test_drafts_rated_beside_a_repeat_are_counted_without_an_estimate_too(frame, scored):
    """Eight drafts a case, one of two groups and none without a rating."""
    assert {scored} == {found.counts.scored for found in flips(frame()).values()}


def lost_repeats(frame, cases):
    """The repeats of the first cases unrated."""
    ids = frame["case_id"].unique()[:cases]
    repeats = (frame["block"] == "noise") & frame["case_id"].isin(ids)
    return frame.assign(rating=frame["rating"].mask(repeats))
