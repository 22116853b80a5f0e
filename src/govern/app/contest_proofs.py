"""The proof that a step of a case stands in the ledger, for whoever may see that there was one."""

from __future__ import annotations

from datetime import datetime

from govern.app.contest_case import UNSEEN, open_case
from govern.app.contests import Contests
from govern.app.proofs import inclusion
from govern.domain.contest import Actor
from govern.domain.contest_store import Read
from govern.domain.ledger import Leaf
from govern.errors import ContestError, InputError


def leaves(contests: Contests, actor: Actor, case_id: str) -> tuple[Leaf, ...]:
    """What the ledger holds of each step of a case: kind, hour, role and commitment.

    Raises:
        ContestError: they do not see the case, or not its steps.
    """
    seen = open_case(contests.reader, contests.store, case_id).seen_by(actor)
    if seen in ("none", "facts_only"):
        raise ContestError(UNSEEN)
    return contests.store.leaves_of(case_id)


def proof_of(contests: Contests, actor: Actor, case_id: str, seq: int, *, now: datetime) -> str:
    """The proof of a step, to be checked by `govern ledger verify`; that it was taken is logged.

    Raises:
        ContestError: they see no such step, or it is under no checkpoint yet.
        IntegrityError, PolicyError, RunError: the record does not hold, or cannot be reached.
    """
    found = leaves(contests, actor, case_id)
    if not 1 <= seq <= len(found):
        raise ContestError(UNSEEN)
    contests.store.read_log.log(Read(at=now, actor=actor, what="proof", case_id=case_id))
    try:
        return str(inclusion(contests.project, found[seq - 1].id))
    except InputError as err:
        raise ContestError(
            f"event {seq} is under no checkpoint yet; it comes under the next one"
        ) from err
