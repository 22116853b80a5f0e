"""Identity swaps in free text: the hand-labelled sentences, single rules, and bad input."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from govern.domain.case import Identity
from govern.errors import DatasetError
from govern.text.slots import fill
from govern.text.swap import swap
from govern.text.swap.verbs import NOUN_VERBS, TO_PLURAL, VERBS, plain, third

ROOT = Path(__file__).resolve().parents[2]
SENTENCES = ROOT / "tests" / "data" / "swap_sentences.jsonl"
FRESH = ROOT / "tests" / "data" / "swap_sentences_fresh.jsonl"
#: What was measured, rounded down. docs/swaps.md publishes the same figures.
FLOORS = {SENTENCES: 0.99, FRESH: 0.95}


def who(first_name: str, pronouns: str, surname: str | None = None) -> Identity:
    return Identity.model_validate(
        {
            "id": "x",
            "first_name": first_name,
            "surname": surname,
            "pronouns": pronouns,
            "groups": {},
            "source": "test",
        }
    )


EMILY, JAMES, SAM, ALEX = (
    who("Emily", "she"),
    who("James", "he"),
    who("Sam", "they"),
    who("Alex", "none"),
)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def person(described: dict[str, str]) -> Identity:
    return who(described["first_name"], described["pronouns"], described.get("surname"))


def swapped(row: dict[str, Any]) -> str:
    return swap(row["text"], from_identity=person(row["from"]), to_identity=person(row["to"])).text


def test_there_are_enough_labelled_sentences_of_every_kind():
    kinds = {row["category"] for row in rows(SENTENCES)}

    assert len(rows(SENTENCES)) >= 300
    assert len(kinds) >= 20
    ids = [row["id"] for row in rows(SENTENCES)]
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.parametrize("path", FLOORS, ids=lambda path: path.stem)
def test_swaps_are_as_accurate_as_published(path):
    right = [swapped(row) == row["expected"] for row in rows(path)]
    accuracy = sum(right) / len(right)

    assert accuracy >= FLOORS[path]
    page = (ROOT / "docs" / "swaps.md").read_text("utf-8")
    assert f"{sum(right)} of {len(right)}" in page


def test_most_swaps_between_she_and_he_lead_back():
    """Only Mrs, Miss and a bare James' have two ways back."""
    back, all_ = 0, 0
    for row in rows(SENTENCES):
        if {row["from"]["pronouns"], row["to"]["pronouns"]} == {"she", "he"}:
            again = swap(
                row["expected"],
                from_identity=person(row["to"]),
                to_identity=person(row["from"]),
            ).text
            all_ += 1
            back += again == row["text"]

    assert all_ > 200
    assert back / all_ > 0.85


def test_a_curly_apostrophe_stays_curly():
    got = swap(
        "She’s sure it isn’t James’s; she doesn’t ask.", from_identity=EMILY, to_identity=SAM
    )

    assert "They’re sure it isn’t James’s; they don’t ask." == got.text


def test_a_decomposed_accent_is_the_same_name():
    got = swap(
        "Marı\u0301a? Mari\u0301a leads.", from_identity=who("María", "she"), to_identity=JAMES
    )

    assert got.text.endswith("James leads.")


def test_someone_of_another_surname_keeps_the_name():
    walsh, stone = who("Emily", "she", "Walsh"), who("James", "he", "Washington")
    got = swap("Emily Stone thanked Emily Walsh.", from_identity=walsh, to_identity=stone)

    assert "Emily Stone thanked James Washington." == got.text


def test_a_surname_stays_where_the_other_identity_has_none():
    got = swap("Emily Walsh leads.", from_identity=who("Emily", "she", "Walsh"), to_identity=SAM)

    assert "Sam Walsh leads." == got.text


def test_identities_with_the_same_pronouns_change_names_alone():
    text = "Mrs. Emily said her husband met her; she is the chairwoman."
    got = swap(text, from_identity=EMILY, to_identity=who("Priya", "she"))

    assert text.replace("Emily", "Priya") == got.text
    assert ["name"] == [span.kind for span in got.spans]


