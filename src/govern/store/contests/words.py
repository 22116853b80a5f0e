"""Words on their way to the HR system; see ``domain.contest_store.Words``."""

from __future__ import annotations

from sqlalchemy import select

from govern.store.contests.base import Base, put_bookmark
from govern.store.contests.tables import BOOKMARK

_PREFIX = "word:"
_SETTLED, _NOT_IN_USE, _IN_USE = 0, 1, 2


class SqlWords:
    """A bookmark for each case of which a word ever left."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def leaves(self, case_id: str, *, in_use: bool) -> None:
        self._put(case_id, _IN_USE if in_use else _NOT_IN_USE)

    def settled(self, case_id: str) -> None:
        self._put(case_id, _SETTLED)

    def leaving(self) -> dict[str, bool]:
        wanted = select(BOOKMARK).where(BOOKMARK.c.name.startswith(_PREFIX, autoescape=True))
        with self._base.reading() as connection:
            rows = connection.execute(wanted.order_by(BOOKMARK.c.name)).all()
        return {
            row.name.removeprefix(_PREFIX): row.seen == _IN_USE
            for row in rows
            if row.seen != _SETTLED
        }

    def _put(self, case_id: str, seen: int) -> None:
        with self._base.writing() as connection:
            put_bookmark(connection, f"{_PREFIX}{case_id}", seen)
