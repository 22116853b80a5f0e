"""Whether the store of contests and the ledger hold the same events."""

from __future__ import annotations

from dataclasses import dataclass

from govern.app.contests import Contests
from govern.store.contests.outbox import check_against


@dataclass(frozen=True)
class Checked:
    """How many events the store holds, and how many of them the ledger has yet to get."""

    events: int
    waiting: int


def check(contests: Contests) -> Checked:
    """Whether the ledger holds the store's events and no others, but for those that wait.

    Raises:
        IntegrityError: it does not.
    """
    outbox = contests.store.outbox
    check_against(outbox, contests.leaves)
    return Checked(len(outbox.leaves()), len(outbox.waiting().leaves))
