"""The report of a decision over 100,000 drafts, and of one over 10,000 findings.

    python benchmarks/report_scale.py                    # takes some minutes, most to measure
    python benchmarks/report_scale.py --drafts 10000

Aims: ``report.html`` under 5 MB, written in under 10 s. The drafts are those of ``panel.py``,
measured by every metric of the suite review-core and judged by the policy review-drafting. The
10,000 findings are of groups with hostile names, in every clause about a group. Each command is a
process of its own; processor time stands beside the time that passed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

from panel import FULL, drafts
from verify import key

from govern import frames
from govern.app.docket import JUDGED
from govern.app.gate import Made, keep_decision, sign_policy_file
from govern.app.loading import load_suite
from govern.app.run_facts import planned_groups
from govern.attest.trust import TrustRoot, write_trust
from govern.domain import Decision, Findings
from govern.metrics import measure
from govern.policy.judge import judge
from govern.runner.folder import RunFolder
from govern.sources.locate import Project, locate
from govern.sources.policies import load_policy
from govern.testing import certificate_of, docket_of, run_facts

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
POLICY = "review-drafting"
MANY = 10_000
GATE, CHAIR = key("gate", "gate"), key("ana", "board-chair")
HOSTILE = '<script>alert(1)</script>"\u202egnp=1+1😀'
MB = 1_000_000
GOVERN = [sys.executable, "-c", "from govern.cli import main; main()"]


def measured(project: Project, run_id: str, n: int) -> Findings:
    """A run's folder with n made-up drafts in it, and what the suite measures of them."""
    run = RunFolder(project.state / "runs" / run_id)
    run.root.mkdir(parents=True)
    frame = drafts(n)
    facts = run_facts(
        run_id=run_id,
        planned=len(frame),
        groups=planned_groups(frame),
        drafts_digest=frames.write(frame, run.frame),
    )
    found = Findings(
        run=facts, findings=measure(frame, load_suite(project, "review-core").measures)
    )
    run.write_findings(found)
    return found


def many(project: Project, found: Findings, n: int) -> Findings:
    """Findings about n groups: those that there are, again and again under hostile names."""
    about = [one for one in found.findings if one.contrast != "all"]
    more = (
        one.model_copy(update={"contrast": f"{HOSTILE}{place}"})
        for place, one in enumerate(islice(cycle(about), n - len(found.findings)))
    )
    facts = found.run.model_copy(update={"run_id": "many"})
    made = Findings(run=facts, findings=(*found.findings, *more))
    run = RunFolder(project.state / "runs" / "many")
    run.root.mkdir(parents=True)
    os.link(RunFolder(project.state / "runs" / found.run.run_id).frame, run.frame)
    run.write_findings(made)
    return made


def decided(project: Project, found: Findings) -> Decision:
    """A decision on a run, kept in the record."""
    policy_path = locate(project, "policies", POLICY)
    policy = load_policy(policy_path)
    evaluator = found.findings[0].evaluator
    specs = [JUDGED[c.subject] for c in policy.clauses if c.subject in JUDGED]
    certificates = tuple(certificate_of(spec, evaluator=evaluator) for spec in specs)
    docket = docket_of(specs, certificates=certificates)
    decision = judge(policy, found, docket, now=NOW)
    run = RunFolder(project.state / "runs" / found.run.run_id)
    files = {"policy.md": policy_path, "findings.json": run.findings_path}
    keep_decision(project, Made(decision, docket, policy, found, files), key=GATE, now=NOW)
    return decision


def signed_project(root: Path) -> Project:
    """A project whose record has a trust root and the policy signed."""
    project = Project(root, configured=True)
    record = project.record
    record.mkdir()
    write_trust(record, TrustRoot(keys=(GATE.trusted, CHAIR.trusted)))
    sign_policy_file(project, POLICY, key=CHAIR, now=NOW)
    return project


def timed(project: Project, *command: str) -> str:
    """A command in a process of its own: seconds passed, and of the processor."""
    started = time.perf_counter()
    process = subprocess.Popen([*GOVERN, *command], cwd=project.root, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    passed = time.perf_counter() - started
    if status:
        raise SystemExit(f"govern {' '.join(command)}: ended with {status}")
    spent = used.ru_utime + used.ru_stime
    return f"{passed:>7.1f} s {spent:>7.1f} s"


def told(project: Project, decision: Decision) -> None:
    """What each way to write the report takes, and how large it becomes."""
    which = decision.decision_id
    folder = project.record / "decisions" / which
    slices = sum(len(clause.slices) for clause in decision.clauses)
    print(f"\n{decision.run.planned:,} drafts, {slices:,} findings judged")
    print(f"{'':<10} {'passed':>9} {'processor':>9} {'size':>9}")
    out = project.root / f"{which}.pdf"
    for name, command, path in (
        ("HTML", ("report", which), folder / "report.html"),
        ("and PDF", ("report", which, "--pdf", str(out)), out),
    ):
        took = timed(project, *command)
        print(f"{name:<10} {took} {path.stat().st_size / MB:>6.2f} MB")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Time and size of large reports.")
    parser.add_argument("--drafts", type=int, default=FULL)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        project = signed_project(Path(place))
        found = measured(project, "large", asked.drafts)
        told(project, decided(project, found))
        told(project, decided(project, many(project, found, MANY)))


if __name__ == "__main__":
    main()
