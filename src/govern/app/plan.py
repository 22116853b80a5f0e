"""``govern plan``: what a plan costs, what it can detect, and what a policy would say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from govern.app import simulate
from govern.app.docket import SPECS
from govern.app.loading import Prepared, load_suite, prepare
from govern.app.progress import Reporter
from govern.domain.case import Identity
from govern.domain.decision import Outcome
from govern.domain.finding import Finding, Undefined
from govern.domain.policy import MeasuredClause, Policy, Severity
from govern.errors import InputError
from govern.policy.outcomes import worst
from govern.policy.verdicts import judge_slices, margin_of
from govern.sources.locate import Project
from govern.stats.detectable import detectable
from govern.stats.intervals import bounds

CHARACTERS_PER_TOKEN = 4
SAMPLE = 24
# Of each clause's slice, over runs: the widest half-width, and the effect shown last.
_Seen = dict[tuple[str, str], tuple[list[float], list[float | None]]]


@dataclass(frozen=True)
class Prices:
    """What the user pays: per million tokens, and how fast drafts come."""

    per_million_in: float | None = None
    per_million_out: float | None = None
    tokens_out: int = 250
    seconds_per_draft: float = 2.0
    at_once: int = 8


@dataclass(frozen=True)
class Cost:
    """Expected size of a run; ``marked`` cells are those of markers and of their controls."""

    cells: int
    main: int
    noise: int
    marked: int
    varied: int
    tokens_in: int
    tokens_out: int
    minutes: float
    money: float | None


@dataclass(frozen=True)
class Detectable:
    """What one clause can see with the plan.

    ``half_width`` of the interval of a fair pipeline, on average over runs and the widest
    slice; ``failed_from`` the true value that is called a failure in four runs of five, of the
    slice that shows it last; ``None`` where no value of the unit would be.
    """

    clause: str
    slice: str
    margin: float | None
    half_width: float
    failed_from: float | None


@dataclass(frozen=True)
class Chances:
    """How often simulated pipelines pass: each clause, all blocking ones, and biased ones."""

    runs: int
    clauses: Mapping[str, float]
    fair_passes: float
    biased: str
    biased_passes: float
    biased_fails: float
    not_simulated: tuple[str, ...]


@dataclass(frozen=True)
class Planned:
    """The whole answer."""

    suite: str
    plan: str
    cost: Cost
    detectable: tuple[Detectable, ...]
    chances: Chances | None


def plan_suite(
    project: Project,
    suite: str,
    *,
    plan: str,
    pipeline: str,
    prices: Prices,
    policy: Policy | None,
    runs: int,
    seed: int,
    reporter: Reporter,
) -> Planned:
    """Size, cost and chances of a plan.

    Raises:
        InputError: as ``prepare``, or fewer than 50 simulated runs are asked for.
    """
    if runs < 50:
        raise InputError(f"--runs {runs}: at least 50 simulated runs say anything")
    prepared = prepare(project, load_suite(project, suite), plan, pipeline)
    found: tuple[tuple[Detectable, ...], Chances | None] = ((), None)
    if policy is not None:
        found = _simulated(prepared, policy, runs=runs, seed=seed, reporter=reporter)
    return Planned(
        suite=prepared.suite.id,
        plan=plan,
        cost=_cost(prepared, prices),
        detectable=found[0],
        chances=found[1],
    )


def _cost(prepared: Prepared, prices: Prices) -> Cost:
    cells = len(prepared.planned)
    blocks = Counter(p.request.cell.block for p in prepared.planned)
    step = max(cells // SAMPLE, 1)
    sample = prepared.planned[::step]
    characters = sum(len(prepared.pipeline.prompt(p.request.packet)) for p in sample)
    tokens_in = round(characters / len(sample) / CHARACTERS_PER_TOKEN * cells)
    tokens_out = prices.tokens_out * cells
    money = None
    if prices.per_million_in is not None and prices.per_million_out is not None:
        money = (tokens_in * prices.per_million_in + tokens_out * prices.per_million_out) / 1e6
    minutes = cells * prices.seconds_per_draft / prices.at_once / 60
    return Cost(
        cells=cells,
        main=blocks["main"],
        noise=blocks["noise"],
        marked=blocks["marker"] + blocks["control"],
        varied=blocks["variant"],
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        minutes=round(minutes, 1),
        money=money,
    )


def _simulated(
    prepared: Prepared, policy: Policy, *, runs: int, seed: int, reporter: Reporter
) -> tuple[tuple[Detectable, ...], Chances]:
    names = min(names_by_group(prepared.identities.identities).values())
    fair = simulate.Noise()
    shift = _twice_the_margin(policy)
    unfair = replace(fair, shift=shift)
    passed: dict[str, int] = dict.fromkeys((c.id for c in policy.drafts_alone), 0)
    joint, biased_pass, biased_fail = 0, 0, 0
    seen: _Seen = {}
    rng = np.random.default_rng(seed)
    with reporter.drafting("simulated runs", done=0, planned=runs) as tick:
        for run in range(runs):
            found = simulate.findings(simulate.draft(prepared.plan, names, fair, rng), SPECS)
            outcomes = clause_outcomes(policy, found)
            covered = covered_by(policy, {(f.metric, f.by) for f in found})
            blocking = [c.id for c in covered if c.severity == "block"]
            joint += worst([outcomes[i] for i in blocking]) == "pass"
            for clause, outcome in outcomes.items():
                passed[clause] += outcome == "pass"
            _note_seen(policy, found, seen)
            found = simulate.findings(simulate.draft(prepared.plan, names, unfair, rng), SPECS)
            outcomes = clause_outcomes(policy, found)
            biased_pass += worst([outcomes[i] for i in blocking]) == "pass"
            biased_fail += worst([outcomes[i] for i in blocking]) == "fail"
            tick(run + 1, 0)
    spoken = {c.id: passed[c.id] / runs for c in covered}
    chances = Chances(
        runs=runs,
        clauses=spoken,
        fair_passes=joint / runs,
        biased=f"ratings of one gender and race or ethnicity moved by {shift:g} points",
        biased_passes=biased_pass / runs,
        biased_fails=biased_fail / runs,
        not_simulated=left_out(policy, covered),
    )
    return _detectable(policy, seen), chances


def covered_by(policy: Policy, spoken: Collection[tuple[str, str]]) -> tuple[MeasuredClause, ...]:
    """The clauses of all of whose slices findings speak, by metric and attribute."""
    return tuple(
        c for c in policy.drafts_alone if all((c.metric, s.by) in spoken for s in c.slices)
    )


def left_out(policy: Policy, covered: Collection[MeasuredClause]) -> tuple[str, ...]:
    """Ids of the clauses that simulated drafts say nothing of."""
    named = {clause.id for clause in covered}
    return tuple(c.id for c in policy.clauses if c.id not in named)


def names_by_group(identities: Sequence[Identity]) -> dict[tuple[str, ...], int]:
    """How many names each cell of all attributes has."""
    counted: dict[tuple[str, ...], int] = {}
    for identity in identities:
        key = tuple(identity.groups[a] for a in sorted(identity.groups))
        counted[key] = counted.get(key, 0) + 1
    return counted


def _twice_the_margin(policy: Policy) -> float:
    """Twice the widest margin that the policy gives the rating of one group."""
    margins = [
        s.inside
        for c in policy.drafts_alone
        if c.metric == "fairness.rating_shift"
        for s in c.slices
        if s.inside
    ]
    if not margins:
        raise InputError(f"{policy.source}: no clause on fairness.rating_shift to plan for")
    return 2 * max(margins)


def clause_outcomes(
    policy: Policy, found: tuple[Finding, ...], *, severity: Severity | None = None
) -> dict[str, Outcome]:
    """What each clause (of a severity) says of findings; suites and certificates do not count."""
    outcomes: dict[str, Outcome] = {}
    for clause in policy.drafts_alone:
        if severity not in (None, clause.severity):
            continue
        wanted = {s.by for s in clause.slices}
        mine = [f for f in found if f.metric == clause.metric and f.by in wanted]
        outcomes[clause.id] = worst([s.outcome for s in judge_slices(clause, mine)])
    return outcomes


def _note_seen(policy: Policy, found: tuple[Finding, ...], seen: _Seen) -> None:
    for clause in policy.drafts_alone:
        judged = [f for f in found if f.metric == clause.metric]
        judged = [f for f in judged if f.by in {s.by for s in clause.slices}]
        for slice_ in clause.slices:
            mine = [f for f in judged if f.by == slice_.by]
            if mine:
                widths, effects = seen.setdefault((clause.id, slice_.by), ([], []))
                widths.append(max(_half_width(clause, f) for f in mine))
                effects.append(_shown_last(clause, mine, slices=len(judged)))


def _half_width(clause: MeasuredClause, finding: Finding) -> float:
    if isinstance(finding.estimate, Undefined) or finding.interval is None:
        return float("inf")
    low, high = bounds(finding.estimate, finding.interval, clause.statistic.alpha)
    return (high - low) / 2


def _shown_last(clause: MeasuredClause, findings: list[Finding], *, slices: int) -> float | None:
    """The effect that every one of some slices would be called a failure for, at the first of
    Holm's levels, or ``None``.
    """
    bound = clause.fail_if
    above = bound is None or not bound.on_upper
    effects: list[float] = []
    for finding in findings:
        limit = margin_of(clause, finding) if bound is None else bound.value
        if limit is None or finding.interval is None:
            return None
        level = clause.statistic.alpha / slices
        effect = detectable(limit, finding.interval, level, above=above)
        if effect is None:
            return None
        effects.append(effect)
    return max(effects) if above else min(effects)


def _detectable(policy: Policy, seen: _Seen) -> tuple[Detectable, ...]:
    rows = []
    for clause in policy.drafts_alone:
        for slice_ in clause.slices:
            if (clause.id, slice_.by) not in seen:
                continue
            widths, effects = seen[clause.id, slice_.by]
            shown = [e for e in effects if e is not None]
            rows.append(
                Detectable(
                    clause=clause.id,
                    slice=slice_.by,
                    margin=slice_.inside,
                    half_width=sqrt(float(np.mean(np.square(widths)))),
                    failed_from=float(np.mean(shown)) if len(shown) == len(effects) else None,
                )
            )
    return tuple(rows)
