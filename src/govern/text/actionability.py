"""Next steps: sentences that tell what to do and to what.

A sentence is a next step where a verb of a step (*schedule*, *draft*) has an object within the
next few words, and either an opener (*should*, *next quarter*) stands before it or it opens
the sentence itself, as a command does, before a determiner (*Draft the plan*). Own definition.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.text.lexicons import Flags, per_text, starts
from govern.text.sentences import cut, sentences
from govern.text.tokens import PRONOUN, Tokens, tokenise_once
from govern.text.wordlists import word_list

Floats = NDArray[np.float64]
REACH = 4
# Sentences at a time, for memory.
CHUNK = 100_000
_DETERMINERS = frozenset(
    "a all an another any at each every one the these this those three two your".split()
) | {PRONOUN}


def next_steps(
    texts: pd.Series[str], names: Iterable[str], extra: Iterable[str] = ()
) -> pd.DataFrame:
    """Sentences of each text, and how many of them are a next step.

    Args:
        texts: any index.
        names: masked with pronouns, group words and ``extra``, as ``Tokens.masked`` does.

    Returns:
        ``sentences`` and ``steps``, one row per text, in order.
    """
    found, masked = sentences(texts), (frozenset(names), frozenset(extra))
    parts = [found.iloc[start : start + CHUNK] for start in range(0, len(found), CHUNK)]
    step = [is_step(tokenise_once(cut(texts, part)).masked(*masked)) for part in parts]
    row, size = found["row"].to_numpy(), len(texts)
    return pd.DataFrame(
        {
            "sentences": np.bincount(row, minlength=size),
            "steps": np.bincount(row, np.concatenate([[], *step]), minlength=size).astype(np.int64),
        }
    )


def is_step(tokens: Tokens) -> Flags:
    """Which sentences, one per text of ``tokens``, are a next step."""
    verb = starts(tokens, word_list("steps").phrases)
    opened = starts(tokens, word_list("directives").phrases)
    nothing = word_list("objectless").words | {PRONOUN}
    bare = np.array([word not in nothing for word in tokens.words], bool)
    determiner = np.array([word in _DETERMINERS for word in tokens.words], bool)
    place = np.arange(len(tokens.codes))
    first = np.repeat(tokens.offsets[:-1], tokens.lengths)
    end = np.repeat(tokens.offsets[1:], tokens.lengths)
    before = _running(opened)
    follower = np.minimum(place + 1, end)
    told = before[place] > before[first]
    commanded = (place == first) & (
        _between(determiner[tokens.codes], follower, place + 2, end) > 0
    )
    object_near = _between(bare[tokens.codes], follower, place + 1 + REACH, end) > 0
    return per_text(tokens, verb & object_near & (told | commanded)) > 0


def _running(flags: Flags) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(flags, dtype=np.int64)])


def _between(
    flags: Flags, start: NDArray[np.int64], stop: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.int64]:
    """How many flags are set from ``start`` to before ``stop``, not beyond ``end``."""
    running = _running(flags)
    return np.asarray(running[np.minimum(stop, end)] - running[start])
