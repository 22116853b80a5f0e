"""What the contest record tells of a pipeline's drafts in use, for the report of a decision."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from govern.app.contest_record import StoredRecord, contest_record
from govern.app.past import past_decisions
from govern.contest.coverage import USE_CASE
from govern.contest.use import EDITS, in_use
from govern.domain.decision import Decision
from govern.errors import GovernError
from govern.report.beside import InUse
from govern.sources.locate import Project

WINDOW_DAYS = 365
NO_RECORD = (
    "No contest record is kept here. `govern intake` takes reviews into one, drafts and final "
    "texts both."
)
UNREACHED = "The contest record could not be read when this was written."
OTHER_USE = "The contest record holds performance reviews, and this decision is about another use."


def used(
    project: Project, record: Path, decision: Decision, *, now: datetime
) -> tuple[InUse | None, str]:
    """Numbers of the year up to ``now``, or ``None`` and why there are none.

    A record that cannot be read stops no report.
    """
    if decision.run.use_case != USE_CASE:
        return None, OTHER_USE
    try:
        source = contest_record(project)
        if source is None:
            return None, NO_RECORD
        with closing(source.store):
            return _seen(source, past_decisions(record), decision, now), ""
    except GovernError:
        return None, UNREACHED


def _seen(
    source: StoredRecord, past: tuple[Decision, ...], decision: Decision, now: datetime
) -> InUse:
    lineage = (decision.run.pipeline, decision.run.use_case)
    versions = [d.run for d in past if (d.run.pipeline, d.run.use_case) == lineage]
    found = in_use(
        source.store.intake.reviews(),
        past,
        fingerprints={run.fingerprint for run in (decision.run, *versions)},
        as_of=now,
        window_days=WINDOW_DAYS,
    )
    facts = source.statistics(now=now, window_days=WINDOW_DAYS)
    return InUse(
        as_of=now,
        window_days=WINDOW_DAYS,
        edits=found[: len(EDITS)],
        monitored=found[len(EDITS) :],
        record=tuple(f for f in facts.findings if f.by == "all" or f.metric.endswith("_gap")),
        watch=source.watch(now=now),
    )
