"""The tables of New York City's Local Law 144, as the rule words them.

6 RCNY 5-300 and 5-301: selection rate is the share of a category selected; scoring rate is the
share of a category scored above the median of the full sample; impact ratio is a category's
rate over that of the category with the highest. Separately for sex, for race and ethnicity,
and for sex × race and ethnicity. A category with under 2 % of the data may be left out of the
ratios, with its number and rate recorded: it is left out *before* the highest is sought. People
of unknown category are counted and enter no rate; their scores belong to the sample's median.

These are point ratios, and the rule names no pass mark. Docs: docs/metrics/fairness.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from govern.domain.finding import Finding, Undefined
from govern.domain.metric import Spec
from govern.frames import group_attributes, main_block
from govern.metrics.disaggregate import selection_rates
from govern.metrics.groups import CROSS, labels, slices
from govern.metrics.reasons import NO_GROUPS
from govern.metrics.selection import above_median, median_words, selected
from govern.metrics.spec import Metric, counts, finding, undefined

UNKNOWN = "unknown"
# 6 RCNY 5-301(d)
SMALL = 0.02
RATES: Mapping[str, Callable[[pd.DataFrame], pd.Series[float]]] = MappingProxyType(
    {"selection rate": selected, "scoring rate": above_median}
)
METHOD = "point ratio to the highest rate (6 RCNY 5-300)"

SELECTION_RATIO = Spec(
    id="fairness.ll144_selection_ratio",
    version="1",
    question="What is a category's selection rate over that of the most selected category?",
    unit="ratio of rates",
    sense="higher_is_better",
    shape="table",
    method=METHOD,
)
SCORING_RATIO = Spec(
    id="fairness.ll144_scoring_ratio",
    version="1",
    question="What is a category's scoring rate over that of the highest scoring category?",
    unit="ratio of rates",
    sense="higher_is_better",
    shape="table",
    method=METHOD,
)


@dataclass(frozen=True)
class Category:
    """One row of a table. ``ratio`` is absent where ``without`` says why."""

    label: str
    assessed: int
    chosen: int
    share: float
    rate: float
    ratio: float | None = None
    without: str | None = None


@dataclass(frozen=True)
class Table:
    """One table: the categories of ``by``, and who is not in it.

    Attributes:
        by: ``gender``, or a cross such as ``gender*race_ethnicity``.
        rate: ``selection rate`` or ``scoring rate``.
        assessed: everybody with a rating or outcome.
        unknown: of these, in no known category of ``by``.
        reference: the category with the highest rate, of those not left out.
        median: words on the median and the ties at it, of a scoring rate.
    """

    by: str
    rate: str
    assessed: int
    unknown: int
    categories: tuple[Category, ...]
    reference: str | None
    median: str = ""


def tables(frame: pd.DataFrame, *, leave_out_under: float = SMALL) -> tuple[Table, ...]:
    """Both rates over every attribute of the frame and their cross, where they can be had.

    Args:
        frame: a drafts frame; each draft of its main block counts as one person assessed.
        leave_out_under: share of the data under which a category enters no ratio.
    """
    main = main_block(frame)
    return tuple(table for rate in RATES for table in tables_of(main, rate, leave_out_under))


def tables_of(main: pd.DataFrame, rate: str, least: float = SMALL) -> Iterator[Table]:
    """The tables of one of ``RATES``; none where it can be had of nobody."""
    chosen = RATES[rate](main)
    scored = main[chosen.notna()]
    median = median_words(main["rating"]).removeprefix("; ") if rate == "scoring rate" else ""
    for by in slices(group_attributes(main)) if len(scored) else ():
        yield _table(chosen.dropna(), labels(scored, by.split(CROSS)), (by, rate, median), least)


def _table(
    chosen: pd.Series[float], label: pd.Series[str], said: tuple[str, str, str], least: float
) -> Table:
    by, rate, median = said
    unknown = [name for name in label.unique() if UNKNOWN in name.split(CROSS)]
    known = ~label.isin(unknown)
    rows = tuple(_categories(chosen[known], label[known], len(chosen), least))
    in_ratios = [row for row in rows if row.without is None]
    best = max(in_ratios, key=lambda row: row.rate, default=None)
    return Table(
        by=by,
        rate=rate,
        assessed=len(chosen),
        unknown=int((~known).sum()),
        categories=tuple(_with_ratio(row, best) for row in rows),
        reference=best.label if best else None,
        median=median,
    )


def _categories(
    chosen: pd.Series[float], label: pd.Series[str], assessed: int, least: float
) -> Iterator[Category]:
    rates = _rates(chosen, label) if len(label) else {}
    for name, of in chosen.groupby(label):
        share = len(of) / assessed
        small = f"{share:.1%} of {assessed} assessed, under {least:.0%}" if share < least else None
        yield Category(str(name), len(of), int(of.sum()), share, rates[str(name)], without=small)


def _rates(chosen: pd.Series[float], label: pd.Series[str]) -> dict[str, float]:
    if label.nunique() == 1:
        return {str(label.iloc[0]): float(chosen.mean())}
    return selection_rates(chosen, label, pd.Series(1.0, index=chosen.index))


def _with_ratio(row: Category, best: Category | None) -> Category:
    if row.without or best is None:
        return row
    if best.rate == 0:
        return Category(**(vars(row) | {"without": "the highest rate is 0"}))
    return Category(**(vars(row) | {"ratio": row.rate / best.rate}))


def selection_ratio(drafts: pd.DataFrame) -> list[Finding]:
    """Impact ratios of the selection rate."""
    return _findings(SELECTION_RATIO, drafts, "selection rate")


def scoring_ratio(drafts: pd.DataFrame) -> list[Finding]:
    """Impact ratios of the scoring rate."""
    return _findings(SCORING_RATIO, drafts, "scoring rate")


def _findings(spec: Spec, drafts: pd.DataFrame, rate: str) -> list[Finding]:
    main = main_block(drafts)
    if not group_attributes(main):
        return [undefined(spec, main, *NO_GROUPS, scored=int(RATES[rate](main).notna().sum()))]
    mine = list(tables_of(main, rate))
    if not mine:
        return [undefined(spec, main, "no draft could be scored", "missing_drafts")]
    found: list[Finding] = []
    for table in mine:
        if not table.categories:
            reason = "every category is unknown"
            found.append(undefined(spec, main, reason, scored=table.assessed, by=table.by))
        found += [_finding(spec, main, table, row) for row in table.categories]
    return found


def _finding(spec: Spec, main: pd.DataFrame, table: Table, row: Category) -> Finding:
    said = f"{spec.method}; {table.unknown} of {table.assessed} of unknown category"
    # 6 RCNY 5-301(d): number and rate of who is left out stand beside the reason.
    rated = "selected" if table.rate == "selection rate" else "above the median"
    counted = f"{row.chosen} of {row.assessed} {rated}"
    estimate = (
        Undefined(reason=f"{row.without or 'no rate'}; {counted}", code="too_few")
        if row.ratio is None
        else row.ratio
    )
    return finding(
        spec,
        estimate,
        counts(main, row.assessed, unit_name="assessed"),
        by=table.by,
        contrast=row.label,
        baseline=table.reference,
        method=f"{said}; {table.median}" if table.median else said,
    )


METRICS = (Metric(SELECTION_RATIO, selection_ratio), Metric(SCORING_RATIO, scoring_ratio))
