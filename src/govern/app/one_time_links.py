"""One-time links: the first way in for those who work on contests, and one for people on paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from govern.app.contests import Contests
from govern.domain.access import ROLES, Visitor
from govern.domain.contest import Actor, Role
from govern.domain.contest_store import Read
from govern.errors import ContestError

LINK = "one-time link"
"""What a line of the log of reads says where somebody made one."""
LONGEST_DAYS = 14
STAFF: tuple[Role, ...] = tuple(
    role for role in ROLES if role not in ("employee", "representative")
)
"""Whom ``let_staff_in`` serves; the others get a link that then stands in their case."""


@dataclass(frozen=True)
class LinkMade:
    """A one-time link: who made it when, for whom in which role, and until when it works."""

    by: str
    at: datetime
    role: str
    until: datetime


@dataclass(frozen=True)
class LetIn:
    """Whom a link lets in, until when."""

    visitor: Visitor
    until: datetime


def let_staff_in(
    contests: Contests, actor: Actor, person: str, role: str, *, days: int, now: datetime
) -> LetIn:
    """Whom a link is for who works on contests, where nobody is there yet to let them in.

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
    return make_link(contests, actor, person, found[0], about=person, days=days, now=now)


def make_link(
    contests: Contests,
    actor: Actor,
    guest: str,
    role: Role,
    *,
    about: str,
    days: int,
    now: datetime,
    cases: Iterable[str] = (),
) -> LetIn:
    """Whom a link is for; that it was made is kept before it is.

    Args:
        contests: where.
        actor: who makes it.
        guest: whom it lets in.
        role: as what.
        about: whose reviews it opens.
        days: how long it works.
        now: when.
        cases: in which it is to stand as well.

    Raises:
        ContestError: it is for whoever makes it, or would work too long.
    """
    if guest == actor.person:
        raise ContestError("nobody makes a link for themselves")
    if not 1 <= days <= LONGEST_DAYS:
        raise ContestError(f"a link works from 1 to {LONGEST_DAYS} days, not {days}")
    until = now + timedelta(days=days)
    names = (contests.store.pseudonym(about), contests.store.pseudonym(guest))
    said = (*names, role, until.isoformat())
    for case_id in (None, *cases):
        read = Read(at=now, actor=actor, what=LINK, about=said, case_id=case_id)
        contests.store.read_log.log(read)
    return LetIn(Visitor(person=guest, name=guest, roles=(role,), by=LINK), until)


def links_about(contests: Contests, person: str) -> tuple[LinkMade, ...]:
    """The links that were made about a person; they are named by ``person``, a pseudonym."""
    reads = contests.store.read_log.reads()
    return tuple(_made(r for r in reads if r.case_id is None and r.about[:1] == (person,)))


def links_of(contests: Contests, case_id: str) -> tuple[LinkMade, ...]:
    """The links that were made for the people of a case since it was sent."""
    return tuple(_made(contests.store.read_log.reads(case_id)))


def _made(reads: Iterable[Read]) -> Iterator[LinkMade]:
    for read in reads:
        if read.what == LINK:
            role, until = read.about[2:]
            yield LinkMade(read.actor.person, read.at, role, datetime.fromisoformat(until))
