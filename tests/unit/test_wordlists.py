"""Word lists: read strictly, matched on whole tokens, each with construct and source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govern.text
from govern.text.actionability import is_step, next_steps
from govern.text.lexicons import hits, rates, starts
from govern.text.tokens import PRONOUN_WORDS, split_words, tokenise
from govern.text.wordlists import GROUP_LISTS, group_words, parse, word_list

SHIPPED = sorted(p.stem for p in (Path(govern.text.__file__).parent / "words").glob("*.txt"))
HEAD = "version: 1\nabout: Trying.\nsource: Nobody.\n---\n"
WORDS = st.sampled_from(["tact", "contact", "take", "charge", "of", "tactful", "takes"])


def column(*texts: str | None) -> pd.Series[str]:
    return pd.Series(list(texts), dtype="str")


def counted(listed, *texts):
    return list(hits(tokenise(column(*texts)), parse("trial", HEAD + listed)))


@pytest.mark.parametrize("name", SHIPPED)
class TestShipped:
    def test_it_has_a_version_a_construct_a_source_and_words(self, name):
        listed = word_list(name)

        assert listed.version.isdigit()
        assert listed.about.endswith(".")
        assert "Own" in listed.source
        assert len(listed.phrases) >= 20

    def test_its_entries_are_spelt_as_tokens_are(self, name):
        """Else they could never be met: no capitals, hyphens or apostrophes."""
        listed = word_list(name)

        for phrase in listed.phrases | listed.masked_only:
            assert list(phrase) == split_words(" ".join(phrase))


def test_a_group_list_masks_more_than_it_counts():
    assert {"white", "child"} <= group_words() - set().union(
        *({" ".join(p) for p in word_list(name).phrases} for name in GROUP_LISTS)
    )


def test_no_list_of_wording_holds_a_word_that_masking_takes_away():
    """It would never be met, and its list would be shorter than it looks."""
    for name in set(SHIPPED) - set(GROUP_LISTS):
        assert not {w for p in word_list(name).phrases for w in p} & (
            group_words() | PRONOUN_WORDS
        ), name


def test_the_forms_of_an_entry_are_its_stem_with_each_ending():
    listed = parse("trial", HEAD + "lead||s|ing, h|er|is t|ake|ook charge\n~ white||s")

    assert {"lead", "leads", "leading"} == {p[0] for p in listed.phrases if len(p) == 1}
    assert {
        ("her", "take", "charge"),
        ("her", "took", "charge"),
        ("his", "take", "charge"),
        ("his", "took", "charge"),
    } == {p for p in listed.phrases if len(p) == 3}
    assert {("white",), ("whites",)} == listed.masked_only


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("version: 1\nabout: A.\n---\nword", "word list trial: no source above the dashes"),
        (HEAD + "one, two\none", "word list trial: twice there: one"),
        (HEAD + "charge, take charge", "word list trial: 'charge' is within 'take charge'"),
    ],
)
def test_a_list_with_a_fault_is_refused(written, message):
    with pytest.raises(ValueError, match=message):
        parse("trial", written)


def test_tact_is_not_in_contact():
    assert [1, 0, 2] == counted("tact", "Tact.", "contact intact tactful", "tact, contact, TACT")


def test_phrases_are_met_word_by_word_within_one_text():
    assert [1, 0, 0, 2, 0] == counted(
        "take charge",
        "Take charge",
        "take",
        "charge it",
        "take charge, take-charge",
        "take a charge",
    )


def test_a_list_whose_words_nobody_uses_has_no_hits():
    assert [0, 0] == counted("take charge, tact", "nothing here", "")
    assert [] == counted("take charge")


def test_rates_are_per_hundred_words():
    """2 hits in 4 words: 50. No word, no rate."""
    found = rates(tokenise(column("tact and tact again", "", None)), parse("trial", HEAD + "tact"))

    assert 50.0 == found[0]
    assert np.isnan(found[1:]).all()


@given(texts=st.lists(st.lists(WORDS, max_size=8).map(" ".join), max_size=4))
def test_hits_are_those_of_a_plain_search(texts):
    phrases = [("tact",), ("take", "charge"), ("takes", "charge", "of")]
    tokens = tokenise(column(*texts))
    expected = [
        sum(
            tuple(t.split()[at : at + len(p)]) == p for p in phrases for at in range(len(t.split()))
        )
        for t in texts
    ]

    assert expected == list(
        hits(tokens, parse("trial", HEAD + "tact, take charge, takes charge of"))
    )
    assert sum(expected) == starts(tokens, phrases).sum()


@pytest.mark.parametrize(
    ("sentence", "step"),
    [
        ("She should schedule a weekly call with the client.", True),
        ("In the next quarter, he will present the audit.", True),
        ("Draft the onboarding plan by May.", True),
        ("Next steps: complete the safety course.", True),
        ("She should be better.", False),
        ("He needs to do more.", False),
        ("They must take more.", False),
        ("She closed the case.", False),
        ("Close, yet not there.", False),
        ("Report filed late.", False),
        ("The plan worked.", False),
        ("She should try to work harder on things.", False),
        ("", False),
    ],
)
def test_a_next_step_has_an_opener_or_is_a_command_and_has_an_object(sentence, step):
    assert [step] == list(is_step(tokenise(column(sentence)).masked([])))


def test_what_one_sentence_opens_the_next_does_not_finish():
    assert [True] == list(is_step(tokenise(column("She should present audits"))))
    assert [False, False] == list(is_step(tokenise(column("She should", "present audits"))))


def test_next_steps_are_counted_per_text():
    found = next_steps(column("Ana did well. She should call the bank.", None, "No."), ["Ana"])

    assert [(2, 1), (0, 0), (1, 0)] == list(found.itertuples(index=False, name=None))
