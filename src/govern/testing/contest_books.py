"""The books that a store of contests in memory keeps beside its cases, for tests."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from govern.domain.contest_store import Mandate, Notice, Read


class MemoryNotices:
    """See ``domain.contest_store.Notices``."""

    def __init__(self) -> None:
        self.queue: dict[str, Notice] = {}
        self.gone: dict[str, datetime] = {}

    def take(self, now: datetime, *, pauses: Sequence[timedelta], most: int) -> tuple[Notice, ...]:
        due = [one for one in self.unsent() if one.due <= now][:most]
        for one in due:
            pause = pauses[min(one.attempts, len(pauses) - 1)]
            later = {"due": now + pause, "attempts": one.attempts + 1}
            self.queue[one.notice_id] = one.model_copy(update=later)
        return tuple(due)

    def sent(self, notice_id: str, at: datetime) -> None:
        if notice_id in self.queue:
            self.gone[notice_id] = at
            del self.queue[notice_id]

    def unsent(self) -> tuple[Notice, ...]:
        return tuple(sorted(self.queue.values(), key=lambda one: (one.due, one.notice_id)))

    def forget(self, case_id: str) -> None:
        self.queue = {k: v for k, v in self.queue.items() if v.case_id != case_id}


class MemoryMandates:
    """See ``domain.contest_store.Mandates``."""

    def __init__(self) -> None:
        self._given: list[Mandate] = []

    def give(self, mandate: Mandate) -> None:
        if mandate not in self._given:
            self._given.append(mandate)

    def end(self, mandate: Mandate) -> None:
        self._given = [one for one in self._given if one != mandate]

    def of(self, employee: str) -> tuple[Mandate, ...]:
        return tuple(one for one in self._given if one.employee == employee)

    def of_each(self, employees: Collection[str]) -> tuple[Mandate, ...]:
        return tuple(one for one in self._given if one.employee in employees)

    def held_by(self, representative: str) -> tuple[Mandate, ...]:
        return tuple(one for one in self._given if one.representative == representative)

    def drop(self, employee: str) -> int:
        gone = self.of(employee)
        self._given = [one for one in self._given if one not in gone]
        return len(gone)

    def forget(self, case_id: str) -> None:
        self._given = [one for one in self._given if one.case_id != case_id]


class MemoryReadLog:
    """See ``domain.contest_store.ReadLog``."""

    def __init__(self) -> None:
        self._reads: list[Read] = []

    def log(self, read: Read) -> None:
        self._reads.append(read)

    def reads(self, case_id: str | None = None) -> tuple[Read, ...]:
        return tuple(one for one in self._reads if case_id in (None, one.case_id))
