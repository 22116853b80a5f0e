"""Drafts made ready to be compared across people: masked, at one length, within strata."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from govern.domain.finding import Finding, StudentT
from govern.domain.metric import Spec
from govern.frames import evidence_items, group_attributes
from govern.metrics.reasons import short_of
from govern.metrics.spec import counts, finding, undefined
from govern.stats.contrasts import MIN_CASES
from govern.stats.similarity import (
    MIN_STRATUM,
    Similarity,
    Stratified,
    kernel_mean,
    pair_mean,
    stratified,
)
from govern.text.kernels import jaccard_rows
from govern.text.shingles import shingles
from govern.text.tokens import Tokens, tokenise, unit_tfidf
from govern.text.tokens import counts as token_counts

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Mean = Callable[[sparse.csr_array, Codes], Similarity]

MOST_TOKENS = 120
FEWEST_TOKENS = 20
# Kernels that are no inner product need every pair: the largest plan, 360 × 8 × 2, still fits.
MOST_DRAFTS = 6_000
# Below this standard error nothing varies; the whole unit is then the step of the floor, for
# what does not vary says little of other cases.
SAME = 1e-12
# What evidence says where a draft has a name; unmasked, it would make evidence look alike.
NOBODY = "Employee"


@dataclass(frozen=True)
class Compared:
    """Drafts with a word, and texts to compare them with, as tokens of one length.

    Attributes:
        drafts: N rows of the frame.
        tokens: of the N drafts, then of the other texts.
        length: most tokens a text has.
        others: the case of each other text.
    """

    drafts: pd.DataFrame
    tokens: Tokens
    length: int
    others: NDArray[np.object_]

    @property
    def cut(self) -> str:
        """How the texts were cut, for a finding's method."""
        return f"first and last tokens, {self.length} in all"

    @property
    def tfidf(self) -> sparse.csr_array:
        """Unit vectors of all texts, with one set of word weights.

        A case's drafts are one document together, as its evidence is one: else what all drafts
        repeat would weigh less than what all evidence does, and an excess come out too low.
        """
        case = self.drafts["case_id"]
        own = case.groupby(case).transform("size").to_numpy(dtype=np.float64)
        other = pd.Series(self.others, dtype="object")
        theirs = other.groupby(other).transform("size").to_numpy(dtype=np.float64)
        return unit_tfidf(token_counts(self.tokens), np.concatenate([1 / own, 1 / theirs]))

    @property
    def shingles(self) -> sparse.csr_array:
        """Which runs of four words each text has."""
        return shingles(self.tokens)

    def mean(self, vectors: sparse.csr_array, mean: Mean, by: pd.Series[str]) -> Stratified:
        """Mean similarity over pairs of different cases within the strata ``by``.

        Where there are other texts, theirs on the same cases is taken off.
        """
        case, label = self.drafts["case_id"].to_numpy(), by.to_numpy()
        pairs: list[tuple[Similarity, Similarity | None]] = []
        for stratum in sorted(set(label)):
            rows = np.flatnonzero(label == stratum)
            code, cases = pd.factorize(case[rows], sort=True)
            drafts = mean(vectors[rows], code.astype(np.int64))
            reference = None
            if len(self.others):
                own = pd.Index(cases).get_indexer(pd.Index(self.others)).astype(np.int64)
                at = np.flatnonzero(own >= 0)
                reference = mean(vectors[len(case) + at], own[at])
            pairs.append((drafts, reference))
        return stratified(pairs)


def cosine(vectors: sparse.csr_array, case: Codes) -> Similarity:
    """Mean inner product across cases."""
    return pair_mean(vectors, case)


def jaccard(runs: sparse.csr_array, case: Codes) -> Similarity:
    """Mean Jaccard of runs across cases."""
    return kernel_mean(jaccard_rows(runs), case)


def worded(main: pd.DataFrame) -> pd.DataFrame:
    """Drafts that hold a word; one without any would be like nobody's and lower a mean."""
    some = tokenise(main["text"]).lengths > 0
    return main if some.all() else main[some]


def evidence_texts(main: pd.DataFrame) -> pd.Series[str]:
    """What the evidence of each case says, by case id, for the cases that have any."""
    items = {case: found for case, found in evidence_items(main).items() if found}
    return pd.Series(
        {case: " ".join(str(item["text"]) for item in items[case]) for case in items}, dtype="str"
    )


def compared(
    main: pd.DataFrame, drafts: pd.DataFrame, others: pd.Series[str] | None = None
) -> Compared:
    """``drafts`` of ``main``, and ``others`` by case id, masked and cut to a common length.

    The length is the 5 % point of all, at least 20 and at most 120 tokens; of a longer text half
    of them stand at its beginning and half at its end, for boilerplate may stand at either.
    """
    beside = pd.Series(dtype="str") if others is None else others
    tokens = tokenise(drafts["text"]).beside(tokenise(beside)).masked(*mask_words(main))
    length = int(np.clip(np.quantile(tokens.lengths, 0.05), FEWEST_TOKENS, MOST_TOKENS))
    return Compared(drafts, tokens.ends(length), length, beside.index.to_numpy(dtype=object))


def mask_words(main: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Names, and words for groups, that are masked before texts are compared."""
    groups = {value for a in group_attributes(main) for value in main[f"group.{a}"].unique()}
    return [NOBODY, *map(str, main["name"].dropna().unique())], sorted(groups)


def within_reach(drafts: pd.DataFrame) -> pd.DataFrame:
    """All drafts, or those of evenly spread cases where there are more than 6,000."""
    if len(drafts) <= MOST_DRAFTS:
        return drafts
    cases = np.sort(drafts["case_id"].unique())
    most = max(int(len(cases) * MOST_DRAFTS / len(drafts)), MIN_CASES)
    chosen = cases[np.linspace(0, len(cases) - 1, most).astype(int)]
    return drafts[drafts["case_id"].isin(chosen)]


def strata(drafts: pd.DataFrame) -> pd.Series[str]:
    """The stratum of each draft: its role, or what stands above it where roles are small."""
    for column in ("stratum", "stratum_above"):
        label = drafts[column].fillna("")
        if drafts.groupby(label)["case_id"].nunique().min() >= MIN_STRATUM:
            return label
    return everybody(drafts)


def everybody(drafts: pd.DataFrame) -> pd.Series[str]:
    """One stratum for all drafts."""
    return pd.Series("", index=drafts.index, dtype="str")


def too_few(spec: Spec, main: pd.DataFrame, drafts: pd.DataFrame) -> Finding | None:
    """Why ``drafts`` cannot be compared, or ``None``."""
    cases = drafts["case_id"].nunique()
    if cases >= MIN_CASES:
        return None
    reason = short_of(cases, "cases with a draft", MIN_CASES)
    return undefined(spec, main, reason, "too_few", scored=len(drafts))


def level(
    spec: Spec,
    main: pd.DataFrame,
    scored: int,
    found: Stratified,
    *,
    method: str,
    baseline: str | None = None,
    widen: float = 0.0,
    share: bool = False,
    examples: Sequence[str] = (),
) -> Finding:
    """A finding from a jackknifed mean over pairs; a ``share`` ends at 0 and 1."""
    step = 1.0 if found.se < SAME else 0.0
    return finding(
        spec,
        found.estimate,
        counts(main, scored, cases=found.cases),
        interval=StudentT(
            se=found.se,
            df=found.df,
            clusters=found.cases,
            step=step,
            widen=widen,
            least=0.0 if share else None,
            most=1.0 if share else None,
        ),
        baseline=baseline,
        method=f"{spec.method}, {method}",
        examples=tuple(examples),
    )
