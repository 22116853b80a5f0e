"""Rare facts in free text: what stands in one person's reviews alone is for a person to look at."""

from __future__ import annotations

import hashlib
import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from govern.sources.anonymise import ordinary
from govern.sources.anonymise.clean import key

_CAPITALISED = re.compile(r"[A-Z][\w&'’-]*(?:[ ](?:of |the |and |for )?[A-Z0-9][\w&'’-]*){0,4}")
_NEXT = re.compile(r" ([A-Z0-9])")
_NUMBER = re.compile(r"(?<![\w.,])[$€£]?\d[\d.,]*\d(?:\s?(?:%|percent|million|billion|k|m|bn)\b)?")
_YEAR = re.compile(r"(?:19|20)\d\d\.?\Z")
_PLAIN = frozenset(
    "i q1 q2 q3 q4 january february march april may june july august september october november "
    "december monday tuesday wednesday thursday friday saturday sunday english".split()
)
KINDS = ("capitalised", "number", "name or word")
_FEWEST_DIGITS = 3


@dataclass(frozen=True)
class Flag:
    """A place to look at: row, characters from ``start`` to ``end`` of the new text, and why."""

    row: int
    start: int
    end: int
    kind: str


class RareFacts:
    """Counts by digest, so that no text is kept; about 40 bytes a candidate."""

    def __init__(self) -> None:
        self._hashes = array("Q")
        self._people = array("q")
        self._places = (array("q"), array("q"), array("q"), array("b"))

    def take(
        self, text: str, replaced: Sequence[tuple[int, int]], *, row: int, person: int
    ) -> None:
        """Note the candidates of one anonymised text outside of what was ``replaced``."""
        folded = key(text)
        for kind, form in enumerate((_CAPITALISED, _NUMBER)):
            for match in form.finditer(text):
                start, end = match.span()
                if _overlaps(replaced, start, end):
                    continue
                if kind == 0:
                    if ordinary.starts_sentence(folded, start):
                        # The first word has its capital anyhow; what follows may be a name.
                        later = _NEXT.search(text, start, end)
                        if later is None:
                            continue
                        start = later.start(1)
                    if folded[start:end] in _PLAIN:
                        continue
                elif _is_common_number(match.group()):
                    continue
                digest = hashlib.blake2b(folded[start:end].encode(), digest_size=8).digest()
                self._hashes.append(int.from_bytes(digest))
                self._people.append(person)
                for column, value in zip(self._places, (row, start, end, kind), strict=True):
                    column.append(value)

    def flags(self) -> list[Flag]:
        """Everything that stands in the reviews of one person alone."""
        if not self._hashes:
            return []
        hashes, people = np.array(self._hashes), np.array(self._people)
        _, which = np.unique(hashes, return_inverse=True)
        pairs = np.unique(np.stack([which, people]), axis=1)
        alone = np.bincount(pairs[0], minlength=which.max() + 1)[which] == 1
        rows, starts, ends, kinds = (np.array(column)[alone].tolist() for column in self._places)
        return [
            Flag(row, start, end, KINDS[kind])
            for row, start, end, kind in zip(rows, starts, ends, kinds, strict=True)
        ]


def _overlaps(replaced: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    at = bisect_right(replaced, (start, end))
    near = replaced[max(0, at - 1) : at + 1]
    return any(a < end and start < b for a, b in near)


def _is_common_number(number: str) -> bool:
    digits = sum(c.isdigit() for c in number)
    return digits < _FEWEST_DIGITS or _YEAR.match(number) is not None
