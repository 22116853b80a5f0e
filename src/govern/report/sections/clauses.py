"""Section 4: every clause in a line, and in full those that no section below is about."""

from __future__ import annotations

from collections.abc import Iterator

from govern.report.blocks import Block, Clauses, Heading, Overview, Paragraph
from govern.report.material import FAMILIES, Material


def clauses(material: Material) -> Iterator[Block]:
    """The table, then coverage, integrity, privacy, robustness, and what people stated."""
    yield Overview()
    elsewhere = {c.id for family in FAMILIES for c in material.of_family(family)}
    elsewhere |= {c.id for c in material.decision.clauses if c.kind == "record"}
    here = tuple(c.id for c in material.decision.clauses if c.id not in elsewhere)
    if here:
        yield Heading(text="Clauses about other things", anchor="other-clauses")
        yield Paragraph(
            text="Clauses about fairness, accuracy, homogeneity and contests stand in their "
            "own sections.",
            aside=True,
        )
        yield Clauses(ids=here)
