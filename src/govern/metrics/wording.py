"""What claims and items say beside their content words: times, directions, goals, persons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govern.metrics.evidence import Facts
from govern.text.directions import AXES, EVERY
from govern.text.lexemes import Codes, Flags, Lexemes

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
        every, persons: whether a word of that kind occurs.
    """

    quarter: Codes
    up: dict[str, Flags]
    down: dict[str, Flags]
    met: Flags
    missed: Flags
    every: Flags
    persons: Flags

    def status(self) -> Codes:
        """+1 met, -1 missed, 0 neither or both."""
        return self.met.astype(np.int64) - self.missed.astype(np.int64)

    def sign(self, axis: str) -> Codes:
        """+1 up, -1 down, 0 neither or both."""
        return self.up[axis].astype(np.int64) - self.down[axis].astype(np.int64)


def wording_of(lex: Lexemes, unit: Codes, units: int, signs: dict[str, Codes]) -> Wording:
    """What each of ``units`` says, from the signs of its words."""

    def any_(flags: NDArray[Any]) -> Flags:
        return np.asarray(np.bincount(unit[flags], minlength=units) > 0)

    named = signs["quarter"]
    bits = sum(any_((named & bit) > 0).astype(np.int64) * bit for bit in (1, 2, 4, 8))
    return Wording(
        quarter=np.asarray(bits, dtype=np.int64),
        up={axis: any_(signs[axis] > 0) for axis in AXES},
        down={axis: any_(signs[axis] < 0) for axis in AXES},
        met=any_(signs["status"] > 0),
        missed=any_(signs["status"] < 0),
        every=any_(lex.among(EVERY)),
        persons=any_(lex.among(PERSONS)),
    )


def part_of(wording: Wording, part: slice) -> Wording:
    """Some of the units."""

    def cut(value: Any) -> Any:
        return {k: v[part] for k, v in value.items()} if isinstance(value, dict) else value[part]

    return Wording(**{name: cut(value) for name, value in vars(wording).items()})


def by_slot(wording: Wording, facts: Facts) -> Wording:
    """Values by item as C × K tables; zero where a case has no such item."""
    case, slot = facts.items["case"].to_numpy(), facts.items["slot"].to_numpy()

    def table(values: NDArray[Any]) -> NDArray[Any]:
        spread = np.zeros((len(facts.cases), facts.slots), dtype=values.dtype)
        spread[case, slot] = values
        return spread

    def each(value: Any) -> Any:
        return {k: table(v) for k, v in value.items()} if isinstance(value, dict) else table(value)

    return Wording(**{name: each(value) for name, value in vars(wording).items()})
