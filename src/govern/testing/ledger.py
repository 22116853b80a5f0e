"""A ledger in memory, for tests: it passes the same contract tests as those that last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from govern.domain.ledger import Entry, EntryKind
from govern.errors import MovedError
from govern.ledger.chain import check, head_of, next_entry


class MemoryLedger:
    """See ``domain.ledger.Ledger``."""

    def __init__(self) -> None:
        self._entries: tuple[Entry, ...] = ()

    def entries(self) -> tuple[Entry, ...]:
        check(self._entries)
        return self._entries

    def head(self) -> str:
        return head_of(self.entries())

    def append(
        self, kind: EntryKind, payload: dict[str, Any], at: datetime, *, head: str | None = None
    ) -> Entry:
        if head is not None and head != self.head():
            raise MovedError(f"something was entered after {head[:16]}")
        entry = next_entry(self._entries[-1] if self._entries else None, kind, payload, at)
        self._entries = (*self._entries, entry)
        return entry
