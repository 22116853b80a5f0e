"""Better, worse, or no material difference: a candidate's levels beside an incumbent's. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

from govern.domain.finding import Finding, Undefined
from govern.domain.policy import MeasuredClause, Policy
from govern.stats.intervals import bounds

Verdict = Literal["better", "worse", "higher", "lower", "no_material_difference", "undecided"]


@dataclass(frozen=True, order=True)
class Margin:
    """How large a difference a policy lets pass, and the level at which it must be shown."""

    size: float
    alpha: float


def margins(policy: Policy) -> dict[str, Margin]:
    """The margin of each metric that a clause holds against the incumbent; of several, the least.

    A clause whose bound is 0 has none.
    """
    tries = policy.attempts.max_per_lineage
    found: dict[str, Margin] = {}
    for clause in policy.clauses:
        if isinstance(clause, MeasuredClause) and clause.against and (size := _size(clause)):
            margin = Margin(size, clause.over(tries).statistic.alpha)
            found[clause.metric] = min(margin, found.get(clause.metric, margin))
    return found


def verdicts(
    findings: Sequence[Finding], allowed: Mapping[str, Margin], *, alpha: float
) -> tuple[Verdict, ...]:
    """What each paired difference shows.

    Inside its margin there is no material difference; without a margin nobody can say so.
    Else a side is called where the interval leaves 0 out, by Holm over all findings. ``higher``
    and ``lower`` are said of measures that have no better side.

    Args:
        findings: differences, candidate minus incumbent.
        allowed: margins by metric.
        alpha: one-sided, over all findings together.
    """
    shown = _apart_by_holm(findings, alpha)
    return tuple(
        "no_material_difference" if _inside(finding, allowed.get(finding.metric)) else side
        for finding, side in zip(findings, shown, strict=True)
    )


def _size(clause: MeasuredClause) -> float | None:
    if clause.pass_if:
        return abs(clause.pass_if.value)
    return next((s.inside for s in clause.slices if s.by == "all"), None)


def _ends(finding: Finding, alpha: float) -> tuple[float, float]:
    if isinstance(finding.estimate, Undefined) or finding.interval is None:
        return -inf, inf
    return bounds(finding.estimate, finding.interval, alpha)


def _inside(finding: Finding, margin: Margin | None) -> bool:
    if margin is None:
        return False
    low, high = _ends(finding, margin.alpha)
    return -margin.size < low and high < margin.size


def _apart_by_holm(findings: Sequence[Finding], alpha: float) -> list[Verdict]:
    """Which side of 0 each is on: those at α/m, then those at α over what is left of the m."""
    sides: list[Verdict] = ["undecided"] * len(findings)
    left = list(range(len(findings)))
    while left:
        level = alpha / len(left)
        found = {i: side for i in left if (side := _side(findings[i], level))}
        if not found:
            break
        for i, side in found.items():
            sides[i] = side
        left = [i for i in left if i not in found]
    return sides


def _side(finding: Finding, alpha: float) -> Verdict | None:
    low, high = _ends(finding, alpha)
    if low <= 0 <= high:
        return None
    if finding.sense == "centred":
        return "higher" if low > 0 else "lower"
    return "better" if (low > 0) == (finding.sense == "higher_is_better") else "worse"
