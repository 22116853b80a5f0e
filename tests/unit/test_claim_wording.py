"""Quarters, directions, goals, and where a claim begins."""

from __future__ import annotations

import pandas as pd
import pytest

from govern.text.claims import claims
from govern.text.directions import directions, goal_status
from govern.text.lexemes import lexemes
from govern.text.quarters import quarters
from govern.text.sentences import sentences


def lex(text: str):
    return lexemes(pd.Series([text]))


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("in Q3", 4),
        ("the third quarter", 4),
        ("the final quarter", 8),
        ("quarter one", 1),
        ("the first three months", 1),
        ("the spring months", 2),
        ("in summer", 4),
        ("in H1", 3),
        ("the second half", 12),
        ("by March", 1),
        ("in May", 2),
        ("October", 8),
        ("Q1 and Q4", 9),
        ("may march on", 0),
        ("May I add", 0),
        ("a quarter of the files", 0),
        ("the first time in spring-cleaning", 0),
        ("midyear", 0),
    ],
)
def test_a_quarter_is_named_in_many_ways(text: str, bits: int):
    found = 0
    for word in quarters(lex(text)):
        found |= int(word)

    assert bits == found


@pytest.mark.parametrize(
    ("text", "axis", "sign"),
    [
        ("sales rose", "move", 1),
        ("sales did not rise", "move", -1),
        ("errors dropped", "move", -1),
        ("the tone worsened", "quality", -1),
        ("more than asked", "amount", 1),
        ("fewer than asked", "amount", -1),
        ("one more month", "amount", 0),
        ("over 400 files", "amount", 1),
        ("over the year", "amount", 0),
        ("above the agreed target", "target", 1),
        ("under target", "target", -1),
        ("three days late", "time", -1),
        ("late in the year", "time", 0),
        ("nothing. Sales rose", "move", 1),
    ],
)
def test_a_direction_is_read_with_its_negation(text: str, axis: str, sign: int):
    assert sign == directions(lex(text))[axis].sum()


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("met the target", 1),
        ("exceeded all of her goals", 1),
        ("the goal was reached", 1),
        ("the target for client visits abroad was not met", -1),
        ("missed her goal", -1),
        ("failed to meet the target", -1),
        ("fell short of the target", -1),
        ("did not miss the target", 1),
        ("ahead of plan", 1),
        ("behind plan", -1),
        ("with a target of 84%, reached 61%", 0),
        ("reached 61% of target", 0),
        ("met a client", 0),
        ("narrowly missed", 0),
    ],
)
def test_a_goal_is_met_or_missed_only_where_the_verb_has_it(text: str, sign: int):
    assert sign == goal_status(lex(text)).sum()


def split(text: str) -> list[str]:
    found = claims(sentences(pd.Series([text])), lex(text))
    return [text[a:b] for a, b in found[["start", "end"]].to_numpy()]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("She closed 12 files. He left.", ["She closed 12 files.", "He left."]),
        (
            "She closed 12 of the files, but the rest of them waited.",
            ["She closed 12 of the files", "but the rest of them waited."],
        ),
        ("She always came early; he left before it was over.", None),
        ("She closed files, but late.", ["She closed files, but late."]),
        ("She closed files, tickets, and calls every week.", None),
        ("- one line\n- another line", ["one line", "another line"]),
    ],
)
def test_a_claim_is_a_clause_with_something_of_its_own(text: str, parts: list[str] | None):
    found = split(text)

    if parts is None:
        assert ("; " in text) == (len(found) == 2)
    else:
        assert [part.rstrip(".") for part in parts] == [part.rstrip(".") for part in found]


def test_a_question_is_told():
    text = "What next? She left."

    assert [True, False] == list(claims(sentences(pd.Series([text])), lex(text))["asks"])


def test_no_text_claims_nothing():
    empty = pd.Series([], dtype="str")

    assert 0 == len(claims(sentences(empty), lexemes(empty)))
