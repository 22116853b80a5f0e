"""The statistics of the contest record, as findings that the gate and the board read.

A low rate of contests can also mean fear, and no number here can tell. Source:
docs/contests.md#numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from govern.contest.calendar import Calendar
from govern.contest.case import CaseView
from govern.contest.cells import UNKNOWN, Unit, gaps, shares
from govern.contest.deadlines import Deadlines, answer_due
from govern.contest.machine import ENDED
from govern.contest.specs import (
    CONTESTED,
    DAYS_GAP,
    INDEPENDENT,
    OPEN,
    OVERDUE,
    OVERTURNED,
    RATE_GAP,
    UPHELD,
    UPHELD_GAP,
)
from govern.domain.finding import Finding, RecordFacts
from govern.domain.review_intake import IntakeReview

CAVEAT = (
    "Few contests can mean that all is well, and can mean fear. These numbers cannot tell which."
)
GROUND = "ground"
FINGERPRINT = "fingerprint"


class Contest(NamedTuple):
    """What the statistics know of a contest. Times are those of its last round."""

    person: str
    review_id: str | None
    asked: datetime
    due: date
    answered: datetime | None
    ended: datetime | None
    decided: datetime | None
    settled: datetime | None
    upheld: float | None
    overturned: float | None
    independent: float | None
    cells: Mapping[str, tuple[str, ...]]

    def unit(self, value: float | None) -> Unit:
        """The contest as it enters a number, with what it says there."""
        return Unit(self.person, value, self.cells)


def record_facts(
    views: Iterable[CaseView],
    reviews: Iterable[IntakeReview],
    *,
    as_of: datetime,
    window_days: int,
    deadlines: Deadlines,
    calendar: Calendar,
) -> RecordFacts:
    """Every statistic of the record, over the window up to ``as_of``.

    Args:
        views: the cases as they stood at ``as_of`` (``machine.as_it_stood``).
        reviews: all that came in; later ones are left out here.
        as_of: the moment that is asked about.
        window_days: its length.
        deadlines: by which what is late is told.
        calendar: the working days.

    Returns:
        A finding for every spec in ``specs.SPECS``; shares also by group, ground and pipeline.

    Raises:
        ContestError: the calendar has no working days.
    """
    known = [r for r in reviews if r.finalised <= as_of]
    by_id: dict[str, list[IntakeReview]] = {}
    for review in sorted(known, key=lambda r: r.version):
        by_id.setdefault(review.review_id, []).append(review)
    found = [
        _contest(view, _review(view, by_id), answer_due(view, deadlines, calendar, as_of))
        for view in views
        if view.asked_at is not None
    ]
    since = as_of - timedelta(days=window_days)
    levels: dict[str, set[str]] = {}
    for review in known:
        for attribute, level in review.groups.items():
            levels.setdefault(attribute, set()).add(level)
    window = _Window(since, as_of, calendar)
    return RecordFacts(
        as_of=as_of,
        window_days=window_days,
        groups={attribute: tuple(sorted(of)) for attribute, of in sorted(levels.items())},
        findings=tuple(_findings(found, [r[0] for r in by_id.values()], window, sorted(levels))),
    )


class _Window(NamedTuple):
    since: datetime
    until: datetime
    calendar: Calendar

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.since < at <= self.until

    def was_due(self, contest: Contest) -> bool:
        """Whether the day of its answer is over, and it was not taken back by then."""
        day = self.calendar.day
        over = day(self.since) <= contest.due < day(self.until)
        gone = contest.answered is None and contest.ended is not None
        return over and not (gone and contest.ended and day(contest.ended) <= contest.due)

    def late(self, contest: Contest) -> float:
        answered = contest.answered
        return float(answered is None or self.calendar.day(answered) > contest.due)


def _findings(
    contests: Sequence[Contest], reviews: Sequence[IntakeReview], window: _Window, by: list[str]
) -> Iterator[Finding]:
    asked = [c for c in contests if window.holds(c.asked) and (c.answered or not c.ended)]
    decided = [c for c in contests if window.holds(c.decided)]
    settled = [c for c in contests if window.holds(c.settled)]
    due = [c for c in contests if window.was_due(c)]
    deep = [*by, GROUND, FINGERPRINT]
    contested = list(_contested(contests, reviews, window))
    yield from shares(CONTESTED, contested, [*by, FINGERPRINT])
    yield from shares(OVERDUE, [c.unit(window.late(c)) for c in due], deep)
    yield from shares(OPEN, [c.unit(float(c.answered is None)) for c in asked], deep)
    yield from shares(INDEPENDENT, [c.unit(c.independent) for c in decided], deep)
    yield from shares(UPHELD, [c.unit(c.upheld) for c in decided], deep)
    yield from shares(OVERTURNED, [c.unit(c.overturned) for c in settled], deep)
    yield from gaps(RATE_GAP, contested, by, step=1.0)
    yield from gaps(UPHELD_GAP, [c.unit(c.upheld) for c in decided], by, step=1.0)
    waits = [c.unit((c.decided - c.asked) / timedelta(days=1)) for c in decided if c.decided]
    yield from gaps(DAYS_GAP, waits, by, step=1.0)


def _contested(
    contests: Sequence[Contest], first: Sequence[IntakeReview], window: _Window
) -> Iterator[Unit]:
    """The reviews of the window, each once, as it was first final."""
    asked = {c.review_id for c in contests}
    for review in first:
        if window.holds(review.finalised):
            yield Unit(review.employee, float(review.review_id in asked), _cells(review))


def _contest(view: CaseView, review: IntakeReview | None, due: date) -> Contest:
    at = view.entered
    grounds = {c.ground for c in view.draft.complaints} if view.draft else {UNKNOWN}
    ruled = view.final or view.decided
    return Contest(
        person=view.employee or view.case_id,
        review_id=view.draft.review_id if view.draft else None,
        asked=view.asked_at or view.last_at,
        due=due,
        answered=at.get("not_admitted") or at.get("decided"),
        ended=at.get(view.state) if view.state in ENDED else None,
        decided=at.get("decided") or at.get("final"),
        settled=at.get("final"),
        upheld=float(ruled.ruling != "rejected") if ruled else None,
        overturned=_overturned(view),
        independent=_independent(view, review),
        cells={**(_cells(review) if review else {}), GROUND: tuple(sorted(grounds))},
    )


def _cells(review: IntakeReview) -> dict[str, tuple[str, ...]]:
    groups = {attribute: (level,) for attribute, level in review.groups.items()}
    return {**groups, FINGERPRINT: (review.fingerprint or UNKNOWN,)}


def _review(view: CaseView, by_id: Mapping[str, Sequence[IntakeReview]]) -> IntakeReview | None:
    """The version that was contested, or the first that is known."""
    if view.draft is None:
        return None
    mine = by_id.get(view.draft.review_id, ())
    exact = [r for r in mine if r.version == view.draft.review_version]
    return next(iter(exact or mine), None)


def _overturned(view: CaseView) -> float | None:
    """Whether the appeal came to another ruling, on the whole or on any ground."""
    if view.final is None:
        return None
    if view.decided is None:
        return float(view.final.ruling != "rejected")
    first, last = ({r.ground: r.ruling for r in d.rulings} for d in (view.decided, view.final))
    return float(first != last)


def _independent(view: CaseView, review: IntakeReview | None) -> float | None:
    """Whether nobody involved decided, on any level; broken glass says that somebody was."""
    deciders = {view.decider, view.appeal_decider} - {None}
    if not deciders:
        return None
    involved = {review.employee, review.author, review.manager} if review else set[str]()
    return float(not view.through_glass and not deciders & involved)
