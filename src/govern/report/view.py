"""From a decision and its policy to the page: every sentence and every number of a report."""

from __future__ import annotations

from datetime import datetime

from govern.domain import Decision, Docket, Findings, Policy
from govern.errors import IntegrityError
from govern.report.answer import answer_of, answer_verdict, clauses_of, line_of
from govern.report.beside import NOTHING, Beside
from govern.report.clause_sections import clause_section
from govern.report.material import Material
from govern.report.page import Page
from govern.report.sections import sections_of
from govern.report.sentences import group_name
from govern.report.wording import as_sentence, plain_date
from govern.report.words import WORDS


def build(
    decision: Decision,
    policy: Policy,
    docket: Docket | None = None,
    findings: Findings | None = None,
    beside: Beside = NOTHING,
    *,
    read: datetime | None = None,
) -> Page:
    """The report's view model: what every renderer lays out.

    Args:
        decision: what was decided.
        policy: by which policy.
        docket: what else lay before the judge, for the evaluators' certificates.
        findings: all that was measured, also what no clause asks for.
        beside: what was looked up when the report was written.
        read: when it is read, if later; the answer is that of then, and nothing is looked up.

    Raises:
        IntegrityError: ``policy`` is not the one the decision was made under, or the two
            do not have the same clauses.
    """
    require_same_policy(decision, policy)
    clauses = clauses_of(policy)
    then = beside.model_copy(update={"as_of": read}) if read else beside
    overview = tuple(line_of(clauses[c.id], c) for c in decision.clauses)
    not_tested = _not_tested(decision)
    material = Material(decision, policy, overview, not_tested, docket, findings, beside)
    return Page(
        title=f"{decision.run.pipeline} {decision.run.pipeline_version}: "
        f"{answer_verdict(decision, then.as_of).word}",
        decision=decision.decision_id,
        made=plain_date(decision.created.date()),
        as_of=beside.as_of,
        answer=answer_of(decision, policy, then),
        overview=overview,
        clauses=tuple(clause_section(clauses[c.id], c) for c in decision.clauses),
        not_tested=not_tested,
        sections=sections_of(material),
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


def _not_tested(decision: Decision) -> tuple[str, ...]:
    return (
        *(as_sentence(one) for one in decision.not_tested),
        *_not_assessable(decision),
        *(f"{c.id} {c.title}: does not apply, {c.why}." for c in decision.not_applied),
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
