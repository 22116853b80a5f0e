"""Every number that binds the gate also stands in the words that bind people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from govern.domain.policy import (
    AttestedClause,
    Clause,
    MeasuredClause,
    PropertyClause,
    RecordClause,
)
from govern.policy.visible import shown_text

# Digits of other scripts are left out: not every reader can check them against the block.
_NUMBER = re.compile(
    r"(?<![\w.,])-?(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?!\w|[.,][0-9])"
)

# 1 000 is a thousand to one reader, and 1 and 0 to another: it counts as neither.
_SPACED = re.compile(r"(?<![\w.,])[0-9]{1,3}(?:[ \u00a0\u2009\u202f'\u2019][0-9]{3})+(?![0-9])")
_MINUS = "\u2212"


def unsaid(clause: Clause) -> list[str]:
    """The name and value of each number of a block that its prose does not hold."""
    said = numbers_in(clause.prose)
    return [f"{name} {_shown(value)}" for name, value in numbers_of(clause) if value not in said]


def numbers_in(prose: str) -> set[float]:
    """The numbers that a reader of some Markdown sees: 0-9, thousands with or without commas."""
    text = _SPACED.sub("?", shown_text(prose)).replace(_MINUS, "-")
    return {float(found.replace(",", "")) for found in _NUMBER.findall(text)}


def numbers_of(clause: Clause) -> Iterator[tuple[str, float]]:
    """Every number in a clause's block, by its key."""
    match clause:
        case MeasuredClause() | RecordClause():
            yield from ((f"inside ({s.by})", s.inside) for s in clause.slices if s.inside)
            yield "confidence", clause.statistic.confidence
            for name, bound in (("pass_if", clause.pass_if), ("fail_if", clause.fail_if)):
                if bound:
                    yield name, bound.value
            yield "min_cases", clause.evidence.min_cases
            if isinstance(clause, RecordClause):
                yield "window_days", clause.evidence.window_days
        case PropertyClause():
            if isinstance(clause.must.value, int) and not isinstance(clause.must.value, bool):
                yield clause.must.name, clause.must.value
        case AttestedClause():
            yield "max_age_days", clause.max_age_days
    if clause.waiver.max_days:
        yield "max_days", clause.waiver.max_days


def _shown(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.12g}"
