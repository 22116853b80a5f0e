"""Where a text names the person: first name, surname, initial, title, the name in an address.

A name is capitalised. Names that are words too (Will, May, Grace) need a rule where every word
is: at the start of a sentence they are names only before what a person does or has.
"""

from __future__ import annotations

import re
from itertools import pairwise

from govern.text.swap.person import Edit, Swap, name_parts
from govern.text.swap.tokens import Token, fold, left_of, like, right_of
from govern.text.swap.verbs import SAME_PAST, TO_PLURAL, is_finite
from govern.text.swap.words import (
    ABSTRACT,
    ASKING_NAMES,
    CALENDAR,
    MONTHS,
    WORD_NAMES,
    is_adverb,
)

TITLES = {"she": "Ms", "he": "Mr", "they": "Mx", "none": "Mx"}
TITLES_OF = {
    "she": frozenset({"ms", "mrs", "miss"}),
    "he": frozenset({"mr", "mister"}),
    "they": frozenset({"mx"}),
    "none": frozenset({"mx"}),
}
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_BEFORE_A_MONTH = frozenset(
    "in by since until till last next early late mid of this during every from the before after "
    "through for and".split()
)


def find_names(swap: Swap) -> tuple[dict[int, int], set[int]]:
    """Positions of first names with how many tokens each takes, and positions of surnames."""
    first = name_parts(swap.source.first_name)
    last = name_parts(swap.source.surname) if swap.source.surname else []
    addresses = [m.span() for m in _ADDRESS.finditer(swap.text)]
    firsts: dict[int, int] = {}
    lasts: set[int] = set()
    for i in range(len(swap.tokens)):
        if any(a <= swap.tokens[i].start < b for a, b in addresses):
            continue
        if _reads(swap, i, first) and _is_this_person(swap, i, len(first), last):
            firsts[i] = len(first)
        elif last and _reads(swap, i, last) and _stands_alone(swap, i, len(last)):
            lasts.add(i)
    return firsts, lasts


def _reads(swap: Swap, i: int, parts: list[str]) -> bool:
    run = swap.tokens[i : i + len(parts)]
    if len(run) < len(parts) or any(fold(t.text) != p for t, p in zip(run, parts, strict=True)):
        return False
    if not all(t.capitalised or "-" in t.gap for t in run) or not run[0].capitalised:
        return False
    return all(b.gap in ("-", " ", "") for b in run[1:])


def _stands_alone(swap: Swap, i: int, length: int) -> bool:
    """Not part of a longer double name, of an identifier or of a number."""
    first, last = swap.tokens[i], swap.tokens[i + length - 1]
    if first.start and (swap.text[first.start - 1].isdigit() or swap.text[first.start - 1] == "_"):
        return False
    if last.after.isdigit() or last.after == "_":
        return False
    following = swap.tokens[i + length : i + length + 1]
    return not (last.hyphen_after and following and following[0].capitalised) or _pair(
        swap, i + length
    )


def _pair(swap: Swap, i: int) -> bool:
    """``Emily-James``: the word after the hyphen is the other identity's name."""
    return fold(swap.tokens[i].text) in name_parts(swap.target.first_name)


def _is_this_person(swap: Swap, i: int, length: int, last: list[str]) -> bool:
    token = swap.tokens[i]
    if not _stands_alone(swap, i, length):
        return False
    following = swap.tokens[i + length : i + length + 1]
    adjoining = following[0] if following and following[0].gap == " " else None
    named_so = swap.tokens[i + length - 1].clitic == ""
    if last and adjoining and named_so and adjoining.capitalised and len(adjoining.text) > 1:
        shouted = adjoining.shouted and not swap.tokens[i].shouted
        another = fold(adjoining.text) not in (last[0], fold(swap.source.first_name))
        if (
            another
            and not shouted
            and adjoining.low not in CALENDAR
            and adjoining.low not in TO_PLURAL
        ):
            return False
    if adjoining and last and fold(adjoining.text) == last[0]:
        return True
    if length == 1 and token.low in WORD_NAMES:
        return _is_a_name_here(swap, i)
    return True


def _is_a_name_here(swap: Swap, i: int) -> bool:
    """Whether a capitalised word that may be a name is one: will, may, mark, hope."""
    token = swap.tokens[i]
    previous = swap.tokens[i - 1] if i and not token.ends else None
    following = swap.tokens[i + 1] if i + 1 < len(swap.tokens) else None
    if following and (following.ends or following.breaks):
        following = None
    if token.low in MONTHS and _is_a_month(swap, i, previous, following):
        return False
    if token.hyphen_after and following and not following.capitalised and token.initial:
        return False
    if token.clitic:
        return True
    shouting = token.shouted and bool(following and following.shouted)
    if not token.initial and not shouting:
        return True
    return _acts(swap, i + 1, token.low)


