"""Reading cases and reviews: all of them, or those that a session opens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    event,
    select,
    text,
    true,
)
from sqlalchemy.pool import PoolResetState, QueuePool

from govern.domain.access import key_of
from govern.domain.contest import Event, State
from govern.domain.contest_store import CaseLine, Opened, Opening, Party
from govern.domain.review_intake import IntakeReview
from govern.ledger.leaf import KEY_BYTES
from govern.store.contests.base import NAME, Base
from govern.store.contests.rows import (
    events_of,
    keys_of,
    leaf_of,
    opened_review,
    review_of,
    reviews_in,
    reviews_where,
)
from govern.store.contests.tables import CASE, EVENT, PARTY, REVIEW, SEALED, SEEN
from govern.store.database import Database, seconds

_OF_EVENT = tuple(column for column in EVENT.c if column.name != "n")


class Sight(NamedTuple):
    """What a reader sees, as conditions on the tables."""

    cases: Callable[[ColumnElement[str]], ColumnElement[bool]]
    texts: Callable[[ColumnElement[str]], ColumnElement[bool]]
    reviews: Callable[[ColumnElement[str]], ColumnElement[bool]]


def _all(_: ColumnElement[str]) -> ColumnElement[bool]:
    return true()


EVERYTHING = Sight(_all, _all, _all)
"""Where nobody is kept out, or the database itself keeps them out."""


class Readers(Database):
    """Connections to PostgreSQL for people's sessions; none takes anything over from the last."""

    def __init__(self, url: str, *, root: Path) -> None:
        super().__init__(url, root=root, name=NAME, pool=QueuePool)
        event.listen(self._engine, "connect", _prepare_nothing)
        event.listen(self._engine, "reset", _discard_all)


def _prepare_nothing(connection: Any, _: object) -> None:
    # What is discarded below, the driver would believe to be still there.
    connection.prepare_threshold = None


def _discard_all(connection: Any, _: object, state: PoolResetState) -> None:
    """Settings, roles, temporary tables and cursors that a session left behind."""
    if not state.terminate_only:
        connection.rollback()
        connection.autocommit = True
        connection.execute("DISCARD ALL")
        connection.autocommit = False


