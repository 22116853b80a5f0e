"""Differences between groups of different people: Welch's, and by name where names recur.

Source: docs/statistics.md#people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govern.stats.quantiles import beta_cdf

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Side:
    """The mean of one group with its variance.

    Attributes:
        mean: over people.
        variance: of the mean; the larger of the one over people, s²/n, and the one over names.
        people: how many.
        clusters: names, or people where no name recurs.
    """

    mean: float
    variance: float
    people: int
    clusters: int


@dataclass(frozen=True)
class Difference:
    """One group's mean less that of everybody else, with Satterthwaite's degrees of freedom."""

    group: Side
    others: Side

    @property
    def estimate(self) -> float:
        return round(self.group.mean - self.others.mean, 12)

    @property
    def variance(self) -> float:
        return self.group.variance + self.others.variance

    @property
    def people(self) -> int:
        """People on the smaller side."""
        return min(self.group.people, self.others.people)

    @property
    def clusters(self) -> int:
        """Names on the smaller side."""
        return min(self.group.clusters, self.others.clusters)

    @property
    def df(self) -> float:
        """(v + w)² / (v²/(J - 1) + w²/(K - 1)); of the smaller side where nothing varies."""
        sides = (self.group, self.others)
        below = sum(side.variance**2 / (side.clusters - 1) for side in sides)
        return self.variance**2 / below if below > 0 else float(self.clusters - 1)

    @property
    def p_value(self) -> float:
        """Two-sided p of t = estimate/√variance."""
        if self.variance == 0:
            return float(self.estimate == 0)
        t2 = self.estimate**2 / self.variance
        return beta_cdf(self.df / (self.df + t2), self.df / 2, 0.5)


def side(values: Floats, name: Codes) -> Side:
    """Mean of ``values``, one per person, and its variance; needs two names.

    Over names it is J/(J - 1)·Σ(Σ of deviations under a name)²/n², which is s²/n where each
    name occurs once.
    """
    n = len(values)
    apart = values - values.mean()
    sums = np.bincount(np.unique(name, return_inverse=True)[1], apart)
    names = len(sums)
    by_name = names / (names - 1) * float(sums @ sums) / n**2
    return Side(float(values.mean()), max(float(values.var(ddof=1)) / n, by_name), n, names)


def difference(values: Floats, mine: Mask, name: Codes) -> Difference:
    """The people in ``mine`` against all others; two names are needed on either side."""
    return Difference(side(values[mine], name[mine]), side(values[~mine], name[~mine]))
