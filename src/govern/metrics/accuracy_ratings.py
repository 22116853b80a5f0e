"""Companions of rating agreement: what kappa hides.

Definitions and worked examples: docs/metrics/accuracy.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.domain.finding import Finding, StudentT
from govern.domain.metric import Spec
from govern.frames import main_block
from govern.metrics.accuracy import case_level, unusable
from govern.metrics.spec import Metric, counts, finding, undefined

Floats = NDArray[np.float64]
SCALE = (1, 2, 3, 4, 5)

WITHIN_ONE = Spec(
    id="accuracy.within_one",
    version="1",
    question="What share of drafted ratings is at most one point from the rubric's?",
    unit="share of drafts",
    sense="higher_is_better",
    shape="level",
    method="mean share per case, Student t over cases",
)
CENTRALITY = Spec(
    id="accuracy.centrality",
    version="1",
    question="How much less or more than the rubric's ratings do drafted ones spread?",
    unit="log ratio of standard deviations",
    sense="centred",
    shape="contrast",
    method="delete-one-case jackknife of the log ratio",
)
RECALL = Spec(
    id="accuracy.category_recall",
    version="1",
    question="Of the drafts that deserve a rating, what share gets it, each rating counting alike?",
    unit="mean share over ratings",
    sense="higher_is_better",
    shape="level",
    method="mean of the ratings' shares, delete-one-case jackknife",
)


def within_one(drafts: pd.DataFrame) -> list[Finding]:
    """Share of drafts rated within one point of the gold rating. Undefined as agreement."""
    main = main_block(drafts)
    stop = unusable(WITHIN_ONE, main)
    if stop:
        return [stop]
    apart = (main["rating"] - main["gold_rating"]).abs()
    near = (apart <= 1).astype(float).where(apart.notna())
    return [case_level(WITHIN_ONE, main, near, step=1.0, limits=(0.0, 1.0))]


def centrality(drafts: pd.DataFrame) -> list[Finding]:
    """Log of the standard deviation of drafted over that of gold ratings; below 0 is central.

    Undefined as agreement, and where either does not vary, with all cases or without one.
    """
    main = main_block(drafts)
    stop = unusable(CENTRALITY, main)
    if stop:
        return [stop]
    rated = _rated(main)
    case = pd.factorize(rated["case_id"])[0]
    x, g = (rated[c].to_numpy(dtype=np.float64) for c in ("rating", "gold_rating"))
    sums = np.stack([np.bincount(case, v) for v in (np.ones_like(x), x, g, x * x, g * g)])
    total = sums.sum(axis=1, keepdims=True)
    estimate, without = _log_spread(total), _log_spread(total - sums)
    if not np.isfinite([estimate[0], *without]).all():
        reason = "the drafted ratings or the rubric's are all alike, with all cases or without one"
        return [undefined(CENTRALITY, main, reason, scored=len(rated))]
    # One point on a share q of drafts moves a variance by q·(1-q) at least.
    step = float(0.5 / g.var())
    return [_jackknifed(CENTRALITY, main, rated, float(estimate[0]), without, step=step)]


def recall_by_rating(drafts: pd.DataFrame) -> pd.DataFrame:
    """For each gold rating: ``cases``, ``drafts`` and ``recall``, the share rated alike.

    A table for reports; ratings that no case deserves are left out.
    """
    rated = _rated(main_block(drafts))
    right = (rated["rating"] == rated["gold_rating"]).astype(float)
    by = rated["gold_rating"].astype("int64")
    return pd.DataFrame(
        {
            "cases": rated.groupby(by)["case_id"].nunique(),
            "drafts": right.groupby(by).size(),
            "recall": right.groupby(by).mean(),
        }
    ).rename_axis("gold_rating")


def category_recall(drafts: pd.DataFrame) -> list[Finding]:
    """Mean over the gold ratings 1 to 5 of the share of their drafts rated alike.

    Undefined as agreement, and where a rating is deserved by fewer than two cases.
    """
    main = main_block(drafts)
    stop = unusable(RECALL, main)
    if stop:
        return [stop]
    rated = _rated(main)
    rare = [k for k in SCALE if rated.loc[rated["gold_rating"] == k, "case_id"].nunique() < 2]
    if rare:
        reason = f"fewer than 2 cases deserve a rating of {' or of '.join(map(str, rare))}"
        return [undefined(RECALL, main, reason, "too_few", scored=len(rated))]
    case = pd.factorize(rated["case_id"])[0]
    gold = rated["gold_rating"].to_numpy(dtype=np.int64) - 1
    right = (rated["rating"] == rated["gold_rating"]).to_numpy(dtype=np.float64)
    shape = (int(case.max()) + 1, len(SCALE))
    size, hits = (
        np.bincount(case * len(SCALE) + gold, w, minlength=shape[0] * shape[1]).reshape(shape)
        for w in (np.ones_like(right), right)
    )
    estimate = float((hits.sum(axis=0) / size.sum(axis=0)).mean())
    without = ((hits.sum(axis=0) - hits) / (size.sum(axis=0) - size)).mean(axis=1)
    finding_ = _jackknifed(RECALL, main, rated, estimate, without, step=1.0, limits=(0.0, 1.0))
    return [finding_]


def _rated(main: pd.DataFrame) -> pd.DataFrame:
    return main[main["rating"].notna() & main["gold_rating"].notna()]


def _log_spread(sums: Floats) -> Floats:
    n, x, g, xx, gg = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = [np.log(np.maximum(qq / n - (q / n) ** 2, 0.0)) for q, qq in ((x, xx), (g, gg))]
        return np.asarray(0.5 * (spread[0] - spread[1]))


def _jackknifed(
    spec: Spec,
    main: pd.DataFrame,
    rated: pd.DataFrame,
    estimate: float,
    without: Floats,
    *,
    step: float,
    limits: tuple[float | None, float | None] = (None, None),
) -> Finding:
    n = len(without)
    se = float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
    interval = StudentT(se=se, df=n - 1, clusters=n, step=step, least=limits[0], most=limits[1])
    return finding(spec, estimate, counts(main, len(rated), cases=n), interval=interval)


METRICS = (
    Metric(WITHIN_ONE, within_one),
    Metric(CENTRALITY, centrality),
    Metric(RECALL, category_recall),
)
