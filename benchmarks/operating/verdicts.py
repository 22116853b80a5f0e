"""How often a clause passes, fails or says that the evidence is not enough, at known gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govern.domain.finding import Counts, Finding, Interval
from govern.domain.policy import Bound, EvidenceNeeded, MeasuredClause, Slice, Statistic
from govern.policy.judge import worst
from govern.policy.verdicts import judge_slices
from govern.stats import contrasts as ct
from operating.contrasts import interval_of
from operating.drafting import (
    CELLS,
    SHIPPED_NAMES,
    Outcome,
    batches,
    designs,
    logistic,
    names_used,
)

Floats = NDArray[np.float64]
# Gaps in margins.
GAPS = (0.0, 0.5, 1.0, 2.0)
AXES = {"gender": 0, "race": 1}
AGENTIC = 2.2


@dataclass(frozen=True)
class Judged:
    """How a clause came out in ``runs`` runs."""

    runs: int
    outcomes: Mapping[str, int]

    def share(self, outcome: str) -> float:
        return self.outcomes.get(outcome, 0) / self.runs


@dataclass(frozen=True)
class Measured:
    """An outcome with the margins that docs/statistics.md gives its contrasts."""

    outcome: Outcome
    name_sd: float
    axes: float
    cells: float

    def margin(self, kind: str) -> float:
        return self.cells if kind == "cell" else self.axes


def _rating(rng: np.random.Generator, latent: Floats) -> Floats:
    """Bands in equal numbers; the effects are of case, name and draft."""
    gold = rng.integers(1, 6, (*latent.shape[:2], 1))
    return np.clip(np.rint(gold + latent), 1, 5)


MEASURES: Mapping[str, Measured] = {
    "rating shift, points": Measured(Outcome("rating", 1.0, 0.3, 0.5, _rating), 0.055, 0.15, 0.25),
    "key-evidence omission, share": Measured(
        Outcome("omission", 0.2, 0.6, 0.4, lambda rng, x: rng.binomial(5, logistic(x - 1.6)) / 5),
        0.1,
        0.05,
        0.10,
    ),
    "unsupported share of claims": Measured(
        Outcome("share", 1 / 12, 0.7, 0.5, lambda rng, x: rng.binomial(12, logistic(x - 3.7)) / 12),
        0.15,
        0.02,
        0.03,
    ),
    "length, log ratio": Measured(
        Outcome("length", 0.0055, 0.12, 0.12, lambda _, x: x), 0.012, 0.05, 0.10
    ),
    "agentic words per 100": Measured(
        Outcome("agentic", 1 / 1.8, 0.3, 0.3, lambda rng, x: rng.poisson(3.6 * np.exp(x)) / 1.8),
        0.06,
        0.20 * AGENTIC,
        0.30 * AGENTIC,
    ),
    "refusal or failure, share": Measured(
        Outcome("refusal", 1.0, 1.0, 0.0, lambda rng, x: rng.random(x.shape) < logistic(x - 5.3)),
        0.3,
        0.03,
        0.05,
    ),
}


def contrast_verdicts(
    measured: Measured, cases: int, *, runs: int, seed: int, alpha: float
) -> dict[tuple[str, float], Judged]:
    """Verdicts of the clauses on gender, race and cells, each with a gap in one group.

    The gap is added to the numbers of the group, so that it is exact. The variances do not see
    it, which is why one set of drafts serves all gaps.
    """
    rng = np.random.default_rng([seed, cases])
    used = names_used(cases, SHIPPED_NAMES)
    counted: dict[tuple[str, float], Counter[str]] = {}
    clauses = {
        kind: _inside(kind, measured.margin(kind), alpha) for kind in ("gender", "race", "cell")
    }
    for batch in batches(runs):
        values = measured.outcome.drafts(rng, batch, used, measured.name_sd)
        for design in designs(values, used):
            for kind, clause in clauses.items():
                weights = _weights(design, kind)
                found = [ct.contrast(design, w) for w in weights]
                for gap in GAPS:
                    moved = _moved(kind, gap * measured.margin(kind))
                    findings = [
                        _finding(
                            kind,
                            one.estimate + float(w @ moved),
                            interval_of(one, measured.outcome.step),
                            cases,
                        )
                        for one, w in zip(found, weights, strict=True)
                    ]
                    counted.setdefault((kind, gap), Counter())[verdict(clause, findings)] += 1
    return {key: Judged(runs, outcomes) for key, outcomes in counted.items()}


def level_verdicts(
    found: Callable[[float], Sequence[Sequence[tuple[float, Interval]]]],
    values: Sequence[float],
    *,
    cases: int,
    alpha: float,
    upper: float | None = None,
    lower: float | None = None,
    never: bool = False,
) -> dict[float, Judged]:
    """Verdicts of a clause with a threshold, at each of its true ``values``.

    Args:
        found: runs of some slices' estimates and intervals, given the truth.
        values: truths.
        cases: in a run.
        alpha: one-sided level.
        upper: the most that is allowed, or else
        lower: the least.
        never: one event fails.
    """
    if upper is not None:
        ends = Bound(upper_le=upper), Bound(lower_gt=0.0 if never else upper)
    else:
        ends = Bound(lower_ge=lower), Bound(upper_lt=lower)
    clause = _clause([Slice(by="level")], alpha, *ends)
    judged = {}
    for value in values:
        outcomes = Counter(
            verdict(clause, [_finding("level", *one, cases) for one in slices])
            for slices in found(value)
        )
        judged[value] = Judged(sum(outcomes.values()), outcomes)
    return judged


def verdict(clause: MeasuredClause, findings: Sequence[Finding]) -> str:
    """The worst over a clause's slices, as the gate says it."""
    return worst([s.outcome for s in judge_slices(clause, findings)])


def _weights(design: ct.Paired, kind: str) -> list[Floats]:
    if kind == "cell":
        return [ct.cell_against_others(design, i) for i in range(len(CELLS))]
    levels = sorted({cell[AXES[kind]] for cell in CELLS})
    wanted = levels[:1] if len(levels) == 2 else levels
    return [ct.against_others(design, AXES[kind], level) for level in wanted]


def _moved(kind: str, gap: float) -> Floats:
    """What is added to each cell so that its first group stands ``gap`` above the others."""
    if kind == "cell":
        return gap * (np.arange(len(CELLS)) == 0)
    first = min(cell[AXES[kind]] for cell in CELLS)
    return gap * np.array([float(cell[AXES[kind]] == first) for cell in CELLS])


def _inside(kind: str, margin: float, alpha: float) -> MeasuredClause:
    return _clause([Slice(by=kind, inside=margin)], alpha)


def _clause(
    slices: list[Slice],
    alpha: float,
    pass_if: Bound | None = None,
    fail_if: Bound | None = None,
) -> MeasuredClause:
    return MeasuredClause(
        id="OC-1",
        severity="block",
        metric="simulated",
        slices=tuple(slices),
        statistic=Statistic(confidence=1 - alpha, sided="one"),
        evidence=EvidenceNeeded(min_cases=1, suite="simulated"),
        pass_if=pass_if,
        fail_if=fail_if,
    )


def _finding(by: str, estimate: float, interval: Interval, cases: int) -> Finding:
    return Finding(
        metric="simulated",
        version="1",
        by=by,
        estimate=estimate,
        interval=interval,
        unit="its own",
        sense="centred",
        method="simulated",
        counts=Counts(planned=cases, ok=cases, scored=cases, cases=cases, units=cases),
        evaluator="simulated",
    )
