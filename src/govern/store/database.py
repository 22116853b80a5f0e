"""A database by its SQLAlchemy URL: SQLite or PostgreSQL, and tables that are only added to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import (
    DDL,
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.exc import IntegrityError as Taken
from sqlalchemy.pool import NullPool, Pool

from govern.errors import InputError, RunError, with_extra

CONNECT_S = 10
KEPT = 20
"""Connections that a pool keeps, and as many more when they are needed: pages have 40 threads."""
_DRIVERS = {"postgresql": "postgresql+psycopg", "sqlite": "sqlite"}
_LOCK = 0x676F7665726E
_TRIGGERS = {
    "postgresql": (
        """CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'only ever added to'; END $$""",
        """CREATE TRIGGER {table}_only_added_to
        BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()""",
    ),
    "sqlite": (
        """CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table}
        BEGIN SELECT RAISE(ABORT, 'only ever added to'); END""",
        """CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table}
        BEGIN SELECT RAISE(ABORT, 'only ever added to'); END""",
        # INSERT OR REPLACE deletes without asking the trigger on deletes.
        """CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE seq = NEW.seq)
        BEGIN SELECT RAISE(ABORT, 'only ever added to'); END""",
    ),
}


def only_added_to(table: Table) -> Table:
    """The table, whose rows, numbered by ``seq``, the database will neither change nor delete."""
    for dialect, statements in _TRIGGERS.items():
        for statement in statements:
            trigger = DDL(statement.format(table=table.name))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", trigger.execute_if(dialect=dialect))
    return table


class Database:
    """The database at ``url``; relative SQLite paths start at ``root``.

    ``name`` is what messages call it. By default each transaction has a connection of its own;
    another ``pool`` keeps them, until ``close``.
    """

    def __init__(
        self, url: str, *, root: Path, name: str = "record", pool: type[Pool] = NullPool
    ) -> None:
        self._name = name
        self._url = _read_url(url, root, name)
        if pool is NullPool:
            self._engine = _shared_engine(self._url, name)
        else:
            self._engine = _engine(self._url, pool, name)

    def __str__(self) -> str:
        return self._url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Let go of the connections that the pool keeps."""
        self._engine.dispose()

    def make(self, table: Table) -> None:
        """Create a table where it is not there yet."""
        with self.reached() as connection:
            if has(connection, table):
                return
        with self.reached() as connection:
            if connection.dialect.name == "postgresql":
                # Two that create the same table at once would both fail.
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            table.create(connection, checkfirst=True)

    @contextmanager
    def reached(self) -> Iterator[Connection]:
        """A transaction; what keeps us from it is told in one line and without the password."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except Taken:
            raise
        except SQLAlchemyError as err:
            said = str(getattr(err, "orig", None) or err).strip().splitlines()
            reason = re.sub(r"//[^/@\s]+@", "//", said[0] if said else type(err).__name__)
            raise RunError(f"{self._name} {self} cannot be reached: {reason}") from err


def has(connection: Connection, table: Table) -> bool:
    """Whether the table is there."""
    return inspect(connection).has_table(table.name)


def seconds(when: datetime) -> int:
    """Whole seconds since 1970, as times are kept."""
    return int(when.timestamp())


def moment(kept: int) -> datetime:
    """The time that was kept."""
    return datetime.fromtimestamp(kept, UTC)


def _read_url(url: str, root: Path, name: str) -> URL:
    try:
        read = make_url(url)
    except ArgumentError as err:
        raise InputError(
            f"the {name}'s address is no database URL; expected sqlite:///FILE.db or "
            "postgresql://user@host/database"
        ) from err
    driver = read.drivername
    if driver.partition("+")[0] not in _DRIVERS:
        raise InputError(f"the {name}'s address: expected sqlite or postgresql, found {driver!r}")
    read = read.set(drivername=_DRIVERS.get(driver, driver))
    if read.get_backend_name() == "sqlite":
        if not read.database or read.database == ":memory:":
            raise InputError(f"the {name}'s address: a database in memory keeps nothing")
        path = root / read.database
        path.parent.mkdir(parents=True, exist_ok=True)
        return read.set(database=str(path))
    return read


@lru_cache(maxsize=16)
def _shared_engine(url: URL, name: str) -> Engine:
    """One that keeps no connection serves everybody; getting to know a database takes time."""
    return _engine(url, NullPool, name)


def _engine(url: URL, pool: type[Pool], name: str) -> Engine:
    try:
        postgres = url.get_backend_name() == "postgresql"
        timeouts = {"connect_timeout": CONNECT_S} if postgres else {"timeout": CONNECT_S}
        sizes = {} if pool is NullPool else {"pool_size": KEPT, "max_overflow": KEPT}
        return create_engine(url, poolclass=pool, connect_args=timeouts, **sizes)
    except (ImportError, NoSuchModuleError) as err:
        raise InputError(
            f"the {name}'s address needs the driver {url.drivername!r}, which is not installed; "
            f"for PostgreSQL: {with_extra('postgres')}"
        ) from err
