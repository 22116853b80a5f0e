"""Word lists held against tokens: whole tokens only, so that *tact* is not in *contact*."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from govern.text.tokens import Tokens
from govern.text.wordlists import Phrase, WordList

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


def hits(tokens: Tokens, listed: WordList) -> Codes:
    """How often the words and phrases of a list occur in each text."""
    return per_text(tokens, starts(tokens, listed.phrases))


def rates(tokens: Tokens, listed: WordList) -> Floats:
    """Hits per 100 words of each text; NaN where there is no word."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(tokens.lengths > 0, 100 * hits(tokens, listed) / tokens.lengths, np.nan)


def per_text(tokens: Tokens, flags: Flags) -> Codes:
    """How many tokens of each text are flagged."""
    row = np.searchsorted(tokens.offsets, np.flatnonzero(flags), side="right") - 1
    return np.bincount(row, minlength=len(tokens.lengths))


def starts(tokens: Tokens, phrases: Iterable[Phrase]) -> Flags:
    """The tokens at which a phrase begins; no phrase reaches into the next text."""
    code_of = {word: code for code, word in enumerate(tokens.words)}
    known = [[code_of[w] for w in p] for p in phrases if all(w in code_of for w in p)]
    single = _members(tokens, (codes[0] for codes in known if len(codes) == 1))
    flags: Flags = single[tokens.codes]
    longer = [codes for codes in known if len(codes) > 1]
    if not longer:
        return flags
    at = np.flatnonzero(_members(tokens, (codes[0] for codes in longer))[tokens.codes])
    end = tokens.offsets[np.searchsorted(tokens.offsets, at, side="right")]
    opens = tokens.codes[at]
    for first, *rest in longer:
        here = (opens == first) & (at + len(rest) < end)
        place = at[here]
        for step, code in enumerate(rest, start=1):
            place = place[tokens.codes[place + step] == code]
        flags[place] = True
    return flags


def _members(tokens: Tokens, codes: Iterable[int]) -> Flags:
    mask = np.zeros(len(tokens.words), dtype=bool)
    mask[list(codes)] = True
    return mask
