"""What enters the record of an attempt: its intent, that it stopped, what it found, how judged."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from govern.app.fresh import Clock, read_secret
from govern.app.record import open_ledger
from govern.canon import digest
from govern.domain.decision import Decision
from govern.domain.ledger import Entry, Finished, Intended, Judged, Ledger, Stopped
from govern.errors import GovernError, InputError, IntegrityError, MovedError, PolicyError, RunError
from govern.ledger.attempts import attempts_of, drafts_entered, of_run
from govern.ledger.chain import head_of
from govern.runner.folder import Deciding, Intent, RunFolder
from govern.sources.locate import Project


class AttemptWarning(UserWarning):
    """Something about an attempt that whoever starts it should know."""


def intended_of(intent: Intent, deciding: Deciding, cells: int) -> Intended:
    """What the record is told before the first of ``cells`` is drafted."""
    return Intended(
        run_id=intent.run_id,
        pipeline=intent.manifest.id,
        pipeline_version=intent.manifest.version,
        use_case=intent.manifest.use_case,
        fingerprint=intent.fingerprint,
        policy=deciding.lineage.policy,
        policy_version=deciding.policy_version,
        policy_digest=deciding.policy_digest,
        suite=intent.suite.id,
        suite_version=intent.suite.version,
        plan=intent.plan.id,
        cells=cells,
        looks=intent.until.cases if intent.until else None,
        requested_by=deciding.requested_by,
        harness_version=intent.harness_version,
    )


def enter_intent(
    ledger: Ledger, intended: Intended, deciding: Deciding, most: int, now: datetime
) -> Entry:
    """The intent's entry, made only where the entries that were looked at are still all.

    Raises:
        PolicyError: the policy allows no more attempts.
        InputError: the record has a run of this id.
        RunError: the record cannot be reached.
    """
    while True:
        entries = ledger.entries()
        tried = attempts_of(entries, deciding.lineage).entered
        if len(tried) >= most:
            raise PolicyError(
                f"attempts used up: {len(tried)} of {most} for {deciding.lineage.name} "
                f"({', '.join(one.run_id for one in tried)}). More need a policy that is approved "
                "anew; exploring is free"
            )
        if of_run(entries, intended.run_id):
            raise InputError(f"run {intended.run_id} is in the record already; give another --id")
        try:
            entry = ledger.append("intent", intended.as_json(), now, head=head_of(entries))
        except MovedError:
            continue
        if tried and tried[-1].state == "open":
            warn(f"run {tried[-1].run_id} was still open; it is abandoned by this one")
        return entry


def enter_failed(ledger: Ledger, folder: RunFolder, clock: Clock, *, planned: int) -> None:
    """That the run stopped; where the record is out of reach it just stays open."""
    reason = f"{len(folder.journal.read())} of {planned} cells drafted"
    stopped = Stopped(run_id=folder.root.name, reason=reason)
    try:
        ledger.append("failed", stopped.as_json(), clock())
    except GovernError as err:
        warn(f"not entered in the record that the run stopped: {err}")


def enter_finished(ledger: Ledger, folder: RunFolder, clock: Clock) -> None:
    """What was found, unless the record says so already.

    Raises:
        IntegrityError: the record has other drafts for the run.
        RunError: the record cannot be reached.
    """
    findings = folder.read_findings()
    secret = read_secret(folder)
    payload = Finished(
        run_id=folder.root.name,
        findings_digest=digest(findings.as_json()),
        drafts_digest=findings.run.drafts_digest,
        drawn=secret.drawn,
        salt=secret.salt,
    ).as_json()
    try:
        entries = ledger.entries()
        _require_same_drafts(folder, entries, findings.run.drafts_digest)
        told = of_run(entries, folder.root.name).get("finished")
        if told is None or told.payload != payload:
            ledger.append("finished", payload, clock())
    except RunError as err:
        raise RunError(
            f"{err}. The findings are kept; enter them with "
            f"`govern run --resume {folder.root.name}`"
        ) from err


def enter_decision(
    project: Project,
    decision: Decision,
    *,
    at: datetime,
    envelope: str | None = None,
    record: Path | None = None,
) -> Entry:
    """Enter a decision in the record; ``envelope`` is the SHA-256 of the file that signs it.

    Raises:
        RunError: the record cannot be reached.
        IntegrityError: it does not hold together.
    """
    decided = Judged(
        run_id=decision.run.run_id,
        decision_id=decision.decision_id,
        decision_digest=digest(decision.as_json()),
        policy=decision.policy.id,
        policy_digest=decision.policy.digest,
        findings_digest=decision.findings_digest,
        outcome=decision.outcome,
        effective_outcome=decision.effective_outcome,
        advisory=decision.advisory,
        envelope_digest=envelope,
    )
    return open_ledger(project, record).append("decision", decided.as_json(), at)


def _require_same_drafts(folder: RunFolder, entries: Iterable[Entry], found: str) -> None:
    """That what is measured again is what was measured first."""
    entered = drafts_entered(entries, folder.root.name)
    if entered not in (None, found):
        raise IntegrityError(
            f"{folder.journal.path}: its drafts are not those that the record has for run "
            f"{folder.root.name}; put them back, other drafts are another attempt"
        )


def warn(text: str) -> None:
    """Tell whoever starts an attempt."""
    warnings.warn(text, AttemptWarning, stacklevel=3)
