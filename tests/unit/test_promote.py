"""Promotion: an alias moves by a verified, approved pass alone, and what moved by hand is seen."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from made_keys import key

from govern.app.approving import Reply, object_to
from govern.app.attempt_entries import enter_decision
from govern.app.decision_folder import (
    POLICY_ENVELOPE,
    as_text,
    decision_envelopes,
    decision_texts,
    write_decision,
)
from govern.app.promote import misplaced, promote
from govern.attest.acts import write_approval
from govern.attest.keys import PrivateKey
from govern.attest.policies import (
    approvers,
    policy_envelope_path,
    read_policy_envelope,
    sign_policy,
)
from govern.attest.statements import decision_digest
from govern.attest.trust import TrustRoot, write_trust
from govern.canon import sha256
from govern.domain import (
    Approval,
    Attempt,
    Attempts,
    Decision,
    Deployment,
    Findings,
    Manifest,
    Plan,
    Suite,
)
from govern.domain.ledger import Intended
from govern.errors import (
    FailedError,
    InputError,
    InsufficientError,
    IntegrityError,
    PolicyError,
    RunError,
)
from govern.pipelines.manifest import fingerprint
from govern.policy.judge import judge
from govern.policy.reader import read_policy
from govern.policy.reading import readings
from govern.runner.folder import Intent, RunFolder
from govern.sources.locate import find_project
from govern.store.ledger_file import FileLedger
from govern.store.registry import FINGERPRINT, Registry, Version
from govern.testing import docket_of, run_facts

# MLflow's own mappers under SQLAlchemy 2.1, as in test_tracking.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
POLICY = """---
policy: made-up
version: 1.0.0
approved: 2026-01-02
review_by: 2027-01-02
decision_valid_days: 90
declared_only_valid_days: 30
approvals: {{threshold: 2, roles: [board-chair, worker-representative]}}
attempts: {{max_per_lineage: 3}}
scope: {{use_cases: [review], stage: {stage}}}
---
# A made-up policy

## USE-1 A person decides

Every draft is read by the manager.

```yaml clause
id: USE-1
severity: block
property: human_review
must: {{equals: required}}
```
"""
FOR_PILOTS = """
## USE-2 A pilot is opt-in

```yaml clause
id: USE-2
severity: block
property: participation
must: {equals: opt_in}
applies_if: {stages: [pilot]}
```
"""


def manifest_of(name: str, version: str) -> Manifest:
    return Manifest(id=name, version=version, kind="reference", description="Made up")


ANA, BEN = key("ana", "board-chair"), key("ben", "worker-representative")
GATE, MALLORY = key("gate", "gate"), key("mallory", "gate")
TRUST = TrustRoot(keys=tuple(one.trusted for one in (ANA, BEN, GATE)))


class FakeRegistry:
    """A registry in memory, with the same contract as MLflow's."""

    def __init__(self) -> None:
        self.versions: dict[tuple[str, str], dict[str, str]] = {}
        self.pointers: dict[tuple[str, str], str] = {}

    def register(self, manifest: Manifest, print_: str) -> Version:
        mine = [number for name, number in self.versions if name == manifest.id]
        for number in mine:
            if self.versions[manifest.id, number][FINGERPRINT] == print_:
                return Version(manifest.id, number, dict(self.versions[manifest.id, number]))
        number = str(len(mine) + 1)
        self.versions[manifest.id, number] = {FINGERPRINT: print_}
        self.pointers[manifest.id, "candidate"] = number
        return Version(manifest.id, number, {FINGERPRINT: print_})

    def point(self, version: Version, alias: str, tags: dict[str, str]) -> None:
        self.versions[version.name, version.number] |= tags
        self.pointers = {
            place: number
            for place, number in self.pointers.items()
            if (place[0], number) != (version.name, version.number)
        }
        self.pointers[version.name, alias] = version.number

    def aliases(self) -> dict[tuple[str, str], Version]:
        return {
            place: Version(place[0], number, dict(self.versions[place[0], number]))
            for place, number in self.pointers.items()
        }

    def set_alias(self, name: str, alias: str, number: str) -> None:
        self.pointers[name, alias] = number

    def set_tag(self, name: str, number: str, tag: str, value: str) -> None:
        self.versions[name, number][tag] = value

    def delete_alias(self, name: str, alias: str) -> None:
        del self.pointers[name, alias]


