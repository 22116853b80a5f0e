"""``govern serve --demo``: a small record in which candidates, people and numbers are made up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from govern import __version__
from govern.app.acts import Request, Testimony, attest, waive
from govern.app.approving import Reply, approve
from govern.app.decision_folder import as_text
from govern.app.docket import JUDGED, PLAIN, docket_of
from govern.app.gate import Made, keep_decision, sign_policy_file
from govern.app.ledger import checkpoint
from govern.app.record import open_ledger
from govern.app.served_demo_contests import seed_contests
from govern.attest.keys import PrivateKey, private_key
from govern.attest.trust import TrustRoot, write_trust
from govern.canon import digest, sha256
from govern.domain.access import ROLES, Visitor
from govern.domain.decision import Decision
from govern.domain.finding import Counts, Finding, Findings, RunFacts, Spend, StudentT
from govern.domain.ledger import Finished, Intended, Seeded
from govern.domain.policy import Policy
from govern.ledger.seeds import Secret
from govern.policy.judge import judge
from govern.sources.locate import Project, builtin_root
from govern.sources.policies import load_certificates, load_policy

CASES = 360
GROUPS = {"gender": ("man", "woman")}
CHAIR, WORKER, OFFICER = "board-chair", "worker-representative", "data-protection-officer"
PEOPLE = {
    "ida-invented": CHAIR,
    "wim-invented": WORKER,
    "ona-invented": OFFICER,
    "gate": "gate",
    "log": "log",
}
CANDIDATES: Mapping[str, tuple[float, float]] = {
    "birch-drafter": (0.002, 0.41),
    "cedar-drafter": (0.028, 0.03),
    "acorn-drafter": (0.004, 0.02),
}
"""The share of drafts that never came, and by how much women were rated higher, in points."""
IN_USE = "maple-drafter"
"""What drafted the reviews that are contested."""
POLICY = """---
policy: invented
version: 1.0.0
approved: {approved}
review_by: {review_by}
decision_valid_days: 180
declared_only_valid_days: 25
approvals: {{threshold: 1, roles: [board-chair]}}
decision_approvals: {{threshold: 2, roles: [board-chair, worker-representative], required: [worker-representative]}}
attempts: {{max_per_lineage: 1}}
scope: {{use_cases: [review], stage: pilot, languages: [en], human_review: true}}
---
# An invented policy

Everything here is made up, to try out the pages.

## COV-1 Drafts come back

At most 3 in 100 (0.03) may fail. We must be 95 % sure (0.95), from at least 50 cases. The chair
and the worker representative together may set this aside for up to 30 days.

```yaml clause
id: COV-1
severity: block
metric: coverage.not_drafted
statistic: {{confidence: 0.95, sided: one}}
pass_if: {{upper_le: 0.03}}
fail_if: {{lower_gt: 0.03}}
evidence: {{min_cases: 50, suite: review-core}}
waiver: {{allowed: true, approvers: [board-chair, worker-representative], max_days: 30}}
```

## FAIR-1 Same work, same rating

If only the name and the pronouns change, the suggested rating must not move by more than 0.25
points for women or men: the 90 % interval (0.90) must lie inside, from at least 50 cases.

```yaml clause
id: FAIR-1
severity: block
metric: fairness.rating_shift
slices: [{{by: gender, inside: 0.25}}]
statistic: {{confidence: 0.90, sided: two}}
evidence: {{min_cases: 50, suite: review-core}}
```

## LAW-1 The works council was asked

The worker representative says, not longer than 20 days ago, what the works council answered.

