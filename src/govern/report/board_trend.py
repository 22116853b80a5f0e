"""Trend over versions: each pipeline's clauses from decision to decision, drawn and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from govern.domain import (
    ClauseOutcome,
    Decision,
    MeasuredClause,
    Policy,
    RecordClause,
    SliceOutcome,
)
from govern.report.answer import clauses_of
from govern.report.blocks import Block, Figure, Grid, Heading, NotMeasured, Paragraph, grid
from govern.report.drawings import Trend, TrendPoint, Trends
from govern.report.sentences import behind, clause_verdict, group_name
from govern.report.shown import Verdict
from govern.report.tables import allowed_range
from govern.report.units import Unit, unit_of
from govern.report.wording import anchors, counted, listing, plain_date, two_digits

NEWEST = 6
"""Decisions about a pipeline that stand beside each other; the newest of more."""
Policies = Mapping[str, Policy]
_NOT_ASKED = Verdict(word="Not asked", mark="none")
_KEY = (
    "Circle: pass; square: fail; triangle: not enough evidence, or waived. Lines up and down: "
    "intervals. Shaded: what the policy allowed."
)


def trend(decisions: Sequence[Decision], policies: Policies) -> Iterator[Block]:
    """For each pipeline with more than one decision, its clauses from version to version.

    Args:
        decisions: the oldest first.
        policies: those that they were made by, as far as they can be read, by digest.
    """
    by_pipeline: dict[str, list[Decision]] = {}
    for decision in decisions:
        by_pipeline.setdefault(decision.run.pipeline, []).append(decision)
    several = {name: some for name, some in by_pipeline.items() if len(some) > 1}
    if not several:
        yield NotMeasured(
            what="A trend", why="No pipeline has been decided about more than once here."
        )
        return
    yield Paragraph(
        text="Each decision may rest on other cases, and nothing here tests whether a difference "
        "is more than chance; `govern compare` does for two runs over the same cases."
    )
    for key, (name, some) in zip(anchors([*several]), several.items(), strict=True):
        yield from _of_pipeline(key, name, some, policies)


def _of_pipeline(
    key: str, name: str, every: Sequence[Decision], policies: Policies
) -> Iterator[Block]:
    some = every[-NEWEST:]
    yield Heading(text=name, anchor=f"trend-{key}")
    if len({d.policy.digest for d in some}) > 1:
        yield Paragraph(
            text="The text of the policy changed between these decisions; the band shows what "
            "each was held to."
        )
    table = _table(key, name, some, len(every))
    drawn = tuple(_trends(some, policies))
    if not drawn:
        yield table
        return
    yield Figure(
        id=f"board-trend-{key}-figure",
        title=f"{name}: what weighed most in each clause, from decision to decision",
        description=_moved(some),
        drawing=Trends(
            versions=tuple(d.run.pipeline_version for d in some),
            trends=drawn,
        ),
        table=table,
    )


def _trends(some: Sequence[Decision], policies: Policies) -> Iterator[Trend]:
    """A panel for each clause that has a number in two decisions or more."""
    for one, title in _asked(some).items():
        found = [next((c for c in d.clauses if c.id == one), None) for d in some]
        weighed = [_weighing(c) if c else None for c in found]
        if sum(part is not None for part in weighed) < 2:
            continue
        unit = unit_of(next(c.unit for c in reversed(found) if c))
        yield Trend(
            label=f"{one} {title}",
            unit=unit.label,
            points=tuple(
                _point(d, c, part, policies)
                for d, c, part in zip(some, found, weighed, strict=True)
            ),
        )


def _point(
    decision: Decision, clause: ClauseOutcome | None, part: SliceOutcome | None, policies: Policies
) -> TrendPoint:
    if clause is None:
        return TrendPoint(verdict=_NOT_ASKED)
    verdict = clause_verdict(clause)
    if part is None or not isinstance(part.estimate, float):
        return TrendPoint(verdict=verdict)
    unit = unit_of(clause.unit)
    low, high = _allowed(policies.get(decision.policy.digest), clause, part, unit)
    return TrendPoint(
        value=unit.number(part.estimate),
        low=None if part.lower is None else unit.number(part.lower),
        high=None if part.upper is None else unit.number(part.upper),
        allowed_low=low,
        allowed_high=high,
        verdict=verdict,
    )


def _allowed(
    policy: Policy | None, clause: ClauseOutcome, part: SliceOutcome, unit: Unit
) -> tuple[float | None, float | None]:
    asked = clauses_of(policy).get(clause.id) if policy else None
    if not isinstance(asked, MeasuredClause | RecordClause):
        return None, None
    return allowed_range(asked, unit, part)


def _weighing(clause: ClauseOutcome) -> SliceOutcome | None:
    """The slice with a number that weighs most in a clause; those behind its outcome first."""
    parts = (*behind(clause), *clause.slices)
    return next((p for p in parts if isinstance(p.estimate, float)), None)


def _asked(some: Sequence[Decision]) -> dict[str, str]:
    """The clauses with a number to measure, by id, with their newest titles."""
    return {c.id: c.title for d in some for c in d.clauses if c.kind in ("measured", "record")}


def _moved(some: Sequence[Decision]) -> str:
    """Which clauses were met in the last decision and not in the first, and the other way."""
    first, last = (
        {c.id: c.outcome == "pass" for c in d.clauses if c.id in _asked(some)}
        for d in (some[0], some[-1])
    )
    both = [one for one in last if one in first]
    better = [one for one in both if last[one] and not first[one]]
    worse = [one for one in both if first[one] and not last[one]]
    told = [
        f"{counted(len(ids), 'clauses')} {words} ({listing(ids)})"
        for ids, words in ((better, "came to be met"), (worse, "ceased to be met"))
        if ids
    ]
    moved = listing(told) if told else "no clause came to be met or ceased to be"
    old, new = (d.run.pipeline_version for d in (some[0], some[-1]))
    days = (plain_date(d.created.date()) for d in (some[0], some[-1]))
    span = " to ".join(days) if old == new else f"version {old} to {new}"
    return f"From {span}, {moved}. {_KEY}"


def _table(key: str, name: str, some: Sequence[Decision], of: int) -> Grid:
    by_id = [{c.id: c for c in d.clauses} for d in some]
    which = (
        f"The newest {len(some)} of {of} decisions" if of > len(some) else counted(of, "decisions")
    )
    return grid(
        f"board-trend-{key}",
        f"{name}: verdicts and what weighed most, from decision to decision",
        columns=(
            "Clause",
            *(f"{d.run.pipeline_version}, {plain_date(d.created.date())}" for d in some),
        ),
        rows=(
            (
                f"{one} {title}",
                *(_weighed(c) if (c := found.get(one)) else "not asked" for found in by_id),
            )
            for one, title in _asked(some).items()
        ),
        notes=(f"{which}, the oldest first.",),
    )


def _weighed(clause: ClauseOutcome) -> str:
    """The verdict, and the number that weighed most in it."""
    word = clause_verdict(clause).word
    part = _weighing(clause)
    if part is None or not isinstance(part.estimate, float):
        return f"{word}: not measured"
    unit = unit_of(clause.unit)
    value = unit.number(part.estimate)
    sign = "\N{MINUS SIGN}" if value < 0 else ""
    amount = " ".join(word for word in (f"{sign}{two_digits(abs(value))}", unit.label) if word)
    return f"{word}: {amount}, {group_name(part)}"
