"""Mandates and the log of reads; see ``domain.contest_store``."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select

from govern.canon import canonical_json
from govern.domain.contest_store import Mandate, Read
from govern.store.contests.base import Base
from govern.store.contests.tables import MANDATE, READ
from govern.store.database import seconds


class SqlMandates:
    """See ``domain.contest_store.Mandates``."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def give(self, mandate: Mandate) -> None:
        named = self._name(mandate)
        row = self._shown(mandate) | {"sealed": self._base.seal(mandate, "mandate", named)}
        with self._base.writing() as connection:
            there = select(MANDATE.c.n).where(MANDATE.c.mandate == named)
            if connection.execute(there).first() is None:
                connection.execute(insert(MANDATE).values(row))

    def end(self, mandate: Mandate) -> None:
        with self._base.writing() as connection:
            connection.execute(delete(MANDATE).where(MANDATE.c.mandate == self._name(mandate)))

    def of(self, employee: str) -> tuple[Mandate, ...]:
        return self._those(MANDATE.c.employee == self._base.pseudonym(employee))

    def of_each(self, employees: Collection[str]) -> tuple[Mandate, ...]:
        named = {self._base.pseudonym(one) for one in employees}
        return self._those(MANDATE.c.employee.in_(named)) if named else ()

    def held_by(self, representative: str) -> tuple[Mandate, ...]:
        return self._those(MANDATE.c.representative == self._base.pseudonym(representative))

    def _those(self, wanted: ColumnElement[bool]) -> tuple[Mandate, ...]:
        with self._base.reading() as connection:
            rows = connection.execute(select(MANDATE).where(wanted).order_by(MANDATE.c.n)).all()
        return tuple(self._mandate(row) for row in rows)

    def _mandate(self, row: Row[Any]) -> Mandate:
        plain = self._base.store_key.open(row.sealed, "mandate", row.mandate)
        mandate = Mandate.model_validate_json(plain)
        self._base.require_as_sealed(row, self._shown(mandate), "a mandate")
        return mandate

    def _shown(self, mandate: Mandate) -> dict[str, Any]:
        """What stands beside the sealed text."""
        return {
            "mandate": self._name(mandate),
            "employee": self._base.pseudonym(mandate.employee),
            "representative": self._base.pseudonym(mandate.representative),
            "case_id": mandate.case_id,
        }

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
            "sealed": self._base.seal(read, "read", seconds(read.at)),
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
