"""Why a data set is not written: the threshold that was missed and the rows, never a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_SHOWN = 12


@dataclass(frozen=True)
class Problem:
    """A missed threshold: which, in words, and in which rows of the user's file."""

    check: str
    why: str
    rows: tuple[int, ...]

    def sentence(self) -> str:
        """One line for people."""
        return f"{self.check}: {self.why}" + (f" ({row_words(self.rows)})" if self.rows else "")


def row_words(rows: Sequence[int]) -> str:
    """``row 3``, or ``rows 3, 9 and 17 more``."""
    plain = [int(row) for row in rows]
    if len(plain) == 1:
        return f"row {plain[0]}"
    shown = ", ".join(map(str, plain[:_SHOWN]))
    more = len(plain) - _SHOWN
    return f"rows {shown} and {more} more" if more > 0 else f"rows {shown}"
