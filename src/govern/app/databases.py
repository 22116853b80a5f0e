"""``govern db upgrade``: the tables of the databases that a project names."""

from __future__ import annotations

from dataclasses import dataclass

from govern.app.case_store import store_url
from govern.app.record import record_url
from govern.errors import InputError
from govern.sources.locate import Project


@dataclass(frozen=True)
class Upgraded:
    """A database whose tables are those of this release, and what is kept in it."""

    holds: str
    database: str


def upgrade(project: Project) -> tuple[Upgraded, ...]:
    """Make the tables of record and contests, or bring them up to date, by who may own them.

    No key is needed: what the rows say is not read. Files that a project keeps on its own are made
    and brought up to date as they are opened.

    Raises:
        InputError: the project names no database, or one that cannot be used.
        RunError: one cannot be reached, or the login may not make tables there.
    """
    record, contests = record_url(project), store_url(project)
    if record is None and contests is None:
        raise InputError(
            "no database: expected record_url or store_url under [project] in govern.toml, or "
            "GOVERN_RECORD_URL or GOVERN_STORE_URL; files of its own a project keeps up to date"
        )
    done = []
    if record:
        from govern.store.ledger_sql import make_tables

        done.append(Upgraded("record", make_tables(record, root=project.root)))
    if contests:
        from govern.store.contests.base import NAME
        from govern.store.database import Database
        from govern.store.migrations.current import bring_up_to_date

        database = Database(contests, root=project.root, name=NAME)
        bring_up_to_date(database)
        done.append(Upgraded("contests", str(database)))
    return tuple(done)
