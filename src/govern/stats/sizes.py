"""What would settle an undecided bound: more cases, more names, or nothing of the kind.

Source: docs/statistics.md#sizes; solves v/n + v_name = (room / (t + z))² for n, power .9.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atanh, ceil, floor, inf, log, log1p, sqrt
from typing import Literal

from govern.domain.finding import Binomial, Corrected, Interval, Ratio, StudentT
from govern.stats.corrected import corrected_bounds
from govern.stats.quantiles import clopper_pearson, t_quantile

POWER_Z = 1.2815515655446004
MOST_CASES = 100_000


@dataclass(frozen=True)
class Need:
    """What it would take for an interval to clear a threshold.

    ``what``: ``cases``, as many in all as ``cases`` says; ``names``, as those there are leave
    too much doubt however many cases they go through; ``drafts``, as those that are missing do;
    ``nothing``, as the estimate itself stands on or beyond the threshold; ``too_many`` where over
    ``MOST_CASES`` would be needed.
    """

    what: Literal["cases", "names", "drafts", "nothing", "too_many"]
    cases: int | None = None


NOTHING, NAMES, DRAFTS, TOO_MANY = Need("nothing"), Need("names"), Need("drafts"), Need("too_many")
WORST_FIRST = ("nothing", "drafts", "names", "too_many", "cases")


def need_to_clear(
    estimate: float, threshold: float, interval: Interval, alpha: float, *, below: bool
) -> Need:
    """What it would take for an interval of this make to clear ``threshold``.

    Args:
        estimate: what was found.
        threshold: what the end of the interval must clear.
        interval: of the finding.
        alpha: one-sided level.
        below: whether the upper end must come below the threshold, or the lower above it.
    """
    room = threshold - estimate if below else estimate - threshold
    if room <= 0:
        return NOTHING
    if isinstance(interval, Binomial):
        return _binomial(estimate, threshold, interval, alpha, below=below)
    if isinstance(interval, Ratio):
        return _ratio(threshold, interval, alpha, below=below)
    if isinstance(interval, Corrected):
        return _corrected(estimate, threshold, interval, alpha, below=below)
    room -= interval.widen
    target = estimate + room if below else estimate - room
    scaled = _on_scale(estimate, target, room, interval)
    if room <= 0 or scaled <= 0:
        return DRAFTS
    by_variance = _solve(scaled, interval.se, interval.se_name, interval, alpha)
    return hardest(by_variance, _for_floor(room, interval.step, alpha))


def hardest(*needs: Need) -> Need:
    """Of several needs, the one that is met last."""
    return min(needs, key=lambda need: (WORST_FIRST.index(need.what), -(need.cases or 0)))


def _on_scale(estimate: float, target: float, room: float, interval: StudentT) -> float:
    """``room`` where the standard error lives; a target off the scale is out of reach there."""
    if interval.scale == "log" and estimate > 0:
        return abs(log(target / estimate)) if target > 0 else inf
    if interval.scale == "fisher_z" and abs(estimate) < 1:
        return abs(atanh(estimate) - atanh(target)) if abs(target) < 1 else inf
    return room


def _solve(
    room: float, se: float, se_name: float, interval: StudentT | Ratio, alpha: float
) -> Need:
    allowed = (room / (t_quantile(alpha, interval.df) + POWER_Z)) ** 2
    names = se_name**2
    if names >= allowed:
        return NAMES
    needed = max(se**2 - names, 0.0) * interval.clusters / (allowed - names)
    return _cases(max(needed, interval.clusters))


def _cases(needed: float) -> Need:
    return Need("cases", ceil(needed)) if needed <= MOST_CASES else TOO_MANY


def _for_floor(room: float, step: float, alpha: float) -> Need:
    share = room / step if step else 1.0
    return _cases(1 if share >= 1 else ceil(log(alpha) / log1p(-share)) + 1)


def _ratio(threshold: float, interval: Ratio, alpha: float, *, below: bool) -> Need:
    gap = interval.numerator - threshold * interval.denominator
    room = (-gap if below else gap) - interval.widen
    if room <= 0:
        return DRAFTS
    at = [a + b * threshold + c * threshold**2 for a, b, c in interval.variances]
    names = sqrt(max(at[-1] - at[0], 0.0))
    by_variance = _solve(room, sqrt(max(at)), names, interval, alpha)
    return hardest(by_variance, _for_floor(room, interval.step * max(1.0, threshold), alpha))


def _binomial(
    estimate: float, threshold: float, interval: Binomial, alpha: float, *, below: bool
) -> Need:
    if not 0 < threshold < 1:
        return Need("cases", interval.n)
    if interval.hits in (0, interval.n):
        agreeing = 1 - threshold if below else threshold
        return _cases(floor(log(alpha) / log(agreeing)) + 1)
    z = t_quantile(alpha, 10_000) + POWER_Z
    first = threshold * (1 - threshold) * (z / (threshold - estimate)) ** 2
    needed = ceil(min(max(first, interval.n), MOST_CASES + 1))
    while needed <= MOST_CASES:
        hits = ceil(estimate * needed) if below else floor(estimate * needed)
        low, high = clopper_pearson(hits, needed, alpha)
        if high < threshold if below else low > threshold:
            return Need("cases", needed)
        needed = ceil(needed * 1.05)
    return TOO_MANY


def _corrected(
    estimate: float, threshold: float, interval: Corrected, alpha: float, *, below: bool
) -> Need:
    """With the calibration as it is, for which no number of cases may make up."""
    needed = interval.clusters
    while needed <= MOST_CASES:
        more = interval.model_copy(
            update={"clusters": needed, "n": interval.n * needed / interval.clusters}
        )
        low, high = corrected_bounds(estimate, more, alpha)
        if high < threshold if below else low > threshold:
            return Need("cases", needed)
        needed = ceil(needed * 1.05)
    return TOO_MANY
