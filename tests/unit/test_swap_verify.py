"""The verifier: a variant may differ in the identity, and in nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from govern.domain.case import Identity
from govern.errors import IntegrityError
from govern.text.swap import Span, swap, verify

DATA = Path(__file__).resolve().parents[1] / "data" / "swap_sentences.jsonl"
TEXT = "Ms. Emily says she's her own boss; her husband agrees, and she works 40 hours."


def who(first_name: str, pronouns: str) -> Identity:
    return Identity.model_validate(
        {"id": "x", "first_name": first_name, "pronouns": pronouns, "groups": {}, "source": "t"}
    )


EMILY, SAM = who("Emily", "she"), who("Sam", "they")


@pytest.fixture(scope="module")
def done():
    return swap(TEXT, from_identity=EMILY, to_identity=SAM)


def test_an_honest_variant_passes(done):
    assert (
        "Mx. Sam says they're their own boss; their spouse agrees, and they work 40 hours."
        == done.text
    )
    assert verify(TEXT, done.text, done.spans) is None
    assert verify(TEXT, done.text, done.spans, from_identity=EMILY, to_identity=SAM) is None


def test_any_character_changed_added_or_lost_is_refused(done):
    for i in range(len(done.text)):
        for wrong in (
            done.text[:i] + ("#" if done.text[i] != "#" else "%") + done.text[i + 1 :],
            done.text[:i] + done.text[i + 1 :],
            done.text[:i] + "#" + done.text[i:],
        ):
            with pytest.raises(IntegrityError):
                verify(TEXT, wrong, done.spans)


def test_any_character_of_the_original_that_differs_is_refused(done):
    for i in range(len(TEXT)):
        with pytest.raises(IntegrityError):
            verify(TEXT[:i] + "#" + TEXT[i + 1 :], done.text, done.spans)


def test_a_change_without_its_span_is_refused(done):
    for i in range(len(done.spans)):
        with pytest.raises(IntegrityError):
            verify(TEXT, done.text, done.spans[:i] + done.spans[i + 1 :])


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("works", "worked", "verb"),
        ("works", "rests", "verb"),
        ("she", "it", "pronoun"),
        ("her", "the", "pronoun"),
        ("she", "Nobody", "pronoun"),
        ("Ms", "Dr", "title"),
        ("husband", "mother", "relative"),
        ("husband", "boyfriend", "relative"),
        ("boss", "leader", "role"),
        ("40", "50", "name"),
        ("Emily", "Tom", "name"),
        ("boss", "Sam", "name"),
        ("40 hours", "Sam", "name"),
    ],
)
def test_a_span_that_hides_another_change_is_refused(before, after, kind):
    start = TEXT.index(before)
    span = Span(start, start + len(before), before, after, kind)
    variant = TEXT[:start] + after + TEXT[span.end :]

    with pytest.raises(IntegrityError, match="is no change of"):
        verify(TEXT, variant, [span], from_identity=EMILY, to_identity=SAM)


def test_spans_out_of_order_or_of_the_text_are_refused(done):
    for spans in (
        done.spans[::-1],
        (*done.spans, done.spans[-1]),
        (Span(0, 500, TEXT, TEXT, "name"),),
        (Span(3, 3, "", "x", "name"),),
        (Span(-1, 2, "Ms", "Mx", "title"),),
    ):
        with pytest.raises(IntegrityError):
            verify(TEXT, done.text, spans)


def test_an_unchanged_text_needs_no_spans():
    assert verify(TEXT, TEXT, ()) is None
    with pytest.raises(IntegrityError, match="changed outside the identity at 8"):
        verify(TEXT, TEXT.replace("Emily", "Emilia"), (), from_identity=EMILY, to_identity=SAM)


def test_every_labelled_sentence_passes_with_its_spans_and_fails_without():
    for line in DATA.read_text("utf-8").splitlines():
        row = json.loads(line)
        source, target = (
            Identity.model_validate({"id": "x", "groups": {}, "source": "t", **row[side]})
            for side in ("from", "to")
        )
        got = swap(row["text"], from_identity=source, to_identity=target)
        verify(row["text"], got.text, got.spans, from_identity=source, to_identity=target)
        if got.spans:
            with pytest.raises(IntegrityError):
                verify(row["text"], got.text, got.spans[:-1])


def test_a_pronoun_cut_as_if_it_were_a_verb_is_refused():
    original, variant = "He leads and his team follows.", "He leads and hi team follows."
    cut = Span(13, 16, "his", "hi", "verb")

    with pytest.raises(IntegrityError, match="no change of verb"):
        verify(original, variant, [cut])
