"""Section 16: which duties the policy's clauses relate to, when each was checked, what is left."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from govern.report.beside import DutySeen
from govern.report.blocks import Block, Column, Grid, Items, NotMeasured, Paragraph, Rows
from govern.report.material import Material
from govern.report.wording import listing, plain_date

_STATUS = {"enacted": "enacted, in force", "rescission_proposed": "in force"}
_AFTER = {"rescission_proposed": "; its rescission is proposed"}
CERTAINTY = {
    "read": "read in the text",
    "secondary": "from a secondary source",
    "uncertain": "uncertain",
}


def law(material: Material) -> Iterator[Block]:
    """A table of duties with ``checked_on``, then the duties that no clause relates to."""
    as_of = material.beside.as_of
    seen = f" They were looked up on {plain_date(as_of.date())}." if as_of else ""
    yield Paragraph(
        text="That a clause relates to a duty does not mean that the duty is met. This is no "
        f"legal advice; the tables are dated, and the law moves.{seen}"
    )
    duties = material.beside.duties
    related = _related(material)
    if not related:
        yield NotMeasured(what="Duties", why="No clause of the policy names a duty.")
        return
    if not duties:
        yield NotMeasured(
            what="When each duty was last checked",
            why="The legal tables were not looked up for this report.",
        )
        yield Items(items=tuple(f"{duty}: {listing(ids)}" for duty, ids in related.items()))
        return
    named = [one for one in duties if one.id in related]
    if named:
        yield _table(named, related)
    if unknown := sorted(set(related) - {one.id for one in duties}):
        yield NotMeasured(
            what=f"When {listing(unknown)} was last checked", why="No legal table has it."
        )
    left = [one for one in duties if one.id not in related]
    if left:
        yield Paragraph(text="Gaps: duties in our tables that no clause of this policy relates to.")
        yield Items(
            items=tuple(
                f"{instrument}: {'; '.join(one.clause for one in some)}"
                for instrument, some in groupby(left, key=lambda one: one.instrument)
            )
        )


def _related(material: Material) -> dict[str, list[str]]:
    """The clauses that relate to each duty, by the duty's id, in the policy's order."""
    related: dict[str, list[str]] = {}
    for clause in material.policy.clauses:
        for duty in clause.maps:
            related.setdefault(duty, []).append(clause.id)
    return related


def _table(named: list[DutySeen], related: dict[str, list[str]]) -> Grid:
    return Grid(
        id="law-table",
        caption="Duties that clauses relate to",
        columns=(
            Column(name="Where"),
            Column(name="What it asks, in our words"),
            Column(name="Clauses"),
            Column(name="Status"),
            Column(name="Checked on"),
        ),
        groups=tuple(
            Rows(
                heading=f"{instrument} ({jurisdiction})",
                rows=tuple(_row(one, related[one.id]) for one in some),
            )
            for (instrument, jurisdiction), some in groupby(
                named, key=lambda one: (one.instrument, one.jurisdiction)
            )
        ),
    )


def _row(duty: DutySeen, ids: list[str]) -> tuple[str, ...]:
    status = _STATUS.get(duty.status, duty.status.replace("_", " "))
    since = f" from {plain_date(duty.in_force_from)}" if duty.in_force_from else ""
    stands = f"{status}{since}{_AFTER.get(duty.status, '')}"
    checked = f"{plain_date(duty.checked_on)}, {CERTAINTY[duty.certainty]}"
    return f"{duty.clause} – {duty.id}", duty.duty, ", ".join(ids), stands, checked
