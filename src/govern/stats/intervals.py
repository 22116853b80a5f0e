"""From an interval's parameters to its two ends, at any level.

Source: docs/statistics.md#intervals.
"""

from __future__ import annotations

from collections.abc import Callable
from math import atanh, exp, inf, log, sqrt, tanh

from govern.domain.finding import Binomial, Corrected, Interval, Ratio, StudentT
from govern.stats.corrected import corrected_bounds
from govern.stats.quantiles import clopper_pearson, t_quantile


def floor_half_width(step: float, clusters: int, alpha: float) -> float:
    """Half-width below which ``clusters`` that all agree can say nothing.

    Were a share q of cases one ``step`` off, all of n would agree with probability
    (1-q)^n; q = 1-α^(1/n) is the largest share that this makes unlikely.
    """
    return step * (1.0 - float(alpha ** (1 / clusters)))


def bounds(estimate: float, interval: Interval, alpha: float) -> tuple[float, float]:
    """Lower and upper end, each of one-sided level ``alpha``, in the estimate's unit.

    The upper end of a ratio may be ``inf``.
    """
    if isinstance(interval, Binomial):
        return clopper_pearson(interval.hits, interval.n, alpha)
    if isinstance(interval, Ratio):
        return _ratio_lower(interval, alpha), _ratio_upper(interval, alpha)
    if isinstance(interval, Corrected):
        return corrected_bounds(estimate, interval, alpha)
    return _student(estimate, interval, alpha)


def _student(estimate: float, interval: StudentT, alpha: float) -> tuple[float, float]:
    reach = t_quantile(alpha, interval.df) * interval.se
    floor = floor_half_width(interval.step, interval.clusters, alpha)
    if interval.scale == "log" and estimate > 0:
        low, high = estimate * exp(-reach), estimate * exp(min(reach, 700 - log(estimate)))
    elif interval.scale == "fisher_z" and abs(estimate) < 1:
        low, high = tanh(atanh(estimate) - reach), tanh(atanh(estimate) + reach)
    else:
        low, high = estimate - reach, estimate + reach
    low = min(low, estimate - floor) - interval.widen
    high = max(high, estimate + floor) + interval.widen
    least = -inf if interval.least is None else interval.least
    most = inf if interval.most is None else interval.most
    return max(low, least), min(high, most)


def _half_width(interval: Ratio, r: float, alpha: float) -> float:
    variance = max(a + b * r + c * r * r for a, b, c in interval.variances)
    reach = t_quantile(alpha, interval.df) * sqrt(max(variance, 0.0))
    # One case moves the denominator by a step, and with it the difference by r of them.
    floor = floor_half_width(interval.step * max(1.0, r), interval.clusters, alpha)
    return max(reach, floor) + interval.widen


def _ratio_lower(interval: Ratio, alpha: float) -> float:
    def clear(r: float) -> bool:
        gap = interval.numerator - r * interval.denominator
        return gap - _half_width(interval, r, alpha) > 0

    if not clear(0.0):
        return 0.0
    low, high = 0.0, 1.0
    while clear(high):
        low, high = high, high * 2
        if high > 1e9:
            return low
    return _bisect(clear, low, high)


def _ratio_upper(interval: Ratio, alpha: float) -> float:
    def not_beyond(r: float) -> bool:
        gap = interval.numerator - r * interval.denominator
        return gap + _half_width(interval, r, alpha) >= 0

    low, high = 0.0, 1.0
    while not_beyond(high):
        low, high = high, high * 2
        if high > 1e9:
            return inf
    return _bisect(not_beyond, low, high)


def _bisect(holds: Callable[[float], bool], low: float, high: float) -> float:
    for _ in range(200):
        mid = (low + high) / 2
        if mid in (low, high):
            break
        if holds(mid):
            low = mid
        else:
            high = mid
    return low
