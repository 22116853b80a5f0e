"""Days as people at work count them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from govern.errors import ContestError

DAY = timedelta(days=1)
LONGEST_BREAK = 366
"""Days in a row without work after which a calendar must be wrong."""


@dataclass(frozen=True)
class Calendar:
    """Which days are worked, and in which zone a day begins.

    ``holidays`` answers ``day in holidays``, as a set of dates and the tables of the package
    `holidays` do; ``weekend`` counts from Monday, 0.
    """

    holidays: Container[date] = frozenset()
    zone: tzinfo = UTC
    weekend: frozenset[int] = frozenset((5, 6))

    def day(self, at: datetime) -> date:
        """The day that a moment belongs to, here."""
        return at.astimezone(self.zone).date()

    def works(self, day: date) -> bool:
        """Whether it is a working day."""
        return day.weekday() not in self.weekend and day not in self.holidays

    def after(self, day: date, working_days: int) -> date:
        """The day on which so many working days are over, the first being the one after ``day``.

        Raises:
            ContestError: the calendar has no working day for a year.
        """
        idle = 0
        while working_days > 0:
            day += DAY
            idle = 0 if self.works(day) else idle + 1
            if idle > LONGEST_BREAK:
                raise ContestError(f"no working day in the year before {day}; mend the calendar")
            working_days -= not idle
        return day

    def between(self, day: date, other: date) -> int:
        """Working days after ``day`` up to ``other``; below zero where ``other`` is earlier."""
        if other < day:
            return -self.between(other, day)
        return sum(self.works(day + n * DAY) for n in range(1, (other - day).days + 1))


def month_after(day: date) -> date:
    """The same day of the next month, or its last; Regulation 1182/71, Article 3(2)(c)."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))
