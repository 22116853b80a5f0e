"""Reviews drafted by a pipeline that no valid decision lets draft them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import AwareDatetime

from govern.domain.base import Noun
from govern.domain.decision import Decision
from govern.domain.places import beyond
from govern.domain.review_intake import IntakeReview

USE_CASE = "review"


class Uncovered(Noun):
    """A finding for the board: so many reviews of one pipeline, and why nothing covers them."""

    fingerprint: str | None
    why: str
    reviews: int
    first: AwareDatetime
    last: AwareDatetime


def uncovered(
    reviews: Iterable[IntakeReview], decisions: Sequence[Decision]
) -> tuple[Uncovered, ...]:
    """What drafted without a valid decision in scope when the review was finalised, most first.

    A decision counts if it passed, with waivers or without, was in force on that day, and is
    not advisory. Where its scope has a limit, the review has to say that it lies within.
    """
    found: dict[tuple[str | None, str], list[IntakeReview]] = {}
    for review in reviews:
        why = why_uncovered(review, decisions)
        if why:
            found.setdefault((review.fingerprint, why), []).append(review)
    rows = [
        Uncovered(
            fingerprint=fingerprint,
            why=why,
            reviews=len(of),
            first=min(r.finalised for r in of),
            last=max(r.finalised for r in of),
        )
        for (fingerprint, why), of in found.items()
    ]
    return tuple(sorted(rows, key=lambda u: (-u.reviews, u.fingerprint or "", u.why)))


def why_uncovered(review: IntakeReview, decisions: Sequence[Decision]) -> str | None:
    """Why no decision covers a review; ``None`` where one does, or no AI took part."""
    if review.ai_role == "none":
        return None
    if review.fingerprint is None:
        return "nobody said which pipeline drafted it"
    mine = [d for d in decisions if d.run.fingerprint == review.fingerprint]
    if not mine:
        return "no decision on this pipeline"
    reasons = [_why_not(review, decision) for decision in mine]
    if None not in reasons:
        return "; ".join(sorted({r for r in reasons if r}))
    covering = [d.decision_id for d, r in zip(mine, reasons, strict=True) if r is None]
    if review.decision_id and review.decision_id not in covering:
        return "a decision covers it, but not the one that was named"
    return None


def _why_not(review: IntakeReview, decision: Decision) -> str | None:
    if decision.effective_outcome != "pass":
        return "it did not pass"
    if decision.advisory:
        return "the decision on it is advisory"
    at = review.finalised
    if at < decision.created:
        return "it was used before the decision"
    if at.date() > decision.expires:
        return "the decision had expired"
    return _outside(review, decision)


def _outside(review: IntakeReview, decision: Decision) -> str | None:
    scope = decision.scope
    if USE_CASE not in scope.use_cases:
        return "the decision is for another use"
    limits = {
        "cohort": (scope.cohort,) if scope.cohort else (),
        "jurisdiction": scope.jurisdictions,
        "role_family": scope.role_families,
    }
    for name, allowed in limits.items():
        if allowed and not _lies_within(name, review.groups.get(name), allowed):
            return f"its {name.replace('_', ' ')} is not shown to be in the decision's scope"
    return None


def _lies_within(limit: str, said: str | None, allowed: Sequence[str]) -> bool:
    if limit == "jurisdiction":
        return said is not None and not beyond([said], allowed)
    return said in allowed
