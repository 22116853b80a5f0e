"""The record in a database, for many machines: SQLite or PostgreSQL, by SQLAlchemy URL.

One row an entry, leaf or checkpoint. The database refuses to change or delete rows, and two
appenders cannot take the same number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    Text,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.exc import IntegrityError as Taken

from govern.domain.ledger import Entry, EntryKind, Leaf
from govern.errors import IntegrityError, MovedError, RunError
from govern.ledger.chain import head_of, line_of, next_entry, read_chain
from govern.ledger.leaf import leaf_bytes
from govern.store.database import Database, has, only_added_to

TRIES = 1000
"""Each one that fails lets somebody else's entry through; so many in a row is no contention."""
META = MetaData()
_AT_ONCE = 10_000


def _numbered(name: str, content: str) -> Table:
    seq = Column("seq", BigInteger, primary_key=True, autoincrement=False)
    return only_added_to(Table(name, META, seq, Column(content, Text, nullable=False)))


ENTRIES = _numbered("govern_ledger", "entry")
LEAVES = _numbered("govern_leaves", "leaf")
CHECKPOINTS = _numbered("govern_checkpoints", "note")


class SqlLedger:
    """The ledger in the database at ``url``; see ``domain.ledger.Ledger``.

    Relative SQLite paths start at ``root``.
    """

    def __init__(self, url: str, *, root: Path) -> None:
        self._database = Database(url, root=root)

    def entries(self) -> tuple[Entry, ...]:
        with self._database.reached() as connection:
            return self._read(connection)

    def head(self) -> str:
        return head_of(self.entries())

    def append(
        self, kind: EntryKind, payload: dict[str, Any], at: datetime, *, head: str | None = None
    ) -> Entry:
        self._database.make(ENTRIES)
        for _ in range(TRIES):
            with self._database.reached() as connection:
                entries = self._read(connection)
            if head is not None and head != head_of(entries):
                raise MovedError(f"record {self}: something was entered after {head[:16]}")
            entry = next_entry(entries[-1] if entries else None, kind, payload, at)
            row = {"seq": entry.seq, "entry": line_of(entry).decode()}
            try:
                with self._database.reached() as connection:
                    connection.execute(insert(ENTRIES).values(row))
            except Taken:
                continue
            return entry
        raise RunError(f"record {self}: {TRIES} others came first; try again")

    def __str__(self) -> str:
        return str(self._database)

    def _read(self, connection: Connection) -> tuple[Entry, ...]:
        if not has(connection, ENTRIES):
            return ()
        rows = connection.execute(select(ENTRIES).order_by(ENTRIES.c.seq)).all()
        placed = ((f"record {self}, row {row.seq}", row.entry.encode()) for row in rows)
        return read_chain(placed, f"record {self}")


class SqlLeaves:
    """The leaves and checkpoints in the database at ``url``; see ``domain.ledger.LeafStore``.

    Relative SQLite paths start at ``root``.
    """

    def __init__(self, url: str, *, root: Path) -> None:
        self._database = Database(url, root=root)

    def leaves(self) -> Iterator[bytes]:
        for row in self._rows(LEAVES):
            yield row.encode()

    def add(self, leaves: Sequence[Leaf], *, size: int | None = None) -> int:
        self._database.make(LEAVES)
        with self._database.reached() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            _queue(connection, LEAVES)
            there = int(connection.execute(select(_following(LEAVES))).scalar_one())
            if size not in (None, there):
                raise MovedError(f"record {self}: expected {size} leaves, found {there}")
            for start in range(0, len(leaves), _AT_ONCE):
                connection.execute(
                    insert(LEAVES),
                    [
                        {"seq": there + start + number, "leaf": leaf_bytes(leaf).decode()}
                        for number, leaf in enumerate(leaves[start : start + _AT_ONCE])
                    ],
                )
        return there

    def checkpoints(self) -> tuple[str, ...]:
        return tuple(self._rows(CHECKPOINTS))

    def keep(self, note: str) -> None:
        self._database.make(CHECKPOINTS)
        with self._database.reached() as connection:
            _insert_next(connection, CHECKPOINTS, note)

    def __str__(self) -> str:
        return str(self._database)

    def _rows(self, table: Table) -> Iterator[str]:
        """What the rows hold, in order; IntegrityError where a number is missing."""
        with self._database.reached() as connection:
            if not has(connection, table):
                return
            streamed = connection.execution_options(yield_per=_AT_ONCE)
            with streamed.execute(select(table).order_by(table.c.seq)) as rows:
                for number, (seq, content) in enumerate(rows):
                    if seq != number:
                        raise IntegrityError(
                            f"record {self}, {table.name}: expected row {number}, found {seq}"
                        )
                    yield content


def make_tables(url: str, *, root: Path) -> str:
    """Make the tables of the record where they are not there yet; returns what to call it.

    Raises:
        InputError: the address cannot be used.
        RunError: the database cannot be reached, or the login may not make tables.
    """
    database = Database(url, root=root)
    for table in (ENTRIES, LEAVES, CHECKPOINTS):
        database.make(table)
    return str(database)


def add_leaf(connection: Connection, leaf: Leaf) -> int:
    """Add a leaf within somebody's transaction, so that event and leaf stand or fall together.

    The table must be there, see ``META``. On PostgreSQL, others who add wait until the
    transaction ends; it must run at READ COMMITTED, the default. Returns the leaf's index.

    Raises:
        RunError: the log was not begun, see ``app.ledger.begin``.
    """
    index = _insert_next(connection, LEAVES, leaf_bytes(leaf).decode())
    if index == 0:
        raise RunError("the log has not begun: its first leaf commits to the chain of entries")
    return index


def _insert_next(connection: Connection, table: Table, content: str) -> int:
    _queue(connection, table)
    following = select(_following(table), literal(content))
    names = [column.name for column in table.columns]
    added = insert(table).from_select(names, following).returning(table.c.seq)
    return int(connection.execute(added).scalar_one())


def _following(table: Table) -> ColumnElement[int]:
    return func.coalesce(func.max(table.c.seq) + 1, 0)


def _queue(connection: Connection, table: Table) -> None:
    """On PostgreSQL, wait for who else adds to the table; SQLite lets one writer in anyway."""
    if connection.dialect.name == "postgresql":
        name = func.hashtextextended(table.fullname, 0)
        connection.execute(select(func.pg_advisory_xact_lock(name)))
