"""Two texts beside each other, with what differs marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from govern.contest.side_by_side import side_by_side

TEXTS = st.text(alphabet="ab \n\t\u3000é", max_size=60)


def whole(stretches) -> str:
    return "".join(one.text for one in stretches)


def test_only_the_words_that_differ_are_marked():
    sides = side_by_side("She is helpful and kind.", "She is kind,  very.")

    assert [("She is", False), (" ", False), ("helpful and kind.", True)] == list(sides.before)
    assert [("She is", False), (" ", False), ("kind,  very.", True)] == list(sides.after)


@given(before=TEXTS, after=TEXTS)
def test_put_together_again_each_text_is_what_it_was(before, after):
    sides = side_by_side(before, after)

    assert (before, after) == (whole(sides.before), whole(sides.after))


@given(text=TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    sides = side_by_side(text, text)

    assert not any(one.differs for side in sides for one in side)


@given(before=TEXTS, after=TEXTS)
def test_what_is_not_marked_is_the_same_words_on_both_sides(before, after):
    one, other = (
        "".join(s.text for s in side if not s.differs).split()
        for side in side_by_side(before, after)
    )

    assert one == other
