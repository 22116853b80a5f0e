"""The page for a board: candidates side by side, what else was considered, trend over versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import AwareDatetime

from govern.domain import ClauseOutcome, Decision, Noun
from govern.report.blocks import Block, Cell, Column, Grid, NotMeasured, Paragraph, Rows, Section
from govern.report.sentences import SEVERITIES, clause_verdict, group_name, verdict_of
from govern.report.shown import Text
from govern.report.units import unit_of
from govern.report.wording import anchors, counted, listing, plain_date, two_digits

COLUMNS = 4
"""Candidates or versions that stand side by side; the newest of more."""
Reasons = Mapping[tuple[str, str], str]
"""Why a candidate was not chosen, by the decision whose approval says so and its name."""


class BoardPage(Noun):
    """All candidates that one policy judged, as a board compares them."""

    title: Text
    as_of: AwareDatetime
    sections: tuple[Section, ...]


def board_page(
    decisions: Sequence[Decision], reasons: Reasons, *, as_of: AwareDatetime
) -> BoardPage:
    """The decisions of a record by one policy's id, the oldest first.

    Args:
        decisions: at least one, all by the policy of one id.
        reasons: what people signed about candidates that they did not choose.
        as_of: when the record was looked at.
    """
    latest = list({d.run.fingerprint: d for d in decisions}.values())
    made = (
        ("candidates", "Candidates side by side", _candidates(latest)),
        ("clauses", "Clause by clause", _clauses(latest[-COLUMNS:])),
        ("alternatives", "Alternatives considered", _alternatives(latest, reasons)),
        ("trend", "Trend over versions", _trend(decisions)),
    )
    return BoardPage(
        title=f"Candidates under “{decisions[-1].policy.title}”",
        as_of=as_of,
        sections=tuple(
            Section(number=number, anchor=anchor, title=title, blocks=tuple(blocks))
            for number, (anchor, title, blocks) in enumerate(made, start=1)
        ),
    )


def name_of(decision: Decision) -> str:
    """A candidate as people call it."""
    return f"{decision.run.pipeline} {decision.run.pipeline_version}"


def _candidates(latest: Sequence[Decision]) -> Iterator[Block]:
    yield Paragraph(text="The latest decision about each candidate. Advice lets nothing be used.")
    yield Grid(
        id="board-candidates",
        caption="Candidates, by their latest decision",
        columns=tuple(
            map(
                _column,
                (
                    "Candidate",
                    "Outcome",
                    "Must-hold clauses met",
                    "Weight",
                    "Holds until",
                    "Decision",
                ),
            )
        ),
        groups=(Rows(rows=tuple(_candidate(d) for d in latest)),),
    )


def _candidate(decision: Decision) -> tuple[Cell, ...]:
    must = [c for c in decision.clauses if c.severity == "block"]
    met = [c for c in must if c.effective == "pass"]
    return (
        name_of(decision),
        verdict_of(decision.effective_outcome),
        f"{len(met)} of {len(must)}",
        "advice" if decision.advisory else "decides",
        plain_date(decision.expires),
        decision.decision_id,
    )


def _clauses(latest: Sequence[Decision]) -> Iterator[Block]:
    policies = {d.policy.digest for d in latest}
    if len(policies) > 1:
        yield Paragraph(
            text="The text of the policy changed between these decisions: one verdict may rest on "
            "another bar than the one beside it."
        )
    ids = list(dict.fromkeys(c.id for d in reversed(latest) for c in d.clauses))
    by_id = [{c.id: c for c in d.clauses} for d in latest]
    rows = []
    for one in ids:
        told = next(found[one] for found in reversed(by_id) if one in found)
        cells: list[Cell] = [f"{one} {told.title}", SEVERITIES[told.severity]]
        cells += [clause_verdict(c) if (c := found.get(one)) else "not asked" for found in by_id]
        rows.append(tuple(cells))
    yield Grid(
        id="board-clauses",
        caption="Verdicts clause by clause",
        columns=(_column("Clause"), _column("If not met"), *(_column(name_of(d)) for d in latest)),
        groups=(Rows(rows=tuple(rows)),),
    )


def _alternatives(latest: Sequence[Decision], reasons: Reasons) -> Iterator[Block]:
    rows = tuple(
        (
            name_of(decision),
            f"{other.pipeline} {other.pipeline_version}",
            verdict_of(other.outcome),
            reasons.get(
                (decision.decision_id, f"{other.pipeline} {other.pipeline_version}"),
                "not measured: nobody has said so in an approval",
            ),
        )
        for decision in latest
        for other in decision.alternatives
    )
    if not rows:
        yield NotMeasured(
            what="Alternatives", why="No decision here had another candidate beside it."
        )
        return
    yield Grid(
        id="board-alternatives",
        caption="What stood beside each candidate, and why it was not chosen",
        columns=tuple(
            map(_column, ("Decided about", "Also judged", "Outcome then", "Why it was not chosen"))
        ),
        groups=(Rows(rows=rows),),
    )


def _trend(decisions: Sequence[Decision]) -> Iterator[Block]:
    """For each pipeline with more than one decision, its clauses from version to version."""
    by_pipeline: dict[str, list[Decision]] = {}
    for decision in decisions:
        by_pipeline.setdefault(decision.run.pipeline, []).append(decision)
    several = {name: some for name, some in by_pipeline.items() if len(some) > 1}
    if not several:
        yield NotMeasured(
            what="A trend", why="No pipeline has been decided about more than once here."
        )
    for place, (name, some) in zip(anchors([*several]), several.items(), strict=True):
        yield _versions(place, name, some[-COLUMNS:])


def _versions(place: str, name: str, some: Sequence[Decision]) -> Grid:
    ids = list(dict.fromkeys(c.id for d in some for c in d.clauses if c.kind == "measured"))
    by_id = [{c.id: c for c in d.clauses} for d in some]
    titles = {c.id: c.title for d in some for c in d.clauses}
    return Grid(
        id=f"board-trend-{place}",
        caption=f"{name}: what weighed most in each clause, from decision to decision",
        columns=(
            _column("Clause"),
            *(_column(f"{d.run.pipeline_version}, {plain_date(d.created.date())}") for d in some),
        ),
        groups=(
            Rows(
                rows=tuple(
                    (
                        f"{one} {titles[one]}",
                        *(_weighed(c) if (c := found.get(one)) else "not asked" for found in by_id),
                    )
                    for one in ids
                )
            ),
        ),
        notes=(f"{counted(len(some), 'decisions')}, the oldest first.",),
    )


def _weighed(clause: ClauseOutcome) -> str:
    """The verdict, and the number that weighed most in it."""
    word = clause_verdict(clause).word
    part = next((p for p in clause.slices if isinstance(p.estimate, float)), None)
    if part is None or not isinstance(part.estimate, float):
        return f"{word}: not measured"
    unit = unit_of(clause.unit)
    value = unit.number(part.estimate)
    sign = "−" if value < 0 else ""
    amount = " ".join(word for word in (f"{sign}{two_digits(abs(value))}", unit.label) if word)
    return f"{word}: {amount}, {group_name(part)}"


def _column(name: str) -> Column:
    return Column(name=name)


def policies_of(decisions: Sequence[Decision]) -> str:
    """The ids of the policies that decisions were made by, for a message."""
    return listing(sorted({d.policy.id for d in decisions})) or "none"
