"""Dates in a text, moved by the person's secret number of days and written as they were."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from govern.sources.anonymise.spans import Span

MONTHS = (
    "january february march april may june july august september october november december"
).split()
_SHORT = {m[:3]: n for n, m in enumerate(MONTHS, start=1)} | {"sept": 9}
_NUMBER = _SHORT | {m: n for n, m in enumerate(MONTHS, start=1)}
_MONTH = r"(?P<m>" + "|".join(sorted(_NUMBER, key=len, reverse=True)) + r")\b(?P<mdot>\.?)"
_DAY = r"(?P<d>[0-3]?\d)(?P<th>st|nd|rd|th)?"
_YEAR = r"(?P<y>(?:19|20)\d\d)"
# Any year with 365 days: a date without a year does not say which.
_SOME_YEAR = 2023
_FORMS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d-]){_YEAR}(?P<s>[-/.])(?P<m>[01]?\d)(?P=s)(?P<d>[0-3]?\d)(?!\d|(?P=s)\d)",
        r"(?<![\d./])(?P<a>[0-3]?\d)(?P<s>[/.])(?P<b>[0-3]?\d)(?P=s)"
        r"(?P<y>(?:19|20)?\d\d)(?!\d|(?P=s)\d|\.?\d*%)",
        r"(?<![\d-])(?P<a>[0-3]?\d)(?P<s>-)(?P<b>[0-3]?\d)(?P=s)(?P<y>(?:19|20)?\d\d)(?!\d|-\d|%)",
        rf"(?<![\d.,]){_DAY}(?P<g1>[\s-]+(?:of\s+)?){_MONTH}(?:(?P<g2>,?[\s-]+){_YEAR})?(?![\d])",
        rf"\b{_MONTH}(?P<g1>[\s-]+){_DAY}\b(?![.,]?\d|%|\s*(?:percent|people|per))"
        rf"(?:(?P<g2>,?\s+){_YEAR}\b)?",
        rf"\b{_MONTH}(?P<g2>,?[\s-]+(?:of\s+)?){_YEAR}\b",
        r"(?<![\d.\-/])(?P<m>0?[1-9]|1[0-2])(?P<s>/)(?P<y>(?:19|20)\d\d)(?!\d|/)",
    )
]
# Shifting a birthday by some months would leave the age.
_BIRTH = re.compile(r"\b(?:born(?:\s+on)?|birth(?:day|date)?|d\.?o\.?b\.?)[\s:,a-z]{0,12}$", re.I)
_TIME = re.compile(r"T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")
CANDIDATE = (
    r"(?i)\d[-/.]\d|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b.{0,4}\d"
    r"|\d(?:st|nd|rd|th)?[ -]{1,3}(?:of )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)


def find_dates(text: str, *, offset: int, day_first: bool) -> Iterator[Span]:
    """Spans of dates, each moved by ``offset`` days.

    The order of day and month, punctuation, leading zeros, short month names and ordinals stay;
    a date that does not exist, or is of birth, becomes ``[date]``. Years and quarters alone are
    left: they are too coarse to tell people apart.
    """
    taken: list[tuple[int, int]] = []
    for form in _FORMS:
        for match in form.finditer(text):
            start, end = match.span()
            if any(start < b and a < end for a, b in taken):
                continue
            taken.append((start, end))
            born = _BIRTH.search(text[max(0, start - 30) : start]) is not None
            moved = "[date]" if born else _moved(match, offset, day_first)
            clock = _TIME.match(text, end)
            if clock:
                moved, end = f"{moved}[time]", clock.end()
            yield Span(start, end, "date", moved)


def _moved(match: re.Match[str], offset: int, day_first: bool) -> str:
    found = match.groupdict()
    year = found.get("y")
    write: Callable[[date], str]
    if "a" in found:
        one, two = int(found["a"]), int(found["b"])
        first = day_first if one <= 12 and two <= 12 else one > 12
        day, month = (one, two) if first else (two, one)

        def write(new: date) -> str:
            a, b = (new.day, new.month) if first else (new.month, new.day)
            s = found["s"]
            return f"{_like(a, found['a'])}{s}{_like(b, found['b'])}{s}{_year(new, year)}"
    elif found["m"].isdigit():
        month, day = int(found["m"]), int(found.get("d") or 15)

        def write(new: date) -> str:
            s, written = found["s"], _like(new.month, found["m"])
            if not found.get("d"):
                return f"{written}{s}{new.year}"
            return f"{new.year}{s}{written}{s}{_like(new.day, found['d'])}"
    else:
        month, day = _NUMBER[found["m"].lower()], int(found.get("d") or 15)
        write = _worded(match, found)
    full = _SOME_YEAR if year is None else int(year) + (2000 if len(year) == 2 else 0)
    try:
        return write(date(full, month, day) + timedelta(days=offset))
    except (ValueError, OverflowError):
        return "[date]"


def _worded(match: re.Match[str], found: dict[str, str | None]) -> Callable[[date], str]:
    def write(new: date) -> str:
        month = _month(new.month, found["m"] or "") + (found["mdot"] or "")
        tail = f"{found['g2']}{new.year}" if found.get("y") else ""
        if not found.get("d"):
            return month + tail
        day = _like(new.day, found["d"] or "") + (_ordinal(new.day) if found["th"] else "")
        day_leads = match.start("d") < match.start("m")
        parts = (day, found["g1"], month) if day_leads else (month, found["g1"], day)
        return "".join(part or "" for part in parts) + tail

    return write


def _like(number: int, written: str) -> str:
    return f"{number:02d}" if written.startswith("0") or len(written) == 2 else str(number)


def _year(new: date, written: str | None) -> str:
    return f"{new.year % 100:02d}" if written and len(written) == 2 else str(new.year)


def _month(number: int, written: str) -> str:
    name = MONTHS[number - 1]
    if len(written) <= 4 and written.lower() not in ("june", "july", "may"):
        name = name[:3]
    if written.isupper():
        return name.upper()
    return name.capitalize() if written[0].isupper() else name


def _ordinal(day: int) -> str:
    return "th" if 11 <= day % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
