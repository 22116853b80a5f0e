"""Tokens, masking and vectors of whole columns."""

from __future__ import annotations

from collections import Counter
from math import log, sqrt
from unicodedata import category, normalize

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern.text.slots import fill
from govern.text.tokens import NAME, PRONOUN_WORDS, counts, split_words, tokenise, unit_tfidf

quietly = settings(derandomize=True, deadline=None, max_examples=100)
PRONOUN = "‹pronoun›"
texts = st.lists(
    st.one_of(st.none(), st.text("ab é-'1. \n…İß", max_size=12), st.text(max_size=12)), max_size=8
)


def column(*given_: str | None) -> pd.Series[str]:
    return pd.Series(given_, dtype="str")


def masked(text: str, *names: str, extra: tuple[str, ...] = ()) -> str:
    [found] = tokenise(column(text)).masked(names, extra).joined()
    return found


def test_tokens_are_runs_of_letters_and_digits_in_lower_case():
    [found] = tokenise(column("Closed 12 tickets -- well-run, (mostly) in Q3!")).joined()

    assert "closed 12 tickets well run mostly in q3" == found


def test_accents_and_other_scripts_are_letters():
    [found] = tokenise(column("Zoë Núñez, Łukasz, 李娜 — Ölçüm")).joined()

    assert "zoë núñez łukasz 李娜 ölçüm" == found


def test_a_letter_and_its_accent_are_one_letter():
    """é typed as e and U+0301 is the same word as é."""
    first, second = tokenise(column("Jose\u0301 rese\u0301arched", "José reséarched")).joined()

    assert second == first == "josé reséarched"


def test_vowel_signs_do_not_break_a_word():
    assert ["प्रिया"] == split_words("प्रिया")


def test_missing_and_empty_texts_have_no_tokens():
    found = tokenise(column(None, "", " … ", "one", None))

    assert [0, 0, 0, 1, 0] == list(found.lengths)
    assert ["", "", "", "one", ""] == found.joined()
    assert [3] == list(found.rows)


def test_no_text_at_all_has_no_tokens():
    found = tokenise(column())

    assert (0, 0, []) == (len(found.codes), len(found.lengths), found.masked(["Ann"]).joined())


def test_tokens_are_kept_by_what_the_texts_say():
    """The same texts are split once, a changed column anew."""
    texts = column("a b", None)
    once = tokenise(texts)
    texts.iloc[0] = "c"

    assert once is tokenise(column("a b", None).set_axis([5, 6]))
    assert ["c", ""] == tokenise(texts).joined()


def test_the_index_of_the_column_does_not_matter():
    assert ["a b", "c"] == tokenise(pd.Series(["A b", "c"], index=[7, 3])).joined()


@given(given_=texts)
@quietly
def test_each_text_has_the_tokens_it_would_have_alone(given_: list[str | None]):
    together = tokenise(column(*given_)).joined()
    alone = [" ".join(split_words(text or "")) for text in given_]

    assert alone == together


@given(given_=st.text("aÉé-=< \n\u0301\u0338\u00a0’…İß²", max_size=12))
@quietly
def test_words_are_the_runs_that_unicode_calls_letters_marks_and_digits(given_: str):
    """Read one character at a time, by its category, after composing accents."""
    composed = pc.utf8_lower(pa.scalar(normalize("NFC", given_))).as_py()
    wanted = "".join(c if category(c)[0] in "LMN" else " " for c in composed).split()

    assert wanted == split_words(given_)


def test_two_columns_beside_each_other_are_one_column():
    first, second = column("a b", None, "c"), column("", "b d a")
    both = tokenise(first).beside(tokenise(second))

    assert tokenise(pd.concat([first, second])).joined() == both.joined()
    assert len(both.words) == len(set(both.words))


@given(given_=texts)
@quietly
def test_a_text_of_tokens_has_those_tokens(given_: list[str | None]):
    once = tokenise(column(*given_)).joined()

    assert once == tokenise(column(*once)).joined()


def test_contact_is_not_tact():
    """Anti-pattern: lexicons matched as substrings. Only whole tokens are masked."""
    found = masked("Contact the tact team, tactfully intact", "Tact")

    assert f"contact the {NAME} team tactfully intact" == found


def test_all_pronouns_of_one_person_are_masked_in_all_cases():
    said = [
        fill("{They} {is/are} {them}, {their}, {theirs}, {themself}.", name="X", pronouns=p)
        for p in ("she", "he", "they")
    ]
    found = tokenise(column(*said)).masked([]).joined()

    verbs = ["is", "is", "are"]
    assert [f"{PRONOUN} {verb}" + f" {PRONOUN}" * 4 for verb in verbs] == found


def test_pronouns_of_the_writer_stay():
    assert f"i told {PRONOUN} we and you did it" == masked("I told her we and you did it")
    assert not {"i", "we", "you", "it", "its", "is"} & PRONOUN_WORDS


@pytest.mark.parametrize(
    "name",
    ["Ana", "Mary-Jane", "José María", "O’Brien", "D'Andre Smith-Jones", "Zoë", "Nguyễn Thị Mai"],
)
def test_a_name_counts_one_token_however_many_it_has(name: str):
    """Nobody's draft is longer, or cut earlier, for a hyphen."""
    assert f"{NAME} led and {NAME} won" == masked(f"{name} led and {name.upper()} won", name)


