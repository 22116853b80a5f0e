"""Mean pairwise similarity across cases with a jackknife: sums against the n × n matrix."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from scipy import sparse
from sklearn.metrics.pairwise import cosine_similarity

from govern.stats.similarity import pair_mean

DRAFTS_PER_CASE = 8
WORDS = 2_000


def texts(cases: int, seed: int) -> tuple[sparse.csr_array, np.ndarray]:
    """Unit rows with about 120 words each, and the case of each."""
    rng = np.random.default_rng(seed)
    n = cases * DRAFTS_PER_CASE
    dense = sparse.random_array((n, WORDS), density=120 / WORDS, rng=rng, format="csr")
    length = np.sqrt(dense.multiply(dense).sum(axis=1))
    return sparse.csr_array(dense.multiply(1 / length[:, None])), np.repeat(
        np.arange(cases), DRAFTS_PER_CASE
    )


def by_matrix(vectors: sparse.csr_array, case: np.ndarray) -> tuple[float, np.ndarray]:
    """The same by the whole matrix, each case deleted in turn."""
    alike = cosine_similarity(vectors)
    apart = case[:, None] != case[None, :]
    kept = np.where(apart, alike, 0.0)
    total, pairs = kept.sum(), apart.sum()
    without = []
    for one in range(case.max() + 1):
        rows = case == one
        without.append((total - 2 * kept[rows].sum()) / (pairs - 2 * apart[rows].sum()))
    return total / pairs, np.array(without)


def best_of(times: int, work: Callable[[], object]) -> float:
    """The fastest of some runs, in seconds."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def main() -> None:
    print(f"{'drafts':>8} {'matrix':>10} {'ours':>10} {'ratio':>8}")
    for cases in (60, 250, 500):
        vectors, case = texts(cases, seed=cases)
        ours = pair_mean(vectors, case)
        value, without = by_matrix(vectors, case)
        np.testing.assert_allclose(ours.value, value, rtol=1e-10)
        np.testing.assert_allclose(ours.without, without, rtol=1e-10)
        slow = best_of(3, lambda v=vectors, c=case: by_matrix(v, c))
        fast = best_of(3, lambda v=vectors, c=case: pair_mean(v, c))
        print(f"{len(case):>8} {slow:>9.3f}s {fast:>9.4f}s {slow / fast:>7.0f}×")


if __name__ == "__main__":
    main()
