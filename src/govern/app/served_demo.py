"""``govern serve --demo``: a small record in which candidates, people and numbers are made up."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from govern.app.acts import Request, Testimony, attest, waive
from govern.app.approving import Reply, approve
from govern.app.gate import sign_policy_file
from govern.app.ledger import checkpoint
from govern.app.served_demo_contests import seed_contests
from govern.app.served_demo_runs import CANDIDATES, IN_USE, decided, policy_path
from govern.attest.keys import PrivateKey, private_key
from govern.attest.trust import TrustRoot, write_trust
from govern.domain.access import ROLES, Visitor
from govern.domain.decision import Decision
from govern.sources.locate import Project
from govern.sources.policies import load_policy

CHAIR, WORKER, OFFICER = "board-chair", "worker-representative", "data-protection-officer"
PEOPLE = {
    "ida-invented": CHAIR,
    "wim-invented": WORKER,
    "ona-invented": OFFICER,
    "gate": "gate",
    "log": "log",
}
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
    path = policy_path(project)
    path.write_text(text, encoding="utf-8")
    keys = _keys(project.record, now - timedelta(days=120))
    sign_policy_file(project, "invented", key=keys[CHAIR], now=now - timedelta(days=118))
    policy = load_policy(path)
    _hear_council(project, keys[WORKER], now - timedelta(days=77))
    in_use = decided(project, policy, IN_USE, key=keys["gate"], now=now - timedelta(days=76))
    for role in (CHAIR, WORKER):
        _say_yes(project, in_use, role, keys[role], now - timedelta(days=75))
    seed_contests(project, in_use, now=now)
    _hear_council(project, keys[WORKER], now - timedelta(days=8))
    made = {
        name: decided(project, policy, name, key=keys["gate"], now=now - timedelta(days=7 - n))
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


def _keys(record: Path, created: datetime) -> dict[str, PrivateKey]:
    """A key for each role; the private halves are never written down."""
    keys = {
        role: private_key(Ed25519PrivateKey.generate(), name=name, roles=(role,), created=created)
        for name, role in PEOPLE.items()
    }
    record.mkdir(parents=True)
    write_trust(record, TrustRoot(keys=tuple(key.trusted for key in keys.values())))
    return keys


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
