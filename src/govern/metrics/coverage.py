"""Coverage: what was planned, what came back, what could be scored. A finding in every suite."""

from __future__ import annotations

import numpy as np
import pandas as pd

from govern.domain.finding import Finding
from govern.domain.metric import Spec
from govern.metrics.reasons import short_of
from govern.metrics.spec import Metric, counts, finding, undefined
from govern.stats.levels import share_level

BY_CASE = "mean share per case, log scale, Student t over cases"


def _spec(name: str, question: str) -> Spec:
    unit = "share of planned drafts" if name != "unrated" else "share of drafts that came back"
    return Spec(
        id=f"coverage.{name}",
        version="1",
        question=question,
        unit=unit,
        sense="lower_is_better",
        shape="level",
        method=BY_CASE,
    )


REFUSED = _spec("refused", "How often did the pipeline refuse to draft?")
FAILED = _spec("failed", "How often did drafting fail?")
NOT_DRAFTED = _spec("not_drafted", "How often did no draft come back, for whatever reason?")
UNRATED = _spec("unrated", "How often did a draft carry no rating that could be read?")


def refused(drafts: pd.DataFrame) -> list[Finding]:
    """Share of planned drafts refused."""
    return _share(REFUSED, drafts, drafts["status"] == "refused")


def failed(drafts: pd.DataFrame) -> list[Finding]:
    """Share of planned drafts that failed."""
    return _share(FAILED, drafts, drafts["status"] == "failed")


def not_drafted(drafts: pd.DataFrame) -> list[Finding]:
    """Share of planned drafts that are not ``ok``."""
    return _share(NOT_DRAFTED, drafts, drafts["status"] != "ok")


def unrated(drafts: pd.DataFrame) -> list[Finding]:
    """Share of ``ok`` drafts without a readable rating. Undefined where no draft is ``ok``."""
    came = drafts[drafts["status"] == "ok"]
    return _share(UNRATED, came, came["rating"].isna(), planned=drafts)


def _share(
    spec: Spec,
    drafts: pd.DataFrame,
    hit: pd.Series[bool],
    *,
    planned: pd.DataFrame | None = None,
) -> list[Finding]:
    planned = drafts if planned is None else planned
    if planned.empty:
        return [undefined(spec, planned, "no draft was planned", "missing_drafts")]
    if drafts.empty:
        return [undefined(spec, planned, "no draft came back", "missing_drafts")]
    by_case = hit.astype(float).groupby(drafts["case_id"]).mean()
    cases = np.asarray(by_case, dtype=np.float64)
    if len(cases) < 2:
        reason = short_of(len(cases), "case", 2)
        return [undefined(spec, planned, reason, "too_few", scored=len(drafts))]
    level = share_level(cases, step=1.0)
    examples = tuple(drafts.loc[hit, "draft_id"].head(5))
    denominators = counts(planned, len(drafts), cases=len(cases))
    return [finding(spec, level.estimate, denominators, interval=level.interval, examples=examples)]


METRICS = (
    Metric(REFUSED, refused),
    Metric(FAILED, failed),
    Metric(NOT_DRAFTED, not_drafted),
    Metric(UNRATED, unrated),
)
