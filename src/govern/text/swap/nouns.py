"""Nouns that say the person's gender: chairwoman, a mother of two, her husband.

A spouse changes with the person, so that a couple of a woman and a man stays one. Other relatives
are people of their own ("her mother" stays) unless the noun describes the person ("a mother of
two"). Posts, *woman* and *man* change only where they describe the person, too. The noun of a
person who is *they* is neutral already, and stays.
"""

from __future__ import annotations

from govern.text.swap.person import FORMS, Edit, Kind, Swap
from govern.text.swap.tokens import like, sentence
from govern.text.swap.words import CONJUNCTIONS, DETERMINERS, PREPOSITIONS

#: she, he, they
SPOUSES = (("wife", "husband", "spouse"), ("girlfriend", "boyfriend", "partner"))
KIN = (
    ("mother", "father", "parent"),
    ("mum", "dad", "parent"),
    ("mom", "dad", "parent"),
    ("grandmother", "grandfather", "grandparent"),
    ("stepmother", "stepfather", "stepparent"),
    ("godmother", "godfather", "godparent"),
    ("daughter", "son", "child"),
    ("sister", "brother", "sibling"),
    ("widow", "widower", "surviving spouse"),
)
ROLES = (
    ("woman", "man", "person"),
    ("lady", "gentleman", "person"),
    ("chairwoman", "chairman", "chair"),
    ("saleswoman", "salesman", "salesperson"),
    ("businesswoman", "businessman", "businessperson"),
    ("spokeswoman", "spokesman", "spokesperson"),
    ("forewoman", "foreman", "foreperson"),
    ("policewoman", "policeman", "police officer"),
    ("craftswoman", "craftsman", "craftsperson"),
    ("tradeswoman", "tradesman", "tradesperson"),
    ("camerawoman", "cameraman", "camera operator"),
    ("councilwoman", "councilman", "council member"),
    ("anchorwoman", "anchorman", "anchor"),
    ("horsewoman", "horseman", "rider"),
    ("sportswoman", "sportsman", "athlete"),
    ("servicewoman", "serviceman", "service member"),
    ("waitress", "waiter", "server"),
    ("stewardess", "steward", "attendant"),
    ("alumna", "alumnus", "graduate"),
    ("headmistress", "headmaster", "head teacher"),
    ("heiress", "heir", "heir"),
)
ADJECTIVES = (("female", "male", None),)
_COLUMN = {"she": 0, "he": 1, "they": 2, "none": 2}
_DESCRIBING = frozenset(
    "is was are were be been being become becomes became becoming remain remains remained as "
    "elected appointed named chosen called considered 's 're".split()
)


def noun_edits(swap: Swap, names: set[int]) -> list[Edit]:
    """Edits of the nouns that describe the person or the person's spouse."""
    if not swap.gendered or swap.source.pronouns in ("they", "none"):
        return []
    edits = _from(swap, names, SPOUSES, "relative", spouse=True)
    edits += _from(swap, names, KIN, "relative", spouse=False)
    return edits + _from(swap, names, (*ROLES, *ADJECTIVES), "role", spouse=False)


def _from(
    swap: Swap,
    names: set[int],
    table: tuple[tuple[str, str, str | None], ...],
    kind: Kind,
    *,
    spouse: bool,
) -> list[Edit]:
    edits = []
    was, now = _COLUMN[swap.source.pronouns], _COLUMN[swap.target.pronouns]
    for i, token in enumerate(swap.tokens):
        for row in table:
            if token.low == row[was]:
                mine = _is_spouse(swap, i, names) if spouse else _describes(swap, i, names)
                new = row[now]
            elif spouse and token.low == row[1 - was]:
                mine, new = _is_spouse(swap, i, names), row[was] if now < 2 else row[2]
            else:
                continue
            if mine and new is not None and new != token.low:
                edits.append(Edit(token.start, token.end, like(token.text, new), kind))
            break
    return edits


def _noun_phrase(swap: Swap, i: int) -> int:
    """Where the noun phrase of noun ``i`` starts: past adjectives, with its determiner."""
    j = i
    while j and not swap.tokens[j].gap.strip(" -") and i - j < 4:
        before = swap.tokens[j - 1]
        if before.clitic == "s" or before.low in DETERMINERS:
            return j - 1
        if before.low in PREPOSITIONS or before.low in CONJUNCTIONS or before.low in _DESCRIBING:
            return j
        j -= 1
    return j


def _is_spouse(swap: Swap, i: int, names: set[int]) -> bool:
    """The person's: ``her husband``, ``Emily's wife``, ``my wife`` unquoted, or ``a wife and``."""
    start = _noun_phrase(swap, i)
    owner = swap.tokens[start]
    if owner.clitic == "s":
        return start in names or (swap.is_pronoun(start) and start < i)
    own = FORMS[swap.source.pronouns]["possessive"]
    if owner.low == own:
        return True
    if owner.low == "my":
        return not owner.quoted
    if owner.low == "whose" and start < i:
        return start - 1 in names
    return owner.low not in DETERMINERS - {"a", "the"} and _describes(swap, i, names)


def _describes(swap: Swap, i: int, names: set[int]) -> bool:
    """Whether noun ``i`` is said of the person: ``is a``, ``as``, ``elected``, or an apposition."""
    start = _noun_phrase(swap, i)
    head = swap.tokens[start]
    if swap.is_pronoun(start) and head.clitic:
        return True
    if start < i and head.low in ("a", "an") and _is_fronted(swap, i, names):
        return True
    owned = head.clitic == "s" or head.low in ("her", "his", "their", "my", "your")
    about = any(j in names or swap.is_pronoun(j) for j in sentence(swap.tokens, i))
    if (start < i and owned) or not start or not about:
        return False
    if "," in head.gap:
        return start - 1 in names and start < i
    return not head.gap.strip() and _said_by(swap, start, names)


def _is_fronted(swap: Swap, i: int, names: set[int]) -> bool:
    """``A born salesman, James``: the noun opens the sentence that the person goes on with."""
    following = swap.tokens[i + 1 : i + 2]
    subject = FORMS[swap.source.pronouns]["subject"]
    opens = all("," not in t.gap for t in swap.tokens[sentence(swap.tokens, i).start + 1 : i + 1])
    return (
        opens
        and bool(following)
        and following[0].gap == ", "
        and (i + 1 in names or following[0].low == subject)
    )


def _said_by(swap: Swap, start: int, names: set[int]) -> bool:
    """Whether the word before a noun phrase says it of the person."""
    before = swap.tokens[start - 1]
    if before.low in ("and", "or") and start >= 2:
        return _coupled(swap, start - 2, names)
    if before.low in _DESCRIBING - {"as"} or before.clitic in ("s", "re"):
        return _person_before(swap, start - 1, names)
    return before.low == "as"


def _coupled(swap: Swap, j: int, names: set[int]) -> bool:
    """``a wife and mother``: the noun before the conjunction describes the person."""
    gendered = {w for row in (*SPOUSES, *KIN, *ROLES) for w in row}
    return swap.tokens[j].low in gendered and _describes(swap, j, names)


def _person_before(swap: Swap, j: int, names: set[int]) -> bool:
    """The subject of the copula at ``j`` is the person, auxiliaries and adverbs aside."""
    run = sentence(swap.tokens, j)
    for k in range(j, run.start - 1, -1):
        token = swap.tokens[k]
        if k in names or swap.is_pronoun(k):
            return token.low != FORMS[swap.source.pronouns]["possessive"]
        if k < j and token.low in DETERMINERS:
            return False
    return False
