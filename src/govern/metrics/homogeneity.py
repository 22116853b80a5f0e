"""Homogeneity: do drafts about different people sound more alike than their work is?

Definitions and worked examples: docs/metrics/homogeneity.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from govern.domain.finding import Finding, StudentT
from govern.domain.metric import Spec
from govern.frames import evidence_items, group_attributes, main_block
from govern.metrics.spec import Metric, counts, finding, undefined
from govern.stats.contrasts import MIN_CASES
from govern.stats.similarity import MIN_STRATUM, Similarity, Stratified, pair_mean, stratified
from govern.text.tokens import counts as token_counts
from govern.text.tokens import tokenise, unit_tfidf

MOST_TOKENS = 120
FEWEST_TOKENS = 20
# Below this standard error nothing varies; a whole cosine is then the step of the floor, for
# what does not vary says little of other cases.
SAME = 1e-12
# What evidence says where a draft has a name; unmasked, it would make evidence look alike.
NOBODY = "Employee"
METHOD = "mean pairwise TF-IDF cosine across cases, masked, delete-one-case jackknife"

SIMILARITY = Spec(
    id="homogeneity.similarity",
    version="1",
    question="How alike are drafts about different people?",
    unit="cosine",
    sense="lower_is_better",
    shape="level",
    method=METHOD,
)
EXCESS = Spec(
    id="homogeneity.excess_similarity",
    version="1",
    question="How much more alike are drafts about different people than the evidence about them?",
    unit="cosine",
    sense="lower_is_better",
    shape="level",
    method=f"{METHOD}, less the evidence's on the same cases",
)


def similarity(drafts: pd.DataFrame) -> list[Finding]:
    """Mean pairwise cosine of drafts about different people. Undefined under 12 cases."""
    main = main_block(drafts)
    texts = _texts(main)
    if texts["case_id"].nunique() < MIN_CASES:
        return [_too_few(SIMILARITY, main, texts)]
    found, length = _compare(texts, None, _mask_words(main))
    return [_finding(SIMILARITY, main, len(texts), found, length)]


def excess_similarity(drafts: pd.DataFrame) -> list[Finding]:
    """Similarity of drafts less that of the evidence they were drafted from.

    Both are cut to a common length and share one set of word weights; strata are roles,
    merged into functions where a role has under 10 cases. Undefined without evidence or
    under 12 cases.
    """
    main = main_block(drafts)
    texts = _texts(main)
    items = {case: found for case, found in evidence_items(main).items() if found}
    if not items:
        return [undefined(EXCESS, main, "no evidence or baseline supplied", "not_supplied")]
    texts = texts[texts["case_id"].isin(list(items))]
    if texts["case_id"].nunique() < MIN_CASES:
        return [_too_few(EXCESS, main, texts)]
    evidence = pd.Series(
        {case: " ".join(str(item["text"]) for item in items[case]) for case in items}, dtype="str"
    )
    found, length = _compare(texts, evidence, _mask_words(main))
    return [_finding(EXCESS, main, len(texts), found, length)]


def _texts(main: pd.DataFrame) -> pd.DataFrame:
    """Drafts that hold a word; one without any would be like nobody's and lower the mean."""
    columns = ["case_id", "text", "stratum", "stratum_above"]
    return main.loc[tokenise(main["text"]).lengths > 0, columns]


def _mask_words(main: pd.DataFrame) -> tuple[list[str], list[str]]:
    groups = {value for a in group_attributes(main) for value in main[f"group.{a}"].unique()}
    return [NOBODY, *map(str, main["name"].dropna().unique())], sorted(groups)


def _too_few(spec: Spec, main: pd.DataFrame, texts: pd.DataFrame) -> Finding:
    cases = texts["case_id"].nunique()
    reason = f"{cases} cases with a draft, {MIN_CASES} needed"
    return undefined(spec, main, reason, "too_few", scored=len(texts))


def strata(texts: pd.DataFrame) -> pd.Series[str]:
    """The stratum of each draft: its role, or what stands above it where roles are small."""
    for column in ("stratum", "stratum_above"):
        label = texts[column].fillna("")
        if texts.groupby(label)["case_id"].nunique().min() >= MIN_STRATUM:
            return label
    return pd.Series("", index=texts.index, dtype="str")


def _compare(
    texts: pd.DataFrame, evidence: pd.Series[str] | None, mask: tuple[list[str], list[str]]
) -> tuple[Stratified, int]:
    base = [] if evidence is None else list(evidence)
    column = pd.concat([texts["text"], pd.Series(base, dtype="str")], ignore_index=True)
    tokens = tokenise(column).masked(*mask)
    length = int(np.clip(np.quantile(tokens.lengths, 0.05), FEWEST_TOKENS, MOST_TOKENS))
    # A case's drafts are one document together, as its evidence is one: else what all drafts
    # repeat would weigh less than what all evidence does, and the excess come out too low.
    drafts_of_case = texts.groupby("case_id")["text"].transform("size").to_numpy(dtype=np.float64)
    documents = np.concatenate([1 / drafts_of_case, np.ones(len(base))])
    vectors = unit_tfidf(token_counts(tokens.first(length)), documents)
    label = strata(texts).to_numpy()
    pairs: list[tuple[Similarity, Similarity | None]] = []
    for stratum in sorted(set(label)):
        rows = np.flatnonzero(label == stratum)
        case, names = pd.factorize(texts["case_id"].to_numpy()[rows], sort=True)
        drafts = pair_mean(vectors[rows], case.astype(np.int64))
        reference = None
        if evidence is not None:
            own = len(texts) + evidence.index.get_indexer(pd.Index(names))
            reference = pair_mean(vectors[own], np.arange(len(own)))
        pairs.append((drafts, reference))
    return stratified(pairs), length


def _finding(
    spec: Spec, main: pd.DataFrame, scored: int, found: Stratified, length: int
) -> Finding:
    return finding(
        spec,
        found.estimate,
        counts(main, scored, cases=found.cases),
        interval=StudentT(
            se=found.se, df=found.df, clusters=found.cases, step=1.0 if found.se < SAME else 0.0
        ),
        baseline="evidence" if spec is EXCESS else None,
        method=f"{spec.method}, first {length} tokens",
    )


METRICS = (Metric(SIMILARITY, similarity), Metric(EXCESS, excess_similarity))
