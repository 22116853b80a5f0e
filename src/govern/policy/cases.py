"""What a policy is tried on: evidence in short form, and the verdicts that must come out."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field, model_validator

from govern.domain.acts import Answer
from govern.domain.base import SLUG, Noun
from govern.domain.decision import Effective, Outcome, Reason
from govern.domain.deployment import Deployment
from govern.domain.finding import UndefinedCode
from govern.domain.policy import Stage

MANY = 100_000


class TriedFinding(Noun):
    """A finding of a metric or a statistic of the record; it replaces what the start has there.

    One of ``estimate`` (with its standard error ``se`` and ``df``), ``hits`` of ``cases``, and
    ``undefined``, the reason why there is none. ``contrast`` names a group, an ordered pair
    ``a / b`` for a ratio, or the first of an attribute's two groups in the alphabet.
    """

    metric: str
    by: str = "all"
    contrast: str = "all"
    estimate: float | None = None
    se: float = Field(default=0.0, ge=0)
    df: int = Field(default=1_000, ge=1)
    hits: int | None = Field(default=None, ge=0)
    undefined: str | None = None
    code: UndefinedCode = "not_assessable"
    cases: int = Field(default=MANY, ge=1)
    version: str | None = None
    baseline: str | None = None
    design: Literal["unpaired"] | None = None
    against: Literal["incumbent"] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> TriedFinding:
        if [self.estimate, self.hits, self.undefined].count(None) != 2:
            raise ValueError("exactly one of estimate, hits, undefined")
        return self


class TriedRun(Noun):
    """Facts about the run that differ from what the policy asks for."""

    suite: str | None = None
    plan: str | None = None
    use_case: str | None = None
    language: str | None = None
    declared_only: tuple[str, ...] | None = None
    role_families: tuple[str, ...] | None = None
    groups: dict[str, tuple[str, ...]] | None = None
    alterations: dict[str, tuple[str, ...]] | None = None


class TriedScope(Noun):
    """What the decision is asked for, where it differs from the policy's scope."""

    use_cases: tuple[str, ...] | None = None
    stage: Stage | None = None
    languages: tuple[str, ...] | None = None
    cohort: str | None = None
    jurisdictions: tuple[str, ...] | None = None
    role_families: tuple[str, ...] | None = None
    human_review: bool | None = None


class TriedAttestation(Noun):
    """An attestation; ``signed_by`` are the roles its one signer holds, by default ``role``."""

    attest: str = Field(pattern=f"^{SLUG}$")
    role: str
    answer: Answer = "done"
    made: date | None = None
    expires: date | None = None
    lineage: str | None = None
    signed_by: tuple[str, ...] | None = None


class TriedWaiver(Noun):
    """A waiver, signed by one person for each of the ``approvers``' roles.

    ``of_other`` makes it one for another candidate, policy or set of findings.
    """

    clause: str
    approvers: tuple[str, ...] = Field(min_length=1)
    requester: str = Field(default="requester", pattern=f"^{SLUG}$")
    created: date | None = None
    expires: date | None = None
    ticket: str | None = None
    of_other: Literal["candidate", "policy", "findings"] | None = None


class TriedAttempts(Noun):
    """A deciding run is attempt ``number`` of its lineage, or it is ``unknown`` which and why.

    ``number`` 0: no intent of this run stands in the record.
    """

    number: int | None = Field(default=None, ge=0)
    unknown: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> TriedAttempts:
        if (self.number is None) == (self.unknown is None):
            raise ValueError("exactly one of number, unknown")
        return self


class ExpectedClause(Noun):
    """What must come out of a clause; what is left out is not looked at."""

    outcome: Outcome
    reason: Reason | None = None
    effective: Effective | None = None


class Expected(Noun):
    """What must come out: of the whole, of the clauses named, and of all ``others``.

    ``not_applied`` is said of a clause that is not for the scope.
    """

    outcome: Outcome
    effective: Outcome | None = None
    clauses: dict[str, Outcome | Literal["not_applied"] | ExpectedClause] = {}
    others: Outcome | None = None


class PolicyCase(Noun):
    """One case of ``policies/tests/<policy>/*.yaml``.

    It starts from ``nothing``, or from evidence by which every clause of the policy is
    ``passing``; ``without`` takes away what the start has on some metrics, properties,
    attestations or statistics of the record, and the rest of the case puts its own in place.
    ``record_groups`` are the groups by which the record has statistics.
    ``now`` is the day of judging, by default that on which the policy was approved.
    """

    case: str = Field(min_length=1)
    start: Literal["nothing", "passing"] = "nothing"
    without: tuple[str, ...] = ()
    now: date | None = None
    scope: TriedScope = TriedScope()
    run: TriedRun = TriedRun()
    findings: tuple[TriedFinding, ...] = ()
    record: tuple[TriedFinding, ...] = ()
    record_groups: dict[str, tuple[str, ...]] = {}
    properties: dict[str, Any] = {}
    attestations: tuple[TriedAttestation, ...] = ()
    waivers: tuple[TriedWaiver, ...] = ()
    attempts: TriedAttempts | None = None
    uncertified: tuple[str, ...] = ()
    provisional: tuple[str, ...] = ()
    expect: Expected

    @model_validator(mode="after")
    def _known_properties(self) -> PolicyCase:
        Deployment(**self.properties)
        return self
