"""The commands of docs/signing.md run as they stand, against a policy made of its own blocks."""

from __future__ import annotations

import json
import re
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from govern.attest.envelopes import sign, write_envelope
from govern.attest.keys import load_key
from govern.attest.statements import decision_statement
from govern.cli import main
from govern.domain import Alternative, Docket, Findings
from govern.metrics import METRICS
from govern.policy.judge import judge
from govern.policy.reader import read_policy
from govern.testing.findings import run_facts

PAGE = (Path(__file__).parents[2] / "docs/signing.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
HEAD = """---
policy: our-reviews
version: 1.0.0
approved: 2026-11-10
review_by: 2027-05-10
decision_valid_days: 90
declared_only_valid_days: 30
approvals: {threshold: 2, roles: [board-chair, worker-representative], required: [worker-representative]}
scope: {use_cases: [review], stage: pilot}
---
# Ours

## COV-1 Drafts come back

At most 15 in 100 (0.15) may fail; we must be 95 % sure (0.95), from 24 cases. This may be set aside
for 30 days.

```yaml clause
id: COV-1
severity: block
metric: coverage.not_drafted
statistic: {confidence: 0.95, sided: one}
pass_if: {upper_le: 0.15}
fail_if: {lower_gt: 0.15}
evidence: {min_cases: 24, suite: review-core}
"""  # noqa: E501


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, flags=re.DOTALL)


def policy_text() -> str:
    [waiver], [clause] = blocks("yaml"), blocks("yaml clause")
    prose = "## LAW-1 Asked\n\nThe works council was asked, at most 180 days ago."
    return f"{HEAD}{waiver}```\n\n{prose}\n\n```yaml clause\n{clause}```\n"


def keep_decision(record: Path, name: str, **change: object) -> None:
    policy = read_policy(policy_text().encode(), where="our-reviews.md")
    docket = Docket(scope=policy.scope, signed_by=(), specs=(METRICS["coverage.not_drafted"].spec,))
    judged = judge(policy, Findings(run=run_facts(), findings=()), docket, now=NOW)
    decision = judged.model_copy(update={"decision_id": name, **change})
    folder = record / "decisions" / name
    folder.mkdir(parents=True)
    (folder / "policy.md").write_text(policy_text())
    (folder / "decision.json").write_text(json.dumps(decision.as_json()))
    key = load_key(record, "gate", "correct horse")
    write_envelope(
        folder / "decision.dsse.json", sign(decision_statement(decision), [key], now=NOW)
    )


def run(line: str, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(sys, "argv", shlex.split(line))
    try:
        main()
    except SystemExit as end:
        return end.code or 0
    return 0


def test_the_commands_of_the_page_run_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Revoking comes last: after it, Ana signs nothing more."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOVERN_KEY_PASSPHRASE", "correct horse")
    monkeypatch.setattr("govern.attest.keys.KDF_ROUNDS", 1)
    monkeypatch.setattr("govern.cli.context.now", lambda: NOW)
    (tmp_path / "govern.toml").touch()
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/our-reviews.md").write_text(policy_text())
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    revoking = [line for line in lines if " revoke " in line]
    assert 1 == len(revoking)
    rival = Alternative(
        decision_id="0" * 8,
        pipeline="rival",
        pipeline_version="2.0.0",
        fingerprint="9" * 64,
        outcome="pass",
    )

    for line in [one for one in lines if one not in revoking] + revoking:
        if "$DECISION" in line:
            keep_decision(tmp_path / "record", "open1")
            passed = {"effective_outcome": "pass", "alternatives": (rival,)}
            keep_decision(tmp_path / "record", "pass1", **passed)
        waivers = [str(path) for path in (tmp_path / "record/waivers").glob("*")]
        names = {"$DECISION": "open1", "$PASSED": "pass1", "$WAIVER": "".join(waivers)}
        for name, value in names.items():
            line = line.replace(name, value)  # noqa: PLW2901

        assert 0 == run(line, monkeypatch), line

    kept = {
        kind: len(list((tmp_path / "record" / kind).glob("*.dsse.json")))
        for kind in ("attestations", "waivers", "approvals")
    }
    assert {"attestations": 1, "waivers": 1, "approvals": 2} == kept
