"""Outcomes: which is worse, and how one is put together for a clause of any kind."""

from __future__ import annotations

from collections.abc import Sequence

from govern.domain.decision import ClauseOutcome, Outcome, Reason, SliceOutcome
from govern.domain.policy import Clause

WORST_FIRST: tuple[Outcome, ...] = ("fail", "insufficient_evidence", "pass")


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """The worst of some outcomes; nothing at all is not enough evidence."""
    return next((o for o in WORST_FIRST if o in outcomes), "insufficient_evidence")


def outcome_of(
    clause: Clause,
    outcome: Outcome,
    reason: Reason | None,
    explanation: str,
    *,
    unit: str = "",
    slices: Sequence[SliceOutcome] = (),
) -> ClauseOutcome:
    """A verdict on ``clause``, effective as measured; the judge adds what the gate reads it as."""
    return ClauseOutcome(
        id=clause.id,
        title=clause.title,
        kind=clause.kind,
        severity=clause.severity,
        subject=clause.subject,
        unit=unit,
        outcome=outcome,
        effective=outcome,
        reason=reason if outcome == "insufficient_evidence" else None,
        explanation=explanation,
        reading="",
        slices=tuple(slices),
    )
