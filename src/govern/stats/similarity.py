"""Mean pairwise similarity of drafts about different people, in time linear in drafts.

For unit vectors v with sums S_c by case and S over all, B = Σ|S_c|² and m_c drafts of N:
U = (|S|²-B) / (N²-Σm_c²), and each value without one case follows from S·S_c.
Source: docs/statistics.md#similarity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
MIN_STRATUM = 10
MIN_CASES = 3


@dataclass(frozen=True)
class Similarity:
    """U over pairs of different cases, and U without each case in turn."""

    value: float
    without: Floats


@dataclass(frozen=True)
class Stratified:
    """A mean over strata with the jackknife's standard error and degrees of freedom."""

    estimate: float
    se: float
    df: int
    cases: int


def pair_mean(vectors: sparse.csr_array, case: NDArray[np.int64]) -> Similarity:
    """Mean inner product over pairs of rows of different cases.

    Args:
        vectors: N × d, rows of unit length (cosine) or any length (inner product).
        case: N codes 0 … C-1, all used; C at least 3.
    """
    n, count = len(case), int(case.max()) + 1
    gather = sparse.csr_array((np.ones(n), (case, np.arange(n))), shape=(count, n))
    by_case = (gather @ vectors).tocsr()
    m = np.bincount(case, minlength=count).astype(float)
    total = np.asarray(by_case.sum(axis=0)).ravel()
    own = np.asarray(by_case.multiply(by_case).sum(axis=1)).ravel()
    cross = np.asarray(by_case @ total).ravel()
    pairs, weight = total @ total - own.sum(), n**2 - (m**2).sum()
    without = (pairs - 2 * (cross - own)) / (weight - 2 * m * (n - m))
    return Similarity(float(pairs / weight), without)


def stratified(differences: list[tuple[Similarity, Similarity | None]]) -> Stratified:
    """Mean over strata of U, or of U less the baseline's U on the same cases."""
    share = 1 / len(differences)
    estimate, variance, df, cases = 0.0, 0.0, 0, 0
    for draft, base in differences:
        n = len(draft.without)
        value = draft.value - (base.value if base else 0.0)
        without = draft.without - (base.without if base else 0.0)
        estimate += share * value
        variance += share**2 * (n - 1) / n * float(((without - without.mean()) ** 2).sum())
        df += n - 1
        cases += n
    return Stratified(estimate, float(np.sqrt(variance)), df, cases)
