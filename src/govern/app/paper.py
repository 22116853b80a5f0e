"""What a case handler does for people who come on paper: look them up, and let them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from govern.app.contests import Contests
from govern.app.one_time_links import LetIn, LinkMade, links_about, make_link
from govern.domain.contest import Actor
from govern.domain.contest_store import CaseLine, Mandate, Party, Read
from govern.domain.review_intake import IntakeReview
from govern.errors import ContestError


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
        links=links_about(contests, name),
    )


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
    cases = [line.case_id for line in found.cases]
    return make_link(contests, actor, guest, role, about=person, days=days, now=now, cases=cases)


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
