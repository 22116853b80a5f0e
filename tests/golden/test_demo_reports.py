"""The reports of the demo's candidates, letter by letter, and as data against their schema."""

from __future__ import annotations

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "reports" / "examples"
SCHEMA = ROOT / "docs" / "reference" / "report.schema.json"


@pytest.fixture(scope="module")
def examples():
    spec = spec_from_file_location("examples", EXAMPLES / "make.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(examples):
    return examples.pages()


def test_the_reports_of_the_demo_have_not_changed(examples, pages):
    """`make golden` writes them anew; look at the difference before it is committed."""
    assert list(examples.NAMES) == list(pages)
    for name, page in pages.items():
        stands = (EXAMPLES / name / "report.html").read_text(encoding="utf-8")
        assert stands == examples.html(page), f"{name}: not what this release makes"


def test_the_tables_of_one_of_them_have_not_changed(examples):
    folder = EXAMPLES / examples.TABLED
    made = examples.tables()
    there = {f"tables/{path.name}" for path in (folder / "tables").iterdir()}

    assert there == {name for name in made if name.startswith("tables/")}
    for name, text in made.items():
        assert text.encode() == (folder / name).read_bytes(), f"{name}: not what it would be now"


def test_the_cards_of_one_of_them_have_not_changed(examples):
    folder = EXAMPLES / examples.CARDED
    made = examples.cards()
    there = {p.relative_to(folder).as_posix() for p in (folder / "cards").rglob("*") if p.is_file()}

    assert there == set(made)
    for name, data in made.items():
        assert data == (folder / name).read_bytes(), f"{name}: not what it would be now"


def test_the_three_candidates_come_out_as_the_demo_shows_them(pages):
    words = {name: page.answer.verdict.word for name, page in pages.items()}

    assert {
        "reference": "Pass, advisory only",
        "planted": "Fail",
        "local": "Not enough evidence",
    } == words


def test_every_report_as_data_keeps_to_the_schema(pages):
    schema = json.loads(SCHEMA.read_bytes())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for name, page in pages.items():
        wrong = [(list(e.path), e.message[:80]) for e in validator.iter_errors(page.as_json())]
        assert not wrong, name


def test_a_page_with_a_word_too_many_does_not_keep_to_the_schema(pages):
    written = pages["local"].as_json() | {"compliant": True}

    assert not Draft202012Validator(json.loads(SCHEMA.read_bytes())).is_valid(written)


def test_all_seventeen_sections_of_every_report_have_something_to_say(pages):
    for page in pages.values():
        assert all(section.blocks for section in page.sections[1:])
        assert 17 == len(page.sections)


def test_no_name_of_a_made_up_person_stands_in_a_report(pages):
    """The words of a draft that the names' list has too, and that are words of a report as well."""
    lines = (ROOT / "datasets/names-us-v1/identities.jsonl").read_text().splitlines()
    names = {json.loads(line)["first_name"] for line in lines}
    for page in pages.values():
        blocks = [b for section in page.sections for b in section.blocks]
        shown = " ".join(
            piece.text
            for b in blocks
            if b.kind == "pair"
            for side in (b.left, b.right)
            for piece in side.pieces
        )
        assert not names & set(shown.replace("'", " ").replace(",", " ").split())
