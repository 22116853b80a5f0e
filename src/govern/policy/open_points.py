"""What a decision did not show, and what would settle what is undecided."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from govern.domain.decision import ClauseOutcome, MoreEvidence
from govern.domain.finding import Findings, RunFacts


def not_tested(run: RunFacts, clauses: Sequence[ClauseOutcome]) -> tuple[str, ...]:
    """What a reader must not take this decision to have shown."""
    groups = ", ".join(a.replace("_", " and ") for a in run.groups) or "none"
    said = ["Real employees: every case is synthetic"] if run.synthetic else []
    said.append(f"Groups other than those by {groups}")
    said.append(f"Languages other than {'English' if run.language == 'en' else run.language}")
    if run.declared_only:
        said.append(f"Parts that could only be declared: {', '.join(run.declared_only)}")
    said += [
        f"{c.id} {c.title}: {c.explanation}"
        for c in clauses
        if c.outcome == "insufficient_evidence" and c.reason != "straddles"
    ]
    return tuple(said)


def settled_by_more(clause: ClauseOutcome) -> bool:
    """Whether more cases can settle an undecided clause: each of its undecided slices by a number.

    A slice that more cases leave undecided leaves its clause undecided as well.
    """
    open_slices = [s for s in clause.slices if s.outcome == "insufficient_evidence"]
    return (
        clause.outcome == "insufficient_evidence"
        and bool(open_slices)
        and all(s.cases_needed for s in open_slices)
    )


def is_open(clause: ClauseOutcome) -> bool:
    """Whether a clause that must hold waits for evidence from drafts.

    Contests come of themselves: clauses on the record ask nobody for drafts.
    """
    judged = (clause.severity, clause.kind, clause.outcome)
    return judged == ("block", "measured", "insufficient_evidence")


def more_evidence(findings: Findings, clauses: Sequence[ClauseOutcome]) -> MoreEvidence | None:
    """What would settle every blocking clause that more cases can settle."""
    measured = max((f.counts.cases for f in findings.findings), default=0)
    # A measure that could use a tenth of the cases gains one case in ten more.
    asked = [
        ceil((s.cases_needed - s.finding.counts.cases) * measured / s.finding.counts.cases)
        for c in clauses
        if is_open(c) and settled_by_more(c)
        for s in c.slices
        if s.cases_needed and s.finding and s.finding.counts.cases
    ]
    if not asked or not measured:
        return None
    run = findings.run
    more = max(*asked, 1)
    drafts = ceil(more * run.planned / measured)
    spent = run.spend
    each = 1 / spent.drafts if spent.drafts else 0.0
    tokens = round((spent.input_tokens + spent.output_tokens) * each * drafts)
    return MoreEvidence(
        cases=more,
        drafts=drafts,
        tokens=tokens or None,
        minutes=round(spent.seconds * each * drafts / 60, 1) or None,
    )
