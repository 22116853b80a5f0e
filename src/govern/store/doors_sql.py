"""Sessions and one-time links in a database: SQLite or PostgreSQL, by SQLAlchemy URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    MetaData,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError as Taken

from govern.domain.access import Session, Visitor
from govern.errors import InputError
from govern.store.database import Database, moment, seconds

KEPT = timedelta(days=2)
"""No session lives so long; what is left of older ones is cleared away."""
_META = MetaData()
_SESSIONS = Table(
    "govern_sessions",
    _META,
    Column("key", String(64), primary_key=True),
    Column("visitor", Text, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)
_LINKS = Table(
    "govern_links",
    _META,
    Column("key", String(64), primary_key=True),
    Column("visitor", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("taken", BigInteger),
)


class SqlDoors:
    """The doors in the database at ``url``; see ``domain.access.Doors``.

    Relative SQLite paths start at ``root``.
    """

    def __init__(self, url: str, *, root: Path) -> None:
        self._database = Database(url, root=root, name="database of sessions")
        self._database.make(_SESSIONS)
        self._database.make(_LINKS)

    def open(self, key: str, session: Session) -> None:
        row = {
            "key": key,
            "visitor": session.visitor.model_dump_json(),
            "started": seconds(session.started),
            "seen": seconds(session.seen),
        }
        old = _SESSIONS.c.started < seconds(session.started - KEPT)
        with self._adding() as connection:
            connection.execute(delete(_SESSIONS).where(old))
            connection.execute(insert(_SESSIONS).values(row))

    def find(self, key: str) -> Session | None:
        with self._database.reached() as connection:
            row = connection.execute(select(_SESSIONS).where(_SESSIONS.c.key == key)).first()
        if row is None:
            return None
        visitor = Visitor.model_validate_json(row.visitor)
        return Session(visitor=visitor, started=moment(row.started), seen=moment(row.seen))

    def saw(self, key: str, at: datetime) -> None:
        with self._database.reached() as connection:
            same = _SESSIONS.c.key == key
            connection.execute(update(_SESSIONS).where(same).values(seen=seconds(at)))

    def end(self, key: str) -> None:
        with self._database.reached() as connection:
            connection.execute(delete(_SESSIONS).where(_SESSIONS.c.key == key))

    def offer(self, key: str, visitor: Visitor, *, until: datetime) -> None:
        row = {"key": key, "visitor": visitor.model_dump_json(), "until": seconds(until)}
        with self._adding() as connection:
            connection.execute(insert(_LINKS).values(row))

    def offered(self, key: str, *, now: datetime) -> Visitor | None:
        with self._database.reached() as connection:
            return _offered(connection, key, now)

    def take(self, key: str, *, now: datetime) -> Visitor | None:
        with self._database.reached() as connection:
            visitor = _offered(connection, key, now)
            free = (_LINKS.c.key == key) & _LINKS.c.taken.is_(None)
            taken = connection.execute(update(_LINKS).where(free).values(taken=seconds(now)))
            return visitor if visitor and taken.rowcount == 1 else None

    @contextmanager
    def _adding(self) -> Iterator[Connection]:
        try:
            with self._database.reached() as connection:
                yield connection
        except Taken as err:
            raise InputError("token: was given out before; draw another one") from err


def _offered(connection: Connection, key: str, now: datetime) -> Visitor | None:
    row = connection.execute(
        select(_LINKS).where(
            _LINKS.c.key == key, _LINKS.c.taken.is_(None), _LINKS.c.until > seconds(now)
        )
    ).first()
    return Visitor.model_validate_json(row.visitor) if row else None
