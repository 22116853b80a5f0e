"""How hard a text is to read: the Flesch–Kincaid grade, from words, sentences and syllables.

Syllables are counted by rule, one for each run of vowels, so that the grade is an
approximation that serves comparisons between texts, not the judgement of a single one.
Source: Kincaid, Fishburne, Rogers & Chissom 1975, Navy Research Branch Report 8-75.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from govern.text.tokens import PLACEHOLDER, Tokens

Floats = NDArray[np.float64]
#: School years that a word more in each sentence adds.
PER_SENTENCE = 0.39


def syllables(words: tuple[str, ...]) -> NDArray[np.int64]:
    """Syllables of lower-case words: runs of vowels, a silent final e not counted, at least 1."""
    column = pa.array(words, pa.large_string())
    runs = pc.count_substring_regex(column, "[aeiouyàâäéèêëîïôöûü]+").to_numpy(zero_copy_only=False)
    silent = pc.match_substring_regex(column, "[^aeiouyl]e$|[aeiouy]le$").to_numpy(
        zero_copy_only=False
    )
    return np.asarray(np.maximum(runs.astype(np.int64) - (silent & (runs > 1)), 1))


def sentences(texts: pd.Series[str]) -> NDArray[np.int64]:
    """Sentences of each text: full stops, question and exclamation marks before a space."""
    column = pa.array(texts.fillna("").to_numpy(dtype=object), pa.large_string())
    trimmed = pc.replace_substring_regex(pc.utf8_trim_whitespace(column), r"[\"'”’)\]]+$", "")
    inner = pc.count_substring_regex(trimmed, r"[.!?]+[\"'”’)\]]*\s").to_numpy(zero_copy_only=False)
    return np.asarray(inner.astype(np.int64) + 1)


def grade(tokens: Tokens, sentences: NDArray[np.int64]) -> Floats:
    """The Flesch–Kincaid grade of each text, in school years; NaN where there is no word.

    What stands for a masked name or pronoun is one syllable.

    Args:
        tokens: the texts, tokenised.
        sentences: how many each has, at least 1.
    """
    words = tokens.lengths.astype(float)
    plain = tuple(word for word in tokens.words if not word.startswith(PLACEHOLDER))
    masked = np.array([word.startswith(PLACEHOLDER) for word in tokens.words], dtype=bool)
    per_word = np.ones(len(tokens.words))
    per_word[~masked] = syllables(plain)
    spoken = np.bincount(tokens.rows, per_word[tokens.codes], len(words))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = PER_SENTENCE * words / sentences + 11.8 * spoken / words - 15.59
    return np.where(words > 0, found, np.nan)
