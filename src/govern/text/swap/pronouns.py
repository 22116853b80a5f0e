"""Which case a pronoun stands in. Only *her* and *his* hide it; a few rules on the next words tell.

*her* is an object at the end of a clause, before what cannot start a noun phrase ("her to lead"),
and after verbs that take a person and something else ("gave her feedback", "found her helpful",
"let her run"). Otherwise it is a possessive. *his* stands alone where no noun follows.
"""

from __future__ import annotations

import re

from govern.text.swap.person import FORMS, PRONOUN_WORDS, Case, Edit, Swap
from govern.text.swap.tokens import Token, like, right_of, sentence
from govern.text.swap.verbs import NOUN_VERBS, PAST, VERBS
from govern.text.swap.words import (
    ADJECTIVE_ENDINGS,
    ADJECTIVES,
    ADVERBS,
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    GIVING,
    JUDGING,
    KEEPING,
    LETTING,
    NAMING,
    NOT_ADVERBS_IN_LY,
    OBJECT_PRONOUNS,
    PEOPLE,
    PLURAL_PEOPLE,
    PREPOSITIONS,
    SUBJECT_PRONOUNS,
    TIME_UNITS,
)

_FUNCTION = (
    DETERMINERS
    | OBJECT_PRONOUNS
    | SUBJECT_PRONOUNS
    | PREPOSITIONS
    | CONJUNCTIONS
    | AUXILIARIES
    | (ADVERBS - frozenset("very most more best better first hard fast still far only".split()))
) - frozenset("past last next many few several like off down back being been".split())
_HONOURS = frozenset("majesty highness excellency honour honor".split())
_GENERIC = {
    "she": PRONOUN_WORDS["he"],
    "he": PRONOUN_WORDS["she"] | {"s"},
    "they": PRONOUN_WORDS["she"] | PRONOUN_WORDS["he"],
}


def find_pronouns(swap: Swap, names: set[int]) -> dict[int, Case]:
    """The pronouns that stand for the person, by position, with the case of each."""
    if not swap.gendered or swap.source.pronouns == "none":
        return {}
    found: dict[int, Case] = {}
    for i in range(len(swap.tokens)):
        if swap.is_pronoun(i) and not _excluded(swap, i, names):
            found[i] = _case(swap, i, names)
    return found


def _excluded(swap: Swap, i: int, names: set[int]) -> bool:
    """``his or her``, ``he/she``, Her Majesty, and a *they* that means several people."""
    tokens, source = swap.tokens, swap.source.pronouns
    others = _GENERIC[source]
    for j, gap in (
        (i - 1, tokens[i].gap),
        (i + 1, tokens[i + 1].gap if i + 1 < len(tokens) else ""),
    ):
        if 0 <= j < len(tokens) and gap.strip() in ("/", ")", "(") and tokens[j].low in others:
            return True
    for j, link in ((i - 2, i - 1), (i + 2, i + 1)):
        if 0 <= j < len(tokens) and tokens[link].low == "or" and tokens[j].low in others:
            return True
    following = tokens[i + 1 : i + 2]
    if following and following[0].capitalised and following[0].low in _HONOURS:
        return True
    return source == "they" and _means_several(swap, i, names)


def _means_several(swap: Swap, i: int, names: set[int]) -> bool:
    """Whether a plural people noun stands nearer before *they* than the person does."""
    if swap.tokens[i].low == "themself":
        return False
    for j in range(i - 1, sentence(swap.tokens, i).start - 1, -1):
        if j in names or swap.is_pronoun(j):
            return swap.is_pronoun(j) and _means_several(swap, j, names)
        if swap.tokens[j].low in PLURAL_PEOPLE:
            return True
    return False


def _case(swap: Swap, i: int, names: set[int]) -> Case:
    low = swap.tokens[i].low
    fitting = [case for case, form in FORMS[swap.source.pronouns].items() if form == low]
    if low == "themselves":
        return "reflexive"
    if len(fitting) == 1:
        return fitting[0]
    if _is_declared(swap, i):
        return "absolute" if low == "his" else "object"
    if low == "his":
        return "absolute" if _stands_alone(swap, i) else "possessive"
    return "object" if _is_object(swap, i, names) else "possessive"


def _is_declared(swap: Swap, i: int) -> bool:
    """One of ``she/her`` or ``he/him/his``."""
    return i > 0 and swap.tokens[i].gap == "/" and swap.is_pronoun(i - 1)


def _next(swap: Swap, i: int) -> Token | None:
    """The token after ``i`` where nothing but a space parts them, or an opening quote."""
    following = swap.tokens[i + 1 : i + 2]
    if not following or swap.tokens[i].clitic:
        return None
    return following[0] if re.fullmatch(r"\s+|\s+[\"“‘'(]", following[0].gap) else None


