"""How many more cases would settle an undecided bound.

Source: docs/statistics.md#sizes; solves v/n + v_name = (room / (t + z))² for n, power .9.
"""

from __future__ import annotations

from math import atanh, ceil, log, sqrt

from govern.domain.finding import Binomial, Interval, Ratio, StudentT
from govern.stats.quantiles import t_quantile

POWER_Z = 1.2815515655446004
MOST_CASES = 100_000


def cases_to_clear(
    estimate: float, threshold: float, interval: Interval, alpha: float, *, below: bool
) -> int | None:
    """Cases in all at which an interval of this make would clear ``threshold``.

    Args:
        estimate: what was found.
        threshold: what the end of the interval must clear.
        interval: of the finding.
        alpha: one-sided level.
        below: whether the upper end must come below the threshold, or the lower above it.

    Returns:
        ``None`` where no number of cases would: the estimate stands on or beyond the
        threshold, or the names alone leave too much doubt.
    """
    room = threshold - estimate if below else estimate - threshold
    if room <= 0:
        return None
    if isinstance(interval, Binomial):
        return _cases_binomial(estimate, threshold, interval, alpha)
    if isinstance(interval, Ratio):
        return _cases_ratio(threshold, interval, alpha)
    room -= interval.widen
    scaled = _on_scale(estimate, threshold, room, interval)
    if room <= 0 or scaled <= 0:
        return None
    by_variance = _solve(scaled, interval.se, interval.se_name, interval, alpha)
    by_floor = _cases_for_floor(room, interval.step, alpha)
    if by_variance is None or by_floor is None:
        return None
    return max(by_variance, by_floor)


def _on_scale(estimate: float, threshold: float, room: float, interval: StudentT) -> float:
    if interval.scale == "log" and estimate > 0 and threshold > 0:
        return abs(log(threshold / estimate))
    if interval.scale == "fisher_z" and abs(estimate) < 1 and abs(threshold) < 1:
        return abs(atanh(estimate) - atanh(threshold))
    return room


def _solve(
    room: float, se: float, se_name: float, interval: StudentT | Ratio, alpha: float
) -> int | None:
    allowed = (room / (t_quantile(alpha, interval.df) + POWER_Z)) ** 2
    names = se_name**2
    if names >= allowed:
        return None
    needed = ceil(max(se**2 - names, 0.0) * interval.clusters / (allowed - names))
    return max(needed, interval.clusters) if needed <= MOST_CASES else None


def _cases_for_floor(room: float, step: float, alpha: float) -> int | None:
    share = room / step if step else 1.0
    if share >= 1:
        return 1
    needed = ceil(log(alpha) / log(1 - share)) + 1
    return needed if needed <= MOST_CASES else None


def _cases_ratio(threshold: float, interval: Ratio, alpha: float) -> int | None:
    room = interval.numerator - threshold * interval.denominator - interval.widen
    if room <= 0:
        return None
    at = [a + b * threshold + c * threshold**2 for a, b, c in interval.variances]
    names = sqrt(max(at[-1] - at[0], 0.0))
    by_variance = _solve(room, sqrt(max(at)), names, interval, alpha)
    by_floor = _cases_for_floor(room, interval.step, alpha)
    return None if by_variance is None or by_floor is None else max(by_variance, by_floor)


def _cases_binomial(
    estimate: float, threshold: float, interval: Binomial, alpha: float
) -> int | None:
    if interval.hits == 0:
        return ceil(log(alpha) / log(1 - threshold))
    z = t_quantile(alpha, 10_000) + POWER_Z
    needed = ceil(threshold * (1 - threshold) * (z / (threshold - estimate)) ** 2)
    return max(needed, interval.n) if needed <= MOST_CASES else None
