"""Mean pairwise similarity of drafts about different people.

In time linear in drafts where it is an inner product: for vectors v with sums S_c by case and S
over all, B = Σ|S_c|² and m_c drafts of N, U = (|S|²-B) / (N²-Σm_c²), and each value without one
case follows from S·S_c. Any other kernel is summed pair by pair, in blocks of rows.
Source: docs/statistics.md#similarity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Rows = Callable[[slice], Floats]
"""A kernel over N texts: the B × N similarities of a slice of B of them with all."""
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


def pair_mean(vectors: sparse.csr_array, case: Codes) -> Similarity:
    """Mean inner product over pairs of rows of different cases.

    Args:
        vectors: N × d, rows of unit length (cosine) or any length (inner product).
        case: N codes 0 … C-1, all used; C at least 3.
    """
    by_case = _sums(vectors, case)
    total = np.asarray(by_case.sum(axis=0)).ravel()
    own = np.asarray(by_case.multiply(by_case).sum(axis=1)).ravel()
    return _similarity(np.asarray(by_case @ total).ravel() - own, case)


def kernel_mean(rows: Rows, case: Codes, *, block: int = 256) -> Similarity:
    """Mean of any symmetric kernel over pairs of different cases, in time N².

    Args:
        rows: the kernel.
        case: as in ``pair_mean``.
        block: rows at a time; memory is of the order of block × N.
    """
    others = np.zeros(int(case.max()) + 1)
    for start in range(0, len(case), block):
        part = slice(start, min(start + block, len(case)))
        alike = np.where(case[part][:, None] == case, 0.0, rows(part))
        others += np.bincount(case[part], alike.sum(axis=1), len(others))
    return _similarity(others, case)


def pseudo_values(vectors: sparse.csr_array, case: Codes) -> Floats:
    """What each row adds to the mean inner product U with rows of other cases.

    With r the mean of a row with the others' rows and C cases, (2(C-1)·r - C·U) / (C-2): the
    jackknife's pseudo-values where each case has one row. Their mean is U where all cases have
    as many rows.
    """
    by_case = _sums(vectors, case)
    total = np.asarray(by_case.sum(axis=0)).ravel()
    own = np.asarray(vectors.multiply(by_case[case]).sum(axis=1)).ravel()
    m = np.bincount(case)
    r = (np.asarray(vectors @ total).ravel() - own) / (len(case) - m[case])
    u, c = pair_mean(vectors, case).value, len(m)
    return np.asarray((2 * (c - 1) * r - c * u) / (c - 2), dtype=np.float64)


def _sums(vectors: sparse.csr_array, case: Codes) -> sparse.csr_array:
    n, count = len(case), int(case.max()) + 1
    gather = sparse.csr_array((np.ones(n), (case, np.arange(n))), shape=(count, n))
    return sparse.csr_array(gather @ vectors)


def between(others: Floats, drafts: Codes) -> Similarity:
    """U and its values without a case, from what each case adds.

    Args:
        others: C sums of a case's drafts with all other cases' drafts.
        drafts: C numbers of drafts of a case; at least three cases.
    """
    m = drafts.astype(np.float64)
    n, pairs = m.sum(), others.sum()
    weight = n**2 - (m**2).sum()
    without = (pairs - 2 * others) / (weight - 2 * m * (n - m))
    return Similarity(float(pairs / weight), without)


def _similarity(others: Floats, case: Codes) -> Similarity:
    return between(others, np.bincount(case, minlength=len(others)))


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
