"""Recall and precision of spans against the corpus's marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_NEUTRAL = frozenset("mr ms dr the of th".split())


@dataclass
class Score:
    """Marked and found by kind and form; spans and those that hit no mark."""

    marked: Counter = field(default_factory=Counter)
    found: Counter = field(default_factory=Counter)
    spans: Counter = field(default_factory=Counter)
    wrong: Counter = field(default_factory=Counter)
    missed: list = field(default_factory=list)

    def recall(self, names: bool) -> float:
        keys = [k for k in self.marked if (k[0] == "name") == names]
        return sum(self.found[k] for k in keys) / sum(self.marked[k] for k in keys)

    def precision(self, names: bool) -> float:
        keys = [k for k in self.spans if (k == "name") == names]
        total = sum(self.spans[k] for k in keys)
        return 1 - sum(self.wrong[k] for k in keys) / total


def score(texts: Sequence, spans: Iterable[Sequence[tuple[int, int, str]]]) -> Score:
    """A mark is found where every word of it, titles apart, lies in some span."""
    result = Score()
    for text, found in zip(texts, spans, strict=True):
        covered = bytearray(len(text.cleaned))
        for start, end, _ in found:
            covered[start:end] = b"\1" * (end - start)
        marked = bytearray(len(text.cleaned))
        for start, end, kind, form in text.marks:
            marked[start:end] = b"\1" * (end - start)
            result.marked[kind, form] += 1
            if _left(text.cleaned[start:end], covered[start:end]):
                result.missed.append((kind, form, text.cleaned[max(0, start - 20) : end + 20]))
            else:
                result.found[kind, form] += 1
        for start, end, kind in found:
            result.spans[kind] += 1
            if not any(marked[start:end]):
                result.wrong[kind] += 1
    return result


def _left(piece: str, covered: bytes) -> list[str]:
    """Words of a mark with a character that no span covers."""
    words, word, bare = [], "", False
    for char, is_covered in zip(piece + " ", bytes(covered) + b"\0", strict=True):
        if char.isalnum():
            word += char
            bare = bare or not is_covered
        elif word:
            if bare and word.lower() not in _NEUTRAL:
                words.append(word)
            word, bare = "", False
    return words
