"""The written policy: a document that binds people, with clauses that bind the gate."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from govern.domain.acts import Answer
from govern.domain.base import SLUG, Noun

Severity = Literal["block", "warn", "report"]
Stage = Literal["pilot", "rollout"]
Kind = Literal["measured", "property", "attested", "record"]
Scalar = bool | int | str


class Bound(Noun):
    """One side of an interval held against a number; exactly one is given."""

    upper_le: float | None = None
    lower_ge: float | None = None
    lower_gt: float | None = None
    upper_lt: float | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Bound:
        if len(self.model_fields_set) != 1:
            raise ValueError("exactly one of upper_le, lower_ge, lower_gt, upper_lt")
        return self

    @property
    def name(self) -> str:
        (name,) = self.model_fields_set
        return name

    @property
    def value(self) -> float:
        return float(getattr(self, self.name))

    @property
    def on_upper(self) -> bool:
        """Whether the interval's upper end is compared, not its lower one."""
        return self.name.startswith("upper")


class Slice(Noun):
    """Over which groups a clause is judged, and how far from zero each may be."""

    by: str
    inside: float | None = Field(default=None, gt=0)


class Statistic(Noun):
    """How sure the gate must be. Two-sided confidence .90 is two tests at .05."""

    confidence: float = Field(gt=0.5, lt=1)
    sided: Literal["one", "two"]

    @property
    def alpha(self) -> float:
        """The level of each one-sided test."""
        return round((1 - self.confidence) / (2 if self.sided == "two" else 1), 12)

    def over(self, attempts: int) -> Statistic:
        """The same certainty over all of some attempts: each is judged at its share of alpha."""
        return self.model_copy(update={"confidence": 1 - (1 - self.confidence) / attempts})


class EvidenceNeeded(Noun):
    """What must be there before a measured clause can pass."""

    min_cases: int = Field(ge=1)
    suite: str
    plan: str | None = None
    certificate: Literal["independent", "provisional"] = "provisional"
    baseline: str | None = None


class RecordNeeded(Noun):
    """How many contests, and over which time, a clause on the record needs."""

    min_cases: int = Field(ge=1)
    window_days: int = Field(ge=1)


class WaiverRule(Noun):
    """Whether a clause may be set aside, by which roles together, and for how long."""

    allowed: bool
    approvers: tuple[str, ...] = ()
    max_days: int | None = Field(default=None, ge=1)
    needs: tuple[Literal["ticket"], ...] = ()


class AppliesIf(Noun):
    """When a clause applies: each list that is given must meet the scope of the decision.

    A scope that names no jurisdiction meets every one: what is unknown does not excuse.
    """

    use_cases: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    jurisdictions: tuple[str, ...] = ()


class _Clause(Noun):
    """What all clauses share, with the prose that people read.

    ``maps`` are ids of duties in the dated legal tables. ``line`` is where the block starts
    in the file, 1-based.
    """

    id: str = Field(pattern=r"^[A-Z]{2,8}-\d{1,3}$")
    severity: Severity
    applies_if: AppliesIf | None = None
    waiver: WaiverRule = WaiverRule(allowed=False)
    maps: tuple[str, ...] = ()
    title: str = ""
    prose: str = ""
    line: int = 0
    kind: ClassVar[Kind]

    @property
    def subject(self) -> str:
        """What the clause is about: the value of the one key that says its kind."""
        return str(getattr(self, KEYS[self.kind]))


class _Judged(_Clause):
    """A clause on an interval.

    Contrasts carry ``inside`` on every slice; everything else has ``pass_if`` and ``fail_if``.
    """

    slices: tuple[Slice, ...] = (Slice(by="all"),)
    statistic: Statistic
    pass_if: Bound | None = None
    fail_if: Bound | None = None

    @model_validator(mode="after")
    def _one_kind_of_threshold(self) -> _Judged:
        margins = [s.inside is not None for s in self.slices]
        bounds = self.pass_if is not None and self.fail_if is not None
        if all(margins) and self.slices and self.pass_if is None and self.fail_if is None:
            return self
        if bounds and not any(margins):
            return self
        raise ValueError("either every slice has 'inside', or the clause has pass_if and fail_if")

    def over(self, attempts: int) -> Self:
        """The clause as each of some attempts is judged, so that it holds over all of them."""
        return self.model_copy(update={"statistic": self.statistic.over(attempts)})


class MeasuredClause(_Judged):
    """On a metric of the candidate's drafts.

    ``against: incumbent`` judges the paired difference, candidate minus incumbent, instead.
    """

    kind: ClassVar[Kind] = "measured"
    metric: str
    evidence: EvidenceNeeded
    against: Literal["incumbent"] | None = None


