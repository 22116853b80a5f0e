"""Everything in a policy that would mislead the people it binds or could never be met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from govern.domain.places import meet
from govern.domain.policy import (
    AppliesIf,
    Approvals,
    AttestedClause,
    Clause,
    MeasuredClause,
    Policy,
    PropertyClause,
    RecordClause,
    Scope,
    Stage,
)
from govern.policy.known import Known
from govern.policy.lint_numbers import unsaid
from govern.policy.lint_property import property_problems
from govern.policy.lint_suite import suite_problems
from govern.policy.lint_threshold import threshold_problems

# A policy for a rollout may also decide on a pilot.
STAGES_WITHIN: Mapping[Stage, Sequence[Stage]] = {
    "pilot": ("pilot",),
    "rollout": ("pilot", "rollout"),
}


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: ``line`` is that of the clause's block, or of the front matter."""

    source: str
    line: int
    clause: str | None
    what: str

    def __str__(self) -> str:
        of = f"clause {self.clause}: " if self.clause else ""
        return f"{self.source}:{self.line}: {of}{self.what}"


def lint(policy: Policy, known: Known, *, today: date) -> tuple[Problem, ...]:
    """Every problem there is; none means the policy may be signed."""
    head = [
        *_date_problems(policy, today),
        *_approval_problems("approvals", policy.approvals),
        *_decision_approvals(policy),
        *_joint_problems(policy),
    ]
    roles = {
        role
        for rule in (policy.approvals, policy.decision_approvals)
        for role in (rule.roles if rule else ())
    }
    return tuple(
        [Problem(policy.source, 1, None, what) for what in head]
        + [
            Problem(policy.source, clause.line, clause.id, what)
            for clause in policy.clauses
            for what in _clause_problems(clause, policy, known, roles)
        ]
    )


def _date_problems(policy: Policy, today: date) -> Iterator[str]:
    if policy.review_by < today:
        yield f"past its review date {policy.review_by}"
    if policy.approved > today:
        yield f"approved on {policy.approved}, which is yet to come"
    span = (policy.review_by - policy.approved).days
    if span <= 0:
        yield f"review_by {policy.review_by} is not after approved {policy.approved}"
    elif policy.decision_valid_days > span:
        yield (
            f"decision_valid_days {policy.decision_valid_days}: no decision outlives the review, "
            f"{span} days after the approval"
        )
    if policy.declared_only_valid_days > policy.decision_valid_days:
        yield (
            f"declared_only_valid_days {policy.declared_only_valid_days} is more than "
            f"decision_valid_days {policy.decision_valid_days}; what could only be declared "
            "expires no later"
        )


def _decision_approvals(policy: Policy) -> Iterator[str]:
    if policy.decision_approvals:
        yield from _approval_problems("decision_approvals", policy.decision_approvals)


def _approval_problems(name: str, rule: Approvals) -> Iterator[str]:
    roles = set(rule.roles)
    if rule.threshold > len(roles):
        yield f"{name}: {rule.threshold} needed, more than there are roles ({len(roles)})"
    strangers = sorted(set(rule.required) - roles)
    if strangers:
        yield f"{name}: required role(s) {', '.join(strangers)} may not approve"
    yield from (f"{name}: {what}" for what in _doubled("role", rule.roles))


def _joint_problems(policy: Policy) -> Iterator[str]:
    """What single clauses may ask for and no one run can give."""
    blocking = [c for c in policy.clauses if c.severity == "block"]
    if not blocking:
        yield "no clause blocks, so nothing could ever be stopped"
    elif all(_excludes(c.applies_if, policy.scope) for c in blocking):
        yield "no clause that blocks applies to the policy's scope"
    measured = [c for c in blocking if isinstance(c, MeasuredClause)]
    for key, asked in (
        ("suites", {c.evidence.suite for c in measured}),
        ("plans", {c.evidence.plan for c in measured if c.evidence.plan}),
    ):
        if len(asked) > 1:
            yield f"clauses that block ask for {key} {', '.join(sorted(asked))}; a run has one"


def _clause_problems(
    clause: Clause, policy: Policy, known: Known, roles: Collection[str]
) -> Iterator[str]:
    if not clause.prose.strip():
        yield "no prose above the block, so it binds nobody"
    match clause:
        case MeasuredClause():
            yield from threshold_problems(clause, known.specs)
            yield from suite_problems(clause, known, policy.scope)
        case RecordClause():
            yield from threshold_problems(clause, known.record_specs)
        case PropertyClause():
            yield from property_problems(clause)
        case AttestedClause():
            yield from _unheld("attested by", [clause.role], roles)
            yield from _doubled("answer", clause.answers)
    if excluded := _excludes(clause.applies_if, policy.scope):
        yield f"never applies: {excluded}"
    yield from _waiver_problems(clause, roles)
    yield from _doubled("map", clause.maps)
    if known.duties is not None:
        unknown = sorted(set(clause.maps) - set(known.duties))
        yield from (f"maps: {duty} stands in no legal table" for duty in unknown)
    yield from (f"{name} does not stand in the clause's prose" for name in unsaid(clause))


def _waiver_problems(clause: Clause, roles: Collection[str]) -> Iterator[str]:
    rule = clause.waiver
    if rule.allowed and not (rule.approvers and rule.max_days):
        yield "a waiver needs approvers and max_days"
    if not rule.allowed and (rule.approvers or rule.max_days or rule.needs):
        yield "a waiver is not allowed, yet the rule says how to get one"
    yield from _unheld("waived by", rule.approvers, roles)
    yield from _doubled("approver", rule.approvers)


def _unheld(what: str, asked: Sequence[str], roles: Collection[str]) -> Iterator[str]:
    for role in sorted(set(asked) - set(roles)):
        yield (
            f"{what} {role}, whom neither approvals nor decision_approvals name; "
            f"roles: {', '.join(sorted(roles))}"
        )


def _excludes(applies: AppliesIf | None, scope: Scope) -> str | None:
    """Why a clause is for no decision in the policy's scope."""
    if applies is None:
        return None
    asked: tuple[tuple[str, Sequence[str], Sequence[str]], ...] = (
        ("use_cases", applies.use_cases, scope.use_cases),
        ("stages", applies.stages, STAGES_WITHIN[scope.stage]),
        ("jurisdictions", applies.jurisdictions, scope.jurisdictions),
    )
    for name, wanted, there in asked:
        shared = meet(wanted, there) if name == "jurisdictions" else set(wanted) & set(there)
        if wanted and there and not shared:
            return (
                f"applies_if.{name} {', '.join(wanted)}, the policy's scope has {', '.join(there)}"
            )
    return None


def _doubled(what: str, values: Sequence[str]) -> Iterator[str]:
    yield from (f"{what} {value} stands twice" for value, n in Counter(values).items() if n > 1)
