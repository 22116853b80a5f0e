"""The leak scan: every roster word looked for again in what would be written."""

from __future__ import annotations

import re
from collections.abc import Collection

from govern.sources.anonymise import ordinary
from govern.sources.anonymise.clean import clean, key
from govern.sources.anonymise.index import NameIndex
from govern.sources.anonymise.patterns import LABELS

_LETTERS = re.compile(r"[^\W\d_]+")
_CODE = re.compile(r"[a-z0-9][a-z0-9._@-]{2,}")
_LABEL = re.compile("|".join(re.escape(label) for label in sorted(set(LABELS.values()))))
_SQUEEZED = 8


class LeakScan:
    """Finds roster names in a text by a way of its own: on letters alone, after cleaning again."""

    def __init__(self, index: NameIndex, *, words: Collection[str], codes: Collection[str]) -> None:
        self._sure = {w for w, e in index.exact.items() if not e.common} | set(words)
        self._both = {w for w, e in index.exact.items() if e.common}
        self._codes = frozenset(codes)
        self._squeezed: dict[str, list[str]] = {}
        for one in index.people.values():
            parts = (*one.given[:1], *one.family)
            full = "".join(parts)
            if len(full) >= _SQUEEZED and any(p in self._sure for p in parts):
                self._squeezed.setdefault(full[:_SQUEEZED], []).append(full)

    def scan(self, text: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Places of leaks, and of words that are roster names as well, kept as words.

        A leak is a roster word that is no everyday word, wherever it stands; one that is, where
        it is used as a name; a roster id; a full name spelt with anything between its letters.
        """
        text = _LABEL.sub(lambda m: "#" * len(m.group()), clean(text))
        folded = key(text)
        leaks: list[tuple[int, int]] = []
        kept: list[tuple[int, int]] = []
        cased = ordinary.is_cased(text)
        for match in _LETTERS.finditer(folded):
            word = match.group()
            if word in self._sure:
                leaks.append(match.span())
            elif word in self._both:
                start, end = match.span()
                if ordinary.used_as_name(text, folded, start, end, cased=cased):
                    leaks.append((start, end))
                elif text[start].isupper():
                    kept.append((start, end))
        for match in _CODE.finditer(folded) if self._codes else ():
            if match.group().rstrip(".-_") in self._codes:
                leaks.append(match.span())
        if self._squeezed and not leaks:
            leaks += self._spelt_out(folded)
        return leaks, kept

    def _spelt_out(self, folded: str) -> list[tuple[int, int]]:
        letters = "".join(_LETTERS.findall(folded))
        windows = {letters[i : i + _SQUEEZED] for i in range(len(letters) - _SQUEEZED + 1)}
        hits = windows & self._squeezed.keys()
        found = any(full in letters for hit in hits for full in self._squeezed[hit])
        return [(0, len(folded))] if found else []
