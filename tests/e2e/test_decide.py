"""``govern run --decide``: entered before the first cell, over fresh cases, and counted."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from govern import frames
from govern.app import attempt_entries, decide, fresh
from govern.app.acts_entered import enter_act
from govern.app.attempts import attempts_for
from govern.app.decide import Asked, start
from govern.app.docket import Terms
from govern.app.gate import gate, sign_policy_file
from govern.app.init import init
from govern.app.looking import measured
from govern.app.progress import Reporter
from govern.app.record import look
from govern.attest.acts import load_attestations, write_attestation
from govern.attest.keys import create_key, load_key
from govern.attest.trust import read_trust
from govern.canon import digest, sha256
from govern.domain.acts import Attestation
from govern.domain.attempts import Attempts, AttemptState
from govern.domain.decision import Decision
from govern.domain.finding import RunFacts
from govern.domain.ledger import Entry, Ledger
from govern.errors import IntegrityError, PolicyError, RunError
from govern.ledger.seeds import Secret
from govern.pipelines.python import PythonFunction
from govern.runner.folder import RunFolder
from govern.runner.journal import line_of
from govern.sources.datasets import read_card
from govern.sources.generate import generate, read_grammar, read_rubric
from govern.sources.generate.sealed import as_lines, sealed
from govern.sources.locate import builtin_root, find_project
from govern.sources.policies import load_policy
from govern.store.ledger_file import FileLedger
from govern.store.ledger_sql import SqlLedger

pytestmark = pytest.mark.usefixtures("unmirrored")

NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)
SHIPPED = builtin_root() / "datasets/review-core-v1"
PUBLIC = Path("datasets/two-roles-v1")
CELLS = 16
SUITE = """
from govern.domain import Plan, Suite

