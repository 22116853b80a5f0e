"""How far a final review is from its draft, and what changed between two versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from unicodedata import normalize

import numpy as np

from govern.domain.contest import FieldChange
from govern.domain.finding import Undefined
from govern.domain.review_intake import IntakeReview


def edit_share(draft: str | None, final: str | None) -> float | Undefined:
    """Share of words changed from draft to final, 0 to 1.

    The fewest insertions, deletions and replacements of words that make the one of the other,
    over the words of the longer. Words are what spaces part, so a comma more is a change.
    Undefined where a text was not supplied, or neither has a word.
    """
    if draft is None or final is None:
        missing = "draft" if draft is None else "final text"
        return Undefined(reason=f"the {missing} was not supplied", code="not_supplied")
    one, other = _words(draft), _words(final)
    if not one and not other:
        return Undefined(reason="neither text has a word", code="not_assessable")
    return edits(one, other) / max(len(one), len(other))


def unchanged(draft: str, final: str) -> bool:
    """Whether the final text is the draft, word for word."""
    return _words(draft) == _words(final)


def edits(one: Sequence[str], other: Sequence[str]) -> int:
    """The Levenshtein distance of two lists of words.

    By rows: what comes from above and from the diagonal is a minimum over the row before, and
    insertions along a row a running minimum of value less position.
    """
    codes: dict[str, int] = {}
    a, b = (np.array([codes.setdefault(w, len(codes)) for w in ws], int) for ws in (one, other))
    place = np.arange(len(b) + 1)
    row = place.copy()
    for word in a:
        below = np.empty_like(row)
        below[0] = row[0] + 1
        below[1:] = np.minimum(row[1:] + 1, row[:-1] + (b != word))
        row = np.minimum.accumulate(below - place) + place
    return int(row[-1])


def field_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """The fields that differ, by name; a field that is missing on one side is empty there."""
    return tuple(
        FieldChange(field=name, before=before.get(name, ""), after=after.get(name, ""))
        for name in sorted({*before, *after})
        if before.get(name, "") != after.get(name, "")
    )


def drafted_to_final(review: IntakeReview) -> tuple[FieldChange, ...]:
    """What a person changed of what the AI wrote; nothing where that was not supplied."""
    before = _fields(review.draft, review.draft_rating)
    after = _fields(review.final, review.final_rating)
    supplied = before.keys() & after.keys()
    return field_changes({k: before[k] for k in supplied}, {k: after[k] for k in supplied})


def between_versions(before: IntakeReview, after: IntakeReview) -> tuple[FieldChange, ...]:
    """What changed in a review from one version to another."""
    return field_changes(
        _fields(before.final, before.final_rating), _fields(after.final, after.final_rating)
    )


def _fields(text: str | None, rating: float | None) -> dict[str, str]:
    fields = {"text": text, "rating": None if rating is None else f"{rating:g}"}
    return {name: value for name, value in fields.items() if value is not None}


def _words(text: str) -> list[str]:
    return normalize("NFC", text).split()
