"""How far a final text is from its draft."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.contest.distance import (
    between_versions,
    drafted_to_final,
    edit_share,
    edits,
    field_changes,
)
from govern.domain.contest import FieldChange
from govern.domain.finding import Undefined
from govern.testing.contests import review

WORDS = st.lists(st.sampled_from("abcd"), max_size=12)


def by_hand(one, other):
    """The textbook recursion."""
    if not one or not other:
        return len(one) + len(other)
    return min(
        by_hand(one[1:], other) + 1,
        by_hand(one, other[1:]) + 1,
        by_hand(one[1:], other[1:]) + (one[0] != other[0]),
    )


def test_a_share_of_words_by_hand():
    """ "You closed 12 tickets." to "You closed 21 tickets this year.": 12 and "tickets." replaced,
    two words more: four edits over six words.
    """
    assert edit_share("You closed 12 tickets.", "You closed 21 tickets this year.") == 4 / 6


@pytest.mark.parametrize(
    ("draft", "final", "share"),
    [("a b c", "a b c", 0.0), ("a b c", "", 1.0), ("", "a", 1.0), ("a b", "c d", 1.0)],
)
def test_the_ends(draft, final, share):
    assert edit_share(draft, final) == share


@pytest.mark.parametrize(
    ("draft", "final", "code"),
    [(None, "a", "not_supplied"), ("a", None, "not_supplied"), (" ", "\n", "not_assessable")],
)
def test_what_was_not_supplied_has_no_distance(draft, final, code):
    found = edit_share(draft, final)
    assert isinstance(found, Undefined)
    assert found.code == code


def test_the_same_letters_in_other_bytes_are_no_change():
    assert edit_share("caf\u00e9", "cafe\u0301") == 0.0


@given(st.lists(st.sampled_from("abc"), max_size=5), st.lists(st.sampled_from("abc"), max_size=5))
def test_edits_are_those_of_the_textbook(one, other):
    assert edits(one, other) == by_hand(one, other)


@given(WORDS, WORDS, WORDS)
def test_edits_are_a_distance(one, other, third):
    assert edits(one, other) == edits(other, one)
    assert (edits(one, other) == 0) == (one == other)
    assert edits(one, third) <= edits(one, other) + edits(other, third)


def test_fields_that_differ_are_named_with_both_sides():
    before, after = {"rating": "3", "text": "a", "goal": "x"}, {"rating": "4", "text": "a"}
    assert field_changes(before, after) == (
        FieldChange(field="goal", before="x", after=""),
        FieldChange(field="rating", before="3", after="4"),
    )


def test_what_the_ai_did_not_supply_is_not_called_changed():
    """A draft without a rating says nothing of what became of the rating."""
    [change] = drafted_to_final(review())
    assert change.field == "text"
    assert drafted_to_final(review(draft=None)) == ()
    assert [c.field for c in drafted_to_final(review(draft_rating=4))] == ["rating", "text"]


def test_versions_are_compared_field_by_field():
    after = review(version=2, final_rating=3.5)
    assert between_versions(review(), after) == (
        FieldChange(field="rating", before="3", after="3.5"),
    )
