"""What comes in from a company's own systems: a review that AI helped to draft, and HR outcomes."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from govern.domain.base import DIGEST, Noun, Version

AiRole = Literal["drafted", "suggested_rating", "drafted_and_suggested", "none"]


class ShownEvidence(Noun):
    """One piece of evidence that the pipeline was shown about a person."""

    id: str
    kind: str
    text: str
    source: str | None = None


class IntakeReview(Noun):
    """A review as it went into the record.

    ``employee``, ``author``, ``manager`` and those in ``line`` (the people above, nearest first)
    are ids of the company's own. ``fingerprint`` is the pipeline's, ``decision_id`` the gate
    decision that the company says allowed it. ``draft`` is what the AI wrote, ``final`` what
    stands; ``None`` where that is not known.
    """

    review_id: str
    version: Version
    employee: str
    author: str
    manager: str
    line: tuple[str, ...] = ()
    period_start: date
    period_end: date
    finalised: AwareDatetime
    ai_role: AiRole
    draft: str | None = None
    draft_rating: float | None = Field(default=None, ge=1, le=5)
    final: str
    final_rating: float | None = Field(default=None, ge=1, le=5)
    evidence: tuple[ShownEvidence, ...] | None = None
    fingerprint: str | None = Field(default=None, pattern=DIGEST)
    decision_id: str | None = None
    disclosure: str | None = None
    participation: Literal["opted_in", "opted_out", "not_asked"] | None = None
    groups: dict[str, str] = {}


class HrOutcome(Noun):
    """Something that HR decided about a person; without it, what needs it is not measured."""

    employee: str
    kind: Literal["rating", "pay", "promotion", "leaver"]
    on: date
    value: float | str
    groups: dict[str, str] = {}
