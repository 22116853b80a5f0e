"""What a section of the report is made of: a few kinds of block that any renderer can lay out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from govern.domain.base import Noun
from govern.report.drawings import Drawing
from govern.report.shown import Text, Verdict

Anchor = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
"""What names a place in the page, and a table's file: no separator, no space."""


class Fact(Noun):
    """A term and its value; ``exact`` values are to be copied letter by letter."""

    term: Text
    value: Text
    exact: bool = False


class Command(Noun):
    """A command and what it shows."""

    line: Text
    shows: Text


class Heading(Noun):
    """A heading within a section; its anchor is unique in the report."""

    kind: Literal["heading"] = "heading"
    text: Text
    anchor: str


class Paragraph(Noun):
    """A paragraph; an ``aside`` may be passed over."""

    kind: Literal["paragraph"] = "paragraph"
    text: Text
    aside: bool = False


class Items(Noun):
    """A list."""

    kind: Literal["items"] = "items"
    items: tuple[Text, ...] = Field(min_length=1)


class Facts(Noun):
    """Terms with their values."""

    kind: Literal["facts"] = "facts"
    facts: tuple[Fact, ...] = Field(min_length=1)


class Commands(Noun):
    """Commands to type."""

    kind: Literal["commands"] = "commands"
    commands: tuple[Command, ...] = Field(min_length=1)


class NotMeasured(Noun):
    """Something that the report should tell and has no data for, and why it has none."""

    kind: Literal["not_measured"] = "not_measured"
    what: Text
    why: Text

    @property
    def sentence(self) -> str:
        """It in the words that every renderer uses."""
        return f"{self.what}: not measured. {self.why}"


class Clauses(Noun):
    """The clauses of these ids stand here in full."""

    kind: Literal["clauses"] = "clauses"
    ids: tuple[str, ...] = Field(min_length=1)


class Overview(Noun):
    """The table of all clauses stands here."""

    kind: Literal["overview"] = "overview"


class ClauseLink(Noun):
    """A clause to read on about, and why it stands here where that is not plain."""

    id: Text
    title: Text
    anchor: str
    verdict: Verdict
    why: Text = ""


class ClauseLinks(Noun):
    """Clauses in one line each, with where they stand in full."""

    kind: Literal["clause_links"] = "clause_links"
    clauses: tuple[ClauseLink, ...] = Field(min_length=1)


class Blank(Noun):
    """Room for somebody to write by hand."""

    kind: Literal["blank"] = "blank"
    label: str
    lines: int = Field(ge=1)


class Column(Noun):
    """A column of a table, its unit in the header."""

    name: Text
    numeric: bool = False


class Number(Noun):
    """A number as it is shown, and what it was before it was rounded or scaled for that."""

    shown: Text
    exact: int | float


def whole(count: int) -> Number:
    """A count, thousands set off."""
    return Number(shown=f"{count:,}", exact=count)


Cell = Text | Verdict | Number


class Rows(Noun):
    """Rows that belong together; the first cell of each is its header."""

    heading: Text = ""
    rows: tuple[tuple[Cell, ...], ...]


class Grid(Noun):
    """A table; ``id`` names it in the page and as a file."""

    kind: Literal["grid"] = "grid"
    id: Anchor
    caption: Text
    columns: tuple[Column, ...] = Field(min_length=1)
    groups: tuple[Rows, ...]
    notes: tuple[Text, ...] = ()


def grid(
    name: str,
    caption: str,
    *,
    columns: Iterable[str | Column],
    rows: Iterable[tuple[Cell, ...]],
    notes: Iterable[str] = (),
) -> Grid:
    """A table whose rows all belong together; a column that is a mere name holds words."""
    return Grid(
        id=name,
        caption=caption,
        columns=tuple(Column(name=one) if isinstance(one, str) else one for one in columns),
        groups=(Rows(rows=tuple(rows)),),
        notes=tuple(notes),
    )


def numeric(*names: str) -> tuple[Column, ...]:
    """Columns of numbers."""
    return tuple(Column(name=name, numeric=True) for name in names)


class Figure(Noun):
    """A drawing of the table that stands below it; ``description`` states the finding."""

    kind: Literal["figure"] = "figure"
    id: Anchor
    title: Text
    description: Text
    drawing: Drawing
    table: Grid


class Piece(Noun):
    """A stretch of text; ``marked`` where it is what matters."""

    text: Text
    marked: bool = False


class Side(Noun):
    """One of two drafts: whose, by a code and the group, and the text in pieces."""

    who: Text
    measured: Text
    pieces: tuple[Piece, ...]


class Pair(Noun):
    """Two drafts of one case side by side, only what differs marked, and the file behind both."""

    kind: Literal["pair"] = "pair"
    title: Text
    anchor: Anchor
    evidence: tuple[Text, ...]
    left: Side
    right: Side


class Claim(Noun):
    """A claim of a draft, what is at fault in it marked, and what the file says."""

    who: Text
    fault: Text
    pieces: tuple[Piece, ...]
    evidence: Text


class Claims(Noun):
    """Claims that the file does not bear out."""

    kind: Literal["claims"] = "claims"
    claims: tuple[Claim, ...] = Field(min_length=1)


Block = Annotated[
    Heading
    | Paragraph
    | Items
    | Facts
    | Commands
    | NotMeasured
    | Clauses
    | Overview
    | ClauseLinks
    | Blank
    | Grid
    | Figure
    | Pair
    | Claims,
    Field(discriminator="kind"),
]


class Section(Noun):
    """One of the report's numbered sections."""

    number: int = Field(ge=1)
    anchor: str
    title: str
    blocks: tuple[Block, ...] = ()
