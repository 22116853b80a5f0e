"""Spans: which characters of a text become what, overlaps resolved."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

# Lower wins. A whole e-mail address outranks the name in it.
RANK = {
    "email": 0,
    "url": 1,
    "handle": 1,
    "id": 2,
    "iban": 2,
    "national_id": 2,
    "card": 2,
    "ip": 3,
    "date": 4,
    "phone": 5,
    "account": 6,
    "address": 7,
    "client": 8,
    "product": 8,
    "name": 9,
    "unlisted": 11,
}


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` become ``new``; ``kind`` says why. ``repr`` has no text."""

    start: int
    end: int
    kind: str
    new: str

    def __repr__(self) -> str:
        return f"Span({self.start}, {self.end}, {self.kind!r})"


def resolve(spans: Iterable[Span]) -> list[Span]:
    """Spans that do not overlap, in text order.

    The better rank wins, then the longer, then the first. What sticks out of the winner is
    taken with it: no half of a span is left standing.
    """
    ordered = sorted(spans, key=lambda s: (RANK[s.kind], s.start - s.end, s.start))
    starts: list[int] = []
    kept: list[Span] = []
    for span in ordered:
        grown = span
        at = bisect_right(starts, span.start)
        first = at - 1 if at and kept[at - 1].end > span.start else at
        last = first
        while last < len(kept) and kept[last].start < span.end:
            last += 1
        if last > first:
            winner = min(kept[first:last], key=lambda s: (RANK[s.kind], s.start - s.end))
            grown = replace(
                winner,
                start=min(span.start, kept[first].start),
                end=max(span.end, kept[last - 1].end),
            )
        kept[first:last] = [grown]
        starts[first:last] = [grown.start]
    return kept


def placed(spans: Iterable[Span]) -> list[tuple[int, int]]:
    """Where the replacements stand in the new text."""
    found, moved = [], 0
    for span in spans:
        start = span.start + moved
        found.append((start, start + len(span.new)))
        moved += len(span.new) - (span.end - span.start)
    return found


def apply(text: str, spans: Iterable[Span]) -> str:
    """``text`` with each span replaced; spans are in order and do not overlap."""
    parts: list[str] = []
    at = 0
    for span in spans:
        parts += [text[at : span.start], span.new]
        at = span.end
    return "".join([*parts, text[at:]])
