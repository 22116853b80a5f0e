"""From a decision and its policy to the page: every sentence and every number of a report."""

from __future__ import annotations

from govern.domain import (
    Clause,
    ClauseOutcome,
    Decision,
    Finding,
    MeasuredClause,
    Policy,
    RecordClause,
)
from govern.errors import IntegrityError
from govern.report.answer import PROVISIONAL, anchor_of, answer_of, clauses_of, line_of
from govern.report.gate_errors import gate_errors
from govern.report.page import ClauseSection, Command, Fact, Page
from govern.report.sentences import (
    SEVERITIES,
    behind,
    clause_verdict,
    found_sentence,
    group_name,
    more_sentence,
    verdict_of,
    waiver_sentence,
)
from govern.report.tables import plot_of, table_of
from govern.report.wording import (
    as_sentence,
    as_written,
    counted,
    duration,
    listing,
    paragraphs,
    plain_date,
    plain_words,
)
from govern.report.words import WORDS

_SENTENCES = 5
KINDS = {
    "measured": "Metric",
    "property": "Property",
    "attested": "Attestation",
    "record": "Statistic of the record",
}
_GROUPS = 12


def build(decision: Decision, policy: Policy) -> Page:
    """The report's view model: what every renderer lays out.

    Raises:
        IntegrityError: ``policy`` is not the one the decision was made under, or the two
            do not have the same clauses.
    """
    require_same_policy(decision, policy)
    clauses = clauses_of(policy)
    return Page(
        title=f"{decision.run.pipeline} {decision.run.pipeline_version}: "
        f"{verdict_of(decision.effective_outcome).word}",
        decision=decision.decision_id,
        made=plain_date(decision.created.date()),
        answer=answer_of(decision, policy),
        overview=tuple(line_of(clauses[c.id], c) for c in decision.clauses),
        clauses=tuple(_section(clauses[c.id], c) for c in decision.clauses),
        candidate=_candidate(decision),
        declared_only=decision.run.declared_only,
        evidence=_evidence(decision),
        evidence_limits=_limits(decision),
        gate=gate_errors(decision),
        not_tested=(
            *map(as_sentence, decision.not_tested),
            *_not_assessable(decision),
            *(f"{c.id} {c.title}: does not apply, {c.why}." for c in decision.not_applied),
        ),
        digests=_digests(decision),
        commands=_commands(decision, policy),
        words=WORDS,
    )


def require_same_policy(decision: Decision, policy: Policy) -> None:
    """Refuse to show a decision beside the clauses of another policy.

    Raises:
        IntegrityError: digest or clauses differ.
    """
    if decision.policy.digest != policy.digest:
        raise IntegrityError(
            f"decision {decision.decision_id} was made under policy {decision.policy.id} with "
            f"digest {decision.policy.digest}, but {policy.policy} has {policy.digest}; "
            "report with the policy file that the decision names"
        )
    judged = {c.id for c in decision.clauses} | {c.id for c in decision.not_applied}
    written = {c.id for c in policy.clauses}
    if judged != written:
        raise IntegrityError(
            f"decision {decision.decision_id} and policy {policy.policy} must have the same "
            f"clauses; only one of them has {', '.join(sorted(judged ^ written))}"
        )


def _section(clause: Clause, outcome: ClauseOutcome) -> ClauseSection:
    told = [part for part in behind(outcome) if part.estimate is not None][:_SENTENCES]
    judged = clause if isinstance(clause, MeasuredClause | RecordClause) else None
    return ClauseSection(
        id=outcome.id,
        title=outcome.title,
        anchor=anchor_of(outcome.id),
        severity=SEVERITIES[outcome.severity],
        verdict=clause_verdict(outcome),
        prose=paragraphs(clause.prose),
        reading=outcome.reading,
        explanation=as_sentence(outcome.explanation),
        waiver=waiver_sentence(outcome),
        found=tuple(found_sentence(judged, outcome, part) for part in told) if judged else (),
        more=more_sentence(outcome),
        provisional=f"Provisional: {PROVISIONAL}." if outcome.provisional else "",
        plot=plot_of(judged, outcome) if judged else None,
        table=table_of(judged, outcome) if judged else None,
        notes=_notes(outcome),
        method=_method(clause, outcome),
    )


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


