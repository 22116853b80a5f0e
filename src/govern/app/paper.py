"""What a case handler does for people who come on paper: look them up, and let them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from govern.app.contests import Contests
from govern.domain.access import Visitor
from govern.domain.contest import Actor
from govern.domain.contest_store import CaseLine, Mandate, Party, Read
from govern.domain.review_intake import IntakeReview
from govern.errors import ContestError

LINK = "one-time link"
"""What a line of the log of reads says where somebody made one."""
LONGEST_DAYS = 14


@dataclass(frozen=True)
class LinkMade:
    """A one-time link: who made it when, for whom in which role, and until when it works."""

    by: str
    at: datetime
    role: str
    until: datetime


class ReviewLine(NamedTuple):
    """A review without its texts, by its last version."""

    review_id: str
    version: int
    period_start: date
    period_end: date


@dataclass(frozen=True)
class PersonFile:
    """A person whose review came in: no text of theirs.

    ``reviews`` are all of theirs, ``cases`` what they sent, ``mandates`` who speaks for
    them, ``links`` the one-time links made for them and for those.
    """

    person: str
    reviews: tuple[ReviewLine, ...]
    cases: tuple[CaseLine, ...]
    mandates: tuple[Mandate, ...]
    links: tuple[LinkMade, ...]

    @property
    def may_come_in(self) -> tuple[tuple[Literal["employee", "representative"], str], ...]:
        """For whom a link can be made, and as what."""
        speaking = dict.fromkeys(one.representative for one in self.mandates)
        return (("employee", self.person), *(("representative", who) for who in speaking))


def person_file(contests: Contests, actor: Actor, person: str, *, now: datetime) -> PersonFile:
    """What a handler needs of a person to act for them on paper; that they looked is kept.

    Raises:
        ContestError: no review of them came in, or the handler takes part in one.
    """
    reviews = _reviews_of(contests, actor, person)
    name = contests.store.pseudonym(person)
    contests.store.read_log.log(Read(at=now, actor=actor, what="person", about=(name,)))
    return PersonFile(
        person=person,
        reviews=tuple({one.review_id: _line(one) for one in reviews}.values()),
        cases=_cases_of(contests, person),
        mandates=contests.store.mandates.of(person),
        links=tuple(
            _made(read)
            for read in contests.store.read_log.reads()
            if read.what == LINK and read.case_id is None and read.about[0] == name
        ),
    )


def links_of(contests: Contests, case_id: str) -> tuple[LinkMade, ...]:
    """The one-time links that were made for the people of a case since it was sent."""
    reads = contests.store.read_log.reads(case_id)
    return tuple(_made(read) for read in reads if read.what == LINK)


@dataclass(frozen=True)
class LetIn:
    """Whom a handler lets in, until when."""

    visitor: Visitor
    until: datetime


def let_in(
    contests: Contests,
    actor: Actor,
    person: str,
    who: tuple[str, str],
    *,
    days: int,
    now: datetime,
) -> LetIn:
    """Whom a one-time link is for; that it was made is kept before it is, with each case.

    Args:
        contests: where.
        actor: the handler who makes it.
        person: whose review came in.
        who: the role and the person that the link is for: one of ``may_come_in``.
        days: how long it works.
        now: when.

    Raises:
        ContestError: they may not make it, or not for that person.
    """
    found = person_file(contests, actor, person, now=now)
    may = [(role, guest) for role, guest in found.may_come_in if (role, guest) == who]
    if not may:
        raise ContestError(
            "a link is for somebody whose review came in, or for whoever speaks for them"
        )
    [(role, guest)] = may
    if guest == actor.person:
        raise ContestError("nobody makes a link for themselves")
    if not 1 <= days <= LONGEST_DAYS:
        raise ContestError(f"a link works from 1 to {LONGEST_DAYS} days, not {days}")
    until = now + timedelta(days=days)
    names = (contests.store.pseudonym(person), contests.store.pseudonym(guest))
    about = (*names, role, until.isoformat())
    for case_id in (None, *(line.case_id for line in found.cases)):
        read = Read(at=now, actor=actor, what=LINK, about=about, case_id=case_id)
        contests.store.read_log.log(read)
    return LetIn(Visitor(person=guest, name=guest, roles=(role,), by="one-time link"), until)


def _reviews_of(contests: Contests, actor: Actor, person: str) -> tuple[IntakeReview, ...]:
    reviews = contests.store.intake.reviews(person)
    if not reviews:
        raise ContestError(f"no review of {person} came in")
    near = {one for review in reviews for one in (review.author, review.manager)}
    if actor.person in {person, *near}:
        raise ContestError("you take part in a review of theirs, so another case handler has to")
    return reviews


def _line(review: IntakeReview) -> ReviewLine:
    return ReviewLine(review.review_id, review.version, review.period_start, review.period_end)


def _cases_of(contests: Contests, person: str) -> tuple[CaseLine, ...]:
    me = Party(role="employee", person=contests.store.pseudonym(person))
    lines = contests.store.cases(person=person)
    return tuple(line for line in lines if line.sent and me in line.parties)


def _made(read: Read) -> LinkMade:
    role, until = read.about[2:]
    return LinkMade(read.actor.person, read.at, role, datetime.fromisoformat(until))
