"""The journal: one fsynced line for each finished cell. Resuming reads this and nothing else."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from pydantic import ValidationError

from govern.domain.pipeline import Draft
from govern.errors import IntegrityError


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

    def append(self, cell: str, draft: Draft) -> None:
        """Write one draft and wait until the disk has it."""
        entry = {"cell": cell, "draft": draft.as_json()}
        line = json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n"
        with self._lock, self.path.open("ab") as stream:
            stream.write(line.encode())
            stream.flush()
            os.fsync(stream.fileno())
