"""What the gate decision on a pipeline says that bears on the grounds of a contest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from govern.app.opened_decision import open_decision
from govern.app.past import past_decisions
from govern.contest.coverage import why_uncovered
from govern.domain.contest import Ground
from govern.domain.decision import Decision
from govern.domain.review_intake import IntakeReview
from govern.report.page import ClauseLine
from govern.report.sentences import verdict_of
from govern.report.shown import Verdict
from govern.report.view import build
from govern.sources.locate import Project

BEARS: Mapping[Ground, str] = MappingProxyType(
    {
        "group_bias": "fairness.",
        "wrong_fact": "accuracy.",
        "missing_fact": "accuracy.",
        "wrong_evidence": "accuracy.",
        "generic_text": "homogeneity.",
    }
)
"""Which metrics speak of what somebody objects to; of the other grounds none does."""


@dataclass(frozen=True)
class OnGround:
    """The clauses that bear on a ground, each with what was found of it; there may be none."""

    ground: Ground
    clauses: tuple[ClauseLine, ...]


@dataclass(frozen=True)
class Bearing:
    """The decision in force when a review was finalised, as far as it bears on its contest.

    ``verdict`` is ``None`` where no decision was found. ``uncovered`` says why none lets the
    pipeline draft this review, empty where one does.
    """

    uncovered: str
    candidate: str = ""
    verdict: Verdict | None = None
    made: date | None = None
    until: date | None = None
    grounds: tuple[OnGround, ...] = ()


def bearing(project: Project, review: IntakeReview, grounds: Iterable[Ground]) -> Bearing | None:
    """What was tested of the pipeline behind a review; ``None`` where no AI took part.

    Raises:
        IntegrityError: a decision in the record was changed.
    """
    if review.ai_role == "none":
        return None
    decisions = past_decisions(project.record)
    uncovered = why_uncovered(review, decisions) or ""
    decision = _in_force(review, decisions)
    if decision is None:
        return Bearing(uncovered)
    opened = open_decision(project.record, decision.decision_id)
    page = build(opened.decision, opened.policy)
    subject = {clause.id: clause.subject for clause in opened.decision.clauses}
    asked = dict.fromkeys(ground for ground in grounds if ground in BEARS)
    return Bearing(
        uncovered=uncovered,
        candidate=f"{decision.run.pipeline} {decision.run.pipeline_version}",
        verdict=verdict_of(decision.effective_outcome),
        made=decision.created.date(),
        until=decision.expires,
        grounds=tuple(
            OnGround(
                ground,
                tuple(line for line in page.overview if subject[line.id].startswith(BEARS[ground])),
            )
            for ground in asked
        ),
    )


def _in_force(review: IntakeReview, decisions: Iterable[Decision]) -> Decision | None:
    """The one that the review names, else the last before it on what drafted it."""
    found = None
    for one in decisions:
        if one.decision_id == review.decision_id:
            return one
        if one.run.fingerprint == review.fingerprint and one.created <= review.finalised:
            found = one
    return found
