"""Clauses, their slices and all findings as sheets: in the unit of the finding, nothing rounded."""

from __future__ import annotations

from collections.abc import Sequence

from govern.domain import Decision, Finding, Undefined
from govern.report import ll144
from govern.report.csv_text import Value
from govern.report.sections.grids import ends
from govern.report.sheets import Field, Sheet

_UNIT = "as the column unit says"
_CLAUSE = Field("clause", "the clause's id in the policy")
_OUTCOME = Field("outcome", "what was measured: pass, fail or insufficient_evidence")
_REASON = Field("reason", "why the evidence is not enough, as a code")
_WORDS = Field("explanation", "the outcome in words")
_ESTIMATE = Field("estimate", "what was found, signed", "number", _UNIT)
_MISSING = Field("no_estimate_because", "why there is no estimate")
_N = Field("n", "how many units the interval counts", "whole number", "as the column n_of says")
_N_OF = Field("n_of", "what n counts")


def clauses_sheet(decision: Decision) -> Sheet:
    """One row per clause that was judged."""
    return Sheet(
        name="clauses",
        title="Every clause that was judged.",
        fields=(
            _CLAUSE,
            Field("title", "the clause's title"),
            Field("kind", "what decides it: a measure, a property, a statement or the record"),
            Field("severity", "what it does if it is not met: block, warn or report"),
            Field("subject", "the metric, property, statement or statistic that decides it"),
            Field("unit", "of its numbers"),
            _OUTCOME,
            Field("effective", "the outcome with valid waivers"),
            _REASON,
            _WORDS,
            Field("provisional", "true where the evaluator was tried by its authors alone"),
        ),
        rows=tuple(
            (
                *(c.id, c.title, c.kind, c.severity, c.subject, c.unit, c.outcome, c.effective),
                *(c.reason, c.explanation, c.provisional),
            )
            for c in decision.clauses
        ),
    )


def slices_sheet(decision: Decision) -> Sheet:
    """One row per finding that a clause was judged by."""
    return Sheet(
        name="slices",
        title="Every finding that a clause was judged by, with the interval that it asked for.",
        fields=(
            _CLAUSE,
            Field("subject", "the metric, property, statement or statistic that decides it"),
            Field("slice", "attribute and group, or all"),
            _OUTCOME,
            _REASON,
            _ESTIMATE,
            _MISSING,
            Field("lower", "lower end of the clause's interval", "number", _UNIT),
            Field("upper", "upper end of the clause's interval", "number", _UNIT),
            Field("margin", "what the policy allows to either side of zero", "number", _UNIT),
            Field("unit", "of estimate, ends and margin"),
            _N,
            _N_OF,
            Field("cases_needed", "cases that would settle it", "whole number", "cases"),
            _WORDS,
        ),
        rows=tuple(
            (
                *(c.id, c.subject, s.slice, s.outcome, s.reason, *_estimate(s.estimate)),
                *(s.lower, s.upper, s.margin, c.unit, s.n, s.unit_name, s.cases_needed),
                s.explanation,
            )
            for c in decision.clauses
            for s in c.slices
        ),
    )


def findings_sheet(findings: Sequence[Finding]) -> Sheet:
    """One row per finding of the run."""
    return Sheet(
        name="findings",
        title="Everything that was measured, also what no clause asks for.",
        fields=(
            Field("metric", "the measure's id"),
            Field("version", "the measure's version"),
            Field("by", "the attribute or cross of attributes; all for a level"),
            Field("group", "the group that stands against the others, or an ordered pair a / b"),
            Field("baseline", "what it is held against, where the method names it"),
            Field("against", "incumbent where the estimate is candidate minus incumbent"),
            _ESTIMATE,
            _MISSING,
            Field("code", "the same as a code"),
            Field("low_90", "lower end of the 90 % interval", "number", _UNIT),
            Field("high_90", "upper end of the 90 % interval", "number", _UNIT),
            Field("unit", "of estimate and ends"),
            Field("sense", "which way is better"),
            Field("p_value", "of the test that method names", "number", "probability"),
            _N,
            _N_OF,
            Field("planned", "cells that were to be drafted", "whole number", "drafts"),
            Field("drafted", "of these, those that came back", "whole number", "drafts"),
            Field("scored", "of these, those that entered the estimate", "whole number", "drafts"),
            Field("cases", "different cases among those scored", "whole number", "cases"),
            Field("names", "different names among those scored", "whole number", "names"),
            Field("design", "unpaired where groups were compared over different cases"),
            Field("method", "how it was measured"),
            Field("evaluator", "what measured it, by version"),
        ),
        rows=tuple(map(_finding, findings)),
    )


def ll144_sheet(findings: Sequence[Finding]) -> Sheet:
    """The tables that New York City's Local Law 144 words, by the attributes that it names."""
    every = {(t.by, t.rate): t for t in ll144.tables(findings)}
    rows: list[tuple[Value, ...]] = []
    for kind, by in zip(ll144.KINDS, ll144.asked_for(findings), strict=True):
        for rate, _, _ in ll144.RATES:
            if table := every.get((by or "", rate)):
                rows += [_category(kind, table, one) for one in table.categories]
    return Sheet(
        name="nyc-ll144",
        title="Rates and impact ratios as NYC Local Law 144 words them.",
        fields=(
            Field("by", "sex, race and ethnicity, or sex with race and ethnicity"),
            Field("kind", "selection rate, or scoring rate: the share above the median of all"),
            Field("category", "the category, as the data name it"),
            Field(
                "assessed", "drafts of the category that were assessed", "whole number", "drafts"
            ),
            Field("rate", "the selection or scoring rate", "number", "share, 0 to 1"),
            Field("no_rate_because", "why there is no rate"),
            Field("impact_ratio", "rate over the highest", "number", "ratio of rates"),
            Field("no_ratio_because", "why there is no ratio, such as under 2 % of the data"),
            Field("highest", "the category with the highest rate, of those not left out"),
            Field("assessed_in_all", "everybody assessed", "whole number", "drafts"),
            Field("unknown", "of these, of no known category", "whole number", "drafts"),
            Field("median", "the median rating, of a scoring rate", "number", "rating"),
            Field("at_median", "ratings at it, which are not above", "whole number", "drafts"),
            Field("rated", "all ratings that it is of", "whole number", "drafts"),
        ),
        rows=tuple(rows),
    )


def _finding(one: Finding) -> tuple[Value, ...]:
    undefined = one.estimate if isinstance(one.estimate, Undefined) else None
    counts = one.counts
    return (
        *(one.metric, one.version, one.by, one.contrast, one.baseline, one.against),
        *(*_estimate(one.estimate), undefined.code if undefined else None),
        *(*ends(one), one.unit, one.sense, one.p_value),
        *(counts.units, counts.unit_name, counts.planned, counts.ok, counts.scored),
        *(counts.cases, counts.names, one.design, one.method, one.evaluator),
    )


def _category(kind: str, table: ll144.Table, one: ll144.Category) -> tuple[Value, ...]:
    unknown, median = table.unknown, table.median
    return (
        *(kind, table.rate, one.label, one.assessed, *_estimate(one.rate)),
        *(*_estimate(one.ratio), table.highest),
        *((unknown.assessed, unknown.people) if unknown else (None, None)),
        *((float(median.at), median.ties, median.rated) if median else (None, None, None)),
    )


def _estimate(value: float | Undefined | None) -> tuple[float | None, str | None]:
    """The number, or why there is none."""
    if isinstance(value, Undefined):
        return None, value.reason
    return value, None
