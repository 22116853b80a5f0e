"""The three-valued verdict on the findings of one clause.

Pass needs every slice's own interval inside; fail needs one wholly outside at its Holm level
within the clause; everything else is not enough evidence. Source: docs/statistics.md#verdicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite
from typing import Any

from govern.domain.decision import Reason, SliceOutcome
from govern.domain.finding import Finding, Interval, Undefined
from govern.domain.policy import Bound, JudgedClause
from govern.stats.intervals import bounds
from govern.stats.looks import look_levels, running
from govern.stats.sizes import Need, hardest, need_to_clear

_WOULD_SETTLE = {
    "cases": "about {cases:,} cases in all would settle it",
    "names": (
        "more names would be needed, more cases of the same names would not settle it in the "
        "candidate's favour"
    ),
    "drafts": (
        "what is missing alone leaves too much doubt, and more cases with as many missing drafts "
        "would not settle it in the candidate's favour"
    ),
    "nothing": (
        "the estimate itself is not within it, so more drafts of the same kind would not settle "
        "it in the candidate's favour"
    ),
    "too_many": (
        "any number of cases that could be had would not settle it in the candidate's favour"
    ),
}


def judge_slices(clause: JudgedClause, findings: Sequence[Finding]) -> tuple[SliceOutcome, ...]:
    """A verdict on each finding that the clause asks for."""
    failed = _failed_by_holm(clause, findings)
    return tuple(_slice(clause, finding, index in failed) for index, finding in enumerate(findings))


def unjudged(slice_: str, reason: Reason, explanation: str) -> SliceOutcome:
    """The verdict where there is no finding to judge."""
    return SliceOutcome(
        slice=slice_,
        outcome="insufficient_evidence",
        reason=reason,
        explanation=explanation,
    )


def weight(clause: JudgedClause, slice_: SliceOutcome) -> float:
    """How far an estimate lies towards what the clause forbids; only the order matters."""
    if not isinstance(slice_.estimate, float):
        return -inf
    if slice_.margin is not None:
        return abs(slice_.estimate) / slice_.margin
    upwards = clause.pass_if is None or clause.pass_if.on_upper
    return slice_.estimate if upwards else -slice_.estimate


def margin_of(clause: JudgedClause, finding: Finding) -> float | None:
    """The declared margin of the finding's slice, where the clause has margins."""
    return next((s.inside for s in clause.slices if s.by == finding.by), None)


def _interval(finding: Finding, alpha: float) -> tuple[float, float] | None:
    """Both ends, where groups were not compared over different cases: that is not judged."""
    return None if finding.design else ends_of(finding, alpha)


def ends_of(finding: Finding, alpha: float) -> tuple[float, float] | None:
    """Both ends of a finding's interval, ``alpha`` beyond each, where numbers come of its parts.

    Of a run that could stop early, the tightest of all looks so far, each at its own level. A look
    that showed nothing has spent its share all the same.
    """
    if isinstance(finding.estimate, Undefined) or finding.interval is None:
        return None
    if finding.looks is None:
        return _bounds(finding.estimate, finding.interval, alpha)
    levels = look_levels(alpha, tuple(look.share for look in finding.looks))
    ends = [
        _bounds(look.estimate, look.interval, level)
        for look, level in zip(finding.looks, levels, strict=True)
    ]
    return running([found or (-inf, inf) for found in ends])


def _bounds(
    estimate: float | Undefined, interval: Interval | None, alpha: float
) -> tuple[float, float] | None:
    if isinstance(estimate, Undefined) or interval is None:
        return None
    try:
        return bounds(estimate, interval, alpha)
    except (ArithmeticError, ValueError):
        return None


def _ends(finding: Finding, alpha: float) -> tuple[float, float]:
    return _interval(finding, alpha) or (-inf, inf)


def _holds(bound: Bound, low: float, high: float) -> bool:
    match bound.name:
        case "upper_le":
            return high <= bound.value
        case "upper_lt":
            return high < bound.value
        case "lower_ge":
            return low >= bound.value
        case _:
            return low > bound.value


def passes(clause: JudgedClause, finding: Finding, alpha: float) -> bool:
    """Whether the interval at ``alpha`` clears the threshold on the safe side."""
    low, high = _ends(finding, alpha)
    if clause.pass_if is not None:
        return _holds(clause.pass_if, low, high)
    margin = margin_of(clause, finding)
    return margin is not None and -margin < low and high < margin


def fails(clause: JudgedClause, finding: Finding, alpha: float) -> bool:
    """Whether the interval at ``alpha`` lies wholly on the wrong side."""
    low, high = _ends(finding, alpha)
    if clause.fail_if is not None:
        return _holds(clause.fail_if, low, high)
    margin = margin_of(clause, finding)
    return margin is not None and (low > margin or high < -margin)


