"""Homogeneity beside a baseline: are drafts more alike than what somebody else wrote?

Definitions and worked examples: docs/metrics/homogeneity.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from govern.domain.finding import Finding
from govern.domain.metric import Spec
from govern.frames import main_block
from govern.metrics import likeness
from govern.metrics.likeness import compared, evidence_texts, level, strata
from govern.metrics.reasons import short_of
from govern.metrics.spec import Metric, undefined
from govern.stats.contrasts import MIN_CASES
from govern.stats.similarity import Similarity, Stratified, stratified
from govern.text.tokens import tokenise

OVER_BASELINE = Spec(
    id="homogeneity.excess_over_baseline",
    version="1",
    question="How much more alike are drafts about different people than the baseline's texts?",
    unit="cosine",
    sense="lower_is_better",
    shape="level",
    method="mean pairwise TF-IDF cosine across cases, masked, delete-one-case jackknife",
)


def excess_over_baseline(drafts: pd.DataFrame) -> list[Finding]:
    """Similarity of drafts less that of the baseline's texts, whose kind the finding names.

    On the same cases the two are paired case by case, and what the work has in common
    cancels. A baseline on other cases is taken as it is, over all pairs, and the interval
    widened by the similarity of the drafts' evidence, as that of the others' is unknown.
    Undefined without a baseline of one known kind, under 12 cases on a side, or on other
    cases without evidence.
    """
    main = main_block(drafts)
    texts = likeness.worded(main)
    beside = texts[tokenise(texts["baseline"]).lengths > 0]
    if beside.empty:
        return [
            undefined(
                OVER_BASELINE,
                main,
                "no texts to compare the drafts with were supplied",
                "not_supplied",
            )
        ]
    kinds = sorted(beside["baseline_kind"].fillna("unknown").unique())
    if len(kinds) > 1 or kinds == ["unknown"]:
        reason = f"the baseline must be of one known kind and is of: {', '.join(kinds)}"
        return [undefined(OVER_BASELINE, main, reason, "not_supplied")]
    whose = beside["baseline_case"].fillna(beside["case_id"])
    unlike = pd.DataFrame({"case": whose, "text": beside["baseline"]}).drop_duplicates()
    others = unlike.set_index("case")["text"]
    if (whose == beside["case_id"]).all():
        return [_same_cases(main, beside, others, kinds[0])]
    return [_other_cases(main, texts, others, kinds[0])]


def _same_cases(
    main: pd.DataFrame, beside: pd.DataFrame, others: pd.Series[str], kind: str
) -> Finding:
    if short := likeness.too_few(OVER_BASELINE, main, beside):
        return short
    pool = compared(main, beside, others)
    return level(
        OVER_BASELINE,
        main,
        len(beside),
        pool.mean(pool.tfidf, likeness.cosine, strata(beside)),
        method=f"less the baseline's on the same cases, {pool.cut}",
        baseline=kind,
    )


def _other_cases(
    main: pd.DataFrame, texts: pd.DataFrame, others: pd.Series[str], kind: str
) -> Finding:
    evidence = evidence_texts(main)
    texts = texts[texts["case_id"].isin(evidence.index)]
    if evidence.empty:
        reason = "the baseline is about other cases, and the drafts' evidence was not supplied"
        return undefined(OVER_BASELINE, main, reason, "not_supplied")
    if short := likeness.too_few(OVER_BASELINE, main, texts):
        return short
    found = others.index.nunique()
    if found < MIN_CASES:
        reason = short_of(found, "cases in the baseline", MIN_CASES)
        return undefined(OVER_BASELINE, main, reason, "too_few", scored=len(texts))
    pool = compared(main, texts, pd.concat([others, evidence]))
    ends = np.cumsum([0, len(texts), len(others), len(evidence)])
    cases = (texts["case_id"], others.index.to_series(), evidence.index.to_series())
    ours, theirs, work = (
        _mean(pool.tfidf[a:b], case) for a, b, case in zip(ends, ends[1:], cases, strict=False)
    )
    each = [stratified([(side, None)]) for side in (ours, theirs)]
    difference = Stratified(
        estimate=each[0].estimate - each[1].estimate,
        se=float(np.hypot(each[0].se, each[1].se)),
        df=min(side.df for side in each),
        cases=min(side.cases for side in each),
    )
    return level(
        OVER_BASELINE,
        main,
        len(texts),
        difference,
        method=f"less the baseline's on other cases, widened by the evidence's, {pool.cut}",
        baseline=kind,
        widen=max(work.value, 0.0),
    )


def _mean(vectors: sparse.csr_array, case: pd.Series[str]) -> Similarity:
    return likeness.cosine(vectors, pd.factorize(case, sort=True)[0].astype(np.int64))


METRICS = (Metric(OVER_BASELINE, excess_over_baseline),)
