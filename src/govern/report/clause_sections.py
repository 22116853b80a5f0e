"""A clause in full: the policy's words, what was found, the plot and its table, the method."""

from __future__ import annotations

from collections.abc import Iterable

from govern.domain import (
    Clause,
    ClauseOutcome,
    Finding,
    JudgedClause,
    MeasuredClause,
    RecordClause,
    Undefined,
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
from govern.report.wording import as_written, capital, listing, paragraphs

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
        found=_found(judged, outcome) if judged else (),
        more=more_sentence(outcome),
        provisional=f"Provisional: {PROVISIONAL}." if outcome.provisional else "",
        plot=plot_of(judged, outcome) if judged else None,
        table=table_of(judged, outcome) if judged else None,
        notes=_notes(outcome),
        method=_method(clause, outcome),
    )


def _found(clause: JudgedClause, outcome: ClauseOutcome) -> tuple[str, ...]:
    """What the worst slices show, and how many more came out alike; no reason a second time."""
    told = [part for part in behind(outcome) if part.estimate is not None]
    same = all(part.explanation == outcome.explanation for part in told)
    if same and all(isinstance(part.estimate, Undefined) for part in told):
        return ()
    said = tuple(found_sentence(clause, outcome, part) for part in told[:_SENTENCES])
    rest = len(told) - _SENTENCES
    return (*said, f"{rest:,} more came out alike.") if rest > 0 else said


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
    findings = [part.finding for part in outcome.slices if part.finding is not None]
    if isinstance(clause, MeasuredClause | RecordClause):
        sided = "one-sided" if clause.statistic.sided == "one" else "two-sided"
        confidence = as_written(round(clause.statistic.confidence * 100, 1))
        facts += [
            Fact(term="Confidence", value=f"{confidence}%, {sided}, in each attempt"),
            Fact(term="Cases", value=_cases(findings, clause.evidence.min_cases)),
        ]
    if findings:
        facts += [
            Fact(term="Method", value=findings[0].method),
            Fact(term="Drafts counted", value=_scored(findings)),
        ]
        if findings[0].baseline is not None:
            facts.append(Fact(term="Compared with", value=findings[0].baseline))
    if clause.maps:
        facts.append(Fact(term="Relates to", value="; ".join(clause.maps)))
    return tuple(facts)


def _cases(findings: list[Finding], needed: int) -> str:
    """How many cases the intervals go by, beside how many the clause asks for."""
    asked = f"the clause asks for at least {needed:,}"
    return f"{_range(f.counts.cases for f in findings)}; {asked}" if findings else capital(asked)


def _scored(findings: list[Finding]) -> str:
    """How many of the planned drafts were counted."""
    counts = [finding.counts for finding in findings]
    planned = _range(one.planned for one in counts)
    if all(one.scored == one.planned for one in counts):
        return f"all {planned} that were planned"
    return f"{_range(one.scored for one in counts)} of {planned} planned"


def _range(numbers: Iterable[int]) -> str:
    """``30``, or ``25 to 30`` where groups differ."""
    different = sorted(set(numbers))
    ends = [f"{number:,}" for number in (different[0], different[-1])]
    return " to ".join(dict.fromkeys(ends))
