"""Alike within a group, with one's own repeat, and in the ratings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern import testing
from govern.errors import FrameError
from govern.metrics import METRICS
from govern.metrics.homogeneity_panel import panel
from govern.stats.intervals import bounds
from govern.testing import paired_frame

GAP = "homogeneity.similarity_gap"
REPEAT = "homogeneity.regeneration_gap"
RATINGS = "homogeneity.rating_concentration"
GENDER = {"gender": ("female", "male")}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def measure(metric, frame):
    return METRICS[metric].measure(frame)


def one(metric, frame):
    [found] = measure(metric, frame)
    return found


def apart(place):
    return f"{place.name[4]}did{LETTERS[place.case]} {place.name[4]}won{LETTERS[place.case]}"


def repeated(frame, text=None):
    """Each case's first draft once more, with ``text`` where one is given."""
    again = frame.drop_duplicates("case_id").assign(block="noise", repeat=1)
    again["draft_id"] += "/again"
    if text is not None:
        again["text"] = text
    return testing.build(pd.concat([frame, again], ignore_index=True))


def test_one_text_for_all_women_and_none_alike_for_men_is_a_gap_of_one():
    frame = paired_frame(
        groups=GENDER,
        cases=24,
        text=lambda p: "calm work" if p.groups["gender"] == "female" else apart(p),
    )
    [found] = measure(GAP, frame)

    assert found.estimate == pytest.approx(1)
    assert ("gender", "female", "cosine", "centred") == (
        found.by,
        found.contrast,
        found.unit,
        found.sense,
    )


def test_the_gap_is_the_difference_of_the_mean_pairs():
    """Women: two kinds of 12 among 24, 2·66 of 276 pairs alike. Men: none."""
    frame = paired_frame(
        groups=GENDER,
        cases=24,
        text=lambda p: (
            ("calm", "quick")[p.case % 2] if p.groups["gender"] == "female" else apart(p)
        ),
    )

    assert measure(GAP, frame)[0].estimate == pytest.approx(132 / 276)


def test_the_same_texts_for_all_groups_are_no_gap_at_all():
    gaps = [f.estimate for f in measure(GAP, paired_frame())]

    assert [0.0] * 13 == pytest.approx(gaps)


def test_copies_in_one_cell_are_found_and_chance_alone_is_not():
    cell = {"gender": "female", "race_ethnicity": "black"}
    planted = measure(GAP, testing.copy_texts(paired_frame(), 1.0, groups=cell))
    clean = measure(GAP, testing.vary(paired_frame(), 3))

    [found] = [f for f in planted if f.contrast == "female*black"]
    assert bounds(found.estimate, found.interval, 0.05)[0] > 0.05
    assert all(bounds(f.estimate, f.interval, 0.05)[0] <= 0 for f in clean)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (lambda: paired_frame(groups={}), "the data names no groups to compare"),
        (
            lambda: paired_frame(groups={"gender": ("female",)}),
            "all drafts are of one group, female",
        ),
        (lambda: testing.refuse(paired_frame(groups=GENDER), 1.0), "no draft could be scored"),
    ],
)
def test_without_groups_to_compare_there_is_no_gap(frame, reason):
    assert reason == measure(GAP, frame())[0].estimate.reason


def test_a_repeat_is_alike_and_other_people_are_not():
    """Repeats are the same words, cosine 1; of 12 people no two share one, 0."""
    found = one(REPEAT, repeated(paired_frame(cases=12, groups={}, text=apart)))

    assert found.estimate == pytest.approx(1)
    assert (12, "higher_is_better") == (found.counts.cases, found.sense)


def test_a_text_for_everybody_says_no_more_of_one_person_than_of_another():
    found = one(REPEAT, repeated(paired_frame(text="calm work")))

    assert found.estimate == pytest.approx(0)


def test_repeats_in_other_words_leave_only_the_likeness_of_others_to_take_off():
    """Repeat and draft share no word, 0; of 12 people two kinds of 6, 30 of 66 pairs."""
    frame = paired_frame(cases=12, groups={}, text=lambda p: ("calm", "quick")[p.case % 2])

    assert one(REPEAT, repeated(frame, "odd")).estimate == pytest.approx(-30 / 66)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (paired_frame, "no draft has an exact repeat"),
        (
            lambda: repeated(paired_frame(cases=11)),
            "11 cases with a draft, 12 needed for an estimate",
        ),
        (lambda: testing.refuse(repeated(paired_frame()), 1.0), "no draft has an exact repeat"),
    ],
)
def test_without_repeats_there_is_nothing_to_hold_against_other_people(frame, reason):
    assert reason == one(REPEAT, frame()).estimate.reason


