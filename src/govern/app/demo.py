"""``govern demo``: three candidates, one policy, from the first cell to three signed decisions.

It keeps to a folder of its own, with keys of its own that are worth nothing elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from govern.app.acts import Testimony, attest
from govern.app.gate import Gated, gate, sign_policy_file
from govern.app.loading import load_suite, prepare
from govern.app.progress import Reporter
from govern.app.run import resume, start
from govern.attest.acts import load_attestations
from govern.attest.keys import PrivateKey, create_key, load_key
from govern.attest.trust import read_trust
from govern.domain.decision import Decision
from govern.errors import GovernError, RunError
from govern.pipelines.inspect_model import InspectModel
from govern.pipelines.llama_server import licence_notice
from govern.runner.folder import RunFolder
from govern.sources.locate import Project, locate

POLICY = "builtin:review-drafting"
SUITE = "builtin:review-core"
PASSPHRASE = "throw-away"  # noqa: S105 - the demo's keys protect nothing, and it says so
SIGNERS = {"demo-chair": "board-chair", "demo-worker-rep": "worker-representative"}
GATE_KEY = "demo-gate"
MADE_UP = "For the demonstration alone: nobody here is a manager or an employee."
ATTESTED = {
    "board-chair": ("managers-trained", "done"),
    "worker-representative": ("workers-informed", "not_applicable"),
}


@dataclass(frozen=True)
class Candidate:
    """A pipeline and how much of the suite it can afford."""

    pipeline: str
    plan: str


CANDIDATES = (
    Candidate("reference", "standard"),
    Candidate("planted", "standard"),
    Candidate("local", "probe"),
)


@dataclass(frozen=True)
class Demonstrated:
    """What came of one candidate: a decision, or why there is none."""

    candidate: Candidate
    gated: Gated | None = None
    skipped: str | None = None


def demo(root: Path, *, now: datetime, reporter: Reporter) -> Iterator[Demonstrated]:
    """Run and gate each candidate; an unfinished run is gone on with.

    Raises:
        RunError: interrupted; a second demo goes on from there.
    """
    project = Project(root, configured=False)
    root.mkdir(parents=True, exist_ok=True)
    key = _keys(project, now)
    sign_as = {name: load_key(project.record, name, PASSPHRASE) for name in SIGNERS}
    for name, signer in sign_as.items():
        sign_policy_file(project, POLICY, key=signer, now=now)
        _attest_once(project, SIGNERS[name], signer, now)
    for candidate in CANDIDATES:
        try:
            folder = _drafted(project, candidate, now, reporter)
        except RunError as err:
            what, begun, _ = str(err).partition(". What is done")
            said = f"{what}. What is done is kept; run the demo again to go on"
            if candidate.pipeline != "local" or "interrupted" in what:
                raise RunError(said) from err
            yield Demonstrated(candidate, skipped=said if begun else what)
            continue
        gated = gate(project, folder.root.name, policy=POLICY, now=now, key=key)
        yield Demonstrated(candidate, gated=gated)


def notices() -> list[str]:
    """Licence notices of what the demo's local model is made of, where it is installed."""
    path = locate(Project(Path(), configured=False), "pipelines", "builtin:local")
    try:
        from govern.pipelines import open_pipeline

        pipeline = open_pipeline(path)
        if isinstance(pipeline, InspectModel) and pipeline.settings.serve:
            return [licence_notice(pipeline.settings.serve.package)]
    except GovernError:
        return []
    return []


def _keys(project: Project, now: datetime) -> PrivateKey:
    for name, role in {**SIGNERS, GATE_KEY: "gate"}.items():
        if not (project.record / "keys" / f"{name}.key").exists():
            create_key(project.record, name=name, roles=(role,), passphrase=PASSPHRASE, created=now)
    return load_key(project.record, GATE_KEY, PASSPHRASE)


def _attest_once(project: Project, role: str, key: PrivateKey, now: datetime) -> None:
    """Sign what the policy asks of a role, unless a demo before this one did and it holds."""
    kind, answer = ATTESTED[role]
    signed = load_attestations(project.record, read_trust(project.record), now=now)
    if not any(a.act.attestation == kind and a.act.expires >= now.date() for a in signed):
        attest(project, Testimony(kind, POLICY, role, answer, MADE_UP), key=key, now=now)


def _drafted(
    project: Project, candidate: Candidate, now: datetime, reporter: Reporter
) -> RunFolder:
    prepared = prepare(
        project, load_suite(project, SUITE), candidate.plan, f"builtin:{candidate.pipeline}"
    )
    run_id = f"demo-{candidate.pipeline}-{candidate.plan}-{prepared.fingerprint[:8]}"
    if (project.state / "runs" / run_id / "run.json").exists():
        return resume(project, run_id, reporter=reporter)
    return start(
        project,
        SUITE,
        pipeline=f"builtin:{candidate.pipeline}",
        plan=candidate.plan,
        now=now,
        reporter=reporter,
        run_id=run_id,
    )


def outcome_line(decision: Decision) -> str:
    """One line on a decision, naming what decided it."""
    blocking = [c for c in decision.clauses if c.severity == "block"]
    deciding = [c.id for c in blocking if c.effective == decision.effective_outcome]
    waived = [c.id for c in blocking if c.effective == "waived"]
    warned = [c.id for c in decision.clauses if c.severity == "warn" and c.outcome != "pass"]
    many = f"{len(deciding)} of" if waived else "all"
    alone = len(blocking) == len(deciding) == 1
    words = {
        "pass": "the one blocking clause passes"
        if alone
        else f"{many} {len(blocking)} blocking clauses pass",
        "fail": f"fails {', '.join(deciding)}",
        "insufficient_evidence": f"undecided are {', '.join(deciding)}",
    }
    said = [words[decision.effective_outcome]]
    said += [f"waived are {', '.join(waived)}"] if waived else []
    said += [f"warning from {', '.join(warned)}"] if warned else []
    return "; ".join(said)
