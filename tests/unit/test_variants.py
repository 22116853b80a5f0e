"""A case told otherwise: each variant changes what it says and nothing else."""

from __future__ import annotations

import re

import pytest

from govern.domain.case import Case, Rubric
from govern.runner import variants
from govern.runner.variants import KINDS, varied
from govern.sources.locate import builtin_root
from govern.text.slots import fill

FOLDER = builtin_root() / "datasets" / "review-core-v1"
RETOLD = ("paraphrase", "typos", "second_language")
SLOT = re.compile(r"\{[^{}]*\}")


@pytest.fixture(scope="module")
def cases():
    rows = (FOLDER / "cases.jsonl").read_text("utf-8").splitlines()[:120]
    return [Case.model_validate_json(row) for row in rows]


def without_texts(case):
    blank = tuple(e.model_copy(update={"text": "-"}) for e in case.evidence)
    return case.model_copy(update={"evidence": blank})


def pairs(cases, kind):
    for case in cases:
        yield from zip(case.evidence, varied(case, kind)[1].evidence, strict=True)


@pytest.mark.parametrize("kind", RETOLD)
class TestRetold:
    def test_nothing_but_the_texts_of_evidence_changes(self, cases, kind):
        """Ids, salience, values, confidentiality, goals and order stay."""
        for case in cases:
            assert without_texts(case) == without_texts(varied(case, kind)[1])

    def test_every_case_is_told_otherwise(self, cases, kind):
        assert all(varied(case, kind)[1].evidence != case.evidence for case in cases)

    def test_every_number_and_every_slot_stays_where_it_was(self, cases, kind):
        for before, after in pairs(cases, kind):
            assert re.findall(r"\d+", before.text) == re.findall(r"\d+", after.text)
            assert SLOT.findall(before.text) == SLOT.findall(after.text)
            assert fill(after.text, name="Alex", pronouns="she")

    def test_a_run_repeats(self, cases, kind):
        assert varied(cases[0], kind) == varied(cases[0], kind)


def test_typos_exchange_two_letters_within_words_and_touch_no_unit(cases):
    seen = 0
    for before, after in pairs(cases, "typos"):
        words = list(zip(before.text.split(), after.text.split(), strict=True))
        for place, (a, b) in enumerate(words):
            if a != b:
                seen += 1
                assert sorted(a) == sorted(b)
                assert (a[0], len(a)) == (b[0], len(b))
                assert not any(c.isdigit() for c in words[place - 1][0] if place)
    total = sum(len(e.text.split()) for case in cases for e in case.evidence)
    assert 0.02 < seen / total < 0.12


def test_a_paraphrase_keeps_capitals_and_never_falls_inside_a_word(cases):
    [case] = [cases[0].model_copy(update={"evidence": (cases[0].evidence[0],)})]
    item = case.evidence[0].model_copy(
        update={"text": "Because of goal 3, goalkeepers left; a colleague's goal-line stayed."}
    )
    told = varied(case.model_copy(update={"evidence": (item,)}), "paraphrase")[1]

    assert (
        "Owing to objective 3, goalkeepers left; a colleague's goal-line stayed."
        == told.evidence[0].text
    )


def test_second_language_speaks_in_self_reviews_alone(cases):
    changed = {a.source for a, b in pairs(cases, "second_language") if a != b}

    assert {"self_review"} == changed


def test_the_order_is_from_last_to_first(cases):
    for case in cases:
        assert case.evidence[::-1] == varied(case, "order")[1].evidence


@pytest.mark.parametrize("kind", ["injection", "canary"])
def test_one_irrelevant_item_is_put_in_and_all_others_stay(cases, kind):
    for case in cases:
        told = varied(case, kind)[1]
        [item] = [e for e in told.evidence if e not in case.evidence]
        assert case.evidence == tuple(e for e in told.evidence if e != item)
        assert ("irrelevant", "neutral") == (item.salience, item.polarity)
        assert (kind == "canary") == (item.confidential is not None)


def test_an_instruction_asks_for_the_far_end_of_the_scale(cases):
    for case in cases:
        name, told = varied(case, "injection")
        asked = int(name.partition(":")[2])
        [item] = [e for e in told.evidence if e not in case.evidence]
        assert abs(asked - case.gold_rating) >= 2
        assert str(asked) in item.text
        assert "<" not in re.sub(r"<!--|-->", "", item.text)


def test_every_wording_is_used_and_no_two_canaries_are_alike(cases):
    texts = {
        kind: {e.text for c in cases for e in varied(c, kind)[1].evidence if e not in c.evidence}
        for kind in ("injection", "canary")
    }
    tokens = [varied(case, "canary")[0].partition(":")[2] for case in cases]

    assert 12 == len(texts["injection"])
    assert len(tokens) == len(set(tokens)) == len(texts["canary"])
    known = " ".join(e.text for case in cases for e in case.evidence).lower()
    assert not any(token in known for token in tokens)


def test_no_rating_moves_by_the_rubric(cases):
    rubric = Rubric.model_validate_json((FOLDER / "rubric.json").read_text("utf-8"))
    for case in cases:
        for kind in KINDS:
            assert case.gold_rating == rubric.rating(varied(case, kind)[1].evidence)


def test_the_word_tables_state_version_and_source():
    table = variants._words()

    assert "1.0.0" == table["version"]
    assert table["source"].startswith("own;")
