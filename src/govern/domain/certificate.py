"""Certificates: evidence about the evaluator behind a metric, for the very code that measured."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from govern.domain.base import Noun

Planter = Literal["authors", "apart"]


class Dose(Noun):
    """What the evaluator saw when a known share of drafts was spoiled."""

    dose: float
    estimate: float
    detected: bool


class Trial(Noun):
    """One planted effect at rising doses.

    ``authors`` of the evaluator planted it, or somebody who wrote it ``apart``, without
    having seen the evaluator.
    """

    effect: str
    planted_by: Planter
    doses: tuple[Dose, ...]

    def found_from(self, least: float) -> bool:
        """Whether every dose of at least ``least`` was detected; with no such dose, not."""
        asked = [d.detected for d in self.doses if d.dose >= least]
        return bool(asked) and all(asked)


class Silence(Noun):
    """How often the evaluator raised an alarm over clean drafts that vary by chance alone.

    Consistent with ``nominal`` when as many alarms or more come up in over one of twenty
    series of ``runs`` whose alarms are that frequent: ``tail`` is how frequent that is.
    """

    runs: int = Field(ge=1)
    alarms: int = Field(ge=0)
    nominal: float = Field(gt=0, lt=1)
    tail: float = Field(ge=0, le=1)

    @property
    def holds(self) -> bool:
        return self.tail > 0.05


class Agreement(Noun):
    """How the evaluators of some metrics agree with labels that people gave.

    ``sensitivity`` is the share of what people marked that they find, ``precision`` the share
    of what they find that people marked.
    """

    metrics: tuple[str, ...] = Field(min_length=1)
    labels: str
    labelled_by: str
    n: int = Field(ge=1)
    sensitivity: float = Field(ge=0, le=1)
    precision: float = Field(ge=0, le=1)
    command: str


class Certificate(Noun):
    """Whether an evaluator keeps still, finds what is planted, and is silent over clean drafts.

    Effects of its own authors planted at ``must_detect_from`` or more have to be found.
    """

    schema_version: Literal[2] = 2
    metric: str
    metric_version: str
    evaluator: str
    made_on: date
    command: str
    invariance_max_change: float
    invariance_drafts: int
    trials: tuple[Trial, ...]
    must_detect_from: float
    silence: Silence
    agreement: Agreement | None = None
    scored_by: str

    @property
    def holds(self) -> bool:
        """Still on identical text, alert to every effect of its authors, silent else."""
        own = [t.found_from(self.must_detect_from) for t in self.trials_by("authors")]
        apart = [t.found_from(self.must_detect_from) for t in self.trials_by("apart")]
        alert = all(own) and any(own + apart)
        return self.invariance_max_change == 0 and alert and self.silence.holds

    @property
    def independent(self) -> bool:
        """Whether somebody who had not seen the evaluator planted effects, and all were found."""
        apart = [t.found_from(self.must_detect_from) for t in self.trials_by("apart")]
        return bool(apart) and all(apart)

    def trials_by(self, planter: Planter) -> tuple[Trial, ...]:
        """The trials of one kind of planter."""
        return tuple(t for t in self.trials if t.planted_by == planter)

    def found_by_dose(self, planter: Planter) -> str:
        """How many effects were found at each dose, for display."""
        trials = self.trials_by(planter)
        doses = sorted({d.dose for t in trials for d in t.doses})
        found = {
            dose: sum(d.detected for t in trials for d in t.doses if d.dose == dose)
            for dose in doses
        }
        return (
            ", ".join(f"{found[dose]}/{len(trials)} at {dose:g}" for dose in doses)
            or "none planted"
        )


class GateTrial(Noun):
    """What a policy said of simulated pipelines with one known fault at one dose.

    ``dose`` is in ``unit``; 0 is a fair pipeline. What neither passed nor failed was told
    that there is not enough evidence.
    """

    plan: str
    cases: int = Field(ge=1)
    effect: str
    dose: float
    unit: str
    runs: int = Field(ge=1)
    passed: int = Field(ge=0)
    failed: int = Field(ge=0)


class GateCertificate(Noun):
    """How often a policy blocks clean pipelines and passes biased ones, by dose and plan.

    ``not_simulated`` are the clauses that the simulation says nothing of.
    """

    schema_version: Literal[1] = 1
    policy: str
    policy_digest: str
    made_on: date
    command: str
    seed: int
    not_simulated: tuple[str, ...]
    trials: tuple[GateTrial, ...]
