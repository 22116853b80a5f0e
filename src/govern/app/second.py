"""What in a case waits for a second person, and what somebody can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from govern.app.contest_case import OpenCase, next_event, open_case
from govern.app.contests import Contests, Shown
from govern.contest.case import AwaitsSecond
from govern.contest.machine import apply
from govern.contest.rules import permit
from govern.domain.contest import Actor, Payload, SecondRefused, agreed
from govern.errors import ContestError


@dataclass(frozen=True)
class Waits:
    """A step that waits, as somebody may see it.

    ``own``: they asked for it. ``why_not`` says what keeps them from agreeing, if anything does;
    ``can_refuse`` is also to take back what they asked for.
    """

    asked: AwaitsSecond
    own: bool
    why_not: str
    can_refuse: bool


def waits(contests: Contests, actor: Actor, shown: Shown, *, now: datetime) -> tuple[Waits, ...]:
    """All that waits in a case that somebody was shown."""
    case = open_case(contests.reader, contests.store, shown.view.case_id)
    found = []
    for one, seen in zip(case.view.awaits_second, shown.view.awaits_second, strict=True):
        refused = SecondRefused(asked=one.seq, reason="-")
        found.append(
            Waits(
                asked=seen,
                own=one.by.person == actor.person,
                why_not=_problem(case, one.by, agreed(one.step, actor), now),
                can_refuse=not _problem(case, actor, refused, now),
            )
        )
    return tuple(found)


def why_not(
    contests: Contests, actor: Actor, shown: Shown, payload: Payload, *, now: datetime
) -> str:
    """What keeps somebody from a step in a case that they were shown; empty where nothing does."""
    case = open_case(contests.reader, contests.store, shown.view.case_id)
    return _problem(case, actor, payload, now)


def _problem(case: OpenCase, actor: Actor, payload: Payload, now: datetime) -> str:
    event = next_event(case.view, case.view.case_id, actor, payload, now)
    try:
        permit(event, case.view, case.facts)
        apply(case.view, event)
    except ContestError as err:
        return str(err).rpartition(": ")[2]
    return ""
