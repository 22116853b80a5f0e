"""What people did with drafts in use, and whether a decision and a notice stood behind it."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from scipy import stats

from govern.contest.specs import SMALLEST
from govern.contest.use import (
    AS_DRAFTED,
    MOST,
    MOVED,
    RERATED,
    UNCOVERED,
    UNDISCLOSED,
    WORDS,
    in_use,
)
from govern.domain import Undefined
from govern.domain.policy import Scope
from govern.stats.intervals import bounds
from govern.testing.contests import MONDAY, review

A, B = "a" * 64, "b" * 64
DAY = timedelta(days=1)
DRAFT = "You closed ten tickets this year."


def drafted(n: int, **changes):
    """The review of one person by one author, with a draft of six words."""
    fields = {
        "review_id": f"r{n}",
        "employee": f"emp-{n}",
        "author": f"auth-{n}",
        "fingerprint": A,
        "draft": DRAFT,
        "final": DRAFT,
        "draft_rating": 3,
        "final_rating": 3,
        "disclosure": "told in May",
    }
    return review(**fields | changes)


def edited(n: int, **changes):
    """Two of six words changed, and the rating by a point."""
    return drafted(n, final="You closed nine tickets this quarter.", final_rating=4, **changes)


def found(reviews, decisions=(), *, fingerprints=(A,), as_of=MONDAY, window_days=365):
    return {
        f.metric: f
        for f in in_use(
            reviews,
            decisions,
            fingerprints=fingerprints,
            as_of=as_of,
            window_days=window_days,
        )
    }


def why(finding) -> str:
    assert isinstance(finding.estimate, Undefined)
    assert 0 == finding.counts.units, "no count of a few people"
    return finding.estimate.reason


def test_edits_by_hand():
    """12 of 16 as drafted; 4 with 2 of 6 words changed and a point more: 4/16·(1/3), 4/16·1."""
    seen = found([drafted(n) for n in range(12)] + [edited(n) for n in range(12, 16)])

    assert 0.75 == seen[AS_DRAFTED.id].estimate
    assert pytest.approx(1 / 12) == seen[WORDS.id].estimate
    assert 0.25 == seen[RERATED.id].estimate
    assert 0.25 == seen[MOVED.id].estimate
    assert (16, 16, "reviews") == (
        seen[MOVED.id].counts.units,
        seen[MOVED.id].counts.planned,
        seen[MOVED.id].counts.unit_name,
    )


def test_who_writes_many_reviews_makes_them_no_surer():
    """One of ten authors changes both of theirs: deviations of 1.8, and of -.2 nine times.

    Ten clusters cannot be surer than 1 - .05^(1/10) = .259, which is more than t·se.
    """
    reviews = [(edited if n < 2 else drafted)(n, author=f"auth-{n // 2}") for n in range(20)]
    seen = found(reviews)[RERATED.id]
    sums = [2 * 0.9] + [2 * -0.1] * 9
    se = (10 / 9 * sum(s * s for s in sums) / 20**2) ** 0.5

    assert 0.1 == seen.estimate
    assert (9, 10) == (seen.interval.df, seen.interval.clusters)
    assert pytest.approx(se) == seen.interval.se
    reach = max(stats.t.ppf(0.95, 9) * se, 1 - 0.05**0.1)
    assert pytest.approx(0.1 + reach) == bounds(0.1, seen.interval, 0.05)[1]


def test_nobody_changing_anything_is_not_taken_for_certain():
    interval = found([drafted(n) for n in range(12)])[AS_DRAFTED.id].interval

    assert bounds(1.0, interval, 0.05)[0] < 0.9


@pytest.mark.parametrize("few", ["employee", "author"])
def test_numbers_of_few_people_are_not_told_on_either_side(few):
    """Nine people under many reviews, or nine who wrote them, while the other side is many."""
    reviews = [drafted(n, **{few: f"one-{n % (SMALLEST - 1)}"}) for n in range(40)]

    for finding in found(reviews).values():
        assert "fewer than 10 people" in why(finding)
    enough = [drafted(n, **{few: f"one-{n % SMALLEST}"}) for n in range(40)]
    assert 1.0 == found(enough)[AS_DRAFTED.id].estimate


def test_other_pipelines_other_times_and_reviews_without_ai_do_not_count():
    mine = [drafted(n) for n in range(10)]
    others = [
        *(edited(n, fingerprint=B) for n in range(100, 120)),
        *(edited(n, fingerprint=None) for n in range(200, 220)),
        *(edited(n, ai_role="none") for n in range(300, 320)),
        *(edited(n, finalised=MONDAY + DAY) for n in range(400, 420)),
        *(edited(n, finalised=MONDAY - 400 * DAY) for n in range(500, 520)),
    ]

    assert 1.0 == found(mine + others)[AS_DRAFTED.id].estimate
    assert 10 == found(mine + others)[AS_DRAFTED.id].counts.planned
    both = found(mine + others, fingerprints=(A, B))[AS_DRAFTED.id]
    assert pytest.approx(10 / 30) == both.estimate


def test_a_review_counts_once_as_it_was_first_final():
    """A remedy's version is not what the manager made of the draft."""
    reviews = [one for n in range(10) for one in (edited(n, version=2), drafted(n))]

    assert 1.0 == found(reviews)[AS_DRAFTED.id].estimate


def test_without_reviews_drafts_or_ratings_nothing_is_measured():
    assert "no review that this pipeline drafted came in" == why(found([])[WORDS.id])
    bare = [drafted(n, draft=None, draft_rating=None) for n in range(12)]
    assert why(found(bare)[WORDS.id]).startswith("no draft came in")
    assert why(found(bare)[MOVED.id]).startswith("no draft came in")
    assert 0.0 == found(bare)[UNDISCLOSED.id].estimate
    unrated = found([drafted(n, final_rating=None) for n in range(12)])
    assert why(unrated[RERATED.id]).startswith("no draft came in")
    assert 1.0 == unrated[AS_DRAFTED.id].estimate


def test_words_are_compared_in_the_newest_reviews_alone():
    """The newest are as drafted; the older ones, all changed, are past the limit."""
    old = [edited(n, finalised=MONDAY - 30 * DAY) for n in range(1_000, 1_020)]
    seen = found(old + [drafted(n) for n in range(MOST)])

    assert 0.0 == seen[WORDS.id].estimate
    assert MOST == seen[WORDS.id].counts.units
    assert MOST + 20 == seen[AS_DRAFTED.id].counts.units


def test_drafts_beyond_any_decision_and_without_notice_are_counted():
    """A pilot of one cohort covers 6 of 12; 3 of 12 say nothing of a notice."""
    decision = SimpleNamespace(
        decision_id="d1",
        run=SimpleNamespace(fingerprint=A),
        effective_outcome="pass",
        advisory=False,
        created=MONDAY - 60 * DAY,
        expires=date(2026, 12, 31),
        scope=Scope(use_cases=("review",), stage="pilot", cohort="first"),
    )
    reviews = [
        drafted(
            n,
            groups={"cohort": "first" if n < 6 else "second"},
            disclosure=None if n < 3 else "told in May",
        )
        for n in range(12)
    ]
    seen = found(reviews, [decision])

    assert 0.5 == seen[UNCOVERED.id].estimate
    assert 0.25 == seen[UNDISCLOSED.id].estimate