def test_a_pipeline_that_mixes_people_up_is_found():
    frame = repeated(paired_frame())
    clean, planted = one(REPEAT, frame), one(REPEAT, testing.forget_person(frame, 0.5))

    assert bounds(planted.estimate, planted.interval, 0.05)[1] < clean.estimate


def test_one_rating_for_all_is_as_many_times_too_frequent_as_there_are_ratings():
    """15 cases, 3 of each gold rating: 15 of 105 pairs agree. All rated 3: 105 of 105."""
    found = one(RATINGS, paired_frame(cases=15, groups={}, rating=3))

    assert found.estimate == pytest.approx(105 / 15)
    assert "log" == found.interval.scale


def test_ratings_as_deserved_are_as_concentrated_as_deserved():
    found = one(RATINGS, paired_frame())

    assert found.estimate == pytest.approx(1)


@given(st.integers(-1, 1))
@settings(max_examples=3, deadline=None)
def test_a_shift_of_all_ratings_is_no_concentration(shift):
    frame = paired_frame(
        gold_rating=lambda p: 2 + p.case % 3, rating=lambda p: 2 + p.case % 3 + shift
    )

    assert one(RATINGS, frame).estimate == pytest.approx(1)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (lambda: paired_frame(gold_rating=None), "no rating by the rubric was supplied"),
        (lambda: paired_frame(cases=11), "11 cases with a draft, 12 needed for an estimate"),
        (
            lambda: testing.lose_ratings(paired_frame(), 1.0),
            "0 cases with a draft, 12 needed for an estimate",
        ),
        (
            lambda: paired_frame(cases=12, groups={}, gold_rating=lambda p: 1 + p.case * 0.3),
            "no two cases get, or deserve, the same rating",
        ),
    ],
)
def test_without_ratings_to_compare_there_is_no_concentration(frame, reason):
    assert reason == one(RATINGS, frame()).estimate.reason


def test_a_rater_who_gives_threes_is_found_and_one_who_errs_is_not():
    planted = one(RATINGS, testing.same_rating(paired_frame(), 0.5))
    clean = one(RATINGS, testing.vary(paired_frame(), 4))

    assert bounds(planted.estimate, planted.interval, 0.05)[0] > 1.1
    assert bounds(clean.estimate, clean.interval, 0.05)[0] < 1.1


def test_the_panel_says_how_each_score_drifts():
    found = panel(paired_frame()).set_index("score")

    assert {60} == set(found["n"])
    assert found["bias"].str.len().min() > 10
    assert found["value"].notna().all()


def test_the_panel_of_one_text_for_everybody():
    """20 copies of 5 words: 4 of 80 pairs of words differ; one effective text; all nearest 1."""
    found = panel(paired_frame(cases=20, groups={}, text="a b c d e")).set_index("score")["value"]

    assert found["distinct-2"] == pytest.approx(4 / 80)
    assert [1.0] * 4 == pytest.approx(
        [found[k] for k in ("Vendi q=1", "Vendi q=2", "self-BLEU", "nearest neighbour")]
    )


def test_the_panel_of_texts_without_a_common_word():
    """As many effective texts as texts, no neighbour, every pair of words its own."""
    found = panel(paired_frame(cases=20, groups={}, text=apart)).set_index("score")["value"]

    assert [1, 20, 20, 0, 0] == pytest.approx(
        [
            found[k]
            for k in ("distinct-2", "Vendi q=1", "Vendi q=2", "self-BLEU", "nearest neighbour")
        ]
    )


def test_scores_of_the_panel_grow_with_the_number_of_texts_alone():
    """Why they gate nothing: the same writer, more texts."""
    few, many = (
        panel(paired_frame(cases=n, groups={})).set_index("score")["value"] for n in (20, 200)
    )

    assert many["Vendi q=1"] > 2 * few["Vendi q=1"]
    assert many["distinct-2"] < few["distinct-2"]
    assert many["nearest neighbour"] >= few["nearest neighbour"]
    assert np.isfinite(many).all()


def test_a_panel_needs_two_people():
    with pytest.raises(FrameError, match="1 cases with a draft, 2 needed"):
        panel(paired_frame(cases=1))
