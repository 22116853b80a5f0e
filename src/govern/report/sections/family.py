"""What the sections on fairness, accuracy and homogeneity share."""

from __future__ import annotations

from collections.abc import Iterator

from govern.domain import Undefined
from govern.report.blocks import Block, Clauses, Heading, NotMeasured, Paragraph
from govern.report.material import Material
from govern.report.sections.grids import findings_grid, furthest, without_number

_TABLES = frozenset(
    {
        "fairness.selection_rate",
        "fairness.scoring_rate",
        "fairness.ll144_selection_ratio",
        "fairness.ll144_scoring_ratio",
        "fairness.shortfall",
    }
)
"""Metrics that the legal tables show whole."""


def clauses_of_family(material: Material, family: str) -> Iterator[Block]:
    """The clauses about a family in full, or that there are none."""
    ids = tuple(c.id for c in material.of_family(family))
    if ids:
        yield Clauses(ids=ids)
    else:
        yield NotMeasured(
            what=f"Clauses about {family}", why="The policy has none, so nothing was judged."
        )


def beyond_the_policy(material: Material, family: str) -> Iterator[Block]:
    """What was measured of a family and no clause asks for: of each metric the furthest group."""
    yield Heading(text="Measured, and asked for by no clause", anchor=f"beyond-{family}")
    found = [f for f in material.asked_by_none(family) if f.metric not in _TABLES]
    if not found:
        why = (
            "No findings beyond those of the clauses."
            if material.findings
            else "The findings were not at hand for this report."
        )
        yield NotMeasured(what=f"More about {family}", why=why)
        return
    questions = material.beside.questions
    shown = furthest(found)
    measured = [one for one in shown if not isinstance(one.estimate, Undefined)]
    if measured:
        yield Paragraph(
            text="Nothing was decided by these. Of each measure, the group that lies furthest from "
            "zero; among many, some lie off zero by chance."
        )
        yield findings_grid(
            f"beyond-{family}-table", f"Other measures of {family}", measured, questions
        )
    if len(measured) < len(shown):
        yield without_number(
            f"beyond-{family}-unmeasured",
            f"Other measures of {family} that have no number",
            [one for one in shown if isinstance(one.estimate, Undefined)],
            questions,
        )
