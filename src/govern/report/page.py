"""The view model: everything a report says, in the words and digits it says it in."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from govern.domain.base import Noun
from govern.report.blocks import ClauseLink, Fact, Section
from govern.report.shown import Text, Verdict


class Row(Noun):
    """One line of a clause's table. Without an estimate, ``missing`` says why."""

    group: Text
    estimate: str = ""
    low: str = ""
    high: str = ""
    missing: Text = ""
    allowed: str
    n: str
    verdict: Verdict


class RowGroup(Noun):
    """The rows of one attribute or cross of attributes."""

    heading: Text
    rows: tuple[Row, ...]


class Table(Noun):
    """The findings of a clause; ``unit`` stands in the header, ``omitted`` below what was cut."""

    caption: Text
    unit: Text
    allowed: str
    n: Text
    groups: tuple[RowGroup, ...]
    omitted: Text = ""


class PlotRow(Noun):
    """A dot with its interval; ``missing`` stands in their place where there is none."""

    label: Text
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    missing: Text = ""
    n: str
    verdict: Verdict


class PlotGroup(Noun):
    """Rows that share what the policy allows; a bound of ``None`` is open."""

    heading: Text
    allowed: str
    allowed_low: float | None = None
    allowed_high: float | None = None
    rows: tuple[PlotRow, ...]


class Plot(Noun):
    """A forest plot, in the reader's unit. ``rule`` is zero or the policy's threshold."""

    id: str
    title: Text
    description: Text
    axis: Text
    rule: float
    lower_end: str = ""
    upper_end: str = ""
    n_label: Text
    groups: tuple[PlotGroup, ...]
    omitted: Text = ""


class ClauseLine(ClauseLink):
    """A clause in one line: what it does if it is not met, and what weighs most in it."""

    severity: str
    found: Text
    prose: tuple[Text, ...] = ()


class ClauseSection(Noun):
    """A clause in full."""

    id: Text
    title: Text
    anchor: str
    severity: str
    verdict: Verdict
    prose: tuple[Text, ...]
    reading: Text
    explanation: Text
    waiver: Text
    found: tuple[Text, ...]
    more: Text = ""
    provisional: Text = ""
    plot: Plot | None = None
    table: Table | None = None
    notes: tuple[Text, ...]
    method: tuple[Fact, ...]


class Answer(Noun):
    """The first screen: may it be rolled out, for what, why, what is not known, who signed."""

    question: Text
    verdict: Verdict
    sentence: Text
    advisory: Text = ""
    loosened: Text = ""
    scope: tuple[Text, ...]
    decided_lead: Text
    decided: tuple[ClauseLine, ...]
    also: tuple[ClauseLine, ...] = ()
    settle: Text = ""
    not_tested: tuple[Text, ...]
    not_tested_more: str = ""
    signed: tuple[Text, ...]
    verified: Text
    witnesses: int
    witness: Text
    attempts: Text
    provisional: Text = ""


class Word(Noun):
    """A term of the report and its explanation."""

    anchor: str
    term: str
    meaning: str


class Page(Noun):
    """The report of one decision: the first screen, then seventeen sections.

    The first section is ``answer``; blocks of the others refer to ``overview`` and ``clauses``,
    which stand here once. ``as_of`` is when what lies beside the decision was looked up.
    """

    schema_version: Literal[1] = 1
    title: Text
    decision: Text
    made: str
    as_of: AwareDatetime | None = None
    answer: Answer
    overview: tuple[ClauseLine, ...]
    clauses: tuple[ClauseSection, ...]
    not_tested: tuple[Text, ...]
    sections: tuple[Section, ...]
    words: tuple[Word, ...]
