"""The token index: which words of a text could be somebody's name, one look-up a word.

Exact forms, and misspellings through an index of deletions (as in SymSpell): every word is
classified once, however often it occurs and however long the roster is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from govern.sources.anonymise.clean import fold
from govern.sources.anonymise.roster import Person, spellings
from govern.sources.anonymise.words import common_words

GIVEN, FAMILY, WHOLE = "given", "family", "whole"
SHORTEST_MISSPELT = 4
TWO_EDITS_FROM = 8
_CACHE_LIMIT = 500_000


@dataclass(frozen=True, slots=True)
class Entry:
    """What a word may stand for: part by person.

    ``edits`` is 0 for an exact form, ``common`` says that it is an everyday word as well,
    ``doubtful`` that it is near such a word only.
    """

    people: Mapping[int, str]
    edits: int
    common: bool
    doubtful: bool = False

    def __repr__(self) -> str:
        return f"Entry({len(self.people)} people, edits={self.edits}, common={self.common})"


class NameIndex:
    """All name words of a roster."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = {one.number: one for one in people}
        self._common = common_words()
        exact: dict[str, dict[int, str]] = {}
        for one in self.people.values():
            for word, part in _words(one):
                exact.setdefault(word, {}).setdefault(one.number, part)
        self.exact = {
            word: Entry(found, 0, word in self._common or len(word) <= 2)
            for word, found in exact.items()
        }
        plurals = {_plural(w) for one in self.people.values() for w in one.strong_family}
        self._deletions: dict[str, list[str]] = {}
        for word, entry in self.exact.items():
            short = word in plurals and len(word) <= SHORTEST_MISSPELT + 1  # "the Kims", not kids
            if len(word) >= SHORTEST_MISSPELT and not short and {*entry.people.values()} != {WHOLE}:
                for cut in _cuts(word, _allowed(word)):
                    self._deletions.setdefault(cut, []).append(word)
        self._seen: dict[str, Entry | None] = {}
        self.initials = _initials(self.people.values())

    def look_up(self, word: str) -> Entry | None:
        """What a folded word may stand for, or None for most words."""
        try:
            return self._seen[word]
        except KeyError:
            if len(self._seen) > _CACHE_LIMIT:
                self._seen.clear()
            entry = self._seen[word] = self.exact.get(word) or self._misspelt(word)
            return entry

    def is_name_of(self, word: str, person: int) -> bool:
        """Whether a folded word is a form of this person's name."""
        entry = self.exact.get(word)
        return entry is not None and person in entry.people

    def _misspelt(self, word: str) -> Entry | None:
        if not SHORTEST_MISSPELT - 1 <= len(word) <= 40:
            return None
        found: dict[str, int] = {}
        for cut in _cuts(word, 2 if len(word) >= TWO_EDITS_FROM - 2 else 1):
            for name in self._deletions.get(cut, ()):
                if name not in found:
                    found[name] = edits(word, name)
        good = {
            name: n
            for name, n in found.items()
            if n <= _allowed(name) and (len(name) >= 6 or _same_ends(word, name))
        }
        if not good:
            return None
        least = min(good.values())
        people: dict[int, str] = {}
        for name, n in good.items():
            if n == least:
                for one, part in self.exact[name].people.items():
                    if part != WHOLE:
                        people.setdefault(one, part)
        doubtful = all(self.exact[name].common for name, n in good.items() if n == least)
        return Entry(people, least, word in self._common, doubtful)


def edits(one: str, other: str) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours between two words."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def _words(one: Person) -> Iterable[tuple[str, str]]:
    yield from ((word, GIVEN) for word in one.given if len(word) > 1)
    yield from ((word, FAMILY) for word in one.strong_family if len(word) > 1)
    yield from ((word, FAMILY) for word in one.variants if len(word) > 1)
    yield from ((_plural(word), FAMILY) for word in one.strong_family if len(word) >= 2)
    if len(one.given) > 1:
        yield "".join(one.given[:2]), GIVEN
    if len(one.family) > 1:
        yield "".join(one.family), FAMILY
    for nickname in one.nicknames:
        if nickname.isalpha() and len(nickname) > 1:
            yield nickname, GIVEN
    users = {code for code in one.ids if code.isalpha() and len(code) >= 4}
    yield from ((word, WHOLE) for word in spellings(one) | users)


def _plural(family: str) -> str:
    """The Smiths, the Torreses."""
    return family + ("es" if family.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _initials(people: Iterable[Person]) -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = {}
    for one in people:
        for listed in one.initials:
            found.setdefault(fold(listed).replace(".", "").upper(), {})[one.number] = WHOLE
    return found


def _allowed(name: str) -> int:
    return 2 if len(name) >= TWO_EDITS_FROM else 1


def _cuts(word: str, most: int) -> set[str]:
    """The word and what is left of it after up to ``most`` deletions."""
    found = last = {word}
    for _ in range(most):
        last = {w[:i] + w[i + 1 :] for w in last for i in range(len(w))}
        found = found | last
    return found


def _same_ends(word: str, name: str) -> bool:
    """Short names are taken as misspelt only where the first letter stands, or two are swapped."""
    return word[0] == name[0] or word[:2] == name[1::-1]
