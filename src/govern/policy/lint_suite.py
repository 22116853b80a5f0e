"""Evidence that the suite a clause names can give."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import ceil, floor

from govern.domain.finding import REFERENCE
from govern.domain.policy import MeasuredClause, Scope, Slice
from govern.policy.known import Known, MetricFacts, Over, PlanFacts, SuiteFacts

ALTERED: dict[str, Over] = {"marker": "marker", "variant": "variant"}
_SAID: dict[Over, str] = {
    "all": "over all drafts",
    "attribute": "by one attribute",
    "cross": "by a combination of attributes",
    "marker": "by marker",
    "variant": "by variant",
}


def suite_problems(clause: MeasuredClause, known: Known, scope: Scope) -> Iterator[str]:
    """What a clause asks of its metric, suite and plan that they do not have."""
    facts = known.metrics.get(clause.metric)
    if facts:
        yield from _metric_problems(clause, facts)
    if clause.severity == "block" and clause.evidence.baseline == REFERENCE:
        yield f"baseline {REFERENCE} may warn, not block"
    if known.suites is None or clause.metric not in known.specs:
        return
    suite = known.suites.get(clause.evidence.suite)
    if suite is None:
        names = ", ".join(sorted(known.suites)) or "none"
        yield f"suite {clause.evidence.suite!r} is not known; known: {names}"
        return
    yield from _scope_problems(clause, suite, scope)
    yield from _plan_problems(clause, suite, facts)
    for slice_ in clause.slices:
        yield from _slice_problems(slice_, suite)


def _metric_problems(clause: MeasuredClause, facts: MetricFacts) -> Iterator[str]:
    for slice_ in clause.slices:
        if over(slice_) not in facts.over:
            has = " and ".join(_SAID[kind] for kind in _SAID if kind in facts.over)
            yield f"{clause.metric} has no findings for slice {slice_.by}; it has them {has}"
    if clause.evidence.baseline and not facts.baseline:
        yield f"{clause.metric} has no baseline"


def over(slice_: Slice) -> Over:
    """What kind of groups a slice is over."""
    if slice_.by == "all":
        return "all"
    return ALTERED.get(slice_.by, "cross" if "*" in slice_.by else "attribute")


def _scope_problems(clause: MeasuredClause, suite: SuiteFacts, scope: Scope) -> Iterator[str]:
    name = clause.evidence.suite
    if clause.metric not in suite.measures:
        yield f"suite {name} does not measure {clause.metric}"
    for what, has, wanted in (
        ("use case", suite.use_case, scope.use_cases),
        ("language", suite.language, scope.languages),
    ):
        if has not in wanted:
            yield f"suite {name} has {what} {has}, the policy's scope {', '.join(wanted)}"


def _plan_problems(
    clause: MeasuredClause, suite: SuiteFacts, facts: MetricFacts | None
) -> Iterator[str]:
    needed = clause.evidence
    plans = suite.plans
    if needed.plan and needed.plan not in plans:
        yield f"suite {needed.suite} has no plan {needed.plan!r}; it has {', '.join(plans)}"
        return
    asked = [plans[needed.plan]] if needed.plan else list(plans.values())
    named = f"plan {needed.plan} of" if needed.plan else "no plan of"
    block = facts.needs if facts else None
    able = [plan for plan in asked if block is None or block in plan.blocks]
    if not able:
        has = "has no" if needed.plan else "has"
        yield f"{clause.metric} needs {block}; {named} suite {needed.suite} {has} any"
        return
    for slice_ in clause.slices:
        most = max(_cases(plan, slice_, suite, facts) for plan in able)
        if needed.min_cases > most:
            yield (
                f"min_cases {needed.min_cases} can never be had for slice {slice_.by}: "
                f"{needed.plan or 'the largest plan'} of suite {needed.suite} has {most} "
                f"such cases for {clause.metric}"
            )


def _cases(plan: PlanFacts, slice_: Slice, suite: SuiteFacts, facts: MetricFacts | None) -> int:
    """How many of a plan's cases can show the metric in each group of a slice."""
    kinds = suite.alterations.get(slice_.by)
    if kinds:
        return ceil(plan.cases / len(kinds))
    return floor(plan.cases * (facts.share if facts else 1.0) + 0.5)


def _slice_problems(slice_: Slice, suite: SuiteFacts) -> Iterator[str]:
    if slice_.by == "all" or slice_.by in suite.alterations:
        return
    attributes = slice_.by.split("*")
    unknown = [a for a in attributes if a not in suite.groups]
    for attribute in unknown:
        has = ", ".join((*suite.groups, *suite.alterations)) or "none"
        yield f"slice {slice_.by}: the suite has no attribute {attribute!r}; it has {has}"
    if len(set(attributes)) < len(attributes):
        yield f"slice {slice_.by} crosses an attribute with itself"
        return
    if unknown:
        return
    if len(suite.groups[attributes[0]]) < 2 and len(attributes) == 1:
        yield f"slice {slice_.by}: the suite has one group only"
    there = {tuple(cell.get(a) for a in attributes) for cell in suite.cells}
    lacking = set(product(*(suite.groups[a] for a in attributes))) - there
    if lacking:
        cells = ", ".join(" and ".join(cell) for cell in sorted(lacking))
        yield f"slice {slice_.by}: the suite has no identity that is {cells}"
