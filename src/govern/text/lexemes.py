"""Words of a column that know where they stand, as codes into one dictionary of forms.

A form is a word with what separates it from the next one: signs such as % and ; are read from
the dictionary, which is small, and not from the texts, which are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
_BETWEEN = "\x00"
# One character for one, so that places stay true.
_PLAIN = (
    ("[\u2018\u2019\u02bc]", "'"),
    ("[\u2010-\u2015\u2212]", "-"),
    ("[£€]", "$"),
    ("[^\x00-\x7f\\w\u0300-\u036f]", " "),
)
_WORD = np.zeros(256, dtype=bool)
_WORD[[*range(ord("0"), ord("9") + 1), *range(ord("A"), ord("Z") + 1)]] = True
_WORD[[*range(ord("a"), ord("z") + 1), *range(128, 256)]] = True
_DIGIT = np.zeros(256, dtype=bool)
_DIGIT[ord("0") : ord("9") + 1] = True


@dataclass(frozen=True)
class Lexemes:
    """T words of N texts, in order.

    Attributes:
        form: of each word, into ``words`` and ``gaps``.
        previous: of the word before, into ``leads``, in whichever text that stands.
        row: the text of each word, 0 to N-1.
        start: first character of each word in its text.
        end: one past its last.
        words: by form, as written; a number keeps its commas and its point.
        gaps: by form, what stands between the word and the next one of the same text.
        leads: by form, what stands before the first word of the next text.
    """

    form: Codes
    previous: Codes
    row: Codes
    start: Codes
    end: Codes
    words: tuple[str, ...]
    gaps: tuple[str, ...]
    leads: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.form)

    @cached_property
    def lower(self) -> tuple[dict[str, int], Codes]:
        """The different words in small letters, numbered, and which of them each word is."""
        return self._different(word.lower() for word in self.words)

    @cached_property
    def _gaps(self) -> tuple[dict[str, int], Codes]:
        return self._different(self.gaps)

    def _different(self, of_forms: Iterable[str]) -> tuple[dict[str, int], Codes]:
        place: dict[str, int] = {}
        code = [place.setdefault(each, len(place)) for each in of_forms]
        return place, np.array(code, dtype=np.int64)[self.form]

    def where(self, test: Callable[[str], bool]) -> Flags:
        """Words whose lower-case form passes ``test``."""
        different, word = self.lower
        return np.array([test(each) for each in different], dtype=bool)[word]

    def among(self, words: frozenset[str]) -> Flags:
        """Words that are one of ``words``, in small letters."""
        different, word = self.lower
        found = np.zeros(len(different), dtype=bool)
        found[[different[each] for each in words & different.keys()]] = True
        return found[word]

    def valued(self, table: Mapping[str, int]) -> Codes:
        """What ``table`` has for each word in small letters, else 0."""
        different, word = self.lower
        values = np.zeros(len(different), dtype=np.int64)
        for each in table.keys() & different.keys():
            values[different[each]] = table[each]
        return values[word]

    def gap(self, pattern: str) -> Flags:
        """Words followed, before the next word, by what ``pattern`` matches from the start."""
        test = re.compile(pattern).match
        different, gap = self._gaps
        return np.array([bool(test(each)) for each in different], dtype=bool)[gap]

    def lead(self, pattern: str) -> Flags:
        """Words that begin a text with what ``pattern`` matches before them."""
        test = re.compile(pattern).match
        led = np.array([bool(test(lead)) for lead in self.leads], dtype=bool)
        return np.asarray(led[self.previous] & self.first(), dtype=bool)

    def first(self) -> Flags:
        """Words that begin a text."""
        return np.concatenate([[True], self.row[1:] != self.row[:-1]])[: len(self)]

    @cached_property
    def _begins(self) -> Codes:
        return np.flatnonzero(self.first())

    def before(self, flags: NDArray[Any], by: int = 1) -> NDArray[Any]:
        """What holds for the word ``by`` places before, within the text; zero outside it."""
        moved = np.zeros_like(flags)
        moved[by:] = flags[:-by]
        for step in range(by):
            moved[self._begins[self._begins < len(self) - step] + step] = 0
        return moved

    def after(self, flags: NDArray[Any], by: int = 1) -> NDArray[Any]:
        """What holds for the word ``by`` places after, within the text; zero outside it."""
        moved = np.zeros_like(flags)
        moved[:-by] = flags[by:]
        for step in range(1, by + 1):
            moved[self._begins[self._begins >= step] - step] = 0
        return moved


def lexemes(texts: pd.Series[str]) -> Lexemes:
    """Runs of letters and digits; 1,250 and 4.4 are one word, *didn't* and *3-point* two.

    Args:
        texts: any index; a missing text has no word.
    """
    # A word in front gives the first text, too, something that its lead can follow.
    whole = _BETWEEN.join(["x", *(t.replace(_BETWEEN, " ") for t in texts.fillna(""))])
    if not whole.isascii():
        for pattern, replacement in _PLAIN:
            whole = re.sub(pattern, replacement, whole)
    data = whole.encode()
    bytes_ = np.frombuffer(data, dtype=np.uint8)
    starts, ends = _runs(bytes_)
    segments = pa.LargeStringArray.from_buffers(
        len(starts),
        pa.py_buffer(np.append(starts, len(bytes_)).astype(np.int64)),
        pa.py_buffer(data),
    ).dictionary_encode()
    forms = [_split(segment) for segment in segments.dictionary.to_pylist()]
    form = segments.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    row = np.searchsorted(np.flatnonzero(bytes_ == 0), starts[1:]) - 1
    if not whole.isascii():
        characters = np.cumsum((bytes_ & 0xC0) != 0x80) - 1
        bounds = np.flatnonzero(bytes_ == 0)
        origin = characters[bounds] + 1
        starts = characters[starts]
        ends = np.append(characters, characters[-1] + 1)[ends]
    else:
        origin = np.flatnonzero(bytes_ == 0) + 1
    begin = origin[row] if len(row) else row
    return Lexemes(
        form[1:],
        form[:-1],
        row.astype(np.int64),
        (starts[1:] - begin).astype(np.int64),
        (ends[1:] - begin).astype(np.int64),
        *(tuple(parts) for parts in zip(*forms, strict=True)),
    )


def _runs(data: NDArray[np.uint8]) -> tuple[Codes, Codes]:
    """Where words start and end, in bytes; a point or comma before a digit may be inside one."""
    word, digit = _WORD[data], _DIGIT[data]
    marks = np.flatnonzero((data == ord(".")) | (data == ord(",")))
    marks = marks[(marks > 0) & (marks < len(data) - 1)]
    marks = marks[digit[marks + 1]]
    bare = (data[marks] == ord(".")) & ~word[marks - 1] & (data[marks - 1] != ord("."))
    word[marks[digit[marks - 1] | bare]] = True
    edges = np.flatnonzero(np.diff(word.view(np.int8), prepend=0, append=0))
    return edges[::2], edges[1::2]


_FORM = re.compile(
    r"(\.?[^\W_][^\W_\u0300-\u036f]*(?:[.,][0-9]+|[^\W_]|[\u0300-\u036f])*)", re.DOTALL
)


def _split(segment: str) -> tuple[str, str, str]:
    found = _FORM.match(segment)
    word = found.group(0) if found else segment.rstrip()
    gap, _, lead = segment[len(word) :].partition(_BETWEEN)
    return word, gap, lead.rpartition(_BETWEEN)[2]
