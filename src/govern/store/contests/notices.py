"""The queue of notices; see ``domain.contest_store.Notices``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from govern.canon import canonical_json
from govern.domain.contest_store import Notice
from govern.errors import IntegrityError
from govern.store.contests.base import Base
from govern.store.contests.tables import NOTICE
from govern.store.database import moment, seconds


class SqlNotices:
    """Whom a notice goes to, and which text, is sealed under the key of its case."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def take(self, now: datetime, *, pauses: Sequence[timedelta], most: int) -> tuple[Notice, ...]:
        due = (
            select(NOTICE)
            .where(NOTICE.c.sent.is_(None), NOTICE.c.due <= seconds(now))
            .order_by(NOTICE.c.due, NOTICE.c.notice_id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        with self._base.writing() as connection:
            rows = connection.execute(due).all()
            if rows:
                connection.execute(_LATER, [_later(row, now, pauses) for row in rows])
            return tuple(self._notice(connection, row) for row in rows)

    def sent(self, notice_id: str, at: datetime) -> None:
        mine = update(NOTICE).where(NOTICE.c.notice_id == notice_id, NOTICE.c.sent.is_(None))
        with self._base.writing() as connection:
            connection.execute(mine.values(sent=seconds(at)))

    def unsent(self) -> tuple[Notice, ...]:
        left = select(NOTICE).where(NOTICE.c.sent.is_(None))
        with self._base.reading() as connection:
            rows = connection.execute(left.order_by(NOTICE.c.due, NOTICE.c.notice_id)).all()
            return tuple(self._notice(connection, row) for row in rows)

    def _notice(self, connection: Connection, row: Row[Any]) -> Notice:
        key = self._base.find_key(connection, f"case:{row.case_id}")
        if key is None:
            raise IntegrityError(f"case {row.case_id}: its key is gone, but a notice is there")
        return Notice(
            notice_id=row.notice_id,
            case_id=row.case_id,
            notice=row.notice,
            **json.loads(key.open(row.sealed, "notice", row.notice_id)),
            due=moment(row.due),
            attempts=row.attempts,
        )


_LATER = (
    update(NOTICE)
    .where(NOTICE.c.notice_id == bindparam("taken"))
    .values(attempts=bindparam("made"), due=bindparam("again"))
)


def _later(row: Row[Any], now: datetime, pauses: Sequence[timedelta]) -> dict[str, Any]:
    pause = pauses[min(row.attempts, len(pauses) - 1)]
    return {"taken": row.notice_id, "made": row.attempts + 1, "again": seconds(now + pause)}


def enqueue(base: Base, connection: Connection, case_id: str, notices: Sequence[Notice]) -> None:
    """Queue notices of a case, within the transaction that enters its event."""
    key = base.data_key(connection, f"case:{case_id}")
    rows = [
        {
            "notice_id": one.notice_id,
            "case_id": case_id,
            "notice": one.notice,
            "sealed": key.seal(canonical_json(_told(one)), "notice", one.notice_id),
            "due": seconds(one.due),
            "attempts": one.attempts,
        }
        for one in notices
    ]
    if rows:
        connection.execute(insert(NOTICE), rows)


def _told(notice: Notice) -> dict[str, str]:
    """What is sealed of a notice."""
    day = {"day": notice.day.isoformat()} if notice.day else {}
    return {"to": notice.to, "text": notice.text, **day}
