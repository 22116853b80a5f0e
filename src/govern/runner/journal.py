"""The journal: one fsynced line for each finished cell. Resuming reads this and nothing else."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from govern.domain.pipeline import Draft
from govern.errors import IntegrityError

Append = Callable[[str, Draft], None]


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
        if not self.path.exists():
            return {}
        raw = self.path.read_bytes()
        whole, _, rest = raw.rpartition(b"\n")
        if rest:
            kept = len(whole) + 1 if whole else 0
            os.truncate(self.path, kept)
        drafts: dict[str, Draft] = {}
        for number, line in enumerate(whole.split(b"\n") if whole else [], start=1):
            try:
                entry = json.loads(line)
                cell, draft = str(entry["cell"]), Draft.model_validate(entry["draft"])
            except (ValueError, KeyError, TypeError, ValidationError) as err:
                raise IntegrityError(f"{self.path}:{number}: not a journal line: {err}") from err
            if cell in drafts:
                raise IntegrityError(f"{self.path}:{number}: cell {cell} stands twice")
            drafts[cell] = draft
        return drafts

    @contextmanager
    def appending(self) -> Iterator[Append]:
        """Yields what writes one draft and returns once the disk has it."""
        with self.path.open("ab", buffering=0) as stream:

            def append(cell: str, draft: Draft) -> None:
                entry = {"cell": cell, "draft": draft.as_json()}
                line = json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n"
                with self._lock:
                    stream.write(line.encode())
                    os.fsync(stream.fileno())

            yield append
