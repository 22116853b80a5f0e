"""Levels over cases: means, small shares and agreement, each clustered by case.

Source: docs/statistics.md#levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govern.domain.finding import StudentT

Floats = NDArray[np.float64]
PERFECT = 1e-9


@dataclass(frozen=True)
class Level:
    """An estimate with the parameters of its interval."""

    estimate: float
    interval: StudentT


def mean_level(
    cases: Floats, *, step: float, least: float | None = None, most: float | None = None
) -> Level:
    """Mean of one value per case; the rest as in ``StudentT``. Needs two cases."""
    n = len(cases)
    se = float(cases.std(ddof=1) / np.sqrt(n))
    return Level(
        float(cases.mean()),
        StudentT(se=se, df=n - 1, clusters=n, step=step, least=least, most=most),
    )


def share_level(cases: Floats, *, step: float) -> Level:
    """Mean share per case with an interval on the log scale, for shares near zero."""
    n, mean = len(cases), float(cases.mean())
    se = float(cases.std(ddof=1) / np.sqrt(n))
    on_log = se / mean if mean > 0 else 0.0
    interval = StudentT(
        scale="log", se=on_log, df=n - 1, clusters=n, step=step, least=0.0, most=1.0
    )
    return Level(mean, interval)


def weighted_kappa(sums: Floats) -> Floats:
    """Quadratic-weighted kappa from the rows (n, Σx, Σg, Σx², Σg², Σxg).

    1 - mean (x-g)² / (var x + var g + (mean x - mean g)²), which equals the usual
    1 - Σw·O/Σw·E with w = (i-j)². NaN where neither side varies.
    """
    n, x, g, xx, gg, xg = sums
    mx, mg = x / n, g / n
    apart = (xx - 2 * xg + gg) / n
    expected = (xx / n - mx**2) + (gg / n - mg**2) + (mx - mg) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(expected > 1e-12, 1 - apart / expected, np.nan))


def kappa_level(rating: Floats, gold: Floats, case: NDArray[np.int64]) -> Level | None:
    """Agreement of drafted with gold ratings; delete-one-case jackknife on Fisher's z.

    Returns ``None`` where neither rating varies, or would not without one of the cases. One
    rating point on a share q of cases lowers kappa by q over the disagreement that chance
    would give: that is the floor's step. Where agreement without one of the cases is
    perfect, z has no value there, and the jackknife is of kappa itself.
    """
    columns = [np.ones_like(rating), rating, gold, rating**2, gold**2, rating * gold]
    by_case = np.stack([np.bincount(case, column) for column in columns])
    total = by_case.sum(axis=1, keepdims=True)
    estimate = float(weighted_kappa(total)[0])
    without = weighted_kappa(total - by_case)
    if np.isnan(estimate) or np.isnan(without).any():
        return None
    n = by_case.shape[1]
    on_z = bool(np.abs(without).max() < 1 - PERFECT)
    values = np.arctanh(without) if on_z else without
    se = float(np.sqrt((n - 1) / n * ((values - values.mean()) ** 2).sum()))
    chance = float((rating.var() + gold.var()) + (rating.mean() - gold.mean()) ** 2)
    interval = StudentT(
        scale="fisher_z" if on_z else "identity",
        se=se,
        df=n - 1,
        clusters=n,
        step=1 / chance,
        least=-1.0,
        most=1.0,
    )
    return Level(estimate, interval)
