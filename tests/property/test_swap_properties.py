"""Properties of identity swaps: identity, there and back, nothing else changed, nothing refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.domain.case import Identity
from govern.errors import IntegrityError
from govern.text.slots import fill
from govern.text.swap import swap, verify

NAMES = ["Emily", "James", "Keisha", "Hye-Jin", "María", "Wei", "Chris", "Will", "May", "Mark"]
PIECES = [
    "{name} met {their} target. ",
    "{They} {was/were} on time. ",
    "Last year {they} {has/have} led two audits. ",
    "The client thanked {them}, and {they} {says/say} thanks. ",
    "{Their} team trusts {them}. ",
    "{They} taught {themself} Python. ",
    "The plan was {theirs}. ",
    "{name}'s notes are clear; {they} {writes/write} and {reviews/review} code. ",
    "We asked {them} to stay. ",
    "{They} {doesn't/don't} rush, and {they} {carries/carry} the load. ",
    "I met {them} last week and {their} notes were ready. ",
    "The forecast was 12 % off, and the vendor was late. ",
    "Tom and Ana, of the risk team, agree with {name}. ",
]
WORDS = (
    "Emily James she her hers herself he him his they them their she's they're is are was has have "
    "works work and or but , . ; : ' \" Ms. Mr. husband wife mother chairwoman Will will may May "
    "the a of to in who not never gave found let team 40 % / - ( ) \n JAMES' Emily's"
).split(" ")

names = st.sampled_from(NAMES)
pieces = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6)
pronouns = st.sampled_from(["she", "he", "they", "none"])
jumbles = st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)


def who(first_name: str, pronouns: str) -> Identity:
    return Identity.model_validate(
        {"id": "x", "first_name": first_name, "pronouns": pronouns, "groups": {}, "source": "t"}
    )


@given(pieces=pieces, one=names, other=names, pair=st.permutations(["she", "he"]))
def test_there_and_back_between_she_and_he_gives_the_original(pieces, one, other, pair):
    text = fill("".join(pieces), name=one, pronouns=pair[0])
    a, b = who(one, pair[0]), who(other, pair[1])
    there = swap(text, from_identity=a, to_identity=b).text

    assert fill("".join(pieces), name=other, pronouns=pair[1]) == there
    assert text == swap(there, from_identity=b, to_identity=a).text


@given(pieces=pieces, one=names, other=names, start=st.sampled_from(["she", "he"]))
def test_there_and_back_through_they_gives_the_original(pieces, one, other, start):
    text = fill("".join(pieces), name=one, pronouns=start)
    a, b = who(one, start), who(other, "they")
    there = swap(text, from_identity=a, to_identity=b).text

    assert fill("".join(pieces), name=other, pronouns="they") == there
    assert text == swap(there, from_identity=b, to_identity=a).text


@given(pieces=pieces, one=names, other=names, start=st.sampled_from(["she", "he", "they"]))
def test_without_pronouns_none_is_left(pieces, one, other, start):
    text = fill("".join(pieces), name=one, pronouns=start)
    there = swap(text, from_identity=who(one, start), to_identity=who(other, "none")).text

    assert fill("".join(pieces), name=other, pronouns="none") == there


@given(text=jumbles, name=names, said=pronouns)
def test_a_swap_to_oneself_changes_nothing(text, name, said):
    got = swap(text, from_identity=who(name, said), to_identity=who(name, said))

    assert (text, ()) == (got.text, got.spans)


@given(text=st.text(max_size=200), one=names, other=names, was=pronouns, now=pronouns)
def test_no_text_breaks_a_swap(text, one, other, was, now):
    a, b = who(one, was), who(other, now)
    got = swap(text, from_identity=a, to_identity=b)

    verify(text, got.text, got.spans, from_identity=a, to_identity=b)


@given(text=jumbles, one=names, other=names, was=pronouns, now=pronouns)
def test_whatever_the_words_only_lawful_changes_are_made(text, one, other, was, now):
    a, b = who(one, was), who(other, now)
    got = swap(text, from_identity=a, to_identity=b)

    verify(text, got.text, got.spans, from_identity=a, to_identity=b)
    outside = text
    for span in reversed(got.spans):
        outside = outside[: span.start] + span.after + outside[span.end :]
    assert got.text == outside


@given(text=jumbles, at=st.integers(0, 200), mark=st.sampled_from("#x A"))
def test_a_tampered_variant_is_refused(text, at, mark):
    a, b = who("Emily", "she"), who("James", "he")
    got = swap(text, from_identity=a, to_identity=b)
    at = min(at, len(got.text))
    for wrong in (got.text[:at] + mark + got.text[at:], got.text[:at] + got.text[at + 1 :]):
        if wrong != got.text:
            with pytest.raises(IntegrityError):
                verify(text, wrong, got.spans, from_identity=a, to_identity=b)
