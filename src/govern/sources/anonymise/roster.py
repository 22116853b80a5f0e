"""The roster: who may be named in the texts, and every form their names take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

from govern.errors import InputError
from govern.sources.anonymise.clean import fold, foldings
from govern.sources.anonymise.nicknames import NICKNAMES
from govern.sources.anonymise.reading import read_rows

_TITLES = frozenset("mr mrs ms miss mx dr prof professor sir dame rev fr jr sr ii iii iv".split())
PARTICLES = frozenset(
    "de la las los del della di da dos das do du le van von den der ter ten zu zum zur bin ibn "
    "al el abu st saint san santa mac mc o d l y e i af av".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_FORMS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "full name", "employee", "employee name"),
    "first": ("first", "first name", "given", "given name", "forename"),
    "middle": ("middle", "middle name"),
    "last": ("last", "last name", "surname", "family", "family name"),
    "nicknames": ("nickname", "nicknames", "alias", "aliases", "known as", "former name"),
    "initials": ("initials",),
    "ids": ("id", "employee id", "employee number", "user", "username", "email", "e-mail"),
}


@dataclass(frozen=True)
class Person:
    """Somebody on the roster; names are folded, and never shown."""

    number: int
    given: tuple[str, ...] = field(repr=False)
    family: tuple[str, ...] = field(repr=False)
    nicknames: tuple[str, ...] = field(default=(), repr=False)
    variants: tuple[str, ...] = field(default=(), repr=False)
    initials: tuple[str, ...] = field(default=(), repr=False)
    ids: tuple[str, ...] = field(default=(), repr=False)

    @property
    def strong_family(self) -> tuple[str, ...]:
        """Words of the surname that can stand for the person alone."""
        return tuple(w for w in self.family if w not in PARTICLES) or self.family[-1:]

    @property
    def codes(self) -> tuple[str, ...]:
        """Ids that are nobody else's number: with digits, and with letters or of five and more."""
        return tuple(
            code
            for code in self.ids
            if any(c.isdigit() for c in code) and (len(code) >= 5 or not code.isdigit())
        )

    @property
    def full(self) -> str:
        """Given name and surname, folded, with single spaces."""
        return " ".join((*self.given, *self.family))


def person(number: int, name: str, **more: Sequence[str]) -> Person:
    """A person from a name as people write it: ``Ana de la Cruz`` or ``de la Cruz, Ana``."""
    last, comma, first = fold(name).partition(",")
    if comma and _words(first):
        given, family = _words(first), _words(last)
    else:
        given, family = _split(fold(name))
    forms = {kind: tuple(dict.fromkeys(values)) for kind, values in more.items()}
    return Person(number, given, family, **forms)


def spellings(one: Person) -> set[str]:
    """Folded given name and surname run together, as in user names: anatorres, atorres."""
    families = {"".join(one.family), "".join(one.strong_family), *one.strong_family} - {""}
    joined: set[str] = set()
    for first, family in product(one.given[:1], families):
        joined |= {first + family, family + first}
        joined |= {first[0] + family, family + first[0]} if len(family) >= 4 else set()
    return {form for form in joined if len(form) >= 4}


def read_roster(path: Path, encoding: str | None = None) -> list[Person]:
    """Everyone on the roster, in its order; ``encoding`` is for what is not UTF-8.

    Raises:
        InputError: it cannot be read, has no column of names, or a row without a name.
    """
    people: list[Person] = []
    columns: dict[str, list[str]] = {}
    for chunk in read_rows(path, chunk_rows=10_000, encoding=encoding):
        columns = columns or _columns(path, chunk.header)
        for number, row in zip(chunk.numbers, chunk.rows, strict=True):
            values = {kind: [row.get(c) or "" for c in cs] for kind, cs in columns.items()}
            people.append(_from_row(path, number, len(people), values))
    if not people:
        raise InputError(f"{path}: the roster names nobody")
    return people


def _from_row(path: Path, row: int, number: int, values: Mapping[str, Sequence[str]]) -> Person:
    def one(kind: str) -> str:
        return next((v.strip() for v in values.get(kind, ()) if v.strip()), "")

    name = f"{one('last')}, {one('first')} {one('middle')}" if one("last") else one("first")
    name = one("name") or name
    if not _words(fold(name)):
        raise InputError(f"{path}: row {row}: no name")
    nicknames = {w for part in _parts(values, "nicknames") for w in [fold(part)] if w}
    return with_variants(
        person(
            number,
            name,
            nicknames=sorted(nicknames),
            initials=[part.strip(". ") for part in _parts(values, "initials")],
            ids=sorted({fold(part) for part in _parts(values, "ids")} - {""}),
        ),
        name,
    )


def with_variants(found: Person, name: str) -> Person:
    """With short forms of the given name, and surnames with their accents written otherwise."""
    short = {n for given in found.given for n in NICKNAMES.get(given, ())}
    known = set(found.given) | set(found.family)
    forms = [person(0, form) for form in foldings(name)]
    given = {word for form in forms for word in form.given}
    family = {word for form in forms for word in form.strong_family}
    return replace(
        found,
        nicknames=tuple(sorted((set(found.nicknames) | short | given) - known)),
        variants=tuple(sorted(family - known - set(PARTICLES))),
    )


def from_names(names: Iterable[str], start: int) -> list[Person]:
    """People known by name alone, numbered from ``start``."""
    return [with_variants(person(start + n, name), name) for n, name in enumerate(names)]


def by_name(people: Iterable[Person]) -> dict[str, int]:
    """Number of the first person with each full name, also with middle names left out."""
    found: dict[str, int] = {}
    for one in people:
        found.setdefault(one.full, one.number)
    for one in people:
        if one.given and one.family:
            found.setdefault(" ".join((one.given[0], *one.family)), one.number)
    return found


def name_key(name: str) -> str:
    """What ``by_name`` is looked up with."""
    return person(0, name).full


def _columns(path: Path, header: Sequence[str]) -> dict[str, list[str]]:
    plain = {h: fold(h).replace("_", " ").strip() for h in header}
    found = {kind: [h for h in header if plain[h] in names] for kind, names in _FORMS.items()}
    if not found["name"] and not (found["first"] and found["last"]):
        raise InputError(
            f"{path}: a roster needs a column `name`, or `first` and `last`; its first row has "
            f"{len(header)} cells and none of these (is the header missing?)"
        )
    return {kind: columns for kind, columns in found.items() if columns}


def _parts(values: Mapping[str, Sequence[str]], kind: str) -> list[str]:
    cells = values.get(kind, ())
    return [part.strip() for cell in cells for part in re.split(r"[;|,]", cell) if part.strip()]


def _words(folded: str) -> tuple[str, ...]:
    return tuple(w for w in _WORD.findall(folded) if w not in _TITLES)


def _split(folded: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Given names and surname: the last written word and the particles before it."""
    pieces = [p for p in folded.split() if _words(p)]
    if len(pieces) < 2:
        return _words(folded), ()
    first = len(pieces) - 1
    while first > 1 and _words(pieces[first - 1])[-1] in PARTICLES:
        first -= 1
    given, family = " ".join(pieces[:first]), " ".join(pieces[first:])
    return _words(given), _words(family)
