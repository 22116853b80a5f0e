"""The states of a case as data, and the case as the sum of its events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple, get_args

from govern.contest.case import CaseView
from govern.contest.memory import noted_of_actor, noted_of_kind, noted_of_payload
from govern.domain.contest import (
    Actor,
    Asked,
    DeadlineMissed,
    Decided,
    Drafted,
    Duty,
    Event,
    Final,
    Remedied,
    Ruling,
    SecondAsked,
    SecondRefused,
    State,
)
from govern.errors import ContestError

ENDED: frozenset[State] = frozenset(("closed", "withdrawn", "referred_external"))
UNSENT: frozenset[State] = frozenset(("draft",))
OPEN: frozenset[State] = frozenset(get_args(State)) - ENDED - UNSENT
"""States in which something is still due, or can still be asked for."""

SUBMITTED_ON = OPEN | ENDED
DECIDED_ON: frozenset[State] = frozenset(("decided", "final", "remedied"))
AFTER_ERASURE = frozenset(
    ("deadline_missed", "notice_sent", "notice_read", "flag_sent", "flag_acknowledged")
)
"""All that can still happen to a case of which nothing is left."""


_WHY = {"reason", "ground"}


class Step(NamedTuple):
    """From which states an event may come, and where it leads; ``None`` leaves the state."""

    of: frozenset[State]
    to: State | None


def _step(*of: State, to: State | None = None) -> Step:
    return Step(frozenset(of), to)


TRANSITIONS: Mapping[str, Step] = MappingProxyType(
    {
        "drafted": _step("draft", to="draft"),
        "submitted": _step("draft", to="submitted"),
        "acknowledged": _step("submitted", to="acknowledged"),
        "admitted": _step("acknowledged", to="admitted"),
        "not_admitted": _step("acknowledged", to="not_admitted"),
        "gathering": _step("admitted", "under_review", to="gathering"),
        "evidence_added": Step(OPEN - DECIDED_ON, None),
        "review_started": _step("admitted", "gathering", to="under_review"),
        "decided": _step("under_review", to="decided"),
        "appealed": _step("decided", "not_admitted", "remedied", to="appealed"),
        "appeal_started": _step("appealed", to="appeal_review"),
        "final": _step("appeal_review", to="final"),
        "remedied": _step("decided", "final", to="remedied"),
        "closed": _step(
            "decided", "not_admitted", "final", "remedied", "referred_external", to="closed"
        ),
        "withdrawn": Step(OPEN | UNSENT, "withdrawn"),
        "reopened": _step("closed", "withdrawn", "referred_external", to="submitted"),
        "referred_external": Step(
            OPEN | frozenset[State](("closed", "withdrawn")), "referred_external"
        ),
        "paused": Step(OPEN, None),
        "resumed": Step(OPEN, None),
        "deadline_missed": Step(SUBMITTED_ON, None),
        "interim_relief": Step(OPEN, None),
        "second_asked": Step(SUBMITTED_ON | UNSENT, None),
        "second_refused": Step(SUBMITTED_ON | UNSENT, None),
        "broken_glass": Step(OPEN, None),
        "flag_sent": Step(SUBMITTED_ON, None),
        "flag_acknowledged": Step(SUBMITTED_ON, None),
        "notice_sent": Step(SUBMITTED_ON, None),
        "notice_read": Step(SUBMITTED_ON, None),
        "unmasked": Step(SUBMITTED_ON, None),
        "consented": Step(SUBMITTED_ON, None),
        "hold_set": Step(SUBMITTED_ON | UNSENT, None),
        "hold_lifted": Step(SUBMITTED_ON | UNSENT, None),
        "erased": _step("draft", "closed", "withdrawn"),
    }
)


def fold(events: Iterable[Event]) -> CaseView:
    """The case that events make, in their order.

    Raises:
        ContestError: there is none, one is missing, or one may not follow the others.
    """
    view: CaseView | None = None
    for event in events:
        view = apply(view, event)
    if view is None:
        raise ContestError("a case without events is no case")
    return view


def apply(view: CaseView | None, event: Event) -> CaseView:
    """The case after one more event.

    Raises:
        ContestError: it is not the next one, may not happen now, or lacks what it needs.
    """
    if view is None:
        return _opened(event)
    if event.case_id != view.case_id or event.seq != view.seq + 1:
        raise ContestError(
            f"case {view.case_id}: expected its event {view.seq + 1}, found {event.seq} of "
            f"case {event.case_id}; read the case again"
        )
    if event.at < view.last_at:
        raise ContestError(f"case {view.case_id}: event {event.seq} is older than the one before")
    if not _is_possible(view, event.kind):
        raise ContestError(
            f"case {view.case_id} is {view.state.replace('_', ' ')}"
            f"{' and erased' if view.erased else ''}: {event.kind} cannot happen now; possible "
            f"are {', '.join(possible(view))}"
        )
    changed: dict[str, Any] = {"seq": event.seq, "last_at": event.at}
    if to := TRANSITIONS[event.kind].to:
        changed |= {"state": to, "entered": {**view.entered, to: event.at}}
    _check(view, event)
    changed |= noted_of_actor(view, event)
    changed |= noted_of_kind(view, event.kind, event.at)
    changed |= noted_of_payload(view, event)
    return view.model_copy(update=changed)


def possible(view: CaseView) -> tuple[str, ...]:
    """The kinds of events that the state of a case allows."""
    return tuple(kind for kind in TRANSITIONS if _is_possible(view, kind))


def _is_possible(view: CaseView, kind: str) -> bool:
    step = TRANSITIONS.get(kind)
    within = step is not None and view.state in step.of
    return within and (not view.erased or kind in AFTER_ERASURE)


def as_it_stood(events: Iterable[Event], as_of: datetime) -> CaseView | None:
    """The case that the events up to a moment make; ``None`` where there was none yet."""
    before = [event for event in events if event.at <= as_of]
    return fold(before) if before else None


def _opened(event: Event) -> CaseView:
    if event.seq != 1 or event.kind != "drafted":
        raise ContestError(f"case {event.case_id}: expected event 1, drafted, found {event.kind}")
    payload = event.payload if isinstance(event.payload, Drafted) else None
    return CaseView(
        case_id=event.case_id,
        seq=1,
        state="draft",
        last_at=event.at,
        entered={"draft": event.at},
        draft=payload,
        filed_by=event.actor,
        employee=_subject(payload, event.actor),
    )


def _subject(draft: Drafted | None, filed_by: Actor) -> str | None:
    """Whose review it is; not known where somebody else filed it and that was erased."""
    if draft and draft.on_behalf_of:
        return draft.on_behalf_of
    return filed_by.person if filed_by.role == "employee" else None


def _check(view: CaseView, event: Event) -> None:
    """What a step needs beyond being possible in this state."""
    problem = _problem_of_kind(view, event.kind)
    match event.payload:
        case Drafted() as draft:
            problem = _draft_problem(view, draft)
        case Decided() | Final() as decided:
            problem = _ruling_problem(view, decided)
        case Remedied() as remedied:
            problem = _remedy_problem(view, remedied)
        case DeadlineMissed(duty=duty, due=due) if (duty, due) in _missed(view):
            problem = f"that {duty} was due on {due} is entered already"
        case SecondAsked(step=step):
            problem = _asked_problem(view, step)
        case SecondRefused(asked=asked) if asked not in {one.seq for one in view.awaits_second}:
            problem = f"nothing that event {asked} asked for waits for a second person"
    if problem:
        raise ContestError(f"case {view.case_id}: {event.kind}: {problem}")


def _problem_of_kind(view: CaseView, kind: str) -> str | None:
    """What stands against a step whatever it says, so also once that is erased."""
    problem: str | None = None
    match kind:
        case "submitted" if view.draft and not view.draft.complaints:
            problem = "say at least one thing that is wrong before it is sent"
        case "submitted" if view.draft and not all(c.statement for c in view.draft.complaints):
            problem = "say something about each ground before it is sent"
        case "appealed" if "final" in view.entered:
            problem = "the appeal was decided; what is left are the routes outside"
        case "closed" if view.remedy_owed and view.state != "referred_external":
            problem = "what was upheld has to be remedied before the case is closed"
        case "reopened" if view.asked_at is None:
            problem = "it was never sent, so nothing can go on; file another"
        case "paused" if view.paused_since:
            problem = "the deadline stands still already"
        case "resumed" if not view.paused_since:
            problem = "the deadline is running already"
        case "erased" if view.on_hold:
            problem = "a legal hold stands; nothing may be erased"
        case "erased" if view.flag_sent is False:
            problem = "the HR system still keeps the rating from being used; tell it first"
    return problem


def _asked_problem(view: CaseView, step: Asked) -> str | None:
    """A step is asked for only while it is possible, and once at a time, whatever the reason."""
    if step.kind not in possible(view):
        return f"{step.kind} cannot happen now"
    wanted = step.model_dump(exclude=_WHY)
    waiting = view.awaits_second
    if same := [one.seq for one in waiting if one.step.model_dump(exclude=_WHY) == wanted]:
        return f"event {same[0]} asked for the same; it waits for a second person"
    return _problem_of_kind(view, step.kind)


def _draft_problem(view: CaseView, draft: Drafted) -> str | None:
    if view.draft and draft.review_id != view.draft.review_id:
        return "a contest stays with its review; file another for another one"
    if _subject(draft, view.filed_by) != view.employee:
        return "a contest stays with the person whose review it is"
    return None


def _ruling_problem(view: CaseView, decided: Decided | Final) -> str | None:
    asked = [c.ground for c in view.draft.complaints] if view.draft else []
    ruled = [r.ground for r in decided.rulings]
    if view.draft and (set(asked) != set(ruled) or len(ruled) != len(set(ruled))):
        wrong = set(asked) ^ set(ruled) or {g for g in ruled if ruled.count(g) > 1}
        return f"one ruling for each ground, with its reason; not so for {', '.join(sorted(wrong))}"
    expected = overall(r.ruling for r in decided.rulings)
    if decided.ruling != expected:
        return f"the rulings on the grounds add up to {expected}, not to {decided.ruling}"
    if decided.ruling == "rejected" and decided.changes:
        return "nothing changes in a review when the contest is rejected"
    return None


def _remedy_problem(view: CaseView, remedied: Remedied) -> str | None:
    if view.draft and not view.remedy_owed:
        return "nothing was upheld, so there is nothing to remedy"
    was = view.remedied_version or (view.draft.review_version if view.draft else 0)
    if view.changes and remedied.review_version <= was:
        return f"the review was changed, so a version after {was} has to stand now"
    return None


def _missed(view: CaseView) -> set[tuple[Duty, date]]:
    return {(m.duty, m.due) for m in view.missed}


def overall(rulings: Iterable[Ruling]) -> Ruling:
    """One ruling out of several: upheld or rejected where all are, else partly."""
    found = set(rulings)
    return found.pop() if len(found) == 1 else "partly"
