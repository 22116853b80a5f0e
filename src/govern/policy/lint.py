"""Everything in a policy that would mislead the people it binds or could never be met."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from govern.domain.finding import REFERENCE
from govern.domain.metric import Spec
from govern.domain.policy import Bound, MeasuredClause, Policy

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w]|\.\d)")

# Where a link leads is not said to the reader.
_LINK_TARGET = re.compile(r"\]\([^)]*\)")


def lint(policy: Policy, specs: Mapping[str, Spec], *, today: date) -> list[str]:
    """Problems, each with its line; none means the policy may be signed.

    Checked: it is not past review, its approvals can be met, every metric exists and every
    threshold suits it, pass and fail cannot both hold, and every number in a block stands in
    its prose.
    """
    problems = []
    if policy.review_by < today:
        problems.append(f"{policy.source}: past its review date {policy.review_by}")
    if policy.approved > today:
        problems.append(f"{policy.source}: approved on {policy.approved}, which is yet to come")
    if policy.approvals.threshold > len(policy.approvals.roles):
        problems.append(f"{policy.source}: more approvals needed than there are roles")
    strangers = set(policy.approvals.required) - set(policy.approvals.roles)
    if strangers:
        problems.append(f"{policy.source}: required role(s) {', '.join(strangers)} may not approve")
    if not any(clause.severity == "block" for clause in policy.clauses):
        problems.append(f"{policy.source}: no clause blocks, so nothing could ever be stopped")
    for clause in policy.clauses:
        where = f"{policy.source}:{clause.line}: clause {clause.id}"
        if isinstance(clause, MeasuredClause):
            problems += [f"{where}: {what}" for what in _clause_problems(clause, specs)]
    return problems


def _clause_problems(clause: MeasuredClause, specs: Mapping[str, Spec]) -> list[str]:
    problems = []
    spec = specs.get(clause.metric)
    if spec is None:
        known = ", ".join(sorted(specs))
        problems.append(f"metric {clause.metric!r} is not measured by anything; known: {known}")
    else:
        problems += _shape_problems(clause, spec)
    doubled = sorted({s.by for s in clause.slices if [t.by for t in clause.slices].count(s.by) > 1})
    problems += [f"slice {by} stands twice" for by in doubled]
    said = {float(n) for n in _NUMBER.findall(_LINK_TARGET.sub("]", clause.prose))}
    for name, number in _numbers(clause):
        if number not in said:
            problems.append(f"{name} {number:g} does not stand in the clause's prose")
    if clause.severity == "block" and clause.evidence.baseline == REFERENCE:
        problems.append(f"baseline {REFERENCE} may warn, not block")
    if clause.waiver.allowed and not (clause.waiver.approvers and clause.waiver.max_days):
        problems.append("a waiver needs approvers and max_days")
    return problems


def _shape_problems(clause: MeasuredClause, spec: Spec) -> list[str]:
    if spec.shape == "table":
        return [f"{spec.id} is a table for people to read, no clause can be judged by it"]
    margins = clause.pass_if is None
    if margins != (spec.shape == "contrast"):
        wanted = "a margin (inside)" if spec.shape == "contrast" else "pass_if and fail_if"
        return [f"{spec.id} is a {spec.shape} and takes {wanted}"]
    if clause.pass_if is None or clause.fail_if is None:
        return [] if clause.statistic.sided == "two" else ["a margin needs a two-sided interval"]
    problems = []
    if clause.pass_if.on_upper == clause.fail_if.on_upper:
        problems.append("pass_if and fail_if look at the same end of the interval")
    elif spec.shape != "event" and _overlap(clause.pass_if, clause.fail_if):
        problems.append("one interval could both pass and fail")
    if clause.pass_if.on_upper != (spec.sense == "lower_is_better"):
        better = spec.sense.replace("_", " ")
        problems.append(f"pass_if looks at the wrong end: for {spec.id}, {better}")
    return problems


def _overlap(passes: Bound, fails: Bound) -> bool:
    if passes.on_upper:
        return fails.value < passes.value
    return fails.value > passes.value


def _numbers(clause: MeasuredClause) -> list[tuple[str, float]]:
    named: list[tuple[str, float | None]] = [
        ("confidence", clause.statistic.confidence),
        ("min_cases", clause.evidence.min_cases),
        ("pass_if", clause.pass_if.value if clause.pass_if else None),
        ("fail_if", clause.fail_if.value if clause.fail_if else None),
        ("max_days", clause.waiver.max_days),
    ]
    named += [(f"inside ({s.by})", s.inside) for s in clause.slices]
    return [(name, float(value)) for name, value in named if value is not None]
