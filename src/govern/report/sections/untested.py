"""Section 10: what was not tested, and where the evidence was not enough."""

from __future__ import annotations

from collections.abc import Iterator

from govern.report.blocks import Block, ClauseLinks, Heading, Items, Paragraph
from govern.report.material import Material
from govern.report.sentences import explained


def untested(material: Material) -> Iterator[Block]:
    """Everything that the decision is silent about, and every clause left undecided."""
    if material.not_tested:
        yield Items(items=material.not_tested)
    open_ids = {c.id for c in material.decision.clauses if c.outcome == "insufficient_evidence"}
    lines = material.links(open_ids)
    if lines:
        yield Heading(text="Not enough evidence", anchor="insufficient")
        yield ClauseLinks(clauses=lines)
        outcomes = {c.id: c for c in material.decision.clauses}
        yield Items(items=tuple(f"{line.id}: {explained(outcomes[line.id])}" for line in lines))
    yield Paragraph(
        text="A pass means that this policy's clauses were met by these drafts. It says nothing "
        "about what the policy does not ask."
    )
