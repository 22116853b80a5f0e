"""Planted errors of fact: they change what they say, for whom they say, and nothing else."""

from __future__ import annotations

import json

import pytest

from govern import testing
from govern.metrics.checker import claims_table
from govern.testing import paired_frame

RECORD = [
    {
        "id": "E1",
        "quarter": "Q1",
        "salience": "key",
        "polarity": "negative",
        "text": "With Employee the retention of clients improved to 61%, target 84%.",
        "metric": "client retention",
        "value": 61.0,
        "target": 84.0,
        "unit": "%",
        "direction": "higher_is_better",
    },
    {
        "id": "E2",
        "quarter": "Q4",
        "salience": "key",
        "polarity": "positive",
        "text": "A covenant diary was adopted by the analysts.",
    },
    {
        "id": "E3",
        "quarter": "Q4",
        "salience": "irrelevant",
        "polarity": "neutral",
        "about": "other",
        "text": "A colleague received a special bonus after an appeal.",
    },
]
TEXT = (
    "With Ana the retention of clients improved to 61%. "
    "A covenant diary was adopted by the analysts."
)
KINDS = {
    "altered_number": testing.alter_numbers,
    "wrong_period": testing.shift_periods,
    "wrong_direction": testing.flip_directions,
    "wrong_goal": testing.flip_goals,
    "wrong_person": testing.swap_persons,
    "fabricated_number": testing.invent_numbers,
}
OTHERS = [testing.forget_early, testing.forget_dissent, testing.flatten_ratings]
CITING = [testing.miscite, testing.forget_citations]


def frame(**columns):
    sound = {"evidence": json.dumps(RECORD), "text": TEXT, "name": "Ana", "rating": 4}
    return paired_frame(cases=24, groups={}, citations='["E1", "E2"]', **(sound | columns))


@pytest.mark.parametrize(("kind", "plant"), KINDS.items())
def test_a_planted_error_is_found_as_what_it_is_in_every_draft(kind, plant):
    drafts = frame()
    found = claims_table(plant(drafts, 1.0))

    assert {"supported"} == set(claims_table(drafts)["verdict"])
    assert set(drafts["draft_id"]) == set(found.loc[found["kind"] == kind, "draft_id"])
    assert {"", kind} == set(found["kind"])


@pytest.mark.parametrize("plant", [*KINDS.values(), *OTHERS, *CITING])
def test_a_dose_of_nothing_changes_nothing_and_a_larger_one_more(plant):
    drafts = frame()
    changed = [
        (plant(drafts, dose) != drafts)[["text", "rating", "citations"]].any(axis=1).sum()
        for dose in (0.0, 0.5, 1.0)
    ]

    assert 0 == changed[0] < changed[1] < changed[2] == 24


@pytest.mark.parametrize("plant", [*KINDS.values(), testing.forget_early])
def test_a_draft_without_text_or_evidence_is_left_as_it_was(plant):
    lost = testing.refuse(frame(), 1.0)

    assert plant(lost, 1.0).equals(lost)
    if plant is not testing.invent_numbers:
        bare = frame(evidence=None)
        assert plant(bare, 1.0).equals(bare)


def test_what_is_forgotten_is_the_early_part_or_what_does_not_suit():
    early, dissent = testing.forget_early(frame(), 1.0), testing.forget_dissent(frame(), 1.0)

    assert {"A covenant diary was adopted by the analysts."} == {*early["text"], *dissent["text"]}


def test_flattened_ratings_stand_a_point_nearer_to_three():
    drafts = frame(rating=lambda at: 1 + at.case % 5)

    assert [2, 3, 3, 3, 4] == list(testing.flatten_ratings(drafts, 1.0)["rating"][:5])


def test_citations_are_replaced_or_left_out():
    assert {'["E1", "E90"]'} == set(testing.miscite(frame(), 1.0)["citations"])
    assert {'["E1"]'} == set(testing.forget_citations(frame(), 1.0)["citations"])
