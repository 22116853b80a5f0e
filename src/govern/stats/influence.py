"""The three variances of any smooth statistic of sums, by deleting cases, names and drafts.

For ratios, kappa and areas under a curve, where a contrast's own formulas do not apply. What is
deleted is a cluster's part of the sums, so the statistic is computed for all deletions at once.
Source: docs/statistics.md#influence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Statistic = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Spread:
    """An estimate and its variances by case, by name and by draft."""

    estimate: float
    v_case: float
    v_name: float
    v_draft: float

    @property
    def variance(self) -> float:
        """The largest of the three, as for a contrast."""
        return max(self.v_case, self.v_name, self.v_case + self.v_name - self.v_draft)

    @property
    def se(self) -> float:
        return float(np.sqrt(self.variance))

    @property
    def se_name(self) -> float:
        """Standard error that more cases under the same names would leave."""
        return float(np.sqrt(max(self.v_name - self.v_draft, 0.0)))


def spread(
    total: Floats,
    parts: tuple[Floats, Floats, Floats],
    statistic: Statistic,
    *,
    name_group: Codes | None = None,
) -> Spread | None:
    """The jackknife's three variances of ``statistic`` at ``total``.

    Args:
        total: K sums over everything.
        parts: what goes with each case (K × C), each name (K × M) and each draft (K × N).
        statistic: of K × B sums, B values; NaN where undefined.
        name_group: M codes; each group's names are deleted against their own mean. All names
            are one group where left out.

    Returns:
        ``None`` where the statistic is undefined, in all or without one of the clusters.
    """
    estimate = float(statistic(total[:, None])[0])
    by_case, by_name, by_draft = (statistic(total[:, None] - part) for part in parts)
    group = np.zeros(len(by_name), dtype=np.int64) if name_group is None else name_group
    if not all(np.isfinite(v).all() for v in (np.array([estimate]), by_case, by_name, by_draft)):
        return None
    one = np.zeros(1, dtype=np.int64)
    return Spread(
        estimate=estimate,
        v_case=_jackknife(by_case, one.repeat(len(by_case))),
        v_name=_jackknife(by_name, group),
        v_draft=_jackknife(by_draft, one.repeat(len(by_draft))),
    )


def of_drafts(
    columns: Floats,
    case: Codes,
    name: Codes,
    statistic: Statistic,
    *,
    name_group: Codes | None = None,
) -> Spread | None:
    """``spread`` of a statistic of the sums of K columns over N drafts.

    Args:
        columns: K × N.
        case: N codes 0 … C-1, all used.
        name: N codes 0 … M-1, all used.
        statistic: as in ``spread``.
        name_group: as in ``spread``.
    """
    parts = (_summed(columns, case), _summed(columns, name), columns)
    return spread(columns.sum(axis=1), parts, statistic, name_group=name_group)


def ratio(sums: Floats) -> Floats:
    """First sum over the second; NaN where that is 0."""
    top, bottom = sums
    return np.asarray(np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom != 0))


def _summed(columns: Floats, code: Codes) -> Floats:
    return np.stack([np.bincount(code, column) for column in columns])


def _jackknife(without: Floats, group: Codes) -> float:
    """Σ over groups of (n-1)/n · Σ (value without - the group's mean of them)²."""
    n = np.bincount(group)
    mean = np.bincount(group, without) / n
    squares = np.bincount(group, (without - mean[group]) ** 2)
    return float(((n - 1) / n) @ squares)
