"""Product and client names that the user lists: each becomes the same label everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from govern.errors import InputError
from govern.sources.anonymise import ordinary
from govern.sources.anonymise.clean import fold
from govern.sources.anonymise.encoding import detect
from govern.sources.anonymise.spans import Span
from govern.sources.anonymise.words import common_words

_TOKEN = re.compile(r"[^\W_]+")


def read_phrases(path: Path, encoding: str | None = None) -> list[str]:
    """One name a line; empty lines and those that begin with # do not count.

    ``encoding`` is for what is not UTF-8.

    Raises:
        InputError: the file cannot be read or names nothing.
    """
    try:
        lines = path.read_text(encoding=detect(path, encoding)).splitlines()
    except OSError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror}") from err
    except UnicodeError:
        raise InputError(
            f"{path}: bytes that the encoding does not have; give the file's own with --encoding, "
            "or save it as UTF-8"
        ) from None
    names = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not names:
        raise InputError(f"{path}: names nothing; expected one name a line")
    return names


class Phrases:
    """Lists of names by kind; the longest match wins."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
        for kind, names in lists.items():
            for number, name in enumerate(names, start=1):
                words = tuple(_TOKEN.findall(fold(name)))
                if words:
                    label = f"{kind.capitalize()} {number}"
                    self._by_first.setdefault(words[0], []).append((words, kind, label))
        for options in self._by_first.values():
            options.sort(key=lambda option: -len(option[0]))

    def __bool__(self) -> bool:
        return bool(self._by_first)

    def words(self) -> set[str]:
        """Single-word names that are no everyday words: they must not be left anywhere."""
        return {
            words[0]
            for options in self._by_first.values()
            for words, _, _ in options
            if len(words) == 1 and words[0] not in common_words()
        }

    def find(self, text: str, key: str) -> Iterator[Span]:
        """Spans of listed names; a one-word name that is an everyday word needs its capital."""
        tokens = list(_TOKEN.finditer(key))
        at = 0
        while at < len(tokens):
            step = 1
            for words, kind, label in self._by_first.get(tokens[at].group(), ()):
                run = tokens[at : at + len(words)]
                if tuple(t.group() for t in run) != words or not _close(key, run):
                    continue
                start, end = run[0].start(), run[-1].end()
                if len(words) == 1 and words[0] in common_words():
                    capital = text[start].isupper() and not ordinary.starts_sentence(key, start)
                    if not capital:
                        continue
                yield Span(start, end, kind, label)
                step = len(words)
                break
            at += step


def _close(key: str, run: Sequence[re.Match[str]]) -> bool:
    gaps = (key[a.end() : b.start()] for a, b in pairwise(run))
    return all(len(gap) <= 3 and "." not in gap.strip()[:-1] for gap in gaps)
