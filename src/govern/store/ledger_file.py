"""The record as a file: one entry a line, each on the disk before anybody builds on it.

Appenders queue at a lock on the file itself. For one machine, or a folder kept in git where one
place appends; for more there is ``ledger_sql``.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from govern.domain.ledger import Entry, EntryKind
from govern.errors import IntegrityError, MovedError, RunError
from govern.ledger.chain import check, head_of, line_of, next_entry, read_line

_START = b'{"at":"'
"""What every line starts with."""


class RecordWarning(UserWarning):
    """The record holds, but something about it should be known."""


class FileLedger:
    """The ledger in ``path``; see ``domain.ledger.Ledger``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self) -> tuple[Entry, ...]:
        try:
            with self._locked(os.O_RDONLY, fcntl.LOCK_SH) as handle:
                entries, kept, torn = self._read(handle)
        except FileNotFoundError:
            return ()
        if torn:
            self._tell_of_tail(len(kept))
        return entries

    def head(self) -> str:
        return head_of(self.entries())

    def append(
        self, kind: EntryKind, payload: dict[str, Any], at: datetime, *, head: str | None = None
    ) -> Entry:
        self._make_folder()
        with self._locked(os.O_RDWR | os.O_CREAT | os.O_APPEND, fcntl.LOCK_EX) as handle:
            entries, kept, torn = self._read(handle)
            if head is not None and head != head_of(entries):
                raise MovedError(f"{self.path}: something was entered after {head[:16]}")
            entry = next_entry(entries[-1] if entries else None, kind, payload, at)
            if torn:
                self._tell_of_tail(len(kept))
                os.ftruncate(handle, len(kept))
            broken = b"" if kept.endswith(b"\n") or not kept else b"\n"
            try:
                _write(handle, broken + line_of(entry) + b"\n")
            except OSError:
                os.ftruncate(handle, len(kept))
                raise
            if not entries:
                _sync_folder(self.path.parent)
        return entry

    def _read(self, handle: int) -> tuple[tuple[Entry, ...], bytes, bool]:
        """The entries, the bytes they stand in, and whether an unfinished line follows."""
        raw = _all(handle)
        *lines, tail = raw.split(b"\n")
        if _is_json(tail):
            lines, tail = [*lines, tail], b""
        entries = tuple(
            read_line(line, f"{self.path}:{number}") for number, line in enumerate(lines, start=1)
        )
        try:
            check(entries)
        except IntegrityError as err:
            raise IntegrityError(f"{self.path}: {err}") from err
        if not tail.startswith(_START[: len(tail)]):
            raise IntegrityError(
                f"{self.path}:{len(lines) + 1}: neither an entry nor the beginning of one; take "
                "the file from a copy that is whole"
            )
        return entries, raw[: len(raw) - len(tail)], bool(tail)

    def _tell_of_tail(self, kept: int) -> None:
        warnings.warn(
            f"{self.path}: its last line was cut short, at byte {kept}; that entry was never "
            "acknowledged and does not count",
            RecordWarning,
            stacklevel=3,
        )

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as err:
            raise RunError(f"{self.path.parent}: cannot be made: {err.strerror}") from err

    @contextmanager
    def _locked(self, flags: int, lock: int) -> Iterator[int]:
        """The open file once the lock is ours; every failure of the disk told as one."""
        try:
            handle = self._open(flags, lock)
            try:
                yield handle
            finally:
                os.close(handle)
        except FileNotFoundError:
            raise
        except OSError as err:
            if err.errno == errno.ELOOP:
                raise IntegrityError(
                    f"{self.path}: is a symbolic link; the record is a file of its own"
                ) from err
            raise RunError(f"record {self.path} cannot be reached: {err.strerror}") from err

    def _open(self, flags: int, lock: int) -> int:
        """Open and lock; anew where somebody put another file there while we waited."""
        while True:
            # Without O_NONBLOCK a named pipe in its place would hold us up for good.
            handle = os.open(self.path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o644)
            try:
                self._require_regular(handle)
                fcntl.flock(handle, lock)
                if self._is_still(handle):
                    return handle
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)

    def _require_regular(self, handle: int) -> None:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise IntegrityError(f"{self.path}: expected a regular file")

    def _is_still(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), self.path.lstat())
        except FileNotFoundError:
            return False


def _all(handle: int) -> bytes:
    os.lseek(handle, 0, os.SEEK_SET)
    with os.fdopen(os.dup(handle), "rb") as stream:
        return stream.read()


def _is_json(tail: bytes) -> bool:
    """Whether a last line lacks nothing but its line break."""
    try:
        json.loads(tail)
    except ValueError:
        return False
    return True


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
    os.fsync(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
