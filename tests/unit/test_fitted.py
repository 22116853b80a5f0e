"""Large decisions: what is laid out stays small and says what it leaves out; the data is whole."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from hostile import HOSTILE

from govern.app.report_tables import tables
from govern.domain import Decision, Policy
from govern.report import sentences
from govern.report.checks import checks_of
from govern.report.fitted import ITEMS, LONGEST_TEXT, LONGEST_WORD, ROWS, fitted
from govern.report.html import render, told
from govern.report.page import Page
from govern.report.view import build

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
TEMPLATES = ROOT / "reports" / "templates"
MANY = 10_000


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.model_validate_json((GOLDEN / "policy.json").read_bytes())


@pytest.fixture(scope="module")
def decision() -> Decision:
    """The first clause has 10,000 groups of hostile names, the worst first; 50 of them failed."""
    sound = Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())
    part = sound.clauses[0].slices[0]
    outcomes = ["fail"] * 50 + ["insufficient_evidence"] * 50 + ["pass"] * (MANY - 100)
    slices = tuple(
        part.model_copy(
            update={
                "slice": f"gender: {HOSTILE['script']}{place}",
                "finding": None,
                "estimate": (1 if place % 2 else -1) * (1 - place / MANY),
                "outcome": outcome,
                "explanation": f"{HOSTILE['bidi']} reason {place}",
            }
        )
        for place, outcome in enumerate(outcomes)
    )
    first = sound.clauses[0].model_copy(update={"slices": slices})
    rest = tuple(f"{HOSTILE['emoji']} {place}" for place in range(MANY))
    clauses = (first, *sound.clauses[1:])
    return sound.model_copy(update={"clauses": clauses, "not_tested": rest})


@pytest.fixture(scope="module")
def page(decision, policy) -> Page:
    return build(decision, policy)


def rows_of(page: Page) -> list:
    return [row for group in page.clauses[0].table.groups for row in group.rows]


def test_a_report_of_ten_thousand_findings_stays_small_and_inert(page):
    text = render(page, TEMPLATES)

    assert len(text.encode()) < 500_000
    assert "<script" not in text
    assert "\u202e" not in text


def test_the_worst_rows_stay_and_what_is_left_out_is_counted(page):
    kept = rows_of(fitted(page))

    assert (MANY, ROWS) == (len(rows_of(page)), len(kept))
    assert [50, 50] == [sum(r.verdict.mark == mark for r in kept) for mark in ("fail", "thin")]
    assert "Shown: 200 of 10,000 groups" in fitted(page).clauses[0].table.omitted
    assert "30 of 10,000 rows" in page.clauses[0].plot.omitted
    assert {"fail"} == {r.verdict.mark for g in page.clauses[0].plot.groups for r in g.rows}


def test_rows_that_passed_are_those_at_either_end(page):
    """A rank of 10,000 by estimate: the furthest from the others stand first and last in it."""
    whole = [row.group for row in rows_of(page)]
    places = [whole.index(row.group) for row in rows_of(fitted(page))]

    assert max(min(at, MANY - 1 - at) for at in places) == ROWS // 2 - 1


def test_long_lists_say_how_many_more_there_are(page):
    text = render(page, TEMPLATES)

    [section] = (one for one in page.sections if one.anchor == "not-tested")
    more = len(section.blocks[0].items) - ITEMS

    assert told(f"And {more:,} more; `govern report --json` prints all of them.") in text
    assert text.count("🚀") < 2 * ITEMS


def test_the_tables_for_programs_have_every_finding(decision, page):
    made = tables(decision, None, page)
    rows = list(csv.DictReader(StringIO(made["slices.csv"], newline="")))

    assert MANY + sum(len(c.slices) for c in decision.clauses[1:]) == len(rows)


def test_long_words_and_texts_are_cut_visibly(policy):
    sound = Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())
    run = sound.run.model_copy(update={"pipeline": "W" * 100_000, "dataset": "w " * 50_000})
    text = render(build(sound.model_copy(update={"run": run}), policy), TEMPLATES)

    assert f"{'W' * LONGEST_WORD} [and 99,800 characters more]" in text
    assert "W" * (LONGEST_WORD + 1) not in text
    assert f" [and {100_000 - LONGEST_TEXT:,} characters more]" in text
    assert len(text) < 1_000_000


def test_a_text_of_a_script_without_spaces_is_no_long_word(policy):
    sound = Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())
    japanese = "設計の目標はすべて達成された。" * 100
    run = sound.run.model_copy(update={"dataset": japanese})

    assert japanese in render(build(sound.model_copy(update={"run": run}), policy), TEMPLATES)


def test_what_fits_is_laid_out_as_it_is(policy):
    whole = build(Decision.model_validate_json((GOLDEN / "decision.json").read_bytes()), policy)

    assert whole == fitted(whole)


def test_a_sentence_for_ci_about_a_group_looks_at_its_own_attribute_alone(policy, monkeypatch):
    """600 attributes of two groups each: to look at all slices for each would be 1.4 million."""
    sound = Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())
    part = sound.clauses[0].slices[0]
    slices = tuple(
        part.model_copy(update={"slice": f"attribute {place // 2}: {place}", "finding": None})
        for place in range(1200)
    )
    clause = sound.clauses[0].model_copy(update={"slices": slices})
    looked = []
    slice_key = sentences.slice_key
    monkeypatch.setattr(sentences, "slice_key", lambda one: looked.append(one) or slice_key(one))
    [checked, *_] = checks_of(sound.model_copy(update={"clauses": (clause,)}), policy)

    assert all("the other group (" in check.message for check in checked.checks[-1200:])
    assert len(looked) < 10 * len(slices)
