"""Features that compare sets of texts: each with a figure worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.text.rarefaction import types_at
from govern.text.readability import grade, sentences, syllables
from govern.text.sentiment import BAD, GOOD, tone
from govern.text.shingles import pair_jaccard, row_means, shingles, united
from govern.text.tokens import tokenise

PROSE = st.text(alphabet="ab c.", max_size=60)


def column(*texts: str | None) -> pd.Series[str]:
    return pd.Series(list(texts), dtype="str")


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cat", 1),
        ("rate", 1),
        ("table", 2),
        ("people", 2),
        ("the", 1),
        ("reviews", 2),
        ("rhythm", 1),
    ],
)
def test_syllables_are_runs_of_vowels_without_a_silent_e(word, count):
    assert [count] == list(syllables((word,)))


def test_a_full_stop_inside_a_number_ends_no_sentence():
    assert [2, 1, 1, 2] == list(
        sentences(column("It took 3.5 days. Fine.", "No end", "", 'He said "yes." Then left!'))
    )


def test_the_grade_of_a_short_text_by_hand():
    """6 words, 1 sentence, 7 syllables: .39·6 + 11.8·7/6 − 15.59 = .5167."""
    texts = column("The cat sat on the table.", "", None)
    found = grade(tokenise(texts), sentences(texts))

    assert math.isclose(0.39 * 6 + 11.8 * 7 / 6 - 15.59, found[0])
    assert np.isnan(found[1:]).all()


def test_a_masked_name_is_one_syllable_whoever_bears_it():
    texts = column("Anastasia met Bo", "Bo met Li")
    found = grade(tokenise(texts).masked(["Anastasia", "Bo", "Li"]), sentences(texts))

    assert found[0] == found[1]


def test_distinct_words_among_two_drawn_by_hand():
    """a a b: of 3 pairs one is aa, so (1 + 2 + 2) / 3 distinct words on average."""
    tokens = tokenise(column("a a b", "a b c", "a", ""))
    found = types_at(tokens, 2)

    assert np.allclose([5 / 3, 2.0], found[:2])
    assert np.isnan(found[2:]).all()


@given(texts=st.lists(PROSE, min_size=1, max_size=6))
def test_a_draw_of_the_whole_text_holds_all_its_words(texts):
    tokens = tokenise(column(*texts))
    for row, size in enumerate(tokens.lengths):
        if size:
            distinct = len(set(tokens.codes[tokens.offsets[row] : tokens.offsets[row + 1]]))
            assert math.isclose(distinct, types_at(tokens, int(size))[row], rel_tol=1e-9)


def test_tone_by_hand():
    """8 words, two good and one bad: 100/8. A negated word counts for the other side."""
    texts = column(
        "She was reliable and kind but late today", "not reliable", "didn't fail", "", "contact"
    )
    found = tone(tokenise(texts))

    assert np.allclose([12.5, -50.0, 100 / 3], found[:3])
    assert np.isnan(found[3])
    assert 0.0 == found[4]


def test_a_negation_at_the_end_of_one_text_says_nothing_of_the_next():
    assert [0.0, 100.0] == list(tone(tokenise(column("certainly not", "reliable"))))


def test_no_word_is_both_good_and_bad_and_all_are_single_words():
    assert frozenset() == GOOD & BAD
    assert all(word.isalpha() and word.islower() for word in GOOD | BAD)


def test_shared_runs_of_four_words_by_hand():
    """a b c d e has 2 runs, b c d e f has 2, one shared: 1/3."""
    pairs = pair_jaccard(shingles(tokenise(column("a b c d e", "b c d e f", "x y z"))))

    assert [(0, 1)] == list(zip(pairs["first"], pairs["second"], strict=True))
    assert math.isclose(1 / 3, pairs["jaccard"][0])
    assert np.allclose([1 / 6, 1 / 6, 0.0], row_means(pairs, 3))


def test_no_run_reaches_over_the_end_of_a_text():
    assert 0 == shingles(tokenise(column("a b", "c d", "", "e f g"))).nnz


def test_a_group_has_the_runs_of_all_its_texts_once():
    matrix = shingles(tokenise(column("a b c d", "a b c d", "b c d e")))
    both = united(matrix, np.array([0, 0, 1]))

    assert [1.0, 1.0] == list(np.asarray(both.sum(axis=1)).ravel())


def test_one_text_has_no_pair():
    with pytest.raises(ValueError, match="a pair needs two"):
        row_means(pair_jaccard(shingles(tokenise(column("a b c d")))), 1)


@given(texts=st.lists(PROSE, min_size=2, max_size=8))
def test_jaccard_is_that_of_the_sets_of_runs(texts):
    """Against the definition, in plain Python."""
    tokens = tokenise(column(*texts))
    words = [joined.split() for joined in tokens.joined()]
    runs = [{tuple(w[i : i + 4]) for i in range(len(w) - 3)} for w in words]
    expected = {
        (i, j): len(runs[i] & runs[j]) / len(runs[i] | runs[j])
        for i in range(len(runs))
        for j in range(i + 1, len(runs))
        if runs[i] & runs[j]
    }
    pairs = pair_jaccard(shingles(tokens))
    found = zip(pairs["first"], pairs["second"], pairs["jaccard"], strict=True)

    assert expected == pytest.approx({(i, j): value for i, j, value in found})
