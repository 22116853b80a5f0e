"""The page for a board: candidates side by side, what else was considered, trend over versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from pydantic import AwareDatetime

from govern.domain import Decision, Noun
from govern.report.answer import answer_verdict
from govern.report.blocks import Block, Cell, NotMeasured, Paragraph, Section, grid
from govern.report.board_trend import Policies, trend
from govern.report.sentences import SEVERITIES, clause_verdict, verdict_of
from govern.report.shown import Text
from govern.report.standing import is_over
from govern.report.wording import listing, plain_date

COLUMNS = 4
"""Candidates that stand side by side clause by clause; the newest of more."""
Reasons = Mapping[tuple[str, str], str]
"""Why a candidate was not chosen, by the decision whose approval says so and its name."""


class BoardPage(Noun):
    """All candidates that one policy judged, as a board compares them."""

    title: Text
    as_of: AwareDatetime
    sections: tuple[Section, ...]


def board_page(
    decisions: Sequence[Decision],
    reasons: Reasons,
    *,
    policies: Policies = MappingProxyType({}),
    as_of: AwareDatetime,
) -> BoardPage:
    """The decisions of a record by one policy's id, the oldest first.

    Args:
        decisions: at least one, all by the policy of one id.
        reasons: what people signed about candidates that they did not choose.
        policies: by digest, for what they allowed; a trend has no thresholds without.
        as_of: when the record was looked at.
    """
    latest = _latest(decisions)
    made = (
        ("candidates", "Candidates side by side", _candidates(latest, as_of)),
        ("clauses", "Clause by clause", _clauses(latest)),
        ("alternatives", "Alternatives considered", _alternatives(latest, reasons)),
        ("trend", "Trend over versions", trend(decisions, policies)),
    )
    return BoardPage(
        title=f"Candidates under “{decisions[-1].policy.title}”",
        as_of=as_of,
        sections=tuple(
            Section(number=number, anchor=anchor, title=title, blocks=tuple(blocks))
            for number, (anchor, title, blocks) in enumerate(made, start=1)
        ),
    )


def _latest(decisions: Sequence[Decision]) -> list[Decision]:
    """The last decision about each candidate, the oldest of these first."""
    found: dict[str, Decision] = {}
    for decision in decisions:
        found.pop(decision.run.fingerprint, None)
        found[decision.run.fingerprint] = decision
    return list(found.values())


def name_of(decision: Decision) -> str:
    """A candidate as people call it."""
    return f"{decision.run.pipeline} {decision.run.pipeline_version}"


def _candidates(latest: Sequence[Decision], as_of: datetime) -> Iterator[Block]:
    yield Paragraph(text="The latest decision about each candidate. Advice lets nothing be used.")
    yield grid(
        "board-candidates",
        "Candidates, by their latest decision",
        columns=(
            "Candidate",
            "Outcome",
            "Must-hold clauses met",
            "Weight",
            "Holds until",
            "Decision",
        ),
        rows=(_candidate(decision, as_of) for decision in latest),
    )


def _candidate(decision: Decision, as_of: datetime) -> tuple[Cell, ...]:
    must = [c for c in decision.clauses if c.severity == "block"]
    met = [c for c in must if c.effective == "pass"]
    return (
        name_of(decision),
        answer_verdict(decision, as_of),
        f"{len(met)} of {len(must)}",
        _weight(decision, as_of),
        plain_date(decision.expires),
        decision.decision_id,
    )


def _weight(decision: Decision, as_of: datetime) -> str:
    if is_over(decision, as_of):
        return "over"
    return "advice" if decision.advisory else "decides"


def _clauses(every: Sequence[Decision]) -> Iterator[Block]:
    latest = every[-COLUMNS:]
    if len(every) > len(latest):
        yield Paragraph(
            text=f"The newest {len(latest)} of {len(every)} candidates; the table above has all."
        )
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
    yield grid(
        "board-clauses",
        "Verdicts clause by clause",
        columns=("Clause", "If not met", *map(name_of, latest)),
        rows=rows,
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
    yield grid(
        "board-alternatives",
        "What stood beside each candidate, and why it was not chosen",
        columns=("Decided about", "Also judged", "Outcome then", "Why it was not chosen"),
        rows=rows,
    )


def policies_of(decisions: Sequence[Decision]) -> str:
    """The ids of the policies that decisions were made by, for a message."""
    return listing(sorted({d.policy.id for d in decisions})) or "none"
