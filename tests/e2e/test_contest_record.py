"""Contests come in and are answered, and the gate judges how."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from govern.app import contest_steps
from govern.app import contests as app
from govern.app.case_store import KEY, KEY_FILE, STORE
from govern.app.gate import sign_policy_file
from govern.attest.keys import create_key, load_key
from govern.domain.contest import Actor, Drafted
from govern.sources.locate import find_project
from govern.testing.contests import SAMPLES, payload, review

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HANDLER = Actor(person="handler", role="case-handler")
DECIDER = Actor(person="dec", role="decider")
PEOPLE = 12
SUITE = """
from govern.domain import Plan, Suite

SUITE = Suite(
    id="tiny", version="1.0.0", question="Does it draft?", dataset="builtin:review-core-v1",
    identities="builtin:names-us-v1", measures=("coverage.not_drafted",),
    plans=(Plan(id="small", cases=2, noise=False),),
)
"""
POLICY = """---
policy: ours
version: 1.0.0
approved: 2026-11-01
review_by: 2027-05-01
decision_valid_days: 90
declared_only_valid_days: 30
approvals: {threshold: 1, roles: [board-chair]}
attempts: {max_per_lineage: 2}
scope: {use_cases: [review], stage: pilot, languages: [en], human_review: true}
---
# Ours

## CON-1 Contests are answered in time

At most .3 (0.3) are overdue in 365 days; we must be 95 % sure (0.95), from at least 10 contests.

```yaml clause
id: CON-1
severity: block
record: contest.overdue_share
statistic: {confidence: 0.95, sided: one}
pass_if: {upper_le: 0.3}
fail_if: {lower_gt: 0.3}
evidence: {min_cases: 10, window_days: 365}
```
"""


@pytest.fixture
def ran(govern, project: Path, unmirrored, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a run, and a policy that asks how contests are answered."""
    for name in (STORE, KEY, KEY_FILE, "GOVERN_RECORD_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("govern.attest.keys.KDF_ROUNDS", 1)
    monkeypatch.setattr("govern.cli.context.now", lambda: NOW)
    for folder in ("evals", "policies"):
        (project / folder).mkdir()
    (project / "govern.toml").touch()
    (project / "evals/tiny.py").write_text(SUITE)
    (project / "policies/ours.md").write_text(POLICY)
    create_key(project / "record", name="ana", roles=("board-chair",), passphrase="p", created=NOW)
    key = load_key(project / "record", "ana", "p")
    sign_policy_file(find_project(project), "ours", key=key, now=NOW)
    done = govern("run", "tiny", "--pipeline", "reference", "--plan", "small", "--id", "a")
    assert done.code == 0, done.err
    return project


def take_in(govern, project: Path) -> None:
    """A review of each person, and one that tells who stands above the decider."""
    rows = [
        review(review_id=f"r{n}", employee=f"emp-{n}", ai_role="none", finalised=NOW - 60 * DAY)
        for n in range(PEOPLE)
    ]
    above = [("dec", "other-head", "top-2"), ("auth", "head", "top")]
    rows += [
        review(review_id=f"r-{who}", employee=who, author=line[0], manager=line[0], line=line,
               ai_role="none", finalised=NOW - 60 * DAY)
        for who, *line in above
    ]  # fmt: skip
    (project / "reviews.jsonl").write_text("".join(f"{json.dumps(r.as_json())}\n" for r in rows))
    assert govern("intake", "reviews.jsonl").code == 0


def contest_all(project: Path, *, answered_after: int) -> None:
    """Everybody contests, and is answered so many days later."""
    contests = app.open_contests(find_project(project))
    asked = NOW - 40 * DAY
    for n in range(PEOPLE):
        said = Drafted.model_validate({**SAMPLES["drafted"], "review_id": f"r{n}"})
        employee = Actor(person=f"emp-{n}", role="employee")
        case_id = contest_steps.file(contests, employee, said, now=asked).case_id
        for who, kind in (
            (HANDLER, "acknowledged"),
            (HANDLER, "admitted"),
            (DECIDER, "review_started"),
        ):
            contest_steps.act(contests, who, case_id, payload(kind), now=asked)
        answered = asked + answered_after * DAY
        contest_steps.act(contests, DECIDER, case_id, payload("decided"), now=answered)
    contests.store.close()


def judged(govern) -> dict[str, object]:
    done = govern("gate", "a", "--policy", "ours", "--json")
    [clause] = done.json["clauses"]
    return {"code": done.code, **clause}


def test_without_a_record_the_clause_is_not_passed_and_no_store_is_made(govern, ran):
    clause = judged(govern)
    assert (clause["code"], clause["outcome"], clause["reason"]) == (
        11,
        "insufficient_evidence",
        "no_record",
    )
    assert not (ran / ".govern/contests.db").exists()


@pytest.mark.parametrize(
    ("answered_after", "outcome"), [(10, "pass"), (20, "fail")], ids=["in time", "late"]
)
def test_the_gate_judges_how_contests_were_answered(govern, ran, answered_after, outcome):
    take_in(govern, ran)
    contest_all(ran, answered_after=answered_after)
    clause = judged(govern)
    assert clause["outcome"] == outcome, clause
    assert f"{PEOPLE}" in str(clause["slices"])


def test_what_happens_after_the_moment_asked_about_does_not_count(govern, ran, monkeypatch):
    take_in(govern, ran)
    contest_all(ran, answered_after=10)
    monkeypatch.setattr("govern.cli.context.now", lambda: NOW - 30 * DAY - timedelta(hours=1))
    found = govern("contest", "stats", "--json").json["findings"]
    decided = [f for f in found if f["metric"] == "contest.upheld_share"]
    still_open = [f for f in found if f["metric"] == "contest.open_share" and f["by"] == "all"]
    assert all(isinstance(f["estimate"], dict) for f in decided)
    assert [f["estimate"] for f in still_open] == [1.0]
