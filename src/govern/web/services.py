"""What the pages ask for. ``app`` answers; tests answer with made-up things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from govern.app.acts_in_force import ActsInForce
from govern.app.audit import Followed, LogState, RecordPage
from govern.app.board import DecisionFile, DecisionLine
from govern.app.contests import Contests
from govern.domain.access import Doors


class Records(Protocol):
    """The record of decisions, for board and auditor.

    Every method raises a GovernError where the record is damaged or out of reach.
    """

    def decisions(self, *, now: datetime) -> tuple[DecisionLine, ...]: ...

    def decision(self, decision_id: str, *, now: datetime) -> DecisionFile | None: ...

    def report(self, decision_id: str, *, now: datetime) -> str | None: ...

    def acts(self, *, now: datetime) -> ActsInForce: ...

    def archive(self, decision_id: str, *, now: datetime) -> bytes | None: ...

    def followed_back(self, decision_id: str, *, now: datetime) -> Followed | None: ...

    def log_state(self, *, now: datetime) -> LogState: ...

    def entries(self, *, first: int, count: int) -> RecordPage: ...


@dataclass(frozen=True)
class Services:
    """Everything behind the pages; sessions and the log of reads are the store's of contests."""

    records: Records
    contests: Contests
    now: Callable[[], datetime]

    @property
    def doors(self) -> Doors:
        return self.contests.store.doors
