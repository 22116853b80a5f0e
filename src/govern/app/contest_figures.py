"""The numbers of the contest record as a board reads them: an interval, or why there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

from govern.app.contest_record import stats
from govern.app.contests import Contests
from govern.contest.coverage import Uncovered
from govern.domain.finding import Finding, Undefined
from govern.report.wording import fixed, plain_words, two_digits
from govern.stats.intervals import bounds

Unit = Literal["reviews", "contests", "appeals", "people"]
ALPHA = 0.05
"""Each end of an interval is passed with this chance; both together make it one of 90 %."""
NOT_MEASURED = "not measured: "
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Figure:
    """One number with its 90 % interval in the reader's unit, and of how many."""

    group: str
    estimate: str
    lower: str
    upper: str
    count: int


@dataclass(frozen=True)
class Measured:
    """What was asked, and the answer for all and by group.

    ``silent`` says for how many groups there is no number and why; ``why_not`` why there is none
    at all, or none for all together. ``of`` is what is counted.
    """

    name: str
    whole: Figure | None
    why_not: str
    groups: tuple[Figure, ...]
    silent: Mapping[str, int]
    of: Unit


@dataclass(frozen=True)
class Figures:
    """All that the board is shown of contests."""

    record: tuple[Measured, ...]
    watch: tuple[Measured, ...]
    uncovered: tuple[Uncovered, ...]


def figures(contests: Contests, *, now: datetime, window_days: int) -> Figures:
    """The numbers up to ``now``, over a window.

    Raises:
        IntegrityError: the store or a decision in the record was changed.
    """
    found = stats(contests, now=now, window_days=window_days)
    record = measured(found.facts.findings)
    return Figures(record, measured(found.watch, of="people"), found.uncovered)


def measured(findings: Sequence[Finding], *, of: Unit | None = None) -> tuple[Measured, ...]:
    """Findings of the record, each measure's together; ``of`` what, where they do not say."""
    by_metric = groupby(findings, key=lambda f: f.metric)
    return tuple(_measured(metric, list(found), of) for metric, found in by_metric)


def _measured(metric: str, findings: Sequence[Finding], of: Unit | None) -> Measured:
    whole = [f for f in findings if f.by == "all"]
    parts = [f for f in findings if f.by != "all"]
    silent = Counter(why for f in parts if (why := _why_not(f)))
    without = [why for f in whole or parts if (why := _why_not(f))]
    figures = [_figure(f) for f in whole if not _why_not(f)]
    groups = tuple(_figure(f) for f in parts if not _why_not(f))
    return Measured(
        name=metric.removeprefix("contest."),
        whole=figures[0] if figures else None,
        why_not=without[0] if without and not (groups and not whole) else "",
        groups=groups,
        silent=silent,
        of=of or _unit(findings[0]),
    )


def _unit(finding: Finding) -> Unit:
    if "appeals" in finding.unit:
        return "appeals"
    return "reviews" if "reviews" in finding.unit else "contests"


def _why_not(finding: Finding) -> str:
    if isinstance(finding.estimate, Undefined):
        return finding.estimate.reason.removeprefix(NOT_MEASURED)
    return ""


def _figure(finding: Finding) -> Figure:
    estimate = float(str(finding.estimate))
    ends = bounds(estimate, finding.interval, ALPHA) if finding.interval else (None, None)
    lower, upper = ("" if end is None else _amount(finding, end) for end in ends)
    contrast = finding.contrast.replace("*", " ")
    group = f"{plain_words(finding.by)}: {contrast}"
    if finding.by == "fingerprint":
        group = f"pipeline {contrast[:12]}"
    return Figure(group, _amount(finding, estimate), lower, upper, finding.counts.units)


def _amount(finding: Finding, value: float) -> str:
    """A share in per cent, anything else as it is; a difference with its sign."""
    share = finding.unit.startswith("share ")
    text = f"{fixed(100 * value, 0)} %" if share else two_digits(value).replace("-", MINUS)
    return f"+{text}" if finding.sense == "centred" and value > 0 else text
