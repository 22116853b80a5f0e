"""The states of a case as data, and the case as the sum of its events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from govern.contest.case import CaseView, Pause
from govern.domain.contest import (
    Acknowledged,
    Appealed,
    AppealStarted,
    BrokenGlass,
    DeadlineMissed,
    Decided,
    Drafted,
    Erased,
    Event,
    EvidenceAdded,
    Final,
    FlagAcknowledged,
    FlagSent,
    HoldLifted,
    HoldSet,
    InterimRelief,
    NotAdmitted,
    NoticeSent,
    Paused,
    Payload,
    Remedied,
    Reopened,
    Resumed,
    ReviewStarted,
    Ruling,
    State,
)
from govern.errors import ContestError

OPEN: frozenset[State] = frozenset(
    (
        "submitted",
        "acknowledged",
        "admitted",
        "not_admitted",
        "gathering",
        "under_review",
        "decided",
        "appealed",
        "appeal_review",
        "final",
        "remedied",
    )
)
"""States in which something is still due, or can still be asked for."""

ENDED: frozenset[State] = frozenset(("closed", "withdrawn", "referred_external"))
UNSENT: frozenset[State] = frozenset(("draft",))
SUBMITTED_ON = OPEN | ENDED
DECIDED_ON: frozenset[State] = frozenset(("decided", "final", "remedied"))


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
        "appealed": _step("decided", "not_admitted", to="appealed"),
        "appeal_started": _step("appealed", to="appeal_review"),
        "final": _step("appeal_review", to="final"),
        "remedied": _step("decided", "final", to="remedied"),
        "closed": _step("decided", "not_admitted", "final", "remedied", to="closed"),
        "withdrawn": Step(OPEN | UNSENT, "withdrawn"),
        "reopened": _step("closed", "withdrawn", to="acknowledged"),
        "referred_external": Step(
            OPEN | frozenset[State](("closed", "withdrawn")), "referred_external"
        ),
        "paused": Step(OPEN, None),
        "resumed": Step(OPEN, None),
        "deadline_missed": Step(OPEN, None),
        "interim_relief": Step(OPEN, None),
        "broken_glass": Step(OPEN, None),
        "flag_sent": Step(SUBMITTED_ON, None),
        "flag_acknowledged": Step(SUBMITTED_ON, None),
        "notice_sent": Step(SUBMITTED_ON, None),
        "notice_read": Step(SUBMITTED_ON, None),
        "unmasked": Step(SUBMITTED_ON, None),
        "hold_set": Step(SUBMITTED_ON | UNSENT, None),
        "hold_lifted": Step(SUBMITTED_ON | UNSENT, None),
        "erased": Step(ENDED | UNSENT, None),
    }
)


_FORGOTTEN = (
    "decided",
    "final",
    "appeal",
    "remedied_version",
    "decider",
    "appeal_decider",
    "not_admitted_because",
)
"""What a reopened case has to find anew."""


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
    step = TRANSITIONS[event.kind]
    if view.state not in step.of:
        allowed = ", ".join(kind for kind, s in TRANSITIONS.items() if view.state in s.of)
        raise ContestError(
            f"case {view.case_id} is {view.state.replace('_', ' ')}: {event.kind} cannot happen "
            f"now; possible are {allowed}"
        )
    changed: dict[str, Any] = {"seq": event.seq, "last_at": event.at}
    if step.to:
        changed |= {"state": step.to, "entered": {**view.entered, step.to: event.at}}
    if event.payload is not None:
        _check(view, event.payload)
        changed |= _noted(view, event.payload, event.at)
    return view.model_copy(update=changed)


def overall(rulings: Iterable[Ruling]) -> Ruling:
    """One ruling out of several: upheld or rejected where all are, else partly."""
    found = set(rulings)
    return found.pop() if len(found) == 1 else "partly"


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
        employee=(payload.on_behalf_of if payload else None) or event.actor.person,
    )


def _check(view: CaseView, payload: Payload) -> None:
    """What a step needs beyond being possible in this state."""
    problem: str | None = None
    match payload:
        case Drafted() if view.draft and payload.review_id != view.draft.review_id:
            problem = "a contest stays with its review; file another for another one"
        case _ if payload.kind == "submitted" and not (view.draft and view.draft.complaints):
            problem = "say at least one thing that is wrong before it is sent"
        case Decided() | Final():
            problem = _ruling_problem(view, payload)
        case Remedied():
            problem = _remedy_problem(view, payload)
        case _ if payload.kind == "closed" and _owed(view):
            problem = "what was upheld has to be remedied before the case is closed"
        case _ if payload.kind in ("paused", "resumed"):
            standing = payload.kind == "paused"
            problem = None if standing is (view.paused_since is None) else "it is so already"
        case _ if payload.kind == "erased" and view.on_hold:
            problem = "a legal hold stands; nothing may be erased"
    if problem:
        raise ContestError(f"case {view.case_id}: {payload.kind}: {problem}")


def _ruling_problem(view: CaseView, decided: Decided | Final) -> str | None:
    asked = [c.ground for c in view.draft.complaints] if view.draft else []
    ruled = [r.ground for r in decided.rulings]
    if view.draft and (set(asked) != set(ruled) or len(ruled) != len(set(ruled))):
        missing = sorted(set(asked) - set(ruled)) or sorted(set(ruled) - set(asked))
        return f"one ruling for each ground, with its reason; not so for {', '.join(missing)}"
    expected = overall(r.ruling for r in decided.rulings)
    if decided.ruling != expected:
        return f"the rulings on the grounds add up to {expected}, not to {decided.ruling}"
    if decided.ruling == "rejected" and decided.changes:
        return "nothing changes in a review when the contest is rejected"
    return None


def _remedy_problem(view: CaseView, remedied: Remedied) -> str | None:
    if not _owed(view):
        return "nothing was upheld, so there is nothing to remedy"
    ruled = view.final or view.decided
    changes = ruled.changes if ruled else ()
    was = view.draft.review_version if view.draft else 0
    if changes and remedied.review_version <= was:
        return f"the review was changed, so a version after {was} has to stand now"
    return None


def _owed(view: CaseView) -> bool:
    """Whether a remedy is due and has not been given."""
    ruled = view.final or view.decided
    return ruled is not None and ruled.ruling != "rejected" and view.remedied_version is None


def _noted(view: CaseView, payload: Payload, at: datetime) -> dict[str, Any]:
    """What the case remembers of a step beside its state."""
    noted: dict[str, Any]
    match payload:
        case Drafted():
            noted = {"draft": payload}
        case Acknowledged():
            noted = {"handler": payload.handler}
        case NotAdmitted():
            noted = {"not_admitted_because": payload.reason}
        case EvidenceAdded():
            noted = {"evidence": (*view.evidence, payload)}
        case ReviewStarted():
            noted = {"decider": payload.decider}
        case Decided():
            noted = {"decided": payload}
        case Appealed():
            noted = {"appeal": payload}
        case AppealStarted():
            noted = {"appeal_decider": payload.decider}
        case Final():
            noted = {"final": payload}
        case Remedied():
            noted = {"remedied_version": payload.review_version}
        case Reopened():
            noted = dict.fromkeys(_FORGOTTEN) | {"reopened": True}
        case _:
            noted = _noted_beside(view, payload, at)
    return noted


def _noted_beside(view: CaseView, payload: Payload, at: datetime) -> dict[str, Any]:
    """What the case remembers of what moves no state."""
    noted: dict[str, Any]
    match payload:
        case Paused():
            noted = {"paused_since": at}
        case Resumed():
            pause = Pause(since=view.paused_since or at, until=at)
            noted = {"paused_since": None, "pauses": (*view.pauses, pause)}
        case DeadlineMissed():
            noted = {"missed": (*view.missed, payload)}
        case NoticeSent():
            noted = {"notices": (*view.notices, payload.notice)}
        case FlagSent():
            noted = {"flag_sent": payload.in_use, "flag_sent_at": at, "flag_acknowledged": None}
        case FlagAcknowledged():
            noted = {"flag_acknowledged": payload.in_use}
        case InterimRelief():
            noted = {"relief": payload}
        case BrokenGlass():
            noted = {"glass": (*view.glass, payload)}
        case HoldSet() | HoldLifted():
            noted = {"on_hold": isinstance(payload, HoldSet)}
        case Erased():
            noted = {"erased": True}
        case _:
            noted = {}
    return noted
