"""Kernels of pairs of texts, against plain loops."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern.stats.similarity import kernel_mean, pair_mean, pseudo_values
from govern.text.kernels import KERNELS, bleu, cosine_rows, rouge_l, subsequence
from govern.text.tokens import counts, tokenise, unit_tfidf

quietly = settings(derandomize=True, deadline=None, max_examples=40)
sentences = st.lists(
    st.lists(st.sampled_from("a b c d e".split()), max_size=9), min_size=2, max_size=5
)


def column(texts):
    return tokenise(pd.Series([" ".join(words) for words in texts], dtype="str"))


def all_pairs(texts):
    first, second = np.triu_indices(len(texts), 1)
    return first.astype(np.int64), second.astype(np.int64)


def lcs(a, b):
    """The textbook table."""
    table = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    for i, x in enumerate(a, 1):
        for j, y in enumerate(b, 1):
            table[i, j] = (
                table[i - 1, j - 1] + 1 if x == y else max(table[i - 1, j], table[i, j - 1])
            )
    return int(table[-1, -1])


def one_way(reference, candidate):
    """BLEU as published, with a tenth of a run where none is shared."""
    logs = []
    for n in range(1, 5):
        mine = Counter(zip(*(candidate[i:] for i in range(n)), strict=False))
        theirs = Counter(zip(*(reference[i:] for i in range(n)), strict=False))
        hits = (mine & theirs).total()
        if n == 1 and not hits:
            return 0.0
        logs.append(np.log((hits or 0.1) / max(mine.total(), 1)))
    return float(np.exp(min(0, 1 - len(reference) / len(candidate)) + np.mean(logs)))


def test_rouge_l_of_two_known_sentences():
    """ "police killed the gunman" and "police kill the gunman": LCS 3 of 4 and 4 words, F .75."""
    tokens = column([s.split() for s in ("police killed the gunman", "police kill the gunman")])

    assert [0.75] == list(rouge_l(tokens, np.array([0]), np.array([1])))


@given(texts=sentences)
@quietly
def test_the_longest_common_subsequence_is_that_of_the_table(texts):
    first, second = all_pairs(texts)
    wanted = [lcs(a, b) for a, b in combinations(texts, 2)]

    assert wanted == list(subsequence(column(texts), first, second))


def test_a_subsequence_may_run_over_several_machine_words():
    """200 words: more than three times 64; every third of the first is also in the second."""
    rng = np.random.default_rng(3)
    texts = [[f"w{k}" for k in rng.integers(0, 30, size)] for size in (200, 130, 64, 65, 1)]
    first, second = all_pairs(texts)
    wanted = [lcs(a, b) for a, b in combinations(texts, 2)]

    assert wanted == list(subsequence(column(texts), first, second))
    assert wanted == list(subsequence(column(texts), second, first))


@given(texts=sentences)
@quietly
def test_bleu_is_the_lower_of_its_two_directions(texts):
    first, second = all_pairs(texts)
    wanted = [
        min(one_way(a, b), one_way(b, a)) if a and b else 0.0 for a, b in combinations(texts, 2)
    ]

    assert wanted == pytest.approx(list(bleu(column(texts), first, second)))


def test_bleu_of_many_pairs_is_that_of_each_alone(monkeypatch):
    """Pairs are counted some at a time, of which the dictionary's size decides how many."""
    rng = np.random.default_rng(5)
    tokens = column([[f"w{k}" for k in rng.integers(0, 9, size)] for size in range(30)])
    first, second = np.triu_indices(30, 1)
    alone = [bleu(tokens, first[[i]], second[[i]])[0] for i in range(len(first))]
    monkeypatch.setattr("govern.text.kernels.MOST_COUNTS", 100)

    assert alone == list(bleu(tokens, first, second))
    assert [] == list(bleu(tokens, first[:0], second[:0]))


@pytest.mark.parametrize("name", KERNELS)
@given(texts=sentences)
@quietly
def test_every_kernel_is_symmetric_and_between_0_and_1(name, texts):
    alike = KERNELS[name](column(texts))(slice(0, len(texts)))

    assert alike == pytest.approx(alike.T)
    assert alike.min() >= 0
    assert alike.max() <= 1 + 1e-12


@pytest.mark.parametrize("name", KERNELS)
def test_the_same_words_are_1_and_no_common_word_0(name):
    texts = ["a b c d e".split(), "a b c d e".split(), "v w x y z".split(), []]
    alike = KERNELS[name](column(texts))(slice(0, 4))

    assert alike[0, 1] == pytest.approx(1)
    assert [0, 0, 0] == [alike[0, 2], alike[0, 3], alike[3, 3]]


def test_jaccard_counts_shared_runs_over_all_runs():
    """a b c d | b c d e of one, b c d e | c d e f of the other: 1 of 3."""
    alike = KERNELS["ngram-jaccard"](column(["a b c d e".split(), "b c d e f".split()]))(
        slice(0, 2)
    )

    assert alike[0, 1] == pytest.approx(1 / 3)


@given(
    texts=st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=5), min_size=6, max_size=9)
)
@quietly
def test_a_kernel_summed_in_blocks_is_the_inner_product_summed_at_once(texts):
    vectors = unit_tfidf(counts(column(texts)))
    case = np.arange(len(texts)) // 2
    fast, slow = pair_mean(vectors, case), kernel_mean(cosine_rows(vectors), case, block=4)

    assert fast.value == pytest.approx(slow.value)
    assert fast.without == pytest.approx(slow.without)


def test_pseudo_values_are_those_of_the_jackknife():
    """C·U - (C-1)·U without the case, by deletion."""
    vectors = unit_tfidf(
        counts(column([list("abc"), list("abd"), list("bcd"), list("aax"), list("by")]))
    )
    case = np.arange(5)
    whole = pair_mean(vectors, case)

    assert pseudo_values(vectors, case) == pytest.approx(5 * whole.value - 4 * whole.without)
