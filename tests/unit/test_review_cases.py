"""Anonymised reviews as cases: slots where the person stood, or no case at all."""

from __future__ import annotations

import pandas as pd
import pytest

from govern.sources.review_cases import MOST_ITEMS, cases_of, slotted
from govern.text.slots import fill


@pytest.mark.parametrize(
    ("text", "pronouns", "expected"),
    [
        (
            "Halaghan Fenelund led the audit. He listens, and his team trusts him.",
            "he",
            "{name} led the audit. {They} {listens/listen}, and {their} team trusts {them}.",
        ),
        (
            "Fenelund, Halaghan: she’s been careful, and FENELUND's notes are hers.",
            "she",
            "{name}: {they}'{s/ve} been careful, and {name}'s notes are {theirs}.",
        ),
        ("H. Fenelund met her husband.", "she", "{name} met {their} {other-spouse}."),
        ("Halaghan {sic} met Talor.", "she", "{name} (sic) met Talor."),
    ],
)
def test_slots_take_the_place_of_the_person(text, pronouns, expected):
    assert expected == slotted(text, name="Halaghan Fenelund", pronouns=pronouns)


def test_a_slotted_text_reads_well_for_everybody():
    text = "Halaghan Fenelund listens. She plans ahead, and her team trusts her."
    slots = slotted(text, name="Halaghan Fenelund", pronouns="she")

    assert slots is not None
    assert {
        "she": "Ada listens. She plans ahead, and her team trusts her.",
        "he": "Ada listens. He plans ahead, and his team trusts him.",
        "they": "Ada listens. They plan ahead, and their team trusts them.",
        "none": "Ada listens. Ada plans ahead, and Ada's team trusts Ada.",
    } == {p: fill(slots, name="Ada", pronouns=p) for p in ("she", "he", "they", "none")}


def test_a_mention_that_no_slot_can_take_makes_no_case():
    assert slotted("Halaghanist ways.", name="Halaghan Fenelund", pronouns="she") is None


def reviews(*rows):
    columns = ["identity_id", "name", "text", "rating"]
    table = pd.DataFrame(rows, columns=columns).astype({"rating": "float64"})
    return table.assign(id=[f"r{n:06d}" for n in range(len(table))], stratum="clerk")


def one(person, rating, text="Talor Quinmont sold. She is calm."):
    return (person, "Talor Quinmont", text, rating)


def test_one_case_a_person_and_every_other_review_is_accounted_for():
    both = "She met him. He met her. He left."
    taken = cases_of(
        reviews(one("p1", 4), one("p1", 5), one("p2", 3.5), one("p3", None), one("p4", 2, both))
    )

    assert ["r000000"] == [case.id for case in taken.cases]
    assert {
        "another review of the same person": 1,
        "no whole rating from 1 to 5": 2,
        "pronouns of two people": 1,
    } == taken.left_out


def test_ratings_go_round():
    rows = [one(f"p{n}", rating) for n, rating in enumerate([1, 1, 1, 5, 5, 3])]

    assert [1, 3, 5, 1, 5, 1] == [c.gold_rating for c in cases_of(reviews(*rows)).cases]


def test_every_sentence_is_an_item_and_a_long_text_loses_none():
    text = " ".join(f"Talor sold lot {n}." for n in range(MOST_ITEMS + 20))
    [case] = cases_of(reviews(one("p1", 3, text))).cases

    assert MOST_ITEMS == len(case.evidence)
    assert text == " ".join(item.text for item in case.evidence).replace("{name}", "Talor")
