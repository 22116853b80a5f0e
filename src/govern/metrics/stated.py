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
class Stated:
    """Per claim, of N.

    Attributes:
        hard: numbers that must be borne out.
        held: N × K, the item has one of them and is nearest among those that do.
        altered, fabricated, astray: the first number at fault, as a position in
            ``Reading.numbers``, or -1. An *astray* one stands in evidence that shares no word
            with the claim.
        against: the slot that an altered number is held against.
    """

    hard: Codes
    held: Flags
    altered: Codes
    fabricated: Codes
    astray: Codes
    against: Codes


def stated(reading: Reading, overlap: Floats, near: Flags) -> Stated:
    """What the numbers of each claim come to.

    A number that no item has is *altered* where an item speaks of what it counts, or the claim
    is near an item, and that item has a number of the kind; else it is *fabricated*. A number
    that other items have is altered where one that the claim is near counts the same and none
    that has it does. A small one in words matters only where an item speaks of what it counts.
    """
    numbers, size = reading.numbers, len(reading.claims)
    claim = numbers["claim"].to_numpy()
    soft, percent = numbers["soft"].to_numpy(), numbers["percent"].to_numpy().astype(np.int64)
    share, close = overlap[claim], near[claim]
    holds, counts = reading.holds, reading.counts
    score = share + COUNTED * counts
    rival = reading.has[percent, reading.case[claim]] & ~holds
    same = rival & counts & close
    rival &= (counts & (reading.shared[claim] >= 2)) | close
    holder = np.where(holds, score, -1.0).max(axis=1, initial=-1.0)
    found = holder >= 0
    other = np.where(same, share, 0.0).max(axis=1, initial=0.0)
    nearest = np.where(holds, share, 0.0).max(axis=1, initial=0.0)
    swapped = found & same.any(axis=1) & ~(holds & counts).any(axis=1) & (nearest < HALF * other)
    altered = swapped | (~found & np.where(soft, same.any(axis=1), rival.any(axis=1)))
    fabricated = ~found & ~soft & ~altered
    astray = found & ~soft & ~altered & (holder == 0) & (reading.words[claim] >= 2)
    held = np.zeros(overlap.shape, dtype=bool)
    good = holds & (score >= ALIKE * holder[:, None]) & (found & ~swapped & ~astray)[:, None]
    good &= ~soft[:, None] | (counts & close)
    number, slot = np.nonzero(good)
    held[claim[number], slot] = True
    against = np.full(size, -1, dtype=np.int64)
    at = _first(altered, claim, size)
    pick = np.where(np.where(swapped[:, None], same, rival), score, -1.0).argmax(axis=1)
    against[at >= 0] = pick[at[at >= 0]]
    return Stated(
        hard=np.bincount(claim[~soft], minlength=size).astype(np.int64),
        held=held,
        altered=at,
        fabricated=_first(fabricated, claim, size),
        astray=_first(astray, claim, size),
        against=against,
    )


def _first(flags: Flags, claim: Codes, size: int) -> Codes:
    """The first flagged number of each claim, or -1."""
    first = np.full(size, -1, dtype=np.int64)
    at = np.flatnonzero(flags)[::-1]
    first[claim[at]] = at
    return first
