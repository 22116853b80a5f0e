"""``she's``, ``they've``, ``she'd``: what stands behind a subject when its number changes."""

from __future__ import annotations

from govern.text.swap.person import Edit, Swap
from govern.text.swap.verbs import is_past
from govern.text.swap.words import ADJECTIVES, is_adverb

_STATES = frozenset(
    "tired interested committed motivated engaged focused organised organized respected dedicated "
    "experienced skilled determined prepared valued excited pleased concerned involved trusted "
    "qualified supposed based expected allowed required worried satisfied detached invested gifted "
    "talented relaxed connected informed liked loved needed overloaded stressed".split()
)


def number_of_clitic(swap: Swap, i: int, to_plural: bool) -> str:
    """The clitic that the new subject takes: ``she's`` is *they're* or *they've*."""
    clitic = swap.tokens[i].clitic.lower()
    if not to_plural:
        return "s" if clitic in ("re", "ve", "s") else clitic
    return ("ve" if _is_perfect(swap, i) else "re") if clitic == "s" else clitic


def _is_perfect(swap: Swap, i: int) -> bool:
    """``she's`` before a participle is *she has*, unless that is a state: ``she's committed``."""
    j = i + 1
    while j < len(swap.tokens) and not swap.tokens[j].gap.strip() and is_adverb(swap.tokens[j].low):
        j += 1
    if j >= len(swap.tokens) or swap.tokens[j].gap.strip():
        return False
    word = swap.tokens[j].low
    if word in ("been", "got", "done", "gone", "become", "shown", "taken", "given", "written"):
        return not (word in ("taken", "given", "written") and _by_follows(swap, j))
    if word in _STATES or word in ADJECTIVES or _by_follows(swap, j):
        return False
    return is_past(word) or word in ("set", "put", "cut", "hit", "grown", "known", "proven", "run")


def _by_follows(swap: Swap, j: int) -> bool:
    return any(t.low == "by" for t in swap.tokens[j + 1 : j + 2])


def clitic_edits(swap: Swap, i: int, new: str) -> list[Edit]:
    """The clitic of token ``i`` as ``new``; written out behind a name, where it is no *'s*."""
    token = swap.tokens[i]
    if not token.clitic:
        return []
    if swap.target.pronouns == "none" and new in ("ll", "d"):
        word = "will" if new == "ll" else "had" if _is_perfect(swap, i) else "would"
        if new == "d" and any(t.low == "better" for t in swap.tokens[i + 1 : i + 2]):
            word = "had"
        shout = word.upper() if token.shouted else word
        return [Edit(token.end, token.whole_end, " " + shout, "verb")]
    if new == token.clitic.lower():
        return []
    start = token.end + 1
    shout = new.upper() if token.shouted else new
    return [Edit(start, token.whole_end, shout, "verb")]
