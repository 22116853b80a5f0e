"""Drafts and evidence read side by side: what each claim and number shares with which item.

Dense tables of claims by slots: row i, column k speaks of claim i and of item k of its case.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.metrics.evidence import Facts
from govern.metrics.known import fits, has_number, known_numbers
from govern.metrics.matching import Shelf, around, content_stems, counted_words
from govern.metrics.wording import Wording, by_slot, part_of, wording_of
from govern.text.claims import claims, word_claims
from govern.text.content import GENERAL
from govern.text.directions import directions, goal_status
from govern.text.lexemes import Codes, Flags, Lexemes, lexemes
from govern.text.quantities import quantities
from govern.text.quarters import quarters

Floats = NDArray[np.float64]
ADVICE = frozenset("should recommend suggest encourage must opportunity consider".split())


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
        subject: Q × K share that the item has of the content words beside what is counted: mean
            of those of the claim and of those around the number.
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
    subject: Floats
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


def read(drafts: pd.DataFrame, found: pd.DataFrame, facts: Facts) -> Reading:
    """Read the drafts that have text and evidence; ``claims.row`` is the position in ``drafts``.

    Args:
        drafts: rows of a drafts frame.
        found: their sentences.
        facts: the evidence of their cases.
    """
    case_of_row = facts.cases.get_indexer(pd.Index(drafts["case_id"]))
    usable = np.flatnonzero(drafts["text"].notna().to_numpy() & (case_of_row >= 0))
    chosen = drafts.iloc[usable]
    told = facts.items["words"]
    lex = lexemes(pd.concat([chosen["text"], told], ignore_index=True))
    place = np.full(len(drafts), -1)
    place[usable] = np.arange(len(usable))
    said = found.assign(row=place[found["row"]])
    item = pd.DataFrame({"row": len(chosen) + np.arange(len(told)), "start": 0, "end": 0})
    table = claims(pd.concat([said[said["row"] >= 0], item], ignore_index=True), lex)
    table = table[table["row"] < len(chosen)].reset_index(drop=True)
    size, units = len(table), len(table) + len(facts.items)
    unit = _units(lex, table, len(chosen))
    case = case_of_row[usable][table["row"]]
    signs = {"quarter": quarters(lex), "status": goal_status(lex), **directions(lex)}
    numbers = quantities(lex)
    numbers["claim"] = unit[numbers["word"].to_numpy()]
    words = content_stems(lex, chosen, numbers, signs["quarter"])
    mine = numbers["claim"] < size
    written = numbers[~mine].assign(item=numbers["claim"] - size)
    numbers = numbers[mine].reset_index(drop=True)
    wording = wording_of(lex, unit, units, signs)
    general = lex.among(GENERAL)
    stems = np.where(general, -1, words)
    shelf = Shelf.of(stems, unit, size, facts)
    shared, known, count = shelf.shared(stems, unit, case)
    supported = known_numbers(facts, written)
    case_of = case[numbers["claim"]]
    # What is counted may be a general word: points, days.
    place = counted_words(lex, words, unit, numbers)
    noun = np.where(place >= 0, words[place], -1)
    counts = Shelf.of(words, unit, size, facts).holding(noun, case_of)
    rest = stems.copy()
    rest[place[place >= 0]] = -1
    subject, _, others = shelf.shared(rest, unit, case)
    subject /= np.maximum(others, 1)[:, None]
    return Reading(
        lex=lex,
        claims=table.assign(
            row=usable[table["row"]],
            case=case,
            advice=np.bincount(unit, lex.among(ADVICE), units)[:size] > 0,
        ),
        words=count,
        shared=shared,
        known=known,
        numbers=numbers,
        holds=fits(numbers.assign(case=case_of), supported, facts.slots),
        counts=counts,
        subject=(subject[numbers["claim"]] + around(rest, unit, numbers, case_of, shelf)) / 2,
        has=has_number(supported, facts),
        said=part_of(wording, slice(0, size)),
        told=by_slot(part_of(wording, slice(size, None)), facts),
        signs=signs,
    )


def _units(lex: Lexemes, table: pd.DataFrame, texts: int) -> Codes:
    """The unit of each word: its claim, or, after all claims, its item."""
    drafted = int(np.searchsorted(lex.row, texts))
    return np.concatenate(
        [word_claims(table, lex)[:drafted], len(table) + lex.row[drafted:] - texts]
    )
