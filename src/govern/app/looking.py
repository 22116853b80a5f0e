"""Looks at a run on its way: where they are, what is measured there, whether all is settled.

The looks are planned before the first cell, in whole blocks of names, and every interval after
them is that of a run that could have stopped earlier. Source: docs/statistics.md#looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import pandas as pd

from govern import frames
from govern.app.docket import JUDGED
from govern.app.loading import Prepared
from govern.app.readable import readable_policy
from govern.domain.decision import SliceOutcome
from govern.domain.docket import Docket
from govern.domain.finding import Finding, Look, Looks, RunFacts, Undefined
from govern.domain.policy import MeasuredClause, Policy
from govern.errors import InputError, IntegrityError
from govern.metrics import measure
from govern.policy.judge import specs_of
from govern.policy.measured import judge_measured
from govern.policy.scope import narrowed
from govern.runner.cells import Planned
from govern.runner.folder import Intent, Until
from govern.sources.locate import Project
from govern.stats.looks import look_cases


def planned_looks(project: Project, prepared: Prepared, policy: str, *, now: datetime) -> Until:
    """Where a run that is to stop once it is decided looks.

    Raises:
        InputError: the plan has one block of names alone, or the policy compares with an
            incumbent, which no look does.
        PolicyError: the policy does not lint clean.
    """
    read = readable_policy(project, policy, now=now)
    against = [c.id for c in read.clauses if isinstance(c, MeasuredClause) and c.against]
    if against:
        raise InputError(
            f"--until-decided: policy {read.policy} compares with an incumbent "
            f"({', '.join(against)}), and differences are not looked at on the way; draft the "
            "whole plan"
        )
    groups = Counter(tuple(sorted(one.groups.items())) for one in prepared.identities.identities)
    cases = tuple(look_cases(prepared.plan.cases, min(groups.values())))
    if len(cases) < 2:
        raise InputError(
            f"--until-decided: plan {prepared.plan.id} has {prepared.plan.cases} cases, one round "
            f"of {min(groups.values())} names or less, so there is nowhere to stop earlier; take a "
            "larger plan"
        )
    return Until(policy_path=policy, policy_digest=read.digest, cases=cases)


def stages_of(
    until: Until | None, prepared: Prepared
) -> Iterator[tuple[Looks | None, list[Planned]]]:
    """The cells up to each look, with the looks taken by then; all of them where there is none."""
    if until is None:
        yield None, prepared.planned
        return
    for taken in range(1, len(until.cases) + 1):
        looks = Looks(cases=until.cases, taken=taken)
        yield looks, cells_upto(prepared.planned, looks)


def cells_upto(planned: Sequence[Planned], looks: Looks) -> list[Planned]:
    """The cells, in every block, of the cases that were drafted by the last look taken."""
    order = dict.fromkeys(p.request.cell.case_id for p in planned)
    first = set(list(order)[: looks.cases[looks.taken - 1]])
    return [p for p in planned if p.request.cell.case_id in first]


def looked_by(project: Project, intent: Intent) -> Policy | None:
    """The policy by which a run stops once it is decided, as it was then; ``None`` for no such run.

    Raises:
        IntegrityError: the policy changed since the run began.
    """
    if intent.until is None:
        return None
    read = readable_policy(project, intent.until.policy_path, now=intent.created)
    if read.digest != intent.until.policy_digest:
        raise IntegrityError(
            f"policy {read.policy} changed since the run began to look by it: expected "
            f"{intent.until.policy_digest}, found {read.digest}; put it back, or start a new run"
        )
    return read


def measured(
    frame: pd.DataFrame, measures: Iterable[str], looks: Looks | None
) -> tuple[Finding, ...]:
    """What a frame shows; with ``looks``, each finding with what it was at each of them."""
    names = list(measures)
    last = measure(frame, names)
    if looks is None:
        return last
    order = frames.main_block(frame)["case_id"].unique()
    stages = [
        measure(frame[frame["case_id"].isin(order[:cases])].reset_index(drop=True), names)
        for cases in looks.cases[: looks.taken - 1]
    ]
    return with_looks([*stages, last], looks)


def with_looks(stages: Sequence[tuple[Finding, ...]], looks: Looks) -> tuple[Finding, ...]:
    """The findings of the last stage, each with what it was at all of them."""
    told = [{_key(finding): finding for finding in stage} for stage in stages]

    def seen(finding: Finding, at: int) -> Look:
        then = told[at].get(_key(finding))
        share = looks.shares[at]
        if then is None:
            return Look(share=share, estimate=Undefined(reason="not measured at this look"))
        return Look(share=share, estimate=then.estimate, interval=then.interval)

    return tuple(
        finding.model_copy(update={"looks": tuple(seen(finding, at) for at in range(len(stages)))})
        for finding in stages[-1]
    )


def _key(finding: Finding) -> tuple[object, ...]:
    return finding.metric, finding.by, finding.contrast, finding.baseline


def unsettled(policy: Policy, facts: RunFacts, findings: Sequence[Finding]) -> list[str]:
    """The clauses that more of the planned drafts may still settle: those that block or warn.

    Whatever more drafts cannot change, such as a baseline that was not supplied, is as settled as
    it gets.
    """
    named = {clause.subject for clause in policy.clauses}
    docket = Docket(
        scope=narrowed(policy.scope, facts),
        signed_by=(),
        specs=tuple(JUDGED[name] for name in sorted(named & set(JUDGED))),
    )
    specs = specs_of(policy, docket)
    tries = policy.attempts.max_per_lineage
    planned = facts.looks.cases[-1] if facts.looks else 0
    return [
        clause.id
        for clause in policy.clauses
        if isinstance(clause, MeasuredClause)
        and clause.severity != "report"
        and clause.evidence.suite == facts.suite
        and clause.evidence.min_cases <= planned
        and _open(
            judge_measured(clause.over(tries), facts, findings, docket, specs[clause.metric]).slices
        )
    ]


def _open(slices: Sequence[SliceOutcome]) -> bool:
    if any(one.outcome == "fail" for one in slices):
        return False
    return any(one.outcome != "pass" and not _beyond_drafts(one) for one in slices)


def _beyond_drafts(one: SliceOutcome) -> bool:
    supplied = isinstance(one.estimate, Undefined) and one.estimate.code == "not_supplied"
    return supplied or one.reason == "missing_finding"
