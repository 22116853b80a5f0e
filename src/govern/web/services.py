"""What the pages ask for. ``app`` answers; tests answer with made-up things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from govern.app.audit import Followed, RecordPage
from govern.app.board import ActsInForce, DecisionFile, DecisionLine
from govern.domain.access import Doors, Read


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

    def entries(self, *, first: int, count: int) -> RecordPage: ...


@dataclass(frozen=True)
class Services:
    """Everything behind the pages; ``log_read`` returns once a read stands in the log."""

    records: Records
    doors: Doors
    log_read: Callable[[Read], None]
    now: Callable[[], datetime]
