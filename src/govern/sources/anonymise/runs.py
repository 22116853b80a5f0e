"""Runs of name words in a text that together name one person, with initials beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from govern.sources.anonymise.index import FAMILY, GIVEN, WHOLE, Entry, NameIndex
from govern.sources.anonymise.roster import PARTICLES

GAP = re.compile(r"(?:[ \t\n\-_'*/]{1,4}|\.)\Z")
COMMA = re.compile(r"[ \t]?,[ \t\n]{0,3}\Z")
_AFTER_LETTER = re.compile(r"[.\-]?[ \t\n]{0,2}\Z")
_INITIALGAP = re.compile(r"(?:\.?[ \t\n]{0,2}|\.?-)\Z")
_MOST_BETWEEN = 3
# A and I are words as well: as initials they need their full stop.
_FULL_STOP_LETTERS = ("a", "i")


@dataclass(slots=True)
class Text:
    """A text cut into words: ``parts`` alternates separators and words, words at odd places."""

    text: str
    key: str
    parts: list[str]
    starts: list[int]
    entries: dict[int, Entry]
    cased: bool

    def start(self, at: int) -> int:
        """Where the word at a place begins."""
        return self.starts[at]

    def end(self, at: int) -> int:
        """Where it ends."""
        return self.starts[at] + len(self.parts[at])

    def capital(self, at: int) -> bool:
        """Whether it has a capital."""
        return self.text[self.starts[at]].isupper()


@dataclass(slots=True)
class Mention:
    """Places of words that name ``people`` together; an initial before or after them."""

    places: list[int]
    people: set[int]
    before: list[int] = field(default_factory=list)
    after: int | None = None


def runs(cut: Text, index: NameIndex) -> Iterator[Mention]:
    """Name words side by side that can be the same person's, from left to right."""
    places = list(cut.entries)
    at = 0
    while at < len(places):
        run, people = [places[at]], set(cut.entries[places[at]].people)
        at += 1
        while at < len(places) and _joined(cut, run[-1], places[at], people):
            people &= cut.entries[places[at]].people.keys()
            run.append(places[at])
            at += 1
        mention = Mention(run, people)
        _take_initials(cut, mention, index)
        yield mention


def _joined(cut: Text, one: int, other: int, people: set[int]) -> bool:
    """Whether two name words belong to one mention of one person."""
    both = people & cut.entries[other].people.keys()
    if not both or (other - one) // 2 - 1 > _MOST_BETWEEN or cut.parts[one] == cut.parts[other]:
        return False
    words = cut.cased and all(cut.entries[p].common for p in (one, other))
    if words and not (cut.capital(one) and cut.capital(other)):
        return False  # "Will grant" is no Will Grant.
    some = next(iter(both))
    parts = (cut.entries[one].people[some], cut.entries[other].people[some])
    if WHOLE in parts:
        return False
    if other == one + 2 and parts == (FAMILY, GIVEN) and COMMA.match(cut.parts[one + 1]):
        return True
    if not all(_is_gap(cut, sep) for sep in range(one + 1, other, 2)):
        return False
    between = range(one + 2, other, 2)
    unknown = [p for p in between if cut.parts[p] not in PARTICLES]
    if any(not cut.capital(p) for p in unknown):
        return False
    return len(unknown) <= 1 and (not unknown or parts == (GIVEN, FAMILY))


def _is_gap(cut: Text, sep: int) -> bool:
    gap = _AFTER_LETTER if len(cut.parts[sep - 1]) == 1 else GAP
    return gap.match(cut.parts[sep]) is not None


def _take_initials(cut: Text, mention: Mention, index: NameIndex) -> None:
    """J. Smith, J.R. Smith; Smith, J.; Ana T."""
    first, last = mention.places[0], mention.places[-1]
    family = {p for p in mention.people if cut.entries[first].people[p] == FAMILY}
    if family:
        first = min(with_particles(cut, first, index.people[p].family) for p in family)
    letters: list[int] = []
    at = first - 2
    while family and at > 0 and len(letters) < 3 and _is_initial(cut, at, at + 1):
        letters.insert(0, at)
        at -= 2
    while letters:
        letter = cut.parts[letters[0]]
        fitting = {p for p in family if any(g[0] == letter for g in _given(index, p))}
        if fitting:
            mention.people, mention.before = fitting, letters
            break
        letters.pop(0)
    after = last + 2
    if mention.before or after >= len(cut.parts) or len(cut.parts[after]) != 1:
        return
    letter = cut.parts[after]
    stop = cut.parts[after + 1][:1] == "."
    if not cut.capital(after) or (letter in _FULL_STOP_LETTERS and not stop):
        return
    gap, reverse = cut.parts[last + 1], COMMA.match(cut.parts[last + 1]) is not None
    part = FAMILY if reverse else GIVEN
    if not reverse and not gap.isspace():
        return
    fitting = {
        p
        for p in mention.people
        if cut.entries[last].people[p] == part
        and letter in {w[0] for w in (_given(index, p) if reverse else index.people[p].family)}
    }
    if fitting:
        mention.people, mention.after = fitting, after


def _is_initial(cut: Text, at: int, gap: int) -> bool:
    if len(cut.parts[at]) != 1 or not cut.capital(at) or not _INITIALGAP.match(cut.parts[gap]):
        return False
    return cut.parts[gap].startswith(".") or cut.parts[at] not in _FULL_STOP_LETTERS


def _given(index: NameIndex, person: int) -> tuple[str, ...]:
    return index.people[person].given + index.people[person].nicknames


def with_particles(cut: Text, place: int, family: tuple[str, ...]) -> int:
    """The place where a surname's particles begin: de la Cruz, O'Brien."""
    word = cut.parts[place]
    known = family.index(word) if word in family else len(family) - 1
    at = place
    for particle in reversed(family[:known]):
        if particle not in PARTICLES or at < 3 or cut.parts[at - 2] != particle:
            break
        if not GAP.match(cut.parts[at - 1]):
            break
        at -= 2
    return at
