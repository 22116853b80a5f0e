"""The record in a database, for many machines: SQLite or PostgreSQL, by SQLAlchemy URL.

One row an entry. The database refuses to change or delete rows, and two appenders cannot take
the same number: whoever comes second reads again and tries the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.exc import IntegrityError as Taken
from sqlalchemy.pool import NullPool

from govern.domain.ledger import Entry, EntryKind
from govern.errors import InputError, IntegrityError, MovedError, RunError
from govern.ledger.chain import check, head_of, line_of, next_entry, read_line

TRIES = 1000
"""Each one that fails lets somebody else's entry through; so many in a row is no contention."""
CONNECT_S = 10
_DRIVERS = {"postgresql": "postgresql+psycopg", "sqlite": "sqlite"}
_LOCK = 0x676F7665726E
_META = MetaData()
_ENTRIES = Table(
    "govern_ledger",
    _META,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", Text, nullable=False),
)
_TRIGGERS = {
    "postgresql": (
        """CREATE OR REPLACE FUNCTION govern_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'only ever added to'; END $$""",
        """CREATE TRIGGER govern_ledger_only_added_to
        BEFORE UPDATE OR DELETE OR TRUNCATE ON govern_ledger
        FOR EACH STATEMENT EXECUTE FUNCTION govern_ledger_refuse()""",
    ),
    "sqlite": (
        """CREATE TRIGGER IF NOT EXISTS govern_ledger_no_update BEFORE UPDATE ON govern_ledger
        BEGIN SELECT RAISE(ABORT, 'only ever added to'); END""",
        """CREATE TRIGGER IF NOT EXISTS govern_ledger_no_delete BEFORE DELETE ON govern_ledger
        BEGIN SELECT RAISE(ABORT, 'only ever added to'); END""",
        # INSERT OR REPLACE deletes without asking the trigger on deletes.
        """CREATE TRIGGER IF NOT EXISTS govern_ledger_no_replace BEFORE INSERT ON govern_ledger
        WHEN EXISTS (SELECT 1 FROM govern_ledger WHERE seq = NEW.seq)
        BEGIN SELECT RAISE(ABORT, 'only ever added to'); END""",
    ),
}
for _dialect, _statements in _TRIGGERS.items():
    for _statement in _statements:
        _trigger = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(_ENTRIES, "after_create", _trigger.execute_if(dialect=_dialect))


class SqlLedger:
    """The ledger in the database at ``url``; see ``domain.ledger.Ledger``.

    Relative SQLite paths start at ``root``.
    """

    def __init__(self, url: str, *, root: Path) -> None:
        self._url = _read_url(url, root)
        self._engine = _engine(self._url)

    def entries(self) -> tuple[Entry, ...]:
        with self._reached() as connection:
            return self._read(connection)

    def head(self) -> str:
        return head_of(self.entries())

    def append(
        self, kind: EntryKind, payload: dict[str, Any], at: datetime, *, head: str | None = None
    ) -> Entry:
        self._make_table()
        for _ in range(TRIES):
            with self._reached() as connection:
                entries = self._read(connection)
            if head is not None and head != head_of(entries):
                raise MovedError(f"record {self}: something was entered after {head[:16]}")
            entry = next_entry(entries[-1] if entries else None, kind, payload, at)
            row = {"seq": entry.seq, "entry": line_of(entry).decode()}
            try:
                with self._reached() as connection:
                    connection.execute(insert(_ENTRIES).values(row))
            except Taken:
                continue
            return entry
        raise RunError(f"record {self}: {TRIES} others came first; try again")

    def __str__(self) -> str:
        return self._url.render_as_string(hide_password=True)

    def _read(self, connection: Connection) -> tuple[Entry, ...]:
        if not inspect(connection).has_table(_ENTRIES.name):
            return ()
        rows = connection.execute(select(_ENTRIES).order_by(_ENTRIES.c.seq)).all()
        entries = tuple(
            read_line(row.entry.encode(), f"record {self}, row {row.seq}") for row in rows
        )
        try:
            check(entries)
        except IntegrityError as err:
            raise IntegrityError(f"record {self}: {err}") from err
        return entries

    def _make_table(self) -> None:
        with self._reached() as connection:
            if inspect(connection).has_table(_ENTRIES.name):
                return
        with self._reached() as connection:
            if connection.dialect.name == "postgresql":
                # Two that create the same table at once would both fail.
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            _META.create_all(connection)

    @contextmanager
    def _reached(self) -> Iterator[Connection]:
        """A transaction; what keeps us from it is told in one line and without the password."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except Taken:
            raise
        except SQLAlchemyError as err:
            said = str(getattr(err, "orig", None) or err).strip().splitlines()
            reason = re.sub(r"//[^/@\s]+@", "//", said[0] if said else type(err).__name__)
            raise RunError(f"record {self} cannot be reached: {reason}") from err


def _read_url(url: str, root: Path) -> URL:
    try:
        read = make_url(url)
    except ArgumentError as err:
        raise InputError(
            "the record's address is no database URL; expected sqlite:///record/ledger.db or "
            "postgresql://user@host/database"
        ) from err
    name = read.drivername
    if name.partition("+")[0] not in _DRIVERS:
        raise InputError(f"the record's address: expected sqlite or postgresql, found {name!r}")
    read = read.set(drivername=_DRIVERS.get(name, name))
    if read.get_backend_name() == "sqlite":
        if not read.database or read.database == ":memory:":
            raise InputError("the record's address: a database in memory keeps nothing")
        path = root / read.database
        path.parent.mkdir(parents=True, exist_ok=True)
        return read.set(database=str(path))
    return read


def _engine(url: URL) -> Engine:
    try:
        postgres = url.get_backend_name() == "postgresql"
        timeouts = {"connect_timeout": CONNECT_S} if postgres else {"timeout": CONNECT_S}
        return create_engine(url, poolclass=NullPool, connect_args=timeouts)
    except (ImportError, NoSuchModuleError) as err:
        raise InputError(
            f"the record's address needs the driver {url.drivername!r}, which is not installed; "
            "for PostgreSQL: pip install 'govern[postgres]'"
        ) from err
