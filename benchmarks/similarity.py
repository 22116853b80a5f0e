"""Mean pairwise similarity across cases with a jackknife: sums against the n × n matrix, a loop
over pairs, and the packages diversity and vendi-score.

    python benchmarks/similarity.py
    python benchmarks/similarity.py --packages-python /path/bin/python

Those need an environment of their own: ``python -m venv packages``, then
``packages/bin/pip install rouge-score scikit-learn tqdm`` and
``packages/bin/pip install --no-deps diversity vendi-score``: what they would bring along, some of
it large, is not used here.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import TypeVar

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.metrics.pairwise import cosine_similarity

from govern.stats.similarity import Similarity, kernel_mean, pair_mean
from govern.text.kernels import KERNELS
from govern.text.tokens import counts, tokenise, unit_tfidf

T = TypeVar("T")
DRAFTS_PER_CASE = 8
WORDS = 2_000
LENGTH = 180
FEW = 40


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


def beside_the_matrix() -> None:
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


def at_scale(cases: int = 12_500) -> None:
    """100,000 drafts, from text to mean and jackknife."""
    column = pd.Series([" ".join(row) for row in zipf_words(cases * DRAFTS_PER_CASE)])
    case = np.repeat(np.arange(cases), DRAFTS_PER_CASE)
    started = time.perf_counter()
    vectors = unit_tfidf(counts(tokenise(column)))
    read = time.perf_counter()
    found = pair_mean(vectors, case)
    done = time.perf_counter()
    print(
        f"\n{len(column)} drafts of {LENGTH} words, {len(found.without)} jackknife values: "
        f"vectors {read - started:.1f}s, mean and jackknife {done - read:.1f}s"
    )


def beside_the_loop_and_packages(python: str | None) -> None:
    """A plain loop and vendi-score at 500 and 2,000 drafts, diversity at 60."""
    print(f"\n{'drafts':>8} {'what':<52} {'theirs':>9} {'ours':>9} {'ratio':>8}")
    for n in (500, 2_000):
        rows = zipf_words(n)
        column = pd.Series([" ".join(row) for row in rows])
        slow, value = timed(lambda r=rows: plain_loop(r))
        fast, ours = timed(lambda c=column: cosine_of_counts(c))
        np.testing.assert_allclose(ours.value, value, rtol=1e-9)
        row(n, "plain loop over pairs: mean cosine, no jackknife", slow, fast)
        if python is not None:
            slow, value = elsewhere(python, "vendi", list(column))
            unit = unit_tfidf(counts(tokenise(column)))
            np.testing.assert_allclose(value, 1 / (((unit @ unit.T).toarray() / n) ** 2).sum())
            row(n, "vendi-score, q=2, beside mean with jackknife", slow, fast)
    if python is not None:
        column = pd.Series([" ".join(r) for r in zipf_words(FEW)])
        slow, value = elsewhere(python, "rouge", list(column))
        fast, ours = timed(
            lambda: kernel_mean(KERNELS["rouge-l"](tokenise(column)), np.arange(FEW))
        )
        assert round(ours.value, 3) == value
        row(FEW, "diversity: homogenization_score, ROUGE-L", slow, fast)


def plain_loop(rows: list[list[str]]) -> float:
    """Mean pairwise cosine of word counts, pair by pair."""
    bags = [Counter(row) for row in rows]
    size = [sum(n * n for n in bag.values()) ** 0.5 for bag in bags]
    total = 0.0
    for (a, first), (b, second) in combinations(enumerate(bags), 2):
        total += sum(n * second[w] for w, n in first.items() if w in second) / size[a] / size[b]
    return total / (len(rows) * (len(rows) - 1) / 2)


def cosine_of_counts(column: pd.Series) -> Similarity:
    """The same from text, with its jackknife."""
    matrix = counts(tokenise(column))
    size = np.sqrt(matrix.multiply(matrix).sum(axis=1))
    return pair_mean(sparse.csr_array(matrix.multiply(1 / size[:, None])), np.arange(len(column)))


def zipf_words(n: int) -> list[list[str]]:
    words = np.array([f"w{i}" for i in range(WORDS)], dtype=object)
    return [list(words[r]) for r in np.random.default_rng(n).zipf(1.3, (n, LENGTH)) % WORDS]


def timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def row(n: int, what: str, theirs: float, ours: float) -> None:
    print(f"{n:>8} {what:<52} {theirs:>8.2f}s {ours:>8.3f}s {theirs / ours:>7.0f}×")


# Of diversity the one file is loaded: the package imports a sentence encoder on import.
PACKAGES = """
import importlib.machinery, importlib.util, json, sys, time, types
what, texts = json.load(sys.stdin)
if what == "vendi":
    from sklearn.feature_extraction.text import TfidfVectorizer
    from vendi_score import vendi
    started = time.perf_counter()
    vectors = TfidfVectorizer().fit_transform(texts)
    value = vendi.score_K((vectors @ vectors.T).toarray(), q=2)
else:
    folder = importlib.util.find_spec("diversity").submodule_search_locations[0]
    module = types.ModuleType("homogenization")
    sys.modules["evaluate"] = types.SimpleNamespace(load=None)
    loader = importlib.machinery.SourceFileLoader("homogenization", folder + "/homogenization.py")
    loader.exec_module(module)
    started = time.perf_counter()
    value = module.homogenization_score(texts, "rougel", verbose=False)
json.dump([time.perf_counter() - started, float(value)], sys.stdout)
"""


def elsewhere(python: str, what: str, texts: list[str]) -> tuple[float, float]:
    """Seconds and score of another package, from its own environment."""
    done = subprocess.run(
        [python, "-c", PACKAGES],
        input=json.dumps([what, texts]),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{python} failed:\n{done.stderr[-2000:]}")
    seconds, value = json.loads(done.stdout)
    return seconds, value


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Time of mean pairwise similarity.")
    parser.add_argument(
        "--packages-python", help="the python of an environment with diversity and vendi-score"
    )
    asked = parser.parse_args(arguments)
    beside_the_matrix()
    at_scale()
    if asked.packages_python is None:
        print("\ndiversity, vendi-score: not compared, no environment given")
    beside_the_loop_and_packages(asked.packages_python)


if __name__ == "__main__":
    main()
