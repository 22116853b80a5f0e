"""By when who has to do what: computed from a case whenever somebody asks, never stored.

A day ends at midnight in the calendar's zone, and a duty is late from the day after it was due.
Source: docs/contests.md#by-when.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple

from pydantic import Field

from govern.contest.calendar import Calendar, month_after
from govern.contest.case import CaseView
from govern.contest.flags import interim_relief
from govern.contest.machine import ENDED
from govern.domain.base import Noun
from govern.domain.contest import DeadlineMissed, Duty, Role
from govern.errors import ContestError

Status = Literal["open", "due_soon", "overdue", "very_overdue"]


class Deadlines(Noun):
    """How long each duty may take; ``_working`` are working days, ``_days`` are days.

    ``soon_working`` and ``very_late_working`` are when a deadline is near, and far gone. The
    values are ours and a company's to shorten; the law's own limits are ``OUTER``.
    """

    acknowledge_working: int = Field(default=2, ge=1)
    explain_working: int = Field(default=10, ge=1)
    decide_days: int = Field(default=14, ge=1)
    appeal_window_working: int = Field(default=10, ge=10)
    decide_appeal_days: int = Field(default=30, ge=1)
    remedy_working: int = Field(default=10, ge=1)
    relief_working: int = Field(default=5, ge=1)
    hr_acknowledge_working: int = Field(default=3, ge=1)
    soon_working: int = Field(default=2, ge=0)
    very_late_working: int = Field(default=5, ge=1)


class Outer(NamedTuple):
    """A limit of law or a benchmark: from when it runs and where it stands.

    ``certainty`` is how we know of it: ``read`` in the text, in a ``secondary`` source, or
    ``uncertain``.
    """

    duty: Duty
    limit: str
    since: str
    source: str
    certainty: Literal["read", "secondary", "uncertain"]
    binds: bool


OUTER: tuple[Outer, ...] = (
    Outer(
        "explain", "one month", "the request", "GDPR 12(3) with 15(1)(h)", "uncertain", binds=True
    ),
    Outer(
        "explain",
        "30 days",
        "the adverse outcome",
        "Colorado SB 26-189, 6-1-1704, from 1 January 2027",
        "secondary",
        binds=False,
    ),
    Outer(
        "decide",
        "two weeks",
        "the request",
        "Platform Work Directive (EU) 2024/2831, Article 11, as a benchmark",
        "uncertain",
        binds=False,
    ),
)
"""Dated notes as of 21 November 2026, not law. What ``binds`` is a cap that no pause moves."""

ESCALATES_TO: Mapping[Duty, Role] = MappingProxyType(
    {
        "acknowledge": "data-protection-officer",
        "explain": "data-protection-officer",
        "decide": "board",
        "decide_appeal": "board",
        "remedy": "board",
        "relief": "board",
        "hr_acknowledge": "data-protection-officer",
    }
)
"""Who hears of silence. The appeal window is the employee's own time: nobody is late in it."""

CAPPED: frozenset[Duty] = frozenset(o.duty for o in OUTER if o.binds)
"""Duties that end a month after they began at the latest, as every limit that binds says."""

PAUSABLE: frozenset[Duty] = frozenset(("explain", "decide", "appeal_window", "decide_appeal"))


class Due(Noun):
    """One duty that is open, or the time in which an appeal can still be made.

    ``working_days_left`` is 0 on the day itself and below it from the next working day.
    ``latest`` is the day beyond which no pause moves it, where a law sets one.
    """

    duty: Duty
    since: date
    due: date
    working_days_left: int
    status: Status
    paused: bool
    latest: date | None = None
    escalates_to: Role | None = None


def due(view: CaseView, deadlines: Deadlines, calendar: Calendar, now: datetime) -> tuple[Due, ...]:
    """What is due in a case, the nearest first.

    Raises:
        ContestError: the calendar has no working days.
    """
    if view.state == "draft" or view.erased:
        return ()
    running = [(duty, since) for duty, since in _running(view).items() if since]
    asked = _Asked(deadlines, calendar, calendar.day(now))
    found = [_due(duty, since, view, asked) for duty, since in running]
    open_ = [f for f in found if f.duty != "appeal_window" or f.due >= asked.today]
    return tuple(sorted(open_, key=lambda f: (f.due, f.duty)))


