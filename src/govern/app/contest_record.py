"""The contest record as the gate and the board read it: numbers of many people, never of a few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from govern.app.case_store import open_case_store, store_url
from govern.app.contest_settings import calendar_of, read_settings
from govern.app.contests import Contests
from govern.app.past import past_decisions
from govern.contest.calendar import Calendar
from govern.contest.case import CaseView
from govern.contest.coverage import Uncovered, uncovered
from govern.contest.deadlines import Deadlines
from govern.contest.machine import as_it_stood
from govern.contest.notices import undisclosed
from govern.contest.statistics import record_facts
from govern.contest.watch import retaliation
from govern.domain.contest_store import ContestStore
from govern.domain.finding import Finding, RecordFacts
from govern.sources.locate import Project


@dataclass(frozen=True)
class StoredRecord:
    """A ``RecordSource`` over a store of contests."""

    store: ContestStore
    deadlines: Deadlines
    calendar: Calendar

    def statistics(self, *, now: datetime, window_days: int) -> RecordFacts:
        return record_facts(
            self._stood(now),
            self.store.intake.reviews(),
            as_of=now,
            window_days=window_days,
            deadlines=self.deadlines,
            calendar=self.calendar,
        )

    def watch(self, *, now: datetime) -> tuple[Finding, ...]:
        """What became of people who contested; see ``contest.watch.retaliation``."""
        intake = self.store.intake
        return retaliation(self._stood(now), intake.reviews(), intake.outcomes(), as_of=now)

    def _stood(self, now: datetime) -> Iterator[CaseView]:
        for one in self.store.opened():
            view = as_it_stood(one.events, now)
            if view is not None:
                yield view


def contest_record(project: Project) -> StoredRecord | None:
    """The record that a project keeps; ``None`` where it keeps none, and none is made.

    Raises:
        InputError, RunError: as ``open_case_store`` and ``read_settings``.
    """
    if not store_url(project) and not (project.state / "contests.db").exists():
        return None
    settings = read_settings(project)
    return StoredRecord(open_case_store(project), settings.deadlines, calendar_of(settings))


@dataclass(frozen=True)
class Stats:
    """What boards read: the record's numbers, the watch on retaliation, and what no decision lets.

    ``uncovered`` are pipelines that drafted reviews without a valid decision in scope;
    ``undisclosed`` is how many reviews name no notice to the person that AI took part.
    """

    facts: RecordFacts
    watch: tuple[Finding, ...]
    uncovered: tuple[Uncovered, ...]
    undisclosed: int


def stats(contests: Contests, *, now: datetime, window_days: int) -> Stats:
    """All numbers of the contests of a project, over the window up to ``now``.

    Raises:
        IntegrityError: the store or a decision in the record was changed.
    """
    record = StoredRecord(contests.store, contests.settings.deadlines, contests.calendar)
    reviews = [r for r in contests.store.intake.reviews() if r.finalised <= now]
    return Stats(
        facts=record.statistics(now=now, window_days=window_days),
        watch=record.watch(now=now),
        uncovered=uncovered(reviews, past_decisions(contests.project.record)),
        undisclosed=sum(map(undisclosed, reviews)),
    )
