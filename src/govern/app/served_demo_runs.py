"""Made-up runs for ``govern serve --demo``, judged by the real judge and entered in its record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from govern import __version__
from govern.app.decision_folder import as_text
from govern.app.docket import JUDGED, PLAIN, docket_of
from govern.app.gate import Made, keep_decision
from govern.app.record import open_ledger
from govern.attest.keys import PrivateKey
from govern.canon import digest, sha256
from govern.domain.decision import Decision
from govern.domain.finding import Counts, Finding, Findings, RunFacts, Spend, StudentT
from govern.domain.ledger import Finished, Intended, Seeded
from govern.domain.policy import Policy
from govern.ledger.seeds import Secret
from govern.policy.judge import judge
from govern.sources.locate import Project, builtin_root
from govern.sources.policies import load_certificates

CASES = 360
GROUPS = {"gender": ("man", "woman")}
CANDIDATES: Mapping[str, tuple[float, float]] = {
    "birch-drafter": (0.002, 0.41),
    "cedar-drafter": (0.028, 0.03),
    "acorn-drafter": (0.004, 0.02),
}
"""The share of drafts that never came, and by how much women were rated higher, in points."""
IN_USE = "maple-drafter"
"""What drafted the reviews that are contested."""


def decided(
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
    files = {"policy.md": policy_path(project), "findings.json": kept}
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


def policy_path(project: Project) -> Path:
    """Where the policy lies that all of them are judged by."""
    return project.root / "policies" / "invented.md"
