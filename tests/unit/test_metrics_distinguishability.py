"""Distinguishability and name leakage: tells that name no group, names that are told apart."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern import testing
from govern.domain import Undefined
from govern.metrics.distinguishability import DRAWS, SEED, distinguishability, name_leakage
from govern.stats.intervals import bounds
from govern.testing import paired_frame

GENDER = {"gender": ("female", "male")}
WOMEN = {"gender": "female"}
BOTH = [distinguishability, name_leakage]
quietly = settings(derandomize=True, deadline=None, max_examples=3)


@cache
def clean(cases=120, names=12):
    """Drafts that vary by chance: a few of thirty words more, whoever it is about."""
    draw = np.random.default_rng(cases)
    words = np.array([f"word{a}{b}" for a in "abcdef" for b in "ghijk"])
    frame = paired_frame(cases=cases, names=names)
    said = draw.choice(words, (len(frame), 6))
    return frame.assign(
        text=[f"{t} {' '.join(w)}" for t, w in zip(frame["text"], said, strict=True)]
    )


def woman(place):
    return place.groups["gender"] == "female"


def found(measure, frame, **named):
    return {f.slice: f for f in measure(frame, **named)}


def ends(finding, alpha=0.05):
    return bounds(finding.estimate, finding.interval, alpha)


def test_a_tell_in_a_known_share_of_drafts_orders_that_share_of_pairs_by_hand():
    """Eight drafts of the same words a case, the four of women with a tell in each second case.
    There women's score higher; elsewhere all are alike, a tie: (½·1 + ½·½) = .75."""
    frame = paired_frame(
        cases=120,
        text=lambda p: "Did well" + " and brightly" * (woman(p) and p.case % 2),
    )
    told = found(distinguishability, frame)["gender: female"]

    assert 0.75 == pytest.approx(told.estimate, abs=0.02)
    assert "199 permutations of whole names" in told.method
    assert 0.005 == told.p_value


def test_each_group_of_several_stands_against_the_rest_and_crosses_are_left_out():
    assert ["gender: female"] + [
        f"race_ethnicity: {race}" for race in ("asian", "black", "hispanic", "white")
    ] == list(found(distinguishability, clean(), draws=19))


def test_a_planted_tell_is_found_for_its_group_alone():
    told = found(distinguishability, testing.add_tell(clean(), 0.6, WOMEN), draws=39)
    low, _ = ends(told.pop("gender: female"))

    assert low > 0.6
    assert all(ends(f)[0] < 0.5 + 0.05 for f in told.values())


def test_a_tell_used_as_often_elsewhere_tells_nothing():
    spread = testing.add_tell(clean(), 0.6, WOMEN, elsewhere=0.6)
    low, high = ends(found(distinguishability, spread, draws=39)["gender: female"])

    assert low < 0.5 < high


def test_clean_drafts_leave_a_coin_s_chance_open_and_stay_below_six_tenths():
    for finding in distinguishability(clean(240, 24), draws=39):
        low, high = ends(finding, 0.01)
        assert low < 0.5 < high
        assert ends(finding)[1] < 0.6


def test_names_pronouns_titles_and_group_words_tell_nothing():
    """All that differs between the drafts of a case is masked, so that every pair is a tie."""
    words = {"female": "She is a businesswoman, Ms", "male": "He is a businessman, Mr"}
    frame = paired_frame(
        cases=120,
        text=lambda p: (
            f"{p.name} did well. {words[p.groups['gender']]} {p.name}, {p.groups['gender']}"
        ),
    )

    for measure, neutral in ((distinguishability, 0.5), (name_leakage, 0.0)):
        for finding in measure(frame):
            assert neutral == finding.estimate
            assert 0.0 == finding.interval.se
            assert ends(finding)[1] > neutral


def test_habits_that_go_with_the_name_are_leakage_and_not_a_group():
    named = testing.add_habits(clean(240, 24), 1.0)
    leaked = found(name_leakage, named)["gender: female"]

    assert ends(leaked)[0] > 0.05
    assert ends(found(distinguishability, named, draws=39)["gender: female"])[0] < 0.55
    assert ends(found(name_leakage, clean(240, 24))["gender: female"])[0] < 0.02


def test_the_same_seed_gives_the_same_finding_and_says_so():
    first, again = (distinguishability(clean(), draws=19)[0] for _ in range(2))
    [other, *_] = distinguishability(clean(), seed=SEED + 1, draws=19)

    assert first == again
    assert f"seed {SEED}" in first.method
    assert first.estimate != other.estimate
    assert DRAWS >= 199


def test_cases_that_lack_a_draft_are_left_out_and_widen_the_interval():
    frame = clean()
    frame = frame.assign(text=frame["text"].where(frame.index >= 8 * 2))
    [only, *_] = distinguishability(frame.drop(columns="group.race_ethnicity"), draws=19)
    assert "too_few" == only.estimate.code

    [kept, *_] = distinguishability(testing.fail(clean(240, 24), 0.01), draws=9)
    assert 240 > kept.counts.cases >= 120
    assert 0 < kept.interval.widen < 0.05 * 0.5


@pytest.mark.parametrize("measure", BOTH)
@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        pytest.param(
            lambda: clean(60), "60 complete cases, 120 needed for an estimate", id="few cases"
        ),
        pytest.param(
            lambda: paired_frame(cases=120, names=6, groups=GENDER),
            "6 names in the smaller group, 10 needed for an estimate",
            id="few names",
        ),
        pytest.param(
            lambda: paired_frame(cases=120, groups={}),
            "the data names no groups to compare",
            id="no group",
        ),
        pytest.param(
            lambda: paired_frame(cases=120, groups={"gender": ("female",)}),
            "all drafts are of one group, female",
            id="one group",
        ),
        pytest.param(
            lambda: testing.refuse(clean(), 1.0), "no draft could be scored", id="all refused"
        ),
        pytest.param(
            lambda: clean().assign(name=None),
            "some drafts carry no name of the person they are about",
            id="no name",
        ),
    ],
)
def test_what_cannot_be_told_is_undefined(measure, frame, reason):
    estimates = {f.estimate for f in measure(frame())}

    assert {reason} == {e.reason for e in estimates if isinstance(e, Undefined)}
    assert all(isinstance(e, Undefined) for e in estimates)


@given(word=st.text("bcdfg", min_size=3, max_size=8))
@quietly
def test_what_every_draft_says_moves_nothing(word):
    """Metamorphic: a word common to all is taken out with the mean of the case."""
    frame = paired_frame(
        cases=120,
        groups=GENDER,
        text=lambda p: ("odd " if p.case % 3 and woman(p) else "even ") * 2,
    )
    [plain] = distinguishability(frame, draws=19)
    [longer] = distinguishability(frame.assign(text=frame["text"] + word), draws=19)

    assert plain.estimate == pytest.approx(longer.estimate, abs=1e-9)
