"""Sessions, mandates and the log of reads; see ``domain.contest_store``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select
from sqlalchemy.exc import IntegrityError as Taken

from govern.canon import canonical_json
from govern.domain.base import Noun
from govern.domain.contest_store import Holder, Mandate, PassKind, Read
from govern.errors import InputError
from govern.store.contests.base import Base
from govern.store.contests.reader import token_hash
from govern.store.contests.tables import MANDATE, PASS, READ
from govern.store.database import seconds

SHORTEST = 32
"""Characters of a token; fewer could be guessed from what is kept of it."""


class SqlPasses:
    """See ``domain.contest_store.Passes``."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def issue(self, kind: PassKind, token: str, holder: Holder, expires: datetime) -> None:
        if len(token) < SHORTEST:
            raise InputError(f"token: expected at least {SHORTEST} characters of chance")
        hashed = token_hash(token)
        row = {
            "token_hash": hashed,
            "kind": kind,
            "person": self._base.pseudonym(holder.person),
            "roles": " ".join(holder.roles),
            "expires": seconds(expires),
            "sealed": _sealed(self._base, holder, "pass", hashed),
        }
        try:
            with self._base.writing() as connection:
                connection.execute(insert(PASS).values(row))
        except Taken as err:
            raise InputError("token: was given out before; draw another one") from err

    def holder(self, token: str, now: datetime) -> Holder | None:
        with self._base.reading() as connection:
            return self._holder(connection, "session", token, now)

    def redeem(self, token: str, now: datetime) -> Holder | None:
        with self._base.writing() as connection:
            found = self._holder(connection, "link", token, now)
            used = delete(PASS).where(PASS.c.token_hash == token_hash(token))
            first = found is not None and connection.execute(used).rowcount == 1
            return found if first else None

    def revoke(self, token: str) -> None:
        with self._base.writing() as connection:
            connection.execute(delete(PASS).where(PASS.c.token_hash == token_hash(token)))

    def _holder(
        self, connection: Connection, kind: PassKind, token: str, now: datetime
    ) -> Holder | None:
        hashed = token_hash(token)
        wanted = select(PASS).where(
            PASS.c.token_hash == hashed, PASS.c.kind == kind, PASS.c.expires > seconds(now)
        )
        row = connection.execute(wanted).first()
        if row is None:
            return None
        return Holder.model_validate_json(self._base.store_key.open(row.sealed, "pass", hashed))


class SqlMandates:
    """See ``domain.contest_store.Mandates``."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def give(self, mandate: Mandate) -> None:
        named = self._name(mandate)
        row = {
            "mandate": named,
            "employee": self._base.pseudonym(mandate.employee),
            "representative": self._base.pseudonym(mandate.representative),
            "case_id": mandate.case_id,
            "sealed": _sealed(self._base, mandate, "mandate", named),
        }
        with self._base.writing() as connection:
            there = select(MANDATE.c.n).where(MANDATE.c.mandate == named)
            if connection.execute(there).first() is None:
                connection.execute(insert(MANDATE).values(row))

    def end(self, mandate: Mandate) -> None:
        with self._base.writing() as connection:
            connection.execute(delete(MANDATE).where(MANDATE.c.mandate == self._name(mandate)))

    def of(self, employee: str) -> tuple[Mandate, ...]:
        theirs = select(MANDATE).where(MANDATE.c.employee == self._base.pseudonym(employee))
        with self._base.reading() as connection:
            rows = connection.execute(theirs.order_by(MANDATE.c.n)).all()
        key = self._base.store_key
        return tuple(
            Mandate.model_validate_json(key.open(row.sealed, "mandate", row.mandate))
            for row in rows
        )

    def _name(self, mandate: Mandate) -> str:
        return self._base.pseudonym("mandate", canonical_json(mandate.as_json()).decode())


class SqlReadLog:
    """See ``domain.contest_store.ReadLog``."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def log(self, read: Read) -> None:
        row = {
            "case_id": read.case_id,
            "at": seconds(read.at),
            "sealed": _sealed(self._base, read, "read", seconds(read.at)),
        }
        with self._base.writing() as connection:
            connection.execute(insert(READ).values(row))

    def reads(self, case_id: str | None = None) -> tuple[Read, ...]:
        wanted = select(READ).order_by(READ.c.n)
        if case_id is not None:
            wanted = wanted.where(READ.c.case_id == case_id)
        with self._base.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(self._read(row) for row in rows)

    def _read(self, row: Row[Any]) -> Read:
        return Read.model_validate_json(self._base.store_key.open(row.sealed, "read", row.at))


def _sealed(base: Base, noun: Noun, *place: str | int) -> bytes:
    return base.store_key.seal(canonical_json(noun.as_json()), *place)
