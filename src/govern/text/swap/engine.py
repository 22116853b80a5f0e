"""One person's text rewritten for another: names, pronouns, verbs, titles and gendered nouns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from govern.domain.case import Identity
from govern.errors import IntegrityError
from govern.text.swap.agreement import verb_edits
from govern.text.swap.names import find_names, name_edits
from govern.text.swap.nouns import noun_edits
from govern.text.swap.person import Edit, read
from govern.text.swap.pronouns import find_pronouns, pronoun_edits
from govern.text.swap.verify import Span, verify


@dataclass(frozen=True)
class Swapped:
    """The variant and every change that made it, in the order of the original."""

    text: str
    spans: tuple[Span, ...]


def swap(text: str, *, from_identity: Identity, to_identity: Identity) -> Swapped:
    """``text`` about one identity, as it would read about another.

    Names change case for case (``James'``, ``EMILY``), surnames where both identities have one.
    Where pronouns differ, so do pronouns in all cases, the verbs that agree with *they*, titles,
    spouses and nouns that describe the person. An identity without pronouns is named each time.
    Everything else stays, byte for byte: the result is verified before it is returned.

    What the rules cannot know, and how often they err: docs/swaps.md.

    Raises:
        DatasetError: the text is no string, or a name cannot stand in one.
        IntegrityError: a rule made a change that ``verify`` refuses: a defect of ours.
    """
    swapping = read(text, from_identity, to_identity)
    firsts, lasts = find_names(swapping)
    named = {i + n for i, length in firsts.items() for n in range(length)} | lasts
    edits = name_edits(swapping, firsts, lasts)
    if swapping.gendered:
        pronouns = find_pronouns(swapping, named)
        edits += pronoun_edits(swapping, pronouns)
        edits += verb_edits(swapping, [i for i, case in pronouns.items() if case == "subject"])
        edits += noun_edits(swapping, named)
    spans = _spans(text, edits)
    variant = _applied(text, spans)
    verify(text, variant, spans, from_identity=from_identity, to_identity=to_identity)
    return Swapped(variant, spans)


def _spans(text: str, edits: list[Edit]) -> tuple[Span, ...]:
    """Edits that change something, in order.

    Raises:
        IntegrityError: two rules claim the same words.
    """
    changes = {
        (e.start, e.end): Span(e.start, e.end, text[e.start : e.end], e.after, e.kind)
        for e in sorted(edits, key=lambda e: (e.start, e.end))
        if text[e.start : e.end] != e.after
    }
    spans = tuple(changes.values())
    for before, after in pairwise(spans):
        if after.start < before.end:
            raise IntegrityError(f"two rules change {text[before.start : after.end]!r}")
    return spans


def _applied(text: str, spans: tuple[Span, ...]) -> str:
    parts, at = [], 0
    for span in spans:
        parts += [text[at : span.start], span.after]
        at = span.end
    return "".join([*parts, text[at:]])