class Reader:
    """See ``domain.contest_store.CaseReader``; in transactions of one kind, with one sight."""

    def __init__(
        self,
        base: Base,
        reading: Callable[[], AbstractContextManager[Connection]],
        sight: Sight = EVERYTHING,
    ) -> None:
        self._base = base
        self._reading = reading
        self._sight = sight

    def cases(
        self, *, person: str | None = None, states: Sequence[State] = ()
    ) -> tuple[CaseLine, ...]:
        wanted = self._wanted(person, states)
        with self._reading() as connection:
            rows = connection.execute(select(CASE).where(wanted).order_by(CASE.c.n)).all()
            among = select(CASE.c.case_id).where(wanted)
            people = connection.execute(
                select(PARTY).where(PARTY.c.case_id.in_(among)).order_by(*PARTY.primary_key)
            ).all()
        parties: dict[str, list[Party]] = {}
        for one in people:
            parties.setdefault(one.case_id, []).append(Party(role=one.role, person=one.person))
        return tuple(_line(row, parties.get(row.case_id, ())) for row in rows)

    def events(self, case_id: str) -> tuple[Event, ...]:
        with self._reading() as connection:
            return self.events_in(connection, case_id)

    def events_in(self, connection: Connection, case_id: str) -> tuple[Event, ...]:
        """As ``events``, within a transaction."""
        rows = connection.execute(self._events(self._this(case_id))).all()
        wrapped = self._base.find_wrapped(connection, f"case:{case_id}") if rows else None
        return events_of(self._base, case_id, rows, wrapped)

    def opened(
        self, *, person: str | None = None, states: Sequence[State] = ()
    ) -> tuple[Opened, ...]:
        wanted = self._wanted(person, states)
        among = select(CASE.c.case_id).where(wanted)
        contested = select(CASE.c.review).where(wanted, CASE.c.review.is_not(None))
        theirs = and_(REVIEW.c.review.in_(contested), self._sight.reviews(REVIEW.c.review))
        with self._reading() as connection:
            cases = connection.execute(
                select(CASE.c.case_id, CASE.c.review).where(wanted).order_by(CASE.c.n)
            ).all()
            events = _by(0, connection.execute(self._events(EVENT.c.case_id.in_(among))).all())
            reviews = _by(0, connection.execute(reviews_where(theirs)).all())
            keys = keys_of(connection, among, "case:") | keys_of(connection, contested, "review:")
        found = []
        for case_id, review in cases:
            history = events_of(
                self._base, case_id, events.get(case_id, ()), keys.get(f"case:{case_id}")
            )
            key = keys.get(f"review:{review}")
            versions = tuple(opened_review(self._base, row, key) for row in reviews.get(review, ()))
            found.append(Opened(history, versions))
        return tuple(found)

    def opening_in(self, connection: Connection, case_id: str, seq: int) -> Opening | None:
        """What opens an event's commitment; ``None`` where there is nothing to open."""
        wanted = and_(self._this(case_id), EVENT.c.seq == seq)
        row = connection.execute(self._events(wanted)).one_or_none()
        key = self._base.find_key(connection, f"case:{case_id}")
        if row is None or row.sealed is None or key is None:
            return None
        plain = key.open(row.sealed, row.seq, row.kind)
        salt, body = plain[:KEY_BYTES], plain[KEY_BYTES:]
        return Opening(leaf=leaf_of(row), payload=json.loads(body), key=salt.hex())

    def review(self, review_id: str, version: int | None = None) -> IntakeReview | None:
        named = self._base.pseudonym("review", review_id)
        theirs = REVIEW.c.review == named
        wanted = select(REVIEW).where(theirs, self._sight.reviews(REVIEW.c.review))
        if version is not None:
            wanted = wanted.where(REVIEW.c.version == version)
        with self._reading() as connection:
            row = connection.execute(wanted.order_by(REVIEW.c.version.desc()).limit(1)).first()
            return None if row is None else review_of(self._base, connection, row)

    def reviews(self, employee: str) -> tuple[IntakeReview, ...]:
        theirs = REVIEW.c.employee == self._base.pseudonym(employee)
        with self._reading() as connection:
            return reviews_in(
                self._base, connection, and_(theirs, self._sight.reviews(REVIEW.c.review))
            )

    def _wanted(self, person: str | None, states: Sequence[State]) -> ColumnElement[bool]:
        wanted = self._sight.cases(CASE.c.case_id)
        if person is not None:
            theirs = select(PARTY.c.case_id).where(PARTY.c.person == self._base.pseudonym(person))
            wanted = and_(wanted, CASE.c.case_id.in_(theirs))
        if states:
            wanted = and_(wanted, CASE.c.state.in_(states))
        return wanted

    def _this(self, case_id: str) -> ColumnElement[bool]:
        return and_(EVENT.c.case_id == case_id, self._sight.cases(EVENT.c.case_id))

    def _events(self, wanted: ColumnElement[bool]) -> Select[Any]:
        place = and_(
            SEALED.c.case_id == EVENT.c.case_id,
            SEALED.c.seq == EVENT.c.seq,
            self._sight.texts(EVENT.c.case_id),
        )
        return (
            select(*_OF_EVENT, SEALED.c.sealed)
            .select_from(EVENT.outerjoin(SEALED, place))
            .where(wanted)
            .order_by(EVENT.c.case_id, EVENT.c.seq)
        )


def session_reader(base: Base, readers: Readers, token: str, now: datetime) -> Reader:
    """What the session of a token sees. PostgreSQL tells by itself, SQLite asks the same view."""
    hashed = key_of(token)

    def seen(kind: str, whole: int) -> Callable[[ColumnElement[str]], ColumnElement[bool]]:
        ids = select(SEEN.c.id).where(
            SEEN.c.token_hash == hashed,
            SEEN.c.expires > seconds(now),
            SEEN.c.kind == kind,
            SEEN.c.whole >= whole,
        )
        return lambda column: column.in_(ids)

    @contextmanager
    def as_session() -> Iterator[Connection]:
        with readers.reached() as connection:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            connection.exec_driver_sql("SET LOCAL ROLE govern_reader")
            given = text("SELECT set_config('govern.token', :token, true)")
            connection.execute(given, {"token": token})
            yield connection

    if base.is_postgres:
        return Reader(base, as_session)
    return Reader(base, base.reading, Sight(seen("case", 0), seen("case", 1), seen("review", 1)))


def _line(row: Row[Any], parties: Iterable[Party]) -> CaseLine:
    return CaseLine(
        case_id=row.case_id,
        seq=row.seq,
        state=row.state,
        sent=row.sent,
        on_hold=row.on_hold,
        erased=row.erased,
        parties=tuple(parties),
    )


def _by(column: int, rows: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found