SUITE = Suite(
    id="{name}", version="1.0.0", question="Does it draft at all?", dataset="{dataset}",
    identities="builtin:names-us-v1", measures=("coverage.not_drafted",),
    plans=(Plan(id="small", cases=2, noise=False), Plan(id="smoke", cases=1, noise=False)),
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

## COV-1 A draft for everybody

At most half (0.5) may lack a draft; we must be 95 % sure (0.95), from at least 2 cases.

```yaml clause
id: COV-1
severity: block
metric: coverage.not_drafted
statistic: {confidence: 0.95, sided: one}
pass_if: {upper_le: 0.5}
fail_if: {lower_gt: 0.5}
evidence: {min_cases: 2, suite: tiny}
```
"""
DRAFTER = """
import os, signal
from pathlib import Path

def draft(packet):
    with open("asked.txt", "a") as asked:
        asked.write(packet["case_id"] + "\\n")
    if Path("DIE").exists():
        os.kill(os.getppid(), signal.SIGKILL)
    # Several draft at once: of those that find the fifth line there, one takes the file away.
    if Path("STOP").exists() and len(open("asked.txt").readlines()) >= 5:
        try:
            Path("STOP").rename("STOPPED")
        except FileNotFoundError:
            pass
        else:
            os.kill(os.getppid(), signal.SIGINT)
    return {"text": packet["name"] + " " + packet["evidence"][0]["text"], "rating": 3}
"""
RUN = ("run", "tiny", "--pipeline", "my-function", "--plan", "small")
DECIDE = (*RUN, "--decide", "--policy", "ours")


def write_two_roles(folder: Path) -> None:
    """A dataset with a grammar that is quick to read: two of the shipped roles."""
    (folder / "banks").mkdir(parents=True)
    for name in ("rubric", "banks/shared", "banks/recruiter", "banks/underwriter"):
        shutil.copyfile(SHIPPED / f"{name}.json", folder / f"{name}.json")
    cases = generate(read_grammar(folder), read_rubric(folder), seed=7, cases_per_role_and_band=3)
    (folder / "cases.jsonl").write_bytes(as_lines(cases))
    card, _ = read_card(SHIPPED)
    own = card.model_copy(update={"id": "two-roles", "cases": len(cases), "files": {}})
    (folder / "manifest.json").write_text(own.model_dump_json())


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a signed policy; opening a key takes a second, so it is made once."""
    folder = tmp_path_factory.mktemp("template")
    init(folder, today=NOW.date())
    write_two_roles(folder / PUBLIC)
    (folder / "evals/tiny.py").write_text(SUITE.format(name="tiny", dataset="two-roles-v1"))
    (folder / "policies/ours.md").write_text(POLICY)
    (folder / "pipelines/my_drafter.py").write_text(DRAFTER)
    create_key(folder / "record", name="ana", roles=("board-chair",), passphrase="p", created=NOW)
    key = load_key(folder / "record", "ana", "p")
    sign_policy_file(find_project(folder), "ours", key=key, now=NOW)
    return folder


@pytest.fixture
def ours(template: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, the working folder; one minute goes by with every look at the clock."""
    shutil.copytree(template, project, dirs_exist_ok=True)
    ticks = iter(NOW + timedelta(minutes=n) for n in range(10_000))
    monkeypatch.setattr("govern.cli.context.now", lambda: next(ticks))
    monkeypatch.delenv("GOVERN_RECORD_URL", raising=False)
    monkeypatch.delitem(sys.modules, "my_drafter", raising=False)
    return project


@pytest.fixture(scope="module")
def finished(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with one finished attempt, ``a``."""
    folder = tmp_path_factory.mktemp("finished") / "project"
    shutil.copytree(template, folder)
    asked = Asked("tiny", "my-function", "small", "ours", requested_by="dora", run_id="a")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("GOVERN_RECORD_URL", raising=False)
        patch.setattr("govern.app.mirror.run", lambda *_args, **_more: None)
        patch.delitem(sys.modules, "my_drafter", raising=False)
        start(find_project(folder), asked, clock=lambda: NOW, reporter=Reporter())
    return folder


@pytest.fixture
def tried(ours: Path, finished: Path) -> Path:
    """A copy of that, the working folder."""
    shutil.copytree(finished, ours, dirs_exist_ok=True)
    return ours


def ledger(folder: Path) -> FileLedger:
    return FileLedger(folder / "record/ledger.jsonl")


def entries(folder: Path) -> list[tuple[str, str]]:
    return [(entry.kind, entry.payload["run_id"]) for entry in ledger(folder).entries()]


def run_of(folder: Path, run: str) -> RunFolder:
    return RunFolder(folder / ".govern/runs" / run)


def facts(folder: Path, run: str) -> RunFacts:
    return run_of(folder, run).read_findings().run


def attempts(folder: Path, run: RunFacts) -> Attempts:
    policy = load_policy(folder / "policies/ours.md")
    findings = run_of(folder, run.run_id).read_findings().model_copy(update={"run": run})
    found = attempts_for(look(find_project(folder)), findings, policy)
    assert found is not None
    return found


def test_the_record_tells_a_decided_run_from_its_intent_to_its_decision(govern, ours):
    done = govern(*DECIDE, "--id", "a", "--requested-by", "dora")
    assert 0 == done.code, done.err
    assert f"{CELLS} drafts planned" in done.out
    intent, seed, finished = ledger(ours).entries()
    run, folder = facts(ours, "a"), run_of(ours, "a")

    assert ["intent", "seed", "finished"] == [e.kind for e in (intent, seed, finished)]
    assert intent.payload == intent.payload | {
        "run_id": "a", "pipeline": "my-function", "use_case": "review", "policy": "ours",
        "policy_digest": sha256(POLICY.encode()), "suite": "tiny", "plan": "small",
        "cells": CELLS, "requested_by": "dora", "fingerprint": run.fingerprint,
    }  # fmt: skip
    assert ("decide", "tiny") == (run.mode, run.suite)
    assert run.dataset.startswith("two-roles-sealed-")
    assert (run.dataset, run.dataset_digest) == (
        seed.payload["dataset"], seed.payload["dataset_digest"],
    )  # fmt: skip
    assert digest(folder.read_findings().as_json()) == finished.payload["findings_digest"]

    found = attempts(ours, run)
    assert (True, 1, ["finished"]) == (
        found.known, found.number("a"), [one.state for one in found.entered],
    )  # fmt: skip


def test_whoever_has_the_record_can_make_the_cases_again_and_nobody_could_before(govern, tried):
    intent, seed, finished = ledger(tried).entries()
    opened = Secret(drawn=finished.payload["drawn"], salt=finished.payload["salt"])

    assert opened.commitment == seed.payload["commitment"]
    assert sealed(PUBLIC, opened.seed(intent.digest)).digest == facts(tried, "a").dataset_digest
    before = b"".join(
        line for line in (tried / "record/ledger.jsonl").read_bytes().splitlines()[:2]
    )
    assert opened.drawn.encode() not in before
    assert opened.salt.encode() not in before
    assert 0o600 == run_of(tried, "a").secret.stat().st_mode & 0o777


def test_cases_are_fresh_in_every_attempt_and_none_is_public(govern, tried):
    govern(*DECIDE, "--id", "b")
    folders = [run_of(tried, "a").sealed, run_of(tried, "b").sealed, PUBLIC]
    cases = [
        [json.loads(line) for line in (folder / "cases.jsonl").read_text().splitlines()]
        for folder in folders
    ]
    first, second, public = (
        {item["text"] for case in some for item in case["evidence"]} for some in cases
    )
    asked = set(Path("asked.txt").read_text().split())

    assert min(len(first), len(second)) > 250
    assert set() == first & public == second & public
    assert len(first & second) < len(first) / 100
    assert 4 == len(asked) == len(asked & {case["id"] for some in cases[:2] for case in some})


def test_one_attempt_more_than_the_policy_allows_is_refused_and_exploring_is_free(govern, tried):
    assert 0 == govern(*DECIDE, "--id", "b").code
    refused = govern(*DECIDE, "--id", "c")

    assert 12 == refused.code
    assert "attempts used up: 2 of 2" in refused.err
    assert "(a, b)" in refused.err
    assert not run_of(tried, "c").root.exists()
    assert 6 == len(entries(tried))
    assert 0 == govern(*RUN, "--id", "free").code
    assert "explore" == facts(tried, "free").mode


def test_a_kill_before_the_first_cell_leaves_the_intent_and_going_on_draws_nothing_new(
    govern, ours
):
    Path("DIE").touch()
    command = [sys.executable, "-c", "from govern.cli import main; main()"]
    killed = subprocess.run([*command, *DECIDE, "--id", "a"], capture_output=True, check=False)
    before = run_of(ours, "a").secret.read_bytes()

    assert -signal.SIGKILL == killed.returncode
    assert [("intent", "a"), ("seed", "a")] == entries(ours)
    assert "" == run_of(ours, "a").journal.path.read_text()
    shown = govern("attempts", "my-function", "--policy", "ours", "--json").json
    assert ["open"] == [one["state"] for one in shown["entered"]]

    Path("DIE").unlink()
    assert 0 == govern("run", "--resume", "a").code
    assert [("intent", "a"), ("seed", "a"), ("finished", "a")] == entries(ours)
    assert before == run_of(ours, "a").secret.read_bytes()


@pytest.mark.parametrize("step", ["write_whole", "sealed", "_keep_cases"])
def test_a_kill_between_intent_and_cases_leaves_the_intent_and_can_go_on(
    govern, ours, monkeypatch, step
):
    def die(*_args: object, **_more: object) -> None:
        raise SystemExit(137)

    monkeypatch.setattr(fresh, step, die)
    assert 137 == govern(*DECIDE, "--id", "a").code
    monkeypatch.undo()
    monkeypatch.chdir(ours)
    monkeypatch.setattr("govern.app.mirror.run", lambda *_args, **_more: None)

    assert [("intent", "a")] == entries(ours)
    assert 0 == govern("run", "--resume", "a").code
    assert [("intent", "a"), ("seed", "a"), ("finished", "a")] == entries(ours)


def test_a_run_that_was_stopped_is_failed_and_finishes_over_the_same_cases(govern, ours):
    Path("STOP").touch()
    assert 14 == govern(*DECIDE, "--id", "a").code
    stopped = ledger(ours).entries()[-1]
    kept = (run_of(ours, "a").sealed / "manifest.json").read_bytes()

    assert "failed" == stopped.kind
    assert stopped.payload["reason"].endswith(f" of {CELLS} cells drafted")
    assert 0 == govern("run", "--resume", "a").code
    assert kept == (run_of(ours, "a").sealed / "manifest.json").read_bytes()
    assert ["intent", "seed", "failed", "finished"] == [kind for kind, _ in entries(ours)]
    assert CELLS == len(Path("asked.txt").read_text().splitlines())

    assert 0 == govern("run", "--resume", "a").code
    assert 4 == len(entries(ours))


def test_a_later_attempt_ends_an_open_one_and_what_was_given_up_counts(govern, ours, monkeypatch):
    Path("STOP").touch()
    govern(*DECIDE, "--id", "a")
    given_up = govern("run", "--abandon", "a", "--json")
    again = govern("run", "--abandon", "a")
    refused = govern("run", "--resume", "a")
    assert 0 == govern(*DECIDE, "--id", "b").code
    shown = govern("attempts", "my-function", "--policy", "ours")

    assert "abandoned" == given_up.json["kind"]
    assert (2, 2) == (again.code, refused.code)
    assert "is abandoned already" in again.err
    assert "abandoned" in refused.err
    assert ["a", "abandoned"] == [shown.out.split("\n")[1].split()[i] for i in (1, 5)]
    assert "2 of 2 attempts: my-function for review under ours" in shown.out
    assert "is finished already" in govern("run", "--abandon", "b").err
    assert "no intent of it" in govern("run", "--abandon", "x").err


def test_an_unsigned_or_changed_policy_is_refused_before_anything_is_entered(govern, ours):
    path = ours / "policies/ours.md"
    path.write_text(POLICY.replace("max_per_lineage: 2", "max_per_lineage: 9"))
    changed = govern(*DECIDE)
    path.write_text(POLICY)
    early = POLICY.replace("2026-11-01", "2026-12-24")
    shutil.rmtree(ours / "record/policies")
    unsigned = govern(*DECIDE)
    path.write_text(early)

    assert (12, 12) == (changed.code, unsigned.code)
    assert not (ours / "record/ledger.jsonl").exists()
    assert not (ours / ".govern/runs").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*RUN, "--decide"), "--decide and --policy go together"),
        ((*RUN, "--policy", "ours"), "--decide and --policy go together"),
        (("run", "--resume", "a", "--decide", "--policy", "ours"), "go together"),
        ((*RUN, "--requested-by", "dora"), "--requested-by with them"),
        ((*DECIDE, "--requested-by", "Dora D."), "expected up to 64 of a-z"),
        (("run", "my-reviews", *DECIDE[2:], "--plan", "probe"), "without phrase banks"),
        (("run", "other", *DECIDE[2:]), "asks for evidence from tiny, not from other"),
    ],
)
def test_what_cannot_be_an_attempt_is_told_and_nothing_is_entered(govern, ours, arguments, said):
    (ours / "evals/other.py").write_text(SUITE.format(name="other", dataset="two-roles-v1"))
    refused = govern(*arguments)

    assert 2 == refused.code
    assert said in refused.err
    assert not (ours / "record/ledger.jsonl").exists()


