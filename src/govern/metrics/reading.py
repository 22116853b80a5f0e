"""Drafts and evidence read side by side: which words, numbers, quarters each claim shares with
which item.

Dense tables of claims by slots: row i, column k speaks of claim i and of item k of its case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.metrics.evidence import Facts
from govern.metrics.known import fits, has_number, known_numbers
from govern.text.claims import claims, word_claims
from govern.text.content import FUNCTION, GENERAL, stem
from govern.text.directions import AXES, EVERY, GOAL, directions, goal_status
from govern.text.lexemes import Codes, Flags, Lexemes, lexemes
from govern.text.quantities import quantities
from govern.text.quarters import quarters

Floats = NDArray[np.float64]
# A word this near behind a number says what was counted.
COUNTED_WITHIN = 4
ADVICE = frozenset("should recommend suggest encourage must opportunity consider".split())
# Words for somebody else at work.
PERSONS = frozenset(
    """assistant boss colleague colleagues coworker coworkers deputy director head lead
    leader manager member neighbour others peer peers person predecessor senior somebody
    someone successor supervisor teammate teammates trainee""".split()
)


@dataclass(frozen=True)
class Wording:
    """What M units of text, claims or items, say beside their content words.

    Attributes:
        quarter: bits of the quarters named.
        up, down: by axis, whether a word of the unit points that way.
        met, missed: whether a word says so.
        goal, every, persons: whether a word of that kind occurs.
    """

    quarter: Codes
    up: dict[str, Flags]
    down: dict[str, Flags]
    met: Flags
    missed: Flags
    goal: Flags
    every: Flags
    persons: Flags

    def status(self) -> Codes:
        """+1 met, -1 missed, 0 neither or both."""
        return self.met.astype(np.int64) - self.missed.astype(np.int64)

    def sign(self, axis: str) -> Codes:
        """+1 up, -1 down, 0 neither or both."""
        return self.up[axis].astype(np.int64) - self.down[axis].astype(np.int64)


@dataclass(frozen=True)
class Reading:
    """N claims and Q numbers in them, against up to K items each.

    Attributes:
        claims: as ``govern.text.claims``, with ``case`` and ``advice``.
        words: content words of each claim, distinct.
        shared: N × K content words shared with an item.
        known: N content words that any item of the case has.
        numbers: as ``govern.text.quantities``, with ``claim``.
        holds: Q × K, the item has the number.
        counts: Q × K, the item speaks of what is counted.
        has: plain numbers, percentages: 2 × C × K, the item has one of the kind.
        said: of the claims; ``told``: of the items, C × K.
        signs: by word, for the place of a fault.
    """

    lex: Lexemes
    claims: pd.DataFrame
    words: Codes
    shared: Floats
    known: Codes
    numbers: pd.DataFrame
    holds: Flags
    counts: Flags
    has: Flags
    said: Wording
    told: Wording
    signs: dict[str, Codes]

    @property
    def case(self) -> Codes:
        return self.claims["case"].to_numpy()

    def overlap(self) -> Floats:
        """N × K share of the claim's content words that the item has."""
        return np.asarray(self.shared / np.maximum(self.words, 1)[:, None])


def read(drafts: pd.DataFrame, facts: Facts) -> Reading:
    """Read the drafts that have text and evidence; ``claims.row`` is the position in ``drafts``."""
    case_of_row = facts.cases.get_indexer(drafts["case_id"])
    usable = np.flatnonzero(drafts["text"].notna().to_numpy() & (case_of_row >= 0))
    chosen = drafts.iloc[usable]
    texts = pd.concat([chosen["text"], facts.items["words"]], ignore_index=True)
    lex = lexemes(texts)
    table = claims(texts, lex)
    claimed = table[table["row"] < len(chosen)]
    words_of_drafts = int(np.searchsorted(lex.row, len(chosen)))
    unit = np.concatenate(
        [
            word_claims(claimed, lex)[:words_of_drafts],
            len(claimed) + lex.row[words_of_drafts:] - len(chosen),
        ]
    )
    claimed = claimed.assign(case=case_of_row[usable][claimed["row"]])
    numbers = quantities(lex)
    numbers["claim"] = unit[numbers["word"].to_numpy()]
    signs = {"quarter": quarters(lex), "status": goal_status(lex), **directions(lex)}
    units = len(claimed) + len(facts.items)
    wording = _wording(lex, unit, units, signs)
    stems = _content(lex, chosen, numbers, signs["quarter"])
    shelf = _Shelf.of(stems, unit, len(claimed), facts)
    advice = np.bincount(unit, lex.among(ADVICE), units)[: len(claimed)] > 0
    mine = numbers["claim"] < len(claimed)
    spoken = numbers[mine].reset_index(drop=True)
    shared, known, count = shelf.shared(stems, unit, claimed["case"].to_numpy())
    supported = known_numbers(facts, numbers[~mine].assign(item=numbers["claim"] - len(claimed)))
    told = _spread(_part(wording, slice(len(claimed), None)), facts)
    return Reading(
        lex=lex,
        claims=claimed.assign(row=usable[claimed["row"]], advice=advice).reset_index(drop=True),
        words=count,
        shared=shared,
        known=known,
        numbers=spoken,
        holds=fits(
            spoken.assign(case=claimed["case"].to_numpy()[spoken["claim"]]),
            supported,
            facts.slots,
        ),
        has=has_number(supported, facts),
        counts=_counted(lex, stems, unit, spoken, claimed["case"].to_numpy(), shelf),
        said=_part(wording, slice(0, len(claimed))),
        told=told,
        signs=signs,
    )


