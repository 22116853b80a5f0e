"""The journal: one fsynced line for each finished cell. Resuming reads this and nothing else.

A line that did not reach the disk whole is taken back at once, so that a full disk leaves whole
lines alone.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from govern.domain.pipeline import Draft
from govern.errors import IntegrityError, RunError
from govern.runner.reserve import reserved

Append = Callable[[Sequence[bytes]], None]


@dataclass(frozen=True)
class Kept:
    """A draft in a journal, and the run it was taken from where it was not drafted here."""

    draft: Draft
    taken_from: str | None = None


class Journal:
    """Append-only drafts by cell id."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def read(self) -> dict[str, Draft]:
        """Drafts by cell id. A last line that a crash cut short is dropped from the file.

        Raises:
            IntegrityError: a line before the last is broken, or a cell stands twice.
        """
        if self.path.exists():
            size = self.path.stat().st_size
            whole = self.path.read_bytes().rfind(b"\n") + 1
            if whole < size:
                os.truncate(self.path, whole)
        return {cell: one.draft for cell, one in self.kept().items()}

    def kept(self) -> dict[str, Kept]:
        """All whole lines by cell id, also while somebody else writes; raises as ``read``."""
        if not self.path.exists():
            return {}
        kept: dict[str, Kept] = {}
        for number, line in enumerate(self.path.read_bytes().split(b"\n")[:-1], start=1):
            try:
                entry = json.loads(line)
                cell, draft = str(entry["cell"]), Draft.model_validate(entry["draft"])
                taken_from = entry.get("from")
            except (ValueError, KeyError, TypeError, ValidationError) as err:
                raise IntegrityError(f"{self.path}:{number}: not a journal line: {err}") from err
            if cell in kept:
                raise IntegrityError(f"{self.path}:{number}: cell {cell} stands twice")
            kept[cell] = Kept(draft, taken_from)
        return kept

    def take(self, drafts: Mapping[str, Kept]) -> None:
        """Add drafts of earlier runs, all in one write; RunError if the disk has no room."""
        lines = [line_of(cell, one.draft, one.taken_from) for cell, one in drafts.items()]
        with self.path.open("ab", buffering=0) as stream:
            self._write(stream.fileno(), b"".join(lines))

    @contextmanager
    def appending(self, full: Callable[[], None] = lambda: None) -> Iterator[Append]:
        """Yields what writes lines, all or none, and returns once the disk has them.

        What was set aside for that holds the drafts in flight when the disk fills up; ``full`` is
        then called, for no other draft to begin.

        Raises:
            RunError: there is no room to begin with; or, from what was yielded, none for a draft.
        """
        with (
            self.path.open("ab", buffering=0) as stream,
            reserved(self.path.with_name(".reserve")) as give_up,
        ):

            def append(lines: Sequence[bytes]) -> None:
                with self._lock:
                    try:
                        self._write(stream.fileno(), b"".join(lines))
                    except RunError:
                        full()
                        if not give_up():
                            raise
                        self._write(stream.fileno(), b"".join(lines))

            yield append

    def _write(self, handle: int, data: bytes) -> None:
        try:
            add_whole(handle, data)
        except OSError as err:
            raise RunError(f"{self.path}: a draft could not be kept: {err.strerror}") from err


def add_whole(handle: int, data: bytes) -> None:
    """All of ``data``, down to the disk, or none of it; OSError if it cannot be."""
    before = os.fstat(handle).st_size
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, before)
        raise


def line_of(cell: str, draft: Draft, taken_from: str | None = None) -> bytes:
    """A draft as the journal has it."""
    entry = {"cell": cell, "draft": draft.as_json()}
    if taken_from:
        entry["from"] = taken_from
    return (json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n").encode()
