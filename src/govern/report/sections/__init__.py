"""The report's seventeen sections, in the order of an auditor's questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from govern.report.blocks import Block, Section
from govern.report.material import Material
from govern.report.sections.accuracy import accuracy
from govern.report.sections.acts import acts, alternatives
from govern.report.sections.auditor import auditor
from govern.report.sections.clauses import clauses
from govern.report.sections.data import data
from govern.report.sections.fairness import fairness
from govern.report.sections.homogeneity import homogeneity
from govern.report.sections.law import law
from govern.report.sections.method import method
from govern.report.sections.people import after, contests, oversight
from govern.report.sections.rules import rules
from govern.report.sections.system import system
from govern.report.sections.untested import untested

_ORDER: tuple[tuple[str, str, Callable[[Material], Iterable[Block]]], ...] = (
    ("decision", "The decision", lambda _: ()),
    ("system", "The system and its use", system),
    ("policy", "The policy as approved", rules),
    ("clauses", "Clause by clause", clauses),
    ("data", "The data", data),
    ("method", "The method", method),
    ("fairness", "Fairness", fairness),
    ("accuracy", "Accuracy", accuracy),
    ("homogeneity", "Homogeneity", homogeneity),
    ("not-tested", "Not tested, and not enough evidence", untested),
    ("acts", "Waivers, warnings and answers", acts),
    ("alternatives", "Alternatives considered", alternatives),
    ("oversight", "Human oversight", oversight),
    ("contests", "Contests", contests),
    ("after", "Incidents, monitoring and next review", after),
    ("law", "What it relates to in law", law),
    ("auditor", "For the auditor", auditor),
)


def sections_of(material: Material) -> tuple[Section, ...]:
    """All sections; the first is the page's ``answer`` and has no blocks of its own."""
    return tuple(
        Section(number=number, anchor=anchor, title=title, blocks=tuple(made(material)))
        for number, (anchor, title, made) in enumerate(_ORDER, start=1)
    )
