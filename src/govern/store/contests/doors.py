"""Sessions and one-time links; see ``domain.access.Doors``.

Who sees what in the store is told by the same rows: ``seen_by`` and PostgreSQL's own rules read
whom a session stands for from here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Delete, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError as Taken

from govern.domain.access import Session, Visitor
from govern.errors import InputError
from govern.store.contests.base import Base
from govern.store.contests.tables import PASS
from govern.store.database import seconds

Kind = Literal["session", "link"]


class SqlDoors:
    """What a session or link says is sealed; beside it stand a pseudonym, roles and its end."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def open(self, key: str, session: Session) -> None:
        row = self._shown("session", key, session.visitor, session.ends)
        row["sealed"] = self._base.seal(session, "session", key)
        self._add(row, now=session.started)

    def find(self, key: str) -> Session | None:
        with self._base.reading() as connection:
            return self._session(connection, key)

    def saw(self, key: str, at: datetime) -> None:
        with self._base.writing() as connection:
            session = self._session(connection, key)
            if session is not None:
                seen = session.model_copy(update={"seen": at})
                mine = update(PASS).where(PASS.c.token_hash == key)
                connection.execute(mine.values(sealed=self._base.seal(seen, "session", key)))

    def end(self, key: str) -> None:
        with self._base.writing() as connection:
            connection.execute(_gone("session", key))

    def offer(self, key: str, visitor: Visitor, *, until: datetime) -> None:
        row = self._shown("link", key, visitor, until)
        row["sealed"] = self._base.seal(visitor, "link", key)
        self._add(row)

    def offered(self, key: str, *, now: datetime) -> Visitor | None:
        with self._base.reading() as connection:
            return self._offered(connection, key, now)

    def take(self, key: str, *, now: datetime) -> Visitor | None:
        with self._base.writing() as connection:
            visitor = self._offered(connection, key, now)
            first = visitor is not None and connection.execute(_gone("link", key)).rowcount == 1
            return visitor if first else None

    def _shown(self, kind: Kind, key: str, visitor: Visitor, until: datetime) -> dict[str, object]:
        """What stands beside the sealed text: by it the database tells who reads what."""
        return {
            "token_hash": key,
            "kind": kind,
            "person": self._base.pseudonym(visitor.person),
            "roles": " ".join(visitor.roles),
            "expires": seconds(until),
        }

    def _add(self, row: dict[str, object], *, now: datetime | None = None) -> None:
        """Add it; with ``now``, what ended before then is cleared away."""
        try:
            with self._base.writing() as connection:
                if now is not None:
                    connection.execute(delete(PASS).where(PASS.c.expires < seconds(now)))
                connection.execute(insert(PASS).values(row))
        except Taken as err:
            raise InputError("token: was given out before; draw another one") from err

    def _session(self, connection: Connection, key: str) -> Session | None:
        row = _row(connection, "session", key)
        if row is None:
            return None
        plain = self._base.store_key.open(row.sealed, "session", key)
        session = Session.model_validate_json(plain)
        shown = self._shown("session", key, session.visitor, session.ends)
        self._base.require_as_sealed(row, shown, "a session")
        return session

    def _offered(self, connection: Connection, key: str, now: datetime) -> Visitor | None:
        row = _row(connection, "link", key, after=now)
        if row is None:
            return None
        return Visitor.model_validate_json(self._base.store_key.open(row.sealed, "link", key))


def _row(
    connection: Connection, kind: Kind, key: str, *, after: datetime | None = None
) -> Row[Any] | None:
    wanted = select(PASS).where(PASS.c.token_hash == key, PASS.c.kind == kind)
    if after is not None:
        wanted = wanted.where(PASS.c.expires > seconds(after))
    return connection.execute(wanted).one_or_none()


def _gone(kind: Kind, key: str) -> Delete:
    return delete(PASS).where(PASS.c.token_hash == key, PASS.c.kind == kind)
