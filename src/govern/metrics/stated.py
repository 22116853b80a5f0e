"""The numbers of each claim: borne out, altered, fabricated, or gone astray."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govern.metrics.reading import Reading
from govern.text.lexemes import Codes, Flags

Floats = NDArray[np.float64]
# Speaking of what is counted weighs as much as half of the claim's words.
COUNTED = 0.5
ALIKE = 0.8
HALF = 0.5


@dataclass(frozen=True)
class Faults:
    """Per number, of Q.

    Attributes:
        altered, fabricated, astray: what is wrong with it. An *astray* one stands in evidence
            that shares no word with the claim.
        held: Q × K, the items that bear it out.
        against: the slot that an altered one is held against.
    """

    altered: Flags
    fabricated: Flags
    astray: Flags
    held: Flags
    against: Codes


@dataclass(frozen=True)
class Stated:
    """Per claim, of N.

    Attributes:
        hard: numbers that must be borne out.
        held: N × K, the items that bear one of them out.
        altered, fabricated, astray: the first number at fault, as a position in
            ``Reading.numbers``, or -1.
        against: the slot that an altered number is held against.
    """

    hard: Codes
    held: Flags
    altered: Codes
    fabricated: Codes
    astray: Codes
    against: Codes


def stated(reading: Reading, near: Flags) -> Stated:
    """What the numbers of each claim come to."""
    found, size = number_faults(reading, near), len(reading.claims)
    claim = reading.numbers["claim"].to_numpy()
    held = np.zeros(near.shape, dtype=bool)
    number, slot = np.nonzero(found.held)
    held[claim[number], slot] = True
    altered = _first(found.altered, claim, size)
    against = np.full(size, -1, dtype=np.int64)
    against[altered >= 0] = found.against[altered[altered >= 0]]
    return Stated(
        hard=np.bincount(claim[~reading.numbers["soft"].to_numpy()], minlength=size),
        held=held,
        altered=altered,
        fabricated=_first(found.fabricated, claim, size),
        astray=_first(found.astray, claim, size),
        against=against,
    )


def number_faults(reading: Reading, near: Flags) -> Faults:
    """What each number comes to.

    It is held against the item that speaks most of the same: of what it counts, in the words of
    its claim. Where no item has the number it is *altered* if such an item has one of the kind,
    else *fabricated*; where only items have it that speak half as much of the same or less, or
    of something else that is counted, it is altered, too. A small one in words matters only
    where an item speaks of what it counts.
    """
    numbers = reading.numbers
    claim = numbers["claim"].to_numpy()
    soft, percent = numbers["soft"].to_numpy(), numbers["percent"].to_numpy().astype(np.int64)
    holds, counts, share = reading.holds, reading.counts, reading.subject
    score = share + COUNTED * counts
    counted = counts & (share > 0)
    rival = reading.has[percent, reading.case[claim]] & ~holds & (counted | near[claim])
    same = rival & counted
    every = np.arange(len(numbers))
    holder = np.where(holds, score, -1.0).argmax(axis=1)
    other = np.where(same, score, -1.0).argmax(axis=1)
    found = holds[every, holder]
    swapped = found & same[every, other] & (score[every, other] > score[every, holder])
    as_much = np.where(counts[every, holder], HALF, 1.0)
    swapped &= share[every, holder] <= as_much * share[every, other]
    altered = swapped | (~found & np.where(soft, same.any(axis=1), rival.any(axis=1)))
    fabricated = ~found & ~soft & ~altered
    astray = found & ~soft & ~altered & (score[every, holder] == 0) & (reading.words[claim] >= 2)
    held = holds & (score >= ALIKE * score[every, holder][:, None])
    held &= (found & ~swapped & ~astray)[:, None] & (~soft[:, None] | counted)
    nearest = np.where(rival, score, -1.0).argmax(axis=1)
    return Faults(altered, fabricated, astray, held, np.where(swapped, other, nearest))


def _first(flags: Flags, claim: Codes, size: int) -> Codes:
    """The first flagged number of each claim, or -1."""
    first = np.full(size, -1, dtype=np.int64)
    at = np.flatnonzero(flags)[::-1]
    first[claim[at]] = at
    return first
