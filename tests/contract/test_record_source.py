"""Every contest record keeps the contract: the made-up one, and what a project's store makes."""

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from govern.app.contest_record import StoredRecord
from govern.contest.calendar import Calendar
from govern.contest.deadlines import Deadlines
from govern.domain.contest import Event
from govern.domain.contest_store import Opened
from govern.domain.review_intake import IntakeReview
from govern.testing.contests import event, review, story
from govern.testing.record import MadeUpContest, MadeUpRecord, RecordSourceContract

GROUNDS = ("wrong_fact", "group_bias")


class TestMadeUpRecord(RecordSourceContract):
    def source(self, contests: Sequence[MadeUpContest] | None) -> MadeUpRecord:
        return MadeUpRecord(contests)


class InMemory:
    """As much of a store as the record reads."""

    def __init__(self, contests: Sequence[MadeUpContest]) -> None:
        self._events = {f"{n:032x}": _story(n, made_up) for n, made_up in enumerate(contests)}
        self._reviews = tuple(_review(n, made_up) for n, made_up in enumerate(contests))
        self.intake = SimpleNamespace(reviews=lambda: self._reviews, outcomes=lambda: ())

    def opened(self) -> list[Opened]:
        return [Opened(events, ()) for events in self._events.values()]


class Kept:
    """The record over a store, or none where none is kept."""

    def __init__(self, contests: Sequence[MadeUpContest] | None) -> None:
        self.contests = contests

    def statistics(self, **asked: Any) -> Any:
        if self.contests is None:
            return None
        store: Any = InMemory(self.contests)
        return StoredRecord(store, Deadlines(), Calendar()).statistics(**asked)


class TestStoredRecord(RecordSourceContract):
    def source(self, contests: Sequence[MadeUpContest] | None) -> Kept:
        return Kept(contests)


def _review(n: int, made_up: MadeUpContest) -> IntakeReview:
    return review(
        review_id=f"r{n}",
        employee=f"emp-{n}",
        finalised=made_up.submitted - timedelta(days=1),
        groups=dict(made_up.groups),
    )


def _story(n: int, made_up: MadeUpContest) -> tuple[Event, ...]:
    """A contest's events, all at once but for the decision."""
    at = made_up.submitted
    assert made_up.due == at + timedelta(days=14)
    steps = [
        event("drafted", at=at, review_id=f"r{n}", on_behalf_of=f"emp-{n}"),
        *(event(kind, at=at) for kind in ("submitted", "acknowledged", "admitted")),
        *([] if made_up.independent else [event("broken_glass", at=at, person="dec")]),
        event("review_started", at=at),
    ]
    if made_up.decided:
        ruling = "upheld" if made_up.upheld else "rejected"
        rulings = [{"ground": g, "ruling": ruling, "reason": "because"} for g in GROUNDS]
        more: dict[str, Any] = {} if made_up.upheld else {"changes": []}
        said = event("decided", at=made_up.decided, ruling=ruling, rulings=rulings, **more)
        steps.append(said)
    return tuple(one.model_copy(update={"case_id": f"{n:032x}"}) for one in story(*steps))
