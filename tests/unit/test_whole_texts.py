"""The mean of a kernel over pairs of texts, as anybody would compute it."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from govern.domain import Undefined
from govern.errors import InputError
from govern.frames import build
from govern.metrics.whole_texts import pair_similarity
from govern.testing import paired_frame

WORDS = "closed opened audited branch ledger claims quickly twice for the client team".split()


def table(count, *, words=9, **columns):
    """Texts of random words, one case each."""
    rng = np.random.default_rng(7)
    texts = [" ".join(rng.choice(WORDS, words)) for _ in range(count)]
    rows = [{"draft_id": f"d{i}", "case_id": f"c{i}", "text": t} for i, t in enumerate(texts)]
    return build([row | {k: v[i] for k, v in columns.items()} for i, row in enumerate(rows)])


def runs(text, n):
    words = text.split()
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}


def longest(a, b):
    """Length of the longest common subsequence, by the textbook's table."""
    table_ = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table_[i + 1][j + 1] = (
                table_[i][j] + 1 if x == y else max(table_[i][j + 1], table_[i + 1][j])
            )
    return table_[-1][-1]


def test_rouge_l_is_the_plain_mean_over_all_pairs():
    """F of precision and recall of the longest common subsequence; equal lengths: both L/9."""
    frame = table(14)
    plain = [longest(a.split(), b.split()) / 9 for a, b in combinations(frame["text"], 2)]

    assert pytest.approx(np.mean(plain), abs=1e-12) == pair_similarity(frame, "rouge-l").estimate


def test_jaccard_is_the_plain_mean_over_all_pairs():
    frame = table(14, words=30)
    plain = [
        len(runs(a, 4) & runs(b, 4)) / len(runs(a, 4) | runs(b, 4))
        for a, b in combinations(frame["text"], 2)
    ]

    found = pair_similarity(frame, "ngram-jaccard")
    assert pytest.approx(np.mean(plain), abs=1e-12) == found.estimate
    assert "ngram-jaccard" == found.unit


def test_tfidf_is_a_cosine_as_scikit_learn_has_it():
    frame = table(14)
    vectors = TfidfVectorizer(smooth_idf=True).fit_transform(frame["text"])
    alike = (vectors @ vectors.T).toarray()

    found = pair_similarity(frame, "tfidf-cosine").estimate
    assert pytest.approx(alike[np.triu_indices(14, 1)].mean(), abs=0.05) == found


def test_texts_are_compared_within_their_stratum_alone():
    """Two strata of twelve; across them every text differs, within them none does."""
    frame = table(24, stratum=["a"] * 12 + ["b"] * 12, stratum_above=["x"] * 24)
    frame["text"] = ["one two three four"] * 12 + ["five six seven eight"] * 12

    assert 1.0 == pair_similarity(frame, "rouge-l").estimate
    frame["stratum"] = "a"
    assert pytest.approx(2 * 66 / 276) == pair_similarity(frame, "rouge-l").estimate


def test_nothing_is_masked_or_cut():
    """A gate's measure would mask the names, and all drafts about women would be alike."""
    frame = paired_frame(cases=12, text=lambda at: f"{at.name} did the work of case {at.case}.")

    assert pair_similarity(frame, "rouge-l").estimate < 1


def test_embeddings_compare_meaning():
    pytest.importorskip("static_model")
    found = pair_similarity(table(14), "embeddings")

    assert 0 < found.estimate <= 1


def test_too_few_cases_are_undefined():
    assert Undefined(reason="11 cases with a draft, 12 needed for an estimate", code="too_few") == (
        pair_similarity(table(11), "bleu").estimate
    )


def test_an_unknown_kernel_is_named_beside_the_known_ones():
    with pytest.raises(InputError, match=r"no kernel 'meteor'; there are tfidf-cosine, ngram-"):
        pair_similarity(table(12), "meteor")
