"""The whole shipped policy at ``standard``: how often all blocking clauses pass together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from govern.app import simulate
from govern.app.docket import SPECS
from govern.app.gate_trial import FAULTS
from govern.app.plan import clause_outcomes
from govern.domain.policy import Policy
from govern.domain.suite import Plan
from govern.policy.reader import read_policy
from operating.drafting import SHIPPED_NAMES

POLICY = Path(__file__).resolve().parents[2] / "policies" / "review-drafting.md"
STANDARD = Plan(id="standard", cases=360, markers=True, variants=True)


@dataclass(frozen=True)
class Gated:
    """Of ``runs`` simulated pipelines, how many pass every blocking clause, and fail some one."""

    runs: int
    passed: int
    failed: int

    def __add__(self, other: Gated) -> Gated:
        return Gated(self.runs + other.runs, self.passed + other.passed, self.failed + other.failed)


@lru_cache(maxsize=1)
def shipped_policy() -> Policy:
    return read_policy(POLICY.read_bytes(), where=POLICY.name)


def faults() -> Mapping[str, float]:
    """The cell margin of each blocking clause whose fault can be planted, by its metric."""
    return {
        clause.metric: max(cells)
        for clause in shipped_policy().drafts_alone
        if clause.severity == "block" and clause.metric in FAULTS
        if (cells := [s.inside for s in clause.slices if s.inside is not None and "*" in s.by])
    }


def gated(metric: str | None, dose: float, *, runs: int, seed: int) -> Gated:
    """A fair but noisy pipeline, or one with a fault of ``dose`` margins in one cell."""
    noise = simulate.Noise()
    if metric is not None:
        noise = replace(noise, **{FAULTS[metric][0]: dose * faults()[metric]})
    rng = np.random.default_rng([seed, round(dose * 100), *(metric or "").encode()])
    passed = failed = 0
    for _ in range(runs):
        found = simulate.findings(simulate.draft(STANDARD, SHIPPED_NAMES, noise, rng), SPECS)
        outcomes = clause_outcomes(shipped_policy(), found, severity="block").values()
        passed += all(outcome == "pass" for outcome in outcomes)
        failed += any(outcome == "fail" for outcome in outcomes)
    return Gated(runs, passed, failed)
