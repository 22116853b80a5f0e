"""A made-up project with two decisions in its record, their runs, checkpoints and an approval."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from govern import frames
from govern.app.acts_entered import enter_act
from govern.app.bundle import Bundled, bundle, held
from govern.app.decision_folder import drafts_source
from govern.app.gate import Made, keep_decision
from govern.app.ledger import checkpoint, keep_cosigned
from govern.app.proofs import witness
from govern.app.record import open_ledger
from govern.app.run_facts import planned_groups
from govern.app.verify import Verification
from govern.app.verify_bundle import verify_bundle
from govern.attest.acts import load_attestations, read_approval, write_approval, write_attestation
from govern.attest.keys import PrivateKey, private_key
from govern.attest.policies import approvers, read_policy_envelope, sign_policy
from govern.attest.statements import decision_digest
from govern.attest.trust import TrustRoot, write_trust
from govern.canon import file_digest, sha256
from govern.domain import Approval, Attestation, Certificate, Decision, Findings, Plan, Suite
from govern.domain.ledger import Intended
from govern.domain.pipeline import Manifest
from govern.metrics import METRICS, measure
from govern.pipelines.manifest import fingerprint
from govern.policy.judge import judge
from govern.policy.reader import read_policy
from govern.policy.reading import readings
from govern.runner.folder import Intent, RunFolder
from govern.sources.locate import Project
from govern.testing import certificate_of, docket_of, paired_frame, run_facts

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
LATER = NOW + timedelta(days=20)
SPEC = METRICS["coverage.not_drafted"].spec
POLICY = """---
policy: made-up
version: 1.0.0
approved: 2026-01-02
review_by: 2027-01-02
decision_valid_days: 90
declared_only_valid_days: 30
approvals: {threshold: 1, roles: [board-chair]}
attempts: {max_per_lineage: 1}
scope: {use_cases: [review], stage: pilot}
---
# A made-up policy

## COV-1 Drafts come back

At most 5 in 100 (0.05) are missing, 95 % sure (0.95), from 12 cases.

```yaml clause
id: COV-1
severity: block
metric: coverage.not_drafted
statistic: {confidence: 0.95, sided: one}
pass_if: {upper_le: 0.05}
fail_if: {lower_gt: 0.05}
evidence: {min_cases: 12, suite: review-core}
```

## WORK-1 The works council agrees

The worker representative says so, not longer than 180 days ago.

