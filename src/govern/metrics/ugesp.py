"""What the Uniform Guidelines (29 CFR 1607.4(D)) want beside a ratio of selection rates.

A ratio under four fifths is a rule of thumb there and no verdict: smaller differences count
where they are significant statistically and practically, larger ones may not where numbers are
small. So ratio, exact p and shortfall stand side by side. Docs: docs/metrics/fairness.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from govern.domain.finding import Finding, Undefined
from govern.domain.metric import Spec
from govern.frames import group_attributes, main_block
from govern.metrics.groups import CROSS, labels
from govern.metrics.ll144 import Category, Table, tables_of
from govern.metrics.reasons import NO_GROUPS
from govern.metrics.selection import selected
from govern.metrics.spec import Metric, counts, finding, undefined
from govern.metrics.unpaired import FISHER, are_people, fisher

# 29 CFR 1607.4(D)
FOUR_FIFTHS = 0.8

SHORTFALL = Spec(
    id="fairness.shortfall",
    version="1",
    question="How many more of a group would be selected at the rate of the most selected group?",
    unit="selections",
    sense="lower_is_better",
    shape="table",
    method="people in the group × highest rate, less those selected",
)


@dataclass(frozen=True)
class Companion:
    """One group beside the most selected one.

    Attributes:
        by: the slice.
        row: the group with its numbers.
        reference: the most selected group.
        below_four_fifths: a rule of thumb, no verdict.
        p_value: Fisher's exact test against the reference, two-sided; none where one case
            stands in both groups, for then they are not independent.
        shortfall: selections more that would make the rates equal.
    """

    by: str
    row: Category
    reference: Category
    below_four_fifths: bool
    p_value: float | None
    shortfall: float


def companions(frame: pd.DataFrame) -> tuple[Companion, ...]:
    """Every group of every slice beside the most selected group of the slice."""
    main = main_block(frame)
    return tuple(
        one
        for table in tables_of(main, "selection rate", least=0.0)
        for one in _beside_the_best(main, table)
    )


def _beside_the_best(main: pd.DataFrame, table: Table) -> Iterator[Companion]:
    chosen = selected(main)
    label = labels(main, table.by.split(CROSS))
    of = {row.label: np.asarray(chosen[label == row.label].dropna()) for row in table.categories}
    independent = are_people(main)
    for best in (row for row in table.categories if row.label == table.reference):
        for row in table.categories:
            tested = independent and row is not best
            yield Companion(
                by=table.by,
                row=row,
                reference=best,
                below_four_fifths=row.ratio is not None and row.ratio < FOUR_FIFTHS,
                p_value=fisher(of[row.label], of[best.label]) if tested else None,
                shortfall=round(row.assessed * best.rate - row.chosen, 9),
            )


def shortfall(drafts: pd.DataFrame) -> list[Finding]:
    """Shortfall of each group against the most selected one, with Fisher's p beside it."""
    main = main_block(drafts)
    if not group_attributes(main):
        return [undefined(SHORTFALL, main, *NO_GROUPS, scored=int(selected(main).notna().sum()))]
    found = companions(main)
    if not found:
        return [undefined(SHORTFALL, main, "no draft could be scored", "missing_drafts")]
    return [_finding(main, one) for one in found]


def _finding(main: pd.DataFrame, one: Companion) -> Finding:
    estimate: float | Undefined = one.shortfall
    if one.reference.rate == 0:
        estimate = Undefined(reason="nobody was selected", code="too_few")
    said = f"{SHORTFALL.method}; {FISHER}" if one.p_value is not None else SHORTFALL.method
    made = finding(
        SHORTFALL,
        estimate,
        counts(main, one.row.assessed, unit_name="assessed"),
        by=one.by,
        contrast=one.row.label,
        baseline=one.reference.label,
        method=said,
    )
    return made.model_copy(update={"p_value": one.p_value})


METRICS = (Metric(SHORTFALL, shortfall),)
