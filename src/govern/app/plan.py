"""``govern plan``: what a plan costs, what it can detect, and what a policy would say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from govern.app import simulate
from govern.app.gate import SPECS
from govern.app.loading import Prepared, load_suite, prepare
from govern.app.progress import Reporter
from govern.domain.case import Identity
from govern.domain.finding import Finding, Undefined
from govern.domain.policy import Clause, Policy, Severity
from govern.errors import InputError
from govern.policy.judge import worst
from govern.policy.verdicts import judge_slices
from govern.sources.locate import Project
from govern.stats.intervals import bounds
from govern.stats.quantiles import t_quantile

CHARACTERS_PER_TOKEN = 4
POWER_Z = 0.8416212335729143
SAMPLE = 24


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
    """Expected size of a run."""

    cells: int
    main: int
    noise: int
    tokens_in: int
    tokens_out: int
    minutes: float
    money: float | None


@dataclass(frozen=True)
class Detectable:
    """What one clause can see with the plan.

    ``half_width`` of the interval of a fair pipeline, on average over runs and the widest
    slice; ``failed_from`` the true effect that is called a failure in four runs of five.
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
    noise = sum(p.request.cell.block == "noise" for p in prepared.planned)
    step = max(cells // SAMPLE, 1)
    sample = prepared.planned[::step]
    characters = sum(len(prepared.pipeline.prompt(p.request.packet)) for p in sample)
    tokens_in = round(characters / len(sample) / CHARACTERS_PER_TOKEN * cells)
    tokens_out = prices.tokens_out * cells
    money = None
    if prices.per_million_in is not None and prices.per_million_out is not None:
        money = (tokens_in * prices.per_million_in + tokens_out * prices.per_million_out) / 1e6
    minutes = cells * prices.seconds_per_draft / prices.at_once / 60
    return Cost(cells, cells - noise, noise, tokens_in, tokens_out, round(minutes, 1), money)


def _simulated(
    prepared: Prepared, policy: Policy, *, runs: int, seed: int, reporter: Reporter
) -> tuple[tuple[Detectable, ...], Chances]:
    names = min(names_by_group(prepared.identities.identities).values())
    blocking = [c for c in policy.clauses if c.severity == "block"]
    fair = simulate.Noise()
    shift = _twice_the_margin(policy)
    unfair = replace(fair, shift=shift)
    passed: dict[str, int] = dict.fromkeys((c.id for c in policy.clauses), 0)
    joint, biased_pass, biased_fail = 0, 0, 0
    widths: dict[tuple[str, str], list[float]] = {}
    rng = np.random.default_rng(seed)
    with reporter.drafting("simulated runs", done=0, planned=runs) as tick:
        for run in range(runs):
            found = simulate.findings(simulate.draft(prepared.plan, names, fair, rng), SPECS)
            outcomes = clause_outcomes(policy, found)
            joint += all(outcomes[c.id] == "pass" for c in blocking)
            for clause, outcome in outcomes.items():
                passed[clause] += outcome == "pass"
            _note_widths(policy, found, widths)
            found = simulate.findings(simulate.draft(prepared.plan, names, unfair, rng), SPECS)
            outcomes = clause_outcomes(policy, found)
            biased_pass += all(outcomes[c.id] == "pass" for c in blocking)
            biased_fail += any(outcomes[c.id] == "fail" for c in blocking)
            tick(run + 1, 0)
    simulated = {f.metric for f in found}
    chances = Chances(
        runs=runs,
        clauses={c.id: passed[c.id] / runs for c in policy.clauses if c.metric in simulated},
        fair_passes=joint / runs,
        biased=f"ratings of one gender and race or ethnicity moved by {shift:g} points",
        biased_passes=biased_pass / runs,
        biased_fails=biased_fail / runs,
        not_simulated=tuple(c.id for c in policy.clauses if c.metric not in simulated),
    )
    return _detectable(policy, widths), chances


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
        for c in policy.clauses
        if c.metric == "fairness.rating_shift"
        for s in c.slices
        if s.inside
    ]
    if not margins:
        raise InputError(f"{policy.source}: no clause on fairness.rating_shift to plan for")
    return 2 * max(margins)


def clause_outcomes(
    policy: Policy, found: tuple[Finding, ...], *, severity: Severity | None = None
) -> dict[str, str]:
    """What each clause (of a severity) says of findings; suites and certificates do not count."""
    outcomes: dict[str, str] = {}
    for clause in policy.clauses:
        if severity not in (None, clause.severity):
            continue
        wanted = {s.by for s in clause.slices}
        mine = [f for f in found if f.metric == clause.metric and f.by in wanted]
        outcomes[clause.id] = worst([s.outcome for s in judge_slices(clause, mine)])
    return outcomes


def _note_widths(
    policy: Policy, found: tuple[Finding, ...], widths: dict[tuple[str, str], list[float]]
) -> None:
    for clause in policy.clauses:
        for slice_ in clause.slices:
            mine = [f for f in found if f.metric == clause.metric and f.by == slice_.by]
            halves = [_half_width(clause, f) for f in mine]
            if halves:
                widths.setdefault((clause.id, slice_.by), []).append(max(halves))


def _half_width(clause: Clause, finding: Finding) -> float:
    if isinstance(finding.estimate, Undefined) or finding.interval is None:
        return float("inf")
    low, high = bounds(finding.estimate, finding.interval, clause.statistic.alpha)
    return (high - low) / 2


def _detectable(
    policy: Policy, widths: dict[tuple[str, str], list[float]]
) -> tuple[Detectable, ...]:
    rows = []
    for clause in policy.clauses:
        for slice_ in clause.slices:
            seen = widths.get((clause.id, slice_.by))
            if not seen:
                continue
            half = sqrt(float(np.mean(np.square(seen))))
            rows.append(
                Detectable(
                    clause=clause.id,
                    slice=slice_.by,
                    margin=slice_.inside,
                    half_width=half,
                    failed_from=_failed_from(clause, slice_.inside, half, len(clause.slices)),
                )
            )
    return tuple(rows)


def _failed_from(clause: Clause, margin: float | None, half: float, slices: int) -> float | None:
    """The effect at which the interval lies beyond the margin four times of five.

    From the half-width h at α: standard error h/t(α), failure at the first Holm level.
    """
    if margin is None:
        return None
    many = 1000
    alpha = clause.statistic.alpha
    per_se = half / t_quantile(alpha, many)
    return margin + per_se * (t_quantile(alpha / max(slices, 1), many) + POWER_Z)
