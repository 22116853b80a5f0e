"""``govern gate``: a run's findings against a signed policy; a decision folder comes out."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from govern.app import mirror
from govern.app.run import find_run
from govern.attest.envelopes import (
    approvers,
    decision_statement,
    read_policy_envelope,
    sign,
    sign_policy,
    write_envelope,
)
from govern.attest.keys import PrivateKey, read_trust
from govern.canon import file_digest
from govern.domain.decision import Decision
from govern.domain.metric import Spec
from govern.domain.policy import Policy
from govern.errors import InputError, IntegrityError, PolicyError
from govern.metrics import METRICS
from govern.policy.judge import judge
from govern.policy.lint import lint
from govern.policy.reader import read_policy
from govern.policy.reading import reading
from govern.report.html import render
from govern.report.view import build
from govern.runner.folder import RunFolder, write_text
from govern.sources.locate import Project, builtin_root, locate
from govern.sources.policies import load_certificates, load_gate_certificate, load_policy
from govern.strict_yaml import explain

SPECS: Mapping[str, Spec] = MappingProxyType({name: m.spec for name, m in METRICS.items()})
EXIT_CODES = MappingProxyType({"pass": 0, "fail": 10, "insufficient_evidence": 11})


@dataclass(frozen=True)
class Gated:
    """A decision and the folder it was written to."""

    decision: Decision
    folder: Path

    @property
    def report(self) -> Path:
        return self.folder / "report.html"

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.decision.outcome]


def gate(
    project: Project,
    run: str,
    *,
    policy: str,
    now: datetime,
    record: Path | None = None,
    out: Path | None = None,
    key: PrivateKey | None = None,
) -> Gated:
    """Judge a finished run.

    Args:
        project: where runs, policies and the record are.
        run: a run's id or folder.
        policy: a policy's id or file.
        now: when.
        record: where signatures and decisions are kept; the project's ``record/``.
        out: the decision's folder; by default one of its own in the record.
        key: what signs the decision; without one it is written unsigned.

    Raises:
        PolicyError: the policy is malformed, past review, or not signed as it requires.
        IntegrityError: the drafts are not those that were measured.
        InputError: there is no such run or policy.
    """
    record = record or project.record
    folder = find_run(project, run)
    findings = folder.read_findings()
    _same_drafts(folder, findings.run.drafts_digest)
    read = readable_policy(project, policy, now=now)
    signed_by = approvers(
        read,
        readings(read),
        read_policy_envelope(record, read, readings(read)),
        read_trust(record),
    )
    folders = [builtin_root() / "evals/certificates", project.root / "evals/certificates"]
    decision = judge(
        read, findings, load_certificates(folders), SPECS, signed_by=signed_by, now=now
    ).model_copy(update={"gate": load_gate_certificate(folders, read)})
    target = out or record / "decisions" / decision.decision_id
    sources = {
        "policy.md": locate(project, "policies", policy),
        "findings.json": folder.findings_path,
    }
    _write(target, decision, read, sources, key)
    mirror.decision(project, folder, decision, target / "report.html")
    return Gated(decision, target)


def readable_policy(project: Project, policy: str, *, now: datetime) -> Policy:
    """A policy that lints clean.

    Raises:
        PolicyError: with every problem there is.
    """
    read = load_policy(locate(project, "policies", policy))
    problems = lint(read, SPECS, today=now.date())
    if problems:
        raise PolicyError("\n".join(problems))
    return read


def readings(policy: Policy) -> dict[str, str]:
    """What the gate reads each clause as; signed with the policy."""
    return {clause.id: reading(clause, SPECS[clause.metric]) for clause in policy.clauses}


def sign_policy_file(project: Project, policy: str, *, key: PrivateKey, now: datetime) -> Path:
    """Add a signature to a policy; returns the envelope's path.

    Raises:
        PolicyError: it does not lint clean.
    """
    read = readable_policy(project, policy, now=now)
    record = project.record
    return sign_policy(record, read, readings(read), key, read_trust(record))


def render_report(decision_folder: Path) -> Path:
    """Write ``report.html`` of a decision folder anew, from what stands in it.

    Raises:
        InputError: this is no decision folder.
        IntegrityError: the policy in it is not the one that was judged by.
    """
    try:
        decision = Decision.model_validate_json((decision_folder / "decision.json").read_bytes())
        policy = read_policy((decision_folder / "policy.md").read_bytes(), where="policy.md")
    except OSError as err:
        raise InputError(f"{decision_folder}: not a decision folder: {err.strerror}") from err
    except ValidationError as err:
        raise InputError(f"{decision_folder}/decision.json: {explain(err)}") from err
    path = decision_folder / "report.html"
    write_text(path, render(build(decision, policy), templates()))
    return path


def templates() -> Path:
    """The folder of the shipped report templates."""
    return builtin_root() / "reports" / "templates"


def _same_drafts(folder: RunFolder, expected: str) -> None:
    found = file_digest(folder.frame)
    if found != expected:
        raise IntegrityError(
            f"{folder.frame}: not the drafts that were measured: expected SHA-256 {expected}, "
            f"found {found}; measure again with `govern run --resume {folder.root.name}`"
        )


def _write(
    target: Path,
    decision: Decision,
    policy: Policy,
    sources: Mapping[str, Path],
    key: PrivateKey | None,
) -> None:
    """The whole decision folder or nothing of it."""
    if target.exists():
        raise InputError(f"{target}: exists already; a decision is never overwritten")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".decision-", dir=target.parent))
    try:
        text = json.dumps(decision.as_json(), indent=1, ensure_ascii=False, sort_keys=True)
        write_text(part / "decision.json", f"{text}\n")
        write_text(part / "report.html", render(build(decision, policy), templates()))
        for name, source in sources.items():
            shutil.copyfile(source, part / name)
        if key:
            write_envelope(part / "decision.dsse.json", sign(decision_statement(decision), [key]))
        part.chmod(0o755)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
