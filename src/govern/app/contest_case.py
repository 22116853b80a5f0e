"""A case as it is opened: its events, the review that it is about, and who sees how much."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from govern.app.contest_facts import contested_review, facts_from, facts_of
from govern.contest.case import CaseView
from govern.contest.facts import Facts
from govern.contest.machine import fold
from govern.contest.visibility import Visibility, visible
from govern.domain.contest import Actor, Event, Payload, State
from govern.domain.contest_store import CaseReader, ContestStore, Mandate
from govern.domain.ledger import ID
from govern.domain.review_intake import IntakeReview
from govern.errors import ContestError
from govern.store.contests.kept_open import KeptOpen

UNSEEN = "there is no such case among those that you may see"


class OpenCase(NamedTuple):
    """A case, the review that it is about, and the people around that.

    ``versions`` are those of the review that were read along with it.
    """

    view: CaseView
    review: IntakeReview | None
    facts: Facts
    versions: Mapping[int, IntakeReview] = MappingProxyType({})

    @property
    def forgotten(self) -> bool:
        """Whether the review was erased and the case was not: nobody knows who wrote it."""
        return self.view.draft is not None and self.review is None

    def seen_by(self, actor: Actor) -> Visibility:
        """How much of it somebody may see; of a forgotten one only those it cannot concern."""
        if self.forgotten and actor.role not in ("employee", "data-protection-officer"):
            return "none"
        return visible(actor, self.view, self.facts)


def open_case(reader: CaseReader, store: ContestStore, case_id: str) -> OpenCase:
    """A case as far as it can be read; ``store`` says who speaks for the employee.

    Raises:
        ContestError: there is none.
    """
    events = reader.events(case_id) if re.fullmatch(ID, case_id) else ()
    if not events:
        raise ContestError(UNSEEN)
    view = fold(events)
    review = contested_review(reader, view)
    return OpenCase(view, review, facts_of(store, review, case_id, view.employee))


def open_cases(
    reader: CaseReader,
    store: ContestStore,
    views: KeptOpen,
    *,
    person: str | None = None,
    states: Sequence[State] = (),
) -> tuple[OpenCase, ...]:
    """The cases that ``reader.cases`` names, each as ``open_case`` gives it, in one reading.

    ``views`` keeps what their events make, while these are the same.
    """
    found = []
    for one in reader.opened(person=person, states=states):
        view = _view(views, one.events)
        versions = {review.version: review for review in one.reviews}
        found.append(
            (view, versions, versions.get(view.draft.review_version) if view.draft else None)
        )
    mandates: dict[str, list[Mandate]] = {}
    for mandate in store.mandates.of_each({review.employee for _, _, review in found if review}):
        mandates.setdefault(mandate.employee, []).append(mandate)
    return tuple(
        OpenCase(
            view,
            review,
            facts_from(
                mandates.get(review.employee, ()) if review else (),
                review,
                view.case_id,
                view.employee,
            ),
            versions,
        )
        for view, versions, review in found
    )


def _view(views: KeptOpen, events: tuple[Event, ...]) -> CaseView:
    if not events:
        return fold(events)
    return views(f"view:{events[0].case_id}", events, lambda: fold(events))


def next_event(
    view: CaseView | None, case_id: str, actor: Actor, payload: Payload, now: datetime
) -> Event:
    """The event that follows; never before the last one, whatever the clock says."""
    return Event(
        case_id=case_id,
        seq=view.seq + 1 if view else 1,
        at=max(now, view.last_at) if view else now,
        actor=actor,
        kind=payload.kind,
        payload=payload,
    )
