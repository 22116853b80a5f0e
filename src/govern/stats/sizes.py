"""How many more cases would settle an undecided bound.

Source: docs/statistics.md#sizes; solves v/n + v_name = (room / (t + z))² for n, power .9.
"""

from __future__ import annotations

from math import atanh, ceil, floor, inf, log, log1p, sqrt

from govern.domain.finding import Binomial, Corrected, Interval, Ratio, StudentT
from govern.stats.corrected import corrected_bounds
from govern.stats.quantiles import clopper_pearson, t_quantile

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
        threshold, the names alone leave too much doubt, or over ``MOST_CASES`` are needed.
    """
    room = threshold - estimate if below else estimate - threshold
    if room <= 0:
        return None
    if isinstance(interval, Binomial):
        return _cases_binomial(estimate, threshold, interval, alpha, below=below)
    if isinstance(interval, Ratio):
        return _cases_ratio(threshold, interval, alpha, below=below)
    if isinstance(interval, Corrected):
        return _cases_corrected(estimate, threshold, interval, alpha, below=below)
    room -= interval.widen
    target = estimate + room if below else estimate - room
    scaled = _on_scale(estimate, target, room, interval)
    if room <= 0 or scaled <= 0:
        return None
    by_variance = _solve(scaled, interval.se, interval.se_name, interval, alpha)
    by_floor = _cases_for_floor(room, interval.step, alpha)
    if by_variance is None or by_floor is None:
        return None
    return max(by_variance, by_floor)


def _on_scale(estimate: float, target: float, room: float, interval: StudentT) -> float:
    """``room`` where the standard error lives; a target off the scale is out of reach there."""
    if interval.scale == "log" and estimate > 0:
        return abs(log(target / estimate)) if target > 0 else inf
    if interval.scale == "fisher_z" and abs(estimate) < 1:
        return abs(atanh(estimate) - atanh(target)) if abs(target) < 1 else inf
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
    needed = ceil(log(alpha) / log1p(-share)) + 1
    return needed if needed <= MOST_CASES else None


def _cases_ratio(threshold: float, interval: Ratio, alpha: float, *, below: bool) -> int | None:
    gap = interval.numerator - threshold * interval.denominator
    room = (-gap if below else gap) - interval.widen
    if room <= 0:
        return None
    at = [a + b * threshold + c * threshold**2 for a, b, c in interval.variances]
    names = sqrt(max(at[-1] - at[0], 0.0))
    by_variance = _solve(room, sqrt(max(at)), names, interval, alpha)
    by_floor = _cases_for_floor(room, interval.step * max(1.0, threshold), alpha)
    return None if by_variance is None or by_floor is None else max(by_variance, by_floor)


def _cases_binomial(
    estimate: float, threshold: float, interval: Binomial, alpha: float, *, below: bool
) -> int | None:
    if not 0 < threshold < 1:
        return interval.n
    if interval.hits in (0, interval.n):
        agreeing = 1 - threshold if below else threshold
        needed = floor(log(alpha) / log(agreeing)) + 1
        return needed if needed <= MOST_CASES else None
    z = t_quantile(alpha, 10_000) + POWER_Z
    needed = ceil(threshold * (1 - threshold) * (z / (threshold - estimate)) ** 2)
    needed = max(needed, interval.n)
    while needed <= MOST_CASES:
        hits = ceil(estimate * needed) if below else floor(estimate * needed)
        low, high = clopper_pearson(hits, needed, alpha)
        if high < threshold if below else low > threshold:
            return needed
        needed = ceil(needed * 1.05)
    return None


def _cases_corrected(
    estimate: float, threshold: float, interval: Corrected, alpha: float, *, below: bool
) -> int | None:
    """With the calibration as it is; ``None`` also where more cases cannot make up for it."""
    needed = interval.clusters
    while needed <= MOST_CASES:
        more = interval.model_copy(
            update={"clusters": needed, "n": interval.n * needed / interval.clusters}
        )
        low, high = corrected_bounds(estimate, more, alpha)
        if high < threshold if below else low > threshold:
            return needed
        needed = ceil(needed * 1.05)
    return None