def _candidate(decision: Decision) -> tuple[Fact, ...]:
    run = decision.run
    return (
        Fact(term="Pipeline", value=run.pipeline),
        Fact(term="Version", value=run.pipeline_version),
        Fact(term="Fingerprint", value=run.fingerprint, exact=True),
        Fact(term="Use", value=plain_words(run.use_case)),
        Fact(term="Language", value=run.language),
    )


def _evidence(decision: Decision) -> tuple[Fact, ...]:
    run, spend = decision.run, decision.run.spend
    mode = "exploring (advisory)" if run.mode == "explore" else "deciding"
    tokens = f"{spend.input_tokens:,} in, {spend.output_tokens:,} out"
    tries = decision.attempts.entered if decision.attempts else ()
    number = f"{decision.attempt} of {len(tries)}" if decision.attempt else "no intent"
    return (
        *([Fact(term="Attempt", value=f"{number} in the record")] if run.mode == "decide" else []),
        Fact(term="Suite", value=f"{run.suite} {run.suite_version}"),
        Fact(term="Plan", value=run.plan),
        Fact(term="Cells planned", value=f"{run.planned:,}"),
        Fact(term="Dataset", value=run.dataset),
        Fact(term="Cases", value="synthetic" if run.synthetic else "from real reviews"),
        Fact(term="Run", value=f"{run.run_id}, {mode}"),
        Fact(term="Seed", value=str(run.seed)),
        Fact(
            term="Drafted", value=f"{counted(spend.drafts, 'drafts')} in {duration(spend.seconds)}"
        ),
        Fact(term="Tokens", value=tokens),
    )


def _limits(decision: Decision) -> str:
    if decision.run.synthetic:
        return (
            "The cases are synthetic. What was found holds for the kind of case and the names "
            "in this suite. It says nothing certain about a particular workforce."
        )
    return (
        "What was found holds for the drafts that were supplied. "
        "It says nothing certain about other people or other periods."
    )


def _not_assessable(decision: Decision) -> tuple[str, ...]:
    return tuple(
        f"{clause.id} {clause.title}: {group_name(part)} could not be assessed. "
        f"{as_sentence(part.explanation)}"
        for clause in decision.clauses
        for part in clause.slices
        if part.reason == "not_assessable"
        and not any(text.startswith(f"{clause.id} ") for text in decision.not_tested)
    )


def _digests(decision: Decision) -> tuple[Fact, ...]:
    run = decision.run
    facts = [
        Fact(term="Policy", value=decision.policy.digest, exact=True),
        Fact(term="Findings", value=decision.findings_digest, exact=True),
        Fact(term="Drafts", value=run.drafts_digest, exact=True),
        Fact(term="Dataset", value=run.dataset_digest, exact=True),
    ]
    if run.identities_digest is not None:
        facts.append(Fact(term="Identities", value=run.identities_digest, exact=True))
    facts.append(Fact(term="Candidate", value=run.fingerprint, exact=True))
    makers = [decision.harness_version]
    if run.harness_version != decision.harness_version:
        makers = [f"{run.harness_version} (measured)", f"{decision.harness_version} (judged)"]
    return (*facts, Fact(term="Made with", value=f"govern {listing(makers)}"))


def _commands(decision: Decision, policy: Policy) -> tuple[Command, ...]:
    return (
        Command(line="sha256sum policy.md", shows="prints the policy's digest above"),
        Command(
            line=f"govern gate {decision.run.run_id} --policy {policy.policy}",
            shows="judges the recorded findings again, without a single new draft",
        ),
    )
