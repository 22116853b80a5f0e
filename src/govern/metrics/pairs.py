"""Paired changes: a case that something was put into, against the same case and identity without.

Nothing but what was put in differs within a pair, and cases are independent, so that the change
is a level over cases. Source: docs/statistics.md#levels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from govern.domain.finding import Finding
from govern.domain.metric import Spec
from govern.metrics.reasons import short_of, too_many_lack
from govern.metrics.spec import counts, finding, undefined
from govern.stats.contrasts import MAX_MISSING, MIN_CASES
from govern.stats.levels import mean_level

METHOD = "mean paired change per case, Student t over cases"


def shift_spec(name: str, question: str, *, version: str = "1") -> Spec:
    """The spec of a change of the drafted rating."""
    return Spec(
        id=name,
        version=version,
        question=question,
        unit="rating points",
        sense="centred",
        shape="contrast",
        method=METHOD,
    )


def rating_change(
    altered: pd.DataFrame, bare: pd.DataFrame, *, same: tuple[str, ...] = ()
) -> pd.Series[float]:
    """The rating of each row of ``altered`` less that of its fellows in ``bare``.

    Fellows have its case, its identity (or name) and the columns ``same``; several count by
    their mean. NaN where either has no rating.
    """
    base = bare["rating"].groupby(_keys(bare, same)).mean()
    own = pd.MultiIndex.from_arrays(_keys(altered, same))
    found = base.reindex(own).to_numpy(dtype=np.float64)
    return altered["rating"] - pd.Series(found, index=altered.index, dtype=np.float64)


def _keys(rows: pd.DataFrame, same: tuple[str, ...]) -> list[pd.Series[Any]]:
    person = rows["identity_id"].fillna(rows["name"]).fillna("")
    return [rows["case_id"], person, *(rows[column] for column in same)]


def change_finding(
    spec: Spec,
    altered: pd.DataFrame,
    change: pd.Series[float],
    *,
    by: str = "all",
    contrast: str = "all",
) -> Finding:
    """The mean change over cases.

    Args:
        spec: of a change in rating points.
        altered: the planned drafts that something was put into, at least one.
        change: of each of them, NaN where a pair is not whole.
        by, contrast: the slice.

    Returns:
        Undefined without a whole pair, with over 5 % of pairs not whole, or under 12 cases.
    """
    scored = int(change.notna().sum())
    if scored == 0:
        reason = "no draft and its counterpart are both rated"
        return undefined(spec, altered, reason, "missing_drafts", by=by, contrast=contrast)
    missing = 1 - scored / len(altered)
    cases = np.asarray(change.dropna().groupby(altered["case_id"]).mean(), dtype=np.float64)
    if missing > MAX_MISSING:
        reason = too_many_lack(missing, "planned pairs are not rated on both sides")
        return undefined(
            spec, altered, reason, "too_many_missing", scored=scored, by=by, contrast=contrast
        )
    if len(cases) < MIN_CASES:
        reason = short_of(len(cases), "cases with a rated pair", MIN_CASES)
        return undefined(spec, altered, reason, "too_few", scored=scored, by=by, contrast=contrast)
    level = mean_level(cases, step=1.0)
    interval = level.interval.model_copy(update={"widen": missing})
    return finding(
        spec,
        level.estimate,
        counts(altered, scored, cases=len(cases)),
        interval=interval,
        by=by,
        contrast=contrast,
    )


def changes_by(
    spec: Spec,
    altered: pd.DataFrame,
    change: pd.Series[float],
    *,
    by: str,
    kinds: pd.Series[str],
) -> list[Finding]:
    """One finding for each kind of what was put in, by name."""
    return [
        change_finding(spec, altered[kinds == kind], change[kinds == kind], by=by, contrast=kind)
        for kind in sorted(kinds.unique())
    ]
