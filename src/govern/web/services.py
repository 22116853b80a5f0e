"""What the pages ask for. ``app`` answers; tests answer with made-up things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from govern.app.audit import Followed, LogState, RecordPage
from govern.app.board import ActsInForce, DecisionFile, DecisionLine
from govern.contest.case import CaseView
from govern.domain.access import Doors, Read, Visitor
from govern.domain.contest import Payload
from govern.domain.review_intake import IntakeReview


class Records(Protocol):
    """The record of decisions, for board and auditor.

    Every method raises a GovernError where the record is damaged or out of reach.
    """

    def decisions(self, *, now: datetime) -> tuple[DecisionLine, ...]: ...

    def decision(self, decision_id: str, *, now: datetime) -> DecisionFile | None: ...

    def report(self, decision_id: str) -> str | None: ...

    def acts(self, *, now: datetime) -> ActsInForce: ...

    def archive(self, decision_id: str) -> bytes | None: ...

    def followed_back(self, decision_id: str, *, now: datetime) -> Followed | None: ...

    def log_state(self, *, now: datetime) -> LogState: ...

    def entries(self, *, first: int, count: int) -> RecordPage: ...


class Contests(Protocol):
    """Cases as one visitor may see and move them.

    What they may not see is as if it were not there: ``None``, or missing from a list.
    """

    def reviews(self, visitor: Visitor) -> tuple[IntakeReview, ...]:
        """The reviews about the visitor."""
        ...

    def cases(self, visitor: Visitor, *, now: datetime) -> tuple[CaseView, ...]:
        """The cases that are theirs to see, what is due first standing first."""
        ...

    def case(self, visitor: Visitor, case_id: str, *, now: datetime) -> CaseView | None:
        """One of them."""
        ...

    def act(
        self, visitor: Visitor, case_id: str | None, step: Payload, *, seen: int, now: datetime
    ) -> CaseView:
        """Take a step in a case, or begin one; ``seen`` is the last event that the page showed.

        Raises:
            ContestError: not by them, or not now.
            MovedError: somebody took another step meanwhile.
        """
        ...


@dataclass(frozen=True)
class Services:
    """Everything behind the pages; ``log_read`` returns once a read stands in the log."""

    records: Records
    doors: Doors
    log_read: Callable[[Read], None]
    now: Callable[[], datetime]
    contests: Contests | None = None
