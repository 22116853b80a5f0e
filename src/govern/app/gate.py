"""``govern gate``: a run's findings against a signed policy; a decision folder comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from govern.app import mirror
from govern.app.attempt_entries import enter_decision
from govern.app.beside import beside_at_gate, frame_at_hand
from govern.app.decision_folder import (
    BESIDE,
    DRAFTS,
    POLICY_ENVELOPE,
    TRUST,
    act_sources,
    as_text,
    decision_envelopes,
    decision_texts,
    drafts_source,
    write_decision,
)
from govern.app.docket import PLAIN, Terms, docket_of, readings
from govern.app.opened_decision import DECISION_ENVELOPE
from govern.app.policy_facts import all_known
from govern.app.readable import readable_policy, refuse_problems
from govern.app.run_folders import find_run
from govern.attest.keys import PrivateKey
from govern.attest.policies import policy_envelope_path, sign_policy
from govern.attest.trust import read_trust, trust_path
from govern.canon import file_digest
from govern.domain.decision import Decision
from govern.domain.docket import Docket
from govern.domain.finding import Comparison, Findings
from govern.domain.policy import MeasuredClause, Policy
from govern.domain.record import RecordSource
from govern.errors import InputError, IntegrityError, PolicyError, RunError
from govern.policy.judge import judge
from govern.runner.folder import RunFolder
from govern.sources.locate import Project, locate
from govern.sources.policies import load_policy

EXIT_CODES = MappingProxyType({"pass": 0, "fail": 10, "insufficient_evidence": 11})


@dataclass(frozen=True)
class Gated:
    """A decision, by which policy, its folder, and why the record does not have it, if so."""

    decision: Decision
    policy: Policy
    folder: Path
    not_entered: str | None = None

    @property
    def report(self) -> Path:
        return self.folder / "report.html"

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.decision.effective_outcome]


def gate(
    project: Project,
    run: str,
    *,
    policy: str,
    now: datetime,
    record: Path | None = None,
    out: Path | None = None,
    key: PrivateKey | None = None,
    terms: Terms = PLAIN,
    source: RecordSource | None = None,
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
        terms: scope, incumbent, and whether the policy came after the result.
        source: the contest record, where one is kept.

    Raises:
        PolicyError: the policy is malformed, past review, or not signed as it requires.
        IntegrityError: the drafts are not those that were measured.
        InputError: there is no such run or policy.
    """
    folder = find_run(project, run)
    findings = folder.read_findings()
    _same_drafts(folder, findings.run.drafts_digest)
    read = readable_policy(project, policy, now=now)
    docket = docket_of(
        project,
        record,
        read,
        findings,
        terms=terms,
        comparison=_compared(project, run, read, terms.incumbent),
        source=source,
        now=now,
    )
    decision = judge(read, findings, docket, now=now)
    if decision.bar_set_after and not terms.rejudge:
        raise PolicyError(
            f"run {decision.run.run_id} set out to be judged by another text of this policy; "
            "--rejudge judges it by this one, as advisory"
        )
    made = Made(
        decision,
        docket,
        read,
        findings,
        {
            "policy.md": locate(project, "policies", policy),
            "findings.json": folder.findings_path,
            **drafts_source(folder.frame, findings.run),
        },
    )
    target, not_entered = keep_decision(project, made, key=key, record=record, out=out, now=now)
    mirror.decision(project, folder, decision, target / "report.html")
    return Gated(decision, read, target, not_entered)


@dataclass(frozen=True)
class Made:
    """A decision with what it was made by, and the files that its folder copies, by name."""

    decision: Decision
    docket: Docket
    policy: Policy
    findings: Findings
    files: Mapping[str, Path]


def keep_decision(
    project: Project,
    made: Made,
    *,
    key: PrivateKey | None,
    now: datetime,
    record: Path | None = None,
    out: Path | None = None,
) -> tuple[Path, str | None]:
    """Write a decision's folder and enter the decision in the record.

    Returns:
        The folder, and why the record does not have the decision, where it is out of reach.

    Raises:
        InputError: the folder exists.
    """
    kept = record or project.record
    target = out or kept / "decisions" / made.decision.decision_id
    beside = beside_at_gate(
        project,
        made.decision,
        made.findings,
        policy=made.policy,
        record=kept,
        frame=frame_at_hand(project, made.findings.run, made.files.get(DRAFTS, target / DRAFTS)),
        signers=(key.trusted,) if key else (),
    )
    texts = decision_texts(made.decision, made.docket, made.policy, made.findings, beside)
    texts[BESIDE] = as_text(beside)
    envelope = policy_envelope_path(kept, made.policy, readings(made.policy))
    signatures = {TRUST: trust_path(kept), POLICY_ENVELOPE: envelope}
    write_decision(
        target,
        texts | decision_envelopes(made.decision, key),
        {**made.files, **signatures, **act_sources(kept, made.docket)},
    )
    return target, _enter(project, record, made.decision, target, now)


def _compared(
    project: Project, run: str, policy: Policy, incumbent: str | None
) -> Comparison | None:
    """The candidate beside the incumbent, in what the policy asks; ``None`` without an incumbent.

    Raises:
        InputError: no clause asks for it, or the two runs cannot be compared.
    """
    if incumbent is None:
        return None
    asked = [c.metric for c in policy.clauses if isinstance(c, MeasuredClause) and c.against]
    if not asked:
        raise InputError(
            f"policy {policy.policy} has no clause against an incumbent; `govern compare` shows "
            "two runs side by side"
        )
    from govern.app.compare import compare_runs

    return compare_runs(project, run, incumbent, sorted(set(asked)))


def _enter(
    project: Project, record: Path | None, decision: Decision, folder: Path, now: datetime
) -> str | None:
    """Enter the decision in the record; why not, where that cannot be reached."""
    envelope = folder / DECISION_ENVELOPE
    signed = file_digest(envelope) if envelope.exists() else None
    try:
        enter_decision(project, decision, at=now, envelope=signed, record=record)
    except RunError as err:
        return str(err)
    return None


def sign_policy_file(
    project: Project, policy: str, *, key: PrivateKey, now: datetime
) -> tuple[Policy, Path]:
    """Add a signature to a policy; returns it with the envelope's path.

    Raises:
        PolicyError: it does not lint clean, also against the suites that it names.
    """
    read = load_policy(locate(project, "policies", policy))
    refuse_problems(read, all_known(project, [read]), now)
    record = project.record
    path = sign_policy(record, read, readings(read), key, read_trust(record), now=now)
    return read, path


def _same_drafts(folder: RunFolder, expected: str) -> None:
    found = file_digest(folder.frame)
    if found != expected:
        raise IntegrityError(
            f"{folder.frame}: not the drafts that were measured: expected SHA-256 {expected}, "
            f"found {found}; measure again with `govern run --resume {folder.root.name}`"
        )
