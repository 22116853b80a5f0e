"""Sessions and one-time links in a database: SQLite or PostgreSQL, by SQLAlchemy URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from govern.domain.access import Session, Visitor
from govern.errors import RunError

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
    """The doors in the database at ``url``; see ``domain.access.Doors``."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, poolclass=NullPool)
        with self._reached() as connection:
            _META.create_all(connection)

    def open(self, key: str, session: Session) -> None:
        with self._reached() as connection:
            old = _SESSIONS.c.started < _seconds(session.started - KEPT)
            connection.execute(delete(_SESSIONS).where(old))
            connection.execute(
                insert(_SESSIONS).values(
                    key=key,
                    visitor=session.visitor.model_dump_json(),
                    started=_seconds(session.started),
                    seen=_seconds(session.seen),
                )
            )

    def find(self, key: str) -> Session | None:
        with self._reached() as connection:
            row = connection.execute(select(_SESSIONS).where(_SESSIONS.c.key == key)).first()
        if row is None:
            return None
        visitor = Visitor.model_validate_json(row.visitor)
        return Session(visitor=visitor, started=_moment(row.started), seen=_moment(row.seen))

    def saw(self, key: str, at: datetime) -> None:
        with self._reached() as connection:
            same = _SESSIONS.c.key == key
            connection.execute(update(_SESSIONS).where(same).values(seen=_seconds(at)))

    def end(self, key: str) -> None:
        with self._reached() as connection:
            connection.execute(delete(_SESSIONS).where(_SESSIONS.c.key == key))

    def offer(self, key: str, visitor: Visitor, *, until: datetime) -> None:
        with self._reached() as connection:
            connection.execute(
                insert(_LINKS).values(
                    key=key, visitor=visitor.model_dump_json(), until=_seconds(until)
                )
            )

    def offered(self, key: str, *, now: datetime) -> Visitor | None:
        with self._reached() as connection:
            return _offered(connection, key, now)

    def take(self, key: str, *, now: datetime) -> Visitor | None:
        with self._reached() as connection:
            visitor = _offered(connection, key, now)
            free = (_LINKS.c.key == key) & _LINKS.c.taken.is_(None)
            taken = connection.execute(update(_LINKS).where(free).values(taken=_seconds(now)))
            return visitor if visitor and taken.rowcount == 1 else None

    @contextmanager
    def _reached(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as err:
            raise RunError(f"the database of sessions cannot be reached: {err}") from err


def _offered(connection: Connection, key: str, now: datetime) -> Visitor | None:
    row = connection.execute(
        select(_LINKS).where(
            _LINKS.c.key == key, _LINKS.c.taken.is_(None), _LINKS.c.until > _seconds(now)
        )
    ).first()
    return Visitor.model_validate_json(row.visitor) if row else None


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
