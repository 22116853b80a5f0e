"""What people did with a pipeline's drafts in use: how often and how far they changed them.

Numbers of many people alone: of those the reviews are about, and of those who wrote them. They
tell what was changed, and not whether it should have been. Source: docs/reports.md#drafts-in-use.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np

from govern.contest.cells import counted, finding
from govern.contest.coverage import why_uncovered
from govern.contest.distance import edit_share, unchanged
from govern.contest.notices import undisclosed
from govern.contest.specs import SMALLEST
from govern.domain.decision import Decision
from govern.domain.finding import Finding, StudentT, Undefined
from govern.domain.metric import Spec
from govern.domain.review_intake import IntakeReview
from govern.stats.unpaired import side

MOST = 500
"""The newest reviews whose words are compared one by one, which takes some milliseconds each."""
_METHOD = "mean over reviews, t over those who wrote them"


def _spec(name: str, question: str, unit: str) -> Spec:
    return Spec(
        id=f"use.{name}",
        version="1.0.0",
        question=question,
        unit=unit,
        sense="centred",
        shape="table",
        method=_METHOD,
    )


AS_DRAFTED = _spec(
    "left_as_drafted", "How many reviews stand word for word as drafted?", "share of reviews"
)
WORDS = _spec("words_changed", "What share of the words was changed?", "share of words")
RERATED = _spec("rating_changed", "How many reviews have another rating?", "share of reviews")
MOVED = _spec("rating_moved", "By how much was the drafted rating moved?", "rating points")
UNCOVERED = _spec(
    "without_decision", "How many reviews did no valid decision let it draft?", "share of reviews"
)
UNDISCLOSED = _spec(
    "without_notice",
    "How many reviews name no notice to the person that AI took part?",
    "share of reviews",
)
EDITS = (AS_DRAFTED, WORDS, RERATED, MOVED)
"""What people did with drafts."""
MONITORED = (UNCOVERED, UNDISCLOSED)
"""Whether drafts were used as decisions and notices have it."""


def in_use(
    reviews: Iterable[IntakeReview],
    decisions: Sequence[Decision],
    *,
    fingerprints: Collection[str],
    as_of: datetime,
    window_days: int,
) -> tuple[Finding, ...]:
    """A finding for each of ``EDITS`` and ``MONITORED``, over the window up to ``as_of``.

    Args:
        reviews: all that came in.
        decisions: all of the record, for what they let be drafted.
        fingerprints: of the pipeline's versions; reviews drafted by others are left out.
        as_of: the moment that is asked about.
        window_days: its length.

    Returns:
        Each undefined with fewer than 10 people whom the reviews are about, or who wrote them.
    """
    since = as_of - timedelta(days=window_days)
    first: dict[str, IntakeReview] = {}
    for review in sorted(reviews, key=lambda r: r.version):
        first.setdefault(review.review_id, review)
    mine = [
        review
        for review in sorted(first.values(), key=lambda r: (r.finalised, r.review_id))
        if since < review.finalised <= as_of
        and review.ai_role != "none"
        and review.fingerprint in fingerprints
    ]
    values = {**_edits(mine), **_monitored(mine, decisions)}
    return tuple(_mean(spec, values[spec.id]) for spec in (*EDITS, *MONITORED))


Valued = tuple[IntakeReview, float | None]


def _edits(reviews: Sequence[IntakeReview]) -> dict[str, list[Valued]]:
    moves = [(r, _move(r)) for r in reviews]
    return {
        AS_DRAFTED.id: [
            (r, None if r.draft is None else float(unchanged(r.draft, r.final))) for r in reviews
        ],
        WORDS.id: [(r, _known(edit_share(r.draft, r.final))) for r in reviews[-MOST:]],
        RERATED.id: [(r, None if m is None else float(m != 0)) for r, m in moves],
        MOVED.id: moves,
    }


def _monitored(
    reviews: Sequence[IntakeReview], decisions: Sequence[Decision]
) -> dict[str, list[Valued]]:
    return {
        UNCOVERED.id: [(r, float(why_uncovered(r, decisions) is not None)) for r in reviews],
        UNDISCLOSED.id: [(r, float(undisclosed(r))) for r in reviews],
    }


def _known(share: float | Undefined) -> float | None:
    return None if isinstance(share, Undefined) else share


def _move(review: IntakeReview) -> float | None:
    if review.draft_rating is None or review.final_rating is None:
        return None
    return review.final_rating - review.draft_rating


def _mean(spec: Spec, valued: Sequence[Valued]) -> Finding:
    if not valued:
        said = "no review that this pipeline drafted came in"
        return finding(spec, Undefined(reason=said, code="not_supplied"))
    known = [(review, value) for review, value in valued if value is not None]
    if not known:
        said = "no draft came in with the reviews, or none with a rating"
        return finding(spec, Undefined(reason=said, code="not_supplied"))
    authors = [review.author for review, _ in known]
    about = {review.employee for review, _ in known}
    if min(len(about), len(set(authors))) < SMALLEST:
        said = f"fewer than {SMALLEST} people whom the reviews are about, or who wrote them"
        return finding(spec, Undefined(reason=said, code="too_few"))
    mean = side(
        np.array([value for _, value in known], dtype=np.float64),
        np.unique(authors, return_inverse=True)[1].astype(np.int64),
    )
    of_shares = {} if spec is MOVED else {"least": 0.0, "most": 1.0}
    interval = StudentT(
        se=mean.variance**0.5, df=mean.clusters - 1, clusters=mean.clusters, step=1.0, **of_shares
    )
    return finding(
        spec,
        round(mean.mean, 12),
        interval=interval,
        counts=counted(scored=len(known), planned=len(valued), unit_name="reviews"),
    )