def _content(lex: Lexemes, drafts: pd.DataFrame, numbers: pd.DataFrame, quarter: Codes) -> Codes:
    """The stem of each content word, as a code; -1 for all other words and the person's name."""
    empty = FUNCTION | GENERAL
    kept = [
        stem(w) if len(w) > 1 and w not in empty and not w[0].isdigit() else "" for w in lex.lower
    ]
    code, found = pd.factorize(np.array(kept, dtype=object))
    code = np.where(found[code] == "", -1, code) if len(code) else code
    stems = code[lex.form].astype(np.int64)
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
class _Shelf:
    """The content words of the items: in which slots of a case each one stands."""

    key: Codes
    slot: Codes
    size: int
    slots: int

    @classmethod
    def of(cls, stems: Codes, unit: Codes, first: int, facts: Facts) -> _Shelf:
        size = int(stems.max(initial=0)) + 1
        here = (stems >= 0) & (unit >= first)
        pairs = np.unique((unit[here] - first) * size + stems[here])
        item = pairs // size
        case, slot = (facts.items[c].to_numpy() for c in ("case", "slot"))
        key = case[item] * size + pairs % size
        order = np.argsort(key, kind="stable")
        return cls(key[order], slot[item][order], size, facts.slots)

    def find(self, row: Codes, case: Codes, stems: Codes, rows: int) -> tuple[Floats, Codes]:
        """Rows × K numbers of the words that an item has, and for each word whether any has it."""
        key = case * self.size + stems
        low = np.searchsorted(self.key, key, side="left")
        count = np.searchsorted(self.key, key, side="right") - low
        at = np.repeat(low - np.cumsum(count) + count, count) + np.arange(int(count.sum()))
        flat = np.repeat(row, count) * self.slots + self.slot[at]
        table = np.bincount(flat, minlength=rows * self.slots).reshape(rows, self.slots)
        return table.astype(np.float64), count > 0

    def shared(self, stems: Codes, unit: Codes, case: Codes) -> tuple[Floats, Codes, Codes]:
        """Words shared with each item, words that any item has, and all words, of each claim."""
        rows = len(case)
        here = (stems >= 0) & (unit < rows)
        pairs = np.unique(unit[here] * self.size + stems[here])
        row, word = pairs // self.size, pairs % self.size
        table, any_ = self.find(row, case[row], word, rows)
        known = np.bincount(row, any_, minlength=rows).astype(np.int64)
        return table, known, np.bincount(row, minlength=rows)


def _counted(
    lex: Lexemes,
    stems: Codes,
    unit: Codes,
    numbers: pd.DataFrame,
    case: Codes,
    shelf: _Shelf,
) -> Flags:
    """Whether an item has the first content word after the number, what was counted."""
    last, claim = numbers["last"].to_numpy(), numbers["claim"].to_numpy()
    found = np.full(len(numbers), -1, dtype=np.int64)
    open_ = np.ones(len(numbers), dtype=bool)
    stops = lex.gap(r"\s*[.;:!?(]")
    for by in range(COUNTED_WITHIN):
        open_ &= ~stops[np.minimum(last + by, len(lex) - 1)]
        at = np.minimum(last + by + 1, len(lex) - 1)
        open_ &= unit[at] == claim
        found = np.where(open_ & (found < 0), stems[at], found)
    row = np.flatnonzero(found >= 0)
    table, _ = shelf.find(row, case[claim[row]], found[row], len(numbers))
    return np.asarray(table > 0)


def _wording(lex: Lexemes, unit: Codes, units: int, signs: dict[str, Codes]) -> Wording:
    def any_(flags: NDArray[Any]) -> Flags:
        return np.asarray(np.bincount(unit[flags], minlength=units) > 0)

    bits = sum((any_((signs["quarter"] & b) > 0).astype(np.int64) * b for b in (1, 2, 4, 8)))
    return Wording(
        quarter=np.asarray(bits, dtype=np.int64),
        up={axis: any_(signs[axis] > 0) for axis in AXES},
        down={axis: any_(signs[axis] < 0) for axis in AXES},
        met=any_(signs["status"] > 0),
        missed=any_(signs["status"] < 0),
        goal=any_(lex.among(GOAL)),
        every=any_(lex.among(EVERY)),
        persons=any_(lex.among(PERSONS)),
    )


def _part(wording: Wording, part: slice) -> Wording:
    def cut(value: Any) -> Any:
        return {k: v[part] for k, v in value.items()} if isinstance(value, dict) else value[part]

    return Wording(**{name: cut(value) for name, value in vars(wording).items()})


def _spread(wording: Wording, facts: Facts) -> Wording:
    """Values by item as C × K tables; zero where a case has no such item."""
    case, slot = facts.items["case"].to_numpy(), facts.items["slot"].to_numpy()

    def table(values: NDArray[Any]) -> NDArray[Any]:
        spread = np.zeros((len(facts.cases), facts.slots), dtype=values.dtype)
        spread[case, slot] = values
        return spread

    def each(value: Any) -> Any:
        return {k: table(v) for k, v in value.items()} if isinstance(value, dict) else table(value)

    return Wording(**{name: each(value) for name, value in vars(wording).items()})