def test_the_smoke_plan_is_warned_of(govern, ours):
    assert "the smoke plan explores" in govern(*DECIDE, "--plan", "smoke").err


def test_a_record_out_of_reach_starts_nothing_and_leaves_attempts_unknown(
    govern, tried, monkeypatch
):
    run = facts(tried, "a")
    (tried / "blocked").write_text("no database, and long enough to be read as one" * 9)
    monkeypatch.setenv("GOVERN_RECORD_URL", "sqlite:///blocked")
    refused = govern(*DECIDE, "--id", "b")
    found = attempts(tried, run)

    assert 14 == refused.code
    assert "cannot be reached: file is not a database" in refused.err
    assert 1 == refused.err.strip().count("\n") + 1
    assert not run_of(tried, "b").root.exists()
    assert (False, ()) == (found.known, found.entered)
    assert "cannot be reached" in str(found.why)


def test_a_record_that_fails_after_the_last_cell_keeps_the_findings(govern, ours, monkeypatch):
    append = FileLedger.append

    def unreachable(self, kind, payload, at, **more):
        if kind == "finished":
            raise RunError("record: cannot be reached")
        return append(self, kind, payload, at, **more)

    monkeypatch.setattr(FileLedger, "append", unreachable)
    cut = govern(*DECIDE, "--id", "a")
    monkeypatch.setattr(FileLedger, "append", append)

    assert 14 == cut.code
    assert "The findings are kept; enter them with `govern run --resume a`" in cut.err
    assert "does not have the findings" in str(attempts(ours, facts(ours, "a")).why)
    assert 0 == govern("run", "--resume", "a").code
    assert attempts(ours, facts(ours, "a")).known


