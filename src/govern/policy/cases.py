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

    metric: str = Field(description="of which metric, or statistic of the record")
    by: str = Field("all", description="`all`, an attribute, a cross, `marker` or `variant`")
    contrast: str = Field("all", description="which group of it")
    estimate: float | None = Field(None, description="the value, signed")
    se: float = Field(0.0, ge=0, description="its standard error")
    df: int = Field(1_000, ge=1, description="its degrees of freedom")
    hits: int | None = Field(None, ge=0, description="events in so many `cases`")
    undefined: str | None = Field(None, description="why there is no value")
    code: UndefinedCode = Field("not_assessable", description="what kind of reason")
    cases: int = Field(MANY, ge=1, description="over how many cases")
    version: str | None = Field(None, description="the metric's now if left out")
    baseline: str | None = Field(None, description="as the policy asks if left out")
    design: Literal["unpaired"] | None = Field(None, description="groups over different cases")
    against: Literal["incumbent"] | None = Field(
        None, description="the difference from an incumbent"
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> TriedFinding:
        if [self.estimate, self.hits, self.undefined].count(None) != 2:
            raise ValueError("exactly one of estimate, hits, undefined")
        return self


class TriedRun(Noun):
    """Facts about the run that differ from what the policy asks for."""

    suite: str | None = Field(None, description="as most clauses ask if left out")
    plan: str | None = Field(None, description="as clauses ask if left out")
    use_case: str | None = Field(None, description="what was drafted")
    language: str | None = Field(None, description="in which it was drafted")
    declared_only: tuple[str, ...] | None = Field(
        None, description="parts that nobody could digest"
    )
    role_families: tuple[str, ...] | None = Field(None, description="for which jobs")
    groups: dict[str, tuple[str, ...]] | None = Field(
        None, description="groups by attribute; the suite's if left out"
    )
    alterations: dict[str, tuple[str, ...]] | None = Field(
        None, description="kinds by `marker` and `variant`"
    )


class TriedScope(Noun):
    """What the decision is asked for, where it differs from the policy's scope."""

    use_cases: tuple[str, ...] | None = Field(None, description="what the AI drafts")
    stage: Stage | None = Field(None, description="pilot or rollout")
    languages: tuple[str, ...] | None = Field(None, description="of the drafts")
    cohort: str | None = Field(None, description="for whom")
    jurisdictions: tuple[str, ...] | None = Field(None, description="where")
    role_families: tuple[str, ...] | None = Field(None, description="for which jobs")
    human_review: bool | None = Field(None, description="whether a person reviews each")


class TriedAttestation(Noun):
    """An attestation; ``signed_by`` are the roles its one signer holds, by default ``role``."""

    attest: str = Field(pattern=f"^{SLUG}$", description="name of the statement")
    role: str = Field(description="in which it was made")
    answer: Answer = Field("done", description="what was answered")
    made: date | None = Field(None, description="the day before `now` if left out")
    expires: date | None = Field(None, description="a year after `now` if left out")
    lineage: str | None = Field(None, description="of which pipeline; all if left out")
    signed_by: tuple[str, ...] | None = Field(None, description="roles of who signed")


class TriedWaiver(Noun):
    """A waiver, signed by one person for each of the ``approvers``' roles.

    ``of_other`` makes it one for another candidate, policy or set of findings.
    """

    clause: str = Field(description="which clause")
    approvers: tuple[str, ...] = Field(
        min_length=1, description="roles that signed, one person each"
    )
    requester: str = Field("requester", pattern=f"^{SLUG}$", description="who asked")
    created: date | None = Field(None, description="the day before `now` if left out")
    expires: date | None = Field(None, description="as late as the clause allows if left out")
    ticket: str | None = Field(None, description="a reference")
    of_other: Literal["candidate", "policy", "findings"] | None = Field(
        None, description="it is one for another"
    )


class TriedAttempts(Noun):
    """A deciding run is attempt ``number`` of its lineage, or it is ``unknown`` which and why.

    ``number`` 0: no intent of this run stands in the record.
    """

    number: int | None = Field(None, ge=0, description="which of the attempts this is")
    unknown: str | None = Field(None, description="why nobody can tell")

    @model_validator(mode="after")
    def _exactly_one(self) -> TriedAttempts:
        if (self.number is None) == (self.unknown is None):
            raise ValueError("exactly one of number, unknown")
        return self


class ExpectedClause(Noun):
    """What must come out of a clause; what is left out is not looked at."""

    outcome: Outcome = Field(description="what must be measured")
    reason: Reason | None = Field(None, description="why it is not enough")
    effective: Effective | None = Field(None, description="what must come of it with waivers")


class Expected(Noun):
    """What must come out: of the whole, of the clauses named, and of all ``others``.

    ``not_applied`` is said of a clause that is not for the scope.
    """

    outcome: Outcome = Field(description="of the blocking clauses together")
    effective: Outcome | None = Field(None, description="the same with waivers")
    clauses: dict[str, Outcome | Literal["not_applied"] | ExpectedClause] = Field(
        {}, description="by id: an outcome, `not_applied`, or `outcome`, `reason`, `effective`"
    )
    others: Outcome | None = Field(None, description="of every clause not named")


class PolicyCase(Noun):
    """One case of ``policies/tests/<policy>/*.yaml``.

    It starts from ``nothing``, or from evidence by which every clause of the policy is
    ``passing``; ``without`` takes away what the start has on some metrics, properties,
    attestations or statistics of the record, and the rest of the case puts its own in place.
    ``record_groups`` are the groups by which the record has statistics.
    ``now`` is the day of judging, by default that on which the policy was approved.
    """

    case: str = Field(min_length=1, description="what is tried, in a sentence")
    start: Literal["nothing", "passing"] = Field(
        "nothing", description="what there is before the rest"
    )
    without: tuple[str, ...] = Field((), description="what of the start is taken away")
    now: date | None = Field(None, description="the day of judging")
    scope: TriedScope = Field(TriedScope(), description="what the decision is asked for")
    run: TriedRun = Field(TriedRun(), description="facts about the run")
    findings: tuple[TriedFinding, ...] = Field((), description="of the drafts")
    record: tuple[TriedFinding, ...] = Field((), description="of the contest record")
    record_groups: dict[str, tuple[str, ...]] = Field({}, description="groups by attribute")
    properties: dict[str, Any] = Field({}, description="what the manifest states")
    attestations: tuple[TriedAttestation, ...] = Field((), description="signed statements")
    waivers: tuple[TriedWaiver, ...] = Field((), description="for this candidate")
    attempts: TriedAttempts | None = Field(
        None, description="of the lineage; an exploratory run if left out"
    )
    uncertified: tuple[str, ...] = Field((), description="metrics without a certificate")
    provisional: tuple[str, ...] = Field((), description="metrics with a provisional one")
    expect: Expected = Field(description="what must come out")

    @model_validator(mode="after")
    def _known_properties(self) -> PolicyCase:
        Deployment(**self.properties)
        return self
