"""Section 10: what was not tested, and where the evidence was not enough."""

from __future__ import annotations

from collections.abc import Iterator

from govern.report.blocks import Block, ClauseLinks, Heading, Items, Paragraph
from govern.report.material import Material
from govern.report.sentences import explained
from govern.report.wording import as_sentence


def untested(material: Material) -> Iterator[Block]:
    """Everything that the decision is silent about, and every clause left undecided."""
    undecided = [c for c in material.decision.clauses if c.outcome == "insufficient_evidence"]
    told = {as_sentence(f"{c.id} {c.title}: {c.explanation}") for c in undecided}
    others = tuple(text for text in material.not_tested if text not in told)
    if others:
        yield Items(items=others)
    if undecided:
        yield Heading(text="Not enough evidence, or not assessable", anchor="insufficient")
        reasons = {clause.id: explained(clause) for clause in undecided}
        yield ClauseLinks(clauses=material.links(reasons, reasons))
    yield Paragraph(
        text="A pass means that this policy's clauses were met by these drafts. It says nothing "
        "about what the policy does not ask."
    )
