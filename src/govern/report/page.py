"""The view model: everything a report says, in the words and digits it says it in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from govern.domain.base import Noun
from govern.report.wording import visible

Text = Annotated[str, AfterValidator(visible)]
Mark = Literal["pass", "fail", "thin", "none"]


class Verdict(Noun):
    """The word people read, and the shape and colour that go with it."""

    word: str
    mark: Mark


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
    """The findings of a clause; ``unit`` stands in the header."""

    caption: Text
    unit: Text
    allowed: str
    n: Text
    groups: tuple[RowGroup, ...]


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


class Fact(Noun):
    """A term and its value; ``exact`` values are to be copied letter by letter."""

    term: str
    value: Text
    exact: bool = False


class ClauseLine(Noun):
    """A clause in one line, with where to read on."""

    id: Text
    title: Text
    anchor: str
    severity: str
    verdict: Verdict
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
    scope: tuple[Text, ...]
    decided_lead: Text
    decided: tuple[ClauseLine, ...]
    also: tuple[ClauseLine, ...] = ()
    settle: Text = ""
    not_tested: tuple[Text, ...]
    not_tested_more: str = ""
    signed: Text
    witness: Text
    provisional: Text = ""


class Word(Noun):
    """A term of the report and its explanation."""

    anchor: str
    term: str
    meaning: str


class Command(Noun):
    """A command and what it shows."""

    line: Text
    shows: str


class GateRow(Noun):
    """What the policy said of simulated pipelines with one fault: shares of the runs."""

    planted: Text
    passes: str
    fails: str
    undecided: str
    runs: str


class GateGroup(Noun):
    """The rows of one plan."""

    heading: Text
    rows: tuple[GateRow, ...]


class GateErrors(Noun):
    """How often the gate itself errs; ``sentence`` says so where nobody tried."""

    sentence: Text
    groups: tuple[GateGroup, ...] = ()
    notes: tuple[Text, ...] = ()


class Page(Noun):
    """The report of one decision."""

    title: Text
    decision: Text
    made: str
    answer: Answer
    overview: tuple[ClauseLine, ...]
    clauses: tuple[ClauseSection, ...]
    candidate: tuple[Fact, ...]
    declared_only: tuple[Text, ...]
    evidence: tuple[Fact, ...]
    evidence_limits: Text
    gate: GateErrors
    not_tested: tuple[Text, ...]
    digests: tuple[Fact, ...]
    commands: tuple[Command, ...]
    words: tuple[Word, ...]