```yaml clause
id: LAW-1
severity: block
attest: works-council
role: worker-representative
answers: [agreed]
max_age_days: 20
```
"""  # noqa: E501


def seed_demo(root: Path, *, now: datetime) -> Project:
    """A project with a signed policy, three candidates, a waiver, one of two yeses, and contests.

    Raises:
        OSError: it cannot be written.
    """
    project = Project(root, configured=True)
    (root / "policies").mkdir(parents=True)
    (root / "govern.toml").touch()
    day = (now - timedelta(days=120)).date()
    text = POLICY.format(approved=day, review_by=day + timedelta(days=280))
    path = _policy_path(project)
    path.write_text(text, encoding="utf-8")
    keys = _keys(project.record, now - timedelta(days=120))
    sign_policy_file(project, "invented", key=keys[CHAIR], now=now - timedelta(days=118))
    policy = load_policy(path)
    _hear_council(project, keys[WORKER], now - timedelta(days=77))
    in_use = _decided(project, policy, IN_USE, key=keys["gate"], now=now - timedelta(days=76))
    for role in (CHAIR, WORKER):
        _say_yes(project, in_use, role, keys[role], now - timedelta(days=75))
    seed_contests(project, in_use, now=now)
    _hear_council(project, keys[WORKER], now - timedelta(days=8))
    made = {
        name: _decided(project, policy, name, key=keys["gate"], now=now - timedelta(days=7 - n))
        for n, name in enumerate(CANDIDATES)
    }
    _set_aside(project, made["cedar-drafter"], keys[CHAIR], now - timedelta(days=3))
    _say_yes(project, made["acorn-drafter"], CHAIR, keys[CHAIR], now - timedelta(days=2))
    checkpoint(project, key=keys["log"], now=now)
    return project


def demo_visitors() -> tuple[Visitor, ...]:
    """One made-up person for each role."""
    return tuple(
        Visitor(
            person=f"invented-{role}",
            name=f"Invented {role.replace('-', ' ')}",
            roles=(role,),
            by="one-time link",
        )
        for role in ROLES
    )


def _hear_council(project: Project, key: PrivateKey, now: datetime) -> None:
    said = "The invented council heard it and agreed to a pilot."
    duty = Testimony("works-council", "invented", WORKER, "agreed", said)
    attest(project, duty, key=key, now=now)


def _policy_path(project: Project) -> Path:
    return project.root / "policies" / "invented.md"


def _keys(record: Path, created: datetime) -> dict[str, PrivateKey]:
    """A key for each role; the private halves are never written down."""
    keys = {
        role: private_key(Ed25519PrivateKey.generate(), name=name, roles=(role,), created=created)
        for name, role in PEOPLE.items()
    }
    record.mkdir(parents=True)
    write_trust(record, TrustRoot(keys=tuple(key.trusted for key in keys.values())))
    return keys


def _decided(
    project: Project, policy: Policy, name: str, *, key: PrivateKey, now: datetime
) -> Decision:
    """An invented deciding run of a candidate, judged by the real judge and entered."""
    run = _run(name)
    findings = Findings(run=run, findings=_findings(*CANDIDATES.get(name, (0.003, 0.01))))
    _enter_run(project, policy, run, findings, now)
    docket = docket_of(
        project, None, policy, findings, terms=PLAIN, comparison=None, source=None, now=now
    )
    decision = judge(policy, findings, docket, now=now)
    kept = project.state / f"{run.run_id}.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(as_text(findings), encoding="utf-8")
    files = {"policy.md": _policy_path(project), "findings.json": kept}
    keep_decision(project, Made(decision, docket, policy, findings, files), key=key, now=now)
    return decision


def _run(name: str) -> RunFacts:
    drafts = CASES * 8
    return RunFacts(
        run_id=f"invented-{name}",
        mode="decide",
        suite="review-core",
        suite_version="1.0.0",
        plan="standard",
        dataset="invented",
        dataset_digest=sha256(b"invented cases"),
        use_case="review",
        synthetic=True,
        pipeline=name,
        pipeline_version="1.0.0",
        fingerprint=sha256(name.encode()),
        declared_only=() if name == IN_USE else ("the invented model's weights",),
        planned=drafts,
        groups=GROUPS,
        drafts_digest=sha256(f"invented drafts of {name}".encode()),
        spend=Spend(drafts=drafts, input_tokens=900 * drafts, output_tokens=240 * drafts),
        harness_version=__version__,
        seed=7,
    )


def _findings(not_drafted: float, shift: float) -> tuple[Finding, ...]:
    return (
        _finding("coverage.not_drafted", not_drafted, 0.004),
        _finding("fairness.rating_shift", -shift, 0.03, by="gender", contrast="man"),
    )


def _finding(metric: str, estimate: float, se: float, **where: str) -> Finding:
    spec = JUDGED[metric]
    (certificate,) = (
        one
        for one in load_certificates([builtin_root() / "evals/certificates"])
        if one.metric == metric
    )
    drafts = CASES * 8
    return Finding(
        metric=metric,
        version=spec.version,
        estimate=estimate,
        interval=StudentT(se=se, df=CASES - 1, clusters=CASES),
        unit=spec.unit,
        sense=spec.sense,
        method=spec.method,
        counts=Counts(planned=drafts, ok=drafts, scored=drafts, cases=CASES, units=drafts),
        evaluator=certificate.evaluator,
        **where,
    )


def _enter_run(
    project: Project, policy: Policy, run: RunFacts, findings: Findings, now: datetime
) -> None:
    ledger = open_ledger(project)
    secret = Secret(drawn=sha256(run.run_id.encode()), salt=sha256(run.pipeline.encode()))
    intended = Intended(
        run_id=run.run_id,
        pipeline=run.pipeline,
        pipeline_version=run.pipeline_version,
        use_case=run.use_case,
        fingerprint=run.fingerprint,
        policy=policy.policy,
        policy_version=policy.version,
        policy_digest=policy.digest,
        suite=run.suite,
        suite_version=run.suite_version,
        plan=run.plan,
        cells=run.planned,
        requested_by="rob-invented",
        harness_version=__version__,
    )
    seeded = Seeded(
        run_id=run.run_id,
        commitment=secret.commitment,
        dataset=run.dataset,
        dataset_digest=run.dataset_digest,
    )
    finished = Finished(
        run_id=run.run_id,
        findings_digest=digest(findings.as_json()),
        drafts_digest=run.drafts_digest,
        drawn=secret.drawn,
        salt=secret.salt,
    )
    ledger.append("intent", json.loads(intended.model_dump_json()), now - timedelta(hours=2))
    ledger.append("seed", seeded.as_json(), now - timedelta(hours=2))
    ledger.append("finished", finished.as_json(), now - timedelta(hours=1))


def _set_aside(project: Project, decision: Decision, key: PrivateKey, now: datetime) -> None:
    request = Request(
        requester="rob-invented",
        reason="The invented service was down for a day.",
        mitigation="Managers write those reviews themselves.",
        days=14,
    )
    waive(project, decision.decision_id, "COV-1", request, key=key, now=now)


def _say_yes(
    project: Project, decision: Decision, role: str, key: PrivateKey, now: datetime
) -> None:
    others = tuple(
        f"{one.pipeline} {one.pipeline_version}: "
        + ("its decision has run out." if one.outcome == "pass" else "it did not pass.")
        for one in decision.alternatives
    )
    reply = Reply(
        role, "none", "The invented head of people", "All clauses hold.", not_chosen=others
    )
    approve(project, decision.decision_id, reply, key=key, now=now)
