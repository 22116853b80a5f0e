"""Verbs that agree with *she*, *he* or a name on one side and *they* on the other.

From each subject pronoun: its clitic, an auxiliary before it in a question, its verb past adverbs
and asides, then the verbs coordinated with it. A clause ends at ``. ; :`` and at a new subject.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from govern.text.swap.contractions import clitic_edits, number_of_clitic
from govern.text.swap.person import Edit, Swap
from govern.text.swap.tokens import Token, like, sentence
from govern.text.swap.verbs import (
    NOUN_VERBS,
    PAST,
    SAME_PAST,
    TO_PLURAL,
    TO_SINGULAR,
    VERBS,
    is_finite,
    is_past,
    is_plain,
    is_third,
    plain,
    third,
)
from govern.text.swap.words import (
    CONJUNCTIONS,
    DETERMINERS,
    MODALS,
    NUMBERS,
    OBJECT_PRONOUNS,
    PREPOSITIONS,
    SUBJECT_PRONOUNS,
    is_adverb,
)

_ASKS = frozenset(
    "nor so only why how when where what than never rarely seldom as neither who and but".split()
)
_UNCHANGED = MODALS | frozenset("did didn't had hadn't".split())
_LINKS = frozenset("and but or nor then yet".split())
_EXCEPTS = [[who, "but"] for who in ("one", "nobody", "none", "everyone", "all")]
_OPENS_A_CLAUSE = frozenset("that what how whether why".split())
_STANDS_WITH = {"reports": "to", "leads": "by", "talks": "to", "report": "to", "lead": "by"}
_TIMES = re.compile(r"\b(?:last|yesterday|ago|in (?:19|20)\d\d)\b")


@dataclass(frozen=True)
class _Subject:
    """A subject pronoun and which way its verbs go."""

    at: int
    to_plural: bool


def verb_edits(swap: Swap, subjects: list[int]) -> list[Edit]:
    """Edits of verbs and clitics for these subject pronouns; none where number stays."""
    was, now = swap.source.pronouns == "they", swap.target.pronouns == "they"
    edits: list[Edit] = []
    for i in subjects:
        if was != now:
            edits += _of(swap, _Subject(i, to_plural=now))
        elif swap.target.pronouns == "none":
            edits += clitic_edits(swap, i, swap.tokens[i].clitic.lower())
    unique = {(e.start, e.end): e for e in edits}
    return list(unique.values())


def _of(swap: Swap, subject: _Subject) -> list[Edit]:
    i, tokens = subject.at, swap.tokens
    if _is_asked(swap, subject):
        before = tokens[i - 1]
        table = TO_PLURAL if subject.to_plural else TO_SINGULAR
        return [_change(before, table[before.low])] if before.low in table else []
    if tokens[i].clitic:
        edits = clitic_edits(swap, i, number_of_clitic(swap, i, subject.to_plural))
        done = tokens[i].clitic.lower() in ("ll", "d") and not subject.to_plural
        return edits if done else edits + _coordinated(swap, subject, i, "auxiliary")
    joined = i + 1 < len(tokens) and tokens[i + 1].low in ("and", "or", "nor")
    if joined or [t.low for t in tokens[max(i - 2, 0) : i]] in _EXCEPTS:
        return []
    at = _verb_after(swap, i)
    if at is None:
        return []
    edits = _changed(swap, subject, at)
    return edits + _coordinated(swap, subject, at, _sort(swap, at))


def _change(token: Token, new: str) -> Edit:
    curly = new.replace("'", "’") if "’" in token.text else new
    return Edit(token.start, token.end, like(token.text, curly), "verb")


def _changed(swap: Swap, subject: _Subject, at: int) -> list[Edit]:
    token = swap.tokens[at]
    if subject.to_plural:
        new = plain(token.low) if is_third(token.low) else token.low
    elif token.low in TO_SINGULAR:
        new = third(token.low)
    elif token.low in SAME_PAST:
        new = token.low if _is_told_as_past(swap, at) else third(token.low)
    else:
        new = third(token.low) if is_plain(token.low) else token.low
    return [_change(token, new)] if new != token.low else []


def _is_told_as_past(swap: Swap, at: int) -> bool:
    run = sentence(swap.tokens, at)
    start, end = swap.tokens[run.start].start, swap.tokens[run.stop - 1].end
    others = (swap.tokens[j].low for j in run if j != at)
    return bool(_TIMES.search(swap.text[start:end])) or any(is_past(word) for word in others)


def _sort(swap: Swap, at: int) -> str:
    """What leads the clause: an auxiliary, a modal, a past or a present verb."""
    word = swap.tokens[at].low
    if word in MODALS:
        return "modal"
    following = swap.tokens[at + 1 : at + 2]
    if word in ("have", "has", "do", "does", "don't", "doesn't", "haven't", "hasn't"):
        noun = following and (following[0].low in DETERMINERS or not is_past(following[0].low))
        return "present" if word in ("have", "has") and noun else "auxiliary"
    if word in TO_PLURAL or word in TO_SINGULAR:
        return "present"
    return "past" if is_past(word) else "present"


def _is_asked(swap: Swap, subject: _Subject) -> bool:
    """``Is she``, ``nor was she``, ``had they``: the auxiliary stands before its subject."""
    i, table = subject.at, TO_PLURAL if subject.to_plural else TO_SINGULAR
    if not i or swap.tokens[i].gap.strip():
        return False
    before = swap.tokens[i - 1]
    if before.low not in table and before.low not in _UNCHANGED:
        return False
    opens = before.initial or "," in before.gap or '"' in before.gap or "“" in before.gap
    if not opens and swap.tokens[i - 2].low not in _ASKS:
        return False
    following = swap.tokens[i + 1 : i + 2]
    plainly = following and not following[0].gap.strip() and before.low in table
    return not (plainly and _finite_here(following[0].low, subject))


def _finite_here(word: str, subject: _Subject) -> bool:
    if subject.to_plural:
        present = is_third(word) and is_finite(word) and word not in ("has", "was")
        return present or word in MODALS
    return word in TO_SINGULAR or word in MODALS


_SKIPPED = frozenset("herself himself themself themselves who all".split())


def _verb_after(swap: Swap, i: int) -> int | None:
    """The verb of the subject at ``i``, past adverbs and asides between commas."""
    tokens, j = swap.tokens, i + 1
    while j < len(tokens) and not tokens[j].breaks:
        low = tokens[j].low
        if tokens[j].gap.startswith(","):
            j += 1
            while j < len(tokens) and "," not in tokens[j].gap and not tokens[j].breaks:
                j += 1
            if j < len(tokens) and not tokens[j].breaks and not is_adverb(tokens[j].low):
                return j
        elif low == "no" and [t.low for t in tokens[j + 1 : j + 2]] == ["longer"]:
            j += 2
        elif is_adverb(low) or low in _SKIPPED:
            j += 1
        else:
            return j
    return None


def _coordinated(swap: Swap, subject: _Subject, at: int, sort: str) -> list[Edit]:
    """Edits of the verbs joined to the one at ``at``: ``writes, reviews and mentors``."""
    edits: list[Edit] = []
    verbs = {at}
    for link in range(at + 1, len(swap.tokens)):
        token = swap.tokens[link]
        if token.breaks or token.low in SUBJECT_PRONOUNS - {"who"}:
            break
        listed = "," in token.gap
        if not listed and token.low not in _LINKS:
            continue
        start = link + (token.low in _LINKS)
        c = start
        while c < len(swap.tokens) and is_adverb(swap.tokens[c].low) and not swap.tokens[c].breaks:
            c += 1
        if c >= len(swap.tokens) or swap.tokens[c].breaks:
            continue
        adjacent = link - 1 in verbs
        if _joins(swap, subject, c, sort=sort, adjacent=adjacent, adverb=c > start):
            edits += _changed(swap, subject, c)
            verbs.add(c)
    return edits


def _joins(
    swap: Swap, subject: _Subject, c: int, *, sort: str, adjacent: bool, adverb: bool
) -> bool:
    """Whether token ``c`` is a verb of the same subject."""
    word = swap.tokens[c].low
    table = TO_PLURAL if subject.to_plural else TO_SINGULAR
    if swap.tokens[c].capitalised and not swap.tokens[c].shouted:
        return False
    if word in table:
        return sort != "modal" or subject.to_plural
    if subject.to_plural:
        lemma = plain(word)
        if not is_third(word) or adjacent:
            return is_third(word)
        return (lemma in VERBS and lemma not in NOUN_VERBS) or _followed_as_verb(swap, c)
    if sort in ("modal", "auxiliary") or (sort == "past" and not adverb):
        return False
    if word not in VERBS or word in PAST:
        return False
    return adjacent or adverb or word not in NOUN_VERBS or _followed_as_verb(swap, c)


def _followed_as_verb(swap: Swap, c: int) -> bool:
    """A word that may be a noun is a verb before an object, a clause or an adverb of manner."""
    following = swap.tokens[c + 1 : c + 2]
    if not following or following[0].gap.strip():
        return False
    word, low = swap.tokens[c].low, following[0].low
    if _STANDS_WITH.get(word) == low or low in _OPENS_A_CLAUSE:
        return True
    if low in PREPOSITIONS or low in CONJUNCTIONS or low in ("is", "are", "was", "were", "has"):
        return False
    if low in DETERMINERS or low in OBJECT_PRONOUNS or low in NUMBERS or is_adverb(low):
        return True
    return plain(word) in VERBS and word.endswith("s") and not following[0].capitalised
