"""The store of contests, and of what comes in: the ports to it, and what they speak of.

Whoever reads for a person does so through ``ContestStore.seen_by``: the token of that person's
session opens what they may see and nothing else. The rest is for the application, which has
asked ``contest.rules`` before.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from pydantic import AwareDatetime, Field

from govern.domain.access import Doors
from govern.domain.base import Noun
from govern.domain.contest import Actor, Event, NoticeKind, Role, State
from govern.domain.ledger import ID, Leaf
from govern.domain.review_intake import HrOutcome, IntakeReview

WITHHELD = "(withheld)"
"""Who did something, where that was erased or is not for the reader."""


class Party(Noun):
    """Somebody in a case, under a pseudonym that is the same in all cases."""

    role: Role
    person: str


class CaseLine(Noun):
    """A case in the index; ``sent`` once the employee submitted it."""

    case_id: str
    seq: int
    state: State
    sent: bool
    on_hold: bool
    erased: bool
    parties: tuple[Party, ...]


class Notice(Noun):
    """Something to tell somebody, not before ``due``; ``attempts`` were made so far.

    ``text`` is a key of ``contest.texts.TEXTS``, ``day`` the day that it names, where it does.
    ``to`` is a person, or ``role:<role>`` for everybody in that role.
    """

    notice_id: str = Field(pattern=f"^{ID}$")
    case_id: str
    notice: NoticeKind
    text: str
    day: date | None = None
    to: str
    due: AwareDatetime
    attempts: int = 0


class Read(Noun):
    """Who looked at what, and when; ``case_id`` where it was a case, else ``about`` what it was."""

    at: AwareDatetime
    actor: Actor
    what: str
    about: tuple[str, ...] = ()
    case_id: str | None = None


class Mandate(Noun):
    """An employee asked somebody to speak for them: in one case, or in all that they have."""

    employee: str = Field(min_length=1)
    representative: str = Field(min_length=1)
    case_id: str | None = None


class Opening(Noun):
    """What opens a leaf's commitment: the payload, and the key in hexadecimal."""

    leaf: Leaf
    payload: dict[str, Any]
    key: str


class Opened(NamedTuple):
    """What can be read of a case: its events, and the versions of the review that it is about."""

    events: tuple[Event, ...]
    reviews: tuple[IntakeReview, ...]


class Waiting(Noun):
    """Leaves that the ledger has not confirmed; up to leaf ``seen`` it was looked through."""

    seen: int | None
    leaves: tuple[Leaf, ...]


class CaseReader(Protocol):
    """What can be read.

    All methods raise IntegrityError where what is there was changed, and RunError where the
    store cannot be reached.
    """

    def cases(
        self, *, person: str | None = None, states: Sequence[State] = ()
    ) -> tuple[CaseLine, ...]:
        """The index, in the order of opening: of all, or those with a person, in some states."""
        ...

    def events(self, case_id: str) -> tuple[Event, ...]:
        """A case's events in order, none where there is no such case.

        An event that was erased, or whose text is not for the reader, has no payload, the
        actor ``WITHHELD`` and the beginning of its hour.
        """
        ...

    def opened(
        self, *, person: str | None = None, states: Sequence[State] = ()
    ) -> tuple[Opened, ...]:
        """All that ``events`` and ``reviews`` give of the cases in that part of the index.

        They are read at one moment, the reviews as they came in.
        """
        ...

    def review(self, review_id: str, version: int | None = None) -> IntakeReview | None:
        """A review's version, by default the last; ``None`` where there is none."""
        ...

    def reviews(self, employee: str) -> tuple[IntakeReview, ...]:
        """All versions of a person's reviews, as they came in."""
        ...


class Outbox(Protocol):
    """Leaves on their way to the ledger."""

    def waiting(self) -> Waiting:
        """All that were entered and not confirmed, in order."""
        ...

    def delivered(self, ids: Sequence[str], *, seen: int) -> None:
        """The ledger holds these; its first ``seen`` leaves need not be looked at again."""
        ...

    def leaves(self) -> tuple[Leaf, ...]:
        """The leaf of every event in the store, waiting or not."""
        ...


