"""Findings as tables that no clause draws."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from govern.domain import Finding, Undefined
from govern.policy.verdicts import ends_of
from govern.report.blocks import Cell, Column, Grid, Number, Rows, numeric
from govern.report.subjects import attribute_words, metric_words, slice_words
from govern.report.units import Unit, unit_of
from govern.report.wording import as_sentence, capital, counted, fixed

DECIMALS = 3
ALPHA = 0.05
"""Of each end, so that the interval is a 90 % one."""


def findings_grid(
    name: str,
    caption: str,
    findings: Iterable[Finding],
    questions: Mapping[str, str],
    whole: str = "All drafts",
) -> Grid:
    """One row per finding below what its measure asks, with a 90 % interval.

    ``questions`` is by measure, ``whole`` is whom a finding without a group is about.
    """
    return Grid(
        id=name,
        caption=caption,
        columns=(
            Column(name="Group"),
            *numeric("Estimate", "Low", "High"),
            Column(name="Unit"),
            Column(name="n", numeric=True),
        ),
        groups=tuple(
            Rows(
                heading=_asked(some[0], questions),
                rows=tuple(_row(finding, whole) for finding in some),
            )
            for some in _by_metric(findings)
        ),
        notes=("Intervals of 90%, each by itself.",),
    )


def furthest(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Of each metric the finding that lies furthest from zero, or the first where none has one."""
    return tuple(max(some, key=_size) for some in _by_metric(findings))


def without_number(
    name: str, caption: str, findings: Iterable[Finding], questions: Mapping[str, str]
) -> Grid:
    """The measures that have no number and what they ask, by the reason."""
    reasons: dict[str, list[tuple[Cell, ...]]] = {}
    for one in findings:
        asked = (_measure(one), questions.get(one.metric, "–"))
        reasons.setdefault(str(number(one)), []).append(asked)
    return Grid(
        id=name,
        caption=caption,
        columns=(Column(name="Measure"), Column(name="Question")),
        groups=tuple(
            Rows(heading=as_sentence(reason), rows=tuple(rows)) for reason, rows in reasons.items()
        ),
    )


def group_of(finding: Finding, whole: str = "All drafts") -> str:
    """Whom a finding is about."""
    if finding.contrast == "all":
        return whole if finding.by == "all" else f"Every {attribute_words(finding.by)}"
    if finding.by == "fingerprint":
        return f"Pipeline {finding.contrast[:12]}"
    return " against ".join(
        slice_words(finding.by, label) for label in finding.contrast.split(" / ")
    )


def number(finding: Finding) -> str | Number:
    """The estimate in the reader's unit, or why there is none."""
    if isinstance(finding.estimate, Undefined):
        return f"not measured: {finding.estimate.reason.removeprefix('not measured: ')}"
    return _fixed(unit_of(finding.unit), finding.estimate)


def _by_metric(findings: Iterable[Finding]) -> Iterable[list[Finding]]:
    by_metric: dict[str, list[Finding]] = {}
    for finding in findings:
        by_metric.setdefault(finding.metric, []).append(finding)
    return by_metric.values()


def _measure(finding: Finding) -> str:
    return capital(metric_words(finding.metric))


def _asked(finding: Finding, questions: Mapping[str, str]) -> str:
    """``Halo: How much more …?``, or the name alone of a measure whose question nobody knows."""
    return ": ".join(filter(None, (_measure(finding), questions.get(finding.metric))))


def _row(finding: Finding, whole: str) -> tuple[Cell, ...]:
    unit = unit_of(finding.unit)
    low, high = ends(finding)
    return (
        group_of(finding, whole),
        number(finding),
        "–" if low is None else _fixed(unit, low),
        "–" if high is None else _fixed(unit, high),
        unit.label,
        _n(finding),
    )


def ends(finding: Finding) -> tuple[float | None, float | None]:
    """The 90 % interval in the finding's unit; ``None`` for an end that is open or not there."""
    low, high = ends_of(finding, ALPHA) or (-math.inf, math.inf)
    return (low if math.isfinite(low) else None), (high if math.isfinite(high) else None)


def _n(finding: Finding) -> str:
    """How many; nothing of a number that is not told, where its count is not told either."""
    if isinstance(finding.estimate, Undefined) and not finding.counts.units:
        return "–"
    return counted(finding.counts.units, finding.counts.unit_name)


def _fixed(unit: Unit, value: float) -> Number:
    return Number(shown=fixed(unit.number(value), DECIMALS), exact=value * unit.factor)


def _size(finding: Finding) -> float:
    return -1.0 if isinstance(finding.estimate, Undefined) else abs(finding.estimate)