def clock_events(
    view: CaseView, deadlines: Deadlines, calendar: Calendar, now: datetime
) -> tuple[DeadlineMissed, ...]:
    """What the clock has to enter: each missed duty once, with who hears of it.

    A clock that jumps back finds nothing to enter, and what it entered before stays.
    """
    return tuple(
        DeadlineMissed(duty=d.duty, due=d.due, escalated_to=d.escalates_to)
        for d in due(view, deadlines, calendar, now)
        if d.escalates_to
        and d.status in ("overdue", "very_overdue")
        and not any(m.duty == d.duty and m.due >= d.since for m in view.missed)
    )


def may_close(view: CaseView, deadlines: Deadlines, calendar: Calendar, now: datetime) -> None:
    """Whether the time to appeal is over, so that a case may be closed.

    Raises:
        ContestError: it is not, with the day until which it runs.
    """
    for d in due(view, deadlines, calendar, now):
        if d.duty == "appeal_window":
            raise ContestError(
                f"case {view.case_id}: closed: the employee can appeal until {d.due}; wait"
            )


def answer_due(view: CaseView, deadlines: Deadlines, calendar: Calendar, now: datetime) -> date:
    """The day by which the first answer is or was due, whatever has become of the case.

    Raises:
        ContestError: it was never sent.
    """
    if view.asked_at is None:
        raise ContestError(f"case {view.case_id} was never sent")
    asked = _Asked(deadlines, calendar, calendar.day(now))
    return _extended("decide", calendar.day(view.asked_at), view, asked)[0]


class _Asked(NamedTuple):
    """By which rules, and on which day, somebody asks."""

    deadlines: Deadlines
    calendar: Calendar
    today: date


def _running(view: CaseView) -> dict[Duty, datetime | None]:
    """Since when each duty runs; ``None`` where it does not."""
    at, state = view.entered, view.state
    ended = state in ENDED
    unanswered = state in ("submitted", "acknowledged", "admitted", "gathering", "under_review")
    appealable = state in ("decided", "not_admitted") or (state == "remedied" and not view.final)
    told = view.flag_sent is None or view.flag_sent == view.flag_acknowledged
    answered = at.get("not_admitted") or at.get("decided")
    return {
        "acknowledge": view.asked_at if state == "submitted" else None,
        "explain": None if ended or "explanation" in view.notices else view.asked_at,
        "decide": view.asked_at if unanswered else None,
        "appeal_window": answered if appealable else None,
        "decide_appeal": at.get("appealed") if state in ("appealed", "appeal_review") else None,
        "remedy": _ruled_at(view) if view.remedy_owed and not ended else None,
        "relief": view.asked_at if interim_relief(view) == "owed" else None,
        "hr_acknowledge": None if told else view.flag_sent_at,
    }


def _ruled_at(view: CaseView) -> datetime | None:
    """When the remedy came to be owed; an appeal lets it wait."""
    if view.state in ("appealed", "appeal_review"):
        return None
    return view.entered.get("final") or view.entered.get("decided")


def _due(duty: Duty, since: datetime, view: CaseView, asked: _Asked) -> Due:
    start = asked.calendar.day(since)
    until, paused = _extended(duty, start, view, asked)
    latest = month_after(start) if duty in CAPPED else None
    if latest is not None:
        until = min(until, latest)
    left = asked.calendar.between(asked.today, until)
    return Due(
        duty=duty,
        since=start,
        due=until,
        working_days_left=left,
        status=_status(until, left, asked),
        paused=paused,
        latest=latest,
        escalates_to=ESCALATES_TO.get(duty),
    )


def _extended(duty: Duty, start: date, view: CaseView, asked: _Asked) -> tuple[date, bool]:
    """The last day with all pauses that began before it, and whether one is on."""
    deadlines, calendar, today = asked
    in_days = f"{duty}_days" in Deadlines.model_fields
    length = getattr(deadlines, f"{duty}_days" if in_days else f"{duty}_working")

    def last(days: int) -> date:
        return start + timedelta(days=days) if in_days else calendar.after(start, days)

    until = last(length)
    if duty not in PAUSABLE:
        return until, False
    spans = [(calendar.day(p.since), calendar.day(p.until)) for p in view.pauses]
    if view.paused_since:
        spans.append((calendar.day(view.paused_since), today))
    for since, to in spans:
        begin = max(since, start)
        if begin <= until and begin < to:
            length += (to - begin).days if in_days else calendar.between(begin, to)
            until = last(length)
    paused = view.paused_since is not None and calendar.day(view.paused_since) <= until
    return until, paused


def _status(until: date, left: int, asked: _Asked) -> Status:
    if until < asked.today:
        return "very_overdue" if -left > asked.deadlines.very_late_working else "overdue"
    return "due_soon" if left <= asked.deadlines.soon_working else "open"
