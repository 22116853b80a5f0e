"""Made-up contests: an event of every kind, and stories that lead into every state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter

from govern.contest.case import CaseView
from govern.contest.facts import Facts
from govern.contest.machine import apply, fold
from govern.domain.contest import Actor, Event, Payload, Role, State
from govern.domain.review_intake import IntakeReview

CASE = "0" * 31 + "1"
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)

PEOPLE: Mapping[Role, str] = MappingProxyType(
    {
        "employee": "emp",
        "representative": "rep",
        "case-handler": "handler",
        "decider": "dec",
        "appeal-decider": "app",
        "data-protection-officer": "dpo",
        "auditor": "aud",
        "board": "chair",
        "hr-system": "hr",
        "clock": "clock",
    }
)
FACTS = Facts(
    employee="emp",
    author="auth",
    manager="mgr",
    line=("mgr", "head", "top"),
    lines={
        "auth": ("head", "top"),
        "dec": ("other-head", "top-2"),
        "app": ("third-head", "top-3"),
        "handler": ("people-head", "top"),
        "top": (),
    },
    reports=("emp", "colleague"),
    pipeline_owners=("owner",),
    gate_approvers=("chair", "signer"),
    representatives=("rep",),
)

_DECISION: Mapping[str, Any] = MappingProxyType(
    {
        "ruling": "partly",
        "rulings": [
            {"ground": "wrong_fact", "ruling": "upheld", "reason": "the figure was wrong"},
            {"ground": "group_bias", "ruling": "rejected", "reason": "nothing showed it"},
        ],
        "changes": [{"field": "text", "before": "12 tickets", "after": "21 tickets"}],
        "reasons": "the tracker says 21",
        "external_routes": ["the data protection authority"],
    }
)
SAMPLES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "drafted": {
            "review_id": "r1",
            "review_version": 1,
            "complaints": [
                {"ground": "wrong_fact", "statement": "I closed 21 tickets", "about": "e1"},
                {"ground": "group_bias", "statement": "others were spared this"},
            ],
            "remedy_sought": "put the figure right",
        },
        "submitted": {},
        "acknowledged": {"handler": "handler"},
        "admitted": {},
        "not_admitted": {"reason": "the review was withdrawn"},
        "gathering": {"asked": ["auth"]},
        "evidence_added": {"title": "tracker", "text": "21 closed"},
        "review_started": {"decider": "dec", "no_conflict": True},
        "decided": _DECISION,
        "appealed": {"statement": "the bias was not looked into"},
        "appeal_started": {"decider": "app", "no_conflict": True},
        "final": _DECISION,
        "remedied": {"review_version": 2},
        "closed": {},
        "withdrawn": {},
        "reopened": {"reason": "new evidence"},
        "referred_external": {"to": "a court"},
        "paused": {"reason": "the employee is on leave and asked for it"},
        "resumed": {},
        "deadline_missed": {"duty": "decide", "due": "2026-03-16", "escalated_to": "board"},
        "notice_sent": {"notice": "explanation", "to": "emp"},
        "notice_read": {"notice": "explanation"},
        "flag_sent": {"in_use": False},
        "flag_acknowledged": {"in_use": False},
        "interim_relief": {"granted": True, "what": "the raise is paid meanwhile"},
        "consented": {"to_reuse": True},
        "second_asked": {
            "step": {
                "kind": "broken_glass",
                "person": "auth",
                "role": "decider",
                "reason": "nobody else knows the work",
            }
        },
        "second_refused": {"asked": 1, "reason": "somebody else does"},
        "broken_glass": {
            "person": "auth",
            "role": "decider",
            "second": {"person": "dpo", "role": "data-protection-officer"},
            "reason": "nobody else knows the work",
        },
        "unmasked": {
            "to": "aud",
            "second": {"person": "dpo", "role": "data-protection-officer"},
            "reason": "a complaint about this handler",
        },
        "hold_set": {"reason": "a claim is announced"},
        "hold_lifted": {"reason": "the claim was settled"},
        "erased": {
            "ground": "GDPR 17(1)(a)",
            "approved_by": {"person": "handler", "role": "case-handler"},
        },
    }
)
"""What each kind of event might say."""

BY: Mapping[str, Role] = MappingProxyType(
    {
        **dict.fromkeys(SAMPLES, "case-handler"),
        **dict.fromkeys(
            ("drafted", "submitted", "appealed", "withdrawn", "notice_read", "consented"),
            "employee",
        ),
        **dict.fromkeys(("review_started", "decided"), "decider"),
        **dict.fromkeys(("appeal_started", "final"), "appeal-decider"),
        **dict.fromkeys(("deadline_missed", "notice_sent", "flag_sent"), "clock"),
        **dict.fromkeys(("hold_set", "hold_lifted", "erased"), "data-protection-officer"),
        "flag_acknowledged": "hr-system",
        "unmasked": "auditor",
    }
)
"""Who might enter it."""

_SENT = ("drafted", "submitted")
_HEARD = (*_SENT, "acknowledged", "admitted", "review_started")
STORIES: Mapping[State, tuple[str, ...]] = MappingProxyType(
    {
        "draft": ("drafted",),
        "submitted": _SENT,
        "acknowledged": (*_SENT, "acknowledged"),
        "admitted": (*_SENT, "acknowledged", "admitted"),
        "not_admitted": (*_SENT, "acknowledged", "not_admitted"),
        "gathering": (*_SENT, "acknowledged", "admitted", "gathering"),
        "under_review": _HEARD,
        "decided": (*_HEARD, "decided"),
        "appealed": (*_HEARD, "decided", "appealed"),
        "appeal_review": (*_HEARD, "decided", "appealed", "appeal_started"),
        "final": (*_HEARD, "decided", "appealed", "appeal_started", "final"),
        "remedied": (*_HEARD, "decided", "remedied"),
        "closed": (*_HEARD, "decided", "remedied", "closed"),
        "withdrawn": (*_SENT, "withdrawn"),
        "referred_external": (*_SENT, "referred_external"),
    }
)
"""For every state, kinds of events that lead into it."""

_read: TypeAdapter[Payload] = TypeAdapter(Payload)


def payload(kind: str, **changes: Any) -> Payload:
    """What an event of a kind might say, with ``changes``."""
    return _read.validate_python({"kind": kind, **SAMPLES[kind], **changes})


def actor(role: Role, person: str | None = None) -> Actor:
    """Somebody in a role."""
    return Actor(person=person or PEOPLE[role], role=role)


def event(
    kind: str,
    seq: int = 1,
    *,
    at: datetime = MONDAY,
    by: Actor | None = None,
    case_id: str = CASE,
    **changes: Any,
) -> Event:
    """An event of a kind, by who might enter it, with ``changes`` to what it says."""
    return Event(
        case_id=case_id,
        seq=seq,
        at=at,
        actor=by or actor(BY[kind]),
        kind=kind,
        payload=payload(kind, **changes),
    )


def story(
    *kinds: str | Event, start: datetime = MONDAY, every: timedelta = HOUR
) -> tuple[Event, ...]:
    """Events one after the other, the first at ``start``; what is an event already keeps its own
    time and words, and gets its place.
    """
    return tuple(
        event(k, n, at=start + (n - 1) * every)
        if isinstance(k, str)
        else k.model_copy(update={"seq": n})
        for n, k in enumerate(kinds, 1)
    )


def case(*kinds: str | Event, start: datetime = MONDAY, every: timedelta = HOUR) -> CaseView:
    """The case that a story makes."""
    return fold(story(*kinds, start=start, every=every))


def case_in(state: State) -> CaseView:
    """A case in a state."""
    return case(*STORIES[state])


def asked(kind: str, **changes: Any) -> Event:
    """That the first of two people asks for a step of a kind, as ``event`` says it."""
    said = {**SAMPLES[kind], "kind": kind, **changes}
    step = {k: v for k, v in said.items() if k not in ("second", "approved_by")}
    return event("second_asked", by=actor(BY[kind]), step=step)


def later(view: CaseView, *kinds: str | Event) -> Sequence[Event]:
    """More events for a case, each an hour after the one before."""
    return [
        (event(k) if isinstance(k, str) else k).model_copy(
            update={
                "seq": view.seq + n,
                "at": max(view.last_at + n * HOUR, k.at if isinstance(k, Event) else view.last_at),
            }
        )
        for n, k in enumerate(kinds, 1)
    ]


def after(view: CaseView, *kinds: str | Event) -> CaseView:
    """The case after those events."""
    return reduce(apply, later(view, *kinds), view)


def review(**changes: Any) -> IntakeReview:
    """A review of the employee of ``FACTS``."""
    return IntakeReview.model_validate(
        {
            "review_id": "r1",
            "version": 1,
            "employee": "emp",
            "author": "auth",
            "manager": "mgr",
            "line": ["mgr", "head", "top"],
            "period_start": date(2025, 1, 1),
            "period_end": date(2025, 12, 31),
            "finalised": MONDAY - timedelta(days=7),
            "ai_role": "drafted",
            "draft": "You closed 12 tickets.",
            "final": "You closed 12 tickets this year.",
            "final_rating": 3,
            **changes,
        }
    )
