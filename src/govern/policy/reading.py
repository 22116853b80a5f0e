"""What the gate reads of a clause, said back in one sentence that is signed with it."""

from __future__ import annotations

from collections.abc import Mapping

from govern.domain.metric import Spec
from govern.domain.policy import (
    AttestedClause,
    Bound,
    Clause,
    JudgedClause,
    MeasuredClause,
    Must,
    Policy,
    PropertyClause,
    RecordClause,
    WaiverRule,
)
from govern.policy.stated import in_words, shown

_SIDES = {
    "upper_le": "the upper end of the interval is at most {}",
    "upper_lt": "the upper end of the interval is below {}",
    "lower_ge": "the lower end of the interval is at least {}",
    "lower_gt": "the lower end of the interval is above {}",
}
_SEVERITY = {
    "block": "It blocks.",
    "warn": "It warns and does not block.",
    "report": "It is reported and decides nothing.",
}


def reading(clause: Clause, specs: Mapping[str, Spec], *, attempts: int) -> str:
    """The sentence after "The gate reads this as:".

    Args:
        clause: of a linted policy.
        specs: of every metric and statistic of the record.
        attempts: how often a lineage may try, each at its share of the doubt allowed.
    """
    match clause:
        case MeasuredClause():
            said = f"{_rule(clause, specs[clause.metric], attempts)} {_evidence(clause)}"
        case RecordClause():
            said = f"{_rule(clause, specs[clause.record], attempts)} {_record(clause)}"
        case PropertyClause():
            said = (
                f"It passes when the pipeline's manifest states its {in_words(clause.property)} "
                f"and it {_must(clause.must)}, and fails when it states anything else."
            )
        case AttestedClause():
            said = _attested(clause)
    return " ".join(
        [said, *_conditions(clause), _waiver(clause.waiver), _SEVERITY[clause.severity]]
    )


def readings(policy: Policy, specs: Mapping[str, Spec]) -> dict[str, str]:
    """What the gate reads each clause as, by its id; signed with the policy."""
    attempts = policy.attempts.max_per_lineage
    return {clause.id: reading(clause, specs, attempts=attempts) for clause in policy.clauses}


def _evidence(clause: MeasuredClause) -> str:
    needed = clause.evidence
    return (
        f"It needs at least {needed.min_cases} cases of {needed.suite}"
        + (f", plan {needed.plan}" if needed.plan else "")
        + (f", baseline {needed.baseline}" if needed.baseline else "")
        + f", and a certificate ({needed.certificate} or better) for the evaluator."
    )


def _record(clause: RecordClause) -> str:
    needed = clause.evidence
    return (
        f"It needs at least {needed.min_cases} cases in the contest record of the last "
        f"{needed.window_days} days."
    )


def _must(must: Must) -> str:
    match must.name:
        case "equals":
            return f"is {shown(must.value)}"
        case "one_of":
            return f"holds nothing but {shown(must.value)}"
        case "none_of":
            return f"holds none of {shown(must.value)}"
        case "includes":
            return f"holds {shown(must.value)}"
        case "at_most":
            return f"is at most {must.value}"
        case _:
            return "is not empty"


def _attested(clause: AttestedClause) -> str:
    objection = "" if "objected" in clause.answers else ", and fails when one objected"
    answers = " or ".join(map(in_words, clause.answers))
    return (
        f"It passes when somebody with the role {in_words(clause.role)} has signed "
        f"“{in_words(clause.attest)}” with the answer {answers}, not longer than "
        f"{clause.max_age_days} days ago{objection}."
    )


def _conditions(clause: Clause) -> list[str]:
    if clause.applies_if is None:
        return []
    named = [
        f"{what} {' or '.join(values)}"
        for what, values in (
            ("use", clause.applies_if.use_cases),
            ("stage", clause.applies_if.stages),
            ("jurisdiction", clause.applies_if.jurisdictions),
        )
        if values
    ]
    return [f"It applies only to {' and '.join(named)}."] if named else []


def _waiver(rule: WaiverRule) -> str:
    if not rule.allowed:
        return "It cannot be waived."
    ticket = ", with a ticket" if "ticket" in rule.needs else ""
    who = " and ".join(rule.approvers)
    return f"It may be waived by {who} together, for at most {rule.max_days} days{ticket}."


def _rule(clause: JudgedClause, spec: Spec, attempts: int) -> str:
    sure = f"{clause.statistic.confidence:.0%} {clause.statistic.sided}-sided interval"
    if attempts > 1:
        each = as_percent(clause.statistic.over(attempts).confidence)
        sure += f" over {attempts} attempts ({each} in each)"
    incumbent = isinstance(clause, MeasuredClause) and clause.against == "incumbent"
    less = ", candidate minus incumbent" if incumbent else ""
    of = "drafts" if isinstance(clause, MeasuredClause) else "contests"
    unit = spec.unit if spec.unit.startswith("of ") else f"in {spec.unit}"
    what = f"{spec.id} ({unit}{less})"
    if clause.pass_if is None or clause.fail_if is None:
        parts = "; ".join(f"{_over(s.by, of)} inside ±{s.inside:g}" for s in clause.slices)
        return (
            f"{what} passes when the {sure} of every slice lies within its margin ({parts}) "
            "and fails when one lies wholly outside."
        )
    over = ", ".join(_over(s.by, of) for s in clause.slices)
    return (
        f"{what}, {over}, passes when, by the {sure}, {_side(clause.pass_if)} "
        f"and fails when {_side(clause.fail_if)}"
        + ("; failing goes first." if spec.shape == "event" else ".")
    )


def as_percent(share: float) -> str:
    """A confidence as people write it, with at most one digit after the point."""
    return f"{100 * share:.1f}".removesuffix(".0") + "%"


def _over(by: str, of: str) -> str:
    return f"over all {of}" if by == "all" else f"by {' and '.join(map(in_words, by.split('*')))}"


def _side(bound: Bound) -> str:
    return _SIDES[bound.name].format(f"{bound.value:g}")
