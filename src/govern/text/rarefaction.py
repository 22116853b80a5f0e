"""Vocabulary at a common length: how many distinct words m words of a text would hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from govern.text.tokens import Tokens, counts

Floats = NDArray[np.float64]


def types_at(tokens: Tokens, size: int) -> Floats:
    """Expected distinct words among ``size`` words drawn from each text without replacement.

    E = Σ_t [1 − C(N − f_t, m) / C(N, m)] over words t with count f_t in a text of N words.
    Exact, and free of the length bias of a type-token ratio. NaN for texts shorter than m.
    """
    matrix = counts(tokens)
    total = tokens.lengths.astype(float)
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    rest = total[row] - matrix.data
    missed = np.where(rest >= size, np.exp(_ways(rest, size) - _ways(total[row], size)), 0.0)
    found = np.bincount(row, 1 - missed, matrix.shape[0])
    return np.where(total >= size, found, np.nan)


def _ways(n: Floats, m: int) -> Floats:
    """Logarithm of C(n, m), up to that of m!, for n of at least m; 0 elsewhere."""
    n = np.maximum(n, m)
    return np.asarray(gammaln(n + 1) - gammaln(n - m + 1), dtype=np.float64)
