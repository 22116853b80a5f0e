"""Words that know where they stand."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern.text.content import stem
from govern.text.lexemes import lexemes


def words(*texts: str | None) -> list[tuple[int, str]]:
    lex = lexemes(pd.Series(list(texts), dtype="str"))
    return [(int(r), lex.words[f]) for r, f in zip(lex.row, lex.form, strict=True)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,250 files at 4.4%", ["1,250", "files", "at", "4.4"]),
        ("didn't do a 3-point job", ["didn", "t", "do", "a", "3", "point", "job"]),
        ("José’s été – “Ok”.", ["José", "s", "été", "Ok"]),
        ("wait ...5 more, .5 less", ["wait", "5", "more", ".5", "less"]),
        ("£420k/Q3", ["420k", "Q3"]),
        (" … ", []),
    ],
)
def test_a_word_is_a_run_of_letters_and_digits(text: str, found: list[str]):
    assert found == [word for _, word in words(text)]


def test_words_never_reach_into_the_next_text_and_missing_texts_have_none():
    assert [(0, "ab"), (3, "cd")] == words("ab", "", None, "cd")


def test_no_text_has_no_words():
    assert [] == words()


def test_what_stands_before_a_text_is_its_lead_and_not_the_gap_of_the_text_before():
    lex = lexemes(pd.Series(["$3 up 12", "% and $5"]))

    assert [True, False, False, False, False] == list(lex.lead(r"\$"))
    assert [False, False, False, True, False] == list(lex.lead("%"))
    assert not lex.gap("%").any()


@given(texts=st.lists(st.text(alphabet="ab é’–£%.,0123 \n", max_size=20), max_size=6))
@settings(max_examples=60)
def test_every_word_stands_where_it_says(texts: list[str]):
    lex = lexemes(pd.Series(texts, dtype="str"))
    cut = [texts[r][a:b] for r, a, b in zip(lex.row, lex.start, lex.end, strict=True)]

    assert [lex.words[form] for form in lex.form] == cut


@given(texts=st.lists(st.text(alphabet="ab 1.,", max_size=12), min_size=2, max_size=5))
@settings(max_examples=40)
def test_a_text_has_the_same_words_whatever_stands_beside_it(texts: list[str]):
    alone = [word for text in texts for _, word in words(text)]

    assert alone == [word for _, word in words(*texts)]


@pytest.mark.parametrize(
    "forms",
    [
        "closed closing closes close",
        "improved improvement improving",
        "escalated escalation",
        "kept keeps keep",
        "stories story",
        "quick quickly",
        "won win winning",
    ],
)
def test_forms_of_a_word_have_one_stem(forms: str):
    assert 1 == len({stem(word) for word in forms.split()})


@pytest.mark.parametrize("pair", ["case cash", "report reporter", "policy police", "plan plant"])
def test_different_words_keep_apart(pair: str):
    assert 2 == len({stem(word) for word in pair.split()})
