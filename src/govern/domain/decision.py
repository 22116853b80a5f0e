"""What the judge decides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from govern.domain.base import Noun
from govern.domain.certificate import GateCertificate
from govern.domain.finding import Finding, RunFacts, Undefined
from govern.domain.policy import Scope, Severity

Outcome = Literal["pass", "fail", "insufficient_evidence"]
Reason = Literal[
    "straddles",
    "not_assessable",
    "missing_finding",
    "missing_slice",
    "uncertified",
    "certificate_failed",
    "certificate_provisional",
    "too_few_cases",
    "wrong_suite",
    "wrong_plan",
    "wrong_baseline",
    "wrong_metric_version",
    "out_of_scope",
]


class SliceOutcome(Noun):
    """The verdict on one finding of a clause, at the levels the clause asked for."""

    slice: str
    outcome: Outcome
    reason: Reason | None = None
    explanation: str
    estimate: float | Undefined | None = None
    lower: float | None = None
    upper: float | None = None
    n: int = 0
    unit_name: str = "drafts"
    margin: float | None = None
    cases_needed: int | None = None
    finding: Finding | None = None


class ClauseOutcome(Noun):
    """The verdict on a clause: the worst of its slices, which stand worst first."""

    id: str
    title: str
    severity: Severity
    metric: str
    unit: str
    outcome: Outcome
    reason: Reason | None = None
    explanation: str
    reading: str
    provisional: bool = False
    slices: tuple[SliceOutcome, ...]


class PolicyRef(Noun):
    """Which policy, signed by whom."""

    id: str
    version: str
    title: str
    digest: str
    review_by: date
    signed_by: tuple[str, ...]


class MoreEvidence(Noun):
    """What would settle the undecided clauses."""

    cases: int = Field(ge=1)
    drafts: int = Field(ge=1)
    tokens: int | None = None
    minutes: float | None = None


class Decision(Noun):
    """May this candidate be rolled out, for what, until when, and why."""

    schema_version: Literal[1] = 1
    decision_id: str
    created: datetime
    expires: date
    outcome: Outcome
    advisory: bool
    scope: Scope
    policy: PolicyRef
    run: RunFacts
    findings_digest: str
    clauses: tuple[ClauseOutcome, ...]
    not_tested: tuple[str, ...]
    more_evidence: MoreEvidence | None = None
    gate: GateCertificate | None = None
    harness_version: str
