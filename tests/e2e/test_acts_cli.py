"""``govern attest``, ``waive``, ``approve`` and ``keys`` as people type them, and refusals."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from govern.app.board import decision_file
from govern.attest.envelopes import sign, write_envelope
from govern.attest.keys import create_key, load_key
from govern.attest.statements import decision_statement
from govern.domain import Alternative, Decision, Docket, Findings, Policy
from govern.metrics import METRICS
from govern.policy.judge import judge
from govern.policy.reader import read_policy
from govern.sources.locate import Project
from govern.testing.findings import run_facts

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SPECS = (METRICS["coverage.not_drafted"].spec,)
PASSPHRASE = "correct horse"
POLICY = """---
policy: ours
version: 1.0.0
approved: 2026-11-10
review_by: 2027-05-10
decision_valid_days: 90
declared_only_valid_days: 30
approvals: {threshold: 1, roles: [board-chair]}
decision_approvals: {threshold: 2, roles: [board-chair, worker-representative], required: [worker-representative]}
scope: {use_cases: [review], stage: pilot}
---
# Ours

## COV-1 Drafts come back

At most 15 in 100 (0.15) may fail. We must be 95 % sure (0.95), from at least 24 cases. The chair
and the worker representative together may set this aside for up to 30 days, with a ticket.

```yaml clause
id: COV-1
severity: block
metric: coverage.not_drafted
statistic: {confidence: 0.95, sided: one}
pass_if: {upper_le: 0.15}
fail_if: {lower_gt: 0.15}
evidence: {min_cases: 24, suite: review-core}
waiver: {allowed: true, approvers: [board-chair, worker-representative], max_days: 30, needs: [ticket]}
```

## LAW-1 The works council was asked

The worker representative says, not longer than 180 days ago, what the works council answered.

```yaml clause
id: LAW-1
severity: block
attest: works-council
role: worker-representative
answers: [agreed]
max_age_days: 180
```

## USE-1 People decide

A person reviews each draft.

