"""A ledger in memory, for tests: it passes the same contract tests as those that last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from govern.domain.ledger import Entry, EntryKind, Leaf
from govern.errors import MovedError
from govern.ledger.chain import check, head_of, next_entry
from govern.ledger.leaf import leaf_bytes


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


class MemoryLeaves:
    """See ``domain.ledger.LeafStore``."""

    def __init__(self) -> None:
        self._leaves: tuple[bytes, ...] = ()
        self._notes: tuple[str, ...] = ()

    def leaves(self) -> Iterator[bytes]:
        yield from self._leaves

    def add(self, leaves: Sequence[Leaf], *, size: int | None = None) -> int:
        there = len(self._leaves)
        if size not in (None, there):
            raise MovedError(f"expected {size} leaves, found {there}")
        self._leaves += tuple(leaf_bytes(leaf) for leaf in leaves)
        return there

    def checkpoints(self) -> tuple[str, ...]:
        return self._notes

    def keep(self, note: str) -> None:
        self._notes += (note,)
