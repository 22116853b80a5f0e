"""The written policy: a document that binds people, with clauses that bind the gate."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from govern.domain.acts import Answer
from govern.domain.base import SLUG, Noun

Severity = Literal["block", "warn", "report"]
Stage = Literal["pilot", "rollout"]
Kind = Literal["measured", "property", "attested", "record"]
Scalar = bool | int | str
MOST_DAYS = 36_525
MOST_CASES = 1_000_000_000


class _OneOf(Noun):
    """Of several fields exactly one is given."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.model_fields_set) != 1 or getattr(self, self.name) is None:
            raise ValueError(f"exactly one of {', '.join(type(self).model_fields)}")
        return self

    @property
    def name(self) -> str:
        (name,) = self.model_fields_set
        return name


class Bound(_OneOf):
    """One side of an interval held against a number; exactly one is given."""

    upper_le: float | None = Field(None, description="the upper end is at most this")
    lower_ge: float | None = Field(None, description="the lower end is at least this")
    lower_gt: float | None = Field(None, description="the lower end is above this")
    upper_lt: float | None = Field(None, description="the upper end is below this")

    @property
    def value(self) -> float:
        return float(getattr(self, self.name))

    @property
    def on_upper(self) -> bool:
        """Whether the interval's upper end is compared, not its lower one."""
        return self.name.startswith("upper")


class Slice(Noun):
    """Over which groups a clause is judged, and how far from zero each may be."""

    by: str = Field(
        description="`all` drafts, an attribute (`gender`), a cross of attributes "
        "(`gender*race_ethnicity`), `marker` or `variant`"
    )
    inside: float | None = Field(
        None, gt=0, description="margin around zero, in the metric's unit; for contrasts"
    )


class Statistic(Noun):
    """How sure the gate must be. Two-sided confidence .90 is two tests at .05."""

    confidence: float = Field(gt=0.5, lt=1, description="over all attempts together")
    sided: Literal["one", "two"] = Field(description="`two` for margins")

    @property
    def alpha(self) -> float:
        """The level of each one-sided test."""
        return round((1 - self.confidence) / (2 if self.sided == "two" else 1), 12)

    def over(self, attempts: int) -> Statistic:
        """The same certainty over all of some attempts: each is judged at its share of alpha."""
        return self.model_copy(update={"confidence": 1 - (1 - self.confidence) / attempts})


class EvidenceNeeded(Noun):
    """What must be there before a measured clause can pass."""

    min_cases: int = Field(ge=1, le=MOST_CASES, description="fewest cases for a pass")
    suite: str = Field(description="the suite that must have measured; without `builtin:`")
    plan: str | None = Field(None, description="the plan that must have been used; any if left out")
    certificate: Literal["independent", "provisional"] = Field(
        "provisional",
        description="what the evaluator must have at least; `independent` where others than its "
        "authors planted effects too",
    )
    baseline: str | None = Field(
        None,
        description="what a likeness must be in excess of, such as `evidence`, `human` or "
        "`anonymised`; a clause on `reference` may warn, not block",
    )


class RecordNeeded(Noun):
    """How many contests, and over which time, a clause on the record needs."""

    min_cases: int = Field(ge=1, le=MOST_CASES, description="fewest contests for a pass")
    window_days: int = Field(
        ge=1, le=MOST_DAYS, description="over how many days back from the decision"
    )


class WaiverRule(Noun):
    """Whether a clause may be set aside, by which roles together, and for how long."""

    allowed: bool = Field(description="whether the clause may be waived at all")
    approvers: tuple[str, ...] = Field((), description="roles that must all sign a waiver")
    max_days: int | None = Field(None, ge=1, le=MOST_DAYS, description="longest a waiver may hold")
    needs: tuple[Literal["ticket"], ...] = Field((), description="what a waiver must name beside")


class AppliesIf(Noun):
    """When a clause applies: each list that is given must meet the scope of the decision.

    A scope that names no jurisdiction meets every one: what is unknown does not excuse. ``US``
    and ``US-NY`` meet, and so do ``EU`` and a member state.
    """

    use_cases: tuple[str, ...] = Field((), description="one of these uses")
    stages: tuple[Stage, ...] = Field((), description="one of these stages")
    jurisdictions: tuple[str, ...] = Field((), description="one of these places, or none named")


