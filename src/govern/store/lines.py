"""A file of lines that is only added to: each on the disk before anybody builds on it.

Appenders queue at a lock on the file itself. For one machine, or a folder kept in git where one
place appends.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from govern.errors import IntegrityError, RunError


class RecordWarning(UserWarning):
    """The record holds, but something about it should be known."""


@dataclass(frozen=True)
class Lines:
    """What a file held: its whole lines, how many bytes they take, and what follows them."""

    whole: tuple[bytes, ...]
    kept: int
    tail: bytes


class LineFile:
    """The file at ``path``, whose lines are JSON and all begin with ``start``."""

    def __init__(self, path: Path, *, start: bytes) -> None:
        self.path = path
        self._start = start

    def read(self) -> Lines:
        """The lines; a beginning of one at the end is told and does not count.

        Raises:
            FileNotFoundError: there is no file.
            IntegrityError: what follows the lines is no beginning of one, or the file is a link.
            RunError: it cannot be reached.
        """
        with self._locked(os.O_RDONLY, fcntl.LOCK_SH) as handle:
            lines = self._read(handle)
        self._tell_of_tail(lines)
        return lines

    @contextmanager
    def appending(self) -> Iterator[tuple[Lines, Callable[[Sequence[bytes]], None]]]:
        """The lines while nobody else appends, and what adds more, all or none, to the disk."""
        self._make_folder()
        with self._locked(os.O_RDWR | os.O_CREAT | os.O_APPEND, fcntl.LOCK_EX) as handle:
            lines = self._read(handle)

            def add(more: Sequence[bytes]) -> None:
                self._add(handle, lines, more)

            yield lines, add

    def _read(self, handle: int) -> Lines:
        raw = _all(handle)
        *whole, tail = raw.split(b"\n")
        if _is_json(tail):
            whole, tail = [*whole, tail], b""
        return Lines(tuple(whole), len(raw) - len(tail), tail)

    def _add(self, handle: int, lines: Lines, more: Sequence[bytes]) -> None:
        self._tell_of_tail(lines)
        if lines.tail:
            os.ftruncate(handle, lines.kept)
        os.lseek(handle, 0, os.SEEK_END)
        unbroken = lines.kept and os.pread(handle, 1, lines.kept - 1) != b"\n"
        broken = b"\n" if unbroken else b""
        try:
            _write(handle, broken + b"".join(line + b"\n" for line in more))
        except OSError:
            os.ftruncate(handle, lines.kept)
            raise
        if not lines.whole:
            _sync_folder(self.path.parent)

    def _tell_of_tail(self, lines: Lines) -> None:
        if not lines.tail:
            return
        if not lines.tail.startswith(self._start[: len(lines.tail)]):
            raise IntegrityError(
                f"{self.path}:{len(lines.whole) + 1}: neither a line of it nor the beginning of "
                "one; take the file from a copy that is whole"
            )
        warnings.warn(
            f"{self.path}: its last line was cut short, at byte {lines.kept}; it was never "
            "acknowledged and does not count",
            RecordWarning,
            stacklevel=4,
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
