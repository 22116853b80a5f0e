"""Homogeneity between people: within a group, against regenerations, and of the ratings.

Definitions and worked examples: docs/metrics/homogeneity.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from govern.domain.finding import Finding, StudentT
from govern.domain.metric import Spec
from govern.frames import group_attributes, main_block
from govern.metrics import likeness
from govern.metrics.groups import contrast_findings, labels
from govern.metrics.likeness import SAME, compared, strata
from govern.metrics.spec import Metric, counts, finding, undefined
from govern.stats.similarity import MIN_CASES, Similarity, pair_mean, pseudo_values, stratified

Codes = NDArray[np.int64]

GAP = Spec(
    id="homogeneity.similarity_gap",
    version="1",
    question="Are drafts about one group more alike among themselves than about the others?",
    unit="cosine",
    sense="centred",
    shape="contrast",
    method="jackknife pseudo-values of the mean pairwise TF-IDF cosine within a cell, masked, "
    "paired by case, largest of three variances",
)
REGENERATION = Spec(
    id="homogeneity.regeneration_gap",
    version="1",
    question="How much more alike are two drafts about one person than drafts about two people?",
    unit="cosine",
    sense="higher_is_better",
    shape="level",
    method="TF-IDF cosine of exact repeats less the mean pair across cases, masked, "
    "delete-one-case jackknife",
)
RATINGS = Spec(
    id="homogeneity.rating_concentration",
    version="1",
    question="How much more often do two people get the same rating than their work deserves?",
    unit="ratio to the gold ratings",
    sense="lower_is_better",
    shape="level",
    method="share of pairs across cases with one rating over that of the gold ratings, "
    "log scale, delete-one-case jackknife",
)


def similarity_gap(drafts: pd.DataFrame) -> list[Finding]:
    """How alike drafts of a group are among themselves, against the mean of the other groups.

    Each draft stands for its jackknife pseudo-value in its own cell and stratum. Undefined as
    other contrasts.
    """
    main = main_block(drafts)
    values = pd.Series(np.nan, index=drafts.index, dtype="float64")
    texts = likeness.worded(main)
    if not texts.empty and group_attributes(main):
        pool = compared(main, texts)
        values.loc[texts.index] = _pseudo(pool.tfidf, texts)
    return contrast_findings(drafts, values, GAP, step=1.0)


def _pseudo(vectors: sparse.csr_array, texts: pd.DataFrame) -> NDArray[np.float64]:
    cell = labels(texts, group_attributes(texts)) + "|" + strata(texts)
    found = np.full(len(texts), np.nan)
    for rows in texts.assign(at=range(len(texts))).groupby(cell)["at"]:
        at = rows[1].to_numpy()
        case = pd.factorize(texts["case_id"].to_numpy()[at])[0].astype(np.int64)
        if case.max() + 1 >= MIN_CASES:
            found[at] = pseudo_values(vectors[at], case)
    return found


def regeneration_gap(drafts: pd.DataFrame) -> list[Finding]:
    """Cosine of exact repeats of a draft with it, less that of drafts about different people.

    At 0 a pipeline writes no more about a person than about anybody. Undefined without the
    noise block or under 12 cases with both.
    """
    main = main_block(drafts)
    noise = likeness.worded(drafts[drafts["block"] == "noise"])
    if noise.empty:
        return [undefined(REGENERATION, main, "no draft has an exact repeat", "not_supplied")]
    texts = likeness.worded(main)
    person = ["case_id", "identity_id"]
    first = texts.reset_index().groupby(person, dropna=False)["index"].first()
    again = noise.join(first.rename("original"), on=person).dropna(subset=["original"])
    texts = texts[texts["case_id"].isin(again["case_id"])]
    if short := likeness.too_few(REGENERATION, main, texts):
        return [short]
    pool = compared(main, texts, again.set_index("case_id")["text"])
    vectors, label = pool.tfidf, strata(texts)
    own = texts.index.get_indexer(pd.Index(again["original"].astype(int)))
    repeats = np.asarray(
        vectors[own].multiply(vectors[len(texts) :]).sum(axis=1), dtype=np.float64
    ).ravel()
    alike = pd.Series(repeats).groupby(again["case_id"].to_numpy()).mean()
    pairs: list[tuple[Similarity, Similarity | None]] = []
    for stratum in sorted(label.unique()):
        rows = np.flatnonzero(label == stratum)
        case, names = pd.factorize(texts["case_id"].to_numpy()[rows], sort=True)
        same = alike.loc[list(names)].to_numpy()
        without = (same.sum() - same) / (len(same) - 1)
        across = pair_mean(vectors[rows], case.astype(np.int64))
        pairs.append((Similarity(float(same.mean()), without), across))
    return [
        likeness.level(
            REGENERATION,
            main,
            len(texts),
            stratified(pairs),
            method=pool.cut,
        )
    ]


def rating_concentration(drafts: pd.DataFrame) -> list[Finding]:
    """How often two people are given one rating, over how often their gold ratings agree.

    1 is as spread as the work; with k ratings equally deserved, k is one rating for all.
    Undefined without gold ratings, under 12 cases, or where no two cases deserve, or get, the
    same.
    """
    main = main_block(drafts)
    rated = main[main["rating"].notna() & main["gold_rating"].notna()]
    if main["gold_rating"].isna().all():
        return [undefined(RATINGS, main, "no rating by the rubric was supplied", "not_supplied")]
    if short := likeness.too_few(RATINGS, main, rated):
        return [short]
    case = pd.factorize(rated["case_id"], sort=True)[0].astype(np.int64)
    given, deserved = (pair_mean(_one_hot(rated[c]), case) for c in ("rating", "gold_rating"))
    least = min(float(np.min(side.without)) for side in (given, deserved))
    if least <= SAME:
        reason = "no two cases get, or deserve, the same rating"
        return [undefined(RATINGS, main, reason, scored=len(rated))]
    found = stratified([(_log(given), _log(deserved))])
    interval = StudentT(
        scale="log",
        se=found.se,
        df=found.df,
        clusters=found.cases,
        step=1.0 if found.se < SAME else 0.0,
        least=0.0,
    )
    ratio = float(np.exp(found.estimate))
    return [finding(RATINGS, ratio, counts(main, len(rated), cases=found.cases), interval=interval)]


def _one_hot(ratings: pd.Series[float]) -> sparse.csr_array:
    code, levels = pd.factorize(ratings)
    n = len(code)
    return sparse.csr_array((np.ones(n), (np.arange(n), code)), shape=(n, len(levels)))


def _log(side: Similarity) -> Similarity:
    return Similarity(float(np.log(side.value)), np.log(side.without))


METRICS = (
    Metric(GAP, similarity_gap),
    Metric(REGENERATION, regeneration_gap),
    Metric(RATINGS, rating_concentration),
)
