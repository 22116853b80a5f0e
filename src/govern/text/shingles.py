"""Runs of words that texts share: how much of two texts is the same wording.

Jaccard of two texts: shared runs divided by all runs of both; 0 where neither has a run.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from govern.text.tokens import Tokens

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
RUN = 4


def shingles(tokens: Tokens, length: int = RUN) -> sparse.csr_array:
    """N × R matrix with a one where a text has a run of ``length`` words."""
    return _binary(run_counts(tokens, length))


def run_counts(tokens: Tokens, length: int = RUN) -> sparse.csr_array:
    """N × R matrix of how often a text has a run of ``length`` words."""
    row, code, _ = runs(tokens, length)
    shape = (len(tokens.lengths), int(code.max(initial=-1)) + 1)
    matrix = sparse.csr_array((np.ones(len(row)), (row, code)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def runs(tokens: Tokens, length: int = RUN) -> tuple[Codes, Codes, Codes]:
    """Every run of ``length`` words, in order: its text, its code and where its first word is."""
    starts = max(len(tokens.codes) - length + 1, 0)
    code: Codes = tokens.codes[:starts].astype(np.int64)
    for shift in range(1, length):
        # Numbered anew at each step, so that codes of long runs cannot overflow.
        joined = code * max(len(tokens.words), 1) + tokens.codes[shift : shift + starts]
        code = pd.factorize(joined)[0].astype(np.int64)
    row = tokens.rows
    inside = np.flatnonzero(row[:starts] == row[length - 1 : length - 1 + starts])
    return row[inside], code[inside], inside.astype(np.int64)


def united(matrix: sparse.csr_array, group: Codes) -> sparse.csr_array:
    """One row for each group: the runs that any of its texts has. Groups are 0 … G-1, all used."""
    gather = sparse.csr_array(
        (np.ones(len(group)), (group, np.arange(len(group)))),
        shape=(int(group.max()) + 1, len(group)),
    )
    return _binary(sparse.csr_array(gather @ matrix))


def pair_jaccard(matrix: sparse.csr_array) -> pd.DataFrame:
    """Every pair of rows that shares a run: ``first`` < ``second`` and their ``jaccard``."""
    size = np.asarray(matrix.sum(axis=1)).ravel()
    shared = sparse.triu(matrix @ matrix.T, k=1).tocoo()
    first, second = shared.coords
    return pd.DataFrame(
        {
            "first": first.astype(np.int64),
            "second": second.astype(np.int64),
            "jaccard": shared.data / (size[first] + size[second] - shared.data),
        }
    )


def row_means(pairs: pd.DataFrame, count: int) -> Floats:
    """The mean Jaccard of each of ``count`` rows with all others. Undefined for one row.

    Raises:
        ValueError: there are fewer than two rows.
    """
    if count < 2:
        raise ValueError(f"{count} text(s): a pair needs two")
    total = np.bincount(pairs["first"], pairs["jaccard"], count)
    total += np.bincount(pairs["second"], pairs["jaccard"], count)
    return np.asarray(total / (count - 1), dtype=np.float64)


def _binary(matrix: sparse.csr_array) -> sparse.csr_array:
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix
