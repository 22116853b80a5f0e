"""What the rows of cases and reviews say once they are opened."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Connection, Row, Select, literal, select

from govern.domain.contest import Actor, Event
from govern.domain.contest_store import WITHHELD
from govern.domain.ledger import Leaf
from govern.domain.review_intake import IntakeReview
from govern.errors import IntegrityError
from govern.ledger.leaf import KEY_BYTES, commit
from govern.store.contests.base import Base
from govern.store.contests.tables import DATA_KEY, REVIEW


def leaf_of(row: Row[Any]) -> Leaf:
    """The leaf of an event's row."""
    return Leaf(
        id=row.leaf_id,
        kind=f"contest.{row.kind}",
        hour=row.hour,
        actor_role=row.actor_role,
        commitment=row.commitment,
    )


def review_of(base: Base, connection: Connection, row: Row[Any]) -> IntakeReview:
    """The review in a row of ``REVIEW``."""
    return opened_review(base, row, base.find_wrapped(connection, f"review:{row.review}"))


def reviews_in(
    base: Base, connection: Connection, wanted: ColumnElement[bool]
) -> tuple[IntakeReview, ...]:
    """Those reviews, as they came in."""
    rows = connection.execute(reviews_where(wanted)).all()
    keys = keys_of(connection, select(REVIEW.c.review).where(wanted), "review:")
    return tuple(opened_review(base, row, keys.get(f"review:{row.review}")) for row in rows)


def reviews_where(wanted: ColumnElement[bool]) -> Select[Any]:
    """Rows for ``opened_review``, as they came in."""
    columns = (REVIEW.c.review, REVIEW.c.version, REVIEW.c.employee, REVIEW.c.sealed)
    return select(*columns).where(wanted).order_by(REVIEW.c.n)


def keys_of(connection: Connection, ids: Select[Any], kind: str) -> dict[str, bytes]:
    """The wrapped keys of several scopes of a kind, as far as this connection may see them."""
    [column] = ids.selected_columns
    scopes = ids.with_only_columns(literal(kind) + column)
    wanted = select(DATA_KEY.c.scope, DATA_KEY.c.wrapped).where(DATA_KEY.c.scope.in_(scopes))
    return {row.scope: row.wrapped for row in connection.execute(wanted)}


def opened_review(base: Base, row: Row[Any], wrapped: bytes | None) -> IntakeReview:
    """The review in a row, by its wrapped key."""
    if wrapped is None:
        raise IntegrityError("a review's key is gone, but the review is there")
    sealed = (row.review, row.version, row.employee, row.sealed, wrapped)
    return base.kept_open(
        f"review:{row.review}:{row.version}", sealed, lambda: _review(base, row, wrapped)
    )


def _review(base: Base, row: Row[Any], wrapped: bytes) -> IntakeReview:
    key = base.keys.unwrap(wrapped, f"review:{row.review}")
    review = IntakeReview.model_validate_json(key.open(row.sealed, row.version))
    shown = {
        "review": base.pseudonym("review", review.review_id),
        "version": review.version,
        "employee": base.pseudonym(review.employee),
    }
    base.require_as_sealed(row, shown, "a review")
    return review


def events_of(
    base: Base, case_id: str, rows: Sequence[Row[Any]], wrapped: bytes | None
) -> tuple[Event, ...]:
    """The events in a case's rows, opened where they are there to be opened."""
    if all(row.sealed is None for row in rows):
        return _opened_events(base, case_id, rows, wrapped)
    sealed = ([tuple(row) for row in rows], wrapped)
    return base.kept_open(
        f"case:{case_id}", sealed, lambda: _opened_events(base, case_id, rows, wrapped)
    )


def _opened_events(
    base: Base, case_id: str, rows: Sequence[Row[Any]], wrapped: bytes | None
) -> tuple[Event, ...]:
    for number, row in enumerate(rows, start=1):
        if row.seq != number:
            raise IntegrityError(f"case {case_id}: expected event {number}, found {row.seq}")
    key = None if wrapped is None else base.keys.unwrap(wrapped, f"case:{case_id}")
    found = []
    for row in rows:
        if row.sealed is None:
            found.append(_withheld(row))
        elif key is None:
            raise IntegrityError(f"case {case_id}: its key is gone, but its texts are there")
        else:
            found.append(_event(row, key.open(row.sealed, row.seq, row.kind)))
    return tuple(found)


def _withheld(row: Row[Any]) -> Event:
    return Event(
        case_id=row.case_id,
        seq=row.seq,
        at=datetime.strptime(row.hour, "%Y-%m-%dT%HZ").replace(tzinfo=UTC),
        actor=Actor(person=WITHHELD, role=row.actor_role),
        kind=row.kind,
        payload=None,
    )


def _event(row: Row[Any], plain: bytes) -> Event:
    """The event in a row, which has to be what its commitment says."""
    salt, body = plain[:KEY_BYTES], plain[KEY_BYTES:]
    where = f"case {row.case_id}, event {row.seq}"
    try:
        event = Event.model_validate_json(body)
    except ValidationError as err:
        raise IntegrityError(f"{where}: no event: {err.errors()[0]['msg']}") from err
    if not hmac.compare_digest(commit(event.as_json(), salt), row.commitment):
        raise IntegrityError(f"{where}: its text is not what was committed to")
    if event != event.model_copy(update={"case_id": row.case_id, "seq": row.seq, "kind": row.kind}):
        raise IntegrityError(f"{where}: its row was changed")
    return event