def test_the_record_can_be_a_database_that_the_project_names(govern, ours):
    path = ours / "govern.toml"
    path.write_text(path.read_text() + '\nrecord_url = "sqlite:///record/shared.db"\n')

    assert 0 == govern(*DECIDE, "--id", "a").code
    kept = SqlLedger("sqlite:///record/shared.db", root=ours).entries()
    assert ["intent", "seed", "finished"] == [entry.kind for entry in kept]
    assert attempts(ours, facts(ours, "a")).known
    path.write_text("[project]\nrecord_url = 7\n")
    assert "record_url: expected the address of a database" in govern(*DECIDE).err


def test_a_record_that_was_tampered_with_stops_attempts_and_the_gate(govern, tried):
    path = tried / "record/ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[1:]))

    assert 13 == govern(*DECIDE, "--id", "b").code
    assert 13 == govern("attempts", "my-function", "--policy", "ours").code
    judged = govern("gate", "a", "--policy", "ours")
    assert 13 == judged.code
    assert "expected this number" in judged.err


def test_an_end_that_was_cut_off_is_found_by_whoever_kept_a_head(govern, tried):
    shown = govern("attempts", "my-function", "--policy", "ours", "--json").json
    head = shown["record"]["head"]
    path = tried / "record/ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    kept = ("attempts", "my-function", "--policy", "ours", "--head", head)

    assert (3, 2, "finished") == (
        shown["record"]["entries"], shown["allowed"], shown["entered"][0]["state"],
    )  # fmt: skip
    assert 0 == govern(*kept).code
    path.write_bytes(b"".join(lines[:-1]))
    cut = govern(*kept)
    assert 13 == cut.code
    assert "the end was cut off" in cut.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fingerprint": "f" * 64}, "fingerprint"),
        ({"dataset_digest": "f" * 64}, "cases"),
        ({"drafts_digest": "f" * 64}, "drafts"),
        ({"plan": "full"}, "plan"),
    ],
)
def test_findings_of_another_run_are_not_taken_for_those_of_the_attempt(
    govern, tried, change, said
):
    run = facts(tried, "a")

    with pytest.raises(IntegrityError, match=f"its {said} is not what the record has"):
        attempts(tried, run.model_copy(update=change))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("findings", 0, "interval", "df"), 100),
        (("findings", 0, "counts", "cases"), 500),
        (("run", "declared_only"), []),
        (("run", "deployment"), {"human_review": "required"}),
    ],
)
def test_findings_that_were_changed_after_they_were_entered_are_not_judged(
    govern, tried, where, value
):
    """Not the numbers, nor what the run says of pipeline and groups; measuring again mends it."""
    path = run_of(tried, "a").findings_path
    written = changed = json.loads(path.read_text())
    for key in where[:-1]:
        changed = changed[key]
    changed[where[-1]] = value
    path.write_text(json.dumps(written))
    done = govern("gate", "a", "--policy", "ours")

    assert 13 == done.code
    assert "its findings is not what the record has" in done.err
    assert 0 == govern("run", "--resume", "a").code
    assert 11 == govern("gate", "a", "--policy", "ours").code


def test_a_finished_run_drafts_nothing_again(govern, tried):
    journal = run_of(tried, "a").journal.path
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:5]))
    asked = Path("asked.txt").read_text()
    done = govern("run", "--resume", "a")

    assert 13 == done.code
    assert f"{CELLS - 5} of {CELLS} drafts are gone" in " ".join(done.err.split())
    assert asked == Path("asked.txt").read_text()
    journal.write_bytes(b"".join(lines))
    assert 0 == govern("run", "--resume", "a").code


def test_drafts_that_were_changed_after_the_run_finished_are_not_measured_again(
    govern, tried, monkeypatch
):
    """Else whoever saw the findings could write better drafts; nor by entering them otherwise."""
    journal = run_of(tried, "a").journal.path
    before = entries(tried)
    journal.write_bytes(journal.read_bytes().replace(b'"rating": 3', b'"rating": 4', 1))
    done = govern("run", "--resume", "a")

    assert 13 == done.code
    assert "its drafts are not those that the record has" in " ".join(done.err.split())
    assert before == entries(tried)
    monkeypatch.setattr(attempt_entries, "_require_same_drafts", lambda *_: None)
    assert 0 == govern("run", "--resume", "a").code
    assert [*before, ("finished", "a")] == entries(tried)
    judged = govern("gate", "a", "--policy", "ours")
    assert (13, True) == (judged.code, "its drafts is not what the record has" in judged.err)


