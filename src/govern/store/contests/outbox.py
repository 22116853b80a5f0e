"""From the store to the ledger: every event's leaf, exactly once.

A leaf waits in the store from the transaction that entered its event. Whoever delivers adds it
to the ledger only if nothing was added there since they looked, and then confirms; between the
two they may be killed, for the next one looks first.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from sqlalchemy import delete, insert, select, update

from govern.domain.contest_store import Outbox, Waiting
from govern.domain.ledger import Leaf, LeafStore
from govern.errors import IntegrityError, MovedError, RunError
from govern.ledger.leaf import leaf_bytes, read_leaf
from govern.store.contests.base import Base
from govern.store.contests.rows import leaf_of
from govern.store.contests.tables import BOOKMARK, EVENT, OUTBOX

TRIES = 1000
"""Each one that fails lets somebody else's leaves through; so many in a row is no contention."""
_LEDGER = "ledger"
_OURS = BOOKMARK.c.name == _LEDGER
_READ = select(BOOKMARK.c.seen).where(_OURS)


class SqlOutbox:
    """See ``domain.contest_store.Outbox``."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def waiting(self) -> Waiting:
        pending = EVENT.join(OUTBOX, OUTBOX.c.leaf_id == EVENT.c.leaf_id)
        with self._base.reading() as connection:
            seen = connection.execute(_READ).scalar()
            rows = connection.execute(select(EVENT).select_from(pending).order_by(OUTBOX.c.n)).all()
        return Waiting(seen=seen, leaves=tuple(leaf_of(row) for row in rows))

    def delivered(self, ids: Sequence[str], *, seen: int) -> None:
        with self._base.writing() as connection:
            connection.execute(delete(OUTBOX).where(OUTBOX.c.leaf_id.in_(ids)))
            before = connection.execute(_READ.with_for_update()).scalar()
            if before is None:
                connection.execute(insert(BOOKMARK).values(name=_LEDGER, seen=seen))
            elif before < seen:
                connection.execute(update(BOOKMARK).where(_OURS).values(seen=seen))

    def leaves(self) -> tuple[Leaf, ...]:
        with self._base.reading() as connection:
            rows = connection.execute(select(EVENT).order_by(EVENT.c.n)).all()
        return tuple(leaf_of(row) for row in rows)


def deliver(outbox: Outbox, ledger: LeafStore) -> int:
    """Bring all that waits to the ledger; how many leaves were added.

    Raises:
        RunError: the ledger was not begun, or others always came first.
        IntegrityError: the ledger is shorter than it was.
    """
    for _ in range(TRIES):
        waiting = outbox.waiting()
        if not waiting.leaves:
            return 0
        looked = waiting.seen or 0
        there = [
            read_leaf(raw, f"leaf {number}").id
            for number, raw in enumerate(islice(ledger.leaves(), looked, None), start=looked)
        ]
        known = set(there)
        size = looked + len(there)
        if size == 0:
            raise RunError("the ledger has not begun; see `govern ledger checkpoint`")
        fresh = [leaf for leaf in waiting.leaves if leaf.id not in known]
        try:
            if fresh:
                ledger.add(fresh, size=size)
        except MovedError:
            continue
        outbox.delivered([leaf.id for leaf in waiting.leaves], seen=size + len(fresh))
        return len(fresh)
    raise RunError(f"{TRIES} others added to the ledger first; try again")


def check_against(outbox: Outbox, ledger: LeafStore) -> None:
    """IntegrityError unless ledger and store hold the same events, but for those that wait."""
    # In this order what others enter and deliver meanwhile is neither missing nor too much.
    before = {leaf.id for leaf in outbox.leaves()}
    waiting = {leaf.id for leaf in outbox.waiting().leaves}
    there = tuple(ledger.leaves())
    kept = {leaf.id: leaf_bytes(leaf) for leaf in outbox.leaves()}
    entered: set[str] = set()
    for number, raw in enumerate(there):
        leaf = read_leaf(raw, f"leaf {number}")
        if not leaf.kind.startswith("contest."):
            continue
        if leaf.id in entered:
            raise IntegrityError(f"leaf {number}: an event that is in the ledger already")
        if kept.get(leaf.id) != raw:
            raise IntegrityError(f"leaf {number}: the store has no such event, or another one")
        entered.add(leaf.id)
    missing = before - entered - waiting
    if missing:
        raise IntegrityError(f"{len(missing)} events of the store are not in the ledger")
