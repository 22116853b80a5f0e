"""The store of contests in a database; see ``domain.contest_store.ContestStore``."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError as Taken

from govern.canon import canonical_json
from govern.contest.case import CaseView
from govern.contest.machine import apply, fold
from govern.domain.contest import Event, Role, State
from govern.domain.contest_store import CaseLine, Notice, Opened, Opening
from govern.domain.ledger import Leaf
from govern.domain.review_intake import IntakeReview
from govern.errors import ConflictError, ContestError
from govern.ledger.leaf import KEY_BYTES, commit, hour_of
from govern.store.contests.base import Base
from govern.store.contests.doors import SqlDoors
from govern.store.contests.intake import SqlIntake
from govern.store.contests.notices import SqlNotices, enqueue
from govern.store.contests.outbox import SqlOutbox
from govern.store.contests.people import SqlMandates, SqlReadLog
from govern.store.contests.reader import Reader, Readers, session_reader
from govern.store.contests.rows import leaf_of
from govern.store.contests.tables import (
    CASE,
    DATA_KEY,
    EVENT,
    MANDATE,
    NOTICE,
    OUTBOX,
    PARTY,
    SEALED,
)
from govern.store.contests.words import SqlWords
from govern.store.vault import KeyRing


class SqlContestStore:
    """Contests in the database at ``url``, whose texts ``keys`` open.

    ``reader_url`` is the same PostgreSQL by a login that may take on ``govern_reader`` and no
    other role; with it, no SQL that a reader smuggles in gets beyond that reader's session.
    Relative SQLite paths start at ``root``.
    """

    def __init__(
        self, url: str, keys: KeyRing, *, root: Path, reader_url: str | None = None
    ) -> None:
        self._base = Base(url, keys, root=root)
        self._readers = Readers(reader_url or url, root=root)
        self._reader = Reader(self._base, self._base.reading)
        self.kept_open = self._base.kept_open
        self.outbox = SqlOutbox(self._base)
        self.intake = SqlIntake(self._base)
        self.notices = SqlNotices(self._base)
        self.doors = SqlDoors(self._base)
        self.mandates = SqlMandates(self._base)
        self.read_log = SqlReadLog(self._base)
        self.words = SqlWords(self._base)

    def close(self) -> None:
        """Let go of the database; the store can be used again."""
        self._base.database.close()
        self._readers.close()

    def append(self, event: Event, *, notices: Sequence[Notice] = ()) -> None:
        if event.kind == "erased":
            raise ContestError(f"case {event.case_id}: what erases a case is `erase`")
        self._enter(event, self._base.writing(), notices)

    def erase(self, tombstone: Event) -> None:
        if tombstone.kind != "erased":
            raise ContestError(f"case {tombstone.case_id}: {tombstone.kind} erases nothing")
        self._enter(tombstone, self._base.deleting(), ())

    def cases(
        self, *, person: str | None = None, states: Sequence[State] = ()
    ) -> tuple[CaseLine, ...]:
        return self._reader.cases(person=person, states=states)

    def events(self, case_id: str) -> tuple[Event, ...]:
        return self._reader.events(case_id)

    def opened(
        self, *, person: str | None = None, states: Sequence[State] = ()
    ) -> tuple[Opened, ...]:
        return self._reader.opened(person=person, states=states)

    def review(self, review_id: str, version: int | None = None) -> IntakeReview | None:
        return self._reader.review(review_id, version)

    def reviews(self, employee: str) -> tuple[IntakeReview, ...]:
        return self._reader.reviews(employee)

    def opening(self, case_id: str, seq: int) -> Opening:
        with self._base.reading() as connection:
            found = self._reader.opening_in(connection, case_id, seq)
        if found is None:
            raise ContestError(f"case {case_id}: there is no event {seq}, or it was erased")
        return found

    def leaves_of(self, case_id: str) -> tuple[Leaf, ...]:
        rows = select(EVENT).where(EVENT.c.case_id == case_id).order_by(EVENT.c.seq)
        with self._base.reading() as connection:
            return tuple(leaf_of(row) for row in connection.execute(rows).all())

    def pseudonym(self, person: str) -> str:
        return self._base.pseudonym(person)

    def seen_by(self, token: str, now: datetime) -> Reader:
        return session_reader(self._base, self._readers, token, now)

    def rewrap(self) -> int:
        """Wrap all data keys under the newest key; how many were not."""
        return self._base.rewrap()

    def _enter(
        self,
        event: Event,
        transaction: AbstractContextManager[Connection],
        notices: Sequence[Notice],
    ) -> None:
        if event.payload is None:
            raise ContestError(f"case {event.case_id}: {event.kind}: what it says is missing")
        try:
            with transaction as connection:
                before = self._reader.events_in(connection, event.case_id)
                if event.seq != len(before) + 1:
                    raise _conflict(event, len(before))
                view = apply(fold(before) if before else None, event)
                if event.kind == "erased":
                    _delete_texts(connection, event.case_id)
                self._put_event(connection, event)
                self._put_index(connection, view)
                enqueue(self._base, connection, event.case_id, notices)
        except Taken as err:
            raise _conflict(event, event.seq) from err

    def _put_event(self, connection: Connection, event: Event) -> None:
        key = self._base.data_key(connection, f"case:{event.case_id}")
        salt, body = secrets.token_bytes(KEY_BYTES), event.as_json()
        leaf = Leaf(
            id=secrets.token_hex(16),
            kind=f"contest.{event.kind}",
            hour=hour_of(event.at),
            actor_role=event.actor.role,
            commitment=commit(body, salt),
        )
        place = {"case_id": event.case_id, "seq": event.seq}
        shown = {
            "leaf_id": leaf.id,
            "kind": event.kind,
            "hour": leaf.hour,
            "actor_role": leaf.actor_role,
            "commitment": leaf.commitment,
        }
        sealed = key.seal(salt + canonical_json(body), event.seq, event.kind)
        connection.execute(insert(EVENT).values(place | shown))
        connection.execute(insert(SEALED).values(place | {"sealed": sealed}))
        connection.execute(insert(OUTBOX).values(leaf_id=leaf.id))

    def _put_index(self, connection: Connection, view: CaseView) -> None:
        """What can be asked of a case without opening it."""
        draft = view.draft
        row = {
            "case_id": view.case_id,
            "seq": view.seq,
            "state": view.state,
            "sent": view.asked_at is not None,
            "on_hold": view.on_hold,
            "erased": view.erased,
            "review": self._base.pseudonym("review", draft.review_id) if draft else None,
        }
        if view.seq == 1:
            connection.execute(insert(CASE).values(row))
        else:
            connection.execute(update(CASE).where(CASE.c.case_id == view.case_id).values(row))
        connection.execute(delete(PARTY).where(PARTY.c.case_id == view.case_id))
        parties = [
            {"case_id": view.case_id, "role": role, "person": self._base.pseudonym(person)}
            for role, person in sorted(_people(view))
        ]
        if parties:
            connection.execute(insert(PARTY), parties)


def _people(view: CaseView) -> set[tuple[Role, str]]:
    """Who has a part in a case, and which; nobody once it is erased."""
    if view.erased:
        return set()
    named: list[tuple[Role, str | None]] = [
        ("employee", view.employee),
        ("case-handler", view.handler),
        ("decider", view.decider),
        ("appeal-decider", view.appeal_decider),
        (view.filed_by.role, view.filed_by.person),
    ]
    return {(role, person) for role, person in named if person is not None}


def _delete_texts(connection: Connection, case_id: str) -> None:
    for table in (SEALED, NOTICE, MANDATE, PARTY):
        connection.execute(delete(table).where(table.c.case_id == case_id))
    connection.execute(delete(DATA_KEY).where(DATA_KEY.c.scope == f"case:{case_id}"))


def _conflict(event: Event, there: int) -> ConflictError:
    return ConflictError(
        f"case {event.case_id}: event {event.seq} cannot follow event {there}: somebody entered "
        "one first; read the case again"
    )
