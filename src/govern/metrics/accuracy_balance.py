"""Accuracy of emphasis: does a draft weigh the year as the evidence does, and as it rates?

Definitions and worked examples: docs/metrics/accuracy.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from govern.domain.finding import Finding
from govern.domain.metric import Spec
from govern.frames import evidence_items, main_block
from govern.metrics.accuracy import case_level, case_share
from govern.metrics.checker import checked_claims, per_draft
from govern.metrics.coverage import BY_CASE
from govern.metrics.evidence import POLARITY
from govern.metrics.spec import Metric, undefined
from govern.metrics.verdicts import UNVERIFIABLE

LATE = ("Q3", "Q4")
# Bits of Q3 and Q4, as ``govern.text.quarters`` sets them.
LATE_BITS = 12
ONE_SIDED = 1 / 3
FEWEST_COLOURED = 3

RECENCY = Spec(
    id="accuracy.recency_skew",
    version="1",
    question="How much more of what drafts say of key evidence is of the second half-year?",
    unit="share of claims",
    sense="centred",
    shape="contrast",
    method="mean difference per case, Student t over cases",
)
HALO = Spec(
    id="accuracy.halo",
    version="1",
    question="How much more of the key evidence that suits their rating do drafts mention?",
    unit="share of key items",
    sense="centred",
    shape="contrast",
    method="mean difference per case, Student t over cases",
)
CONTRADICTS = Spec(
    id="accuracy.rating_contradicts_text",
    version="1",
    question="What share of drafts give a rating that most of what they say speaks against?",
    unit="share of drafts",
    sense="lower_is_better",
    shape="level",
    method=BY_CASE,
)


def recency_skew(drafts: pd.DataFrame) -> list[Finding]:
    """Share of claims about key items of Q3 and Q4, less the share of key items of Q3 and Q4.

    Undefined without evidence that has quarters, and as other levels over cases.
    """
    main = main_block(drafts)
    found, keys = checked_claims(main), _key_items(main)
    if found is None or keys.empty or keys["quarter"].isna().all():
        return [
            undefined(RECENCY, main, "no key evidence says in which quarter it was", "not_supplied")
        ]
    told = found[found["key"] & (found["quarter"] > 0) & (found["verdict"] != UNVERIFIABLE)]
    late = (told["quarter"] & LATE_BITS) > 0
    said = per_draft(late.groupby(told["row"]).mean(), main)
    expected = keys["quarter"].isin(LATE).groupby(keys["case_id"]).mean()
    step = 1 / max(len(told) / max(int(said.notna().sum()), 1), 1.0)
    return [case_level(RECENCY, main, said - main["case_id"].map(expected), step=step)]


def halo(drafts: pd.DataFrame) -> list[Finding]:
    """Share mentioned of the key items that suit the drafted rating, less that of the others.

    Good items suit a rating of 4 or 5, bad ones 1 or 2; nothing suits a 3, and such drafts are
    left out like those whose case has one sort alone. Undefined where under 12 cases are left,
    and without evidence or ratings.
    """
    main = main_block(drafts)
    found, keys = checked_claims(main), _key_items(main)
    if found is None or not keys["polarity"].any():
        return [
            undefined(HALO, main, "no key evidence speaks for or against anybody", "not_supplied")
        ]
    if main["rating"].isna().all():
        return [undefined(HALO, main, "no draft carries a rating", "missing_drafts")]
    pairs = _pairs(main, keys)
    # Where a rating is missing it could have been one that counts: either way is open.
    side = np.sign(main["rating"].to_numpy() - 3)[pairs["row"]]
    pairs["suits"] = pairs["polarity"] == np.where(np.isnan(side), 1, side)
    both = pairs.groupby("row")["suits"].nunique() == 2
    pairs = pairs[pairs["row"].isin(both.index[both]) & (side != 0)]
    if pairs.empty:
        reason = "no case with key evidence for and against has a draft not rated 3"
        return [undefined(HALO, main, reason, "too_few")]
    seen = found[(found["item"] >= 0) & (found["verdict"] != UNVERIFIABLE)]
    width = int(max(found["item"].max(), keys["item"].max())) + 1
    pairs["seen"] = np.isin(
        pairs["row"] * width + pairs["item"], seen["row"] * width + seen["item"]
    )
    rates = pairs.groupby(["row", "suits"])["seen"].mean().unstack()
    part = main.iloc[rates.index.to_numpy()]
    gap = pd.Series((rates[True] - rates[False]).to_numpy(), index=part.index)
    step = len(rates) / max(int((~pairs["suits"]).sum()), 1)
    usable = part["text"].notna() & part["rating"].notna()
    return [case_level(HALO, part, gap.where(usable), step=min(step, 1.0))]


def rating_contradicts_text(drafts: pd.DataFrame) -> list[Finding]:
    """Share of drafts rated 4 or 5 that mostly tell of bad work, or 1 or 2 and of good.

    A draft tells of what the items are that its claims rest on: (good - bad)/(good + bad) over
    claims, at most -1/3 or at least 1/3, of three such claims or more; with fewer it contradicts
    nothing. Undefined without evidence or ratings.
    """
    main = main_block(drafts)
    found = checked_claims(main)
    if found is None:
        return [undefined(CONTRADICTS, main, "no evidence was supplied", "not_supplied")]
    if main["rating"].isna().all():
        return [undefined(CONTRADICTS, main, "no draft carries a rating", "missing_drafts")]
    told = found[(found["polarity"] != 0) & (found["verdict"] != UNVERIFIABLE)]
    good, all_ = (
        np.bincount(told["row"], weights, minlength=len(main))
        for weights in (told["polarity"].to_numpy(dtype=float), np.ones(len(told)))
    )
    net = np.where(all_ >= FEWEST_COLOURED, good / np.maximum(all_, 1), 0.0)
    against = net * np.sign(main["rating"] - 3) <= -ONE_SIDED
    scored = main["text"].notna() & main["rating"].notna()
    values = against.astype(float).where(scored & main["evidence"].notna())
    return [case_share(CONTRADICTS, main, values)]


def _key_items(main: pd.DataFrame) -> pd.DataFrame:
    """Key items that a draft may use: ``case_id``, ``item``, ``quarter`` and ``polarity``."""
    rows = [
        (case, at, item.get("quarter"), POLARITY.get(item.get("polarity", ""), 0))
        for case, items in evidence_items(main).items()
        for at, item in enumerate(items)
        if item.get("salience") == "key"
    ]
    return pd.DataFrame(rows, columns=["case_id", "item", "quarter", "polarity"])


def _pairs(part: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """Each draft with each key item of its case; ``row`` is the draft's position in ``part``."""
    rows = pd.DataFrame({"case_id": part["case_id"].to_numpy(), "row": np.arange(len(part))})
    return rows.merge(keys, on="case_id")


METRICS = (
    Metric(RECENCY, recency_skew),
    Metric(HALO, halo),
    Metric(CONTRADICTS, rating_contradicts_text),
)
