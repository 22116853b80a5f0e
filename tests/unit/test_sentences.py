"""Sentences: where they end, where they do not, and that their places are true."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.text.sentences import cut, sentences

PROSE = st.text(alphabet='aB 1.!?\n"(•-é🎉', max_size=60)


def column(*texts: str | None) -> pd.Series[str]:
    return pd.Series(list(texts), dtype="str")


def split(*texts: str) -> list[str]:
    return list(cut(column(*texts), sentences(column(*texts))))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ana led. Ben won!", ["Ana led.", "Ben won!"]),
        ("Was it good? Yes. 12 tickets closed.", ["Was it good?", "Yes.", "12 tickets closed."]),
        ("no capital. here either.", ["no capital.", "here either."]),
        ("It fell by 3.5% to .5. Costs rose.", ["It fell by 3.5% to .5.", "Costs rose."]),
        ("Version 2.1.4 shipped. Done", ["Version 2.1.4 shipped.", "Done"]),
        ('She said "no." Then left.', ['She said "no."', "Then left."]),
        (
            '"Why?" she asked. He left (early). Now.',
            ['"Why?" she asked.', "He left (early).", "Now."],
        ),
        ("Well done... and more… But slow.", ["Well done... and more…", "But slow."]),
        ("Fine.  Two spaces.\u00a0Hard space.", ["Fine.", "Two spaces.", "Hard space."]),
    ],
)
def test_a_sentence_ends_with_a_stop_before_a_space(text, said):
    assert said == split(text)


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Lee and Mrs. Park met Prof. Ito.",
        "She met goals, e.g. Onboarding, i.e. The first.",
        "See No. 5, Fig. 2 and pp. 3.",
        "It took approx. 12 days vs. 14 planned.",
        "On Jan. 5 at 3 p.m. she left.",
        "J. R. Smith and J.R. Park led.",
        "He served in the U.S. Army.",
        "Tickets, calls, etc. were closed.",
    ],
)
def test_a_stop_after_an_abbreviation_or_an_initial_ends_nothing(text):
    assert [text] == split(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("She joined Acme Inc. Costs fell.", ["She joined Acme Inc.", "Costs fell."]),
        ("Due on Jan. 5. She met it.", ["Due on Jan. 5.", "She met it."]),
        ("It went to plan B. Then it shipped.", ["It went to plan B.", "Then it shipped."]),
        ("She leads the U.S. She won.", ["She leads the U.S.", "She won."]),
        ("Was it late? No. She was on time.", ["Was it late?", "No.", "She was on time."]),
        ("At 5 p.m. The call ended.", ["At 5 p.m.", "The call ended."]),
    ],
)
def test_an_abbreviation_may_end_a_sentence_before_a_word_that_opens_one(text, said):
    assert said == split(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Strengths\nClosed 12 tickets", ["Strengths", "Closed 12 tickets"]),
        ("a line that\nis wrapped", ["a line that\nis wrapped"]),
        ("one paragraph\n\nand the next", ["one paragraph", "and the next"]),
        ("- Led.\n* Won\r\n• Met goals", ["Led.", "Won", "Met goals"]),
        ("1. Led the team.\n2) Won.\n(3) Met 4.", ["Led the team.", "Won.", "Met 4."]),
        ("Steps. 1. Call Bo. 2. Write.", ["Steps.", "Call Bo.", "Write."]),
        ("• one thing • two", ["one thing", "two"]),
        ("## Growth\n> **Grew.** More", ["Growth", "**Grew.**", "More"]),
    ],
)
def test_line_breaks_and_bullets_end_a_sentence_and_are_no_part_of_it(text, said):
    assert said == split(text)


def test_rows_and_places_are_those_of_the_column():
    """Characters, not bytes: é and 🎉 are one each. A missing text and one of signs say nothing."""
    texts = column("José led. 🎉 Won!", None, "", "… --", " Ok ")
    found = sentences(texts.set_axis(list("abcde")))

    assert [(0, 0, 9), (0, 10, 16), (4, 1, 3)] == list(found.itertuples(index=False, name=None))
    assert ["José led.", "🎉 Won!", "Ok"] == list(cut(texts, found))


def test_a_column_without_texts_has_no_sentences():
    found = sentences(column())

    assert (["row", "start", "end"], 0) == (list(found), len(found))


def test_characters_of_private_use_break_nothing():
    assert ["a \ue003 b."] == split("a \ue003 b.")


@given(texts=st.lists(PROSE, max_size=5))
def test_sentences_stand_where_they_say_and_no_letter_is_lost(texts):
    found = sentences(column(*texts))

    found["text"] = cut(column(*texts), found)
    for row, start, end, text in found.itertuples(index=False):
        assert texts[row][start:end] == text == text.strip()
    ends = found.groupby("row")["end"].shift().fillna(0)
    assert (found["start"] >= ends).all()
    for row, text in enumerate(texts):
        said = "".join(found.loc[found["row"] == row, "text"])
        assert [c for c in text if c.isalpha()] == [c for c in said if c.isalpha()]


@given(texts=st.lists(PROSE, min_size=1, max_size=4))
def test_a_text_is_split_alike_alone_and_among_others(texts):
    assert split(*texts) == [said for text in texts for said in split(text)]
