"""What the gate reads of a clause, said back in one sentence that is signed with it."""

from __future__ import annotations

from govern.domain.metric import Spec
from govern.domain.policy import Bound, Clause

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


def reading(clause: Clause, spec: Spec) -> str:
    """The sentence after "The gate reads this as:". ``spec`` is of the clause's metric."""
    sure = f"{clause.statistic.confidence:.0%} {clause.statistic.sided}-sided interval"
    needs = (
        f"It needs at least {clause.evidence.min_cases} cases of {clause.evidence.suite}"
        + (f", plan {clause.evidence.plan}" if clause.evidence.plan else "")
        + (f", baseline {clause.evidence.baseline}" if clause.evidence.baseline else "")
        + f", and a certificate ({clause.evidence.certificate} or better) for the evaluator."
    )
    return f"{_rule(clause, spec, sure)} {needs} {_SEVERITY[clause.severity]}"


def _rule(clause: Clause, spec: Spec, sure: str) -> str:
    what = f"{spec.id} (in {spec.unit})"
    if clause.pass_if is None or clause.fail_if is None:
        parts = "; ".join(f"{_over(s.by)} inside ±{s.inside:g}" for s in clause.slices)
        return (
            f"{what} passes when the {sure} of every slice lies within its margin ({parts}) "
            "and fails when one lies wholly outside."
        )
    over = ", ".join(_over(s.by) for s in clause.slices)
    return (
        f"{what}, {over}, passes when, by the {sure}, {_side(clause.pass_if)} "
        f"and fails when {_side(clause.fail_if)}"
        + ("; failing goes first." if spec.shape == "event" else ".")
    )


def _over(by: str) -> str:
    return "over all drafts" if by == "all" else f"by {by.replace('*', ' and ')}"


def _side(bound: Bound) -> str:
    return _SIDES[bound.name].format(f"{bound.value:g}")