```yaml clause
id: WORK-1
severity: block
attest: works-council
role: worker-representative
answers: [agreed]
max_age_days: 180
```
"""


def key(name: str, *roles: str) -> PrivateKey:
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sha256(name.encode())))
    return private_key(private, name=name, roles=roles, created=NOW - timedelta(days=90))


ANA, BEN = key("ana", "board-chair"), key("ben", "worker-representative")
GATE, WIN = key("gate", "gate"), key("win", "witness")
TRUST = TrustRoot(keys=tuple(one.trusted for one in (ANA, BEN, GATE, WIN)))


@dataclass
class Desk:
    """The project, and what an auditor has of their own."""

    root: Path
    project: Project = field(init=False)
    trust: Path = field(init=False)

    def __post_init__(self) -> None:
        self.project = Project(self.root / "project", configured=True)
        self.trust = self.root / "own" / "trust.json"
        record = self.project.record
        record.mkdir(parents=True)
        for folder in (record, self.trust.parent):
            write_trust(folder, TRUST)
        self.policy = read_policy(POLICY.encode(), where="made-up.md")
        (self.project.root / "policies").mkdir()
        (self.project.root / "policies/made-up.md").write_text(POLICY)
        self._readings = readings(self.policy, {SPEC.id: SPEC})
        sign_policy(record, self.policy, self._readings, ANA, TRUST, now=NOW - timedelta(days=9))
        act = Attestation(
            attestation="works-council",
            answer="agreed",
            statement="We agree.",
            policy="made-up",
            role="worker-representative",
            made=NOW - timedelta(days=3),
            expires=date(2026, 6, 1),
        )
        write_attestation(record, act, policy_digest=self.policy.digest, key=BEN)
        for name in ("cases", "names"):
            self._dataset(name)
        for number in (1, 2):
            self._enter_intent(f"gone-{number}")

    def _dataset(self, name: str) -> None:
        """The names bring no card that their manifest names."""
        folder = self.project.root / "datasets" / name
        folder.mkdir(parents=True)
        texts = {"README.md": f"# {name}\n", "croissant.json": "{}\n", "cases.jsonl": "{}\n"}
        for file, text in texts.items():
            (folder / file).write_text(text)
        named = {file for file in texts if name == "cases" or file != "README.md"}
        card = {
            "id": name, "version": "1", "licence": "CC0", "use_case": "review", "language": "en",
            "synthetic": True, "intended_use": "tests", "limits": [],
            "files": {file: sha256(texts[file].encode()) for file in sorted(named)},
        }  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(card))

    def _enter_intent(self, run_id: str) -> None:
        intended = Intended(
            run_id=run_id, pipeline="made-up", pipeline_version="1", use_case="review",
            fingerprint="1" * 64, policy="made-up", policy_version="1.0.0",
            policy_digest=self.policy.digest, suite="review-core", suite_version="1.0.0",
            plan="small", cells=12, harness_version="0",
        )  # fmt: skip
        open_ledger(self.project).append("intent", intended.as_json(), NOW - timedelta(days=2))

    def decide(self, run_id: str, *, synthetic: bool = True, **columns: Any) -> Decision:
        """A run of made-up drafts, judged and entered."""
        run = RunFolder(self.project.state / "runs" / run_id)
        plan = Plan(id="small", cases=120)
        suite = Suite(
            id="review-core", version="1.0.0", question="Does it?", dataset="cases",
            identities="names", plans=(plan,), measures=(SPEC.id,),
        )  # fmt: skip
        manifest = Manifest(id="made-up", version="1", kind="python", description=run_id)
        datasets = self.project.root / "datasets"
        papers = {
            name: file_digest(datasets / name / "manifest.json") for name in ("cases", "names")
        }
        run.write_intent(
            Intent(
                run_id=run_id, created=NOW, suite=suite, plan=plan, dataset="cases",
                dataset_digest=papers["cases"], identities_digest=papers["names"],
                manifest=manifest, fingerprint=fingerprint(manifest), pipeline_path="x", seed=0,
            )
        )  # fmt: skip
        (run.logs / "one.eval").write_bytes(run_id.encode())
        run.journal.path.write_text("{}\n")
        drafts = paired_frame(cases=120, groups={"gender": ("female", "male")}, **columns)
        facts = run_facts(
            run_id=run_id, plan="small", dataset_digest=papers["cases"],
            identities_digest=papers["names"], fingerprint=fingerprint(manifest),
            synthetic=synthetic, planned=len(drafts), groups=planned_groups(drafts),
            drafts_digest=frames.write(drafts, run.frame),
        )  # fmt: skip
        findings = Findings(run=facts, findings=measure(drafts, [SPEC.id]))
        run.write_findings(findings)
        return self.keep(run, findings)

    def keep(self, run: RunFolder, findings: Findings) -> Decision:
        """Judge and keep a decision on a run's findings."""
        record = self.project.record
        envelope = read_policy_envelope(record, self.policy, self._readings)
        docket = docket_of(
            [SPEC],
            signed_by=approvers(self.policy, self._readings, envelope, TRUST, now=NOW),
            certificates=(self.certificate(findings),),
            attestations=load_attestations(record, TRUST, now=NOW),
        )
        decision = judge(self.policy, findings, docket, now=NOW)
        files = {
            "policy.md": self.project.root / "policies/made-up.md",
            "findings.json": run.findings_path,
            **drafts_source(run.frame, findings.run),
        }
        made = Made(decision, docket, self.policy, findings, files)
        keep_decision(self.project, made, key=GATE, now=NOW)
        return decision

    def certificate(self, findings: Findings) -> Certificate:
        """One that lies in the project's folder."""
        made = certificate_of(SPEC, evaluator=findings.findings[0].evaluator)
        folder = self.project.root / "evals" / "certificates"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{SPEC.id}.json").write_text(made.model_dump_json())
        return made

    def approve(self, decision: Decision, **changes: Any) -> None:
        act = Approval(
            decision_id=decision.decision_id, decision_digest=decision_digest(decision),
            role="board-chair", verdict="approve", conflict="none", owner="ana", reasons="Fine.",
            created=NOW + timedelta(hours=1),
        )  # fmt: skip
        said = act.model_copy(update=changes)
        path = write_approval(self.project.record, said, key=ANA)
        signed = read_approval(path, TRUST, now=said.created)
        enter_act(self.project, "approval", signed, about=said.decision_id, at=said.created)

    def sign_checkpoint(self, *, cosigned: bool = False) -> None:
        note = checkpoint(self.project, key=GATE, now=NOW + timedelta(hours=2))
        if cosigned:
            path = self.root / "note.txt"
            path.write_text(str(note))
            done = witness(
                self.project, path, key=WIN, trust=None, state=self.root / "state.jsonl",
                now=NOW + timedelta(hours=3),
            )  # fmt: skip
            path.write_text(str(done.note))
            keep_cosigned(self.project, path)

    def bundle(self, decision: Decision, out: Path, **options: Any) -> Bundled:
        return bundle(self.project, decision.decision_id, now=LATER, out=out, **options)

    def verify(self, source: Path, **options: Any) -> Verification:
        return verify_bundle(source, **({"now": LATER, "trust": self.trust} | options))