class _Clause(Noun):
    """What all clauses share, with the prose that people read.

    ``maps`` are ids of duties in the dated legal tables. ``line`` is where the block starts
    in the file, 1-based.
    """

    id: str = Field(
        pattern=r"^[A-Z]{2,8}-\d{1,3}$", description="that of the heading above the block"
    )
    severity: Severity = Field(
        description="`block` decides; `warn` is shown and decides nothing; `report` is shown"
    )
    applies_if: AppliesIf | None = Field(
        None, description="for which decisions the clause is; for all if left out"
    )
    waiver: WaiverRule = Field(
        WaiverRule(allowed=False), description="whether it may be set aside; not if left out"
    )
    maps: tuple[str, ...] = Field(
        (), description="duties that the clause serves; shown, never interpreted"
    )
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

    slices: tuple[Slice, ...] = Field(
        (Slice(by="all"),), description="over which groups; each of them must pass"
    )
    statistic: Statistic = Field(description="how sure the gate must be")
    pass_if: Bound | None = Field(None, description="where the interval must lie to pass")
    fail_if: Bound | None = Field(None, description="where it must lie to fail")

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
    metric: str = Field(description="an id of `govern list metrics`")
    evidence: EvidenceNeeded = Field(description="what must be there before it can pass")
    against: Literal["incumbent"] | None = Field(
        None, description="judge the paired difference, candidate minus incumbent"
    )


class RecordClause(_Judged):
    """On a statistic of the contest record."""

    kind: ClassVar[Kind] = "record"
    record: str = Field(description="a statistic of the contest record")
    evidence: RecordNeeded = Field(description="what must be there before it can pass")


class Must(_OneOf):
    """What a stated property has to be; exactly one is given.

    ``one_of`` holds a single value, or every one of a list, against what is allowed; ``none_of``
    forbids; ``includes`` requires; ``stated`` asks for any answer that is not empty.
    """

    equals: Scalar | None = Field(None, description="exactly this")
    one_of: tuple[str, ...] | None = Field(
        None, description="one of these; of a list, nothing but these"
    )
    none_of: tuple[str, ...] | None = Field(None, description="none of these")
    includes: tuple[str, ...] | None = Field(None, description="all of these, and maybe more")
    at_most: int | None = Field(None, description="this or less")
    stated: Literal[True] | None = Field(None, description="anything that is not empty")

    @property
    def value(self) -> Any:
        return getattr(self, self.name)


class PropertyClause(_Clause):
    """On what the pipeline's manifest says of its use: a field of ``Deployment``."""

    kind: ClassVar[Kind] = "property"
    property: str = Field(description="a field of `deployment` in the pipeline's manifest")
    must: Must = Field(description="what it has to be")


class AttestedClause(_Clause):
    """On a signed statement that somebody with a role made, not longer ago than allowed."""

    kind: ClassVar[Kind] = "attested"
    attest: str = Field(pattern=f"^{SLUG}$", description="name of the statement")
    role: str = Field(description="who has to sign it")
    answers: tuple[Answer, ...] = Field(
        ("done",), min_length=1, description="the answers that pass"
    )
    max_age_days: int = Field(
        ge=1, le=MOST_DAYS, description="how long ago it may have been signed"
    )


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

    threshold: int = Field(ge=1, description="how many people must sign")
    roles: tuple[str, ...] = Field(min_length=1, description="in which roles they may")
    required: tuple[str, ...] = Field((), description="roles that must be among them")


class AttemptRule(Noun):
    """How often a pipeline's lineage may try for a decision that promotes."""

    max_per_lineage: int = Field(
        default=3, ge=1, le=10, description="the doubt allowed is shared among so many"
    )


class Scope(Noun):
    """For what a decision holds. An empty list of jurisdictions or roles says nothing of them."""

    use_cases: tuple[str, ...] = Field(min_length=1, description="what the AI drafts")
    stage: Stage = Field(description="a `rollout` policy may decide on a pilot, not the reverse")
    languages: tuple[str, ...] = Field(("en",), description="of the drafts")
    cohort: str | None = Field(None, description="whom a decision is limited to")
    jurisdictions: tuple[str, ...] = Field((), description="where it holds")
    role_families: tuple[str, ...] = Field((), description="for which jobs it holds")
    human_review: bool = Field(True, description="whether a person must review each draft")


class FrontMatter(Noun):
    """What stands at the head of a policy's file, between two lines of ``---``.

    A decision holds ``decision_valid_days``, or ``declared_only_valid_days`` where the
    pipeline has parts that nobody could digest. ``approvals`` are needed to sign the policy,
    ``decision_approvals`` to promote a candidate by it; without a rule of their own, the same.
    """

    policy: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{1,63}$", description="the file's name without `.md`"
    )
    version: str = Field(description="yours to count")
    approved: date = Field(description="when it was approved; not in the future")
    review_by: date = Field(description="after this day nothing can be judged by it")
    decision_valid_days: int = Field(
        ge=1, le=MOST_DAYS, description="how long a decision holds, at most until `review_by`"
    )
    declared_only_valid_days: int = Field(
        ge=1,
        le=MOST_DAYS,
        description="the same where parts of the pipeline could only be declared",
    )
    approvals: Approvals = Field(description="who must sign the policy")
    decision_approvals: Approvals | None = Field(
        None, description="who must sign a decision before promotion; as `approvals` if left out"
    )
    attempts: AttemptRule = Field(
        AttemptRule(), description="how often a lineage may try; 3 times if left out"
    )
    scope: Scope = Field(description="for what a decision by this policy can hold")


class Policy(FrontMatter):
    """One Markdown file; its identity is the SHA-256 of its bytes."""

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
