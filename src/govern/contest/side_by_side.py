"""Two texts beside each other, with what differs marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple


class Stretch(NamedTuple):
    """Some words in a row, which the other text has in the same place or has not."""

    text: str
    differs: bool


class Sides(NamedTuple):
    """Both texts, whole."""

    before: tuple[Stretch, ...]
    after: tuple[Stretch, ...]


def side_by_side(before: str, after: str) -> Sides:
    """Both texts as stretches of words; put together again, each is what it was.

    Blanks before a word that differs are not marked.
    """
    one, other = (re.findall(r"\s*\S+|\s+", text) for text in (before, after))
    same = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return Sides(
        tuple(_stretches(one, [(m.a, m.size) for m in same])),
        tuple(_stretches(other, [(m.b, m.size) for m in same])),
    )


def _stretches(words: list[str], same: list[tuple[int, int]]) -> Iterator[Stretch]:
    """``same`` are the begin and length of what both have, the last one empty at the end."""
    at = 0
    for begin, length in same:
        differs = "".join(words[at:begin])
        rest = differs.lstrip()
        for text, marked in (
            (differs[: len(differs) - len(rest)], False),
            (rest, True),
            ("".join(words[begin : begin + length]), False),
        ):
            if text:
                yield Stretch(text, marked)
        at = begin + length
