"""Who stands where around a review, out of what came in and what the record holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from govern.app import contest_facts
from govern.app.contest_facts import Company, facts_of
from govern.app.contest_settings import Settings
from govern.domain.acts import Signer
from govern.domain.contest_store import Mandate
from govern.sources.locate import Project
from govern.testing.contests import review

NOW = datetime(2026, 3, 2, tzinfo=UTC)
A = "a" * 64
SETTINGS = Settings(
    pipeline_owners={"drafter": ("owner",)}, signers={"ana": "chair", "ben": "worker"}
)


def signer(name: str) -> Signer:
    return Signer(name=name, roles=("board-chair",), keyid=A)


def decision(**changes):
    """What of a decision is read; a whole one takes a run of the gate."""
    fields = {
        "decision_id": "d1",
        "run": SimpleNamespace(fingerprint=A, pipeline="drafter"),
        "clauses": (),
    }
    return SimpleNamespace(**{**fields, **changes})


def of(person, *line, at=NOW):
    return review(
        review_id=f"r-{person}", employee=person, manager=line[0], line=line, finalised=at
    )


@pytest.fixture
def weigh(tmp_path, monkeypatch):
    """The facts for somebody, over reviews that came in, decisions and who approved them."""

    def facts(person="dec", *, subject=None, others=(), decisions=(), approvers=()):
        approvals = [SimpleNamespace(signers=(signer(name),)) for name in approvers]
        monkeypatch.setattr(contest_facts, "past_decisions", lambda _record: decisions)
        monkeypatch.setattr(contest_facts, "read_trust", lambda _record: None)
        monkeypatch.setattr(contest_facts, "load_approvals", lambda *_, **__: approvals)
        mine = subject or review(fingerprint=A)
        store = SimpleNamespace(
            mandates=SimpleNamespace(of=lambda _person: ()),
            intake=SimpleNamespace(reviews=lambda: (mine, *others)),
        )
        project = Project(tmp_path, configured=False)
        known = facts_of(store, mine, "c")
        company = Company(project, store.intake.reviews(), SETTINGS, now=NOW)
        return company.weighed(known, mine, person=person)

    return facts


def test_owners_and_approvers_are_people_of_the_directory(weigh):
    facts = weigh(decisions=[decision()], approvers=("ana", "ben"))
    assert facts.pipeline_owners == ("owner",)
    assert facts.gate_approvers == ("chair", "worker")


def test_who_waived_a_clause_let_it_draft_as_well(weigh):
    waived = SimpleNamespace(waiver=SimpleNamespace(approvers=(signer("ben"),)))
    assert weigh(decisions=[decision(clauses=(waived,))]).gate_approvers == ("worker",)


def test_what_is_in_no_table_nobody_knows(weigh):
    run = SimpleNamespace(fingerprint=A, pipeline="another")
    facts = weigh(decisions=[decision(), decision(run=run)], approvers=("ana", "cyd"))
    assert facts.pipeline_owners is None
    assert facts.gate_approvers is None


def test_of_a_pipeline_without_a_decision_nobody_knows_anything(weigh):
    other = SimpleNamespace(fingerprint="b" * 64, pipeline="drafter")
    facts = weigh(decisions=[decision(run=other)])
    assert (facts.pipeline_owners, facts.gate_approvers) == (None, None)


def test_a_decision_by_its_id_counts_where_the_fingerprint_did_not_come_in(weigh):
    facts = weigh(subject=review(decision_id="d1"), decisions=[decision()])
    assert facts.pipeline_owners == ("owner",)


def test_where_no_ai_took_part_there_is_nobody_to_name(weigh):
    facts = weigh(subject=review(ai_role="none"))
    assert (facts.pipeline_owners, facts.gate_approvers) == ((), ())


def test_lines_come_from_the_last_review_of_each(weigh):
    facts = weigh(
        others=[of("dec", "new", "top", at=NOW), of("dec", "old", at=NOW - timedelta(days=400))]
    )
    assert facts.above("dec") == ("new", "top")
    assert facts.above("new") == ("top",)
    assert facts.above("top") == ()


def test_whoever_reports_to_author_or_manager_is_named_where_the_line_is_known(weigh):
    below = of("colleague", "lead", "mgr")
    assert "colleague" in (weigh("colleague", others=[below]).reports or ())
    assert weigh("stranger", others=[below]).reports is None


def test_a_line_without_the_manager_begins_with_them(weigh):
    facts = weigh(subject=review(line=("head", "top"), fingerprint=A))
    assert facts.above("mgr") == ("head", "top")
    assert weigh(subject=review(line=(), fingerprint=A)).above("mgr") is None


def test_a_mandate_for_another_case_does_not_count(tmp_path):
    given = [
        Mandate(employee="emp", representative="one", case_id="c"),
        Mandate(employee="emp", representative="two", case_id="d"),
        Mandate(employee="emp", representative="all"),
    ]
    store = SimpleNamespace(mandates=SimpleNamespace(of=lambda _person: given))
    assert facts_of(store, review(), "c").representatives == ("one", "all")
