"""Scores of diversity that others use, in one table. They drift with n and length: no gate.

Source: docs/statistics.md#the-panel.
"""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from govern.errors import FrameError
from govern.frames import main_block
from govern.metrics.likeness import Compared, compared, worded
from govern.text.kernels import LONGEST_RUN, bleu_score, jaccard_rows
from govern.text.shingles import run_counts
from govern.text.tokens import Tokens

Floats = NDArray[np.float64]
MOST_CASES = 200
FEWEST_CASES = 2
BIASES = {
    "distinct-2": "falls as texts are added, and with their length",
    "compression ratio": "rises as texts are added; depends on their order and length",
    "self-BLEU": "rises as texts are added, and for short texts",
    "Vendi q=1": "rises as texts are added and does not converge",
    "Vendi q=2": "rises as texts are added; counts each text's likeness to itself",
    "nearest neighbour": "rises as texts are added",
}


def panel(drafts: pd.DataFrame) -> pd.DataFrame:
    """Six biased scores over one draft of each of at most 200 evenly spread cases.

    Returns:
        One row per score: ``score``, ``value``, ``n`` texts, ``length`` in words at most, and
        ``bias``, in which direction it drifts. Panels of other n or length are no comparison.

    Raises:
        FrameError: fewer than two cases have a draft that holds a word.
    """
    main = main_block(drafts)
    one = worded(main).drop_duplicates("case_id").sort_values("case_id")
    if len(one) < FEWEST_CASES:
        raise FrameError(f"{len(one)} cases with a draft, {FEWEST_CASES} needed")
    at = np.linspace(0, len(one) - 1, min(len(one), MOST_CASES)).astype(int)
    pool = compared(main, one.iloc[np.unique(at)])
    spectrum = _spectrum(pool)
    values = {
        "distinct-2": _distinct(pool.tokens, 2),
        "compression ratio": _compression(pool.tokens),
        "self-BLEU": _self_bleu(pool.tokens),
        "Vendi q=1": float(np.exp(-(spectrum * np.log(spectrum)).sum())),
        "Vendi q=2": float(1 / (spectrum**2).sum()),
        "nearest neighbour": _nearest(pool),
    }
    return pd.DataFrame(
        {
            "score": list(values),
            "value": list(values.values()),
            "n": len(pool.drafts),
            "length": pool.length,
            "bias": [BIASES[score] for score in values],
        }
    )


def _distinct(tokens: Tokens, length: int) -> float:
    """Different runs of ``length`` words over all runs."""
    runs = run_counts(tokens, length)
    return float(len(np.unique(runs.indices)) / max(runs.sum(), 1))


def _compression(tokens: Tokens) -> float:
    """Bytes of all texts in one over those of its DEFLATE."""
    whole = "\n".join(tokens.joined()).encode()
    return len(whole) / len(zlib.compress(whole, 9))


def _self_bleu(tokens: Tokens) -> float:
    """Mean over texts of BLEU with all others as references."""
    lengths = tokens.lengths
    apart = np.abs(lengths[:, None] - lengths).astype(np.float64)
    np.fill_diagonal(apart, np.inf)
    shared = [_clipped(run_counts(tokens, length)) for length in range(1, LONGEST_RUN + 1)]
    return float(bleu_score(shared, lengths[apart.argmin(axis=1)], lengths).mean())


def _clipped(runs: sparse.csr_array) -> Floats:
    """For each text, its runs, each at most as often as the other text that has it most."""
    cells = runs.tocoo()
    table = pd.DataFrame({"row": cells.coords[0], "run": cells.coords[1], "times": cells.data})
    ranked = table.sort_values("times", ascending=False, kind="stable").groupby("run")
    most = ranked.nth(0).set_index("run")
    second = ranked.nth(1).set_index("run")["times"].reindex(table["run"]).fillna(0).to_numpy()
    top = most.loc[table["run"]]
    others = np.where(top["row"].to_numpy() == table["row"], second, top["times"].to_numpy())
    kept = np.minimum(table["times"].to_numpy(), others)
    return np.bincount(table["row"], kept, runs.shape[0]).astype(np.float64)


def _spectrum(pool: Compared) -> Floats:
    """Positive eigenvalues of the cosines divided by n; they sum to 1."""
    vectors = pool.tfidf
    values = np.linalg.eigvalsh((vectors @ vectors.T).toarray() / len(pool.drafts))
    return np.asarray(values[values > 1e-12])


def _nearest(pool: Compared) -> float:
    """Mean over texts of the highest 4-gram Jaccard with another."""
    alike = jaccard_rows(pool.shingles)(slice(0, len(pool.drafts)))
    np.fill_diagonal(alike, -1.0)
    return float(alike.max(axis=1).mean())
