"""Homogeneity: do drafts about different people sound more alike than their work is?

Definitions and worked examples: docs/metrics/homogeneity.md.
"""

from __future__ import annotations

import pandas as pd
from scipy import sparse

from govern.domain.finding import Finding
from govern.domain.metric import Spec
from govern.frames import main_block
from govern.metrics import likeness
from govern.metrics.likeness import Compared, Mean, compared, evidence_texts, level, strata
from govern.metrics.spec import Metric, undefined
from govern.text import embeddings

JACKKNIFE = "across cases, masked, delete-one-case jackknife"
LESS_EVIDENCE = "less the evidence's on the same cases"


def _spec(name: str, question: str, unit: str, method: str) -> Spec:
    return Spec(
        id=f"homogeneity.{name}",
        version="1",
        question=question,
        unit=unit,
        sense="lower_is_better",
        shape="level",
        method=method,
    )


SIMILARITY = _spec(
    "similarity",
    "How alike are drafts about different people?",
    "cosine",
    f"mean pairwise TF-IDF cosine {JACKKNIFE}",
)
EXCESS = _spec(
    "excess_similarity",
    "How much more alike are drafts about different people than the evidence about them?",
    "cosine",
    f"{SIMILARITY.method}, {LESS_EVIDENCE}",
)
NGRAMS = _spec(
    "ngram_similarity",
    "How much more wording do drafts about different people share than the evidence about them?",
    "4-gram Jaccard",
    f"mean pairwise 4-gram Jaccard {JACKKNIFE}, {LESS_EVIDENCE}",
)
MEANING = _spec(
    "embedding_similarity",
    "How much more alike in meaning are drafts about different people than the evidence?",
    "cosine",
    f"mean pairwise cosine of static embeddings {JACKKNIFE}, {LESS_EVIDENCE}",
)


def similarity(drafts: pd.DataFrame) -> list[Finding]:
    """Mean pairwise cosine of drafts about different people. Undefined under 12 cases."""
    main = main_block(drafts)
    texts = likeness.worded(main)
    if short := likeness.too_few(SIMILARITY, main, texts):
        return [short]
    pool = compared(main, texts)
    return [_level(SIMILARITY, main, pool, pool.tfidf, likeness.cosine)]


def excess_similarity(drafts: pd.DataFrame) -> list[Finding]:
    """Similarity of drafts less that of the evidence they were drafted from.

    Both are cut to a common length and share one set of word weights; strata are roles,
    merged into functions where a role has under 10 cases. Undefined without evidence or
    under 12 cases.
    """
    pool = _beside_evidence(EXCESS, main := main_block(drafts))
    if isinstance(pool, Finding):
        return [pool]
    return [_level(EXCESS, main, pool, pool.tfidf, likeness.cosine)]


def ngram_similarity(drafts: pd.DataFrame) -> list[Finding]:
    """Runs of four words that drafts share, less those that the evidence shares.

    Every pair is looked at; above 6,000 drafts, of evenly spread cases. Undefined as
    ``excess_similarity``.
    """
    pool = _beside_evidence(NGRAMS, main := main_block(drafts))
    if isinstance(pool, Finding):
        return [pool]
    return [_level(NGRAMS, main, pool, pool.shingles, likeness.jaccard)]


def embedding_similarity(drafts: pd.DataFrame) -> list[Finding]:
    """Likeness in meaning, by word embeddings, less the evidence's.

    Above 6,000 drafts, of evenly spread cases. Undefined as ``excess_similarity``, and without
    the extra ``embeddings``.
    """
    pool = _beside_evidence(MEANING, main := main_block(drafts))
    if isinstance(pool, Finding):
        return [pool]
    if not embeddings.available():
        reason = "what compares meanings, the extra “embeddings”, is not installed"
        return [undefined(MEANING, main, reason, "not_supplied")]
    vectors = embeddings.embed(pool.tokens.joined())
    model = f", model {embeddings.MODEL} SHA-256 {embeddings.DIGEST}"
    return [_level(MEANING, main, pool, vectors, likeness.cosine, note=model)]


def _beside_evidence(spec: Spec, main: pd.DataFrame) -> Compared | Finding:
    """Drafts beside the evidence of their cases, or why there is no comparing them."""
    texts, evidence = likeness.worded(main), evidence_texts(main)
    if evidence.empty:
        return undefined(
            spec, main, "no evidence was supplied to compare the drafts with", "not_supplied"
        )
    texts = texts[texts["case_id"].isin(evidence.index)]
    if spec in (NGRAMS, MEANING):
        texts = likeness.within_reach(texts)
    evidence = evidence[evidence.index.isin(texts["case_id"])]
    return likeness.too_few(spec, main, texts) or compared(main, texts, evidence)


def _level(
    spec: Spec,
    main: pd.DataFrame,
    pool: Compared,
    vectors: sparse.csr_array,
    mean: Mean,
    *,
    note: str = "",
) -> Finding:
    return level(
        spec,
        main,
        len(pool.drafts),
        pool.mean(vectors, mean, strata(pool.drafts)),
        method=f"{pool.cut}{note}",
        baseline=None if spec is SIMILARITY else "evidence",
    )


METRICS = (
    Metric(SIMILARITY, similarity),
    Metric(EXCESS, excess_similarity),
    Metric(NGRAMS, ngram_similarity),
    Metric(MEANING, embedding_similarity),
)
