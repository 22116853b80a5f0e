"""Which record a project enters its events in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from govern.domain.ledger import Entry, LeafStore, Ledger
from govern.errors import RunError
from govern.sources.locate import Project

VARIABLE = "GOVERN_RECORD_URL"


@dataclass(frozen=True)
class Seen:
    """The entries of a record; none, and why, where it is out of reach."""

    entries: tuple[Entry, ...] = ()
    out_of_reach: str | None = None


def open_ledger(project: Project, record: Path | None = None) -> Ledger:
    """The database that the environment or ``govern.toml`` names, else a file in the record.

    ``record`` is a folder in place of the project's ``record/``.

    Raises:
        InputError: the database's address cannot be used, or its driver is not installed.
    """
    url = record_url(project)
    if url:
        from govern.store.ledger_sql import SqlLedger

        return SqlLedger(url, root=project.root)
    from govern.store.ledger_file import FileLedger

    return FileLedger((record or project.record) / "ledger.jsonl")


def look(project: Project, record: Path | None = None) -> Seen:
    """What the record holds; raises as ``open_ledger``, and IntegrityError if it is not whole."""
    try:
        return Seen(open_ledger(project, record).entries())
    except RunError as err:
        return Seen(out_of_reach=str(err))


def open_leaves(project: Project) -> LeafStore:
    """The tree's leaves and checkpoints, beside the ledger; raises as ``open_ledger``."""
    url = record_url(project)
    if url:
        from govern.store.ledger_sql import SqlLeaves

        return SqlLeaves(url, root=project.root)
    from govern.store.ledger_file import FileLeaves

    return FileLeaves(project.record)


def record_url(project: Project) -> str | None:
    """The database of the ledger, by the environment or ``govern.toml``; ``None`` for a file."""
    return os.environ.get(VARIABLE) or project.record_url
