"""Codes in place of people: what a report shows of drafts names nobody."""

from __future__ import annotations

import re
from unicodedata import normalize

import pandas as pd

NAME = "[name]"
_HYPHENS = re.compile("[-\u2010\u2011]")
_APOSTROPHES = re.compile("['\u2019]")


class Codes:
    """A code for each identity of a frame, and every name in it put out of sight."""

    def __init__(self, drafts: pd.DataFrame) -> None:
        known = sorted(map(str, drafts["identity_id"].dropna().unique()))
        width = len(str(len(known)))
        self._codes = {one: f"P{at:0{width}d}" for at, one in enumerate(known, start=1)}
        self._names = _pattern(map(str, drafts["name"].dropna().unique()))

    def person(self, identity: object) -> str:
        """The code of whoever a draft is about."""
        return self._codes.get(str(identity), "nobody named")

    def masked(self, text: str) -> str:
        """``text`` with every part of every name of the frame replaced, in capitals too."""
        return self._names.sub(NAME, normalize("NFC", text)) if self._names else text


def _pattern(names: map[str]) -> re.Pattern[str] | None:
    words = {word for name in names for word in normalize("NFC", name).split()}
    parts = {part for word in words for part in (word, *_HYPHENS.split(word)) if len(part) > 1}
    if not parts:
        return None
    spellings = parts | {part.upper() for part in parts}
    longest_first = sorted(spellings, key=lambda one: (-len(one), one))
    either = (_APOSTROPHES.sub("['\u2019]", re.escape(one)) for one in longest_first)
    return re.compile(rf"(?<!\w)(?:{'|'.join(either)})(?!\w)")
