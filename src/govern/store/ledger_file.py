"""The record as files: one entry, leaf or checkpoint a line.

For one machine, or a folder kept in git where one place appends; for more there is ``ledger_sql``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from govern.canon import canonical_json
from govern.domain.ledger import Entry, EntryKind, Leaf
from govern.errors import IntegrityError, MovedError
from govern.ledger.chain import head_of, line_of, next_entry, read_chain
from govern.ledger.leaf import leaf_bytes
from govern.store.lines import LineFile


class FileLedger:
    """The ledger in ``path``; see ``domain.ledger.Ledger``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = LineFile(path, start=b'{"at":"')

    def entries(self) -> tuple[Entry, ...]:
        try:
            return self._checked(self._file.read().whole)
        except FileNotFoundError:
            return ()

    def head(self) -> str:
        return head_of(self.entries())

    def append(
        self, kind: EntryKind, payload: dict[str, Any], at: datetime, *, head: str | None = None
    ) -> Entry:
        with self._file.appending() as (lines, add):
            entries = self._checked(lines.whole)
            if head is not None and head != head_of(entries):
                raise MovedError(f"{self.path}: something was entered after {head[:16]}")
            entry = next_entry(entries[-1] if entries else None, kind, payload, at)
            add([line_of(entry)])
        return entry

    def _checked(self, lines: Sequence[bytes]) -> tuple[Entry, ...]:
        placed = ((f"{self.path}:{at}", line) for at, line in enumerate(lines, start=1))
        return read_chain(placed, str(self.path))


class FileLeaves:
    """The leaves and checkpoints in ``folder``; see ``domain.ledger.LeafStore``."""

    def __init__(self, folder: Path) -> None:
        self._leaves = LineFile(folder / "leaves.jsonl", start=b'{"actor_role":"')
        self._notes = NoteFile(folder / "checkpoints.jsonl")

    def leaves(self) -> Iterator[bytes]:
        try:
            yield from self._leaves.read().whole
        except FileNotFoundError:
            return

    def add(self, leaves: Sequence[Leaf], *, size: int | None = None) -> int:
        with self._leaves.appending() as (lines, add):
            there = len(lines.whole)
            if size not in (None, there):
                raise MovedError(f"{self._leaves.path}: expected {size} leaves, found {there}")
            add([leaf_bytes(leaf) for leaf in leaves])
        return there

    def checkpoints(self) -> tuple[str, ...]:
        return self._notes.read()

    def keep(self, note: str) -> None:
        with self._notes.appending() as (_, keep):
            keep(note)


class NoteFile:
    """Signed notes, one a line, in the order in which they were kept."""

    def __init__(self, path: Path) -> None:
        self._file = LineFile(path, start=b'{"note":"')

    def read(self) -> tuple[str, ...]:
        """The notes; raises as ``LineFile.read``, and IntegrityError where one is none."""
        try:
            return self._notes(self._file.read().whole)
        except FileNotFoundError:
            return ()

    @contextmanager
    def appending(self) -> Iterator[tuple[tuple[str, ...], Callable[[str], None]]]:
        """The notes while nobody else keeps any, and what keeps one more."""
        with self._file.appending() as (lines, add):
            yield self._notes(lines.whole), lambda note: add([canonical_json({"note": note})])

    def _notes(self, lines: Sequence[bytes]) -> tuple[str, ...]:
        return tuple(
            _note(line, f"{self._file.path}:{number}") for number, line in enumerate(lines, start=1)
        )


def _note(line: bytes, where: str) -> str:
    try:
        note = json.loads(line)["note"]
        same = canonical_json({"note": note}) == line
    except (ValueError, LookupError, TypeError) as err:
        raise IntegrityError(f"{where}: no checkpoint") from err
    if not same or not isinstance(note, str):
        raise IntegrityError(f"{where}: not spelt as it was kept; a byte of it was changed")
    return note