def _stands_alone(swap: Swap, i: int) -> bool:
    if re.match(r"\s+[\d$€£]", right_of(swap.text, swap.tokens[i].end)):
        return False
    following = _next(swap, i)
    if following is None or _is_one_of(swap, i):
        return True
    if following.low == "own" or _owner_in_a_pair(swap, i):
        return False
    return _cannot_start_a_noun(swap, i + 1)


def _is_one_of(swap: Swap, i: int) -> bool:
    """``a colleague of his found``: a verb follows at once."""
    run = [t.low for t in swap.tokens[max(i - 4, 0) : i]]
    verb = swap.tokens[i + 1].low
    counted = run[-1:] == ["of"] and bool({"a", "an", "another", "some", "no", "this"} & set(run))
    return counted and (verb in PAST or verb in AUXILIARIES)


def _cannot_start_a_noun(swap: Swap, i: int) -> bool:
    token = swap.tokens[i]
    if token.hyphen_after:
        return False
    if token.low in ("last", "next"):
        after = _next(swap, i)
        return after is not None and after.low in TIME_UNITS
    if token.low in _FUNCTION:
        return True
    if token.low.endswith("ly") and token.low not in NOT_ADVERBS_IN_LY:
        after = _next(swap, i)
        return after is None or after.low in _FUNCTION
    return False


def _is_object(swap: Swap, i: int, names: set[int]) -> bool:
    verb = swap.tokens[i - 1].low if i else ""
    if re.match(r"\s+[\d$€£]", right_of(swap.text, swap.tokens[i].end)):
        return verb in GIVING and not _acts_on_own(swap, i, names)
    following = _next(swap, i)
    if following is None:
        return True
    if '"' in following.gap or "“" in following.gap:
        return verb in JUDGING
    if swap.tokens[i].initial or _owner_in_a_pair(swap, i):
        return False
    excepted = verb in ("but", "except", "than") and following.low in PAST
    if excepted or _cannot_start_a_noun(swap, i + 1):
        return True
    joined = following.capitalised or following.hyphen_after
    return not joined and not _acts_on_own(swap, i, names) and _takes_a_person(swap, i, verb)


def _owner_in_a_pair(swap: Swap, i: int) -> bool:
    """``Her and Tom's plan``: a pair that owns something."""
    run = swap.tokens[i + 1 : i + 3]
    return len(run) == 2 and run[0].low == "and" and run[1].clitic == "s" and run[1].capitalised


def _acts_on_own(swap: Swap, i: int, names: set[int]) -> bool:
    """``She gave her notice``: whose subject is the person cannot have her as its object."""
    for j in range(i - 1, max(i - 5, -1), -1):
        if swap.tokens[j + 1].breaks or "," in swap.tokens[j + 1].gap:
            return False
        if j in names and not swap.tokens[j].clitic:
            return True
        if swap.tokens[j].low == FORMS[swap.source.pronouns]["subject"]:
            return True
        if swap.tokens[j].low in SUBJECT_PRONOUNS | {"that"}:
            return False
    return False


def _takes_a_person(swap: Swap, i: int, verb: str) -> bool:
    """After verbs with a person and something else: which of the two *her* belongs to."""
    token = swap.tokens[i + 1]
    after = _next(swap, i + 1)
    ends = after is None or after.low in _FUNCTION
    if verb in LETTING and token.low in VERBS:
        opens = after is not None and (after.low in DETERMINERS or after.low in OBJECT_PRONOUNS)
        return token.low not in NOUN_VERBS or opens
    if verb in KEEPING and token.low.endswith("ing") and token.low not in ("meeting", "training"):
        return True
    if verb in JUDGING and ends and _is_quality(token.low):
        return True
    if verb in NAMING:
        return True
    if verb in GIVING:
        owns = token.low in PEOPLE and not ends
        return not owns and token.low not in PEOPLE
    return False


def _is_quality(word: str) -> bool:
    return word in ADJECTIVES or (len(word) > 4 and word.endswith(ADJECTIVE_ENDINGS))


def pronoun_edits(swap: Swap, pronouns: dict[int, Case]) -> list[Edit]:
    """Edits for the pronouns alone; the clitics behind subjects are agreement's."""
    edits, done = [], -1
    for i, case in sorted(pronouns.items()):
        token = swap.tokens[i]
        if swap.target.pronouns == "none" and _opens_declaration(swap, i, pronouns):
            j = i
            while j + 1 in pronouns and swap.tokens[j + 1].gap == "/":
                j += 1
            done = j
            edits.append(Edit(token.start, swap.tokens[j].end, "no pronouns", "pronoun"))
        if i <= done:
            continue
        edits.append(Edit(token.start, token.end, _written(swap, i, case), "pronoun"))
    return edits


def _opens_declaration(swap: Swap, i: int, pronouns: dict[int, Case]) -> bool:
    return i + 1 in pronouns and swap.tokens[i + 1].gap == "/"


def _written(swap: Swap, i: int, case: Case) -> str:
    token, new = swap.tokens[i], swap.pronoun(case)
    if swap.target.pronouns == "none":
        return new.upper() if token.shouted else new
    return like(token.text, new)