def desk_at(root: Path, *, synthetic: bool = True) -> tuple[Desk, Decision, Decision]:
    """A desk with two decisions; checkpoints before, between and after, the first is approved."""
    desk = Desk(root)
    desk.sign_checkpoint()
    first = desk.decide("one", synthetic=synthetic)
    desk.approve(first)
    desk.sign_checkpoint()
    second = desk.decide("two", synthetic=synthetic, rating=4)
    desk.sign_checkpoint(cosigned=True)
    return desk, first, second


def rewrite(folder: Path) -> None:
    """The manifest anew, as who made the change would."""
    path = folder / "manifest.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    del files["manifest.json"]
    told["files"] = {name: held(p).as_json() for name, p in sorted(files.items())}
    path.write_text(json.dumps(told), encoding="utf-8")


@dataclass(frozen=True)
class Case:
    """A desk, its two decisions, and the bundle of each."""

    desk: Desk
    decisions: tuple[Decision, Decision]
    bundles: tuple[Path, Path]

    @property
    def top(self) -> str:
        return f"govern-bundle-{self.decisions[0].decision_id}"


def case_at(root: Path, *, synthetic: bool) -> Case:
    desk, *decisions = desk_at(root, synthetic=synthetic)
    bundles = [root / f"{number}.zip" for number in range(2)]
    for decision, path in zip(decisions, bundles, strict=True):
        desk.bundle(decision, path)
    return Case(desk, (decisions[0], decisions[1]), (bundles[0], bundles[1]))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Over synthetic cases; nobody changes it."""
    return case_at(tmp_path_factory.mktemp("made"), synthetic=True)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Over cases that may be about real people; nobody changes it."""
    return case_at(tmp_path_factory.mktemp("real"), synthetic=False)


@pytest.fixture
def folder(made: Case, tmp_path: Path) -> Path:
    """The first bundle, unpacked, to be changed."""
    shutil.unpack_archive(made.bundles[0], tmp_path / "unpacked")
    return tmp_path / "unpacked" / made.top


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOVERN_RECORD_URL", raising=False)
