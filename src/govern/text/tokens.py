"""Tokens of a column, once, as codes into one dictionary; masking works on the dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from unicodedata import normalize

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from govern.text.slots import PRONOUNS
from govern.text.wordlists import group_words

Codes = NDArray[np.int64]
PRONOUN_WORDS = frozenset(
    word for pronouns in ("she", "he") for word in PRONOUNS[pronouns].values()
) | {"they", "them", "their", "theirs", "themself", "themselves"}
#: What every placeholder begins with, and no token of a text.
PLACEHOLDER = "‹"
NAME = f"{PLACEHOLDER}name›"
PRONOUN = f"{PLACEHOLDER}pronoun›"
GROUP = f"{PLACEHOLDER}group›"


@dataclass(frozen=True, eq=False)
class Tokens:
    """Lower-case word tokens of N texts: codes in text order, N+1 offsets, the words.

    The arrays are for reading: measures share them.
    """

    codes: Codes
    offsets: Codes
    words: tuple[str, ...]

    @property
    def lengths(self) -> Codes:
        return np.diff(self.offsets)

    @property
    def rows(self) -> Codes:
        """The text that each token belongs to."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.lengths)

    def first(self, most: int) -> Tokens:
        """Each text cut to its first ``most`` tokens."""
        position = np.arange(len(self.codes)) - np.repeat(self.offsets[:-1], self.lengths)
        keep = position < most
        lengths = np.minimum(self.lengths, most)
        return Tokens(self.codes[keep], np.concatenate([[0], np.cumsum(lengths)]), self.words)

    def nameless(self, names: Iterable[str]) -> Tokens:
        """Names replaced by one placeholder each, with the s of a possessive.

        A name that is a pronoun too (*He*) stays: else everybody's pronoun would be a name.
        """
        named = dict.fromkeys(_parts(names) - PRONOUN_WORDS, NAME)
        return self._replaced(named)._with_names_joined()

    def masked(self, names: Iterable[str], extra: Iterable[str] = ()) -> Tokens:
        """Names, pronouns, the words of the group lists and ``extra``: a placeholder each."""
        return _masked(self, frozenset(names), frozenset(extra))

    def _replaced(self, placeholder: Mapping[str, str]) -> Tokens:
        words = [placeholder.get(word, word) for word in self.words]
        unique, inverse = np.unique(np.array(words, dtype=object), return_inverse=True)
        codes = inverse[self.codes] if len(self.codes) else self.codes
        return Tokens(codes.astype(np.int64), self.offsets, tuple(map(str, unique)))

    def _with_names_joined(self) -> Tokens:
        """A name of several tokens is one, as *James'* and *Ana's* are: nobody's draft is longer
        for a hyphen or an s.
        """
        named = np.array([word == NAME for word in self.words], dtype=bool)[self.codes]
        goes_on = named | np.array([word == "s" for word in self.words], dtype=bool)[self.codes]
        follows = np.concatenate([[False], named[:-1] & goes_on[1:]]) if len(named) else named
        follows &= ~np.isin(np.arange(len(named)), self.offsets[:-1])
        kept = np.concatenate([[0], np.cumsum(~follows)])
        return Tokens(self.codes[~follows], kept[self.offsets], self.words)

    def joined(self) -> list[str]:
        """Each text's tokens with single spaces between them."""
        words = np.array(self.words, dtype=object)
        return [
            " ".join(words[self.codes[a:b]])
            for a, b in zip(self.offsets[:-1], self.offsets[1:], strict=True)
        ]


@lru_cache(maxsize=1)
def _masked(tokens: Tokens, names: frozenset[str], extra: frozenset[str]) -> Tokens:
    groups = dict.fromkeys(group_words() | _parts(extra), GROUP)
    return tokens.nameless(names)._replaced(groups | dict.fromkeys(PRONOUN_WORDS, PRONOUN))


def _parts(words: Iterable[str]) -> frozenset[str]:
    return frozenset(part for word in words for part in split_words(word))


def split_words(text: str) -> list[str]:
    """The tokens of one short text, as ``tokenise`` makes them."""
    return [tokens for tokens in _split(pd.Series([text])).joined()[0].split(" ") if tokens]


@dataclass(frozen=True)
class _Column:
    """Texts, known by what they say."""

    digest: str
    texts: pd.Series[str] = field(compare=False)


def tokenise(texts: pd.Series[str]) -> Tokens:
    """Runs of letters and digits, lower case, accents composed; a missing text has no tokens.

    It is most of the work of many measures, so that the last columns' tokens are kept.
    """
    said = pd.util.hash_pandas_object(texts, index=False).to_numpy()
    return _tokens(_Column(sha256(said.tobytes()).hexdigest(), texts))


@lru_cache(maxsize=2)
def _tokens(column: _Column) -> Tokens:
    return _split(column.texts)


def _split(texts: pd.Series[str]) -> Tokens:
    # José may come as é or as e and an accent: the same name must be the same token.
    composed = [normalize("NFC", text) for text in texts.fillna("")]
    lower = pc.utf8_lower(pa.array(composed, pa.large_string()))
    spaced = pc.replace_substring_regex(lower, r"[^\pL\pM\pN]+", " ")
    lists = pc.utf8_split_whitespace(pc.utf8_trim_whitespace(spaced))
    flat = lists.flatten()
    lengths = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    empty = pc.equal(flat, "").to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    if empty.any():
        kept = np.concatenate([[0], np.cumsum(~empty)])
        offsets, flat = kept[offsets], flat.filter(pc.not_equal(flat, ""))
    encoded = flat.dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return Tokens(codes, offsets.astype(np.int64), tuple(map(str, encoded.dictionary.to_pylist())))


def counts(tokens: Tokens) -> sparse.csr_array:
    """N × words matrix of token counts."""
    shape = (len(tokens.offsets) - 1, len(tokens.words))
    ones = np.ones(len(tokens.codes))
    matrix = sparse.csr_array((ones, (tokens.rows, tokens.codes)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def unit_tfidf(
    matrix: sparse.csr_array, documents: NDArray[np.float64] | None = None
) -> sparse.csr_array:
    """Rows of counts weighted by log inverse document share and scaled to length one.

    weight = count · (1 + ln((1+N)/(1+documents with the word))); an empty row stays zero.

    Args:
        matrix: rows × words counts.
        documents: how much of a document each row is, where several are one together; their
            sum is N. A whole one each where left out.
    """
    share = np.ones(matrix.shape[0]) if documents is None else documents
    repeated = np.repeat(share, np.diff(matrix.indptr))
    having = np.bincount(matrix.indices, repeated, minlength=matrix.shape[1])
    weighted = matrix.multiply(1 + np.log((1 + share.sum()) / (1 + having))).tocsr()
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    return sparse.csr_array(sparse.diags_array(scale) @ weighted)
