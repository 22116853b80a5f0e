"""Word lists: versioned text files in ``words/``, each with its construct and its source.

A file has ``version``, ``about`` and ``source``, a line of dashes, then entries parted by commas
and line breaks. An entry is a word or a phrase; ``lead||s|ing`` spells out its forms, one for each
ending: lead, leads, leading. Nothing is matched that is not spelt out. Entries of a line that
starts with ``~`` are masked with the rest of their list but are no mention by themselves: *white*
may be of paper.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product

Phrase = tuple[str, ...]
#: Lists of words for who somebody is, by protected characteristic.
GROUP_LISTS = (
    "gender",
    "race_ethnicity",
    "religion",
    "age",
    "family",
    "health",
    "orientation",
)


@dataclass(frozen=True)
class WordList:
    """The phrases of one list, word by word, in the form that tokens have."""

    name: str
    version: str
    about: str
    source: str
    phrases: frozenset[Phrase]
    masked_only: frozenset[Phrase]

    @property
    def words(self) -> frozenset[str]:
        """The entries of one word, those included that are masked only."""
        return frozenset(p[0] for p in self.phrases | self.masked_only if len(p) == 1)


@cache
def word_list(name: str) -> WordList:
    """The shipped list ``name``."""
    return parse(name, (files("govern.text") / "words" / f"{name}.txt").read_text("utf-8"))


def parse(name: str, written: str) -> WordList:
    """A list from its file's text.

    Raises:
        ValueError: the head lacks a line, or an entry is doubled or stands within another,
            where one wording would count twice.
    """
    head, _, body = written.partition("\n---\n")
    told = dict(line.partition(": ")[::2] for line in head.splitlines())
    absent = [key for key in ("version", "about", "source") if not told.get(key)]
    if absent:
        raise ValueError(f"word list {name}: no {', '.join(absent)} above the dashes")
    said: list[Phrase] = []
    masked_only: list[Phrase] = []
    for line in body.splitlines():
        target = masked_only if line.startswith("~") else said
        for entry in line.removeprefix("~").split(","):
            target += _forms(entry)
    _refuse_twice(name, said + masked_only)
    _refuse_nested(name, said)
    return WordList(
        name,
        told["version"],
        told["about"],
        told["source"],
        frozenset(said),
        frozenset(masked_only),
    )


@cache
def group_words() -> frozenset[str]:
    """Every single word of the group lists."""
    return frozenset().union(*(word_list(name).words for name in GROUP_LISTS))


def _forms(entry: str) -> list[Phrase]:
    spelt = []
    for word in entry.split():
        stem, *endings = word.split("|")
        spelt.append([stem + ending for ending in endings or [""]])
    return list(product(*spelt)) if spelt else []


def _refuse_twice(name: str, phrases: list[Phrase]) -> None:
    twice = sorted(" ".join(phrase) for phrase, n in Counter(phrases).items() if n > 1)
    if twice:
        raise ValueError(f"word list {name}: twice there: {', '.join(twice)}")


def _refuse_nested(name: str, phrases: list[Phrase]) -> None:
    known = set(phrases)
    for phrase in phrases:
        size = len(phrase)
        parts = {phrase[a:b] for a in range(size) for b in range(a + 1, size + 1)}
        inner = sorted(" ".join(part) for part in parts & known - {phrase})
        if inner:
            raise ValueError(f"word list {name}: {inner[0]!r} is within {' '.join(phrase)!r}")
