"""How alike two texts are, for listed pairs or for a slice of a column against all of it.

Jaccard of word runs, ROUGE-L and BLEU on tokens, cosine on vectors. All are 1 for the same
wording, 0 for nothing in common, and the same in both directions.
Source: docs/statistics.md#kernels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from govern.text.shingles import RUN, shingles
from govern.text.tokens import Tokens, counts, unit_tfidf

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Words = NDArray[np.uint64]
Pairs = Callable[[Codes, Codes], Floats]
Rows = Callable[[slice], Floats]

MOST_PAIRS = 1 << 12
MOST_BYTES = 1 << 24
MOST_COUNTS = 1 << 17
BIT = 64
LONGEST_RUN = 4
# BLEU's count for a run length of which no run is shared (smoothing method 1 of Chen & Cherry).
EPSILON = 0.1


def cosine_rows(vectors: sparse.csr_array) -> Rows:
    """Inner products of rows; cosine where they have unit length."""
    return lambda rows: np.asarray((vectors[rows] @ vectors.T).toarray(), dtype=np.float64)


def jaccard_rows(runs: sparse.csr_array) -> Rows:
    """Jaccard of the sets of runs in a binary N × R matrix; 0 where neither has a run."""
    size = np.asarray(runs.sum(axis=1)).ravel()

    def rows(part: slice) -> Floats:
        shared = (runs[part] @ runs.T).toarray()
        either = size[part][:, None] + size - shared
        return np.asarray(np.divide(shared, either, out=np.zeros_like(shared), where=either > 0))

    return rows


def rouge_l(tokens: Tokens, first: Codes, second: Codes) -> Floats:
    """F measure of the longest common subsequence: 2·LCS / (words of both); 0 for no words."""
    both = (tokens.lengths[first] + tokens.lengths[second]).astype(np.float64)
    shared = 2.0 * subsequence(tokens, first, second)
    return np.asarray(np.divide(shared, both, out=np.zeros_like(both), where=both > 0))


def subsequence(tokens: Tokens, first: Codes, second: Codes) -> Codes:
    """Length of the longest common subsequence of words of each pair of texts.

    Bit-parallel, 64 words of the first text in one machine word, many pairs at once: with M
    marking where the second text's next word stands in the first, V ← (V + (V & M)) | (V & ~M),
    and the length is the number of zeros in V.

    Source: Hyyrö, *Bit-parallel LCS-length computation revisited*, AWOCA 2004.
    """
    found = np.zeros(len(first), dtype=np.int64)
    order = np.argsort(first, kind="stable")
    padded = _padded(tokens)
    # The table of a text's places, two bytes for each word of the dictionary, and its marks.
    bytes_each = 2 * len(tokens.words) + padded.shape[1] ** 2 // 8
    for part in _batches(first[order], bytes_each):
        chosen = order[part]
        found[chosen] = _subsequence(padded, len(tokens.words), first[chosen], second[chosen])
    return found


def _padded(tokens: Tokens) -> Codes:
    """N × longest codes, filled up with a code that no word has."""
    width = int(tokens.lengths.max(initial=0))
    table = np.full((len(tokens.lengths), width), len(tokens.words), dtype=np.int64)
    position = np.arange(len(tokens.codes)) - np.repeat(tokens.offsets[:-1], tokens.lengths)
    table[tokens.rows, position] = tokens.codes
    return table


def _batches(owner: Codes, bytes_each: int) -> Iterator[slice]:
    """Slices of sorted ``owner`` with few enough pairs and few enough different owners."""
    number = np.cumsum(np.diff(owner, prepend=owner[:1]) != 0)
    most = max(MOST_BYTES // max(bytes_each, 1), 1)
    start = 0
    while start < len(owner):
        stop = int(np.searchsorted(number, number[start] + most, side="left"))
        stop = min(stop, start + MOST_PAIRS)
        yield slice(start, stop)
        start = stop


def _subsequence(padded: Codes, none: int, first: Codes, second: Codes) -> Codes:
    owner, own = np.unique(first, return_inverse=True)
    place, marks = _marks(padded[owner], none)
    at = own[:, None] * marks.shape[2] + place[own[:, None], padded[second]]
    rows = np.full((len(marks), len(first)), ~np.uint64(0), dtype=np.uint64)
    flat = marks.reshape(len(marks), marks.shape[1] * marks.shape[2])
    for word in np.ascontiguousarray(at.T):
        carry = np.zeros(len(first), dtype=np.uint64)
        for row, mark in zip(rows, flat, strict=True):
            hit = row & mark.take(word)
            total = row + hit
            over = total < row
            total += carry
            over |= total < carry
            carry = over.astype(np.uint64)
            np.bitwise_or(total, row ^ hit, out=row)
    return np.asarray(np.bitwise_count(~rows).sum(axis=0), dtype=np.int64)


def _marks(texts: Codes, none: int) -> tuple[NDArray[np.uint16], Words]:
    """Where words stand in texts.

    Returns:
        texts × (words + 1): a place of the word in the text, from 1, or 0 where it has none.
        64-word parts × texts × (places + 1): the bits of all places of the word at a place.
    """
    every, width = np.arange(len(texts)), texts.shape[1]
    place = np.zeros((len(texts), none + 1), dtype=np.uint16)
    for at, word in enumerate(texts.T, start=1):
        place[every, word] = at
    place[:, none] = 0
    marks = np.zeros((-(-width // BIT), len(texts), width + 1), dtype=np.uint64)
    for at, word in enumerate(texts.T):
        marks[at // BIT, every, place[every, word]] |= np.uint64(1) << np.uint64(at % BIT)
    marks[:, :, 0] = 0
    return place, marks


def bleu(tokens: Tokens, first: Codes, second: Codes) -> Floats:
    """BLEU of runs of 1 to 4 words, the lower of its two directions; 0 with no word in common.

    exp(min(0, 1 - r/c)) · (p₁p₂p₃p₄)^¼ with r and c the words of reference and candidate and p_n
    the share of the candidate's runs of n words that the reference has, each as often as there.
    Where it has none, a tenth of a run counts.

    Source: Papineni et al., ACL 2002; smoothing 1 of Chen & Cherry, WMT 2014.
    """
    shared = np.zeros((LONGEST_RUN, len(first)))
    size = max(MOST_COUNTS // max(len(tokens.words), 1), 1)
    for start in range(0, len(first), size):
        part = slice(start, start + size)
        shared[:, part] = _shared(tokens, first[part], second[part])
    a, b = tokens.lengths[first], tokens.lengths[second]
    return np.minimum(bleu_score(list(shared), a, b), bleu_score(list(shared), b, a))


def _shared(tokens: Tokens, first: Codes, second: Codes) -> Floats:
    """LONGEST_RUN × pairs: runs of 1, 2, … words that both texts have, each as often as in both.

    A run is looked at only where both texts have it without its first and without its last word.
    """
    pairs, words, both = len(first), len(tokens.words), np.concatenate([first, second])
    lengths = tokens.lengths[both]
    after = np.cumsum(lengths)
    every = np.arange(int(after[-1]))
    word = tokens.codes[np.repeat(tokens.offsets[both] + lengths - after, lengths) + every]
    left = np.repeat(after, lengths) - every
    pair = np.repeat(np.tile(np.arange(pairs), 2), lengths)
    middle = int(after[pairs - 1])
    at, code, count = every, pair * words + word, pairs * words
    found = np.zeros((LONGEST_RUN, pairs))
    for length in range(1, LONGEST_RUN + 1):
        half = int(np.searchsorted(at, middle))
        one = np.bincount(code[:half], minlength=count)
        common = np.minimum(one, np.bincount(code[half:], minlength=count))
        share = common[code[:half]] / one[code[:half]]
        found[length - 1] = np.rint(np.bincount(pair[at[:half]], share, pairs))
        near = common[code] > 0
        at, code = at[near], code[near]
        goes_on = np.flatnonzero((np.diff(at) == 1) & (left[at[:-1]] > length))
        at, longer = at[goes_on], code[goes_on] * words + word[at[goes_on] + length]
        code = pd.factorize(longer)[0].astype(np.int64)
        count = int(code.max(initial=-1)) + 1
    return found


def bleu_score(shared: list[Floats], reference: Codes, candidate: Codes) -> Floats:
    """BLEU from the shared runs of 1, 2, … words and the words of reference and candidate."""
    logs = np.zeros(len(candidate))
    for length, hits in enumerate(shared, start=1):
        own = np.maximum(candidate - length + 1, 1)
        logs += np.log(np.where(hits > 0, hits, EPSILON) / own) / LONGEST_RUN
    brevity = np.minimum(0.0, 1 - reference / np.maximum(candidate, 1))
    return np.where(shared[0] > 0, np.exp(brevity + logs), 0.0)


def pair_rows(pairs: Pairs, count: int) -> Rows:
    """A kernel of listed pairs as one of slices of ``count`` texts."""

    def rows(part: slice) -> Floats:
        mine = np.arange(count)[part]
        first, second = np.repeat(mine, count), np.tile(np.arange(count), len(mine))
        return pairs(first, second).reshape(len(mine), count)

    return rows


def _by_pairs(kernel: Callable[[Tokens, Codes, Codes], Floats]) -> Callable[[Tokens], Rows]:
    return lambda tokens: pair_rows(lambda a, b: kernel(tokens, a, b), len(tokens.lengths))


KERNELS: Mapping[str, Callable[[Tokens], Rows]] = MappingProxyType(
    {
        "tfidf-cosine": lambda tokens: cosine_rows(unit_tfidf(counts(tokens))),
        "ngram-jaccard": lambda tokens: jaccard_rows(shingles(tokens, RUN)),
        "rouge-l": _by_pairs(rouge_l),
        "bleu": _by_pairs(bleu),
    }
)
"""Kernels by name, each over a column of tokens."""
