"""The written policy: a document that binds people, with clauses that bind the gate."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from govern.domain.base import Noun

Severity = Literal["block", "warn", "report"]


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


class EvidenceNeeded(Noun):
    """What must be there before a clause can pass."""

    min_cases: int = Field(ge=1)
    suite: str
    plan: str | None = None
    certificate: Literal["independent", "provisional"] = "provisional"
    baseline: str | None = None


class WaiverRule(Noun):
    """Who may set a clause aside, and for how long."""

    allowed: bool
    approvers: tuple[str, ...] = ()
    max_days: int | None = Field(default=None, ge=1)


class Clause(Noun):
    """What the gate reads of one clause, with the prose that people read.

    Contrasts carry ``inside`` on every slice; everything else has ``pass_if`` and
    ``fail_if``. ``line`` is where the block starts in the file, 1-based.
    """

    id: str = Field(pattern=r"^[A-Z]{2,8}-\d{1,3}$")
    severity: Severity
    metric: str
    slices: tuple[Slice, ...] = (Slice(by="all"),)
    statistic: Statistic
    pass_if: Bound | None = None
    fail_if: Bound | None = None
    evidence: EvidenceNeeded
    waiver: WaiverRule = WaiverRule(allowed=False)
    maps: tuple[str, ...] = ()
    title: str = ""
    prose: str = ""
    line: int = 0

    @model_validator(mode="after")
    def _one_kind_of_threshold(self) -> Clause:
        margins = [s.inside is not None for s in self.slices]
        bounds = self.pass_if is not None and self.fail_if is not None
        if all(margins) and self.slices and self.pass_if is None and self.fail_if is None:
            return self
        if bounds and not any(margins):
            return self
        raise ValueError("either every slice has 'inside', or the clause has pass_if and fail_if")


class Approvals(Noun):
    """How many must sign the policy, who must be among them, who may."""

    threshold: int = Field(ge=1)
    roles: tuple[str, ...] = Field(min_length=1)
    required: tuple[str, ...] = ()


class Scope(Noun):
    """For what a decision under this policy holds."""

    use_cases: tuple[str, ...] = Field(min_length=1)
    stage: Literal["pilot", "rollout"]
    languages: tuple[str, ...] = ("en",)
    jurisdictions: tuple[str, ...] = ()
    human_review: bool = True


class Policy(Noun):
    """One Markdown file; its identity is the SHA-256 of its bytes.

    A decision holds ``decision_valid_days``, or ``declared_only_valid_days`` where the
    pipeline has parts that nobody could digest.
    """

    policy: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,63}$")
    version: str
    approved: date
    review_by: date
    decision_valid_days: int = Field(ge=1)
    declared_only_valid_days: int = Field(ge=1)
    approvals: Approvals
    scope: Scope
    title: str
    clauses: tuple[Clause, ...] = Field(min_length=1)
    digest: str
    source: str
