"""ROUGE-L and BLEU of pairs of texts, ours beside LangFair's.

    python benchmarks/kernels.py --langfair-python /path/bin/python
    python benchmarks/kernels.py                       # ours alone

LangFair 0.8.0 needs an environment of its own:
``python -m venv langfair && langfair/bin/pip install langfair==0.8.0 "datasets<4.5" "pyarrow<22"``.
Texts are 180 words of three letters without vowels, Zipf distributed, which its stemmer leaves as
they are, so that outputs must be equal; its tokeniser is told to leave out sentences, for which it
would fetch a model. Both are timed from raw texts to scores, in processor time, without starting
or importing: all pairs of a column of 120 texts, and 3,000 listed pairs of texts that occur once.
Of ours the shortest of three runs counts, each of which reads the texts anew. LangFair scores
``--pairs`` of each; its time a pair does not depend on how many there are.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Sequence

import numpy as np
import pandas as pd

from govern.text.kernels import bleu, rouge_l
from govern.text.tokens import tokenise_once

WORDS, VOCABULARY = 180, 2_000
COLUMN, LISTED = 120, 3_000
RUNS = 3
KERNELS = {"ROUGE-L": rouge_l, "BLEU": bleu}
LANGFAIR = """
import contextlib, io, json, sys, time, warnings
warnings.simplefilter("ignore")
first, second = json.load(sys.stdin)
said = io.StringIO()
with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
    from langfair.metrics.counterfactual.metrics import bleu, rougel
    from nltk.tokenize import word_tokenize
    bleu.word_tokenize = lambda text: word_tokenize(text, preserve_line=True)
    scores = {}
    for name, scorer in (("ROUGE-L", rougel.RougelSimilarity), ("BLEU", bleu.BleuSimilarity)):
        scorer = scorer(how="pairwise")
        started = time.process_time()
        values = scorer.evaluate(first, second, show_progress_bars=False)
        scores[name] = [time.process_time() - started, list(map(float, values))]
json.dump(scores, sys.stdout)
"""


def texts(count: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    words = np.array(["".join(w) for w in rng.choice(list("bcdfghjklmnpqrtvwxz"), (VOCABULARY, 3))])
    chance = 1 / np.arange(1, VOCABULARY + 1)
    return [" ".join(rng.choice(words, WORDS, p=chance / chance.sum())) for _ in range(count)]


def langfair(python: str, pairs: list[tuple[str, str]]) -> dict[str, tuple[float, list[float]]]:
    """Seconds and scores by kernel."""
    done = subprocess.run(
        [python, "-c", LANGFAIR],
        input=json.dumps(list(zip(*pairs, strict=True))),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{python} failed:\n{done.stderr[-2000:]}")
    found: dict[str, tuple[float, list[float]]] = json.loads(done.stdout)
    return found


def compare(
    title: str, column: list[str], first: np.ndarray, second: np.ndarray, asked: argparse.Namespace
) -> None:
    chosen = np.random.default_rng(0).permutation(len(first))[: asked.pairs]
    pairs = [(column[a], column[b]) for a, b in zip(first[chosen], second[chosen], strict=True)]
    theirs = langfair(asked.langfair_python, pairs) if asked.langfair_python else {}
    print(f"{title}: {len(first)} pairs of {len(column)} texts")
    for name, kernel in KERNELS.items():
        took = []
        for _ in range(RUNS):
            started = time.process_time()
            values = kernel(tokenise_once(pd.Series(column)), first, second)
            took.append(time.process_time() - started)
        fast = min(took) / len(first)
        line = f"  {name:8} ours {fast * 1e6:8.1f} µs a pair"
        if name in theirs:
            seconds, wanted = theirs[name]
            np.testing.assert_allclose(values[chosen], wanted, rtol=1e-9)
            slow = seconds / len(pairs)
            line += f", LangFair {slow * 1e6:8.0f} µs: {slow / fast:.0f}×, equal outputs"
        print(line)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Time of pair kernels.")
    parser.add_argument("--langfair-python", help="the python of an environment with langfair")
    parser.add_argument("--pairs", type=int, default=300, help="pairs that LangFair scores")
    asked = parser.parse_args(arguments)
    if not asked.langfair_python:
        print("LangFair: not compared, no environment given")
    compare("all pairs of a column", texts(COLUMN, 1), *np.triu_indices(COLUMN, 1), asked)
    at = np.arange(LISTED)
    compare("listed pairs", texts(2 * LISTED, 2), at, at + LISTED, asked)


if __name__ == "__main__":
    main()
