"""What each measure asks, as this release words it: for reports, which load no measure."""

from __future__ import annotations

from collections.abc import Iterable

from govern.app.docket import JUDGED
from govern.contest.use import EDITS, MONITORED
from govern.contest.watch import SPECS as WATCHED
from govern.domain.decision import Decision
from govern.domain.finding import Finding, Findings
from govern.report.beside import InUse

_SPECS = {spec.id: spec for spec in (*JUDGED.values(), *EDITS, *MONITORED, *WATCHED.values())}


def questions_of(
    decision: Decision, findings: Findings | None, in_use: InUse | None
) -> dict[str, str]:
    """The question of each measure that a report shows, by the measure's id.

    None of a measure that this release does not have, or has in another version.
    """
    return {
        found.metric: spec.question
        for found in _shown(decision, findings, in_use)
        if (spec := _SPECS.get(found.metric)) and spec.version == found.version
    }


def _shown(
    decision: Decision, findings: Findings | None, in_use: InUse | None
) -> Iterable[Finding]:
    if findings:
        yield from findings.findings
    for facts in decision.record:
        yield from facts.findings
    if in_use:
        yield from (*in_use.edits, *in_use.monitored, *in_use.record, *in_use.watch)
