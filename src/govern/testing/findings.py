"""Made-up findings, runs and certificates, for trying a policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from govern.domain import (
    Certificate,
    Counts,
    Docket,
    Dose,
    Finding,
    RunFacts,
    Scope,
    Silence,
    StudentT,
    Trial,
)
from govern.domain.certificate import Planter
from govern.domain.metric import Spec
from govern.testing.drafts import GROUPS


def run_facts(**changes: Any) -> RunFacts:
    """A run of the standard plan over ``GROUPS``, with ``changes``."""
    facts: dict[str, Any] = {
        "run_id": "made-up",
        "suite": "review-core",
        "suite_version": "1.0.0",
        "plan": "standard",
        "dataset": "made-up",
        "dataset_digest": "0" * 64,
        "use_case": "review",
        "synthetic": True,
        "pipeline": "made-up",
        "pipeline_version": "1.0.0",
        "fingerprint": "0" * 64,
        "planned": 480,
        "groups": {attribute: tuple(levels) for attribute, levels in GROUPS.items()},
        "drafts_digest": "0" * 64,
        "harness_version": "0",
        "seed": 0,
    }
    return RunFacts(**(facts | changes))


def finding_of(
    spec: Spec, estimate: float, *, se: float = 0.0, cases: int = 60, **changes: Any
) -> Finding:
    """A finding by evaluator ``made-up`` over ``cases``, as exact as ``se`` says."""
    counts = Counts(planned=480, ok=480, scored=480, cases=cases, units=480)
    facts: dict[str, Any] = {
        "metric": spec.id,
        "version": spec.version,
        "estimate": estimate,
        "interval": StudentT(se=se, df=30, clusters=cases),
        "unit": spec.unit,
        "sense": spec.sense,
        "method": spec.method,
        "counts": counts,
        "evaluator": "made-up",
    }
    return Finding(**(facts | changes))


def certificate_of(spec: Spec, **changes: Any) -> Certificate:
    """A certificate that holds, for the evaluator ``made-up``."""
    facts: dict[str, Any] = {
        "metric": spec.id,
        "metric_version": spec.version,
        "evaluator": "made-up",
        "made_on": "2026-01-02",
        "command": "none",
        "invariance_max_change": 0.0,
        "invariance_drafts": 480,
        "trials": (trial_of("authors"), trial_of("apart")),
        "must_detect_from": 0.5,
        "silence": Silence(runs=59, alarms=0, nominal=0.05, tail=1.0),
        "scored_by": "nobody",
    }
    return Certificate(**(facts | changes))


def docket_of(specs: Iterable[Spec], **changes: Any) -> Docket:
    """What lies before the judge: each metric has a certificate, the chair has signed."""
    given = tuple(specs)
    facts: dict[str, Any] = {
        "scope": Scope(use_cases=("review",), stage="pilot"),
        "signed_by": ("board-chair",),
        "specs": given,
        "certificates": tuple(certificate_of(spec) for spec in given),
    }
    return Docket(**(facts | changes))


def trial_of(planted_by: Planter, detected: Mapping[float, bool] | None = None) -> Trial:
    """A trial of a made-up effect; by default one whose only dose, 1, was found."""
    doses = (detected or {1.0: True}).items()
    return Trial(
        effect="made-up",
        planted_by=planted_by,
        doses=tuple(Dose(dose=dose, estimate=dose, detected=found) for dose, found in doses),
    )
