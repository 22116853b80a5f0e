"""A clause in full: the policy's words, what was found, the plot and its table, the method."""

from __future__ import annotations

from govern.domain import (
    Clause,
    ClauseOutcome,
    Finding,
    JudgedClause,
    MeasuredClause,
    RecordClause,
    SliceOutcome,
)
from govern.report.answer import PROVISIONAL, anchor_of
from govern.report.blocks import Fact
from govern.report.page import ClauseSection
from govern.report.sentences import (
    SEVERITIES,
    behind,
    clause_verdict,
    explained,
    found_sentence,
    group_name,
    more_sentence,
    waiver_sentence,
)
from govern.report.tables import plot_of, table_of
from govern.report.wording import as_written, counted, listing, paragraphs

_SENTENCES = 5
_GROUPS = 12
KINDS = {
    "measured": "Metric",
    "property": "Property",
    "attested": "Attestation",
    "record": "Statistic of the record",
}


def clause_section(clause: Clause, outcome: ClauseOutcome) -> ClauseSection:
    """The clause as it is written and as it was judged."""
    told = [part for part in behind(outcome) if part.estimate is not None]
    judged = clause if isinstance(clause, MeasuredClause | RecordClause) else None
    return ClauseSection(
        id=outcome.id,
        title=outcome.title,
        anchor=anchor_of(outcome.id),
        severity=SEVERITIES[outcome.severity],
        verdict=clause_verdict(outcome),
        prose=paragraphs(clause.prose),
        reading=outcome.reading,
        explanation=explained(outcome),
        waiver=waiver_sentence(outcome),
        found=_found(judged, outcome, told) if judged else (),
        more=more_sentence(outcome),
        provisional=f"Provisional: {PROVISIONAL}." if outcome.provisional else "",
        plot=plot_of(judged, outcome) if judged else None,
        table=table_of(judged, outcome) if judged else None,
        notes=_notes(outcome),
        method=_method(clause, outcome),
    )


def _found(
    clause: JudgedClause, outcome: ClauseOutcome, told: list[SliceOutcome]
) -> tuple[str, ...]:
    """What the first of ``told`` show, and how many more came out alike."""
    said = tuple(found_sentence(clause, outcome, part) for part in told[:_SENTENCES])
    rest = len(told) - _SENTENCES
    return (*said, f"{counted(rest, 'more groups')} got the same verdict.") if rest > 0 else said


def _notes(outcome: ClauseOutcome) -> tuple[str, ...]:
    """What the gate says of the slices that did not pass, each reason once."""
    said: dict[str, list[str]] = {}
    for part in outcome.slices:
        if part.outcome != "pass" and part.explanation:
            said.setdefault(part.explanation, []).append(group_name(part))
    if list(said) == [outcome.explanation]:
        return ()
    return tuple(f"{_few(groups)}: {reason.rstrip('.')}." for reason, groups in said.items())


def _few(groups: list[str]) -> str:
    rest = len(groups) - _GROUPS
    return listing([*groups[:_GROUPS], f"{rest} more"] if rest > 0 else groups)


def _method(clause: Clause, outcome: ClauseOutcome) -> tuple[Fact, ...]:
    facts = [Fact(term=KINDS[outcome.kind], value=outcome.subject, exact=True)]
    if isinstance(clause, MeasuredClause | RecordClause):
        sided = "one-sided" if clause.statistic.sided == "one" else "two-sided"
        confidence = as_written(round(clause.statistic.confidence * 100, 1))
        facts += [
            Fact(term="Confidence", value=f"{confidence}%, {sided}, in each attempt"),
            Fact(term="Fewest cases", value=f"{clause.evidence.min_cases:,}"),
        ]
    findings = [part.finding for part in outcome.slices if part.finding is not None]
    if findings:
        facts += [
            Fact(term="Method", value=findings[0].method),
            Fact(term="Drafts counted", value=_scored(findings)),
            Fact(term="Evaluator", value=findings[0].evaluator, exact=True),
        ]
        if findings[0].baseline is not None:
            facts.append(Fact(term="Compared with", value=findings[0].baseline))
    if clause.maps:
        facts.append(Fact(term="Relates to", value="; ".join(clause.maps)))
    return tuple(facts)


def _scored(findings: list[Finding]) -> str:
    scored = sorted({finding.counts.scored for finding in findings})
    planned = max(finding.counts.planned for finding in findings)
    if len(scored) == 1:
        return f"{scored[0]:,} of {planned:,} planned"
    return f"{scored[0]:,} to {scored[-1]:,} of {planned:,} planned, depending on the group"
