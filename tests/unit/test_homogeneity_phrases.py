"""Near copies and boilerplate: how often, and which words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern import testing
from govern.domain import Undefined
from govern.metrics import METRICS
from govern.stats.intervals import bounds
from govern.testing import paired_frame

NEAR, STOCK, NGRAMS = (
    "homogeneity.near_duplicates",
    "homogeneity.boilerplate",
    "homogeneity.ngram_similarity",
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def work(place):
    """Evidence in words of the case's own."""
    return json.dumps([{"id": "E1", "text": f"{own(place.case % 26, 19)} {place.case}"}])


def measure(metric, frame):
    [found] = METRICS[metric].measure(frame)
    return found


def own(case, words=20):
    return " ".join(f"{LETTERS[case]}x{i}" for i in range(words))


def test_a_pair_is_nearly_the_same_from_four_runs_in_five():
    """Cases 0 and 1 share 19 of 20 words in front, 16 runs of 18: .89. One pair of 66."""
    shared = own(25)
    frame = paired_frame(
        cases=12,
        groups={},
        text=lambda p: f"{shared.rsplit(' ', 1)[0]} end{p.name}" if p.case < 2 else own(p.case),
        name=lambda p: None,
    )
    found = measure(NEAR, frame)

    assert found.estimate == pytest.approx(1 / 66)
    assert ("c0000", "c0001") == found.examples


def test_wording_that_half_the_people_share_is_boilerplate():
    """Of 24-word drafts 6 of 12 begin with the same 8 words: 5 of 17 runs in 20 words, in half."""
    stock = "brings energy to every task and never rests"
    frame = paired_frame(
        cases=12,
        groups={},
        text=lambda p: f"{stock} {own(p.case, 16)}" if p.case % 2 else own(p.case, 24),
    )
    found = measure(STOCK, frame)

    assert found.estimate == pytest.approx(0.5 * 5 / 21)
    assert (stock,) == found.examples
    assert found.method.endswith("first and last tokens, 24 in all")


def test_excess_wording_is_what_drafts_share_less_what_the_evidence_shares():
    """All drafts are one text and no evidence shares a run: 1 - 0."""
    found = measure(NGRAMS, paired_frame(cases=12, groups={}, text=own(20), evidence=work))

    assert (1.0, "evidence") == (pytest.approx(found.estimate), found.baseline)


def test_drafts_about_one_person_are_no_pair():
    """Eight drafts of a case are one text."""
    frame = paired_frame(cases=12, text=lambda p: own(p.case))

    assert [0.0, 0.0] == [measure(metric, frame).estimate for metric in (NEAR, STOCK)]
    assert () == measure(STOCK, frame).examples


@pytest.mark.parametrize("metric", [NEAR, STOCK, NGRAMS])
def test_one_text_for_everybody_is_all_of_it(metric):
    assert measure(
        metric, paired_frame(cases=20, text=own(25), evidence=work)
    ).estimate == pytest.approx(1)


@pytest.mark.parametrize("metric", [NEAR, STOCK, NGRAMS])
@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (lambda: paired_frame(cases=11), "11 cases with a draft, 12 needed for an estimate"),
        (
            lambda: testing.refuse(paired_frame(), 1.0),
            "0 cases with a draft, 12 needed for an estimate",
        ),
    ],
)
def test_too_few_people_cannot_be_alike(metric, frame, reason):
    assert Undefined(reason=reason, code="too_few") == measure(metric, frame()).estimate


def test_three_words_have_no_run_and_are_no_copy_of_others():
    frame = paired_frame(text="did well here")

    assert [0.0, 0.0] == [measure(metric, frame).estimate for metric in (NEAR, STOCK)]


def test_a_name_in_the_phrase_hides_nothing_and_is_not_printed():
    frame = paired_frame(text=lambda p: f"{p.name} brings energy to every task. {own(p.case % 26)}")

    assert "‹name› brings energy to every task" == measure(STOCK, frame).examples[0]


@pytest.mark.parametrize("sign", ["'", "’"])
def test_a_phrase_is_shown_with_the_apostrophes_of_its_text(sign):
    """Tokens part at an apostrophe; a letter that stands alone in the text stays alone."""
    said = f"The manager{sign}s notes don{sign}t say why plan s didn{sign}t win"
    frame = paired_frame(cases=12, groups={}, text=lambda p: f"{said}. {own(p.case)}")

    assert ("the manager's notes don't say why plan s didn't win",) == (
        measure(STOCK, frame).examples
    )


def test_a_pronoun_in_the_phrase_keeps_its_apostrophe():
    frame = paired_frame(cases=12, groups={}, text=lambda p: f"She's done well. {own(p.case)}")

    assert ("‹pronoun›'s done well",) == measure(STOCK, frame).examples


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_moves_nothing(seed):
    frame = testing.near_copies(paired_frame(cases=12), 0.3)
    turned = frame.sample(frac=1, random_state=seed)
    for metric in (NEAR, STOCK, NGRAMS):
        ours, theirs = measure(metric, frame), measure(metric, turned)
        assert ours.estimate == pytest.approx(theirs.estimate)


@pytest.mark.parametrize(
    ("metric", "plant"),
    [
        (NEAR, testing.near_copies),
        (STOCK, testing.add_boilerplate),
        (NGRAMS, testing.add_boilerplate),
    ],
)
def test_a_planted_effect_is_found_and_a_clean_set_stays_silent(metric, plant):
    clean, planted = measure(metric, paired_frame()), measure(metric, plant(paired_frame(), 0.5))

    assert clean.estimate <= 0.02
    assert bounds(planted.estimate, planted.interval, 0.05)[0] > clean.estimate