def test_a_run_that_was_given_up_while_it_went_on_is_not_decided_by(govern, ours, monkeypatch):
    measured = attempt_entries.enter_finished

    def given_up(ledger: Ledger, folder: RunFolder, clock: fresh.Clock) -> None:
        decide.abandon(find_project(ours), folder.root.name, now=NOW)
        measured(ledger, folder, clock)

    monkeypatch.setattr(decide, "enter_finished", given_up)
    govern(*DECIDE, "--id", "a")
    found = attempts(ours, facts(ours, "a"))

    assert ["intent", "seed", "abandoned", "finished"] == [kind for kind, _ in entries(ours)]
    assert (False, "run a was abandoned") == (found.known, str(found.why).partition(";")[0])


def test_a_run_that_calls_itself_decided_and_was_never_entered_has_unknown_attempts(govern, ours):
    govern(*RUN, "--id", "free")
    run = facts(ours, "free")
    policy = load_policy(ours / "policies/ours.md")

    found = run_of(ours, "free").read_findings()
    assert attempts_for(look(find_project(ours)), found, policy) is None
    claimed = attempts(ours, run.model_copy(update={"mode": "decide"}))
    assert (False, "no intent of run free stands in the record") == (claimed.known, claimed.why)


def test_a_decided_run_whose_folder_was_changed_does_not_go_on(govern, ours):
    Path("STOP").touch()
    govern(*DECIDE, "--id", "a")
    folder = run_of(ours, "a")
    originals = {p: p.read_bytes() for p in (folder.root / "run.json", folder.secret)}
    originals[folder.sealed / "manifest.json"] = (folder.sealed / "manifest.json").read_bytes()
    other = Secret(drawn="1" * 64, salt="2" * 64).model_dump_json().encode()
    changes = {
        folder.root / "run.json": originals[folder.root / "run.json"].replace(b'"ours"', b'"else"'),
        folder.secret: other,
        folder.sealed / "manifest.json": originals[folder.sealed / "manifest.json"] + b"\n",
    }
    for path, changed in changes.items():
        path.write_bytes(changed)
        assert 13 == govern("run", "--resume", "a").code, path
        path.write_bytes(originals[path])
    folder.secret.unlink()
    assert "govern run --abandon a" in govern("run", "--resume", "a").err


def test_two_processes_cannot_both_take_the_last_attempt(govern, tried, monkeypatch):
    """The other one enters its intent after this one has counted."""
    read, raced = FileLedger.entries, []

    def slow(self: FileLedger) -> tuple[Entry, ...]:
        seen = read(self)
        if not raced:
            raced.append(1)
            self.append("intent", seen[0].payload | {"run_id": "other"}, NOW)
        return seen

    monkeypatch.setattr(FileLedger, "entries", slow)
    refused = govern(*DECIDE, "--id", "b")

    assert 12 == refused.code
    assert "(a, other)" in refused.err


