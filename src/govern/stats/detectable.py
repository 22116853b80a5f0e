"""The smallest true effect that an interval of a given make shows to lie beyond a threshold.

Source: docs/statistics.md#detectable-effects; power .8.
"""

from __future__ import annotations

from math import atanh, exp, sqrt, tanh

from govern.domain.finding import Binomial, Corrected, Interval, Ratio, StudentT
from govern.stats.intervals import floor_half_width
from govern.stats.quantiles import beta_quantile, clopper_pearson, t_quantile

POWER = 0.8
POWER_Z = 0.8416212335729143


def detectable(threshold: float, interval: Interval, alpha: float, *, above: bool) -> float | None:
    """The true value from which the interval lies wholly beyond ``threshold``, four runs in five.

    Args:
        threshold: what the interval must lie beyond.
        interval: of the make, and with the errors, that the plan gives.
        alpha: one-sided level.
        above: whether beyond means above the threshold or below it.

    Returns:
        In the estimate's unit; ``None`` where no value that the unit has would be shown, and
        for a corrected share: how a judge errs is not known before it is asked.
    """
    if isinstance(interval, Binomial):
        return _binomial(threshold, interval.n, alpha, above=above)
    if isinstance(interval, Corrected):
        return None
    sign = 1.0 if above else -1.0
    if isinstance(interval, Ratio):
        found = threshold + sign * _of_ratio(threshold, interval, alpha)
        return found if found >= 0 else None
    found = _student(threshold, interval, alpha, sign)
    if interval.least is not None and found < interval.least:
        return None
    return None if interval.most is not None and found > interval.most else found


def _student(threshold: float, interval: StudentT, alpha: float, sign: float) -> float:
    reach = sign * (t_quantile(alpha, interval.df) + POWER_Z) * interval.se
    if interval.scale == "log" and threshold > 0:
        found = threshold * exp(reach)
    elif interval.scale == "fisher_z" and abs(threshold) < 1:
        found = tanh(atanh(threshold) + reach)
    else:
        found = threshold + reach
    least = threshold + sign * floor_half_width(interval.step, interval.clusters, alpha)
    return (max(found, least) if sign > 0 else min(found, least)) + sign * interval.widen


def _of_ratio(threshold: float, interval: Ratio, alpha: float) -> float:
    """How far from the threshold, at the second group's rate."""
    r = threshold
    sd = sqrt(max(0.0, *(a + b * r + c * r * r for a, b, c in interval.variances)))
    reach = (t_quantile(alpha, interval.df) + POWER_Z) * sd
    floor = floor_half_width(interval.step * max(1.0, r), interval.clusters, alpha)
    return (max(reach, floor) + interval.widen) / interval.denominator


def _binomial(threshold: float, n: int, alpha: float, *, above: bool) -> float | None:
    if not above:
        other = _binomial(1 - threshold, n, alpha, above=True)
        return None if other is None else 1 - other
    if clopper_pearson(n, n, alpha)[0] <= threshold:
        return None
    low, high = 0, n
    while high - low > 1:
        middle = (low + high) // 2
        if clopper_pearson(middle, n, alpha)[0] > threshold:
            high = middle
        else:
            low = middle
    return beta_quantile(POWER, high, n - high + 1)
