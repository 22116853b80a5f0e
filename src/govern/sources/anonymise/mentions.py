"""Mentions of people in a text: runs of name words, read together, replaced part by part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from govern.sources.anonymise import ordinary
from govern.sources.anonymise.index import (
    FAMILY,
    GIVEN,
    SHORTEST_MISSPELT,
    WHOLE,
    Entry,
    NameIndex,
)
from govern.sources.anonymise.pseudonyms import Pseudonyms
from govern.sources.anonymise.roster import PARTICLES
from govern.sources.anonymise.spans import Span

_WORDS = re.compile(r"([^\W\d_]+)")
_GAP = re.compile(r"(?:[ \t\n\-_'*/]{1,4}|\.)\Z")
_AFTER_LETTER = re.compile(r"[.\-]?[ \t\n]{0,2}\Z")
_COMMA = re.compile(r"[ \t]?,[ \t\n]{0,3}\Z")
_INITIAL_GAP = re.compile(r"\.?[ \t\n]{0,2}\Z")
_DOTTED = re.compile(r"(?<![^\W\d_])(?:[A-Z]\.[ \t]?){2,4}")
_MOST_BETWEEN = 3
_FULL_STOP_LETTERS = ("a", "i")


@dataclass(slots=True)
class _Text:
    """A text cut into words: ``parts`` alternates separators and words, words at odd places."""

    text: str
    key: str
    parts: list[str]
    starts: list[int]
    entries: dict[int, Entry]
    cased: bool

    def start(self, at: int) -> int:
        return self.starts[at]

    def end(self, at: int) -> int:
        return self.starts[at] + len(self.parts[at])

    def capital(self, at: int) -> bool:
        return self.text[self.starts[at]].isupper()


@dataclass(slots=True)
class _Mention:
    """Places of words that name ``people`` together; an initial before or after them."""

    places: list[int]
    people: set[int]
    before: list[int] = field(default_factory=list)
    after: int | None = None


def find_mentions(
    text: str, key: str, index: NameIndex, pseudonyms: Pseudonyms, *, subject: int | None = None
) -> list[Span]:
    """Spans of every mention of somebody on the roster.

    Args:
        text: clean text; ``key`` its folded form.
        index: the roster's words.
        pseudonyms: what people are called instead.
        subject: who the text is about; an ambiguous name is taken for theirs.
    """
    parts = _WORDS.split(key)
    look_up = index.look_up
    entries = {
        at: entry for at in range(1, len(parts), 2) if (entry := look_up(parts[at])) is not None
    }
    found = list(_listed_initials(text, key, index)) if index.initials else []
    if not entries and not found:
        return []
    starts = list(accumulate(map(len, parts), initial=0))
    cut = _Text(text, key, parts, starts, entries, ordinary.is_cased(text))
    mentions = [m for m in _runs(cut, index) if _is_mention(cut, m)]
    here = {next(iter(m.people)) for m in mentions if len(m.people) == 1}
    spans = []
    for mention in mentions:
        person = _resolve(mention.people, subject, here)
        spans += _replaced(cut, mention, person, index, pseudonyms)
    for start, end, people in found:
        person = _resolve(people, subject, here)
        name = None if person is None else pseudonyms.of(person)
        new = f"{name.given[0]}{name.family[0]}" if name else "[initials]"
        spans.append(Span(start, end, "name", new))
    return spans


def _runs(cut: _Text, index: NameIndex) -> Iterator[_Mention]:
    places = list(cut.entries)
    at = 0
    while at < len(places):
        run, people = [places[at]], set(cut.entries[places[at]].people)
        at += 1
        while at < len(places) and _joined(cut, run[-1], places[at], people):
            people &= cut.entries[places[at]].people.keys()
            run.append(places[at])
            at += 1
        mention = _Mention(run, people)
        _take_initials(cut, mention, index)
        yield mention


def _joined(cut: _Text, one: int, other: int, people: set[int]) -> bool:
    """Whether two name words belong to one mention of one person."""
    both = people & cut.entries[other].people.keys()
    if not both or (other - one) // 2 - 1 > _MOST_BETWEEN or cut.parts[one] == cut.parts[other]:
        return False
    if cut.cased and all(cut.entries[p].common for p in (one, other)):
        # "Will grant" is no Will Grant.
        if not (cut.capital(one) and cut.capital(other)):
            return False
    some = next(iter(both))
    parts = (cut.entries[one].people[some], cut.entries[other].people[some])
    if WHOLE in parts:
        return False
    if other == one + 2 and parts == (FAMILY, GIVEN) and _COMMA.match(cut.parts[one + 1]):
        return True
    if not all(_is_gap(cut, sep) for sep in range(one + 1, other, 2)):
        return False
    between = range(one + 2, other, 2)
    unknown = [p for p in between if cut.parts[p] not in PARTICLES]
    if any(not cut.capital(p) for p in unknown):
        return False
    return len(unknown) <= 1 and (not unknown or parts == (GIVEN, FAMILY))


def _is_gap(cut: _Text, sep: int) -> bool:
    gap = _AFTER_LETTER if len(cut.parts[sep - 1]) == 1 else _GAP
    return gap.match(cut.parts[sep]) is not None


def _take_initials(cut: _Text, mention: _Mention, index: NameIndex) -> None:
    """J. Smith, J.R. Smith; Smith, J.; Ana T."""
    first, last = mention.places[0], mention.places[-1]
    family = {p for p in mention.people if cut.entries[first].people[p] == FAMILY}
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
    gap, reverse = cut.parts[last + 1], _COMMA.match(cut.parts[last + 1]) is not None
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


def _is_initial(cut: _Text, at: int, gap: int) -> bool:
    if len(cut.parts[at]) != 1 or not cut.capital(at) or not _INITIAL_GAP.match(cut.parts[gap]):
        return False
    return cut.parts[gap].startswith(".") or cut.parts[at] not in _FULL_STOP_LETTERS


def _given(index: NameIndex, person: int) -> tuple[str, ...]:
    return index.people[person].given + index.people[person].nicknames


def _is_mention(cut: _Text, mention: _Mention) -> bool:
    entries = [cut.entries[p] for p in mention.places]
    plain = [e for e in entries if not e.common and e.edits == 0]
    if plain:
        return True
    if len(entries) > 1 or mention.before:
        return not cut.cased or any(cut.capital(p) for p in mention.places)
    [entry], [place] = entries, mention.places
    if WHOLE in entry.people.values() and entry.common:
        return False
    start, end = cut.start(place), cut.end(place)
    if entry.edits == 0:
        return ordinary.used_as_name(cut.text, cut.key, start, end, cased=cut.cased)
    if ordinary.has_title(cut.key, start):
        return True
    if entry.common or (cut.cased and not cut.capital(place)):
        return False
    sure = end - start >= SHORTEST_MISSPELT and not entry.doubtful
    return sure or (cut.cased and not ordinary.starts_sentence(cut.key, start))


def _resolve(people: set[int], subject: int | None, here: set[int]) -> int | None:
    """Whom of several a name means: the subject, else the one named in full in the text."""
    if subject in people:
        return subject
    if len(people) == 1:
        return next(iter(people))
    near = people & here
    return next(iter(near)) if len(near) == 1 else None


def _replaced(
    cut: _Text,
    mention: _Mention,
    person: int | None,
    index: NameIndex,
    pseudonyms: Pseudonyms,
) -> Iterator[Span]:
    some = next(iter(mention.people)) if person is None else person
    groups: list[tuple[str, int, int]] = []
    for place in mention.places:
        part = cut.entries[place].people[some]
        first = _with_particles(cut, place, index.people[some].family) if part == FAMILY else place
        if groups and groups[-1][0] == part:
            groups[-1] = (part, groups[-1][1], place)
        else:
            if groups and groups[-1][0] == GIVEN and not _COMMA.match(cut.parts[place - 1]):
                # A middle name or initial goes with the given name.
                groups[-1] = (GIVEN, groups[-1][1], first - 2)
            groups.append((part, first, place))
    for part, first, last in groups:
        start, end = cut.start(first), cut.end(last)
        word = cut.key[start:end]
        yield Span(start, end, "name", _cased(_called(pseudonyms, person, part, word), cut, start, end))
    called = pseudonyms.of(person) if person is not None else None
    if mention.before:
        start, end = cut.start(mention.before[0]), cut.end(mention.before[-1])
        yield Span(start, end, "name", called.given[0] if called else "X")
    if mention.after is not None:
        start, end = cut.start(mention.after), cut.end(mention.after)
        reverse = groups[-1][0] == FAMILY
        letter = (called.given if reverse else called.family)[0] if called else "X"
        yield Span(start, end, "name", letter)


def _called(pseudonyms: Pseudonyms, person: int | None, part: str, word: str) -> str:
    if person is None:
        return pseudonyms.shared(part, word)
    name = pseudonyms.of(person)
    if part == WHOLE:
        return f"{name.given}{name.family}"
    return name.family if part == FAMILY else name.given


def _with_particles(cut: _Text, place: int, family: tuple[str, ...]) -> int:
    """The place where a surname's particles begin: de la Cruz, O'Brien."""
    word = cut.parts[place]
    known = family.index(word) if word in family else len(family) - 1
    at = place
    for particle in reversed(family[:known]):
        if particle not in PARTICLES or at < 3 or cut.parts[at - 2] != particle:
            break
        if not _GAP.match(cut.parts[at - 1]):
            break
        at -= 2
    return at


def _cased(name: str, cut: _Text, start: int, end: int) -> str:
    written = cut.text[start:end]
    if written.isupper() and end - start > 1:
        return name.upper()
    return name.lower() if written.islower() else name


def _listed_initials(text: str, key: str, index: NameIndex) -> Iterator[tuple[int, int, set[int]]]:
    if not ordinary.is_cased(text):
        return
    for match in _WORDS.finditer(key):
        people = index.initials.get(match.group().upper())
        if people and text[match.start() : match.end()].isupper():
            yield match.start(), match.end(), set(people)
    for match in _DOTTED.finditer(text):
        people = index.initials.get("".join(c for c in match.group() if c.isalpha()))
        if people:
            yield match.start(), match.start() + len(match.group().rstrip()), set(people)