def test_the_page_says_what_is_done_and_every_state_there_is(govern, ours):
    """Its commands with names of ours in place of those of the shipped suite and policy."""
    page = (Path(__file__).parents[2] / "docs/explore-and-decide.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    names = {"review-core": "tiny", "my-service": "my-function", "standard": "small"}
    names["review-drafting"] = "ours"
    done = [
        govern(*(names.get(word, word) for word in line.split()[1:])) for line in block.splitlines()
    ]

    assert [0, 0] == [one.code for one in done[:2]], done[0].err
    assert done[2].code in (0, 10, 11), done[2].err
    assert "1 of 2 attempts" in done[1].out
    assert [] == [state for state in get_args(AttemptState) if f"\n| `{state}` |" not in page]
    for kind in ("intent", "seed", "failed", "finished", "decision"):
        assert f"**{kind}**" in page


def test_the_gate_enters_its_decision_which_makes_the_attempt_decided(govern, tried):
    done = govern("gate", "a", "--policy", "ours", "--json")
    assert 11 == done.code, done.err
    decision = Decision.model_validate(done.json)
    entry = ledger(tried).entries()[-1]

    assert (1, False, False) == (decision.attempt, decision.advisory, decision.bar_set_after)
    assert ("decision", decision.decision_id) == (entry.kind, entry.payload["decision_id"])
    assert digest(decision.as_json()) == entry.payload["decision_digest"]
    [attempt] = attempts(tried, facts(tried, "a")).entered
    assert ("decided", decision.decision_id) == (attempt.state, attempt.decision_id)


def test_the_envelope_of_a_signed_decision_is_entered(tried):
    key = load_key(tried / "record", "ana", "p")
    gated = gate(find_project(tried), "a", policy="ours", now=NOW, key=key)
    signed = sha256((gated.folder / "decision.dsse.json").read_bytes())

    assert signed == ledger(tried).entries()[-1].payload["envelope_digest"]


def test_a_policy_changed_after_the_intent_judges_only_when_asked_and_as_advice(tried):
    written = tried / "policies/ours.md"
    written.write_text(written.read_text().replace("half (0.5)", "six in ten (0.6)"))
    written.write_text(written.read_text().replace("_le: 0.5", "_le: 0.6"))
    written.write_text(written.read_text().replace("_gt: 0.5", "_gt: 0.6"))
    project, key = find_project(tried), load_key(tried / "record", "ana", "p")
    sign_policy_file(project, "ours", key=key, now=NOW)
    with pytest.raises(PolicyError, match="another text of this policy; --rejudge"):
        gate(project, "a", policy="ours", now=NOW)
    assert [] == list((tried / "record").glob("decisions/*"))

    decision = gate(project, "a", policy="ours", now=NOW, terms=Terms(rejudge=True)).decision

    assert (True, True) == (decision.advisory, decision.bar_set_after)


def test_a_decision_that_the_record_cannot_take_is_kept_and_the_gate_says_so(
    govern, tried, monkeypatch
):
    (tried / "blocked").write_text("no database, and long enough to be read as one" * 9)
    monkeypatch.setenv("GOVERN_RECORD_URL", "sqlite:///blocked")
    done = govern("gate", "a", "--policy", "ours")

    assert 11 == done.code
    assert "Not entered in the record: " in done.out
    told = govern("gate", "a", "--policy", "ours", "--json")
    assert told.json["decision_id"]
    assert "Not entered in the record: " in told.err
    assert 2 == len(list((tried / "record").glob("decisions/*")))


def test_a_candidate_that_was_judged_before_is_an_alternative_and_a_former_decision(tried):
    project = find_project(tried)
    first = gate(project, "a", policy="ours", now=NOW).decision
    again = gate(project, "a", policy="ours", now=NOW + timedelta(minutes=1)).decision

    assert (None, first.decision_id) == (first.previous_decision, again.previous_decision)
    assert () == again.alternatives


def test_an_attestation_whose_file_was_taken_away_is_missed(tried):
    key = load_key(tried / "record", "ana", "p")
    act = Attestation(
        attestation="council",
        answer="objected",
        statement="We object.",
        policy="ours",
        role="board-chair",
        made=NOW,
        expires=NOW.date() + timedelta(days=9),
    )
    project = find_project(tried)
    file = write_attestation(project.record, act, policy_digest="0" * 64, key=key)
    [signed] = load_attestations(project.record, read_trust(project.record), now=NOW)
    enter_act(project, "attestation", signed, about="council", at=NOW)
    gate(project, "a", policy="ours", now=NOW)
    file.unlink()

    with pytest.raises(IntegrityError, match="gone: council by ana; put them back"):
        gate(project, "a", policy="ours", now=NOW + timedelta(minutes=1))


UPGRADE = """
## SAME-1 Drafts come back as before

The share of drafts that do not come back may rise by at most 9 in 10 (0.9); we must be 95 % sure
(0.95), from at least 2 cases.

```yaml clause
id: SAME-1
severity: block
metric: coverage.not_drafted
against: incumbent
statistic: {confidence: 0.95, sided: one}
pass_if: {upper_le: 0.9}
fail_if: {lower_gt: 0.9}
evidence: {min_cases: 2, suite: tiny}
```
"""


def test_an_upgrade_is_decided_over_fresh_cells_that_the_incumbent_drafts_as_well(govern, ours):
    (ours / "policies/ours.md").write_text(POLICY + UPGRADE)
    project = find_project(ours)
    sign_policy_file(project, "ours", key=load_key(ours / "record", "ana", "p"), now=NOW)
    assert 0 == govern(*DECIDE, "--id", "new").code
    beside = govern("run", "--cells-of", "new", "--pipeline", "reference", "--id", "old")
    assert 0 == beside.code, beside.err
    new, old = facts(ours, "new"), facts(ours, "old")
    assert (new.dataset, new.dataset_digest) == (old.dataset, old.dataset_digest)
    assert ("decide", "explore") == (new.mode, old.mode)

    alone = Decision.model_validate(govern("gate", "new", "--policy", "ours", "--json").json)
    done = govern("gate", "new", "--policy", "ours", "--incumbent", "old", "--json")
    decision = Decision.model_validate(done.json)

    assert "no_incumbent" == alone.clauses[1].reason
    assert decision.incumbent is not None
    assert "old" == decision.incumbent.run_id
    [judged] = decision.clauses[1].slices
    assert "incumbent" == judged.finding.against
    assert not decision.advisory


def test_cells_of_a_run_are_the_same_after_going_on(govern, tried):
    assert 0 == govern("run", "--cells-of", "a", "--pipeline", "reference", "--id", "old").code
    before = facts(tried, "old").dataset_digest
    assert 0 == govern("run", "--resume", "old").code
    assert before == facts(tried, "old").dataset_digest
    assert 0 == govern("run", "--cells-of", "old", "--pipeline", "reference", "--id", "more").code
    assert 0 == govern("run", "--resume", "more").code
    assert before == facts(tried, "more").dataset_digest


def test_a_canary_drafts_the_fresh_cells_of_the_attempt_again(govern, tried):
    flown = govern("canary", "a", "--json")

    assert 0 == flown.code, flown.err
    assert flown.json["found"]["cells"] == flown.json["found"]["identical"]


def test_an_incumbent_that_no_clause_asks_for_is_refused(govern, tried):
    assert 0 == govern("run", "--cells-of", "a", "--pipeline", "reference", "--id", "old").code
    refused = govern("gate", "a", "--policy", "ours", "--incumbent", "old")

    assert 2 == refused.code
    assert "no clause against an incumbent" in refused.err


def test_a_decision_for_less_than_the_policy_covers_says_so_and_one_for_more_passes_nothing(
    govern, tried
):
    one = govern("gate", "a", "--policy", "ours", "--jurisdiction", "US-NY-NYC", "--json")
    more = govern("gate", "a", "--policy", "ours", "--role-family", "astronaut", "--json")

    assert ["US-NY-NYC"] == one.json["scope"]["jurisdictions"]
    assert "out_of_scope" == more.json["clauses"][0]["reason"]
    assert 11 == more.code


def test_the_bundle_of_a_deciding_run_tells_where_its_cases_came_from_and_what_was_given_up(
    govern, ours, monkeypatch, tmp_path
):
    """The record is a database here; the auditor has a file, a trust root and nothing of it."""
    path = ours / "govern.toml"
    path.write_text(path.read_text() + '\nrecord_url = "sqlite:///record/shared.db"\n')
    monkeypatch.setattr("govern.attest.keys.KDF_ROUNDS", 1)
    assert 0 == govern("keys", "init", "gate", "--role", "gate").code
    Path("STOP").touch()
    assert 14 == govern(*DECIDE, "--id", "a").code
    assert 0 == govern("run", "--abandon", "a").code
    assert 0 == govern(*DECIDE, "--id", "b").code
    decided = govern("gate", "b", "--policy", "ours", "--key", "gate", "--json")
    decision = Decision.model_validate(decided.json)
    assert 0 == govern("ledger", "checkpoint", "--key", "gate").code
    done = govern("bundle", decision.decision_id, "--out", str(tmp_path / "b.zip"))
    assert 0 == done.code, done.err
    shown = govern("report", decision.decision_id, "--cards", str(tmp_path / "cards"))
    assert f"{tmp_path / 'cards' / 'README.md'}\n" == shown.out

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(ours / "record/trust.json", elsewhere / "mine.json")
    monkeypatch.chdir(elsewhere)
    found = govern("verify", str(tmp_path / "b.zip"), "--trust", "mine.json", "--json")
    said = {check["what"]: check["said"] for check in found.json["checks"]}
    shutil.unpack_archive(tmp_path / "b.zip", elsewhere)
    folder = elsewhere / f"govern-bundle-{decision.decision_id}"
    attempts = json.loads((folder / "record/attempts.json").read_text())
    cards = {
        name: read_card_id(folder / "data" / name) for name in ("cases", "source", "identities")
    }

    assert (3, 0) == (found.json["level"], found.code), found.out
    assert [("a", "abandoned"), ("b", "decided")] == [
        (one["run_id"], one["state"]) for one in attempts["entered"]
    ]
    assert cards["cases"].startswith("two-roles-sealed-")
    assert "two-roles" == cards["source"]
    assert "data/cases/croissant.json: this dataset has no such" in said["left out"]
    fresh = (folder / "data/cases/README.md").read_text()
    record = (folder / "record/ledger.jsonl").read_text()
    commitment = re.findall(r'"commitment":"(\w+)"', record)[-1]
    assert "Sealed: made for one deciding run" in fresh
    assert fresh.count(commitment) == 2
    assert (tmp_path / "cards/data/cases/README.md").read_text().endswith(f"---\n\n{fresh}")
    assert cards["cases"] in (folder / "model-card.md").read_text()
    proofs = sorted(p.name for p in (folder / "record/proofs").iterdir())
    assert 5 == len(proofs), proofs


def read_card_id(folder: Path) -> str:
    return json.loads((folder / "manifest.json").read_text())["id"]


def write_looked(folder: Path) -> None:
    """Two groups of three names, so that twelve cases are four looks of three."""
    names = folder / "datasets/six-names-v1"
    names.mkdir()
    lines = [
        {"id": f"{gender}-{n}", "first_name": name, "pronouns": said, "groups": {"gender": gender}}
        for gender, said, chosen in (
            ("female", "she", ("Ana", "Eva", "Ida")),
            ("male", "he", ("Ben", "Jan", "Tom")),
        )
        for n, name in enumerate(chosen)
    ]
    shipped = (builtin_root() / "datasets/names-us-v1/identities.jsonl").read_text().splitlines()
    whose = {"source": json.loads(shipped[0])["source"]}
    text = "".join(json.dumps(line | whose) + "\n" for line in lines)
    (names / "identities.jsonl").write_text(text)
    card, _ = read_card(builtin_root() / "datasets/names-us-v1")
    own = card.model_copy(update={"id": "six-names", "identities": 6, "files": {}})
    (names / "manifest.json").write_text(own.model_dump_json())
    suite = SUITE.format(name="tiny", dataset="two-roles-v1").replace("cases=2", "cases=12")
    (folder / "evals/tiny.py").write_text(suite.replace("builtin:names-us-v1", "six-names-v1"))


def test_an_attempt_that_may_stop_early_says_so_first_and_is_judged_by_all_its_looks(govern, ours):
    """Nobody lacks a draft. At α = .05/2 for two attempts, 6 cases would do at one look alone, with
    a bound of 1 - .025^(1/6) = .46. As the second look of four they have .0015 and a bound of .66;
    the third has .0092, and 1 - .0092^(1/9) = .41.
    """
    write_looked(ours)
    Path("STOP").touch()
    looked = (*DECIDE, "--until-decided", "--id", "a")
    assert 14 == govern(*looked).code
    assert 5 <= len(Path("asked.txt").read_text().splitlines()) <= 6

    done = govern("run", "--resume", "a")
    assert 0 == done.code, done.err
    assert "Look 3 of 4: 9 of 12 cases." in done.out
    assert 18 == len(Path("asked.txt").read_text().splitlines())
    run = facts(ours, "a")
    intent, *_, finished = ledger(ours).entries()
    assert ([3, 6, 9, 12], 24) == (intent.payload["looks"], intent.payload["cells"])
    assert run.looks is not None
    assert (18, 3) == (run.planned, run.looks.taken)

    folder = run_of(ours, "a")
    stands = folder.read_findings().findings
    assert [3, 6, 9] == [round(12 * look.share) for look in stands[0].looks or ()]
    assert stands == measured(frames.read(folder.frame), ["coverage.not_drafted"], run.looks)
    assert 0 == govern("run", "--resume", "a").code
    assert finished == ledger(ours).entries()[-1]

    gated = gate(find_project(ours), "a", policy="ours", now=NOW + timedelta(days=1))
    [clause] = gated.decision.clauses
    assert "pass" == clause.outcome
    assert pytest.approx(0.406, abs=0.002) == clause.slices[0].upper


def test_a_policy_that_changed_stops_a_run_that_looks_by_it_before_another_draft(govern, ours):
    write_looked(ours)
    Path("STOP").touch()
    assert 14 == govern(*RUN, "--until-decided", "--policy", "ours", "--id", "free").code
    journal, asked = run_of(ours, "free").journal.path, Path("asked.txt").read_text()
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:2]))
    (ours / "policies/ours.md").write_text(POLICY.replace("At most half", "At most one half"))

    refused = govern("run", "--resume", "free")

    assert (13, asked) == (refused.code, Path("asked.txt").read_text())
    assert "policy ours changed since the run began to look by it" in " ".join(refused.err.split())


