"""Findings: a signed estimate or the reason why there is none, and what its interval rests on.

An interval is kept as its parameters, not as two numbers, so that the judge can ask for it
at the level of any policy, also one that was changed after the measuring.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from govern.domain.base import Noun
from govern.domain.deployment import Deployment

UndefinedCode = Literal[
    "not_assessable", "not_supplied", "too_few", "missing_drafts", "too_many_missing"
]
REFERENCE = "reference"
"""A deterministic drafter as the baseline of a finding: it may warn, never block."""
Sense = Literal["centred", "higher_is_better", "lower_is_better"]


class Undefined(Noun):
    """Why a number could not be had."""

    reason: str
    code: UndefinedCode = "not_assessable"


class StudentT(Noun):
    """estimate ± t(1-α, df)·se on ``scale``.

    The half-width is never below ``step``·(1-α^(1/clusters)), in the estimate's unit, and
    ``widen`` is added for what is missing. ``se_name`` is the part that more cases of the
    same names do not shrink. Neither end passes ``least`` or ``most``, the ends of the unit.
    ``df`` is whole but for Welch's.
    """

    kind: Literal["student_t"] = "student_t"
    scale: Literal["identity", "log", "fisher_z"] = "identity"
    se: float = Field(ge=0)
    se_name: float = Field(default=0.0, ge=0)
    df: int | float = Field(ge=1)
    clusters: int = Field(ge=1)
    step: float = Field(default=0.0, ge=0)
    widen: float = Field(default=0.0, ge=0)
    least: float | None = None
    most: float | None = None


class Binomial(Noun):
    """Clopper-Pearson on ``hits`` of ``n`` independent units."""

    kind: Literal["binomial"] = "binomial"
    hits: int = Field(ge=0)
    n: int = Field(ge=1)


class Ratio(Noun):
    """Interval of the ratio of two paired rates by inverting numerator - r·denominator.

    ``variances`` holds, for each of the candidate variances (by case, by name, both), the
    coefficients of 1, r and r²; the largest at r counts. ``step`` as in ``StudentT``, times
    r where r is over 1.
    """

    kind: Literal["ratio"] = "ratio"
    numerator: float = Field(ge=0)
    denominator: float = Field(ge=0)
    variances: tuple[tuple[float, float, float], ...] = Field(min_length=1)
    df: int | float = Field(ge=1)
    clusters: int = Field(ge=1)
    step: float = Field(default=0.0, ge=0)
    widen: float = Field(default=0.0, ge=0)


class Corrected(Noun):
    """Interval of a share of verdicts that is corrected for the errors of who gave them.

    ``share`` of verdicts was positive, over ``clusters`` cases that say as much as ``n``
    independent drafts. On labelled drafts ``found`` of ``spoiled`` and ``cleared`` of ``sound``
    ones were seen for what they are.
    """

    kind: Literal["corrected"] = "corrected"
    share: float = Field(ge=0, le=1)
    n: float = Field(gt=0)
    clusters: int = Field(ge=2)
    found: int = Field(ge=0)
    spoiled: int = Field(ge=1)
    cleared: int = Field(ge=0)
    sound: int = Field(ge=1)


Interval = Annotated[StudentT | Binomial | Ratio | Corrected, Field(discriminator="kind")]


class Counts(Noun):
    """The denominators of a finding. ``scored`` of ``ok`` of ``planned`` drafts entered it."""

    planned: int = Field(ge=0)
    ok: int = Field(ge=0)
    scored: int = Field(ge=0)
    cases: int = Field(ge=0)
    names: int | None = None
    units: int = Field(ge=0)
    unit_name: str = "drafts"


class Look(Noun):
    """What one finding was when ``share`` of the planned cases had been drafted."""

    share: float = Field(gt=0, le=1)
    estimate: float | Undefined
    interval: Interval | None = None


class Finding(Noun):
    """What a measure found for one contrast or level.

    ``by`` is ``all`` for a level, else an attribute (``gender``) or a cross
    (``gender*race_ethnicity``); ``contrast`` names the group that stands against the mean
    of the others, or an ordered pair ``a / b``. Estimates are signed. ``design`` is
    ``unpaired`` where groups were compared over different cases: that shows how groups fare,
    not that the same work is treated alike, and no clause is judged by it. ``p_value`` is of
    the test that ``method`` names. ``against`` is ``incumbent`` where the estimate is the paired
    difference, candidate minus incumbent, on the same cells. ``looks`` are those that a run which
    could stop early has taken, its own the last: their intervals count together.
    """

    metric: str
    version: str
    by: str = "all"
    contrast: str = "all"
    estimate: float | Undefined
    interval: Interval | None = None
    unit: str
    sense: Sense
    method: str
    counts: Counts
    baseline: str | None = None
    evaluator: str
    examples: tuple[str, ...] = ()
    design: Literal["unpaired"] | None = None
    p_value: float | None = Field(default=None, ge=0, le=1)
    against: Literal["incumbent"] | None = None
    looks: tuple[Look, ...] | None = None

    @property
    def slice(self) -> str:
        """``by`` and ``contrast`` as one readable key."""
        return "all" if self.by == "all" else f"{self.by}: {self.contrast}"


class Spend(Noun):
    """What the drafts that a run made cost, for saying what more of them would.

    ``cost_usd`` is the sum over drafts that came with a price, ``None`` where none did.
    """

    drafts: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    cost_usd: float | None = Field(default=None, ge=0)


class Looks(Noun):
    """Where a run might stop: after so many ``cases``, the last being all. ``taken`` says how far
    it went.
    """

    cases: tuple[int, ...] = Field(min_length=2)
    taken: int = Field(ge=1)

    @property
    def shares(self) -> tuple[float, ...]:
        """Of the planned cases, at each look that was taken."""
        return tuple(cases / self.cases[-1] for cases in self.cases[: self.taken])


class RunFacts(Noun):
    """What a run rests on: everything a decision must name about it.

    ``groups`` are the planned levels of each attribute, ``alterations`` those of what was put
    into cases (``marker``, ``variant``): the judge counts slices by them. ``reused`` of the planned
    drafts were made by an earlier run of the same pipeline. ``looks`` are those of a run that stops
    once its policy's clauses are settled.
    """

    run_id: str
    mode: Literal["explore", "decide"] = "explore"
    suite: str
    suite_version: str
    plan: str
    dataset: str
    dataset_digest: str
    identities_digest: str | None = None
    use_case: str
    language: str = "en"
    synthetic: bool
    pipeline: str
    pipeline_version: str
    fingerprint: str
    declared_only: tuple[str, ...] = ()
    planned: int
    reused: int | None = Field(default=None, ge=1)
    looks: Looks | None = None
    groups: dict[str, tuple[str, ...]] = {}
    alterations: dict[str, tuple[str, ...]] = {}
    role_families: tuple[str, ...] = ()
    deployment: Deployment | None = None
    drafts_digest: str
    spend: Spend = Spend()
    harness_version: str
    seed: int


class Comparison(Noun):
    """Paired differences of a candidate and an incumbent over the cells that both drafted.

    ``candidate`` is the digest of the candidate's drafts.
    """

    candidate: str
    incumbent: RunFacts
    cells: int = Field(ge=0)
    findings: tuple[Finding, ...]


class RecordFacts(Noun):
    """Statistics of the contest record as it stood at ``as_of``, over the last ``window_days``."""

    as_of: AwareDatetime
    window_days: int = Field(ge=1)
    groups: dict[str, tuple[str, ...]] = {}
    findings: tuple[Finding, ...]


class Findings(Noun):
    """All findings of one run, in one file."""

    schema_version: Literal[1] = 1
    run: RunFacts
    findings: tuple[Finding, ...]