class RealRegistry(Registry):
    """MLflow's, with the hands of somebody who has access to it."""

    @property
    def client(self) -> Any:
        import mlflow

        return mlflow.MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)

    def set_alias(self, name: str, alias: str, number: str) -> None:
        self.client.set_registered_model_alias(name, alias, number)

    def set_tag(self, name: str, number: str, tag: str, value: str) -> None:
        self.client.set_model_version_tag(name, number, tag, value)

    def delete_alias(self, name: str, alias: str) -> None:
        self.client.delete_registered_model_alias(name, alias)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real MLflow server on SQLite; its start takes ten seconds and more, so there is one."""
    folder = tmp_path_factory.mktemp("mlflow-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["--backend-store-uri", f"sqlite:///{folder}/server.db", "--workers", "1"]
    arguments += ["--artifacts-destination", str(folder / "artifacts"), "--port", str(port)]
    off = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", *arguments],
            env=os.environ | off | {"DO_NOT_TRACK": "true"},
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
        )
    uri = f"http://127.0.0.1:{port}"
    try:
        _await(running, uri, folder / "log")
        yield uri
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(30)


def _await(running: subprocess.Popen[bytes], uri: str, log: Path) -> None:
    """Until the server answers; it says in its log why it does not."""
    for _ in range(180):
        with suppress(subprocess.TimeoutExpired):
            running.wait(0.5)
            break
        with suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{uri}/health", timeout=5)
            return
    pytest.fail(f"the MLflow server did not start: {log.read_text()[-2000:]}")


class Office:
    """A project whose decisions can be made, approved and acted on."""

    def __init__(self, root: Path, registry: Any) -> None:
        (root / "govern.toml").write_text("")
        self.project = find_project(root)
        self.record, self.registry = self.project.record, registry
        self.ledger = FileLedger(self.record / "ledger.jsonl")
        self.record.mkdir()
        write_trust(self.record, TRUST)

    def decide(
        self,
        *,
        version: str = "1",
        name: str = "drafter",
        stage: str = "pilot",
        clauses: str = "",
        entered: bool = True,
        mode: str = "decide",
        human_review: str | None = "required",
        by: PrivateKey = GATE,
        approving: tuple[PrivateKey, ...] = (ANA, BEN),
        **falsely: Any,
    ) -> Decision:
        manifest = manifest_of(name, version)
        run_id = f"run-{name}-{version}-{stage}"
        text = POLICY.format(stage=stage) + clauses
        policy = read_policy(text.encode(), where="policy.md")
        said = readings(policy, {})
        for one in (ANA, BEN):
            sign_policy(self.record, policy, said, one, TRUST, now=NOW - timedelta(days=9))
        facts = run_facts(
            run_id=run_id,
            mode=mode,
            pipeline=name,
            pipeline_version=version,
            fingerprint=fingerprint(manifest),
            deployment=Deployment(human_review=human_review),
        )
        self._keep_run(facts, manifest)
        envelope = read_policy_envelope(self.record, policy, said)
        docket = docket_of(
            [],
            signed_by=approvers(policy, said, envelope, TRUST, now=NOW),
            scope=policy.scope,
            attempts=_attempts(facts, policy.digest) if mode == "decide" else None,
        )
        made = judge(policy, Findings(run=facts, findings=()), docket, now=NOW)
        decision = made.model_copy(update=falsely)
        findings = Findings(run=facts, findings=())
        texts = decision_texts(decision, docket, policy, findings)
        texts |= decision_envelopes(decision, by)
        texts |= {"policy.md": text, "findings.json": as_text(findings)}
        sources = {
            "trust.json": self.record / "trust.json",
            POLICY_ENVELOPE: policy_envelope_path(self.record, policy, said),
        }
        write_decision(self.record / "decisions" / decision.decision_id, texts, sources)
        if entered:
            enter_decision(self.project, decision, at=NOW)
        for one in approving:
            self.approve(decision, one)
        return decision

    def _keep_run(self, facts: Any, manifest: Manifest) -> None:
        suite = Suite(
            id="review-core",
            version="1.0.0",
            question="?",
            dataset="made-up",
            identities="made-up",
            plans=(Plan(id="small", cases=1),),
            measures=("coverage.failed",),
        )
        RunFolder(self.project.state / "runs" / facts.run_id).write_intent(
            Intent(
                run_id=facts.run_id,
                created=NOW,
                suite=suite,
                plan=suite.plans[0],
                dataset="made-up",
                dataset_digest="0" * 64,
                identities_digest="0" * 64,
                manifest=manifest,
                fingerprint=facts.fingerprint,
                pipeline_path="made-up",
                seed=0,
            )
        )

    def approve(self, decision: Decision, by: PrivateKey) -> None:
        write_approval(
            self.record,
            Approval(
                decision_id=decision.decision_id,
                decision_digest=decision_digest(decision),
                role=by.trusted.roles[0],
                verdict="approve",
                conflict="None.",
                owner="The head of people operations",
                reasons="It writes as well as we do.",
                created=NOW,
            ),
            key=by,
        )

    def object(self, decision: Decision, by: PrivateKey) -> Path:
        """A no by somebody, entered in the record as the command does it."""
        said = {"conflict": "None.", "owner": "Nobody", "reasons": "It is too early."}
        reply = Reply(role=by.trusted.roles[0], **said)
        return object_to(self.project, decision.decision_id, reply, key=by, now=NOW).file

    def promote(self, decision: Decision | str, **options: Any) -> Any:
        which = decision if isinstance(decision, str) else decision.decision_id
        given = {"registry": self.registry, "ledger": self.ledger, "now": NOW}
        return promote(self.project, which, **(given | options))

    def wrong(self, **options: Any) -> list[str]:
        given = {"registry": self.registry, "ledger": self.ledger, "now": NOW}
        found = misplaced(self.project, **(given | options))
        return [f"{one.pipeline}@{one.alias}: {one.why}" for one in found]


def intended(decision: Decision, **said: str) -> dict[str, Any]:
    """What the record has of the run behind a decision."""
    run = decision.run
    return Intended(
        run_id=run.run_id,
        pipeline=run.pipeline,
        pipeline_version=run.pipeline_version,
        use_case=run.use_case,
        fingerprint=run.fingerprint,
        policy=decision.policy.id,
        policy_version=decision.policy.version,
        policy_digest=decision.policy.digest,
        suite=run.suite,
        suite_version=run.suite_version,
        plan=run.plan,
        cells=run.planned,
        harness_version=run.harness_version,
        **said,
    ).as_json()


def _attempts(facts: Any, policy: str) -> Attempts:
    entered = Attempt(
        run_id=facts.run_id,
        entered=NOW,
        fingerprint=facts.fingerprint,
        policy_digest=policy,
        state="finished",
    )
    return Attempts(lineage=f"{facts.pipeline} for review", known=True, entered=(entered,))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, FakeRegistry())


def places(registry: Any) -> dict[tuple[str, str], str]:
    return {place: version.number for place, version in registry.aliases().items()}


def test_a_pass_moves_the_alias_of_its_stage_and_says_by_what(office: Office) -> None:
    decision = office.decide()
    moved = office.promote(decision)

    assert ("drafter", "1", "pilot") == (moved.pipeline, moved.version, moved.alias)
    [version] = office.registry.aliases().values()
    assert "pass" == version.tags["gate.outcome"]
    assert decision_digest(decision) == version.tags["gate.decision_sha256"]
    assert decision.policy.digest == version.tags["gate.policy_sha256"]
    assert decision.expires.isoformat() == version.tags["gate.expires"]
    assert "pilot" == json.loads(version.tags["gate.scope"])["stage"]
    _, entered = office.ledger.entries()
    assert ("promotion", moved.as_json()) == (entered.kind, entered.payload)
    assert [] == office.wrong()


def test_a_version_goes_from_pilot_to_approved_and_a_new_one_takes_its_place(
    office: Office,
) -> None:
    office.promote(office.decide())
    office.promote(office.decide(stage="rollout"))
    assert {("drafter", "approved"): "1"} == places(office.registry)

    office.promote(office.decide(version="2"))
    assert {("drafter", "approved"): "1", ("drafter", "pilot"): "2"} == places(office.registry)

    office.promote(office.decide(version="2", stage="rollout"))
    assert {("drafter", "approved"): "2"} == places(office.registry)
    assert [] == office.wrong()


def test_a_decision_for_a_rollout_covers_a_pilot_and_none_the_other_way(office: Office) -> None:
    assert "pilot" == office.promote(office.decide(stage="rollout"), stage="pilot").alias
    with pytest.raises(PolicyError, match="less than a rollout"):
        office.promote(office.decide(), stage="rollout")


@pytest.mark.parametrize(
    ("made", "error", "code", "said"),
    [
        ({"human_review": "none"}, FailedError, 10, "is a fail"),
        ({"human_review": None}, InsufficientError, 11, "not enough evidence"),
        ({"mode": "explore"}, PolicyError, 12, "advisory"),
        ({"approving": (ANA,)}, PolicyError, 12, "approvals"),
        ({"by": MALLORY}, PolicyError, 12, "signed by no key of the trust root"),
        (
            {"human_review": "none", "outcome": "pass", "effective_outcome": "pass"},
            IntegrityError,
            13,
            "judged again",
        ),
        ({"mode": "explore", "advisory": False}, IntegrityError, 13, "judged again"),
        ({"expires": date(2027, 1, 1)}, IntegrityError, 13, "judged again"),
    ],
    ids=[
        "a fail",
        "not enough evidence",
        "exploring",
        "one approval of two",
        "signed by a stranger",
        "a fail that is called a pass",
        "exploring that is called deciding",
        "a later end",
    ],
)
def test_what_does_not_promote_leaves_registry_and_record_alone(
    office: Office, made: dict[str, Any], error: type[Exception], code: int, said: str
) -> None:
    decision = office.decide(**made)
    with pytest.raises(error, match=said) as raised:
        office.promote(decision)

    assert code == raised.value.exit_code
    assert {} == office.registry.aliases()
    assert ["decision"] == [entry.kind for entry in office.ledger.entries()]


def test_a_decision_that_is_over_promotes_nothing(office: Office) -> None:
    with pytest.raises(PolicyError, match="held until"):
        office.promote(office.decide(), now=NOW + timedelta(days=91))


def test_an_objection_that_was_taken_away_promotes_nothing(office: Office) -> None:
    decision = office.decide()
    file = office.object(decision, BEN)
    with pytest.raises(PolicyError, match="object"):
        office.promote(decision)
    file.unlink()

    with pytest.raises(IntegrityError, match="approvals whose files are gone"):
        office.promote(decision)
    assert {} == office.registry.aliases()


def test_a_decision_that_the_record_does_not_have_promotes_nothing(office: Office) -> None:
    with pytest.raises(PolicyError, match="is not in the record"):
        office.promote(office.decide(entered=False))
    assert {} == office.registry.aliases()


def test_a_pass_that_a_later_decision_on_its_run_overtook_promotes_nothing(office: Office) -> None:
    """The worker representative objects after the first decision; the second one is a fail."""
    first = office.decide()
    office.promote(first)
    later = first.model_copy(update={"decision_id": "later", "effective_outcome": "fail"})
    enter_decision(office.project, later.model_copy(update={"advisory": True}), at=NOW)
    office.promote(first)
    enter_decision(office.project, later, at=NOW)

    with pytest.raises(PolicyError, match="was overtaken: later on the same run is fail"):
        office.promote(first)
    assert "was overtaken" in office.wrong()[0]


def test_a_yes_of_whoever_asked_for_the_run_promotes_nothing(office: Office) -> None:
    """Signed without the command, which refuses it."""
    decision = office.decide()
    office.ledger.append("intent", intended(decision, requested_by="ben"), NOW)

    with pytest.raises(PolicyError, match=r"2 people .* 1 did; ben asked for this decision"):
        office.promote(decision)


def test_a_decision_for_a_rollout_covers_no_pilot_that_has_clauses_of_its_own(
    office: Office,
) -> None:
    decision = office.decide(stage="rollout", clauses=FOR_PILOTS)

    with pytest.raises(PolicyError, match="did not hear USE-2, for a pilot alone"):
        office.promote(decision, stage="pilot")
    assert "approved" == office.promote(decision).alias


def test_a_changed_byte_promotes_nothing(office: Office) -> None:
    decision = office.decide()
    path = office.record / "decisions" / decision.decision_id / "findings.json"
    path.write_text(path.read_text().replace('"synthetic": true', '"synthetic": false'))

    with pytest.raises(IntegrityError, match=r"findings\.json"):
        office.promote(decision)
    assert {} == office.registry.aliases()


def test_another_manifest_than_was_decided_about_is_refused(office: Office) -> None:
    decision = office.decide()
    path = office.project.state / "runs" / decision.run.run_id / "run.json"
    path.write_text(path.read_text().replace('"kind": "reference"', '"kind": "http"'))

    with pytest.raises(IntegrityError, match="not the one that was decided about"):
        office.promote(decision)


def test_an_unknown_decision_is_bad_input(office: Office) -> None:
    with pytest.raises(InputError):
        office.promote("nothing")


def test_a_registry_that_breaks_off_is_seen_until_it_is_promoted_again(office: Office) -> None:
    """The record was first: it says where the alias has to be."""
    decision = office.decide()

    class Broken(FakeRegistry):
        def point(self, *_: object) -> None:
            raise RunError("gone")

    with pytest.raises(RunError):
        office.promote(decision, registry=Broken())
    assert ["drafter@pilot: it was taken away; the record has it at version 1"] == office.wrong()

    office.promote(decision)
    assert [] == office.wrong()


def by_hand(office: Office) -> None:
    office.registry.set_alias("drafter", "approved", "2")


def to_an_earlier_one(office: Office) -> None:
    office.registry.set_alias("drafter", "pilot", "1")


def away(office: Office) -> None:
    office.registry.delete_alias("drafter", "pilot")


def longer(office: Office) -> None:
    office.registry.set_tag("drafter", "2", "gate.expires", "2099-01-01")


def other_bytes(office: Office) -> None:
    office.registry.set_tag("drafter", "2", FINGERPRINT, "f" * 64)


def nobodys(office: Office) -> None:
    office.registry.set_tag("drafter", "2", "gate.decision_id", "../../elsewhere")


@pytest.mark.parametrize(
    ("meddle", "said"),
    [
        (by_hand, ["approved: it was set by hand", "approved: decision .* is for a pilot"]),
        (to_an_earlier_one, ["pilot: it was moved by hand; the record has it at version 2"]),
        (away, ["pilot: it was taken away; the record has it at version 2"]),
        (longer, ["pilot: tag gate.expires was changed: .* found 2099-01-01"]),
        (other_bytes, ["pilot: tag govern.fingerprint was changed"]),
        (nobodys, ["pilot: .*elsewhere"]),
    ],
)
def test_what_somebody_changed_in_the_registry_is_seen(
    office: Office, meddle: Any, said: list[str]
) -> None:
    office.promote(office.decide())
    office.promote(office.decide(version="2"))
    meddle(office)
    found = office.wrong()

    assert len(said) == len(found)
    for what, one in zip(said, found, strict=True):
        assert re.search(what, one), one


def test_an_alias_outlives_its_decision_and_is_seen(office: Office) -> None:
    office.promote(office.decide())

    [found] = office.wrong(now=NOW + timedelta(days=91))
    assert "held until" in found


def test_a_decision_that_went_from_the_record_no_longer_carries_its_alias(office: Office) -> None:
    decision = office.decide()
    office.promote(decision)
    (office.record / "decisions" / decision.decision_id).rename(office.record / "gone")

    [found] = office.wrong()
    assert decision.decision_id in found


def test_the_alias_of_a_mere_candidate_claims_nothing(office: Office) -> None:
    office.registry.register(manifest_of("drafter", "1"), "0" * 64)

    assert [] == office.wrong()


def test_all_of_it_against_a_real_server(server: str, tmp_path: Path) -> None:
    """The fake's contract, kept by MLflow: register once, point, leave, list; and what was kept."""
    registry = RealRegistry(server, tmp_path / "unused")
    office = Office(tmp_path, registry)
    manifest = manifest_of("drafter", "1")
    first = registry.register(manifest, fingerprint(manifest))
    assert {("drafter", "candidate"): "1"} == places(registry)
    assert first == registry.register(manifest, fingerprint(manifest))

    office.promote(office.decide())
    assert {("drafter", "pilot"): "1"} == places(registry)
    office.promote(office.decide(version="2"))
    office.promote(office.decide(stage="rollout"))
    assert {("drafter", "approved"): "1", ("drafter", "pilot"): "2"} == places(registry)
    assert [] == office.wrong()
    _require_manifest(registry, tmp_path, fingerprint(manifest))

    registry.set_alias("drafter", "approved", "2")
    registry.set_tag("drafter", "2", "gate.expires", "2099-01-01")
    found = office.wrong()
    assert 3 == len(found), found
    assert "moved by hand; the record has it at version 1" in found[0]
    assert "less than a rollout" in found[1]
    assert "2099-01-01" in found[-1]


def _require_manifest(registry: Registry, folder: Path, print_: str) -> None:
    """A deployer gets the very bytes whose SHA-256 is the fingerprint."""
    import mlflow

    mlflow.set_tracking_uri(registry.uri)
    mlflow.set_registry_uri(registry.uri)
    got = mlflow.artifacts.download_artifacts("models:/drafter@approved", dst_path=str(folder))
    assert print_ == sha256((Path(got) / "manifest.json").read_bytes())


def test_a_registry_out_of_reach_is_one_message(office: Office, monkeypatch: Any) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(RunError, match="cannot be written") as raised:
        office.promote(office.decide(), registry=Registry("http://u:secret@127.0.0.1:9", Path()))

    assert 14 == raised.value.exit_code
    assert "secret" not in str(raised.value)
