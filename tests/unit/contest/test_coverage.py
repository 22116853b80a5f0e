"""Reviews that no valid decision let a pipeline draft."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from govern.contest.coverage import uncovered, why_uncovered
from govern.domain.policy import Scope
from govern.testing.contests import MONDAY, review

A, B = "a" * 64, "b" * 64
DAY = timedelta(days=1)


def decision(fingerprint=A, *, scope=None, **changes):
    """What of a decision is read; a whole one takes a run of the gate."""
    fields = {
        "decision_id": "d1",
        "run": SimpleNamespace(fingerprint=fingerprint),
        "effective_outcome": "pass",
        "advisory": False,
        "created": MONDAY - 60 * DAY,
        "expires": date(2026, 12, 31),
        "scope": Scope(use_cases=("review",), stage="rollout", **(scope or {})),
    }
    return SimpleNamespace(**{**fields, **changes})


def drafted(**changes):
    return review(**{"fingerprint": A, **changes})


def test_a_valid_decision_in_scope_covers():
    assert why_uncovered(drafted(), [decision()]) is None
    assert uncovered([drafted()], [decision(B), decision()]) == ()


def test_what_no_ai_drafted_needs_no_decision():
    assert why_uncovered(drafted(ai_role="none", fingerprint=None), []) is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"fingerprint": B}, "no decision on this pipeline"),
        ({"effective_outcome": "insufficient_evidence"}, "it did not pass"),
        ({"effective_outcome": "fail"}, "it did not pass"),
        ({"advisory": True}, "the decision on it is advisory"),
        ({"created": MONDAY}, "it was used before the decision"),
        ({"expires": (MONDAY - 8 * DAY).date()}, "the decision had expired"),
        ({"scope": {"cohort": "opted in"}}, "its cohort is not shown to be in"),
        ({"scope": {"jurisdictions": ("DE",)}}, "its jurisdiction is not shown to be in"),
        ({"scope": {"role_families": ("sales",)}}, "its role family is not shown to be in"),
    ],
)
def test_a_decision_that_does_not_hold_covers_nothing(changes, why):
    assert why in why_uncovered(drafted(), [decision(**changes)])


def test_a_decision_for_another_use_covers_nothing():
    other = decision().scope.model_copy(update={"use_cases": ("reference",)})
    assert "another use" in why_uncovered(
        drafted(), [SimpleNamespace(**{**vars(decision()), "scope": other})]
    )


def test_a_review_says_that_it_lies_within_a_limit():
    limited = decision(scope={"jurisdictions": ("DE", "FR")})
    assert why_uncovered(drafted(groups={"jurisdiction": "FR"}), [limited]) is None


@pytest.mark.parametrize(
    ("place", "limit", "covered"),
    [
        ("FR", "EU", True),
        ("DE-BY", "EU", True),
        ("US-NY", "US", True),
        ("US", "US-NY", False),
        ("EU", "FR", False),
        ("CH", "EU", False),
    ],
)
def test_a_part_of_a_place_lies_within_it_and_not_the_other_way_round(place, limit, covered):
    """The same rule as for the scope of a decision: what is wider than its limit is not shown."""
    limited = decision(scope={"jurisdictions": (limit,)})
    why = why_uncovered(drafted(groups={"jurisdiction": place}), [limited])
    assert covered == (why is None)


def test_a_pipeline_that_nobody_named_is_not_covered():
    assert why_uncovered(drafted(fingerprint=None), [decision()]) == (
        "nobody said which pipeline drafted it"
    )


def test_naming_another_decision_than_the_one_that_covers_is_told():
    assert why_uncovered(drafted(decision_id="d1"), [decision()]) is None
    assert "not the one that was named" in why_uncovered(drafted(decision_id="d9"), [decision()])


def test_the_board_sees_how_many_of_which_pipeline_and_why():
    reviews = [drafted(review_id=f"r{n}", finalised=MONDAY + n * DAY) for n in range(3)]
    reviews.append(drafted(fingerprint=B))
    most, other = uncovered(reviews, [decision(effective_outcome="fail")])
    assert (most.fingerprint, most.reviews, most.why) == (A, 3, "it did not pass")
    assert (most.first, most.last) == (MONDAY, MONDAY + 2 * DAY)
    assert other.why == "no decision on this pipeline"
