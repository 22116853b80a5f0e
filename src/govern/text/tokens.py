"""Tokens of a column, once, as codes into one dictionary; masking works on the dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from govern.frames import Texts
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

    def ends(self, most: int) -> Tokens:
        """Each longer text cut to its first and last tokens, ``most`` of both together."""
        position = np.arange(len(self.codes)) - np.repeat(self.offsets[:-1], self.lengths)
        from_end = np.repeat(self.lengths, self.lengths) - position
        keep = (position < most - most // 2) | (from_end <= most // 2)
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
        follows[self.offsets[:-1][self.lengths > 0]] = False
        kept = np.concatenate([[0], np.cumsum(~follows)])
        return Tokens(self.codes[~follows], kept[self.offsets], self.words)

    def joined(self) -> list[str]:
        """Each text's tokens with single spaces between them."""
        words = pa.array(self.words, pa.large_string()).take(pa.array(self.codes))
        lists = pa.ListArray.from_arrays(pa.array(self.offsets, pa.int32()), words)
        return [
            str(text)
            for text in pc.binary_join(lists, pa.scalar(" ", pa.large_string())).to_pylist()
        ]

    def beside(self, others: Tokens) -> Tokens:
        """These texts and then ``others``, in codes of one dictionary."""
        place = {word: code for code, word in enumerate(self.words)}
        theirs = [place.setdefault(word, len(place)) for word in others.words]
        recoded = np.array(theirs, dtype=np.int64)[others.codes]
        offsets = np.concatenate([self.offsets, self.offsets[-1] + others.offsets[1:]])
        return Tokens(np.concatenate([self.codes, recoded]), offsets, tuple(place))


@lru_cache(maxsize=1)
def _masked(tokens: Tokens, names: frozenset[str], extra: frozenset[str]) -> Tokens:
    groups = dict.fromkeys(group_words() | _parts(extra), GROUP)
    return tokens.nameless(names)._replaced(groups | dict.fromkeys(PRONOUN_WORDS, PRONOUN))


def _parts(words: Iterable[str]) -> frozenset[str]:
    return frozenset(part for word in words for part in split_words(word))


def split_words(text: str) -> list[str]:
    """The tokens of one short text, as ``tokenise`` makes them."""
    return list(_split(text))


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[str, ...]:
    tokens = _read(pa.array([text], pa.large_string()))
    return tuple(tokens.words[code] for code in tokens.codes)


def tokenise(texts: pd.Series[str]) -> Tokens:
    """Runs of letters and digits, lower case, accents composed; a missing text has no tokens."""
    return _tokens(Texts(texts))


def tokenise_once(texts: pd.Series[str]) -> Tokens:
    """As ``tokenise``, for texts that are not asked for again."""
    return _read(Texts(texts).arrow())


# One metric after another asks for the same column; there are drafts, some of them, and evidence.
@lru_cache(maxsize=3)
def _tokens(texts: Texts) -> Tokens:
    return _read(texts.arrow())


def _read(texts: pa.LargeStringArray) -> Tokens:
    """Tokens of a column of texts.

    Bytes first, for speed: ASCII is put in lower case and what is no letter or digit of it
    becomes a space. Only pieces with other letters or signs are then read as Unicode.
    """
    column = texts.fill_null("")
    _, offsets, data = column.buffers()
    bytes_ = data.to_pybytes() if data else b""
    if _STROKE in bytes_:
        column = pa.array([normalize("NFC", text) for text in column.to_pylist()], column.type)
        _, offsets, data = column.buffers()
        bytes_ = data.to_pybytes()
    plain = pa.py_buffer(bytes_.translate(_PLAIN))
    spaced = pa.LargeStringArray.from_buffers(len(column), offsets, plain, offset=column.offset)
    lists = pc.ascii_split_whitespace(pc.ascii_trim_whitespace(spaced))
    encoded = lists.flatten().dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    lengths = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    place: dict[str, int] = {}
    found = [
        [place.setdefault(word, len(place)) for word in _words(piece)]
        for piece in encoded.dictionary.to_pylist()
    ]
    return _expanded(codes, lengths, found, tuple(place))


# The one mark that makes a sign of its own with an ASCII one: = and it are ≠.
_STROKE = "\u0338".encode()
_PLAIN = bytes(
    ord(chr(b).lower()) if b < 128 and chr(b).isalnum() else b if b >= 128 else 32
    for b in range(256)
)


def _words(piece: str) -> list[str]:
    """The words of a piece without ASCII signs: one, or by Unicode's letters, marks, digits."""
    if piece.isascii():
        return [piece] if piece else []
    lower = pc.utf8_lower(pa.array([normalize("NFC", piece)], pa.large_string()))
    spaced = pc.replace_substring_regex(lower, r"[^\pL\pM\pN]+", " ")[0].as_py()
    return [word for word in str(spaced).split(" ") if word]


def _expanded(
    codes: Codes, lengths: Codes, found: list[list[int]], words: tuple[str, ...]
) -> Tokens:
    """Tokens from codes of pieces, each of which is none, one or several words."""
    many = np.array([len(each) for each in found], dtype=np.int64)
    flat = np.array([code for each in found for code in each], dtype=np.int64)
    row_end = np.concatenate([[0], np.cumsum(lengths)])
    if (many == 1).all():
        return Tokens(flat[codes], row_end, words)
    start = np.concatenate([[0], np.cumsum(many)])[:-1]
    size = many[codes]
    end = np.concatenate([[0], np.cumsum(size)])
    within = np.arange(end[-1]) - np.repeat(end[:-1], size)
    return Tokens(flat[np.repeat(start[codes], size) + within], end[row_end], words)


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
