"""Sections 13 to 15: people's oversight, contests, and what happens after the decision."""

from __future__ import annotations

from collections.abc import Iterator

from govern.domain import RecordFacts
from govern.report.blocks import Block, ClauseLinks, Clauses, Fact, Facts, NotMeasured, Paragraph
from govern.report.material import Material
from govern.report.sections.grids import findings_grid
from govern.report.wording import plain_date

_CONTESTS = (
    ("Contests by group and ground", "upheld and overturned"),
    ("Deadlines met", "in time, late and very late"),
    ("Retaliation watch", "later ratings and pay of people who contested"),
)


def oversight(material: Material) -> Iterator[Block]:
    """What the policy asks of people, and what nobody has measured of them."""
    stated = {c.id for c in material.decision.clauses if c.kind in ("property", "attested")}
    lines = material.links(stated)
    if lines:
        yield Paragraph(text="Declared by the pipeline's owner, or stated and signed by people:")
        yield ClauseLinks(clauses=lines)
    else:
        yield NotMeasured(
            what="Training and duties of people", why="No clause of the policy asks for them."
        )
    for what in ("Edits and overrides of drafts", "Time that managers spend on a draft"):
        yield NotMeasured(what=what, why="Nothing in the decision's folder records it.")


def contests(material: Material) -> Iterator[Block]:
    """Statistics of the contest record, and the clauses that go by them."""
    record = material.decision.record
    for facts in record:
        yield from _record(facts)
    if not record:
        for what, of in _CONTESTS:
            yield NotMeasured(
                what=f"{what} ({of})",
                why="No statistics of a contest record lay before the judge.",
            )
    ids = tuple(c.id for c in material.decision.clauses if c.kind == "record")
    if ids:
        yield Clauses(ids=ids)
    yield Paragraph(
        text="Few contests can mean that little is wrong, or that people fear to contest.",
        aside=True,
    )


def _record(facts: RecordFacts) -> Iterator[Block]:
    day = plain_date(facts.as_of.date())
    if not facts.findings:
        yield NotMeasured(
            what=f"Contests over the {facts.window_days} days to {day}",
            why="The record gave no statistics.",
        )
        return
    yield findings_grid(
        f"contests-{facts.window_days}",
        f"The contest record over the {facts.window_days} days to {day}",
        facts.findings,
    )


def after(material: Material) -> Iterator[Block]:
    """Until when the decision holds, and what happens meanwhile."""
    decision = material.decision
    yield Facts(
        facts=(
            Fact(term="The decision ends", value=plain_date(decision.expires)),
            Fact(term="Review of the policy", value=plain_date(decision.policy.review_by)),
        )
    )
    yield NotMeasured(what="Incidents", why="No register of incidents is read for this report.")
    yield NotMeasured(
        what="Monitoring of drafts in use",
        why="This decision is about drafts made for a test; drafts in use were not supplied.",
    )
