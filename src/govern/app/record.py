"""Which record a project enters its events in."""

from __future__ import annotations

import os
from pathlib import Path

from govern.domain.ledger import Ledger
from govern.sources.locate import Project

VARIABLE = "GOVERN_RECORD_URL"


def open_ledger(project: Project, record: Path | None = None) -> Ledger:
    """The database that the environment or ``govern.toml`` names, else a file in the record.

    ``record`` is a folder in place of the project's ``record/``.

    Raises:
        InputError: the database's address cannot be used, or its driver is not installed.
    """
    url = os.environ.get(VARIABLE) or project.record_url
    if url:
        from govern.store.ledger_sql import SqlLedger

        return SqlLedger(url, root=project.root)
    from govern.store.ledger_file import FileLedger

    return FileLedger((record or project.record) / "ledger.jsonl")
