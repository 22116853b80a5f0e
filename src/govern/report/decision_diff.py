"""Two decisions side by side: what came out, clause by clause, and what they rest on.

The numbers stand beside each other and nothing tests their difference: the drafts may be of other
cases. A paired comparison of two runs is another matter (``govern compare``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from govern.domain.base import Noun
from govern.domain.decision import ClauseOutcome, Decision, SliceOutcome
from govern.domain.policy import Policy, Severity
from govern.policy.diff import Change, diff
from govern.report.sentences import behind, clause_verdict, split_key, verdict_of, whom
from govern.report.shown import Verdict
from govern.report.standing import state_words
from govern.report.units import unit_of
from govern.report.wording import as_sentence, decimals_for, fixed, visible

About = Literal["outcome", "scope", "pipeline", "data", "run", "policy", "attempts", "waivers"]
Moved = Literal["verdict", "numbers", "nothing", "added", "removed"]
_TIED = "\N{NO-BREAK SPACE}"
_RUN: Mapping[About, tuple[str, ...]] = {
    "pipeline": ("pipeline", "pipeline_version", "fingerprint", "declared_only", "deployment"),
    "data": (
        "suite", "suite_version", "plan", "dataset", "dataset_digest", "identities_digest",
        "use_case", "language", "synthetic", "planned", "groups", "alterations", "role_families",
    ),
    "run": ("mode", "seed", "harness_version"),
}  # fmt: skip


class Fact(Noun):
    """Something that the two decisions say differently."""

    about: About
    what: str
    before: Any = None
    after: Any = None


class Cell(Noun):
    """What a decision found of a clause: its verdict, and the slice that weighs most in it."""

    verdict: Verdict
    severity: Severity
    slice: str | None = None
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    n: int | None = None
    unit: str
    explanation: str

    @property
    def told(self) -> str:
        """Whom the slice is about and its numbers in the reader's unit, or why there are none."""
        if self.estimate is None:
            return as_sentence(visible(self.explanation))
        unit = unit_of(self.unit)
        ends = [value for value in (self.lower, self.upper) if value is not None]
        decimals = decimals_for(unit.number(value) for value in (self.estimate, *ends))

        def shown(value: float | None) -> str:
            return "–" if value is None else fixed(unit.number(value), decimals)

        numbers = f"{shown(self.estimate)} [{shown(self.lower)},{_TIED}{shown(self.upper)}]"
        amount = " ".join(filter(None, (numbers, unit.label)))
        return visible(f"{whom(*split_key(self.slice or 'all'))}: {amount}, n{_TIED}{self.n:,}")


class ClauseRow(Noun):
    """A clause in both decisions; absent where its policy does not have it or it did not apply."""

    id: str
    title: str
    moved: Moved
    before: Cell | None
    after: Cell | None


class Side(Noun):
    """One of the two decisions in a line."""

    decision_id: str
    made: str
    candidate: str
    policy: str
    verdict: Verdict
    advisory: bool


class DecisionDiff(Noun):
    """What changed between two decisions; ``same_pipeline`` where their lineages are comparable."""

    before: Side
    after: Side
    same_pipeline: bool
    facts: tuple[Fact, ...]
    clauses: tuple[ClauseRow, ...]
    policy: tuple[Change, ...]

    @property
    def changed(self) -> int:
        """How many clauses came out with another verdict, or stand in one alone."""
        return sum(row.moved not in ("numbers", "nothing") for row in self.clauses)


def decision_diff(
    before: Decision, old_policy: Policy, after: Decision, new_policy: Policy
) -> DecisionDiff:
    """Every difference between two decisions and their policies."""
    return DecisionDiff(
        before=_side(before),
        after=_side(after),
        same_pipeline=before.run.pipeline == after.run.pipeline,
        facts=tuple(_facts(before, after)),
        clauses=tuple(_clauses(before, after)),
        policy=diff(old_policy, new_policy),
    )


def _side(decision: Decision) -> Side:
    run, policy = decision.run, decision.policy
    return Side(
        decision_id=decision.decision_id,
        made=decision.created.isoformat(),
        candidate=f"{run.pipeline} {run.pipeline_version}",
        policy=f"{policy.id} {policy.version}",
        verdict=verdict_of(decision.effective_outcome),
        advisory=decision.advisory,
    )


def _facts(before: Decision, after: Decision) -> Iterator[Fact]:
    for what in ("outcome", "effective_outcome", "advisory", "expires", "bar_set_after"):
        yield from _fact("outcome", what, getattr(before, what), getattr(after, what))
    for what in type(before.scope).model_fields:
        yield from _fact("scope", what, getattr(before.scope, what), getattr(after.scope, what))
    for about, names in _RUN.items():
        for what in names:
            yield from _fact(about, what, getattr(before.run, what), getattr(after.run, what))
    for what in ("id", "version", "digest", "review_by", "signed_by"):
        yield from _fact("policy", what, getattr(before.policy, what), getattr(after.policy, what))
    yield from _fact("attempts", "attempt", before.attempt, after.attempt)
    yield from _fact("attempts", "intended runs", _intended(before), _intended(after))
    old, new = _waivers(before), _waivers(after)
    for clause in sorted({*old, *new}):
        yield from _fact("waivers", clause, old.get(clause), new.get(clause))


def _fact(about: About, what: str, before: Any, after: Any) -> Iterator[Fact]:
    old, new = _plain(before), _plain(after)
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _fact(about, f"{what} {key}", old.get(key), new.get(key))
    elif old != new:
        yield Fact(about=about, what=what, before=old, after=new)


def _plain(value: Any) -> Any:
    match value:
        case Noun():
            return value.as_json()
        case tuple() | list():
            return [_plain(one) for one in value]
        case dict():
            return {key: _plain(one) for key, one in value.items()}
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def _intended(decision: Decision) -> list[str] | None:
    attempts = decision.attempts
    if attempts is None or not attempts.known:
        return None
    return [f"{one.run_id}: {state_words(decision, one)}" for one in attempts.entered]


def _waivers(decision: Decision) -> dict[str, str]:
    return {
        clause.id: f"until {clause.waiver.expires} by "
        f"{', '.join(signer.name for signer in clause.waiver.approvers)}: {clause.waiver.reason}"
        for clause in decision.clauses
        if clause.waiver
    }


def _clauses(before: Decision, after: Decision) -> Iterator[ClauseRow]:
    old, new = ({c.id: c for c in decision.clauses} for decision in (before, after))
    for name in dict.fromkeys((*new, *old)):
        one, other = (_cell(side[name]) if name in side else None for side in (old, new))
        title = (new.get(name) or old[name]).title
        yield ClauseRow(id=name, title=title, moved=_moved(one, other), before=one, after=other)


def _cell(outcome: ClauseOutcome) -> Cell:
    part = _decisive(outcome)
    number = part.estimate if part and isinstance(part.estimate, float) else None
    shown = part if part is not None and number is not None else None
    return Cell(
        verdict=clause_verdict(outcome),
        severity=outcome.severity,
        slice=shown.slice if shown else None,
        estimate=number,
        lower=shown.lower if shown else None,
        upper=shown.upper if shown else None,
        n=shown.n if shown else None,
        unit=outcome.unit,
        explanation=outcome.explanation,
    )


def _decisive(outcome: ClauseOutcome) -> SliceOutcome | None:
    return next(iter(behind(outcome)), None)


def _moved(before: Cell | None, after: Cell | None) -> Moved:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    if (before.verdict, before.severity) != (after.verdict, after.severity):
        return "verdict"
    return "nothing" if before == after else "numbers"
