"""The statistics of the record, from cases and what came in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.contest.calendar import Calendar
from govern.contest.cells import hidden_levels
from govern.contest.deadlines import Deadlines
from govern.contest.machine import as_it_stood
from govern.contest.specs import (
    CONTESTED,
    DAYS_GAP,
    INDEPENDENT,
    OVERDUE,
    OVERTURNED,
    RATE_GAP,
    SMALLEST,
    SPECS,
    UPHELD,
    UPHELD_GAP,
)
from govern.contest.statistics import CAVEAT, record_facts
from govern.domain.contest import Event
from govern.domain.finding import Finding, RecordFacts, Undefined
from govern.domain.review_intake import IntakeReview
from govern.stats.intervals import bounds
from govern.testing.contests import event, review, story
from govern.testing.record import NOW, MadeUpContest, RecordSourceContract

DAY = timedelta(days=1)
A, B = "a" * 64, "b" * 64
GROUNDS = ("wrong_fact", "group_bias")


def decision(kind: str, at: datetime, ruling: str, **changes: Any) -> Event:
    rulings = [{"ground": g, "ruling": ruling, "reason": "because"} for g in GROUNDS]
    more = {"changes": []} if ruling == "rejected" else {}
    return event(kind, at=at, ruling=ruling, rulings=rulings, **{**more, **changes})


class Record:
    """Cases and reviews, one of each for every person added."""

    def __init__(self) -> None:
        self.stories: list[tuple[Event, ...]] = []
        self.reviews: list[IntakeReview] = []

    def add(
        self,
        *more: Event,
        asked: datetime = NOW - 20 * DAY,
        person: str | None = None,
        glass: bool = False,
        contested: bool = True,
        decided: datetime | None = None,
        ruling: str = "upheld",
        **of_review: Any,
    ) -> None:
        n = len(self.reviews) + 1
        person = person or f"emp-{n}"
        fields = {"review_id": f"r{n}", "employee": person, "finalised": asked - DAY}
        self.reviews.append(review(**{**fields, **of_review}))
        if not contested:
            return
        steps = [
            event("drafted", at=asked, review_id=f"r{n}", on_behalf_of=person),
            *(event(kind, at=asked) for kind in ("submitted", "acknowledged", "admitted")),
        ]
        if glass:
            steps.append(event("broken_glass", at=asked, person="dec"))
        steps.append(event("review_started", at=asked))
        if decided:
            steps.append(decision("decided", decided, ruling))
        self.stories.append(story(*steps, *more))

    def facts(self, now: datetime = NOW, window_days: int = 90) -> RecordFacts:
        stood = (as_it_stood(events, now) for events in self.stories)
        return record_facts(
            [view for view in stood if view],
            self.reviews,
            as_of=now,
            window_days=window_days,
            deadlines=Deadlines(),
            calendar=Calendar(),
        )

    def found(self, **changes: Any) -> dict[tuple[str, str, str], Finding]:
        return {(f.metric, f.by, f.contrast): f for f in self.facts(**changes).findings}


class Source:
    def __init__(self, record: Record | None) -> None:
        self.record = record

    def statistics(self, *, now: datetime, window_days: int) -> RecordFacts | None:
        return self.record and self.record.facts(now, window_days)


class TestRecordFacts(RecordSourceContract):
    """The contract of every record source, over real events."""

    def source(self, contests: Sequence[MadeUpContest] | None) -> Source:
        if contests is None:
            return Source(None)
        record = Record()
        for made_up in contests:
            assert made_up.due == made_up.submitted + 14 * DAY
            record.add(
                asked=made_up.submitted,
                decided=made_up.decided,
                ruling="upheld" if made_up.upheld else "rejected",
                glass=not made_up.independent,
                groups=dict(made_up.groups),
            )
        return Source(record)


def decided(record: Record, n: int, *more: Event, **changes: Any) -> Record:
    for _ in range(n):
        record.add(*more, **{"decided": NOW - 10 * DAY, **changes})
    return record


def test_every_statistic_is_there_and_says_what_it_cannot():
    facts = decided(Record(), 12).facts()
    assert set(SPECS) == {f.metric for f in facts.findings}
    assert "fear" in CAVEAT
    assert "fear" in CONTESTED.question


def test_a_share_has_the_interval_of_its_hits():
    """3 of 12 upheld: Clopper-Pearson at one-sided .05 is .072 to .527."""
    record = decided(decided(Record(), 3), 9, ruling="rejected")
    found = record.found()[UPHELD.id, "all", "all"]
    low, high = bounds(found.estimate, found.interval, 0.05)
    assert found.estimate == 0.25
    assert (round(low, 3), round(high, 3)) == (0.072, 0.527)


def test_rates_are_told_by_group_ground_and_pipeline():
    record = decided(Record(), 10, groups={"gender": "female"}, fingerprint=A)
    decided(record, 20, groups={"gender": "male"}, fingerprint=B, ruling="rejected")
    found = record.found()
    assert found[UPHELD.id, "gender", "female"].estimate == 1.0
    assert found[UPHELD.id, "gender", "male"].estimate == 0.0
    assert found[UPHELD.id, "fingerprint", A].estimate == 1.0
    assert found[UPHELD.id, "ground", "group_bias"].estimate == 1 / 3
    assert found[OVERDUE.id, "fingerprint", B].estimate == 0.0


def test_the_share_contested_is_of_all_reviews_of_the_window():
    record = decided(Record(), 10)
    for _ in range(30):
        record.add(contested=False)
    record.add(contested=False, finalised=NOW - 200 * DAY)
    assert record.found()[CONTESTED.id, "all", "all"].estimate == 0.25


def test_a_review_of_later_is_not_known_yet():
    record = decided(Record(), 10, groups={"team": "a"})
    record.add(contested=False, finalised=NOW + DAY, groups={"team": "b", "site": "x"})
    assert record.facts().groups == {"team": ("a",)}


def test_a_version_that_a_remedy_made_is_no_further_review():
    record = decided(Record(), 10)
    record.reviews += [
        r.model_copy(update={"version": 2, "finalised": NOW}) for r in record.reviews
    ]
    assert record.found()[CONTESTED.id, "all", "all"].counts.scored == 10


def test_the_rate_gap_is_over_reviews():
    """10 of 20 women's reviews contested, 10 of 40 men's: .5 less .25."""
    record = decided(Record(), 10, groups={"gender": "female"})
    decided(record, 10, groups={"gender": "male"})
    for n in range(40):
        record.add(contested=False, groups={"gender": "female" if n < 10 else "male"})
    gap = record.found()[RATE_GAP.id, "gender", "female"]
    assert gap.estimate == 0.25
    assert gap.interval.se > 0


def test_a_gap_among_three_is_against_the_mean_of_the_others():
    """Upheld 1, .5 and 0: the first less (.5 + 0)/2 is .75."""
    record = Record()
    for team, upheld in (("a", 10), ("b", 5), ("c", 0)):
        decided(record, upheld, groups={"team": team})
        decided(record, 10 - upheld, groups={"team": team}, ruling="rejected")
    found = record.found()
    assert found[UPHELD_GAP.id, "team", "a"].estimate == 0.75
    assert found[UPHELD_GAP.id, "team", "b"].estimate == 0.0
    assert found[UPHELD_GAP.id, "team", "c"].estimate == -0.75


def test_waiting_is_told_in_days():
    record = decided(Record(), 10, groups={"gender": "female"}, decided=NOW - 8 * DAY)
    decided(record, 10, groups={"gender": "male"}, decided=NOW - 10 * DAY)
    assert record.found()[DAYS_GAP.id, "gender", "female"].estimate == 2.0


def test_what_was_taken_back_in_time_was_never_due_and_what_was_late_then_stays_late():
    record = decided(Record(), 10)
    record.add(event("withdrawn", at=NOW - 15 * DAY))
    record.add(event("withdrawn", at=NOW - 5 * DAY))
    found = record.found()[OVERDUE.id, "all", "all"]
    assert (found.counts.scored, found.estimate) == (11, 1 / 11)


def test_what_is_due_today_is_not_late_yet():
    record = decided(Record(), 10)
    record.add(asked=NOW - 14 * DAY)
    assert record.found()[OVERDUE.id, "all", "all"].counts.scored == 10


def test_a_contest_that_was_not_admitted_was_answered_and_not_ruled_on():
    record = decided(Record(), 10)
    asked = NOW - 20 * DAY
    record.stories.append(
        story(
            *(event(k, at=asked) for k in ("drafted", "submitted", "acknowledged")),
            event("not_admitted", at=asked + DAY),
        )
    )
    found = record.found()
    assert found[OVERDUE.id, "all", "all"].counts.scored == 11
    assert found[OVERDUE.id, "all", "all"].estimate == 0.0
    assert found[UPHELD.id, "all", "all"].counts.scored == 10


def appeal(ruling: str) -> list[Event]:
    at = NOW - 8 * DAY
    steps = [event("appealed", at=at), event("appeal_started", at=at)]
    return [*steps, decision("final", at, ruling)]


def test_an_appeal_that_came_to_another_ruling_overturned_the_first():
    """4 of 12 appeals: from rejected to upheld; the case then counts as upheld."""
    record = decided(Record(), 8, *appeal("rejected"), ruling="rejected")
    decided(record, 4, *appeal("upheld"), ruling="rejected")
    found = record.found()
    assert found[OVERTURNED.id, "all", "all"].estimate == 1 / 3
    assert found[UPHELD.id, "all", "all"].estimate == 1 / 3


def test_glass_and_a_decider_from_the_review_are_not_independent():
    record = decided(Record(), 9)
    decided(record, 1, glass=True)
    decided(record, 2, manager="dec")
    assert record.found()[INDEPENDENT.id, "all", "all"].estimate == 0.75


def test_what_was_erased_still_counts_as_late_or_not_but_says_nothing_of_rulings():
    record = decided(Record(), 12)
    for n in range(2):
        *rest, last = (*record.stories[n], event("remedied", at=NOW - 9 * DAY))
        ended = [*rest, last, event("closed", at=NOW - 9 * DAY), event("erased", at=NOW - 9 * DAY)]
        gone = [e.model_copy(update={"payload": None}) for e in story(*ended)[:-1]]
        record.stories[n] = (*gone, story(*ended)[-1])
    found = record.found()
    assert found[OVERDUE.id, "all", "all"].counts.scored == 12
    upheld = found[UPHELD.id, "all", "all"].counts
    assert (upheld.scored, upheld.planned) == (10, 12)


# small cells


def test_nothing_is_said_of_few_people_not_even_how_few():
    found = decided(Record(), SMALLEST - 1).found()
    for finding in found.values():
        assert isinstance(finding.estimate, Undefined)
        assert finding.counts.planned == 0
        assert "9" not in finding.estimate.reason


def test_one_person_who_contests_ten_times_is_one():
    found = decided(Record(), 12, person="emp").found()
    assert isinstance(found[UPHELD.id, "all", "all"].estimate, Undefined)


def test_what_is_hidden_cannot_be_had_from_the_whole():
    """12, 11 and 3 of 26: with 12 and 11 shown, the 3 would be what is left; so 11 goes too."""
    record = Record()
    for team, n in (("a", 12), ("b", 11), ("c", 3)):
        decided(record, n, groups={"team": team})
    found = record.found()
    assert found[UPHELD.id, "all", "all"].counts.scored == 26
    assert found[UPHELD.id, "team", "a"].counts.scored == 12
    for team in "bc":
        assert isinstance(found[UPHELD.id, "team", team].estimate, Undefined)


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(1, 30), max_size=7))
def test_what_is_shown_is_large_and_what_is_hidden_together_too_or_there_is_none(people):
    hidden = hidden_levels(people)
    assert all(n >= SMALLEST for level, n in people.items() if level not in hidden)
    rest = sum(people[level] for level in hidden)
    assert not hidden or rest >= SMALLEST or len(hidden) == len(people)


@pytest.mark.parametrize("few", [0, 1, 9])
def test_a_gap_with_a_small_group_is_not_told(few):
    record = decided(Record(), 20, groups={"gender": "female"})
    decided(record, few, groups={"gender": "male"})
    found = record.found()
    assert isinstance(found[UPHELD_GAP.id, "gender", "all"].estimate, Undefined)
