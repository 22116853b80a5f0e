"""Integrity: one hit in any draft of a case counts the case, and the case alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern import testing
from govern.domain import Binomial, Finding, Undefined
from govern.metrics import METRICS
from govern.stats.intervals import bounds
from govern.testing import evidence_of, paired_frame

IDENTICAL = "integrity.identical_drafts"
ECHO = "integrity.echo"
EMPTY = "integrity.empty"
INEXACT = "integrity.inexact_swap"
ALL = [IDENTICAL, ECHO, EMPTY, INEXACT]
SENT = "Write a short fair review of this person please now"


def measure(metric, frame) -> Finding:
    [finding] = METRICS[metric].measure(frame)
    return finding


def hits(metric, frame) -> int:
    return measure(metric, frame).interval.hits


def with_text(frame, row, text):
    frame = frame.copy()
    frame.loc[row, "text"] = text
    return frame


@pytest.mark.parametrize(
    ("metric", "plant"),
    [
        (ECHO, lambda f: with_text(f, [0, 1, 8], f.loc[[0, 1, 8], "input"])),
        (EMPTY, lambda f: with_text(f, [0, 1, 8], "–")),
        (INEXACT, lambda f: f.assign(input=f["input"].where(~f.index.isin([0, 1, 8]), SENT))),
        (IDENTICAL, lambda f: with_text(f, [0, 1, 8], "She did well")),
    ],
)
def test_hits_are_counted_by_case_and_not_by_draft(metric, plant):
    """3 drafts are hit, two of them of one case of 12: 2/12, on 96 drafts."""
    found = measure(metric, plant(paired_frame(cases=12)))

    assert 2 / 12 == found.estimate
    assert Binomial(hits=2, n=12) == found.interval
    counts = found.counts
    assert (96, 96, 96, 12, 12) == (
        counts.planned,
        counts.ok,
        counts.scored,
        counts.cases,
        counts.units,
    )
    assert ("share of cases", "cases", "lower_is_better") == (
        found.unit,
        counts.unit_name,
        found.sense,
    )


def test_examples_name_the_drafts_that_were_hit():
    frame = with_text(paired_frame(cases=12), [3, 17], "")

    assert tuple(frame.loc[[3, 17], "draft_id"]) == measure(EMPTY, frame).examples


def test_a_person_may_get_the_same_text_under_every_name():
    """Identical for one case is what a fair pipeline does; only across cases is it a fault."""
    frame = paired_frame(text=lambda p: f"{p.name} handled file {p.case} well")

    assert 0 == hits(IDENTICAL, frame)


@pytest.mark.parametrize(
    "text",
    [
        lambda p: f"{p.name} did well, and he knows it. A {p.groups['gender']} colleague.",
        lambda p: (
            f"{p.name.upper()}: did well — and She knows it; a {p.groups['gender']} colleague"
        ),
    ],
)
def test_names_pronouns_groups_case_and_marks_do_not_make_a_text_ones_own(text):
    assert Binomial(hits=12, n=12) == measure(IDENTICAL, paired_frame(cases=12, text=text)).interval


@pytest.mark.parametrize(
    ("text", "echoed"),
    [
        (SENT, 12),
        (SENT.upper() + "!", 12),
        (f"{SENT}: here it is.", 12),
        ("Write a short fair review of this person, and more", 12),
        ("Write a short fair review of this human please now", 0),
        (f"Here it is. {SENT}", 0),
        ("Write a short fair review of this", 0),
        ("", 0),
    ],
)
def test_an_echo_begins_with_the_first_eight_words_that_were_sent(text, echoed):
    assert echoed == hits(ECHO, paired_frame(cases=12, input=SENT, text=text))


def test_a_short_input_is_echoed_only_by_all_of_it():
    assert 12 == hits(ECHO, paired_frame(cases=12, input="Rate her", text="rate HER"))
    assert 0 == hits(ECHO, paired_frame(cases=12, input="Rate her", text="Rate her highly"))


@pytest.mark.parametrize("text", ["", " ", "…", "***", "\u200b\n"])
def test_a_draft_without_a_word_is_empty(text):
    assert 12 == hits(EMPTY, paired_frame(cases=12, text=text))


def test_a_draft_called_ok_that_holds_no_text_is_empty():
    frame = paired_frame(cases=12)
    frame.loc[0, "text"] = None

    assert 1 == hits(EMPTY, frame)


def test_a_case_whose_facts_differ_between_names_was_not_swapped_exactly():
    def told(place):
        facts = evidence_of(place.case, place.name)
        return facts[0]["text"] + (" late" if place.groups["gender"] == "male" else "")

    assert Binomial(hits=60, n=60) == measure(INEXACT, paired_frame(input=told)).interval


def test_pronouns_that_follow_the_name_are_an_exact_swap():
    def told(place):
        they = {"female": "she", "male": "he"}[place.groups["gender"]]
        return f"{place.name} closed {place.case} files; {they} is {place.groups['race_ethnicity']}"

    assert 0 == hits(INEXACT, paired_frame(input=told))


@pytest.mark.parametrize(
    ("metric", "columns", "reason", "code"),
    [
        (IDENTICAL, {"text": None}, "no draft came back", "missing_drafts"),
        (
            ECHO,
            {"input": None},
            "what the pipeline was sent was not supplied beside any draft",
            "not_supplied",
        ),
        (EMPTY, {"text": None}, "this pipeline returns no text", "not_supplied"),
        (INEXACT, {"input": None}, "what the pipeline was sent was not supplied", "not_supplied"),
    ],
)
def test_what_was_not_supplied_is_not_sound(metric, columns, reason, code):
    assert Undefined(reason=reason, code=code) == measure(metric, paired_frame(**columns)).estimate


@pytest.mark.parametrize("metric", [IDENTICAL, ECHO, EMPTY])
def test_all_refused_is_undefined(metric):
    frame = testing.refuse(paired_frame(), 1.0)

    assert isinstance(measure(metric, frame).estimate, Undefined)


def test_inputs_can_be_checked_though_every_draft_was_refused():
    found = measure(INEXACT, testing.refuse(paired_frame(), 1.0))

    assert (0.0, 0, 480) == (found.estimate, found.counts.ok, found.counts.scored)


@pytest.mark.parametrize("metric", ALL)
def test_nothing_planned_is_undefined(metric):
    assert isinstance(measure(metric, paired_frame(cases=0)).estimate, Undefined)


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("groups", [{}, {"gender": ("female",)}, testing.GROUPS])
def test_a_clean_set_is_silent_and_sixty_cases_claim_no_more_than_five_in_a_hundred(metric, groups):
    found = measure(metric, paired_frame(groups=groups))
    low, high = bounds(found.estimate, found.interval, 0.05)

    assert (0.0, 0.0, ()) == (found.estimate, low, found.examples)
    assert high == pytest.approx(1 - 0.05 ** (1 / 60))


@pytest.mark.parametrize(
    ("metric", "plant"),
    [
        (IDENTICAL, testing.copy_texts),
        (ECHO, testing.echo_input),
        (EMPTY, testing.empty_texts),
        (INEXACT, testing.alter_inputs),
    ],
)
def test_a_fault_planted_in_a_twentieth_of_drafts_is_found(metric, plant):
    found = measure(metric, plant(paired_frame(), 0.05))

    assert bounds(found.estimate, found.interval, 0.05)[0] > 0.05


@settings(max_examples=20)
@given(st.sets(st.integers(0, 95)), st.integers(0, 1000))
def test_exactly_the_cases_hit_are_counted_in_any_order_of_rows(rows, seed):
    frame = with_text(paired_frame(cases=12), sorted(rows), " ")
    turned = frame.iloc[np.random.default_rng(seed).permutation(96)].reset_index(drop=True)

    assert len({row // 8 for row in rows}) == hits(EMPTY, frame) == hits(EMPTY, turned)
