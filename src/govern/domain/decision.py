"""What the judge decides."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from govern.domain.acts import Signer
from govern.domain.attempts import Attempts
from govern.domain.base import Noun
from govern.domain.certificate import GateCertificate
from govern.domain.finding import Finding, RecordFacts, RunFacts, Undefined
from govern.domain.policy import Kind, Scope, Severity

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
    "not_stated",
    "not_attested",
    "attestation_expired",
    "no_record",
    "no_incumbent",
    "attempts_unknown",
    "attempts_used_up",
]
Effective = Literal["pass", "fail", "insufficient_evidence", "waived"]


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


class WaiverUsed(Noun):
    """A waiver that holds: who asked, who signed, why, what is done meanwhile, until when."""

    digest: str
    requester: str
    approvers: tuple[Signer, ...]
    reason: str
    mitigation: str
    ticket: str | None = None
    expires: date


class WaiverRefused(Noun):
    """A waiver for this policy that does not hold for this candidate, and why."""

    clause: str
    digest: str
    why: str


class NotApplied(Noun):
    """A clause that says itself that it is not for this scope."""

    id: str
    title: str
    why: str


class AttestationUsed(Noun):
    """An attestation that a clause went by."""

    clause: str
    digest: str
    answer: str
    statement: str
    signers: tuple[Signer, ...]
    expires: date


class Alternative(Noun):
    """Another candidate that was judged by the same policy: its decision and what came out."""

    decision_id: str
    pipeline: str
    pipeline_version: str
    fingerprint: str
    outcome: Outcome


class ClauseOutcome(Noun):
    """The verdict on a clause: the worst of its slices, which stand worst first.

    ``subject`` is the metric, property, attestation or statistic of the record. ``outcome`` is
    what was measured; a waiver changes ``effective`` alone.
    """

    id: str
    title: str
    kind: Kind
    severity: Severity
    subject: str
    unit: str
    outcome: Outcome
    effective: Effective
    reason: Reason | None = None
    explanation: str
    reading: str
    provisional: bool = False
    waiver: WaiverUsed | None = None
    slices: tuple[SliceOutcome, ...] = ()


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
    """May this candidate be rolled out, for what, until when, and why.

    ``outcome`` is what was measured over the blocking clauses; ``effective_outcome`` is that with
    valid waivers. ``docket_digest`` is of all that lay before the judge beside policy and
    findings. ``bar_set_after`` says that the policy was applied to findings that stood before
    it; such a decision is advisory.
    """

    schema_version: Literal[2] = 2
    decision_id: str
    created: AwareDatetime
    expires: date
    outcome: Outcome
    effective_outcome: Outcome
    advisory: bool
    scope: Scope
    policy: PolicyRef
    run: RunFacts
    findings_digest: str
    docket_digest: str
    incumbent: RunFacts | None = None
    attempts: Attempts | None = None
    attempt: int | None = None
    bar_set_after: bool = False
    clauses: tuple[ClauseOutcome, ...]
    not_applied: tuple[NotApplied, ...] = ()
    attestations: tuple[AttestationUsed, ...] = ()
    waivers_refused: tuple[WaiverRefused, ...] = ()
    record: tuple[RecordFacts, ...] = ()
    not_tested: tuple[str, ...]
    more_evidence: MoreEvidence | None = None
    gate: GateCertificate | None = None
    previous_decision: str | None = None
    alternatives: tuple[Alternative, ...] = ()
    harness_version: str
