"""The first way in for those who work on contests, where nobody is there yet to let them in."""

from __future__ import annotations

from datetime import datetime, timedelta

from govern.app.contests import Contests
from govern.app.paper import LINK, LONGEST_DAYS, LetIn
from govern.domain.access import ROLES, Visitor
from govern.domain.contest import Actor, Role
from govern.domain.contest_store import Read
from govern.errors import ContestError

STAFF: tuple[Role, ...] = tuple(
    role for role in ROLES if role not in ("employee", "representative")
)
"""Whom this lets in; the others get a link from a case handler, which then stands in their case."""


def let_staff_in(
    contests: Contests, actor: Actor, person: str, role: str, *, days: int, now: datetime
) -> LetIn:
    """Whom a one-time link is for; that it was made is kept before it is.

    Args:
        contests: where.
        actor: who makes it.
        person: whom it lets in, by their id in the directory.
        role: as what, one of ``STAFF``.
        days: how long it works.
        now: when.

    Raises:
        ContestError: there is no such link.
    """
    found = [one for one in STAFF if one == role]
    if not found:
        raise ContestError(
            f"{role}: expected one of {', '.join(STAFF)}; a case handler makes links for others"
        )
    if person == actor.person:
        raise ContestError("nobody makes a link for themselves")
    if not 1 <= days <= LONGEST_DAYS:
        raise ContestError(f"a link works from 1 to {LONGEST_DAYS} days, not {days}")
    until = now + timedelta(days=days)
    name = contests.store.pseudonym(person)
    about = (name, name, role, until.isoformat())
    contests.store.read_log.log(Read(at=now, actor=actor, what=LINK, about=about))
    visitor = Visitor(person=person, name=person, roles=(found[0],), by="one-time link")
    return LetIn(visitor, until)