def _failed_by_holm(clause: JudgedClause, findings: Sequence[Finding]) -> set[int]:
    """Indices that fail, stepping down: α/m, then α over what is left of the m."""
    failed: set[int] = set()
    while True:
        left = [i for i in range(len(findings)) if i not in failed]
        if not left:
            return failed
        level = clause.statistic.alpha / len(left)
        more = {i for i in left if fails(clause, findings[i], level)}
        if not more:
            return failed
        failed |= more


def _slice(clause: JudgedClause, finding: Finding, failed: bool) -> SliceOutcome:
    common: dict[str, Any] = {
        "slice": finding.slice,
        "estimate": finding.estimate,
        "n": finding.counts.units,
        "unit_name": finding.counts.unit_name,
        "margin": margin_of(clause, finding),
        "finding": finding,
    }
    alpha = clause.statistic.alpha
    ends = _interval(finding, alpha)
    if ends is None or isinstance(finding.estimate, Undefined):
        return SliceOutcome(
            **common,
            outcome="insufficient_evidence",
            reason="not_assessable",
            explanation=_silence(clause, finding),
        )
    low, high = ends
    common |= {"lower": low if isfinite(low) else None, "upper": high if isfinite(high) else None}
    if failed:
        return SliceOutcome(
            **common, outcome="fail", explanation="the interval lies wholly beyond what is allowed"
        )
    clears = passes(clause, finding, alpha)
    if clears and finding.counts.cases >= clause.evidence.min_cases:
        return SliceOutcome(
            **common, outcome="pass", explanation="the interval clears what is allowed"
        )
    doubt, cases = ("", 0) if clears else _straddles(clause, finding, finding.estimate)
    return SliceOutcome(
        **common, outcome="insufficient_evidence", **_undecided(clause, finding, doubt, cases)
    )


def _undecided(
    clause: JudgedClause, finding: Finding, doubt: str, cases: int | None
) -> dict[str, Any]:
    """The reason: fewer cases than asked, which are needed too where others settle the doubt."""
    asked = clause.evidence.min_cases
    if finding.counts.cases >= asked:
        return {"reason": "straddles", "explanation": doubt, "cases_needed": cases}
    few = f"{finding.counts.cases} cases, the clause asks for {asked}"
    return {
        "reason": "too_few_cases",
        "explanation": few if cases is not None and cases <= asked else f"{few}; {doubt}",
        "cases_needed": None if cases is None else max(asked, cases),
    }


def _silence(clause: JudgedClause, finding: Finding) -> str:
    """Why a finding shows nothing that a clause could ask for, and what the clause asks."""
    estimate, needed = finding.estimate, clause.evidence.min_cases
    if isinstance(estimate, Undefined):
        short = estimate.code == "too_few" and finding.counts.cases < needed
        return f"{estimate.reason}; the clause asks for {needed}" if short else estimate.reason
    if finding.design:
        return "groups were compared over different cases, which is no test of equal treatment"
    return "no interval" if finding.interval is None else "no interval comes of its numbers"


def _straddles(clause: JudgedClause, finding: Finding, estimate: float) -> tuple[str, int | None]:
    """Why an interval that clears nothing decides nothing, and the cases that would settle it."""
    need = _need(clause, finding.interval, margin_of(clause, finding), estimate)
    if fails(clause, finding, clause.statistic.alpha):
        said = (
            "the interval lies beyond what is allowed, though not at the stricter level at which "
            "one group of several is called a failure"
        )
    else:
        said = f"the interval straddles what is allowed; {_WOULD_SETTLE[need.what]}"
    return said.format(cases=need.cases), need.cases


def _need(
    clause: JudgedClause, interval: Interval | None, margin: float | None, estimate: float
) -> Need:
    """What would settle a slice in the candidate's favour."""
    alpha = clause.statistic.alpha
    if interval is None:
        return Need("nothing")
    try:
        return _need_at(clause, interval, margin, estimate, alpha)
    except (ArithmeticError, ValueError):
        return Need("too_many")


def _need_at(
    clause: JudgedClause, interval: Interval, margin: float | None, estimate: float, alpha: float
) -> Need:
    if clause.pass_if is not None:
        bound = clause.pass_if
        return need_to_clear(estimate, bound.value, interval, alpha, below=bound.on_upper)
    return hardest(
        need_to_clear(estimate, margin or 0.0, interval, alpha, below=True),
        need_to_clear(estimate, -(margin or 0.0), interval, alpha, below=False),
    )
