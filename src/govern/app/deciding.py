"""Cases that wait for somebody to decide them, as they are told before they are opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from govern.app.contest_case import UNSEEN, OpenCase, open_cases
from govern.app.contest_facts import Company
from govern.app.contests import Contests, company
from govern.app.steps import said_plainly
from govern.contest.case import CaseView
from govern.contest.deadlines import Due, due
from govern.contest.independence import APPEAL_TIES, TIES, Tie, ties
from govern.contest.machine import TRANSITIONS
from govern.contest.rules import may
from govern.domain.contest import Actor, Duty, Role
from govern.domain.contest_store import Read
from govern.domain.review_intake import IntakeReview
from govern.errors import ContestError

OPENS: Mapping[Role, str] = MappingProxyType(
    {"decider": "review_started", "appeal-decider": "appeal_started"}
)
"""The step by which each of them opens a case."""
_DUTY: Mapping[Role, Duty] = MappingProxyType(
    {"decider": "decide", "appeal-decider": "decide_appeal"}
)


@dataclass(frozen=True)
class Waiting:
    """A case that nobody decides yet: nothing of what is said in it.

    ``seen`` is the number of its last event, ``before`` who opened it and then asked for evidence.
    ``ties`` say what ties the reader to it or cannot be ruled out; ``refused`` why that keeps them
    from opening it, empty where two people let them in spite of it.
    """

    case_id: str
    seen: int
    since: datetime
    due: Due | None
    employee: str
    author: str
    manager: str
    before: str | None
    ties: tuple[str, ...]
    refused: str


def waiting_for(contests: Contests, actor: Actor, *, now: datetime) -> tuple[Waiting, ...]:
    """The cases that somebody in the role of a decider could open, the nearest due day first.

    Those of reviews in which they take part are left out: what they may know of these they are
    told as author or manager.

    Raises:
        PolicyError, IntegrityError: a decision or approval in the record does not hold.
    """
    contests.store.read_log.log(Read(at=now, actor=actor, what=f"waiting for {actor.role}"))
    around = company(contests, now)
    found = [
        _waiting(contests, actor, case, review, around=around, now=now)
        for case, review in _unopened(contests, actor)
    ]
    return tuple(sorted(found, key=lambda one: one.due.due if one.due else date.max))


def waiting_case(contests: Contests, actor: Actor, case_id: str, *, now: datetime) -> Waiting:
    """One of them; ContestError where it does not wait for them."""
    read = Read(at=now, actor=actor, what=f"waiting for {actor.role}", case_id=case_id)
    for case, review in _unopened(contests, actor):
        if case.view.case_id == case_id:
            contests.store.read_log.log(read)
            around = company(contests, now)
            return _waiting(contests, actor, case, review, around=around, now=now)
    raise ContestError(UNSEEN)


def _unopened(contests: Contests, actor: Actor) -> Iterator[tuple[OpenCase, IntakeReview]]:
    """Only what waits is read; of a forgotten review nobody knows who takes part in it."""
    waits = sorted(TRANSITIONS[OPENS[actor.role]].of)
    for case in open_cases(contests.store, contests.store, contests.views, states=waits):
        if case.review is None or _seated(case.view, actor) == actor.person:
            continue
        if actor.person not in case.facts.parties:
            yield case, case.review


def _seated(view: CaseView, actor: Actor) -> str | None:
    return view.decider if actor.role == "decider" else view.appeal_decider


def _waiting(
    contests: Contests,
    actor: Actor,
    case: OpenCase,
    review: IntakeReview,
    *,
    around: Company,
    now: datetime,
) -> Waiting:
    view = case.view
    facts = around.weighed(case.facts, review, person=actor.person)
    among: Mapping[str, Tie] = TIES if actor.role == "decider" else {**TIES, **APPEAL_TIES}
    try:
        may(actor, OPENS[actor.role], view, facts)
        refused = ""
    except ContestError as err:
        refused = said_plainly(err, view.case_id, OPENS[actor.role])
    days = due(view, contests.settings.deadlines, contests.calendar, now)
    return Waiting(
        case_id=view.case_id,
        seen=view.seq,
        since=view.entered[view.state],
        due=next((day for day in days if day.duty == _DUTY[actor.role]), None),
        employee=review.employee,
        author=review.author,
        manager=review.manager,
        before=_seated(view, actor),
        ties=tuple(said for _, said in ties(actor.person, view, facts, among=among)),
        refused=refused,
    )
