"""The verdict on each claim: supported, contradicted (and how), or unverifiable.

A claim is *near* an item when they share at least two content words that are a third of the
claim's, or all of them. It is contradicted only by the items that it is nearest to, and only
when none of them, nor one in conflict with them, bears it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govern.metrics.evidence import Facts
from govern.metrics.reading import Reading
from govern.metrics.stated import ALIKE, HALF, Stated, stated
from govern.text.directions import AXES
from govern.text.lexemes import Codes, Flags

Floats = NDArray[np.float64]
SUPPORTED, CONTRADICTED, UNVERIFIABLE = "supported", "contradicted", "unverifiable"
ALTERED, FABRICATED = "altered_number", "fabricated_number"
PERSON, PERIOD, GOAL, DIRECTION = "wrong_person", "wrong_period", "wrong_goal", "wrong_direction"
NO_EVIDENCE = "no_evidence"
WRONG = (ALTERED, PERSON, PERIOD, GOAL, DIRECTION)
NEAR = 1 / 3
NEAR_TOGETHER = 0.6


@dataclass(frozen=True)
class Verdicts:
    """For each of N claims of a reading.

    ``claim`` says whether it states anything that could be checked; ``slot`` is the item it is
    held against or -1; ``first`` and ``last`` are the words at fault, or -1 for all.
    """

    claim: Flags
    verdict: NDArray[Any]
    kind: NDArray[Any]
    slot: Codes
    first: Codes
    last: Codes


@dataclass(frozen=True)
class _Bearing:
    """Which items bear on each claim.

    ``about`` are those it is nearest to, ``wider`` those and the ones in conflict with them,
    both N × K; ``close``, of N, says that the claim has a number or half of its words from one.
    """

    about: Flags
    wider: Flags
    close: Flags

    def refuted(self, against: Flags, for_: Flags) -> Flags:
        """Claims that all items they are about speak against, and nothing speaks for."""
        alone = self.about.any(axis=1) & ~(self.about & ~against).any(axis=1)
        return np.asarray(alone & ~(self.wider & for_).any(axis=1), dtype=bool)


def judge(reading: Reading, facts: Facts) -> Verdicts:
    """Verdicts on the claims of a reading."""
    overlap = reading.overlap()
    near = near_items(reading, overlap)
    numbers = stated(reading, near)
    bearing = _bearing(reading, facts, overlap, near, numbers)
    faults = {
        ALTERED: numbers.altered >= 0,
        FABRICATED: numbers.fabricated >= 0,
        PERSON: _wrong_person(reading, facts, overlap, near),
        PERIOD: _wrong_period(reading, facts, bearing),
        GOAL: _wrong_goal(reading, facts, bearing),
        DIRECTION: _wrong_direction(reading, facts, bearing),
    }
    together = reading.known >= NEAR_TOGETHER * np.maximum(reading.words, 1)
    together &= reading.shared.max(axis=1, initial=0) >= 2
    borne = near.any(axis=1) | together | numbers.held.any(axis=1)
    borne |= bearing.about.any(axis=1) & (reading.words < 2)
    borne &= numbers.astray < 0
    kind = np.select(list(faults.values()), list(faults), np.where(borne, "", NO_EVIDENCE))
    verdict = np.select([np.isin(kind, WRONG), kind != ""], [CONTRADICTED, UNVERIFIABLE], SUPPORTED)
    slot = np.where(bearing.about, overlap + numbers.held, 0.0)
    slot = np.where(bearing.about.any(axis=1), slot.argmax(axis=1), -1)
    slot = np.where(slot < 0, np.where(near.any(axis=1), overlap.argmax(axis=1), -1), slot)
    slot = np.where(kind == ALTERED, numbers.against, np.where(kind == FABRICATED, -1, slot))
    slot = np.where(kind == PERSON, overlap.argmax(axis=1), slot)
    first, last = _places(reading, kind, numbers)
    claimed = _is_claim(reading, numbers, kind)
    return Verdicts(claimed, verdict, kind, slot.astype(np.int64), first, last)


def near_items(reading: Reading, overlap: Floats) -> Flags:
    """N × K: whether a claim is near an item."""
    near = (overlap >= NEAR) & (reading.shared >= 2)
    return np.asarray(near | ((overlap >= 1 - 1e-9) & (reading.shared >= 1)))


def _is_claim(reading: Reading, numbers: Stated, kind: NDArray[Any]) -> Flags:
    """Whether there is anything to check: no question, no bare appraisal, no advice."""
    said, claims = reading.said, reading.claims
    something = (numbers.hard > 0) | (numbers.altered >= 0) | (reading.words >= 2)
    something |= said.status() != 0
    something |= (said.quarter > 0) & (reading.words >= 1)
    advice = claims["advice"].to_numpy() & (kind == NO_EVIDENCE)
    return np.asarray(something & ~advice & ~claims["asks"].to_numpy(), dtype=bool)


def _bearing(
    reading: Reading, facts: Facts, overlap: Floats, near: Flags, numbers: Stated
) -> _Bearing:
    best = np.asarray(np.where(near, overlap, 0.0).max(axis=1, initial=0.0))
    counted = np.asarray(numbers.held.any(axis=1))
    about = near & (overlap >= ALIKE * best[:, None])
    about = np.where(counted[:, None], numbers.held, about)
    close = counted | (best >= HALF)
    # "The target was missed." speaks of what was spoken of before.
    row = reading.claims["row"].to_numpy()
    goes_on = np.zeros(len(row), dtype=bool)
    goes_on[1:] = row[1:] == row[:-1]
    goes_on &= reading.words == 0
    goes_on &= ~about.any(axis=1)
    at = np.flatnonzero(goes_on)
    about[at] = about[at - 1]
    return _Bearing(about, about | _in_conflict(about, reading.case, facts), close)


def _in_conflict(about: Flags, case: Codes, facts: Facts) -> Flags:
    """Items that conflict with one that the claim is about."""
    wider = np.zeros_like(about)
    if facts.conflicts:
        here, there = (facts.items.iloc[list(i)] for i in zip(*facts.conflicts, strict=True))
        order = np.argsort(case, kind="stable")
        low = np.searchsorted(case[order], here["case"], side="left")
        count = np.searchsorted(case[order], here["case"], side="right") - low
        at = np.repeat(low - np.cumsum(count) + count, count) + np.arange(int(count.sum()))
        claim = order[at]
        a, b = (np.repeat(side["slot"].to_numpy(), count) for side in (here, there))
        hit = about[claim, a]
        wider[claim[hit], b[hit]] = True
    return wider


def _wrong_person(reading: Reading, facts: Facts, overlap: Floats, near: Flags) -> Flags:
    """Claims nearest to a fact about somebody else that mention nobody else."""
    best = overlap.max(axis=1, initial=0.0)
    other = facts.spread("other")[reading.case]
    theirs = (near & other & (overlap >= best[:, None])).any(axis=1)
    ours = (near & ~other & (overlap >= best[:, None])).any(axis=1)
    return np.asarray(theirs & ~ours & ~reading.said.persons, dtype=bool)


def _wrong_period(reading: Reading, facts: Facts, bearing: _Bearing) -> Flags:
    """Claims that name quarters, none of which is that of an item they are about."""
    named = reading.said.quarter[:, None]
    told = (facts.spread("quarter") | reading.told.quarter)[reading.case]
    against = (told != 0) & ((told & named) == 0)
    return bearing.refuted(against, ~against) & bearing.close & (named[:, 0] > 0)


def _wrong_goal(reading: Reading, facts: Facts, bearing: _Bearing) -> Flags:
    """Claims that a goal was met where it was missed, or missed where it was met."""
    claimed = reading.said.status()[:, None]
    status = facts.spread("status")[reading.case]
    against = status * claimed < 0
    one = bearing.refuted(against, status * claimed > 0) & ~reading.said.every
    key = facts.spread("key")[reading.case] & (facts.spread("gap") != 0)[reading.case]
    of_all = reading.said.every & (key & against).any(axis=1)
    return np.asarray((one | of_all) & (claimed[:, 0] != 0), dtype=bool)


def _wrong_direction(reading: Reading, facts: Facts, bearing: _Bearing) -> Flags:
    """Claims of a rise where evidence tells of a fall, or of *above target* where it was below."""
    wrong = np.zeros(len(reading.claims), dtype=bool)
    for axis in AXES:
        claimed = reading.said.sign(axis)[:, None]
        of_items = facts.spread("gap") if axis == "target" else reading.told.sign(axis)
        told = of_items[reading.case]
        refuted = bearing.refuted(told * claimed < 0, told * claimed > 0)
        wrong |= refuted & (claimed[:, 0] != 0)
    return wrong & bearing.close


def _places(reading: Reading, kind: NDArray[Any], numbers: Stated) -> tuple[Codes, Codes]:
    """First and last word at fault; -1 where the claim as a whole is."""
    first = np.full(len(kind), -1, dtype=np.int64)
    last = first.copy()
    for name, at in ((ALTERED, numbers.altered), (FABRICATED, numbers.fabricated)):
        mine = (kind == name) & (at >= 0)
        number = reading.numbers.iloc[at[mine]]
        first[mine], last[mine] = number["word"], number["last"]
    moves = np.any([reading.signs[axis] != 0 for axis in AXES], axis=0)
    signs = ((PERIOD, reading.signs["quarter"] != 0), (GOAL, reading.signs["status"] != 0))
    for name, flags in (*signs, (DIRECTION, moves)):
        mine = kind == name
        found = np.flatnonzero(flags)
        place = np.searchsorted(found, reading.claims["first"].to_numpy()[mine])
        first[mine] = last[mine] = found[np.minimum(place, len(found) - 1)] if len(found) else -1
    return first, last
