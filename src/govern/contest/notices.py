"""Which notices are due to whom after what, as data.

Source: docs/contests.md#notices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal, NamedTuple

from govern.contest.case import CaseView
from govern.domain.base import Noun
from govern.domain.contest import DeadlineMissed, Event, NoticeKind, Role
from govern.domain.review_intake import IntakeReview

Addressee = Literal["person", "leaders"]
"""The employee and who speaks for them; or author and manager of the review."""


class NoticeDue(Noun):
    """A notice that has to be sent.

    ``role`` says to whom; ``person`` who that is, and is ``None`` where everybody in that role
    gets it. ``text`` is a key of ``texts.TEXTS`` and ``due`` the day that it names.
    """

    notice: NoticeKind
    role: Role | Literal["author", "manager"]
    person: str | None
    text: str
    due: date | None = None


class Told(NamedTuple):
    """One row of the table: what is told to whom, in which words."""

    notice: NoticeKind
    to: Addressee
    text: str


NOTICES: Mapping[str, tuple[Told, ...]] = MappingProxyType(
    {
        "submitted": (Told("explanation", "person", "explanation"),),
        "acknowledged": (
            Told("acknowledgement", "person", "acknowledgement"),
            Told("no_retaliation", "person", "no_retaliation"),
        ),
        "admitted": (Told("no_retaliation", "leaders", "no_retaliation_leader"),),
        "not_admitted": (Told("decision", "person", "not_admitted"),),
        "paused": (Told("delay", "person", "paused"),),
        "deadline_missed": (Told("delay", "person", "delay"),),
        "decided": (Told("decision", "person", "decision"),),
        "appealed": (Told("acknowledgement", "person", "appeal_acknowledgement"),),
        "final": (Told("appeal_decision", "person", "appeal_decision"),),
        "remedied": (
            Told("remedy", "person", "remedy"),
            Told("remedy", "leaders", "remedy_leader"),
        ),
        "interim_relief": (Told("remedy", "person", "relief"),),
        "closed": (Told("acknowledgement", "person", "closed"),),
        "referred_external": (Told("acknowledgement", "person", "referred"),),
        "withdrawn": (Told("acknowledgement", "person", "withdrawn"),),
        "reopened": (Told("acknowledgement", "person", "reopened"),),
    }
)
"""What an event makes due. A missed deadline is also told to whom it escalates."""


def due_notices(view: CaseView, event: Event) -> tuple[NoticeDue, ...]:
    """The notices that an event makes due; ``view`` is the case after it.

    A draft that was never sent, and what was erased, is told to nobody.
    """
    if view.asked_at is None or view.employee is None:
        return ()
    missed = event.payload if isinstance(event.payload, DeadlineMissed) else None
    day = missed.due if missed else None
    found = [
        NoticeDue(notice=told.notice, role=role, person=person, text=told.text, due=day)
        for told in NOTICES.get(event.kind, ())
        for role, person in _addressed(view, told.to)
    ]
    if missed:
        found.append(
            NoticeDue(
                notice="delay",
                role=missed.escalated_to,
                person=None,
                text="escalation",
                due=day,
            )
        )
    return tuple(found)


def undisclosed(review: IntakeReview) -> bool:
    """Whether AI took part in a review and nothing says that the person was told before.

    A finding and no notice: when the review comes in, it is too late to tell them before use.
    """
    return review.ai_role != "none" and not review.disclosure


def _addressed(
    view: CaseView, to: Addressee
) -> Iterator[tuple[Role | Literal["author", "manager"], str | None]]:
    if to == "leaders":
        yield "author", None
        yield "manager", None
        return
    yield "employee", view.employee
    if view.filed_by.role == "representative":
        yield "representative", view.filed_by.person
