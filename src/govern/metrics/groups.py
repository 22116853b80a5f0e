"""Contrasts of any per-draft value over every group attribute and their cross."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd

from govern.domain.finding import Finding, Interval, StudentT, Undefined, UndefinedCode
from govern.domain.metric import Spec
from govern.frames import GROUP, coded, group_attributes, main_block
from govern.metrics.reasons import (
    NAMELESS,
    NO_GROUPS,
    none_scored,
    one_group,
    short_of,
    too_many_lack,
)
from govern.metrics.spec import counts, finding, undefined
from govern.metrics.unpaired import are_people, difference_findings
from govern.stats import contrasts as ct

CROSS = "*"


@dataclass(frozen=True)
class Sliced:
    """One slice of a metric: the drafts it is about and their paired design."""

    spec: Spec
    drafts: pd.DataFrame
    scored: int
    by: str
    design: ct.Paired

    def finding(
        self,
        label: str,
        names: int,
        estimate: float | Undefined,
        interval: Interval | None,
    ) -> Finding:
        """A finding for the contrast ``label`` with ``names`` on its smaller side."""
        denominators = counts(
            self.drafts,
            self.scored,
            units=self.design.drafts,
            cases=self.design.cases,
            names=names,
        )
        return finding(
            self.spec, estimate, denominators, interval=interval, by=self.by, contrast=label
        )

    def nothing(self, label: str, names: int, reason: str) -> Finding:
        """No number for ``label``, and why."""
        return self.finding(label, names, Undefined(reason=reason, code="too_few"), None)

    def too_few(self, label: str, names: int) -> Finding:
        """No number for ``label``: too few names stand on its smaller side."""
        reason = short_of(names, "names in the smaller group", ct.MIN_NAMES)
        return self.nothing(label, names, reason)


def contrast_findings(
    frame: pd.DataFrame, values: pd.Series[float], spec: Spec, *, step: float
) -> list[Finding]:
    """Each group against the mean of the others, for every attribute and the full cross.

    Args:
        frame: a drafts frame; only its main block is used.
        values: one number per row of ``frame``, NaN where a draft was not scored.
        spec: of the metric.
        step: smallest change one case can show, in the metric's unit; sets the floor of
            the interval and what a missing draft widens it by.

    Returns:
        One finding per group. Undefined with one group only, a group without a scored
        draft, over 5 % missing, fewer than 12 complete cases or 10 own names. Where every
        case stands in one group there is nothing to pair: see ``unpaired``.
    """
    drafts = main_block(frame)
    attributes = group_attributes(frame)
    if not attributes:
        scored = int(values.loc[drafts.index].notna().sum())
        return [undefined(spec, drafts, *NO_GROUPS, scored=scored)]
    found: list[Finding] = []
    for by in slices(attributes):
        found += _over(drafts, values.loc[drafts.index], spec, by, step)
    return found


def slices(attributes: list[str]) -> list[str]:
    """Every attribute, and their full cross where there are several."""
    return [*attributes, CROSS.join(attributes)] if len(attributes) > 1 else list(attributes)


def labels(drafts: pd.DataFrame, attributes: list[str]) -> pd.Series[str]:
    """The group of each draft, or its cell in the cross of several attributes."""
    return reduce(lambda a, b: a + CROSS + b, (drafts[f"{GROUP}{a}"] for a in attributes))


def design_for(drafts: pd.DataFrame, values: pd.Series[float], by: str) -> ct.Paired:
    """The paired design behind a slice.

    The cells are the full cross where every case was planned in all of them; else those
    of the slice alone.
    """
    attributes = group_attributes(drafts)
    table = drafts[["case_id", "name"]].assign(value=values)
    for attribute in attributes:
        table[attribute] = drafts[f"{GROUP}{attribute}"]
    case, cases = coded(table["case_id"])
    cell, cells = ct.cells_of(table, attributes)
    full = ct.in_all_cells(case, cell, len(cases), len(cells)).all()
    return ct.paired(table, attributes if full else by.split(CROSS))


def cell_attributes(design: ct.Paired, drafts: pd.DataFrame, by: str) -> list[str]:
    """The attributes whose cross makes the cells of a slice's design."""
    attributes = group_attributes(drafts)
    return attributes if len(design.cells[0]) == len(attributes) else by.split(CROSS)


def weights_for(design: ct.Paired, drafts: pd.DataFrame, by: str) -> dict[str, ct.Floats]:
    """Weights of each group of a slice against the mean of the others, by its label."""
    if CROSS in by:
        return {
            CROSS.join(cell): ct.cell_against_others(design, i)
            for i, cell in enumerate(design.cells)
        }
    position = cell_attributes(design, drafts, by).index(by)
    levels = sorted({cell[position] for cell in design.cells})
    if len(levels) == 2:
        return {levels[0]: ct.against_others(design, position, levels[0])}
    return {level: ct.against_others(design, position, level) for level in levels}


def problem(
    drafts: pd.DataFrame, values: pd.Series[float], design: ct.Paired, by: str
) -> tuple[str, UndefinedCode] | None:
    """Why no contrast of a slice can be estimated, or ``None``."""
    label = labels(drafts, by.split(CROSS))
    scored = values.notna().groupby(label).sum()
    if len(scored) < 2:
        return one_group(scored.index[0]), "not_assessable"
    if not scored.any():
        return "no draft could be scored", "missing_drafts"
    if (scored == 0).any():
        return none_scored(scored.index[scored == 0][0]), "missing_drafts"
    if drafts["name"].isna().any():
        return NAMELESS, "not_supplied"
    if design.missing > ct.MAX_MISSING:
        reason = too_many_lack(design.missing, "planned drafts could not be scored")
        return reason, "too_many_missing"
    if design.cases < ct.MIN_CASES:
        return short_of(design.cases, "complete cases", ct.MIN_CASES), "too_few"
    return None


def _over(
    drafts: pd.DataFrame, values: pd.Series[float], spec: Spec, by: str, step: float
) -> list[Finding]:
    scored = int(values.notna().sum())
    if drafts.empty:
        return [undefined(spec, drafts, "no draft was planned", "missing_drafts", by=by)]
    if are_people(drafts):
        label = labels(drafts, by.split(CROSS))
        return difference_findings(spec, drafts, values, label, by=by, step=step)
    design = design_for(drafts, values, by)
    stop = problem(drafts, values, design, by)
    if stop:
        return [undefined(spec, drafts, stop[0], stop[1], scored=scored, by=by)]
    sliced = Sliced(spec, drafts, scored, by, design)
    return [
        _contrast(sliced, label, ct.contrast(design, weights), step)
        for label, weights in weights_for(design, drafts, by).items()
    ]


def _contrast(sliced: Sliced, label: str, value: ct.Contrast, step: float) -> Finding:
    if value.own_names < ct.MIN_NAMES:
        return sliced.too_few(label, value.own_names)
    interval = StudentT(
        se=float(np.sqrt(value.variance)),
        se_name=value.se_name,
        df=value.df,
        clusters=value.cases,
        step=step,
        widen=sliced.design.missing * step,
    )
    return sliced.finding(label, value.own_names, value.estimate, interval)