def test_spans_say_where_what_and_why():
    got = swap("Emily says she is her own boss.", from_identity=EMILY, to_identity=SAM)

    assert "Sam says they are their own boss." == got.text
    assert [
        (0, "Emily", "Sam", "name"),
        (11, "she", "they", "pronoun"),
        (15, "is", "are", "verb"),
        (18, "her", "their", "pronoun"),
    ] == [(s.start, s.before, s.after, s.kind) for s in got.spans]


def test_free_text_and_slots_agree():
    """What fill writes for one identity, swap turns into what fill writes for another."""
    text = (
        "{name} met {their} targets. {They} {leads/lead} a team, and the client thanked {them}. "
        "{They} {was/were} promoted; the plan was {theirs}, and {they} {has/have} kept it."
    )
    for source in (EMILY, JAMES):
        for target in (EMILY, JAMES, SAM, ALEX):
            filled = [fill(text, name=i.first_name, pronouns=i.pronouns) for i in (source, target)]
            got = swap(filled[0], from_identity=source, to_identity=target)
            assert filled[1] == got.text


@pytest.mark.parametrize("text", ["", " ", "\n\n", "12 % of 40, §3.", "…", "{}", "🙂🙂"])
def test_a_text_without_the_person_stays(text):
    got = swap(text, from_identity=EMILY, to_identity=JAMES)

    assert (text, ()) == (got.text, got.spans)


@pytest.mark.parametrize("name", ["", " ", "123", " Emily", "Emily\n", "{name}", "E{x}"])
def test_a_name_that_cannot_stand_in_a_text_is_refused(name):
    for source, target in ((who(name, "she"), JAMES), (JAMES, who(name, "she"))):
        with pytest.raises(DatasetError, match="cannot stand in a text"):
            swap("James leads.", from_identity=source, to_identity=target)


@pytest.mark.parametrize("text", [None, 3, b"Emily", ["Emily"]])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(DatasetError, match="expected a text to swap names in"):
        swap(text, from_identity=EMILY, to_identity=JAMES)


def test_a_long_text_takes_no_longer_than_its_length_asks_for():
    """No rule looks back over the whole text: fifty pages come back, whole."""
    text = "Emily met her goals. She leads two audits, and the client thanked her. " * 2_000
    got = swap(text, from_identity=EMILY, to_identity=JAMES)

    assert not re.search(r"\b([Ss]he|[Hh]er|Emily)\b", got.text)


def test_third_person_and_plain_form_are_inverse_on_every_verb_of_the_list():
    for verb in VERBS | NOUN_VERBS | set(TO_PLURAL.values()):
        assert verb == plain(third(verb)), verb


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("carries", "carry"),
        ("teaches", "teach"),
        ("focuses", "focus"),
        ("caches", "cache"),
        ("goes", "go"),
        ("ties", "tie"),
        ("passes", "pass"),
        ("fixes", "fix"),
        ("stays", "stay"),
        ("uses", "use"),
        ("analyses", "analyse"),
        ("is", "are"),
        ("hasn't", "haven't"),
    ],
)
def test_verbs_agree_with_they(one, many):
    assert many == plain(one)
    assert one == third(many)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He listens, and his team trusts him.", "They listen, and their team trusts them."),
        ("He plans and his reports are clear.", "They plan and their reports are clear."),
        ("He explains and this works.", "They explain and this works."),
        ("She drafts well and its effect is clear.", "They draft well and its effect is clear."),
        ("She leads, various teams follow.", "They lead, various teams follow."),
    ],
)
def test_a_word_in_s_after_and_is_no_verb_because_of_its_ending(text, expected):
    """`his`, `its` and `this` were once cut to `hi`, `it` and `thi`."""
    source = JAMES if text.startswith("He") else EMILY

    assert expected == swap(text, from_identity=source, to_identity=SAM).text
