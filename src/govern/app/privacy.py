"""What is held about a person, for them and for data protection officers; and forgetting it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import AwareDatetime

from govern.app.contests import Contests
from govern.app.explaining import ref_of
from govern.domain.base import Noun
from govern.domain.contest import Actor, Event, Role, State
from govern.domain.contest_store import CaseLine, Mandate, Notice, Read
from govern.domain.review_intake import HrOutcome, IntakeReview
from govern.errors import ContestError

LOOKED = "all that is held about a person"
FORGOTTEN = "what came in about a person was deleted"


class HeldCase(Noun):
    """A contest of one's own review, with all that its events say."""

    case_id: str
    state: State
    erased: bool
    on_hold: bool
    events: tuple[Event, ...]


class Step(Noun):
    """A kind of event, and when it was entered."""

    seq: int
    at: AwareDatetime
    kind: str


class Part(Noun):
    """What somebody did in the contest of another person; what that one says is theirs."""

    case_id: str
    roles: tuple[Role, ...]
    steps: tuple[Step, ...]


class Named(Noun):
    """A review of another person that names somebody, and as what."""

    review_id: str
    version: int
    as_what: tuple[str, ...]


class Held(Noun):
    """All that the store holds about a person.

    ``cases`` are contests of their reviews, ``parts`` what they did in others'. ``mandates`` say
    who speaks for them. ``looked`` is who looked at any of it, ``looks`` what they looked at
    themselves; both are kept when the rest is erased.
    """

    person: str
    at: AwareDatetime
    reviews: tuple[IntakeReview, ...]
    outcomes: tuple[HrOutcome, ...]
    cases: tuple[HeldCase, ...]
    mandates: tuple[Mandate, ...]
    notices: tuple[Notice, ...]
    parts: tuple[Part, ...]
    named_in: tuple[Named, ...]
    looked: tuple[Read, ...]
    looks: tuple[Read, ...]


def held(contests: Contests, actor: Actor, person: str, *, now: AwareDatetime) -> Held:
    """All that is held about a person; that somebody asked for it is kept, and told as well.

    Args:
        contests: where.
        actor: the person as employee, or a data protection officer who takes no part in the
            person's reviews.
        person: about whom.
        now: when.

    Raises:
        ContestError: ``actor`` may not ask for that.
    """
    store = contests.store
    reviews = store.intake.reviews()
    own = tuple(one for one in reviews if one.employee == person)
    _require_may(actor, person, own)
    name = store.pseudonym(person)
    lines = store.cases(person=person)
    opened = {one.events[0].case_id: one.events for one in store.opened(person=person)}
    mine = [line for line in lines if _is_theirs(line, name)]
    store.read_log.log(Read(at=now, actor=actor, what=LOOKED, about=(name,)))
    for line in mine:
        store.read_log.log(Read(at=now, actor=actor, what=LOOKED, case_id=line.case_id))
    about = {name, *(line.case_id for line in mine)}
    about |= {ref for one in own for ref in (one.review_id, ref_of(one.review_id))}
    reads = store.read_log.reads()
    return Held(
        person=person,
        at=now,
        reviews=own,
        outcomes=store.intake.outcomes(person),
        cases=tuple(_case(line, opened.get(line.case_id, ())) for line in mine),
        mandates=store.mandates.of(person),
        notices=tuple(one for one in store.notices.unsent() if one.to == person),
        parts=tuple(
            _part(line, opened.get(line.case_id, ()), person, name)
            for line in lines
            if line not in mine
        ),
        named_in=tuple(_named(reviews, person)),
        looked=tuple(read for read in reads if about & _about(read)),
        looks=tuple(read for read in reads if read.actor.person == person),
    )


def forget(
    contests: Contests, actor: Actor, person: str, *, ground: str, now: AwareDatetime
) -> int:
    """Delete what came in about a person: reviews, outcomes, mandates, sessions; how many rows.

    Their contests are erased before, each by two people. That somebody was forgotten stays in
    the log of reads, under a pseudonym, with the ground.

    Raises:
        ContestError: ``actor`` is no data protection officer apart from the person's reviews, a
            contest of theirs is not erased, there is no ground, or nothing came in.
    """
    store = contests.store
    reviews = store.intake.reviews(person)
    if actor.role != "data-protection-officer":
        raise ContestError(f"forget: data-protection-officer may, not {actor.role}")
    _require_may(actor, person, reviews)
    if not ground.strip():
        raise ContestError("forget: say on which ground")
    name = store.pseudonym(person)
    left = [line.case_id for line in store.cases(person=person) if _is_theirs(line, name)]
    if left:
        raise ContestError(
            f"forget: {len(left)} contests of theirs are not erased, {left[0]} among them; two "
            "people erase each first"
        )
    if not (reviews or store.intake.outcomes(person) or store.mandates.of(person)):
        raise ContestError(f"forget: nothing came in about {person}")
    said = f"{FORGOTTEN}: {ground.strip()}"
    store.read_log.log(Read(at=now, actor=actor, what=said, about=(name,)))
    return store.intake.forget(person)


def _require_may(actor: Actor, person: str, reviews: Iterable[IntakeReview]) -> None:
    near = {one for review in reviews for one in (review.author, review.manager)}
    problem = None
    if actor.role == "employee":
        problem = None if actor.person == person else "an employee asks for their own"
    elif actor.role != "data-protection-officer":
        problem = f"employee or data-protection-officer may, not {actor.role}"
    elif actor.person in {person, *near}:
        problem = "you take part in their reviews, so another officer has to"
    if problem:
        raise ContestError(f"what is held about a person: {problem}")


def _is_theirs(line: CaseLine, name: str) -> bool:
    return any((party.role, party.person) == ("employee", name) for party in line.parties)


def _case(line: CaseLine, events: tuple[Event, ...]) -> HeldCase:
    return HeldCase(
        case_id=line.case_id,
        state=line.state,
        erased=line.erased,
        on_hold=line.on_hold,
        events=events,
    )


def _part(line: CaseLine, events: tuple[Event, ...], person: str, name: str) -> Part:
    return Part(
        case_id=line.case_id,
        roles=tuple(party.role for party in line.parties if party.person == name),
        steps=tuple(
            Step(seq=event.seq, at=event.at, kind=event.kind)
            for event in events
            if event.actor.person == person
        ),
    )


def _named(reviews: Iterable[IntakeReview], person: str) -> Iterator[Named]:
    for one in reviews:
        named = {"author": (one.author,), "manager": (one.manager,), "line": one.line}
        if found := tuple(part for part, people in named.items() if person in people):
            yield Named(review_id=one.review_id, version=one.version, as_what=found)


def _about(read: Read) -> set[str]:
    """Whom and what a read was about; mandates say it in words."""
    case = {read.case_id} if read.case_id else set()
    return {*read.about, *read.what.split(), *case}
