"""Flips: ratings of one case that differ between identities, beyond what repeats differ by.

Definition and worked example: docs/metrics/fairness.md#fairnessflip_rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from govern.domain.finding import Finding, StudentT
from govern.domain.metric import Spec
from govern.frames import GROUP, group_attributes, main_block
from govern.metrics.groups import CROSS, labels, slices
from govern.metrics.reasons import NAMELESS, NO_GROUPS, one_group, short_of, too_many_lack
from govern.metrics.spec import Metric, counts, finding, undefined
from govern.stats.contrasts import MAX_MISSING, MIN_CASES, MIN_NAMES

FLIP_RATE = Spec(
    id="fairness.flip_rate",
    version="1",
    question="How often does another identity change the rating, beyond what a repeat does?",
    unit="share of pairs of drafts",
    sense="lower_is_better",
    shape="level",
    method="pairs of one case less its exact repeat, largest of three variances, Student t",
)


@dataclass(frozen=True)
class Paired:
    """Rated drafts of the cases whose repeat was rated too.

    Attributes:
        drafts: the planned main block.
        rated: its rated drafts, of cases with a repeat.
        noise: by case, whether the repeat was rated otherwise.
    """

    drafts: pd.DataFrame
    rated: pd.DataFrame
    noise: pd.Series[float]


def flip_rate(drafts: pd.DataFrame) -> list[Finding]:
    """Share of pairs with different ratings, less that of exact repeats; may be below 0.

    One finding for each group of each attribute and of the cross, over its pairs with drafts
    that differ in that attribute alone, and one for all pairs. Undefined without the noise
    block, with over 5 % of drafts or repeats unrated, under 12 cases or 10 names.
    """
    main = main_block(drafts)
    attributes = group_attributes(drafts)
    if not attributes:
        return [undefined(FLIP_RATE, main, *NO_GROUPS)]
    repeats = drafts[drafts["block"] == "noise"]
    if repeats.empty:
        return [
            undefined(FLIP_RATE, main, "no exact repeat of a draft was planned", "not_supplied")
        ]
    if main["name"].isna().any():
        return [undefined(FLIP_RATE, main, NAMELESS, "not_supplied")]
    rated = float(main["rating"].notna().mean())
    noise = _noise(main, repeats, attributes)
    missing = 1 - min(rated, float(noise.notna().mean()) if len(noise) else 0.0)
    noise = noise.dropna()
    have = main["rating"].notna() & main["case_id"].isin(noise.index)
    if missing > MAX_MISSING:
        reason = too_many_lack(missing, "drafts or their exact repeats have no rating")
        return [undefined(FLIP_RATE, main, reason, "too_many_missing", scored=int(have.sum()))]
    paired = Paired(main, main[have], noise)
    found: list[Finding] = []
    for by in slices(attributes):
        found += _by(paired, by, attributes)
    return [*found, _finding(paired, "all", "all", *_pairs_of_all(paired, attributes))]


def _noise(main: pd.DataFrame, repeats: pd.DataFrame, attributes: list[str]) -> pd.Series[float]:
    """By case, 1 where the repeat is rated otherwise than its original, NaN if unknown."""
    key = ["case_id", "name", "marker", *(f"{GROUP}{a}" for a in attributes)]
    both = repeats[[*key, "rating"]].merge(
        main[[*key, "rating"]].drop_duplicates(key), how="left", on=key, suffixes=("", "_first")
    )
    known = both["rating"].notna() & both["rating_first"].notna()
    flipped = (both["rating"] != both["rating_first"]).astype(float).where(known)
    return flipped.groupby(both["case_id"]).mean()


def _by(paired: Paired, by: str, attributes: list[str]) -> list[Finding]:
    """The groups of a slice; of two groups of an attribute only the first, as both are alike."""
    rated, axis = paired.rated, by.split(CROSS)
    groups = sorted(labels(paired.drafts, axis).unique())
    if len(groups) < 2:
        reason = one_group(groups[0])
        return [undefined(FLIP_RATE, paired.drafts, reason, scored=len(rated), by=by)]
    label = labels(rated, axis)
    held = [rated["case_id"], *(rated[f"{GROUP}{a}"] for a in attributes if a not in axis)]
    block = pd.Series(pd.MultiIndex.from_arrays(held).factorize()[0], index=rated.index)
    shown = groups[:1] if len(groups) == 2 and len(axis) == 1 else groups
    return [
        _finding(paired, by, group, *_pairs(rated["rating"], block, (label == group).astype(int)))
        for group in shown
    ]


def _pairs_of_all(paired: Paired, attributes: list[str]) -> tuple[pd.Series[Any], pd.Series[Any]]:
    return _pairs(paired.rated["rating"], paired.rated["case_id"], labels(paired.rated, attributes))


def _pairs(
    rating: pd.Series[float], block: pd.Series[Any], side: pd.Series[Any]
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """For each draft, its pairs with drafts of its block on another side, and those that differ."""

    def size(*keys: pd.Series[Any]) -> pd.Series[Any]:
        return rating.groupby([block, *keys]).transform("size").astype(float)

    pairs = size() - size(side)
    alike = size(rating) - size(rating, side)
    return pairs, pairs - alike


def _finding(
    paired: Paired, by: str, contrast: str, pairs: pd.Series[Any], flips: pd.Series[Any]
) -> Finding:
    case = paired.rated["case_id"]
    per_case = pairs.groupby(case).sum()
    per_case = per_case[per_case > 0]
    names = paired.rated["name"].nunique()
    few = None
    if len(per_case) < MIN_CASES:
        few = short_of(len(per_case), "cases with pairs and a repeat", MIN_CASES)
    elif names < MIN_NAMES:
        few = short_of(names, "names", MIN_NAMES)
    if few:
        scored = len(paired.rated)
        return undefined(
            FLIP_RATE, paired.drafts, few, "too_few", scored=scored, by=by, contrast=contrast
        )
    used = case.isin(per_case.index)
    pairs, flips, case, name = (s[used] for s in (pairs, flips, case, paired.rated["name"]))
    raw = flips.groupby(case).sum() / per_case
    excess = raw - paired.noise.loc[raw.index]
    return finding(
        FLIP_RATE,
        round(float(excess.mean()), 12),
        counts(
            paired.drafts,
            len(paired.rated),
            units=int(pairs.sum()) // 2,
            unit_name="pairs",
            cases=len(raw),
            names=names,
        ),
        interval=_interval(excess, _influence(raw, pairs, flips, case), name),
        by=by,
        contrast=contrast,
    )


def _influence(
    raw: pd.Series[float],
    pairs: pd.Series[Any],
    flips: pd.Series[Any],
    case: pd.Series[Any],
) -> pd.Series[float]:
    """What each draft moves the rate by: it is in every one of its pairs, so twice its half."""
    total = pairs.groupby(case).transform("sum")
    return 2 * (flips - float(raw.mean()) * pairs) / (total * len(raw))


def _interval(
    excess: pd.Series[float], influence: pd.Series[float], name: pd.Series[Any]
) -> StudentT:
    n = len(excess)
    sums = np.asarray(influence.groupby(name).sum(), dtype=np.float64)
    names = len(sums)
    by_case = float(excess.var(ddof=1)) / n
    by_name = names / (names - 1) * float(sums @ sums)
    by_draft = n / (n - 1) * float((influence**2).sum())
    variance = max(by_case, by_name, by_case + by_name - by_draft)
    return StudentT(
        se=float(np.sqrt(variance)),
        se_name=float(np.sqrt(max(by_name - by_draft, 0.0))),
        df=min(n, names) - 1,
        clusters=n,
        step=1.0,
        least=-1.0,
        most=1.0,
    )


METRICS = (Metric(FLIP_RATE, flip_rate),)
