"""What a report says of drafts in use: from a real store of contests, or why there is nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from govern.app.case_store import KEY, KEY_FILE, STORE, open_case_store
from govern.app.decision_folder import as_text
from govern.app.in_use import NO_RECORD, OTHER_USE, UNREACHED, used
from govern.app.questions import questions_of
from govern.domain import Decision, Policy
from govern.report.beside import Beside
from govern.report.blocks import Number
from govern.report.html import render
from govern.report.view import build
from govern.sources.locate import Project
from govern.testing.contests import review

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
TEMPLATES = ROOT / "reports" / "templates"
NOW = datetime(2026, 12, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
DRAFT = "You closed ten tickets this year."


@pytest.fixture
def decision() -> Decision:
    made = Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())
    run = made.run.model_copy(update={"fingerprint": "a" * 64, "use_case": "review"})
    return made.model_copy(update={"run": run})


@pytest.fixture
def policy() -> Policy:
    return Policy.model_validate_json((GOLDEN / "policy.json").read_bytes())


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    for name in (STORE, KEY, KEY_FILE, "GOVERN_RECORD_URL"):
        monkeypatch.delenv(name, raising=False)
    return Project(tmp_path, configured=False)


def take_in(project: Project, many: int) -> None:
    """So many reviews by as many people; every fourth was changed and rated a point higher."""
    store = open_case_store(project)
    store.intake.put_reviews(
        [
            review(
                review_id=f"r{n}",
                employee=f"secret-employee-{n}",
                author=f"secret-author-{n}",
                finalised=NOW - 20 * DAY,
                fingerprint="a" * 64,
                draft=DRAFT,
                final=DRAFT if n % 4 else "You closed nine tickets this quarter.",
                draft_rating=3,
                final_rating=3 if n % 4 else 4,
            )
            for n in range(many)
        ]
    )
    store.close()


def cells(page, name: str) -> dict[str, tuple]:
    """The row below each measure's question, the measure first."""
    grids = [b for one in page.sections for b in one.blocks if b.kind == "grid"]
    grid = next(one for one in grids if one.id == name)
    told: dict[str, tuple] = {}
    for group in grid.groups:
        measure, _, question = group.heading.partition(": ")
        [row] = group.rows
        assert question.endswith("?")
        told[measure] = (measure, *(c.shown if isinstance(c, Number) else c for c in row))
    return told


def absent(page, anchor: str) -> dict[str, str]:
    section = next(one for one in page.sections if one.anchor == anchor)
    return {b.what: b.why for b in section.blocks if b.kind == "not_measured"}


def look(project: Project, decision: Decision) -> Beside:
    seen, why = used(project, project.record, decision, now=NOW)
    return Beside(in_use=seen, not_in_use=why, questions=questions_of(decision, None, seen))


def test_edits_and_ratings_of_drafts_in_use_stand_in_the_report_and_nobodys_name(
    project, decision, policy
):
    """Of 40 reviews 30 as drafted; 10 with 2 of 6 words changed and a point more."""
    take_in(project, 40)
    beside = look(project, decision)
    page = build(decision, policy, beside=beside)
    edits = cells(page, "edits")

    assert "75.000" == edits["Left as drafted"][2]
    assert "8.333" == edits["Words changed"][2]
    assert ("25.000", "0.250") == (edits["Rating changed"][2], edits["Rating moved"][2])
    assert ("All", "40 reviews") == (edits["Rating moved"][1], edits["Rating moved"][6])
    assert "100.000" == cells(page, "monitored")["Without decision"][2]
    assert "Edits and overrides of drafts" not in absent(page, "oversight")
    assert "Monitoring of drafts in use" not in absent(page, "after")
    text = render(page, TEMPLATES) + beside.model_dump_json()
    assert "secret-" not in text
    assert "tickets" not in text


def test_of_a_few_people_neither_a_number_nor_their_count_is_told(project, decision, policy):
    take_in(project, 9)
    page = build(decision, policy, beside=look(project, decision))

    for row in (*cells(page, "edits").values(), *cells(page, "monitored").values()):
        assert row[2].startswith("not measured: fewer than 10 people")
        assert ("–", "–", "–") == (row[3], row[4], row[6])


def test_contests_and_the_watch_on_retaliation_are_told_though_no_clause_asks(
    project, decision, policy
):
    take_in(project, 40)
    page = build(decision, policy, beside=look(project, decision))

    assert "0.000" == cells(page, "contests-seen")["Contested share"][2]
    watched = [row[2] for row in cells(page, "retaliation").values()]
    assert all(told.startswith("not measured: no ") for told in watched), watched
    assert not absent(page, "contests")


def test_a_project_without_a_contest_record_says_what_would_supply_one(project, decision, policy):
    page = build(decision, policy, beside=look(project, decision))

    assert NO_RECORD == absent(page, "oversight")["Edits and overrides of drafts"]
    assert NO_RECORD in absent(page, "after")["Monitoring of drafts in use"]
    assert "`attest: incidents-looked-at`" in absent(page, "after")["Incidents"]
    assert (
        "`attest: time-looked-at`"
        in (absent(page, "oversight")["Time that managers spend on a draft"])
    )
    assert not (project.state / "contests.db").exists(), "looking makes no record"


def test_a_record_out_of_reach_stops_no_report_and_tells_no_address(project, decision, monkeypatch):
    monkeypatch.setenv(STORE, "postgresql://someone:hunter2@localhost:1/none")
    seen, why = used(project, project.record, decision, now=NOW)

    assert (None, UNREACHED) == (seen, why)
    assert "hunter2" not in why


def test_of_another_use_than_reviews_the_record_tells_nothing(project, decision):
    take_in(project, 12)
    run = decision.run.model_copy(update={"use_case": "goal"})

    found = used(project, project.record, decision.model_copy(update={"run": run}), now=NOW)
    assert (None, OTHER_USE) == found


def test_a_signed_statement_about_incidents_stands_where_a_register_would(decision, policy):
    clause = decision.clauses[0].model_copy(
        update={"kind": "attested", "subject": "incidents-looked-at"}
    )
    page = build(decision.model_copy(update={"clauses": (clause, *decision.clauses[1:])}), policy)
    after = next(one for one in page.sections if one.anchor == "after")

    assert "Incidents" not in absent(page, "after")
    [links] = [b for b in after.blocks if b.kind == "clause_links"]
    assert (clause.id,) == tuple(one.id for one in links.clauses)


def test_what_was_seen_of_use_survives_the_file_beside_the_decision(project, decision):
    take_in(project, 12)
    beside = look(project, decision)

    assert beside == Beside.model_validate_json(as_text(beside))
