"""Slots: one text, told of anybody."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern.errors import DatasetError
from govern.text.slots import PRONOUNS, fill

TEXT = "{name} said {they} {is/are} proud: {their} work is {theirs}, done by {themself} for {them}."


@pytest.mark.parametrize(
    ("pronouns", "expected"),
    [
        ("she", "Ana said she is proud: her work is hers, done by herself for her."),
        ("he", "Ana said he is proud: his work is his, done by himself for him."),
        ("they", "Ana said they are proud: their work is theirs, done by themself for them."),
    ],
)
def test_every_form_agrees_with_the_person(pronouns: str, expected: str):
    assert expected == fill(TEXT, name="Ana", pronouns=pronouns)


def test_a_capital_slot_gives_a_capital_word():
    filled = fill("{They} met {Their} goal. {Themself}!", name="Ana", pronouns="she")

    assert "She met Her goal. Herself!" == filled


@pytest.mark.parametrize(
    ("pair", "one", "several"),
    [
        ("is/are", "is", "are"),
        ("was/were", "was", "were"),
        ("has/have", "has", "have"),
        ("'s/'re", "'s", "'re"),
        ("Does/Do", "Does", "Do"),
    ],
)
def test_verbs_agree_with_one_person_or_with_they(pair: str, one: str, several: str):
    filled = [fill(f"{{{pair}}}", name="Ana", pronouns=p) for p in ("she", "he", "they")]

    assert [one, one, several] == filled


@pytest.mark.parametrize("slot", ["", "nmae", "Name", "he", "is/", "is/are/be", "name ", "1/2"])
def test_an_unknown_slot_is_refused_with_its_name(slot: str):
    with pytest.raises(DatasetError, match=r"unknown slot \{.*known: name, they, them") as caught:
        fill(f"Well done, {{{slot}}}", name="Ana", pronouns="she")

    assert f"{{{slot}}} in 'Well done" in str(caught.value)


def test_a_name_is_taken_as_it_is():
    """No slot, group reference or escape of its own is expanded."""
    assert r"{they} \1 \g<0>" == fill("{name}", name=r"{they} \1 \g<0>", pronouns="she")


def test_a_text_without_slots_stays():
    assert "They are set/ready." == fill("They are set/ready.", name="Ana", pronouns="she")


def test_the_forms_of_all_pronouns_are_the_same_five():
    forms = {"they", "them", "their", "theirs", "themself"}

    assert [forms] * 3 == [set(words) for words in PRONOUNS.values()]


@given(
    slots=st.lists(
        st.sampled_from(["{name}", "{they}", "{Them}", "{their}", "{is/are}", "and", "."])
    ),
    pronouns=st.sampled_from(sorted(PRONOUNS)),
)
@settings(derandomize=True, deadline=None, max_examples=100)
def test_no_slot_is_left_and_filling_again_changes_nothing(slots: list[str], pronouns: str):
    filled = fill(" ".join(slots), name="Ana", pronouns=pronouns)

    assert "{" not in filled
    assert len(slots) == len(filled.split())
    assert filled == fill(filled, name="Ben", pronouns="he")
