"""What a case looks like after its events."""

from __future__ import annotations

from pydantic import AwareDatetime

from govern.domain.base import Noun
from govern.domain.contest import (
    Actor,
    Appealed,
    Asked,
    BrokenGlass,
    DeadlineMissed,
    Decided,
    Drafted,
    EvidenceAdded,
    FieldChange,
    Final,
    InterimRelief,
    NoticeKind,
    Role,
    State,
)


class Pause(Noun):
    """A time in which deadlines stood still."""

    since: AwareDatetime
    until: AwareDatetime


class AwaitsSecond(Noun):
    """A step that takes two people and waits for the second; event ``seq`` asked for it."""

    seq: int
    by: Actor
    step: Asked


class CaseView(Noun):
    """The sum of a case's events; what was erased is ``None``.

    ``entered`` says when each state was last entered since the case was filed or reopened, but
    ``submitted`` when it was first sent; ``asked_at`` is when it was sent or last reopened.
    ``employee`` is whose review it is, ``filed_by`` who wrote the contest down. ``handler`` takes
    care of it, ``handled_by`` are all who ever took a step in it as one. ``changes`` are what the
    ruling that stands changes in the review; while ``remedy_owed`` that has not been done.
    ``remedied_version`` is the version of the review that the last remedy put in place.
    ``glass`` lets somebody start a review whom independence would keep out; ``through_glass``
    are the roles of those who did. ``flag_sent`` is what the HR system was last told: whether
    the contested rating may be used. ``to_reuse``: whether the employee lets it become, without
    names, a case of a suite.
    """

    case_id: str
    seq: int
    state: State
    last_at: AwareDatetime
    entered: dict[State, AwareDatetime]
    asked_at: AwareDatetime | None = None
    employee: str | None
    filed_by: Actor
    draft: Drafted | None
    handler: str | None = None
    handled_by: tuple[str, ...] = ()
    decider: str | None = None
    appeal_decider: str | None = None
    not_admitted_because: str | None = None
    not_admitted_by: str | None = None
    evidence: tuple[EvidenceAdded, ...] = ()
    decided: Decided | None = None
    appeal: Appealed | None = None
    final: Final | None = None
    changes: tuple[FieldChange, ...] = ()
    remedy_owed: bool = False
    remedied_version: int | None = None
    reopened: bool = False
    paused_since: AwareDatetime | None = None
    pauses: tuple[Pause, ...] = ()
    missed: tuple[DeadlineMissed, ...] = ()
    notices: tuple[NoticeKind, ...] = ()
    flag_sent: bool | None = None
    flag_sent_at: AwareDatetime | None = None
    flag_acknowledged: bool | None = None
    relief: InterimRelief | None = None
    glass: tuple[BrokenGlass, ...] = ()
    through_glass: tuple[Role, ...] = ()
    awaits_second: tuple[AwaitsSecond, ...] = ()
    unmasked_to: tuple[str, ...] = ()
    to_reuse: bool = False
    on_hold: bool = False
    erased: bool = False
