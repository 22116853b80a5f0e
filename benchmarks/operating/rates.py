"""What is counted over many simulated suites, with its Monte-Carlo error."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# What the standard allows over nominal, and how much wider than the oracle's an interval may be.
SLACK = 0.02
WIDEST = 1.3


@dataclass(frozen=True)
class Misses:
    """Of ``runs`` intervals at one-sided ``alpha``, how many lay wholly above or below the truth.

    Attributes:
        above: lower end above the truth.
        below: upper end below the truth.
        width: mean half-width over the oracle's; ``None`` where there is no oracle.
        by_floor: the oracle's half-width is below the floor, which then sets the width.
    """

    alpha: float
    runs: int
    above: int
    below: int
    width: float | None = None
    by_floor: bool = False

    @property
    def worst(self) -> float:
        """Rate of the end that misses more often."""
        return max(self.above, self.below) / self.runs

    @property
    def error(self) -> float:
        """Standard error of a rate at nominal."""
        return sqrt(self.alpha * (1 - self.alpha) / self.runs)

    def keeps_its_level(self, errors: float = 3) -> bool:
        """Neither end misses over nominal + 2 points, beyond some Monte-Carlo errors."""
        return self.worst <= self.alpha + SLACK + errors * self.error

    def is_narrow(self, errors: float = 3) -> bool:
        """At most 1.3 times the oracle's, or as wide as the floor makes it.

        The oracle's standard deviation, being that of ``runs`` estimates, has an error too.
        """
        widest = WIDEST * (1 + errors / sqrt(2 * self.runs))
        return self.width is None or self.by_floor or self.width <= widest


def counted(
    ends: Floats,
    truth: float,
    alpha: float,
    *,
    oracle: float | None = None,
    floor: float = 0.0,
) -> Misses:
    """Misses of ``runs`` × 2 lower and upper ends; ``oracle`` is a half-width."""
    low, high = ends[:, 0], ends[:, 1]
    return Misses(
        alpha=alpha,
        runs=len(ends),
        above=int((low > truth).sum()),
        below=int((high < truth).sum()),
        width=None if oracle is None else float((high - low).mean() / 2 / oracle),
        by_floor=oracle is not None and oracle < floor,
    )


def share_error(share: float, runs: int) -> float:
    """Monte-Carlo standard error of a share."""
    return sqrt(share * (1 - share) / runs)
