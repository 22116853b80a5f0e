"""A review as whoever decides about it reads it: held against its evidence, draft beside final."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from govern.contest.distance import drafted_to_final, edit_share
from govern.domain.contest import FieldChange
from govern.domain.finding import Undefined
from govern.domain.review_intake import IntakeReview
from govern.errors import FrameError

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal["supported", "contradicted", "unverifiable"]
Version = Literal["draft", "final"]


class Passage(NamedTuple):
    """A stretch of text: what the checker found where it is a claim, else ``verdict`` is None.

    ``before``, ``fault`` and ``after`` are its parts around the words at fault, ``evidence`` the
    id of the item that comes nearest.
    """

    before: str
    fault: str = ""
    after: str = ""
    verdict: Verdict | None = None
    evidence: str | None = None


@dataclass(frozen=True)
class CheckedReview:
    """Draft and final in passages; ``None`` for a draft that was not supplied.

    ``unchecked`` says why claims were not checked, where they were not. ``share`` is the share of
    words that a person changed of the draft, ``changed`` what.
    """

    draft: tuple[Passage, ...] | None
    final: tuple[Passage, ...]
    unchecked: str
    share: float | Undefined
    changed: tuple[FieldChange, ...]


def checked_review(review: IntakeReview) -> CheckedReview:
    """The texts of a review, each claim held against the evidence that the AI was shown."""
    texts: dict[Version, str] = {"final": review.final}
    if review.draft is not None:
        texts["draft"] = review.draft
    claims, unchecked = _claims(texts, review)
    passages = {name: _passages(text, claims.get(name, ())) for name, text in texts.items()}
    return CheckedReview(
        draft=passages.get("draft"),
        final=passages["final"],
        unchecked=unchecked,
        share=edit_share(review.draft, review.final),
        changed=drafted_to_final(review),
    )


class _Claim(NamedTuple):
    start: int
    end: int
    verdict: Verdict
    evidence: str | None
    fault_start: int
    fault_end: int


def _claims(
    texts: Mapping[Version, str], review: IntakeReview
) -> tuple[dict[Version, tuple[_Claim, ...]], str]:
    """The claims of each text in order, or why there are none."""
    from govern import frames
    from govern.metrics.checker import claims_table

    if not review.evidence:
        return {}, "no_evidence" if review.evidence is not None else "evidence_not_supplied"
    items = [one.model_dump(exclude_none=True, exclude={"source"}) for one in review.evidence]
    rows = [
        {"draft_id": name, "case_id": "review", "text": text, "evidence": json.dumps(items)}
        for name, text in texts.items()
        if text.strip()
    ]
    try:
        table = claims_table(frames.build(rows))
    except FrameError:
        return {}, "unreadable"
    return {name: _of(table, name) for name in texts}, ""


def _of(table: pd.DataFrame, name: Version) -> tuple[_Claim, ...]:
    mine = table[table["draft_id"] == name].sort_values("start").to_dict("records")
    return tuple(
        _Claim(
            row["start"],
            row["end"],
            row["verdict"],
            row["evidence_id"] if isinstance(row["evidence_id"], str) else None,
            row["fault_start"],
            row["fault_end"],
        )
        for row in mine
    )


def _passages(text: str, claims: tuple[_Claim, ...]) -> tuple[Passage, ...]:
    found: list[Passage] = []
    at = 0
    for one in claims:
        if one.start < at:
            continue
        if one.start > at:
            found.append(Passage(text[at : one.start]))
        at = one.end
        whole = one.verdict == "supported" or (one.fault_start, one.fault_end) == one[:2]
        first, last = (at, at) if whole else (one.fault_start, one.fault_end)
        parts = text[one.start : first], text[first:last], text[last:at]
        found.append(Passage(*parts, one.verdict, one.evidence))
    if at < len(text):
        found.append(Passage(text[at:]))
    return tuple(found)
