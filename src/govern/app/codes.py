"""Codes in place of people: what a report shows of drafts names nobody."""

from __future__ import annotations

import re

import pandas as pd

NAME = "[name]"


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
        """``text`` with every part of every name of the frame replaced."""
        return self._names.sub(NAME, text) if self._names else text


def _pattern(names: map[str]) -> re.Pattern[str] | None:
    parts = {part for name in names for part in name.split() if len(part) > 1}
    if not parts:
        return None
    longest_first = sorted(parts, key=lambda part: (-len(part), part))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
