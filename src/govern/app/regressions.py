"""Upheld contests as candidate cases of a suite: consented, anonymous, to be read by a person.

What a contest put right, the next pipeline should not get wrong again.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from govern.app.anonymise import anonymise
from govern.app.contests import Contests, Shown, list_
from govern.app.dataset import FromReviews, make_from_reviews, refuse_used
from govern.app.progress import Reporter
from govern.domain.contest import Actor, Ground
from govern.domain.contest_store import Read
from govern.domain.review_intake import IntakeReview
from govern.errors import ContestError, InputError
from govern.sources.anonymise.job import Asked

GROUNDS: frozenset[Ground] = frozenset(
    ("wrong_fact", "missing_fact", "wrong_evidence", "group_bias")
)
"""What a suite can show again; a contest about process or notice says nothing of a text."""
CAVEAT = (
    "These are candidates: somebody has to read every one before it goes into a suite, for "
    "what still names a person and for whether it asks the right thing. They never go into the "
    "held-out split."
)
USED = "made anonymous for a suite"
_COLUMNS = "text=text,person=person,name=person,rating=rating"


@dataclass(frozen=True)
class Regressions:
    """Cases that were written, the anonymous reviews they were made of, and why others are none."""

    written: FromReviews
    reviews: Path
    passed_over: Mapping[str, int]


def regressions(
    contests: Contests,
    actor: Actor,
    *,
    roster: Path,
    out: Path,
    secret: bytes,
    now: datetime,
    reporter: Reporter,
) -> Regressions:
    """Write the reviews of upheld contests, as they were put right, as cases of a suite.

    Beside ``out`` stands ``<out>-reviews``, the anonymised reviews with their report of risk.

    Args:
        contests: where.
        actor: a case handler or data protection officer; what they may not see is left out.
        roster: everybody who may be named, with the ids of the directory.
        out: a new folder for the cases.
        secret: random bytes; pseudonyms follow from them. Not kept.
        now: when.
        reporter: draws progress.

    Raises:
        ContestError: ``actor`` may not do that.
        InputError: no contest can be one, or a threshold of anonymity is missed: nothing is
            written but the report.
    """
    if actor.role not in ("case-handler", "data-protection-officer"):
        raise ContestError(
            f"regressions: case-handler or data-protection-officer may, not {actor.role}"
        )
    refuse_used(out)
    anonymous = out.with_name(f"{out.name}-reviews")
    passed_over: Counter[str] = Counter()
    rows = []
    for shown in list_(contests, actor, now=now):
        found = candidate(shown)
        if isinstance(found, str):
            passed_over[found] += 1
            continue
        look = Read(at=now, actor=actor, what=USED, case_id=shown.view.case_id)
        contests.store.read_log.log(look)
        rows.append({"text": found.final, "person": found.employee, "rating": found.final_rating})
    if not rows:
        why = "; ".join(f"{n} × {reason}" for reason, n in passed_over.items()) or "none is there"
        raise InputError(f"no contest can be a case of a suite: {why}")
    # Readable by us alone, and gone afterwards: these are the reviews as people know them.
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "reviews.jsonl"
        source.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
        asked = Asked(reviews=source, roster=roster, columns=_COLUMNS, out=anonymous)
        anonymise(asked, secret=secret, passphrase=None, made=now.date(), reporter=reporter)
    written = make_from_reviews(contests.project, str(anonymous), out=out, made=now.date())
    return Regressions(written, anonymous, dict(passed_over))


def candidate(shown: Shown) -> IntakeReview | str:
    """The review as the contest put it right, or why it can be no case."""
    view = shown.view
    ruled = view.final or view.decided
    upheld = {one.ground for one in ruled.rulings if one.ruling != "rejected"} if ruled else set()
    if not view.to_reuse:
        return "the employee has not consented"
    if view.state != "closed":
        return "not closed yet"
    if not upheld & GROUNDS:
        return "nothing upheld on facts, evidence or bias"
    review = shown.remedied or shown.review
    return review if review else "its review was erased"