def test_nothing_is_looked_at_early_where_nothing_could_be_settled_rightly(govern, ours):
    one_round = govern(*RUN, "--until-decided", "--policy", "ours")
    against = POLICY.replace("metric: coverage", "against: incumbent\nmetric: coverage")
    (ours / "policies/against.md").write_text(against.replace("policy: ours", "policy: against"))
    compared = govern(*RUN, "--until-decided", "--policy", "against")

    assert (2, 2) == (one_round.code, compared.code)
    assert "one round of 24 names or less, so there is nowhere to stop earlier" in one_round.err
    assert "compares with an incumbent (COV-1)" in compared.err, compared.err
    assert not (ours / ".govern/runs").exists()


def test_replies_that_somebody_kept_answer_for_no_attempt_and_no_run_that_asks_anew(
    govern, ours, monkeypatch
):
    """Whoever draws its cells beforehand could else keep the best of several replies."""
    asked: set[bool] = set()
    drafts = PythonFunction.draft

    async def noted(self, request):
        asked.add(request.anew)
        return await drafts(self, request)

    monkeypatch.setattr(PythonFunction, "draft", noted)
    told = []
    for options in (RUN, (*RUN, "--no-cache"), DECIDE):
        asked.clear()
        assert 0 == govern(*options, "--id", f"r{len(told)}").code
        told.append(set(asked))

    assert [{False}, {True}, {True}] == told