class RecordClause(_Judged):
    """On a statistic of the contest record."""

    kind: ClassVar[Kind] = "record"
    record: str
    evidence: RecordNeeded


class Must(Noun):
    """What a stated property has to be; exactly one is given.

    ``one_of`` holds a single value, or every one of a list, against what is allowed; ``none_of``
    forbids; ``includes`` requires; ``stated`` asks for any answer that is not empty.
    """

    equals: Scalar | None = None
    one_of: tuple[str, ...] | None = None
    none_of: tuple[str, ...] | None = None
    includes: tuple[str, ...] | None = None
    at_most: int | None = None
    stated: Literal[True] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Must:
        if len(self.model_fields_set) != 1:
            raise ValueError("exactly one of equals, one_of, none_of, includes, at_most, stated")
        return self

    @property
    def name(self) -> str:
        (name,) = self.model_fields_set
        return name

    @property
    def value(self) -> Any:
        return getattr(self, self.name)


class PropertyClause(_Clause):
    """On what the pipeline's manifest says of its use: a field of ``Deployment``."""

    kind: ClassVar[Kind] = "property"
    property: str
    must: Must


class AttestedClause(_Clause):
    """On a signed statement that somebody with a role made, not longer ago than allowed."""

    kind: ClassVar[Kind] = "attested"
    attest: str = Field(pattern=f"^{SLUG}$")
    role: str
    answers: tuple[Answer, ...] = Field(default=("done",), min_length=1)
    max_age_days: int = Field(ge=1)


KEYS: dict[Kind, str] = {
    "measured": "metric",
    "property": "property",
    "attested": "attest",
    "record": "record",
}
"""The one key that says of which kind a clause is."""


def _kind_of(value: Any) -> Kind | None:
    if isinstance(value, dict):
        found = [kind for kind, key in KEYS.items() if key in value]
        return found[0] if len(found) == 1 else None
    return getattr(value, "kind", None)


Clause = Annotated[
    Annotated[MeasuredClause, Tag("measured")]
    | Annotated[PropertyClause, Tag("property")]
    | Annotated[AttestedClause, Tag("attested")]
    | Annotated[RecordClause, Tag("record")],
    Discriminator(
        _kind_of,
        custom_error_type="clause_kind",
        custom_error_message=f"expected exactly one of the keys {', '.join(KEYS.values())}",
    ),
]
JudgedClause = MeasuredClause | RecordClause


class Approvals(Noun):
    """How many must sign, who must be among them, who may."""

    threshold: int = Field(ge=1)
    roles: tuple[str, ...] = Field(min_length=1)
    required: tuple[str, ...] = ()


class AttemptRule(Noun):
    """How often a pipeline's lineage may try for a decision that promotes."""

    max_per_lineage: int = Field(default=3, ge=1, le=10)


class Scope(Noun):
    """For what a decision holds. An empty list of jurisdictions or roles says nothing of them."""

    use_cases: tuple[str, ...] = Field(min_length=1)
    stage: Stage
    languages: tuple[str, ...] = ("en",)
    cohort: str | None = None
    jurisdictions: tuple[str, ...] = ()
    role_families: tuple[str, ...] = ()
    human_review: bool = True


class Policy(Noun):
    """One Markdown file; its identity is the SHA-256 of its bytes.

    A decision holds ``decision_valid_days``, or ``declared_only_valid_days`` where the
    pipeline has parts that nobody could digest. ``approvals`` are needed to sign the policy,
    ``decision_approvals`` to promote a candidate by it; without a rule of their own, the same.
    """

    policy: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,63}$")
    version: str
    approved: date
    review_by: date
    decision_valid_days: int = Field(ge=1)
    declared_only_valid_days: int = Field(ge=1)
    approvals: Approvals
    decision_approvals: Approvals | None = None
    attempts: AttemptRule = AttemptRule()
    scope: Scope
    title: str
    clauses: tuple[Clause, ...] = Field(min_length=1)
    digest: str
    source: str

    @property
    def drafts_alone(self) -> tuple[MeasuredClause, ...]:
        """The clauses that drafts alone settle, without an incumbent, as each attempt is judged."""
        measured = [c for c in self.clauses if isinstance(c, MeasuredClause) and c.against is None]
        return tuple(c.over(self.attempts.max_per_lineage) for c in measured)

    @property
    def approvals_of_decisions(self) -> Approvals:
        """Who must approve a decision before its candidate may be promoted."""
        return self.decision_approvals or self.approvals
