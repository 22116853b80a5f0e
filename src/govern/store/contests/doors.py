"""Sessions and one-time links; see ``domain.access.Doors``.

Who sees what in the store is told by the same rows: ``seen_by`` and PostgreSQL's own rules read
whom a session stands for from here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, Delete, delete, insert, select, update
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
        row = self._row("session", key, session.visitor, session.ends)
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
        row = self._row("link", key, visitor, until)
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

    def _row(self, kind: Kind, key: str, visitor: Visitor, until: datetime) -> dict[str, object]:
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
        sealed = _sealed(connection, "session", key)
        if sealed is None:
            return None
        return Session.model_validate_json(self._base.store_key.open(sealed, "session", key))

    def _offered(self, connection: Connection, key: str, now: datetime) -> Visitor | None:
        sealed = _sealed(connection, "link", key, after=now)
        if sealed is None:
            return None
        return Visitor.model_validate_json(self._base.store_key.open(sealed, "link", key))


def _sealed(
    connection: Connection, kind: Kind, key: str, *, after: datetime | None = None
) -> bytes | None:
    wanted = select(PASS.c.sealed).where(PASS.c.token_hash == key, PASS.c.kind == kind)
    if after is not None:
        wanted = wanted.where(PASS.c.expires > seconds(after))
    found: bytes | None = connection.execute(wanted).scalar()
    return found


def _gone(kind: Kind, key: str) -> Delete:
    return delete(PASS).where(PASS.c.token_hash == key, PASS.c.kind == kind)