def _is_a_month(swap: Swap, i: int, previous: Token | None, following: Token | None) -> bool:
    token = swap.tokens[i]
    if token.clitic:
        return False
    dated = re.match(r"\s+\d", right_of(swap.text, token.end))
    if dated or re.search(r"\d\s+$", left_of(swap.text, token.start)):
        return True
    months = [t.low for t in swap.tokens[i + 1 : i + 3]]
    if months[:1] == ["and"]:
        months = months[1:]
    if following and months and months[0] in CALENDAR and months[0] != token.low:
        return True
    if previous and previous.low == "the" and following and not is_finite(following.low):
        return True
    if previous and previous.low in _BEFORE_A_MONTH - {"the"} and "," not in token.gap:
        return previous.low not in ("by", "for", "from", "of", "and") or token.initial
    return False


def _acts(swap: Swap, i: int, name: str) -> bool:
    """Whether what starts at token ``i`` is what a person does: ``has met``, ``and Tom``."""
    while i < len(swap.tokens) and is_adverb(swap.tokens[i].low):
        if swap.tokens[i].breaks:
            return True
        i += 1
    if i >= len(swap.tokens) or swap.tokens[i].ends:
        return name not in ASKING_NAMES
    token, following = swap.tokens[i], swap.tokens[i + 1 : i + 2]
    if token.gap.strip():
        return True
    if token.low == "and" and following and following[0].capitalised:
        return True
    if name in ABSTRACT and token.low == "is" and following and following[0].low in ("not", "a"):
        return False
    told = token.low in SAME_PAST and name not in ASKING_NAMES
    return told or is_finite(token.low)


def name_edits(swap: Swap, firsts: dict[int, int], lasts: set[int]) -> list[Edit]:
    """Edits for names, initials, titles and addresses."""
    edits = [_named(swap, i, swap.target.first_name, length) for i, length in firsts.items()]
    if swap.target.surname and swap.source.surname:
        length = len(name_parts(swap.source.surname))
        edits += [_named(swap, i, swap.target.surname, length) for i in lasts]
        edits += _initials(swap, lasts)
    if swap.gendered:
        edits += _titles(swap, set(firsts) | lasts)
    return [e for e in edits if swap.text[e.start : e.end] != e.after] + _addresses(swap)


def _named(swap: Swap, i: int, name: str, length: int) -> Edit:
    first, last = swap.tokens[i], swap.tokens[i + length - 1]
    written = swap.text[first.start : last.end]
    new = name.upper() if all(t.shouted for t in swap.tokens[i : i + length]) else name
    if fold(written) == fold(new) and fold(name) == fold(swap.source.first_name):
        return Edit(first.start, last.end, written, "name")
    end = last.end
    if _bare_possessive(swap.text, end):
        return Edit(first.start, end + 1, new + swap.text[end] + _s(written), "name")
    return Edit(first.start, end, new, "name")


def _s(name: str) -> str:
    return "S" if len(name) > 1 and name.isupper() else "s"


def _bare_possessive(text: str, end: int) -> bool:
    """``James' notes``, and not the end of ``'a gift from James' and``."""
    if text[end : end + 1] not in ("'", "’") or text[end - 1].lower() not in "sxz":
        return False
    if not re.match(r"\s+\w", right_of(text, end + 1)):
        return False
    near = left_of(text, end, 200)
    opened = re.findall(r"(?:^|[\s(])['‘](?=\w)", near)
    closed = re.findall(r"[\w.,!?]['’](?=[\s.,;:!?)]|$)", near)
    return len(opened) <= len(closed)


def _initials(swap: Swap, lasts: set[int]) -> list[Edit]:
    """``J. Washington``: the initial goes with the name."""
    found = []
    for before, (i, token) in pairwise(enumerate(swap.tokens)):
        letter = before[1]
        known = letter.text == swap.source.first_name[:1].upper()
        if i in lasts and known and re.fullmatch(r"\.\s?", token.gap):
            new = swap.target.first_name[:1].upper()
            found.append(Edit(letter.start, letter.end, new, "name"))
    return found


def _titles(swap: Swap, named: set[int]) -> list[Edit]:
    found = []
    for i, token in enumerate(swap.tokens[:-1]):
        following = swap.tokens[i + 1]
        if token.low in TITLES_OF[swap.source.pronouns] and re.fullmatch(r"\.?\s+", following.gap):
            j = i + 1
            initial = len(following.text) == 1 and j + 1 in named
            if token.capitalised and (j in named or initial):
                new = like(token.text, TITLES[swap.target.pronouns])
                found.append(Edit(token.start, token.end, new, "title"))
    return found


def _addresses(swap: Swap) -> list[Edit]:
    """The person's name in the local part of an e-mail address."""
    pairs = [(swap.source.first_name, swap.target.first_name)]
    if swap.source.surname and swap.target.surname:
        pairs.append((swap.source.surname, swap.target.surname))
    known = {_plain(old): _plain(new) for old, new in pairs}
    found = []
    for address in _ADDRESS.finditer(swap.text):
        local = address.group().split("@")[0]
        for part in re.finditer(r"[^\W\d_]+", local):
            new = known.get(_plain(part.group()))
            if new is not None and new != part.group():
                start = address.start() + part.start()
                found.append(Edit(start, start + len(part.group()), new, "name"))
    return found


def _plain(name: str) -> str:
    return "".join(name_parts(name))
