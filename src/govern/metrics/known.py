"""The numbers that evidence supports: stated, and what follows from value and target."""

from __future__ import annotations

import numpy as np
import pandas as pd

from govern.metrics.evidence import Facts
from govern.text.lexemes import Flags

# How far *about* and *over* may be from the figure, as a share of it.
LOOSE = 0.05
BEYOND = 0.10
PLAIN, PERCENT, EITHER = 0, 1, 2
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}


def known_numbers(facts: Facts, written: pd.DataFrame) -> pd.DataFrame:
    """Every number that an item supports.

    Value and target, also in single units where the unit is *thousand* or *million*; the
    difference between them, in parts of the target as well, and the attainment in per cent;
    and what the item's text states.

    Args:
        facts: of the cases.
        written: the numbers of the items' texts, as ``govern.text.quantities``, with ``item``.

    Returns:
        ``case``, ``slot``, ``value`` and ``kind`` (plain, percent or either), by case.
    """
    items = facts.items
    value, target = items["value"].to_numpy(), items["target"].to_numpy()
    typed = np.where(items["percent"], PERCENT, PLAIN)
    scale = np.array([_scale(unit) for unit in items["unit"]])
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(value - target)
        parts = np.where(target != 0, 100 * apart / np.abs(target), np.nan)
        attained = np.where(target != 0, 100 * value / target, np.nan)
    every = np.arange(len(items))
    pieces = [
        (every, value, typed),
        (every, target, typed),
        (every, value * scale, typed),
        (every, target * scale, typed),
        (every, apart, np.full(len(items), EITHER)),
        (every, parts, np.full(len(items), PERCENT)),
        (every, attained, np.full(len(items), PERCENT)),
        (
            written["item"].to_numpy(),
            written["value"].to_numpy(),
            np.where(written["percent"], PERCENT, PLAIN),
        ),
    ]
    item, number, kind = (np.concatenate(column) for column in zip(*pieces, strict=True))
    table = pd.DataFrame(
        {
            "case": items["case"].to_numpy()[item],
            "slot": items["slot"].to_numpy()[item],
            "value": number,
            "kind": kind,
        }
    )
    return table.dropna().drop_duplicates().sort_values("case", kind="stable")


def fits(numbers: pd.DataFrame, known: pd.DataFrame, slots: int) -> Flags:
    """Which of Q numbers each of K items of its case supports, at the precision given.

    A percentage is supported by a percentage only; *about* allows 5 % to either side, *over*
    and *under* 10 % to theirs.
    """
    at = known["case"].to_numpy()
    case = numbers["case"].to_numpy()
    low = np.searchsorted(at, case, side="left")
    count = np.searchsorted(at, case, side="right") - low
    number = np.repeat(np.arange(len(numbers)), count)
    pair = np.repeat(low - np.cumsum(count) + count, count) + np.arange(len(number))
    value, slack = numbers["value"].to_numpy(), numbers["slack"].to_numpy()
    bound, about = numbers["bound"].to_numpy(), numbers["about"].to_numpy()
    below = np.maximum(slack, LOOSE * value * about + BEYOND * value * (bound < 0))
    above = np.maximum(slack, LOOSE * value * about + BEYOND * value * (bound > 0))
    # Half a unit in the last place counts as fitting, whatever the floats make of it.
    hair = 1e-9 * np.maximum(np.abs(value), 1.0)
    apart = known["value"].to_numpy()[pair] - value[number]
    near = (apart <= (above + hair)[number]) & (apart >= -(below + hair)[number])
    percent = numbers["percent"].to_numpy()
    near &= ~percent[number] | (known["kind"].to_numpy()[pair] != PLAIN)
    held = np.zeros((len(numbers), slots), dtype=bool)
    held[number[near], known["slot"].to_numpy()[pair[near]]] = True
    return held


def has_number(known: pd.DataFrame, facts: Facts) -> Flags:
    """2 × C × K: whether an item has a plain number, and whether it has a percentage."""
    has = np.zeros((2, len(facts.cases), facts.slots), dtype=bool)
    for of_kind, other in ((PLAIN, PERCENT), (PERCENT, PLAIN)):
        mine = known[known["kind"] != other]
        has[of_kind, mine["case"], mine["slot"]] = True
    return has


def _scale(unit: str) -> float:
    return next((scale for word, scale in _SCALES.items() if word in unit), 1.0)
