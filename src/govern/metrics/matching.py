"""Which content words claims, numbers and evidence items share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.metrics.evidence import Facts
from govern.text.content import FUNCTION, stem
from govern.text.lexemes import Codes, Flags, Lexemes, lexemes

Floats = NDArray[np.float64]
# A word this near behind a number says what was counted.
COUNTED_WITHIN = 4
# The words around a number, on either side.
AROUND = 6


def content_stems(
    lex: Lexemes, drafts: pd.DataFrame, numbers: pd.DataFrame, quarter: Codes
) -> Codes:
    """The stem of each word that is no function word, as a code; -1 for all other words, for
    numbers and quarters, and for the person's name.
    """
    different, word = lex.lower
    place: dict[str, int] = {}
    code = [
        place.setdefault(stem(w), len(place))
        if len(w) > 1 and w not in FUNCTION and not w[0].isdigit()
        else -1
        for w in different
    ]
    stems = np.array(code, dtype=np.int64)[word]
    stems[quarter > 0] = -1
    for step in range(int((numbers["last"] - numbers["word"]).max() + 1) if len(numbers) else 0):
        at = numbers["word"].to_numpy() + step
        stems[at[at <= numbers["last"].to_numpy()]] = -1
    stems[_names(lex, drafts)] = -1
    return stems


def _names(lex: Lexemes, drafts: pd.DataFrame) -> Flags:
    """Words that are the name of the person whom their draft is about, as written."""
    named = lexemes(drafts["name"].astype("str").where(drafts["name"].notna()))
    codes = {word: i for i, word in enumerate(sorted(set(named.words)))}
    mine = np.array([codes.get(word, -1) for word in lex.words], dtype=np.int64)[lex.form]
    at = np.flatnonzero((mine >= 0) & (lex.row < len(drafts)))
    theirs = np.array([codes[word] for word in named.words], dtype=np.int64)
    known = named.row * len(codes) + (theirs[named.form] if len(named) else named.form)
    flags = np.zeros(len(lex), dtype=bool)
    flags[at] = np.isin(lex.row[at] * len(codes) + mine[at], known)
    return flags


@dataclass(frozen=True)
class Shelf:
    """The content words of the items: in which slots of a case each one stands."""

    key: Codes
    slot: Codes
    size: int
    slots: int

    @classmethod
    def of(cls, stems: Codes, unit: Codes, first: int, facts: Facts) -> Shelf:
        size = int(stems.max(initial=0)) + 1
        here = (stems >= 0) & (unit >= first)
        pairs = _distinct((unit[here] - first) * size + stems[here])
        item = pairs // size
        case, slot = (facts.items[c].to_numpy() for c in ("case", "slot"))
        key = case[item] * size + pairs % size
        order = np.argsort(key, kind="stable")
        return cls(key[order], slot[item][order], size, facts.slots)

    def find(self, row: Codes, case: Codes, stems: Codes, rows: int) -> tuple[Floats, Flags]:
        """Rows × K numbers of the words that an item has, and for each word whether any has it."""
        key = case * self.size + stems
        low = np.searchsorted(self.key, key, side="left")
        count = np.searchsorted(self.key, key, side="right") - low
        at = np.repeat(low - np.cumsum(count) + count, count) + np.arange(int(count.sum()))
        flat = np.repeat(row, count) * self.slots + self.slot[at]
        table = np.bincount(flat, minlength=rows * self.slots).reshape(rows, self.slots)
        return table.astype(np.float64), count > 0

    def holding(self, stems: Codes, case: Codes) -> Flags:
        """Rows × K: whether an item has the word of the row; none where that is -1."""
        row = np.flatnonzero(stems >= 0)
        return np.asarray(self.find(row, case[row], stems[row], len(stems))[0] > 0)

    def shared(self, stems: Codes, unit: Codes, case: Codes) -> tuple[Floats, Codes, Codes]:
        """Words shared with each item, words that any item has, and all words, of each claim."""
        rows = len(case)
        here = (stems >= 0) & (unit < rows)
        pairs = _distinct(unit[here] * self.size + stems[here])
        row, word = pairs // self.size, pairs % self.size
        table, any_ = self.find(row, case[row], word, rows)
        known = np.bincount(row, any_, minlength=rows).astype(np.int64)
        return table, known, np.bincount(row, minlength=rows)


def counted_words(lex: Lexemes, stems: Codes, unit: Codes, numbers: pd.DataFrame) -> Codes:
    """The first word after each number that says what is counted, as a place in ``lex``, or -1."""
    last, claim = numbers["last"].to_numpy(), numbers["claim"].to_numpy()
    found = np.full(len(numbers), -1, dtype=np.int64)
    open_ = np.ones(len(numbers), dtype=bool)
    stops = lex.gap(r"\s*[.;:!?(]")
    for by in range(COUNTED_WITHIN):
        open_ &= ~stops[np.minimum(last + by, len(lex) - 1)]
        at = np.minimum(last + by + 1, len(lex) - 1)
        open_ &= unit[at] == claim
        found = np.where(open_ & (found < 0) & (stems[at] >= 0), at, found)
    return found


def around(stems: Codes, unit: Codes, numbers: pd.DataFrame, case: Codes, shelf: Shelf) -> Floats:
    """Share of the content words within ``AROUND`` words of each number that each item has."""
    word, claim = numbers["word"].to_numpy(), numbers["claim"].to_numpy()
    near = word[:, None] + np.array([by for by in range(-AROUND, AROUND + 1) if by])
    inside = (near >= 0) & (near < len(stems))
    near = np.where(inside, near, 0)
    inside &= (unit[near] == claim[:, None]) & (stems[near] >= 0)
    row, _ = np.nonzero(inside)
    pairs = _distinct(row * shelf.size + stems[near[inside]])
    row, stem_ = pairs // shelf.size, pairs % shelf.size
    table, _ = shelf.find(row, case[row], stem_, len(numbers))
    size = np.bincount(row, minlength=len(numbers))
    return np.asarray(table / np.maximum(size, 1)[:, None])


def _distinct(keys: Codes) -> Codes:
    """Each key once, in order. Keys are nearly sorted, which numpy's ``unique`` makes no use of."""
    ordered = np.sort(keys, kind="stable")
    return np.asarray(ordered[np.diff(ordered, prepend=-1) != 0], dtype=np.int64)