```yaml clause
id: USE-1
severity: block
property: human_review
must: {equals: required}
```
"""  # noqa: E501
KEYS = {
    "ana": ("board-chair",),
    "ben": ("worker-representative",),
    "cleo": ("data-protection-officer",),
    "gate": ("gate",),
    "robot": ("gate", "board-chair"),
}


@pytest.fixture(autouse=True)
def fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One moment, and keys that open fast: how slow they are to guess has its own test."""
    monkeypatch.setattr("govern.cli.context.now", lambda: NOW)
    monkeypatch.setattr("govern.attest.keys.KDF_ROUNDS", 1)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a policy, keys, and two decisions: ``open1`` is not a pass, ``pass1`` is."""
    project = tmp_path_factory.mktemp("template")
    (project / "govern.toml").touch()
    (project / "policies").mkdir()
    (project / "policies/ours.md").write_text(POLICY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("govern.attest.keys.KDF_ROUNDS", 1)
        for name, roles in KEYS.items():
            create_key(
                project / "record", name=name, roles=roles, passphrase=PASSPHRASE, created=NOW
            )
    keep(project, judged("open1"))
    other = Alternative(
        decision_id="0" * 8,
        pipeline="rival",
        pipeline_version="2.0.0",
        fingerprint="9" * 64,
        outcome="pass",
    )
    passed = {"outcome": "pass", "effective_outcome": "pass", "alternatives": (other,)}
    keep(project, judged("pass1").model_copy(update=passed))
    return project


@pytest.fixture
def ours(template: Path, project: Path) -> Path:
    """The same, to be worked in."""
    shutil.copytree(template, project, dirs_exist_ok=True)
    return project


def judged(decision_id: str) -> Decision:
    """What the judge says where nothing was measured, stated or attested."""
    policy = ours_policy()
    findings = Findings(run=run_facts(), findings=())
    docket = Docket(scope=policy.scope, signed_by=("ana (board-chair)",), specs=SPECS)
    return judge(policy, findings, docket, now=NOW).model_copy(update={"decision_id": decision_id})


@cache
def ours_policy() -> Policy:
    return read_policy(POLICY.encode(), where="ours.md")


def keep(project: Path, decision: Decision, *, signer: str = "gate") -> Path:
    folder = project / "record/decisions" / decision.decision_id
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.md").write_text(POLICY)
    (folder / "decision.json").write_text(json.dumps(decision.as_json()))
    key = load_key(project / "record", signer, PASSPHRASE)
    envelope = sign(decision_statement(decision), [key], now=NOW)
    write_envelope(folder / "decision.dsse.json", envelope)
    return folder


def options(words: dict[str, str], **change: str | None) -> list[str]:
    """Options as a user types them; ``None`` leaves one out."""
    merged = words | {name.replace("_", "-"): text for name, text in change.items()}
    return [
        part for name, text in merged.items() if text is not None for part in (f"--{name}", text)
    ]


ATTEST = {
    "policy": "ours",
    "as": "worker-representative",
    "answer": "agreed",
    "statement": "We heard the plan and agree.",
    "key": "ben",
}
WAIVE = {
    "requester": "dora",
    "reason": "The service was down for a day.",
    "mitigation": "Managers write without drafts.",
    "ticket": "HR-12",
    "days": "30",
    "key": "ana",
}
APPROVE = {
    "as": "board-chair",
    "conflict": "none",
    "owner": "Head of People",
    "reasons": "All clauses pass and the pilot is small.",
    "not-chosen": "rival: leaves out more",
    "key": "ana",
}


def files(project: Path) -> list[str]:
    kinds = ("attestations", "waivers", "approvals")
    return sorted(p.name for kind in kinds for p in (project / "record" / kind).glob("*"))


def test_an_attestation_is_signed_for_as_long_as_the_clause_allows(govern: Any, ours: Path):
    """180 days after 20 November 2026 is 19 May 2027."""
    done = govern("attest", "works-council", *options(ATTEST, ref="minutes"), "--json")

    assert 0 == done.code, done.err
    assert ["LAW-1"] == done.json["accepted_by"]
    assert ("2027-05-19", ["minutes"]) == (
        done.json["attestation"]["expires"],
        done.json["attestation"]["refs"],
    )
    assert [Path(done.json["file"]).name] == files(ours)


def test_an_answer_that_the_clause_does_not_accept_is_kept_and_told(govern: Any, ours: Path):
    said = govern("attest", "works-council", *options(ATTEST, answer="objected", days="10"))

    assert 0 == said.code
    assert "objected, until 2026-11-30" in said.out
    assert "LAW-1 asks for agreed, so it does not pass" in said.out
    assert 1 == len(files(ours))


REFUSED_ATTEST: dict[str, tuple[str, dict[str, str | None], int, str]] = {
    "a kind that nobody asks for": ("training", {}, 2, "no attestation 'training'; it asks: works"),
    "a role that no clause asks": ("works-council", {"as": "board-chair"}, 2, "by worker-repres"),
    "a signer without the role": ("works-council", {"key": "ana"}, 12, "ana signs as worker-repr"),
    "no words": ("works-council", {"statement": ""}, 12, "statement"),
    "blank words": ("works-council", {"statement": " \n"}, 12, "statement: blank"),
    "an unknown answer": ("works-council", {"answer": "maybe"}, 12, "answer"),
    "too long": ("works-council", {"days": "181"}, 12, "2027-05-19 at the latest"),
    "too late": ("works-council", {"expires": "2027-05-20"}, 12, "2027-05-19 at the latest"),
    "today": ("works-council", {"expires": "2026-11-20"}, 12, "not after today"),
    "no day": ("works-council", {"expires": "soon"}, 2, "expected a day such as"),
    "both": ("works-council", {"expires": "2027-01-01", "days": "3"}, 2, "not both"),
    "no such policy": ("works-council", {"policy": "theirs"}, 2, "theirs"),
    "no such key": ("works-council", {"key": "zoe"}, 2, "no key"),
}


@pytest.mark.parametrize("what", REFUSED_ATTEST)
def test_an_attestation_is_refused_with_its_reason(govern: Any, ours: Path, what: str):
    kind, change, code, said = REFUSED_ATTEST[what]

    done = govern("attest", kind, *options(ATTEST, **change))

    assert code == done.code
    assert said in done.err
    assert [] == files(ours)


def test_a_waiver_is_complete_when_each_role_has_signed(govern: Any, ours: Path):
    first = govern("waive", "open1", "COV-1", *options(WAIVE), "--json")
    assert 0 == first.code, first.err
    assert ["worker-representative"] == first.json["missing"]

    second = govern("waive", "--sign", first.json["file"], "--key", "ben", "--json")

    assert 0 == second.code, second.err
    assert ([], ["ana", "ben"]) == (second.json["missing"], second.json["signed_by"])
    assert "2026-12-20" == second.json["waiver"]["expires"]


def test_a_complete_waiver_changes_what_the_judge_makes_of_the_clause(govern: Any, ours: Path):
    from govern.attest.acts import load_waivers
    from govern.attest.trust import read_trust

    file = govern("waive", "open1", "COV-1", *options(WAIVE), "--json").json["file"]
    assert 0 == govern("waive", "--sign", file, "--key", "ben").code
    policy = ours_policy()
    record = ours / "record"
    waivers = load_waivers(record, read_trust(record), now=NOW)
    docket = Docket(scope=policy.scope, signed_by=(), specs=SPECS, waivers=waivers)

    decision = judge(policy, Findings(run=run_facts(), findings=()), docket, now=NOW)

    [clause] = [c for c in decision.clauses if c.id == "COV-1"]
    assert ("insufficient_evidence", "waived") == (clause.outcome, clause.effective)
    assert () == decision.waivers_refused


def test_people_are_told_who_has_yet_to_sign(govern: Any, ours: Path):
    first = govern("waive", "open1", "COV-1", *options(WAIVE))

    assert "signed by ana\nStill missing: worker-representative; `govern waive --sign" in first.out


REFUSED_WAIVE: dict[str, tuple[tuple[str, ...], dict[str, str | None], int, str]] = {
    "no such decision": (("none", "COV-1"), {}, 2, "expected a decision's folder or id"),
    "no such clause": (("open1", "COV-9"), {}, 2, "no clause 'COV-9'; it has: COV-1"),
    "a clause that forbids it": (("open1", "LAW-1"), {}, 12, "does not allow it"),
    "no approver": (("open1", "COV-1"), {"key": "cleo"}, 12, "waived by board-chair, worker-rep"),
    "who asks approves": (("open1", "COV-1"), {"requester": "ana"}, 12, "somebody else approves"),
    "no reason": (("open1", "COV-1"), {"reason": ""}, 12, "reason"),
    "a blank reason": (("open1", "COV-1"), {"reason": " "}, 12, "reason: blank"),
    "no mitigation": (("open1", "COV-1"), {"mitigation": None}, 12, "mitigation"),
    "too long": (("open1", "COV-1"), {"days": "31"}, 12, "for 1 to 30 days, not 31"),
    "no time": (("open1", "COV-1"), {"days": None}, 12, "for 1 to 30 days, not 0"),
    "no ticket": (("open1", "COV-1"), {"ticket": None}, 12, "only with a ticket"),
    "a blank ticket": (("open1", "COV-1"), {"ticket": " "}, 12, "ticket: blank"),
    "nobody asks": (("open1", "COV-1"), {"requester": None}, 2, "expected DECISION CLAUSE"),
    "a name that is none": (("open1", "COV-1"), {"requester": "D Ora"}, 12, "requester"),
    "no key": (("open1", "COV-1"), {"key": None}, 2, "--key"),
    "new and signed": (("open1", "COV-1"), {"sign": "x.dsse.json"}, 2, "--sign takes what"),
}


@pytest.mark.parametrize("what", REFUSED_WAIVE)
def test_a_waiver_is_refused_with_its_reason(govern: Any, ours: Path, what: str):
    where, change, code, said = REFUSED_WAIVE[what]

    done = govern("waive", *where, *options(WAIVE, **change))

    assert code == done.code
    assert said in done.err
    assert [] == files(ours)


def test_a_clause_that_passed_is_not_waived(govern: Any, ours: Path):
    decision = judged("d3")
    passed = tuple(
        c.model_copy(update={"outcome": "pass", "effective": "pass"}) for c in decision.clauses
    )
    keep(ours, decision.model_copy(update={"clauses": passed}))

    done = govern("waive", "d3", "COV-1", *options(WAIVE))

    assert 12 == done.code
    assert "COV-1 passed; there is nothing to waive" in done.err


def test_what_no_waiver_can_mend_is_not_waived(govern: Any, ours: Path):
    decision = judged("d3")
    out = {"reason": "attempts_used_up", "explanation": "three attempts were made"}
    clauses = tuple(c.model_copy(update=out) for c in decision.clauses)
    keep(ours, decision.model_copy(update={"clauses": clauses}))

    done = govern("waive", "d3", "COV-1", *options(WAIVE))

    assert (12, True) == (done.code, "three attempts were made" in done.err)


@pytest.mark.parametrize(
    ("key", "code", "said"),
    [
        ("cleo", 12, "waived by board-chair, worker-representative; cleo is data-protection"),
        ("ana", 12, "ana has signed already"),
        ("ben", 12, "ben asks for this waiver"),
    ],
)
def test_a_second_signature_is_refused_as_the_first_is(
    govern: Any, ours: Path, key: str, code: int, said: str
):
    file = govern("waive", "open1", "COV-1", *options(WAIVE, requester="ben"), "--json").json[
        "file"
    ]
    before = Path(file).read_bytes()

    done = govern("waive", "--sign", file, "--key", key)

    assert (code, True) == (done.code, said in done.err), done.err
    assert before == Path(file).read_bytes()


def test_a_waiver_is_not_joined_after_its_end_or_for_another_decision(
    govern: Any, ours: Path, monkeypatch: pytest.MonkeyPatch
):
    file = govern("waive", "open1", "COV-1", *options(WAIVE), "--json").json["file"]
    other = judged("d3")
    changed = other.run.model_copy(update={"fingerprint": "7" * 64})
    keep(ours, other.model_copy(update={"run": changed}))

    elsewhere = govern("waive", "d3", "--sign", file, "--key", "ben")
    monkeypatch.setattr("govern.cli.context.now", lambda: NOW + timedelta(days=31))
    late = govern("waive", "--sign", file, "--key", "ben")

    assert (12, 12) == (elsewhere.code, late.code)
    assert "given for another decision than d3" in elsewhere.err
    assert "expired on 2026-12-20" in late.err


def test_a_waiver_whose_decision_is_not_in_the_record_asks_for_it(govern: Any, ours: Path):
    file = govern("waive", "open1", "COV-1", *options(WAIVE), "--json").json["file"]
    moved = ours / "elsewhere"
    (ours / "record/decisions").rename(moved)

    lost = govern("waive", "--sign", file, "--key", "ben")
    found = govern("waive", str(moved / "open1"), "--sign", file, "--key", "ben")

    assert (2, 0) == (lost.code, found.code)
    assert "name the decision's folder" in lost.err


def test_a_decision_is_approved_when_enough_have_said_yes(govern: Any, ours: Path):
    first = govern("approve", "pass1", *options(APPROVE, condition="Train first.", kill="A leak."))
    second = govern(
        "approve",
        "pass1",
        *options(APPROVE, key="ben", **{"as": "worker-representative"}),
        "--json",
    )

    assert 0 == first.code, first.err
    assert "Still in the way: a yes as worker-representative" in first.out
    assert "advisory" in first.out
    assert second.json["state"]["met"]
    assert ["pass1-ana.dsse.json", "pass1-ben.dsse.json"] == files(ours)
    assert [{"candidate": "rival", "reason": "leaves out more"}] == (
        second.json["approval"]["not_chosen"]
    )


def test_board_page_and_report_tell_a_decision_as_approved_once_it_is(govern: Any, ours: Path):
    passed = judged("pass2").model_copy(update={"effective_outcome": "pass", "advisory": False})
    keep(ours, passed)
    said = []
    for one in ({}, {"key": "ben", "as": "worker-representative"}):
        assert 0 == govern("approve", "pass2", *options(APPROVE, not_chosen=None, **one)).code
        found = decision_file(Project(ours, configured=True), "pass2", now=NOW)
        assert found is not None
        page = govern("report", "pass2", "--json").json
        assert page["answer"]["sentence"] == found.page.answer.sentence
        said.append(found.page.answer.sentence)

    assert "Once 2 people have approved it as the policy asks, it may be piloted" in said[0]
    assert "and 2 people have approved it as the policy asks. It may be piloted" in said[1]


def test_the_board_cannot_outvote_the_worker_representative(govern: Any, ours: Path):
    govern("approve", "pass1", *options(APPROVE))
    role = {"as": "worker-representative", "key": "ben", "not-chosen": None}

    no = govern("approve", "pass1", *options(APPROVE, **role), "--object", "--json")

    assert 0 == no.code, no.err
    assert not no.json["state"]["met"]
    assert "ben objects as worker-representative" in no.json["state"]["missing"]


def test_a_decision_that_did_not_pass_can_be_objected_to_but_not_approved(govern: Any, ours: Path):
    yes = govern("approve", "open1", *options(APPROVE))
    no = govern("approve", "open1", *options(APPROVE, not_chosen=None), "--object")

    assert (12, 0) == (yes.code, no.code)
    assert "only a pass is approved" in yes.err


REFUSED_APPROVE: dict[str, tuple[dict[str, str | None], int, str]] = {
    "a role that is not asked": ({"as": "gate", "key": "gate"}, 2, "by board-chair, worker-repr"),
    "a signer without the role": ({"key": "ben"}, 12, "ben signs as board-chair"),
    "the key that signs decisions": ({"key": "robot"}, 12, "somebody else answers"),
    "no reasons": ({"reasons": ""}, 12, "reasons"),
    "blank reasons": ({"reasons": " "}, 12, "reasons: blank"),
    "no conflict statement": ({"conflict": " "}, 12, "conflict: blank"),
    "no owner": ({"owner": " "}, 12, "owner: blank"),
    "a blank condition": ({"condition": " "}, 12, "conditions: blank"),
    "an alternative not spoken of": ({"not-chosen": None}, 12, "not preferred: rival 2.0.0"),
    "another one spoken of": ({"not-chosen": "third: slow"}, 12, "not preferred: rival 2.0.0"),
    "an alternative without why": ({"not-chosen": "rival"}, 2, "expected `candidate: why`"),
    "an alternative with a blank why": ({"not-chosen": "rival: "}, 2, "expected `candidate: why`"),
}


@pytest.mark.parametrize("what", REFUSED_APPROVE)
def test_an_approval_is_refused_with_its_reason(govern: Any, ours: Path, what: str):
    change, code, said = REFUSED_APPROVE[what]

    done = govern("approve", "pass1", *options(APPROVE, **change))

    assert (code, True) == (done.code, said in done.err), done.err
    assert [] == files(ours)


def test_who_signed_the_decision_does_not_approve_it_whatever_their_role(govern: Any, ours: Path):
    keep(ours, judged("d3"), signer="ana")

    done = govern("approve", "d3", *options(APPROVE, not_chosen=None), "--object")

    assert (12, True) == (done.code, "ana signs decisions" in done.err)


def test_nobody_says_yes_twice(govern: Any, ours: Path):
    govern("approve", "pass1", *options(APPROVE))

    again = govern("approve", "pass1", *options(APPROVE, reasons="Still so."))

    assert (2, True) == (again.code, "exists already" in again.err)


def unsign(folder: Path) -> None:
    (folder / "decision.dsse.json").unlink()


def alter(folder: Path) -> None:
    path = folder / "decision.json"
    path.write_text(path.read_text().replace('"made-up"', '"made-over"'))


def loosen(folder: Path) -> None:
    path = folder / "policy.md"
    path.write_text(path.read_text().replace("0.15", "0.95"))


def garble(folder: Path) -> None:
    (folder / "decision.json").write_text("{}")


def link(folder: Path) -> None:
    elsewhere = folder.parents[2] / "elsewhere.json"
    (folder / "decision.json").rename(elsewhere)
    (folder / "decision.json").symlink_to(elsewhere)


def expire(folder: Path) -> None:
    path = folder / "decision.json"
    old = Decision.model_validate_json(path.read_text())
    keep(folder.parents[2], old.model_copy(update={"expires": date(2026, 11, 19)}))


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        (unsign, 12, "the decision is not signed"),
        (alter, 13, "another decision was signed"),
        (loosen, 13, "not the policy of this decision"),
        (garble, 2, "decision.json"),
        (link, 13, "a symbolic link"),
        (expire, 12, "expired on 2026-11-19"),
    ],
)
def test_a_decision_that_is_not_whole_is_not_approved(
    govern: Any, ours: Path, spoil: Any, code: int, said: str
):
    spoil(ours / "record/decisions/pass1")

    done = govern("approve", "pass1", *options(APPROVE))

    assert (code, True) == (done.code, said in done.err), done.err
    assert [] == files(ours)


def test_a_decision_that_is_not_what_was_signed_is_not_waived(govern: Any, ours: Path):
    alter(ours / "record/decisions/open1")

    assert 13 == govern("waive", "open1", "COV-1", *options(WAIVE)).code


def test_keys_are_listed_with_what_they_are_worth_and_no_secret(govern: Any, ours: Path):
    until = govern("keys", "init", "dan", "--role", "auditor", "--valid-until", "2026-11-20")
    govern("keys", "init", "eva", "--role", "auditor", "--valid-from", "2026-12-01")
    govern("keys", "revoke", "cleo", "--why", "retired")

    listed = govern("keys", "list", "--json").json
    table = govern("keys", "list").out

    assert 0 == until.code
    assert {
        "ana": "valid",
        "ben": "valid",
        "cleo": "retired",
        "gate": "valid",
        "robot": "valid",
        "dan": "expired",
        "eva": "not yet valid",
    } == {key["name"]: key["status"] for key in listed}
    assert {"name", "roles", "keyid", "public", "created", "status"} == set(listed[0])
    assert "board-chair" in table
    assert "2026-12-01" in table
    assert "PRIVATE" not in table


def test_a_verifiers_own_trust_root_is_listed_as_well(govern: Any, ours: Path):
    kept = ours / "kept.json"
    kept.write_bytes((ours / "record/trust.json").read_bytes())
    (ours / "record/trust.json").unlink()

    assert 12 == govern("keys", "list").code
    assert 5 == len(govern("keys", "list", "--trust", str(kept), "--json").json)


def test_revoking_a_key_tells_what_in_the_record_rests_on_it(
    govern: Any, ours: Path, monkeypatch: pytest.MonkeyPatch
):
    govern("attest", "works-council", *options(ATTEST))
    monkeypatch.setattr("govern.cli.context.now", lambda: NOW + timedelta(seconds=1))

    retired = govern("keys", "revoke", "ben", "--why", "retired", "--json")
    stolen = govern("keys", "revoke", "ben", "--why", "compromised")

    assert ("retired", []) == (
        retired.json["key"]["revoked"]["why"],
        retired.json["does_not_count"],
    )
    assert 0 == stolen.code
    assert "Does not count" in stolen.out
    assert "attestations/ours-works-council-ben-" in stolen.out


def test_a_revoked_key_signs_nothing_more(govern: Any, ours: Path):
    govern("keys", "revoke", "ben", "--why", "retired")

    done = govern("attest", "works-council", *options(ATTEST))

    assert (12, True) == (done.code, "its signature would not count" in done.err)
    assert [] == files(ours)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("revoke", "zoe", "--why", "retired"), "no key 'zoe'"),
        (("revoke", "ana", "--why", "lost"), "'retired' or 'compromised'"),
        (("init", "dan", "--role", "x", "--valid-from", "soon"), "expected a day"),
        (
            (
                "init",
                "dan",
                "--role",
                "x",
                "--valid-from",
                "2027-01-02",
                "--valid-until",
                "2027-01-01",
            ),
            "valid_until must come after valid_from",
        ),
        (("list", "--trust", "record/keys/ana.key"), "not a trust root"),
    ],
)
def test_bad_words_for_keys_are_told_and_change_nothing(
    govern: Any, ours: Path, words: tuple[str, ...], said: str
):
    before = (ours / "record/trust.json").read_bytes()

    done = govern("keys", *words)

    assert (2, True) == (done.code, said in done.err), done.err
    assert before == (ours / "record/trust.json").read_bytes()


def test_what_people_signed_lies_before_the_judge_and_a_broken_file_stops_it(
    govern: Any, ours: Path
):
    from govern.app.docket import PLAIN, docket_of
    from govern.errors import IntegrityError
    from govern.sources.locate import Project

    govern("policy", "sign", "ours", "--key", "ana")
    file = Path(govern("attest", "works-council", *options(ATTEST), "--json").json["file"])
    govern("waive", "open1", "COV-1", *options(WAIVE))

    found = Findings(run=run_facts(), findings=())

    def docket() -> Docket:
        return docket_of(
            Project(ours, configured=True),
            ours / "record",
            ours_policy(),
            found,
            terms=PLAIN,
            comparison=None,
            source=None,
            now=NOW,
        )

    heard = judge(ours_policy(), found, docket(), now=NOW)
    file.write_text(file.read_text().replace("a", "b"))

    assert ["pass"] == [c.outcome for c in heard.clauses if c.id == "LAW-1"]
    assert "not signed by worker-representative" in heard.waivers_refused[0].why
    with pytest.raises(IntegrityError, match="works-council"):
        docket()
