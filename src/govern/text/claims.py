"""Claims: sentences, cut where a new clause states something of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from govern.text.lexemes import Codes, Flags, Lexemes

# A clause that is shorter belongs to its neighbour.
SHORTEST = 4
_TURNS = frozenset("but while whereas although though however yet".split())
_SUBJECTS = frozenset("she he they it we the a an this that these those his her their".split())


def claims(found: pd.DataFrame, lex: Lexemes) -> pd.DataFrame:
    """Every clause of every sentence that could be right or wrong by itself.

    A sentence is cut at a semicolon, before *but* or *while* after a comma, and before *and*
    with a subject or a number after a comma; never into a part of under four words.

    Args:
        found: the sentences of some texts, as ``govern.text.sentences`` finds them.
        lex: the words of the same texts.

    Returns:
        ``row``, ``start`` and ``end`` (characters), ``first`` and ``last`` (words, as places in
        ``lex``) and ``asks`` (bool: a question), in order.
    """
    sentence = _sentence_of(found, lex)
    within = sentence >= 0
    cut = _cuts(lex, sentence)
    opens = np.flatnonzero(within & (cut | (sentence != np.append(-1, sentence[:-1]))))
    last = np.append(opens[1:], len(lex))[: len(opens)] - 1
    # Words between sentences belong to none.
    last = np.minimum(last, np.searchsorted(sentence, sentence[opens], side="right") - 1)
    table = pd.DataFrame(
        {
            "row": lex.row[opens],
            "start": lex.start[opens],
            "end": lex.end[last],
            "first": opens,
            "last": last,
        }
    )
    closes = sentence[opens] != np.append(sentence[opens][1:], -1)
    ends = found["end"].to_numpy()[sentence[opens]]
    table["end"] = np.where(closes, ends, table["end"])
    table["asks"] = lex.gap(r"\s*[\"')]?\?")[last] if len(last) else False
    return table


def word_claims(table: pd.DataFrame, lex: Lexemes) -> Codes:
    """The claim that each word belongs to, as a position in ``table``."""
    return np.searchsorted(table["first"].to_numpy(), np.arange(len(lex)), side="right") - 1


def _sentence_of(found: pd.DataFrame, lex: Lexemes) -> Codes:
    """The sentence of each word, as a position; the words of a text without one have -1."""
    longest = int(max(found["end"].max() if len(found) else 0, lex.end.max(initial=0))) + 1
    places = found["row"].to_numpy() * longest + found["start"].to_numpy()
    return np.asarray(
        np.searchsorted(places, lex.row * longest + lex.start, side="right") - 1, dtype=np.int64
    )


def _cuts(lex: Lexemes, sentence: Codes) -> Flags:
    """Words that begin a clause inside a sentence."""
    comma, semicolon = lex.before(lex.gap(r"\s*,")), lex.before(lex.gap(r"\s*(?:;| - )"))
    subject = lex.among(_SUBJECTS) | lex.where(lambda word: word[:1].isdigit())
    capital = np.array([word[:1].isupper() for word in lex.words], dtype=bool)[lex.form]
    joins = lex.among(frozenset({"and"})) & (lex.after(subject) | lex.after(capital))
    wanted = semicolon | (comma & (lex.among(_TURNS) | joins))
    place = np.arange(len(lex))
    length = np.diff(np.append(np.flatnonzero(np.diff(sentence, prepend=-2)), len(lex)))
    stop = np.repeat(np.cumsum(length), length)
    begin = stop - np.repeat(length, length)
    wanted &= (place - begin >= SHORTEST) & (stop - place >= SHORTEST)
    near = np.flatnonzero(wanted)
    close = np.diff(near, prepend=-SHORTEST) < SHORTEST
    wanted[near[close]] = False
    return np.asarray(wanted, dtype=bool)
