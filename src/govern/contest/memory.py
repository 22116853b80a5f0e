"""What a case remembers of its events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from govern.contest.case import AwaitsSecond, CaseView, Pause
from govern.domain.contest import (
    Acknowledged,
    Appealed,
    AppealStarted,
    BrokenGlass,
    Consented,
    DeadlineMissed,
    Decided,
    Drafted,
    Erased,
    Event,
    EvidenceAdded,
    Final,
    FlagAcknowledged,
    FlagSent,
    InterimRelief,
    NotAdmitted,
    NoticeSent,
    Remedied,
    ReviewStarted,
    Role,
    SecondAsked,
    SecondRefused,
    Unmasked,
    agreed,
)

_FORGOTTEN: Mapping[str, Any] = MappingProxyType(
    {
        **dict.fromkeys(("decided", "appeal", "final", "decider", "appeal_decider")),
        **dict.fromkeys(("not_admitted_because", "not_admitted_by", "paused_since")),
        **dict.fromkeys(("changes", "glass", "through_glass", "awaits_second"), ()),
        "remedy_owed": False,
    }
)
"""What a reopened case has to find anew."""


_SURVIVES = frozenset(
    ("case_id", "seq", "state", "last_at", "entered", "asked_at", "filed_by", "on_hold")
)


def _left_blank() -> dict[str, Any]:
    """All that erasing takes from a case: what its payloads told."""
    fields = CaseView.model_fields.items()
    return {k: None if f.is_required() else f.default for k, f in fields if k not in _SURVIVES}


def noted_of_kind(view: CaseView, kind: str, at: datetime) -> dict[str, Any]:
    """What the case remembers of a step even once what it says is erased."""
    noted: dict[str, Any]
    match kind:
        case "submitted":
            noted = {"asked_at": at}
        case "reopened":
            began = {s: when for s, when in view.entered.items() if s in ("draft", "submitted")}
            noted = {**_FORGOTTEN, "reopened": True, "asked_at": at, "entered": began}
        case "paused":
            noted = {"paused_since": at}
        case "resumed":
            pause = Pause(since=view.paused_since or at, until=at)
            noted = {"paused_since": None, "pauses": (*view.pauses, pause)}
        case "hold_set" | "hold_lifted":
            noted = {"on_hold": kind == "hold_set"}
        case "erased":
            noted = {**_left_blank(), "erased": True}
        case _:
            noted = {}
    return noted


def noted_of_actor(view: CaseView, event: Event) -> dict[str, Any]:
    """Who has had a hand in the case as its handler."""
    actor = event.actor
    if actor.role != "case-handler" or event.payload is None or view.erased:
        return {}
    return {"handled_by": tuple(dict.fromkeys((*view.handled_by, actor.person)))}


def noted_of_payload(view: CaseView, event: Event) -> dict[str, Any]:
    """What the case remembers of what a step says."""
    noted: dict[str, Any]
    match payload := event.payload:
        case Drafted():
            noted = {"draft": payload}
        case Acknowledged():
            noted = {"handler": payload.handler}
        case NotAdmitted():
            noted = {"not_admitted_because": payload.reason, "not_admitted_by": event.actor.person}
        case EvidenceAdded():
            noted = {"evidence": (*view.evidence, payload)}
        case ReviewStarted():
            noted = {"decider": payload.decider}
            noted |= _through_glass(view, "decider", payload.decider, view.decider)
        case Appealed():
            noted = {"appeal": payload}
        case AppealStarted():
            noted = {"appeal_decider": payload.decider}
            noted |= _through_glass(view, "appeal-decider", payload.decider, view.appeal_decider)
        case Decided() | Final():
            owed = payload.ruling != "rejected"
            noted = {payload.kind: payload, "changes": payload.changes, "remedy_owed": owed}
            noted |= _seated_through_glass(view, payload)
        case Remedied():
            noted = {"remedied_version": payload.review_version, "remedy_owed": False}
        case _:
            noted = _beside(view, event)
    return noted


def _beside(view: CaseView, event: Event) -> dict[str, Any]:
    """What the case remembers of what moves no state."""
    noted: dict[str, Any]
    match payload := event.payload:
        case DeadlineMissed():
            noted = {"missed": (*view.missed, payload)}
        case NoticeSent():
            noted = {"notices": (*view.notices, payload.notice)}
        case FlagSent() if payload.in_use != view.flag_sent:
            noted = {
                "flag_sent": payload.in_use,
                "flag_sent_at": event.at,
                "flag_acknowledged": None,
            }
        case FlagAcknowledged():
            noted = {"flag_acknowledged": payload.in_use}
        case InterimRelief():
            noted = {"relief": payload}
        case Consented():
            noted = {"to_reuse": payload.to_reuse}
        case SecondAsked():
            asked = AwaitsSecond(seq=event.seq, by=event.actor, step=payload.step)
            noted = {"awaits_second": (*view.awaits_second, asked)}
        case SecondRefused():
            noted = {"awaits_second": _but(view, payload.asked)}
        case BrokenGlass():
            noted = {
                "glass": (*view.glass, payload),
                "awaits_second": _but(view, asked_by(view, event)),
            }
        case Unmasked():
            noted = {
                "unmasked_to": (*view.unmasked_to, payload.to),
                "awaits_second": _but(view, asked_by(view, event)),
            }
        case _:
            noted = {}
    return noted


def asked_by(view: CaseView, event: Event) -> int | None:
    """Which event asked for a step that takes two people, by whom it is and as it is."""
    match event.payload:
        case BrokenGlass(second=second) | Unmasked(second=second) | Erased(approved_by=second):
            for one in view.awaits_second:
                if one.by == event.actor and agreed(one.step, second) == event.payload:
                    return one.seq
    return None


def _but(view: CaseView, asked: int | None) -> tuple[AwaitsSecond, ...]:
    return tuple(one for one in view.awaits_second if one.seq != asked)


def _seated_through_glass(view: CaseView, ruled: Decided | Final) -> dict[str, Any]:
    role: Role = "decider" if ruled.kind == "decided" else "appeal-decider"
    seated = view.decider if ruled.kind == "decided" else view.appeal_decider
    return _through_glass(view, role, seated, seated) if seated else {}


def _through_glass(view: CaseView, role: Role, person: str, before: str | None) -> dict[str, Any]:
    """Broken glass serves once: it is used up when the person it names acts."""
    if role in view.through_glass and person == before:
        return {}
    through = tuple(r for r in view.through_glass if r != role)
    broken = next((g for g in view.glass if (g.person, g.role) == (person, role)), None)
    if broken is None:
        return {"through_glass": through}
    left = list(view.glass)
    left.remove(broken)
    return {"glass": tuple(left), "through_glass": (*through, role)}
