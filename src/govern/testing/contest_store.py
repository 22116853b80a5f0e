"""A store of contests in memory, for tests: it passes the same contract as those that last."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from govern.contest.case import CaseView
from govern.contest.machine import ENDED, UNSENT, apply, fold
from govern.domain.access import Visitor, key_of
from govern.domain.contest import Actor, Drafted, Event, Role, State
from govern.domain.contest_store import (
    WITHHELD,
    CaseLine,
    CaseReader,
    Mandate,
    Notice,
    Opened,
    Opening,
    Party,
    Waiting,
)
from govern.domain.ledger import Leaf
from govern.domain.review_intake import HrOutcome, IntakeReview
from govern.errors import ConflictError, ContestError, InputError
from govern.ledger.leaf import KEY_BYTES, commit, hour_of
from govern.testing.contest_books import MemoryMandates, MemoryNotices, MemoryReadLog
from govern.testing.doors import MemoryDoors

_SEES_ALL: frozenset[Role] = frozenset(("case-handler", "data-protection-officer", "auditor"))
_SEES_TEXTS: frozenset[Role] = frozenset(("case-handler", "data-protection-officer"))


class MemoryContestStore:
    """See ``domain.contest_store.ContestStore``."""

    def __init__(self) -> None:
        self._events: dict[str, list[Event]] = {}
        self._openings: dict[tuple[str, int], Opening] = {}
        self._waiting: list[Leaf] = []
        self._leaves: dict[tuple[str, int], Leaf] = {}
        self._looked: int | None = None
        self.outbox = self
        self.intake = MemoryIntake(self)
        self.notices = MemoryNotices()
        self.doors = MemoryDoors()
        self.mandates = MemoryMandates()
        self.read_log = MemoryReadLog()

    def close(self) -> None:
        pass

    def append(self, event: Event, *, notices: Sequence[Notice] = ()) -> None:
        if event.kind == "erased":
            raise ContestError(f"case {event.case_id}: what erases a case is `erase`")
        self._enter(event)
        self.notices.queue.update({one.notice_id: one for one in notices})

    def erase(self, tombstone: Event) -> None:
        if tombstone.kind != "erased":
            raise ContestError(f"case {tombstone.case_id}: {tombstone.kind} erases nothing")
        self._enter(tombstone)

    def cases(
        self, *, person: str | None = None, states: Sequence[State] = ()
    ) -> tuple[CaseLine, ...]:
        lines = [_line(fold(events)) for events in self._events.values()]
        return tuple(
            line
            for line in lines
            if (person is None or person in [one.person for one in line.parties])
            and (not states or line.state in states)
        )

    def events(self, case_id: str) -> tuple[Event, ...]:
        return tuple(self._events.get(case_id, ()))

    def opened(
        self, *, person: str | None = None, states: Sequence[State] = ()
    ) -> tuple[Opened, ...]:
        return _opened(self, self.intake.reviews(), person, states)

    def review(self, review_id: str, version: int | None = None) -> IntakeReview | None:
        found = [
            one
            for (named, number), one in self.intake.kept_reviews.items()
            if named == review_id and version in (None, number)
        ]
        return max(found, key=lambda one: one.version, default=None)

    def reviews(self, employee: str) -> tuple[IntakeReview, ...]:
        return self.intake.reviews(employee)

    def opening(self, case_id: str, seq: int) -> Opening:
        if (case_id, seq) not in self._openings:
            raise ContestError(f"case {case_id}: there is no event {seq}, or it was erased")
        return self._openings[case_id, seq]

    def leaves_of(self, case_id: str) -> tuple[Leaf, ...]:
        return tuple(leaf for (case, _), leaf in self._leaves.items() if case == case_id)

    def pseudonym(self, person: str) -> str:
        return person

    def seen_by(self, token: str, now: datetime) -> MemoryReader:
        return MemoryReader(self, token, now)

    def waiting(self) -> Waiting:
        return Waiting(seen=self._looked, leaves=tuple(self._waiting))

    def delivered(self, ids: Sequence[str], *, seen: int) -> None:
        self._waiting = [leaf for leaf in self._waiting if leaf.id not in ids]
        self._looked = max(seen, self._looked or 0)

    def leaves(self) -> tuple[Leaf, ...]:
        return tuple(self._leaves.values())

    def _enter(self, event: Event) -> None:
        if event.payload is None:
            raise ContestError(f"case {event.case_id}: {event.kind}: what it says is missing")
        before = self._events.get(event.case_id, [])
        if event.seq != len(before) + 1:
            raise ConflictError(f"case {event.case_id}: event {event.seq} was entered before")
        apply(fold(before) if before else None, event)
        if event.kind == "erased":
            self._events[event.case_id] = [_withheld(one) for one in before]
            self._openings = {k: v for k, v in self._openings.items() if k[0] != event.case_id}
            self.notices.forget(event.case_id)
            self.mandates.forget(event.case_id)
        key = secrets.token_bytes(KEY_BYTES)
        leaf = Leaf(
            id=secrets.token_hex(16),
            kind=f"contest.{event.kind}",
            hour=hour_of(event.at),
            actor_role=event.actor.role,
            commitment=commit(event.as_json(), key),
        )
        self._events.setdefault(event.case_id, []).append(event)
        payload = json.loads(json.dumps(event.as_json()))
        self._openings[event.case_id, event.seq] = Opening(
            leaf=leaf, payload=payload, key=key.hex()
        )
        self._waiting.append(leaf)
        self._leaves[event.case_id, event.seq] = leaf


class MemoryReader:
    """What somebody sees of the store."""

    def __init__(self, store: MemoryContestStore, token: str, now: datetime) -> None:
        self._store = store
        self._token = token
        self._now = now

    @property
    def _holder(self) -> Visitor | None:
        session = self._store.doors.find(key_of(self._token))
        return session.visitor if session and session.ends > self._now else None

    def cases(
        self, *, person: str | None = None, states: Sequence[State] = ()
    ) -> tuple[CaseLine, ...]:
        lines = self._store.cases(person=person, states=states)
        return tuple(line for line in lines if self._sees(line) is not None)

    def events(self, case_id: str) -> tuple[Event, ...]:
        lines = [line for line in self._store.cases() if line.case_id == case_id]
        sees = self._sees(lines[0]) if lines else None
        if sees is None:
            return ()
        events = self._store.events(case_id)
        return events if sees else tuple(_withheld(one) for one in events)

    def opened(
        self, *, person: str | None = None, states: Sequence[State] = ()
    ) -> tuple[Opened, ...]:
        came = self._store.intake.reviews()
        seen = [one for one in came if self.review(one.review_id, one.version)]
        return _opened(self, seen, person, states)

    def review(self, review_id: str, version: int | None = None) -> IntakeReview | None:
        found, who = self._store.review(review_id, version), self._holder
        if found is None or who is None:
            return None
        mandate = Mandate(employee=found.employee, representative=who.person)
        asked = mandate in self._store.mandates.of(found.employee)
        speaks = asked and "representative" in who.roles
        own = "employee" in who.roles and found.employee == who.person
        contested = any(
            self._sees(line) and self._contests(line.case_id, review_id)
            for line in self._store.cases()
        )
        return found if own or speaks or contested else None

    def reviews(self, employee: str) -> tuple[IntakeReview, ...]:
        theirs = self._store.reviews(employee)
        return tuple(one for one in theirs if self.review(one.review_id, one.version))

    def _contests(self, case_id: str, review_id: str) -> bool:
        draft = fold(self._store.events(case_id)).draft
        return draft is not None and draft.review_id == review_id

    def _sees(self, line: CaseLine) -> bool | None:
        """Whether its texts too; ``None`` where not even that it is there."""
        who = self._holder
        if who is None:
            return None
        for party in line.parties:
            if party.person == who.person and party.role in who.roles:
                return True
            if party.role == "employee" and "representative" in who.roles:
                for case in (None, line.case_id):
                    asked = Mandate(employee=party.person, representative=who.person, case_id=case)
                    if asked in self._store.mandates.of(party.person):
                        return True
        own = Party(role="employee", person=who.person) in line.parties
        if own or not line.sent or not _SEES_ALL & set(who.roles):
            return None
        return bool(_SEES_TEXTS & set(who.roles))


class MemoryIntake:
    """See ``domain.contest_store.Intake``."""

    def __init__(self, store: MemoryContestStore) -> None:
        self._store = store
        self.kept_reviews: dict[tuple[str, int], IntakeReview] = {}
        self._outcomes: list[HrOutcome] = []

    def put_reviews(self, reviews: Sequence[IntakeReview]) -> int:
        kept = dict(self.kept_reviews)
        for one in reviews:
            if kept.setdefault((one.review_id, one.version), one) != one:
                raise InputError(f"review {one.review_id}, version {one.version}: is here already")
        added = len(kept) - len(self.kept_reviews)
        self.kept_reviews = kept
        return added

    def put_outcomes(self, outcomes: Sequence[HrOutcome]) -> int:
        before = len(self._outcomes)
        for one in outcomes:
            if one not in self._outcomes:
                self._outcomes.append(one)
        return len(self._outcomes) - before

    def reviews(self, employee: str | None = None) -> tuple[IntakeReview, ...]:
        kept = self.kept_reviews.values()
        return tuple(one for one in kept if employee in (None, one.employee))

    def outcomes(self, employee: str | None = None) -> tuple[HrOutcome, ...]:
        return tuple(one for one in self._outcomes if employee in (None, one.employee))

    def forget(self, employee: str) -> int:
        theirs = Party(role="employee", person=employee)
        for line in self._store.cases():
            if theirs in line.parties and (line.on_hold or line.state not in ENDED | UNSENT):
                raise ContestError("this person's cases are open or under a legal hold")
        gone = len(self.reviews(employee)) + len(self.outcomes(employee))
        self.kept_reviews = {k: v for k, v in self.kept_reviews.items() if v.employee != employee}
        self._outcomes = [one for one in self._outcomes if one.employee != employee]
        return gone + self._store.mandates.drop(employee) + self._store.doors.drop(employee)


def _opened(
    reader: CaseReader,
    reviews: Sequence[IntakeReview],
    person: str | None,
    states: Sequence[State],
) -> tuple[Opened, ...]:
    found = []
    for line in reader.cases(person=person, states=states):
        events = reader.events(line.case_id)
        about = {e.payload.review_id for e in events if isinstance(e.payload, Drafted)}
        found.append(Opened(events, tuple(one for one in reviews if one.review_id in about)))
    return tuple(found)


def _line(view: CaseView) -> CaseLine:
    people: set[tuple[Role, str | None]] = {
        ("employee", view.employee),
        ("case-handler", view.handler),
        ("decider", view.decider),
        ("appeal-decider", view.appeal_decider),
        (view.filed_by.role, view.filed_by.person),
    }
    known = sorted((role, person) for role, person in people if person is not None)
    return CaseLine(
        case_id=view.case_id,
        seq=view.seq,
        state=view.state,
        sent=view.asked_at is not None,
        on_hold=view.on_hold,
        erased=view.erased,
        parties=() if view.erased else tuple(Party(role=r, person=p) for r, p in known),
    )


def _withheld(event: Event) -> Event:
    at = event.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    actor = Actor(person=WITHHELD, role=event.actor.role)
    return event.model_copy(update={"payload": None, "at": at, "actor": actor})
