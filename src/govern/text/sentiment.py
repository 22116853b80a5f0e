"""Tone of a text, by a small word list of our own: good words less bad ones, per 100 words.

It compares sets of texts about work with one another. It judges no single text, and no
measure that gates rests on it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govern.text.tokens import Tokens

VERSION = "1"
Floats = NDArray[np.float64]
GOOD = frozenset(
    """able accurate achieved admirable appreciated approval attentive beautifully best better
    brilliant calm careful clean clear clearly confident consistent courage courteous dedicated
    dependable diligent earned easily effective efficient energy enthusiasm excellent exceeded
    exceptional exemplary fair fine generous gladly good great happy helped helpful honest
    impressive improved improvement kind kindly mentor neat neatly open outstanding patience
    patient patiently perfect pleased positive praise praised praises precise proactive promptly
    proud punctual quick quickly ready recommend reliable reliably remarkable resourceful respect
    respected saved sharp skilled smooth smoothly solid solved splendid steadily strength strengths
    strong strongly success successful superb support supportive swiftly tactful talented thanked
    thanks thorough thoughtful tidy timely trust trusted useful valuable warm welcome well won
    wonderful""".split()
)
BAD = frozenset(
    """abrupt absent angry annoyed argued avoid avoidable avoided awkward bad badly blame blamed
    bored breach broke broken careless carelessly chaotic cold complain complained complaint
    complaints complains concern concerns confused cost curt damage delay delayed denied difficult
    disappointed disappointing disputed error errors excuse fail failed failing fails failure
    fault faults forgot forgotten gap harsh hid ignored impatient inaccurate incomplete
    inconsistent ineffective insulted irritated lacked lacking lacks late lost messy misled missed
    missing mistake mistakes neglected negative never overdue overlooked overran poor poorly
    problem problems refused repeat rude rushed shortfall silent skipped slipped sloppy slow slowly
    stale struggle struggled struggles stuck suffered trouble unable unclear unfair unreliable
    untidy vague warning weak weakness weaknesses worse worst wrong wrongly""".split()
)
NEGATIONS = frozenset({"no", "not", "without", "hardly", "barely", "nothing", "nobody", "t"})


def tone(tokens: Tokens) -> Floats:
    """Good words less bad ones per 100 words of each text; NaN where there is no word.

    A word right after a negation counts for the other side; *t* is what is left of *didn't*.
    """
    worth = np.array([(w in GOOD) - (w in BAD) for w in tokens.words], dtype=np.int64)
    negates = np.array([w in NEGATIONS for w in tokens.words], dtype=bool)
    found = worth[tokens.codes]
    follows = np.concatenate([[False], negates[tokens.codes[:-1]]]) if len(found) else negates
    follows[np.isin(np.arange(len(found)), tokens.offsets[:-1])] = False
    signed = np.where(follows, -found, found)
    total = np.bincount(tokens.rows, signed, len(tokens.lengths))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(tokens.lengths > 0, 100 * total / tokens.lengths, np.nan)
