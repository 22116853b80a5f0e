"""Selection and scoring rates by group: how groups fare, as numbers for people to read.

Definitions and worked examples: docs/metrics/fairness.md.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from govern.domain.finding import Finding, StudentT
from govern.domain.metric import Spec
from govern.frames import BANDS, group_attributes, main_block
from govern.metrics.groups import CROSS, labels, slices
from govern.metrics.reasons import NO_GROUPS, group_words, short_of
from govern.metrics.spec import Metric, counts, finding, undefined
from govern.stats.unpaired import side

TOP_BANDS = 4.0
RATE = "share, variance over cases or names, whichever is larger, Student t"

SELECTION_RATE = Spec(
    id="fairness.selection_rate",
    version="1",
    question="How often does a group get a top rating or the favourable outcome?",
    unit="share of drafts",
    sense="higher_is_better",
    shape="table",
    method=RATE,
)
SCORING_RATE = Spec(
    id="fairness.scoring_rate",
    version="1",
    question="How often is a group rated above the median of everybody?",
    unit="share of drafts",
    sense="higher_is_better",
    shape="table",
    method=RATE,
)


def selected(drafts: pd.DataFrame) -> pd.Series[float]:
    """1 where a draft's person was selected, 0 where not, NaN where that cannot be said.

    Selected is ``outcome`` 1 where outcomes are given, else a rating of 4 or 5. On another scale
    than 1 to 5 nobody can say which ratings are the top ones.
    """
    if drafts["outcome"].notna().any():
        return drafts["outcome"]
    rating = drafts["rating"]
    if not rating.dropna().between(*BANDS).all():
        return pd.Series(np.nan, index=drafts.index)
    return (rating >= TOP_BANDS).astype(float).where(rating.notna())


def above_median(drafts: pd.DataFrame) -> pd.Series[float]:
    """1 where a rating lies above the median of all rated drafts, 0 at or below it."""
    rating = drafts["rating"]
    return (rating > rating.median()).astype(float).where(rating.notna())


def selection_rate(drafts: pd.DataFrame) -> list[Finding]:
    """Share of drafts selected in each group, of those that can be told."""
    return _rates(SELECTION_RATE, drafts, selected, "")


def scoring_rate(drafts: pd.DataFrame) -> list[Finding]:
    """Share of rated drafts above the median of all of them; the method tells the ties at it."""
    return _rates(SCORING_RATE, drafts, above_median, median_words(main_block(drafts)["rating"]))


def median_words(rating: pd.Series[float]) -> str:
    """``; median 3, 41 of 480 at it``, or nothing where nobody is rated."""
    rated = rating.dropna()
    if rated.empty:
        return ""
    median = float(rated.median())
    return f"; median {median:g}, {int((rated == median).sum())} of {len(rated)} at it"


def _rates(
    spec: Spec,
    drafts: pd.DataFrame,
    chosen_of: Callable[[pd.DataFrame], pd.Series[float]],
    said: str,
) -> list[Finding]:
    main = main_block(drafts)
    chosen = chosen_of(main)
    attributes = group_attributes(main)
    if not attributes:
        return [undefined(spec, main, *NO_GROUPS, scored=int(chosen.notna().sum()))]
    if main.empty:
        return [undefined(spec, main, "no draft was planned", "missing_drafts")]
    found: list[Finding] = []
    for by in slices(attributes):
        label = labels(main, by.split(CROSS))
        found += [
            _rate(spec, main, chosen.where(label == group), (by, group), said)
            for group in sorted(label.unique())
        ]
    return found


def _rate(
    spec: Spec, main: pd.DataFrame, chosen: pd.Series[float], where: tuple[str, str], said: str
) -> Finding:
    """The rate of the group that ``chosen`` is about, NaN for everybody else."""
    by, group = where
    scored = main[chosen.notna()]
    cases = scored["case_id"].nunique()
    if cases < 2:
        reason = short_of(cases, f"scored cases of the group {group_words(group)}", 2)
        return undefined(spec, main, reason, "too_few", scored=len(scored), by=by, contrast=group)
    values = np.asarray(chosen.dropna(), dtype=np.float64)
    over = [side(values, np.asarray(pd.factorize(scored["case_id"])[0], dtype=np.int64))]
    names = scored["name"].nunique() if scored["name"].notna().all() else None
    if names is not None and names > 1:
        over.append(side(values, np.asarray(pd.factorize(scored["name"])[0], dtype=np.int64)))
    interval = StudentT(
        se=float(np.sqrt(max(one.variance for one in over))),
        df=min(one.clusters for one in over) - 1,
        clusters=cases,
        step=1.0,
        least=0.0,
        most=1.0,
    )
    return finding(
        spec,
        float(values.mean()),
        counts(main, len(scored), cases=cases, names=names),
        interval=interval,
        by=by,
        contrast=group,
        method=f"{spec.method}{said}",
    )


METRICS = (Metric(SELECTION_RATE, selection_rate), Metric(SCORING_RATE, scoring_rate))
