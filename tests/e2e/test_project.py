"""A user's own project, from ``init`` to a decision."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from govern.errors import PolicyError

pytestmark = pytest.mark.usefixtures("unmirrored")


def test_a_new_project_reaches_a_decision_on_its_own_suite_policy_and_pipeline(govern, signed):

    gated = govern("gate", "first", "--policy", "my-policy", "--json")

    assert 0 == gated.code
    assert "pass" == gated.json["outcome"]
    assert gated.json["advisory"]
    assert ["ana (board-chair)", "ben (worker-representative)"] == gated.json["policy"]["signed_by"]


def test_a_decision_folder_holds_what_it_rests_on_and_its_report_can_be_made_anew(govern, signed):
    assert 0 == govern("keys", "init", "gate", "--role", "gate").code
    govern("gate", "first", "--policy", "my-policy", "--out", "decided", "--key", "gate")

    names = {path.name for path in Path("decided").iterdir()}
    assert {
        "beside.json",
        "decision.json",
        "decision.dsse.json",
        "docket.json",
        "findings.json",
        "policy.md",
        "report.html",
        "junit.xml",
        "sarif.json",
        "summary.md",
        "summary.dsse.json",
        "envelopes",
        "trust.json",
        "drafts.parquet",
    } == names
    Path("decided/report.html").unlink()
    assert 0 == govern("report", "decided").code
    assert "Verified to level 2 of 4" in Path("decided/report.html").read_text(encoding="utf-8")
    verified = govern("verify", "decided", "--trust", "record/trust.json", "--level", "3", "--json")
    held = {check["what"] for check in verified.json["checks"] if check["holds"]}
    assert {"report.html", "beside.json"} <= held
    assert 3 == verified.json["level"]


def test_a_report_leaves_drafts_out_on_request_and_still_verifies(govern, signed):
    govern("gate", "first", "--policy", "my-policy", "--out", "decided")
    assert 0 == govern("report", "decided", "--no-drafts").code
    text = Path("decided/report.html").read_text(encoding="utf-8")
    verified = govern("verify", "decided", "--trust", "record/trust.json", "--json")
    page = govern("report", "decided", "--no-drafts", "--json").json
    assert 0 == govern("report", "decided", "--for", "employees").code
    sheet = Path("employees.html").read_text(encoding="utf-8")

    assert "They were left out on request." in text
    assert "report.html" in {c["what"] for c in verified.json["checks"] if c["holds"]}
    assert "How to object" in sheet
    assert list(range(1, 18)) == [section["number"] for section in page["sections"]]


def test_an_auditor_with_a_copy_of_the_trust_root_verifies_a_decision(govern, signed):
    assert 0 == govern("keys", "init", "gate", "--role", "gate").code
    govern("gate", "first", "--policy", "my-policy", "--key", "gate")
    [folder] = Path("record/decisions").iterdir()
    Path("copy.json").write_bytes(Path("record/trust.json").read_bytes())

    found = govern("verify", folder.name, "--trust", "copy.json", "--level", "3", "--json")
    table = govern("verify", str(folder))
    Path(folder, "findings.json").write_text("{}")
    altered = govern("verify", str(folder))

    assert (0, 3, True) == (found.code, found.json["level"], found.json["trust"]["own"])
    assert 0 == table.code
    assert "Level reached: 2 of 4" in table.out
    assert "NOT your own" in table.out
    assert (13, "") == (altered.code, altered.out)


def test_a_decision_is_never_overwritten(govern, signed):
    govern("gate", "first", "--policy", "my-policy", "--out", "decided")
    first = Path("decided/decision.json").read_bytes()

    again = govern("gate", "first", "--policy", "my-policy", "--out", "decided")

    assert 2 == again.code
    assert first == Path("decided/decision.json").read_bytes()


def test_an_unsigned_policy_ends_with_12_and_writes_no_decision(govern, ran):

    gated = govern("gate", "first", "--policy", "my-policy")

    assert 12 == gated.code
    assert "govern policy sign" in gated.err
    assert not Path("record/decisions").exists()


def test_a_policy_signed_by_the_chair_alone_still_lacks_the_worker_representative(govern, ran):
    govern("keys", "init", "ana", "--role", "board-chair")
    govern("policy", "sign", "my-policy", "--key", "ana")

    gated = govern("gate", "first", "--policy", "my-policy")

    assert 12 == gated.code
    assert "worker-representative" in gated.err


def test_one_changed_byte_makes_a_policy_that_nobody_signed(govern, signed):
    policy = Path("policies/my-policy.md")
    policy.write_text(policy.read_text() + "\n")

    assert 12 == govern("gate", "first", "--policy", "my-policy").code


def test_without_certificates_the_gate_says_not_enough_evidence(govern, signed, monkeypatch):
    monkeypatch.setattr("govern.app.docket.load_certificates", lambda _folders: ())

    gated = govern("gate", "first", "--policy", "my-policy", "--json")

    assert 11 == gated.code
    assert {"uncertified"} == {clause["reason"] for clause in gated.json["clauses"]}


def test_changed_drafts_are_not_judged(govern, signed):
    frame = signed / ".govern/runs/first/drafts.parquet"
    raw = bytearray(frame.read_bytes())
    raw[len(raw) // 2] ^= 1
    frame.write_bytes(bytes(raw))

    gated = govern("gate", "first", "--policy", "my-policy")

    assert 13 == gated.code
    assert "expected SHA-256" in gated.err


def test_a_changed_case_is_noticed_before_anything_is_drafted(govern, started):
    cases = started / "datasets/my-cases-v1/cases.jsonl"
    cases.write_bytes(cases.read_bytes().replace(b"Q1", b"Q2", 1))

    done = govern("run", "my-reviews", "--pipeline", "my-function", "--id", "first")

    assert 13 == done.code
    assert not (started / ".govern/runs").exists()


def test_a_run_for_another_suite_cannot_pass(govern, signed):
    govern("run", "builtin:fairness", "--pipeline", "reference", "--plan", "smoke", "--id", "other")

    gated = govern("gate", "other", "--policy", "my-policy", "--json")

    assert 11 == gated.code
    assert "wrong_suite" in {clause.get("reason") for clause in gated.json["clauses"]}


def test_init_refuses_a_folder_that_holds_something(govern, project):
    Path("mine.txt").write_text("keep me")

    refused = govern("init", ".")

    assert 2 == refused.code
    assert ["mine.txt"] == [path.name for path in project.iterdir()]


def test_an_id_of_a_shipped_thing_is_refused_in_a_project(govern, ran):
    shipped = ran / "policies/review-drafting.md"
    shipped.write_text(Path("policies/my-policy.md").read_text())

    assert 2 == govern("gate", "no-run", "--policy", "review-drafting").code
    refused = govern("gate", "first", "--policy", "review-drafting")
    assert 2 == refused.code
    assert "stands for both" in refused.err


@pytest.mark.parametrize(
    "kind", ["suites", "datasets", "pipelines", "policies", "metrics", "laws", "runs"]
)
def test_everything_listed_as_a_table_is_listed_as_json_too(govern, started, kind):
    rows = govern("list", kind, "--json").json
    table = govern("list", kind)

    assert 0 == table.code
    assert all(row["id"] in table.out for row in rows)


def test_own_and_shipped_things_are_listed_side_by_side(govern, started):
    ids = {row["id"] for row in govern("list", "suites", "--json").json}

    assert {"my-reviews", "builtin:review-core", "builtin:fairness"} <= ids


def test_json_output_is_one_document_and_nothing_else(govern, ran):
    probe = ("run", "my-reviews", "--pipeline", "my-function", "--plan", "probe")
    done = govern(*probe, "--no-cache", "--json")

    assert "my-reviews" == json.loads(done.out)["run"]["suite"]


def test_a_policy_error_has_the_exit_code_of_policy_errors():
    assert 12 == PolicyError.exit_code


def test_the_cases_of_a_new_project_are_what_their_card_says(govern, started):
    checked = govern("dataset", "check", "my-cases-v1")

    assert 0 == checked.code, checked.out + checked.err