class Words(Protocol):
    """What is on its way to the HR system: kept before it leaves, until it is known to have."""

    def leaves(self, case_id: str, *, in_use: bool) -> None:
        """A word about a case is about to leave."""
        ...

    def settled(self, case_id: str) -> None:
        """The case says what became of it."""
        ...

    def leaving(self) -> dict[str, bool]:
        """The words of which nobody knows whether they left, by case."""
        ...


class Intake(Protocol):
    """What came in from the company's own systems."""

    def put_reviews(self, reviews: Sequence[IntakeReview]) -> int:
        """Keep reviews, all or none; how many were not there already.

        Raises:
            InputError: another text is there under the id and version of one.
        """
        ...

    def put_outcomes(self, outcomes: Sequence[HrOutcome]) -> int:
        """Keep what HR decided, all or none; how many were not there already."""
        ...

    def reviews(self, employee: str | None = None) -> tuple[IntakeReview, ...]:
        """All versions of a person's reviews, or of everybody's, as they came in."""
        ...

    def outcomes(self, employee: str | None = None) -> tuple[HrOutcome, ...]:
        """What HR decided about a person, or about everybody, as it came in."""
        ...

    def forget(self, employee: str) -> int:
        """Delete a person's reviews, outcomes, mandates and sessions; how many rows went.

        Raises:
            ContestError: a case of theirs has not ended, or a legal hold stands.
        """
        ...


class Notices(Protocol):
    """The queue of notices. One is given out until somebody says that it was sent."""

    def take(self, now: datetime, *, pauses: Sequence[timedelta], most: int) -> tuple[Notice, ...]:
        """Notices that are due, the longest due first, for one taker alone until a pause is over.

        ``pauses`` are those after the first attempt, the second, and so on; the last stays.
        """
        ...

    def sent(self, notice_id: str, at: datetime) -> None:
        """It left; nobody gets it again."""
        ...

    def unsent(self) -> tuple[Notice, ...]:
        """All that have not left yet, the next due first."""
        ...


class Mandates(Protocol):
    """Who may speak for whom."""

    def give(self, mandate: Mandate) -> None:
        """From now on; again is the same as once."""
        ...

    def end(self, mandate: Mandate) -> None:
        """No longer."""
        ...

    def of(self, employee: str) -> tuple[Mandate, ...]:
        """Those that an employee gave and that stand."""
        ...

    def of_each(self, employees: Collection[str]) -> tuple[Mandate, ...]:
        """Those that any of several employees gave and that stand."""
        ...

    def held_by(self, representative: str) -> tuple[Mandate, ...]:
        """Those that somebody was given and that stand."""
        ...


class ReadLog(Protocol):
    """Who read what."""

    def log(self, read: Read) -> None:
        """Keep that somebody is about to read something."""
        ...

    def reads(self, case_id: str | None = None) -> tuple[Read, ...]:
        """Of a case, or all, in order."""
        ...


class ContestStore(CaseReader, Protocol):
    """The store of contests."""

    @property
    def outbox(self) -> Outbox: ...
    @property
    def intake(self) -> Intake: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def doors(self) -> Doors: ...
    @property
    def mandates(self) -> Mandates: ...
    @property
    def read_log(self) -> ReadLog: ...
    @property
    def words(self) -> Words: ...

    def close(self) -> None:
        """Let go of what is held open; the store can be used again."""
        ...

    def append(self, event: Event, *, notices: Sequence[Notice] = ()) -> None:
        """Enter a case's next event, its leaf and what to tell whom: all of it or nothing.

        Raises:
            ConflictError: the case has an event of this number already, or lacks the one before.
            ContestError: the event may not follow the others.
        """
        ...

    def erase(self, tombstone: Event) -> None:
        """Delete what a case's events say, its keys, people and notices; the tombstone stays.

        Raises:
            ConflictError, ContestError: as ``append``; a legal hold stands.
        """
        ...

    def opening(self, case_id: str, seq: int) -> Opening:
        """What shows somebody that a leaf of the ledger is this event.

        Raises:
            ContestError: there is no such event, or it was erased.
        """
        ...

    def leaves_of(self, case_id: str) -> tuple[Leaf, ...]:
        """The leaf of each event of a case, in their order; of those that were erased as well."""
        ...

    def pseudonym(self, person: str) -> str:
        """How the store names a person where it must not hold their id."""
        ...

    def seen_by(self, token: str, now: datetime) -> CaseReader:
        """The store as the holder of a session may see it; as nobody does, if it is none."""
        ...
