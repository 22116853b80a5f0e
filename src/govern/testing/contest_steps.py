"""A made-up contest, step by step, for tests and timings of stores."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from govern.domain.access import Session, Visitor, key_of
from govern.domain.contest import (
    Acknowledged,
    Actor,
    Admitted,
    Complaint,
    Decided,
    Drafted,
    Erased,
    Event,
    GroundRuling,
    HoldLifted,
    HoldSet,
    Payload,
    ReviewStarted,
    Role,
    Submitted,
    Withdrawn,
)
from govern.domain.contest_store import ContestStore
from govern.domain.review_intake import IntakeReview

BEGAN = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)


class Steps:
    """The events of one case, each an hour after the one before."""

    def __init__(self, case_id: str, *, employee: str = "ana", review_id: str = "r-ana") -> None:
        self.case_id = case_id
        self.employee = employee
        self.review_id = review_id

    def at(self, seq: int, person: str, role: Role, payload: Payload) -> Event:
        """One event."""
        return Event(
            case_id=self.case_id,
            seq=seq,
            at=BEGAN + timedelta(hours=seq),
            actor=Actor(person=person, role=role),
            kind=payload.kind,
            payload=payload,
        )

    def drafted(self, seq: int = 1, statement: str = "I led Atlas") -> Event:
        """Written, or written anew."""
        said = Complaint(ground="wrong_fact", statement=statement)
        payload = Drafted(review_id=self.review_id, review_version=1, complaints=(said,))
        return self.at(seq, self.employee, "employee", payload)

    def until_under_review(self) -> list[Event]:
        """Five events; the sixth may decide."""
        return [
            self.drafted(),
            self.at(2, self.employee, "employee", Submitted()),
            self.at(3, "hal", "case-handler", Acknowledged(handler="hal")),
            self.at(4, "hal", "case-handler", Admitted()),
            self.at(5, "dee", "decider", ReviewStarted(decider="dee", no_conflict=True)),
        ]

    def decided(self, seq: int = 6, reasons: str = "it was so") -> Event:
        """Rejected."""
        ruling = GroundRuling(ground="wrong_fact", ruling="rejected", reason=reasons)
        payload = Decided(
            ruling="rejected", rulings=(ruling,), reasons=reasons, external_routes=("a court",)
        )
        return self.at(seq, "dee", "decider", payload)

    def withdrawn(self, seq: int) -> Event:
        """Taken back, so that it may be erased."""
        return self.at(seq, self.employee, "employee", Withdrawn())

    def hold(self, seq: int) -> Event:
        """A legal hold begins."""
        payload = HoldSet(reason="a lawsuit")
        return self.at(seq, "dot", "data-protection-officer", payload)

    def lifted(self, seq: int) -> Event:
        """A legal hold ends."""
        payload = HoldLifted(reason="settled")
        return self.at(seq, "dot", "data-protection-officer", payload)

    def tombstone(self, seq: int) -> Event:
        """What stays of an erased case."""
        second = Actor(person="hal", role="case-handler")
        payload = Erased(ground="GDPR 17(1)(b)", approved_by=second)
        return self.at(seq, "dot", "data-protection-officer", payload)


def review(
    employee: str = "ana", *, review_id: str | None = None, version: int = 1, final: str = "Good."
) -> IntakeReview:
    """A made-up review."""
    return IntakeReview(
        review_id=review_id or f"r-{employee}",
        version=version,
        employee=employee,
        author="max",
        manager="max",
        period_start=date(2026, 1, 1),
        period_end=date(2026, 6, 30),
        finalised=BEGAN,
        ai_role="drafted",
        final=final,
    )


def sign_in(store: ContestStore, token: str, person: str, *roles: Role, ends: datetime) -> None:
    """Let a token stand for somebody."""
    visitor = Visitor(person=person, name=person, roles=roles, by="one-time link")
    session = Session(visitor=visitor, started=BEGAN, seen=BEGAN, ends=ends)
    store.doors.open(key_of(token), session)
