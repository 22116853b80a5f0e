"""What the clock enters in contests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from govern.app.contest_case import OpenCase, next_event, open_cases
from govern.app.contest_steps import keep
from govern.app.contests import Contests, bring
from govern.contest.deadlines import clock_events
from govern.contest.flags import flag_due
from govern.contest.machine import apply
from govern.contest.rules import permit
from govern.domain.contest import (
    Actor,
    Event,
    FlagSent,
)
from govern.errors import ConflictError

CLOCK = Actor(person="clock", role="clock")


@dataclass(frozen=True)
class Ticked:
    """What the clock entered, and what the HR system has yet to be told, by case."""

    entered: tuple[Event, ...]
    flags: tuple[tuple[str, FlagSent], ...]
    why_not_in_ledger: str | None = None


def clock(contests: Contests, *, now: datetime) -> Ticked:
    """Enter each missed day, once. Silence is no rejection: it escalates.

    A case in which somebody acts at the same moment waits for the next time.
    """
    entered: list[Event] = []
    flags: list[tuple[str, FlagSent]] = []
    for case in open_cases(contests.reader, contests.store, contests.views):
        if not case.view.asked_at or case.view.erased:
            continue
        try:
            for event, after in _missed(contests, case, now):
                keep(contests, event, after)
                entered.append(event)
        except ConflictError:
            continue
        if flag := flag_due(case.view):
            flags.append((case.view.case_id, flag))
    return Ticked(tuple(entered), tuple(flags), bring(contests, now))


def _missed(contests: Contests, case: OpenCase, now: datetime) -> Iterator[tuple[Event, OpenCase]]:
    """What the clock has to enter in a case, with the case after it."""
    settings = contests.settings
    for missed in clock_events(case.view, settings.deadlines, contests.calendar, now):
        event = next_event(case.view, case.view.case_id, CLOCK, missed, now)
        permit(event, case.view, case.facts)
        case = case._replace(view=apply(case.view, event))
        yield event, case
