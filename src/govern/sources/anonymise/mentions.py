"""Mentions of people in a text: runs of name words, read together, replaced part by part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from govern.sources.anonymise import ordinary
from govern.sources.anonymise.index import (
    FAMILY,
    GIVEN,
    SHORTEST_MISSPELT,
    WHOLE,
    NameIndex,
)
from govern.sources.anonymise.pseudonyms import Pseudonyms
from govern.sources.anonymise.runs import COMMA, Mention, Text, runs, with_particles
from govern.sources.anonymise.spans import Span

_WORDS = re.compile(r"([^\W\d_]+)")
_ABBREVIATIONS = frozenset("U.S. U.K. U.N. E.U. A.M. P.M. H.R. I.T. P.R. Q.A. R.D.".split())
_DOTTED = re.compile(r"(?<![^\W\d_])(?:[^\W\d_a-z]\.[ \t]?){2,4}")


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
    if subject is not None:
        found += _dotted_initials(text, key, index, subject, found)
    if not entries and not found:
        return []
    starts = list(accumulate(map(len, parts), initial=0))
    cut = Text(text, key, parts, starts, entries, ordinary.is_cased(text))
    mentions = [m for m in runs(cut, index) if _is_mention(cut, m)]
    here = {next(iter(m.people)) for m in mentions if len(m.people) == 1}
    spans: list[Span] = []
    for mention in mentions:
        person = _resolve(mention.people, subject, here)
        spans += _replaced(cut, mention, person, index, pseudonyms)
    for start, end, people in found:
        person = _resolve(people, subject, here)
        name = None if person is None else pseudonyms.of(person)
        new = f"{name.given[0]}{name.family[0]}" if name else "[initials]"
        spans.append(Span(start, end, "name", new))
    return spans


def _is_mention(cut: Text, mention: Mention) -> bool:
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
    cut: Text,
    mention: Mention,
    person: int | None,
    index: NameIndex,
    pseudonyms: Pseudonyms,
) -> Iterator[Span]:
    some = next(iter(mention.people)) if person is None else person
    groups: list[tuple[str, int, int]] = []
    for place in mention.places:
        part = cut.entries[place].people[some]
        first = with_particles(cut, place, index.people[some].family) if part == FAMILY else place
        if groups and groups[-1][0] == part:
            groups[-1] = (part, groups[-1][1], place)
        else:
            if groups and groups[-1][0] == GIVEN and not COMMA.match(cut.parts[place - 1]):
                # A middle name or initial goes with the given name.
                groups[-1] = (GIVEN, groups[-1][1], first - 2)
            groups.append((part, first, place))
    for part, first, last in groups:
        start, end = cut.start(first), cut.end(last)
        if last > first and len(cut.parts[last]) == 1 and cut.parts[last + 1].startswith("."):
            end += 1
        word = cut.key[start:end]
        yield Span(
            start, end, "name", _cased(_called(pseudonyms, person, part, word), cut, start, end)
        )
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


def _cased(name: str, cut: Text, start: int, end: int) -> str:
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
        letters = key[match.start() : match.end()].upper()
        people = index.initials.get("".join(c for c in letters if c.isalpha()))
        if people:
            yield match.start(), match.start() + len(match.group().rstrip()), set(people)


def _dotted_initials(
    text: str, key: str, index: NameIndex, subject: int, found: list[tuple[int, int, set[int]]]
) -> Iterator[tuple[int, int, set[int]]]:
    """A.T. in a text about Ana Torres, listed or not."""
    one = index.people.get(subject)
    if one is None or not one.given or not one.family or not ordinary.is_cased(text):
        return
    first, last = one.given[0][0], {one.family[0][0], one.strong_family[0][0]}
    taken = {start for start, _, _ in found}
    for match in _DOTTED.finditer(text):
        letters = [c for c in key[match.start() : match.end()] if c.isalpha()]
        whole = match.group().rstrip()
        known = whole.replace(" ", "").upper() in _ABBREVIATIONS
        if match.start() in taken or known or letters[0] != first or letters[-1] not in last:
            continue
        yield match.start(), match.start() + len(whole), {subject}
