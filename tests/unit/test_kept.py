"""What several measures read of a frame is read once, and anew where the frame differs."""

from __future__ import annotations

import pandas as pd
import pytest

from govern.metrics.kept import kept


@pytest.fixture
def reading():
    """A reading that counts how often it was made."""
    made = []

    @kept("text", "case_id")
    def read(frame):
        made.append(len(frame))
        return frame[["text"]].copy()

    return read, made


def frame(*texts, **columns):
    return pd.DataFrame({"text": list(texts), "case_id": ["c"] * len(texts), "rating": 3} | columns)


def test_the_same_content_in_another_object_is_read_once(reading):
    read, made = reading

    assert read(frame("a", "b")) is read(frame("a", "b", rating=5))
    assert [2] == made


@pytest.mark.parametrize(
    "other",
    [
        frame("a", "c"),
        frame("a"),
        frame("b", "a"),
        frame("a", "b", case_id=["c", "d"]),
        frame("a", "b").set_index(pd.Index([7, 8])),
        frame("a", None),
    ],
    ids=["text", "fewer", "order", "case", "index", "missing"],
)
def test_any_difference_in_what_is_read_is_read_anew(reading, other):
    read, made = reading

    read(frame("a", "b"))
    assert list(other["text"]) == list(read(other)["text"])
    assert 2 == len(made)


def test_only_the_last_two_are_kept(reading):
    read, made = reading

    for text in ("a", "b", "a", "c", "b"):
        read(frame(text))

    assert 4 == len(made)


def test_nothing_is_a_result_that_is_kept_too():
    made = []

    @kept("text")
    def read(_frame):
        made.append(1)

    assert read(frame("a")) is read(frame("a")) is None
    assert [1] == made
