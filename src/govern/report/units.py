"""The reader's units: shares are read as "in 100", everything else in its own unit."""

from __future__ import annotations

from govern.domain import Noun
from govern.report.wording import as_written, two_digits

_SHARES = frozenset({"share", "proportion", "fraction", "rate"})
_BARE = frozenset(
    {"", "ratio", "ratio of rates", "kappa", "quadratic-weighted kappa", "cosine", "4-gram Jaccard"}
)


class Unit(Noun):
    """How amounts of one unit are scaled and named for a reader.

    ``label`` names the unit in headings, also where a sentence gives the bare number.
    """

    name: str
    label: str
    factor: float = 1.0

    def number(self, value: float) -> float:
        """``value`` in the reader's unit, free of binary noise."""
        return float(f"{value * self.factor:.12g}")

    def amount(self, value: float) -> str:
        """The size of ``value`` with its unit, two significant digits."""
        number = two_digits(abs(self.number(value)))
        return f"{number} {self.name}" if self.name else number

    def allowed(self, value: float) -> str:
        """A margin or threshold of the policy in the policy's digits, its unit understood."""
        return as_written(self.number(value))


def unit_of(name: str) -> Unit:
    """The reader's unit for a finding's ``unit``: ``share of claims`` is ``in 100 claims``."""
    head, _, things = name.partition(" of ")
    if head in _SHARES:
        scaled = f"in 100 {things}".strip()
        return Unit(name=scaled, label=scaled, factor=100.0)
    if head == "log ratio":
        return Unit(name="on the log scale", label=name)
    return Unit(name="" if name in _BARE else name, label=name)
