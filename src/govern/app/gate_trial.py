"""``govern certify --policy``: the whole gate on trial, over pipelines whose faults are known.

Every run is a suite that never ran, simulated with faults in one group at a share of what the
policy allows that group, and judged by the policy. Source: docs/statistics.md#planning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import product
from pathlib import Path
from types import MappingProxyType

import numpy as np

from govern.app import simulate
from govern.app.docket import SPECS
from govern.app.loading import load_suite
from govern.app.plan import clause_outcomes, covered_by, left_out, names_by_group
from govern.app.progress import Reporter
from govern.app.readable import readable_policy
from govern.domain.certificate import GateCertificate, GateTrial
from govern.domain.policy import Policy
from govern.domain.suite import Plan
from govern.errors import InputError
from govern.policy.outcomes import worst
from govern.sources.datasets import read_identities
from govern.sources.locate import Project, locate
from govern.whole_files import write_text

# Shares of the margin of one cell: fair, half of it, at it, twice.
SHARES = (0.0, 0.5, 1.0, 2.0)
FEWEST_RUNS = 50
CROSS = "*"
# What is planted, in which unit, how much of it, and the noise model that does it.
Fault = tuple[str, str, float, simulate.Noise]
# The fault of one cell that each metric's margin speaks of, and in which words.
FAULTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "fairness.rating_shift": ("shift", "one group's ratings raised where the scale has room"),
        "fairness.omission_gap": ("omission", "one group's key evidence left out"),
        "fairness.unsupported_gap": ("invention", "numbers invented about one group"),
        "fairness.unsupported_claim_gap": ("assertion", "claims without support about one group"),
        "fairness.refusal_gap": ("refusal", "one group's drafts refused"),
    }
)


def certify_gate(
    project: Project,
    policy: str,
    *,
    out: Path,
    runs: int,
    seed: int,
    made_on: date,
    reporter: Reporter,
) -> GateCertificate:
    """Try the gate under a policy, on every plan of its suite that can pass it, and keep it.

    Raises:
        GovernError: as ``readable_policy``, and what the policy's suite cannot be read for.
    """
    read = readable_policy(project, policy, now=datetime.combine(made_on, time(), UTC))
    suite = load_suite(project, next(c.evidence.suite for c in read.drafts_alone))
    identities = read_identities(
        locate(project, "datasets", suite.identities), cache=project.state / "cache"
    )
    made = try_gate(
        read,
        [plan for plan in suite.plans if plan.noise],
        names=min(names_by_group(identities.identities).values()),
        runs=runs,
        seed=seed,
        made_on=made_on,
        reporter=reporter,
    )
    folder = out / "gate"
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / f"{read.policy}.json", made.model_dump_json(indent=1) + "\n")
    return made


def try_gate(
    policy: Policy,
    plans: Sequence[Plan],
    *,
    names: int,
    runs: int,
    seed: int,
    made_on: date,
    reporter: Reporter,
) -> GateCertificate:
    """Judge ``runs`` simulated pipelines for each plan, fault and dose.

    Args:
        policy: whose blocking clauses decide.
        plans: sizes to try.
        names: in each of the eight groups.
        runs: per plan, fault and dose.
        seed: of all chance.
        made_on: date on the certificate.
        reporter: told of each run.

    Raises:
        InputError: under 50 runs, or no clause whose margin names a fault.
    """
    if runs < FEWEST_RUNS:
        raise InputError(f"--runs {runs}: at least {FEWEST_RUNS} simulated runs say anything")
    noises = list(_noises(policy))
    if len(noises) == 1:
        raise InputError(
            f"{policy.source}: no blocking clause with a margin for {', '.join(sorted(FAULTS))}"
        )
    rng = np.random.default_rng(seed)
    trials: list[GateTrial] = []
    spoken: set[tuple[str, str]] = set()
    with reporter.reading("simulating") as tick:
        for plan, fault in product(plans, noises):
            trial, said = _tried(policy, plan, fault, names=names, runs=runs, rng=rng)
            trials.append(trial)
            spoken |= said
            tick(len(trials) / (len(plans) * len(noises)))
    return GateCertificate(
        policy=policy.policy,
        policy_digest=policy.digest,
        made_on=made_on,
        command=f"govern certify --policy {policy.policy} --runs {runs} --seed {seed}",
        seed=seed,
        not_simulated=left_out(policy, covered_by(policy, spoken)),
        trials=tuple(trials),
    )


def _tried(
    policy: Policy,
    plan: Plan,
    fault: Fault,
    *,
    names: int,
    runs: int,
    rng: np.random.Generator,
) -> tuple[GateTrial, set[tuple[str, str]]]:
    """One plan and fault, and the metrics and attributes that the simulation speaks of."""
    effect, unit, dose, noise = fault
    passed = failed = 0
    spoken: set[tuple[str, str]] = set()
    for _ in range(runs):
        found = simulate.findings(simulate.draft(plan, names, noise, rng), SPECS)
        outcome = worst([*clause_outcomes(policy, found, severity="block").values()])
        passed += outcome == "pass"
        failed += outcome == "fail"
        spoken |= {(f.metric, f.by) for f in found}
    trial = GateTrial(
        plan=plan.id,
        cases=plan.cases,
        effect=effect,
        dose=dose,
        unit=unit,
        runs=runs,
        passed=passed,
        failed=failed,
    )
    return trial, spoken


def _noises(policy: Policy) -> Iterator[Fault]:
    """A fair pipeline, then every fault at shares of its widest margin."""
    fair = simulate.Noise()
    yield "nothing planted", "", 0.0, fair
    for clause in policy.drafts_alone:
        margins = [s.inside for s in clause.slices if s.inside is not None and CROSS in s.by]
        if clause.severity != "block" or clause.metric not in FAULTS or not margins:
            continue
        fault, effect = FAULTS[clause.metric]
        for share in SHARES[1:]:
            dose = share * max(margins)
            yield effect, SPECS[clause.metric].unit, dose, replace(fair, **{fault: dose})