def test_an_accented_name_is_masked_however_it_is_encoded():
    composed, apart = "Zoë José", "Zoe\u0308 Jose\u0301"

    assert f"{NAME} led" == masked(f"{apart} led", composed) == masked(f"{composed} led", apart)


def test_any_part_of_a_name_is_masked_on_its_own():
    assert f"{NAME} and later ‹group› {NAME} team" == masked(
        "Ana Núñez-Lima and later Ms. Lima's team", "Ana Núñez-Lima"
    )


def test_names_at_the_end_and_start_of_neighbouring_texts_stay_apart():
    found = tokenise(column("led by Ana", "Ben led", None, "Ana", "Ana")).masked(["Ana", "Ben"])

    assert [f"led by {NAME}", f"{NAME} led", "", NAME, NAME] == found.joined()


def test_words_of_a_group_are_masked_as_asked():
    found = masked("Women at work; a woman works", "Ana", extra=("woman", "Women"))

    assert "‹group› at work a ‹group› works" == found


@pytest.mark.parametrize(
    "word",
    """Mrs Mr sir woman men's girlboss husband mother sister Hispanic Black Nigerian Muslim
    church maternity pregnant elderly younger chairman waitress wheelchair autistic gay
    transgender""".split(),
)
def test_words_for_who_somebody_is_are_masked_unasked(word):
    assert masked(f"a {word} led").startswith("a ‹group›")


def test_words_of_the_work_are_not_masked():
    said = "led the person manager role in human resources with contact and personality"

    assert said == masked(said)


def test_the_s_of_a_possessive_goes_with_the_name():
    """James' and Ana's are one word each; the s of somebody else stays."""
    theirs = masked("James' team met Lee's team, it's his", "James")

    assert f"{NAME} team met lee s team it s {PRONOUN}" == theirs
    assert f"{NAME} team" == masked("Ana's team", "Ana")


def test_a_name_that_is_a_pronoun_masks_nobody_elses_pronoun_as_a_name():
    assert f"{NAME} {PRONOUN} led {PRONOUN} won" == masked("Li He led. He won", "Li He")


@given(
    name=st.sampled_from(["Ana", "Bo-Lin", "Chi Ma", "Zoë Ó Dé"]),
    words=st.lists(
        st.sampled_from(["led", "contact", "analysis", "{name}", "{their}"]), max_size=9
    ),
    pronouns=st.sampled_from(["she", "he", "they"]),
)
@quietly
def test_masked_texts_do_not_show_who_they_are_about(name: str, words: list[str], pronouns: str):
    """Metamorphic: another name and other pronouns leave the same tokens and length."""
    text = " and ".join(words)
    theirs = masked(fill(text, name=name, pronouns=pronouns), name)
    other = masked(fill(text, name="Kim", pronouns="they"), "Kim")

    assert other == theirs


def test_masking_one_name_leaves_others():
    assert f"{NAME} met ben" == masked("Ana met Ben", "Ana")


def test_cutting_keeps_the_first_tokens_of_each_text():
    found = tokenise(column("a b c d", None, "e", "f g h")).first(2)

    assert ["a b", "", "e", "f g"] == found.joined()
    assert [2, 0, 1, 2] == list(found.lengths)


def test_cutting_to_nothing_leaves_empty_texts():
    assert ["", ""] == tokenise(column("a b", "c")).first(0).joined()


@given(given_=texts)
@quietly
def test_counts_are_those_of_counting(given_: list[str | None]):
    tokens = tokenise(column(*given_))
    table = counts(tokens).toarray()

    for row, text in zip(table, tokens.joined(), strict=True):
        expected = Counter(text.split(" ")) if text else Counter()
        assert expected == Counter({w: int(n) for w, n in zip(tokens.words, row, strict=True) if n})


def test_rare_words_weigh_more_by_hand():
    """'a b b' and 'a': a in both, weight 1 + ln(3/3) = 1; b in one, 2·(1 + ln(3/2)) = 2.811."""
    tokens = tokenise(column("a b b", "a"))
    found = unit_tfidf(counts(tokens)).toarray()[:, np.argsort(tokens.words)]

    b = 2 * (1 + log(3 / 2))
    length = sqrt(1 + b * b)
    assert pytest.approx(np.array([[1 / length, b / length], [1, 0]])) == found


@given(given_=texts)
@quietly
def test_vectors_have_length_one_or_are_empty(given_: list[str | None]):
    tokens = tokenise(column(*given_))
    found = np.linalg.norm(unit_tfidf(counts(tokens)).toarray(), axis=1)

    assert pytest.approx([float(n > 0) for n in tokens.lengths]) == list(found)


def test_a_long_text_is_cut_to_its_two_ends_and_a_short_one_not():
    """Of a to g, five: the first three and the last two."""
    cut = tokenise(pd.Series(["a b c d e f g", "h i", None, "j k l m n"])).ends(5)

    assert ["a b c f g", "h i", "", "j k l m n"] == cut.joined()
