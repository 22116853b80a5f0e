"""The report's own tables as sheets: the words that it shows, and the numbers behind its digits."""

from __future__ import annotations

from collections.abc import Iterator

from govern.report.blocks import Cell, Figure, Grid, Number
from govern.report.column_meanings import meaning_of
from govern.report.csv_text import Value
from govern.report.page import Page
from govern.report.sheets import Field, Sheet
from govern.report.shown import Verdict

_NONE = "–"


def grids_of(page: Page) -> Iterator[Grid]:
    """Every table of the page's sections in its order, also those below drawings."""
    for section in page.sections:
        for block in section.blocks:
            if isinstance(block, Grid):
                yield block
            elif isinstance(block, Figure):
                yield block.table


def grid_sheet(grid: Grid) -> Sheet:
    """A table of the page, its groups of rows named in a column of their own."""
    grouped = any(rows.heading for rows in grid.groups)
    group = (Field("Rows under", "the heading in the report that the row stands under"),)
    return Sheet(
        name=grid.id,
        title=f"{grid.caption}.",
        fields=(*(group if grouped else ()), *_fields(grid)),
        rows=tuple(
            ((rows.heading,) if grouped else ()) + tuple(_value(cell) for cell in row)
            for rows in grid.groups
            for row in rows.rows
        ),
        notes=grid.notes,
    )


def _fields(grid: Grid) -> Iterator[Field]:
    """The columns; where two have one name, the second gets a number."""
    seen: dict[str, int] = {}
    for column in grid.columns:
        seen[column.name] = seen.get(column.name, 0) + 1
        many = seen[column.name]
        name = column.name if many == 1 else f"{column.name} {many}"
        meaning, unit = meaning_of(grid.id, name)
        yield Field(name, meaning, "number or words" if column.numeric else "text", unit)


def _value(cell: Cell) -> Value:
    match cell:
        case Number():
            return cell.exact
        case Verdict():
            return cell.word
    return None if cell == _NONE else cell
