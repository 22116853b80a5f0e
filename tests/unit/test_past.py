"""What the record says of decisions that came before, and of other candidates."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from govern.app.past import alternatives, past_decisions, previous
from govern.domain import Approvals, Decision, Findings, Policy, PropertyClause, Scope
from govern.domain.policy import Must
from govern.errors import IntegrityError
from govern.policy.judge import judge
from govern.testing import docket_of, run_facts

CLAUSE = PropertyClause(
    id="USE-1", severity="block", property="human_review", must=Must(equals="required")
)


def policy(digest: str = "1" * 64) -> Policy:
    return Policy(
        policy="made-up",
        version="1.0.0",
        approved=date(2026, 1, 2),
        review_by=date(2027, 1, 2),
        decision_valid_days=90,
        declared_only_valid_days=30,
        approvals=Approvals(threshold=1, roles=("board-chair",)),
        scope=Scope(use_cases=("review",), stage="pilot"),
        title="Made up",
        clauses=(CLAUSE,),
        digest=digest,
        source="p.md",
    )


def decide(written: Policy, day: int, **facts) -> Decision:
    findings = Findings(run=run_facts(**facts), findings=())
    return judge(written, findings, docket_of([]), now=datetime(2026, 3, day, tzinfo=UTC))


def keep(record, decision: Decision) -> Decision:
    folder = record / "decisions" / decision.decision_id
    folder.mkdir(parents=True)
    (folder / "decision.json").write_text(decision.model_dump_json(), encoding="utf-8")
    return decision


def test_an_empty_record_has_no_decisions(tmp_path):
    assert () == past_decisions(tmp_path)


def test_decisions_come_in_the_order_in_which_they_were_made(tmp_path):
    made = [keep(tmp_path, decide(policy(), day)) for day in (9, 3, 6)]

    assert [made[1], made[2], made[0]] == list(past_decisions(tmp_path))


def test_the_previous_decision_is_the_last_one_on_the_same_pipeline_whatever_its_version(tmp_path):
    first = keep(tmp_path, decide(policy("2" * 64), 3, fingerprint="a" * 64))
    keep(tmp_path, decide(policy(), 5, pipeline="another"))
    past = past_decisions(tmp_path)

    assert first.decision_id == previous(past, policy(), run_facts(fingerprint="b" * 64))
    assert previous(past, policy(), run_facts(pipeline="never-seen")) is None


def test_alternatives_are_other_candidates_under_this_very_policy_each_as_last_judged(tmp_path):
    keep(tmp_path, decide(policy(), 3, fingerprint="a" * 64))
    again = keep(tmp_path, decide(policy(), 4, fingerprint="a" * 64))
    keep(tmp_path, decide(policy("2" * 64), 5, fingerprint="b" * 64))
    keep(tmp_path, decide(policy(), 6, fingerprint="c" * 64, suite="another"))
    keep(tmp_path, decide(policy(), 7, fingerprint="d" * 64))
    [other] = alternatives(past_decisions(tmp_path), policy(), run_facts(fingerprint="d" * 64))

    assert (again.decision_id, "a" * 64) == (other.decision_id, other.fingerprint)
    assert "insufficient_evidence" == other.outcome


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema_version": 9}', "[" * 100_000])
def test_a_damaged_decision_is_an_error_and_not_left_out(tmp_path, text):
    folder = tmp_path / "decisions" / "d"
    folder.mkdir(parents=True)
    (folder / "decision.json").write_text(text, encoding="utf-8")

    with pytest.raises(IntegrityError, match="cannot be read"):
        past_decisions(tmp_path)


def test_a_decision_in_the_folder_of_another_is_an_error(tmp_path):
    keep(tmp_path, decide(policy(), 3))
    [folder] = (tmp_path / "decisions").iterdir()
    folder.rename(folder.with_name("other"))

    with pytest.raises(IntegrityError, match="expected decision other"):
        past_decisions(tmp_path)


def test_a_decision_of_the_first_form_is_left_out(tmp_path):
    kept = keep(tmp_path, decide(policy(), 3))
    old = tmp_path / "decisions" / "old"
    old.mkdir()
    (old / "decision.json").write_text(json.dumps({"schema_version": 1}), encoding="utf-8")

    assert (kept,) == past_decisions(tmp_path)