def test_two_that_go_on_with_one_attempt_draw_its_cases_once(govern, ours, monkeypatch):
    monkeypatch.setattr(fresh, "sealed", _killed)
    assert 137 == govern(*DECIDE, "--id", "a").code

    with run_of(ours, "a").alone():
        second = govern("run", "--resume", "a")

    assert (14, [("intent", "a")]) == (second.code, entries(ours))
    assert "another process works on it" in " ".join(second.err.split())


def test_the_cells_of_an_attempt_are_not_to_be_had_before_its_cases_are_drawn(
    govern, ours, monkeypatch
):
    """The public ones would be drafted, under the attempt's name."""
    monkeypatch.setattr(fresh, "sealed", _killed)
    assert 137 == govern(*DECIDE, "--id", "a").code

    refused = govern("run", "--cells-of", "a", "--pipeline", "reference", "--id", "old")

    assert (2, False) == (refused.code, run_of(ours, "old").root.exists())
    assert "its fresh cases are not drawn yet" in " ".join(refused.err.split())


def _killed(*_args: object) -> None:
    raise SystemExit(137)


def test_a_finished_attempt_is_measured_again_by_another_release(govern, tried, monkeypatch):
    """It is the attempt that was entered; the release that measures it is told in its findings."""
    before = facts(tried, "a")
    for module in ("decide", "run", "run_facts"):
        monkeypatch.setattr(f"govern.app.{module}.__version__", "9.9.9", raising=False)

    again = govern("run", "--resume", "a")

    assert 0 == again.code, again.err
    assert ("9.9.9", before.drafts_digest) == (
        facts(tried, "a").harness_version,
        facts(tried, "a").drafts_digest,
    )


def test_drafts_of_another_run_in_an_attempts_journal_are_refused(govern, ours):
    Path("STOP").touch()
    govern(*DECIDE, "--id", "a")
    journal = run_of(ours, "a").journal
    cell, one = next(iter(journal.kept().items()))
    lines = journal.path.read_bytes().splitlines(keepends=True)[1:]
    journal.path.write_bytes(b"".join([line_of(cell, one.draft, "elsewhere"), *lines]))

    refused = govern("run", "--resume", "a")

    assert 13 == refused.code
    assert "are not of this run" in " ".join(refused.err.split())
