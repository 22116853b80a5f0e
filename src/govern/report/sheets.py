"""Tables for a spreadsheet or a program: every column explained, nothing rounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from govern.report.csv_text import Value, csv_text
from govern.report.escaping import inline

Type = Literal["text", "number", "whole number", "number or words"]
DICTIONARY = "dictionary.csv"
README = "README.md"


@dataclass(frozen=True)
class Field:
    """A column: what it tells and in which unit; no unit where there is none to tell."""

    name: str
    meaning: str
    type: Type = "text"
    unit: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table: ``name`` is its file's without the ending, ``title`` says what it holds."""

    name: str
    title: str
    fields: tuple[Field, ...]
    rows: tuple[Sequence[Value], ...]
    notes: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """Its file's name."""
        return f"{self.name}.csv"

    @property
    def csv(self) -> str:
        """The whole file."""
        return csv_text([field.name for field in self.fields], self.rows)


def dictionary(sheets: Iterable[Sheet]) -> Sheet:
    """What every column of every table means, its own among them."""
    own = (
        Field("table", "the table's file"),
        Field("column", "the column's name in the table's first line"),
        Field("meaning", "what stands in it"),
        Field("unit", "of its numbers; empty where they have none or it holds words"),
        Field("type", "text, number, whole number, or number or words"),
    )
    itself = Sheet("dictionary", "What every column of every table means.", own, ())
    rows = (
        (sheet.file, field.name, field.meaning, field.unit, field.type)
        for sheet in (*sheets, itself)
        for field in sheet.fields
    )
    return Sheet(itself.name, itself.title, own, tuple(rows))


def files(about: str, sheets: Sequence[Sheet], absent: Sequence[str] = ()) -> dict[str, str]:
    """The tables, their dictionary and a README, by name.

    Args:
        about: what the tables are of, one line of Markdown.
        sheets: the tables.
        absent: what has no table, and why, in sentences.
    """
    every = (*sheets, dictionary(sheets))
    return {README: _readme(about, every, absent)} | {sheet.file: sheet.csv for sheet in every}


def _readme(about: str, sheets: Sequence[Sheet], absent: Sequence[str]) -> str:
    return "\n".join(_lines(about, sheets, absent)) + "\n"


def _lines(about: str, sheets: Sequence[Sheet], absent: Sequence[str]) -> Iterator[str]:
    yield from ("# The tables of a report", "", about, "")
    yield (
        "CSV as RFC 4180 has it, in UTF-8, every cell quoted. A text that a spreadsheet would take "
        "for a formula has an apostrophe before it. Numbers have every digit. An empty cell is a "
        f"value that there is none of. [{DICTIONARY}]({DICTIONARY}) explains every column."
    )
    yield ""
    yield from (f"- [{sheet.file}]({sheet.file}): {inline(sheet.title)}" for sheet in sheets)
    if absent:
        yield ""
        yield from (f"- {sentence}" for sentence in absent)
    noted = [(sheet.file, note) for sheet in sheets for note in sheet.notes]
    if noted:
        yield ""
        yield from (f"- {file}: {inline(note)}" for file, note in noted)
