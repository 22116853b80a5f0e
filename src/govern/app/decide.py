"""``govern run --decide``: entered in the record before the first cell, over fresh cases."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import datetime

from govern.app import run as runs
from govern.app.attempt_entries import enter_failed, enter_finished, enter_intent, intended_of, warn
from govern.app.baseline import Baseline, open_baseline
from govern.app.docket import readings
from govern.app.drafting import PLAIN, Manner, require_able
from govern.app.fresh import Clock, fresh_cases, require_grammar
from govern.app.intents import intent_of, prepare_again
from govern.app.loading import Prepared, load_suite, prepare, with_cases
from govern.app.looking import cells_upto, planned_looks
from govern.app.progress import Reporter
from govern.app.readable import readable_policy
from govern.app.record import open_ledger
from govern.app.run_folders import find_run, new_folder
from govern.attest.policies import approvers, read_policy_envelope
from govern.attest.trust import read_trust
from govern.domain.base import SLUG
from govern.domain.ledger import Entry, Ledger, Stopped
from govern.domain.policy import MeasuredClause, Policy
from govern.errors import GovernError, InputError, IntegrityError, RunError
from govern.ledger.attempts import attempts_of, lineage_of, of_run, resumable
from govern.runner.folder import Deciding, RunFolder
from govern.sources.locate import Project


@dataclass(frozen=True)
class Asked:
    """What an attempt is to be made of, as ``govern run`` takes it."""

    suite: str
    pipeline: str
    plan: str
    policy: str
    requested_by: str | None = None
    run_id: str | None = None
    baseline: str | None = None


@dataclass(frozen=True)
class _Attempt:
    """An attempt that stands in the record, and what it takes to go on with it.

    One that ``finished`` measures again and drafts nothing.
    """

    project: Project
    folder: RunFolder
    ledger: Ledger
    intent: Entry
    clock: Clock
    reporter: Reporter
    manner: Manner
    finished: bool = False


def start(
    project: Project, asked: Asked, *, clock: Clock, reporter: Reporter, manner: Manner = PLAIN
) -> RunFolder:
    """Enter an attempt for a decision, draw its cases, and finish it if nothing stands in the way.

    Raises:
        PolicyError: the policy is not signed as it requires, or allows no more attempts.
        RunError: the record cannot be reached; or, once the attempt is entered, it could not
            finish, and what is done is kept for ``resume``.
        GovernError: something it was given cannot be used; nothing was entered.
    """
    if asked.requested_by and not re.fullmatch(SLUG, asked.requested_by):
        raise InputError(
            f"--requested-by {asked.requested_by!r}: expected up to 64 of a-z, 0-9 and '-', as in "
            "the name of a key"
        )
    now = clock()
    prepared = prepare(project, load_suite(project, asked.suite), asked.plan, asked.pipeline)
    require_grammar(prepared.cases)
    require_able(prepared, manner)
    approved = _approved(project, asked.policy, now)
    _require_fit(prepared, approved)
    beside = open_baseline(project, asked.baseline)
    ledger = open_ledger(project)
    manifest = prepared.pipeline.manifest
    deciding = Deciding(
        lineage=lineage_of(manifest.id, manifest.use_case, approved),
        policy_version=approved.version,
        policy_digest=approved.digest,
        requested_by=asked.requested_by,
    )
    intent = intent_of(prepared, now, asked.run_id, beside, deciding, anew=True)
    if manner.until_decided:
        until = planned_looks(project, prepared, asked.policy, now=now)
        intent = intent.model_copy(update={"until": until})
    intended = intended_of(intent, deciding, len(prepared.planned))
    folder = new_folder(project, intent)
    try:
        entry = enter_intent(ledger, intended, deciding, approved.attempts.max_per_lineage, now)
    except GovernError:
        shutil.rmtree(folder.root)
        raise
    attempt = _Attempt(project, folder, ledger, entry, clock, reporter, manner)
    with folder.alone():
        return _carry_on(attempt, prepared, beside)


def resume(
    project: Project, run: str, *, clock: Clock, reporter: Reporter, manner: Manner = PLAIN
) -> RunFolder:
    """Go on with any unfinished run; a deciding one keeps its intent and its cases.

    Raises:
        InputError: it was abandoned, or a later attempt was entered.
        IntegrityError: it is not what was entered, data or pipeline changed, or drafts of a
            finished one are gone.
        RunError: as ``start``.
    """
    folder = find_run(project, run)
    intent = folder.read_intent()
    if intent.decide is None:
        return runs.resume(project, run, reporter=reporter, manner=manner)
    prepared, beside = prepare_again(project, intent)
    require_able(prepared, manner)
    ledger = open_ledger(project)
    entries = ledger.entries()
    story = of_run(entries, intent.run_id)
    entry = story.get("intent")
    intended = intended_of(intent, intent.decide, len(prepared.planned))
    if entry is None:
        raise IntegrityError(
            f"run {intent.run_id}: its intent is not in the record, so it is no attempt; "
            "start a new one"
        )
    if entry.payload != intended.as_json():
        raise IntegrityError(
            f"{folder.root / 'run.json'}: not what entry {entry.seq} of the record says it is for"
        )
    attempts = attempts_of(entries, intent.decide.lineage)
    states = {one.run_id: one.state for one in attempts.entered}
    state = states.get(intent.run_id, "abandoned")
    if state not in ("finished", "decided") and not resumable(attempts, intent.run_id):
        raise InputError(
            f"run {intent.run_id}: {state}, and {len(attempts.entered)} attempts were entered in "
            "all; it counts and cannot go on: start a new run"
        )
    attempt = _Attempt(
        project, folder, ledger, entry, clock, reporter, manner, finished="finished" in story
    )
    with folder.alone():
        return _carry_on(attempt, prepared, beside)


def abandon(project: Project, run_id: str, *, now: datetime) -> Entry:
    """Give an attempt up, for good. It still counts.

    Raises:
        InputError: there is no such attempt, or it is over.
    """
    ledger = open_ledger(project)
    story = of_run(ledger.entries(), run_id)
    if "intent" not in story:
        raise InputError(f"run {run_id!r}: no intent of it stands in the record")
    over = [kind for kind in ("finished", "abandoned") if kind in story]
    if over:
        raise InputError(f"run {run_id}: is {over[0]} already")
    return ledger.append("abandoned", Stopped(run_id=run_id).as_json(), now)


def _carry_on(attempt: _Attempt, prepared: Prepared, beside: Baseline | None) -> RunFolder:
    project, folder = attempt.project, attempt.folder
    with attempt.reporter.step("making fresh cases"):
        cases = fresh_cases(
            folder,
            prepared.cases.folder,
            attempt.intent,
            attempt.ledger,
            clock=attempt.clock,
            cache=project.state / "cache",
        )
        fresh = with_cases(project, prepared, cases)
    if attempt.finished:
        _require_all_drafted(folder, fresh)
    try:
        runs.carry_on(
            project,
            folder,
            fresh,
            reporter=attempt.reporter,
            baseline=beside,
            manner=attempt.manner,
        )
    except RunError:
        enter_failed(attempt.ledger, folder, attempt.clock, planned=len(fresh.planned))
        raise
    enter_finished(attempt.ledger, folder, attempt.clock)
    return folder


def _require_all_drafted(folder: RunFolder, prepared: Prepared) -> None:
    """That nothing is left to draft: another draft of a cell would be another attempt."""
    done = folder.journal.read()
    cells = prepared.planned
    if looks := folder.read_findings().run.looks:
        cells = cells_upto(cells, looks)
    lost = [p for p in cells if p.request.cell.id not in done]
    if lost:
        raise IntegrityError(
            f"{folder.journal.path}: {len(lost)} of {len(cells)} drafts are gone, and "
            "the record has this run as finished; put them back, it drafts nothing again"
        )


def _approved(project: Project, policy: str, now: datetime) -> Policy:
    """The policy, if it is in force and signed as it requires."""
    read = readable_policy(project, policy, now=now)
    envelope = read_policy_envelope(project.record, read, readings(read))
    approvers(read, readings(read), envelope, read_trust(project.record), now=now)
    return read


def _require_fit(prepared: Prepared, policy: Policy) -> None:
    """That an attempt could pass at all: it costs one of few."""
    suites = {c.evidence.suite for c in policy.clauses if isinstance(c, MeasuredClause)}
    if prepared.suite.id not in suites:
        raise InputError(
            f"policy {policy.policy} asks for evidence from {', '.join(sorted(suites))}, not from "
            f"{prepared.suite.id}: an attempt by this suite would be lost"
        )
    use_case = prepared.pipeline.manifest.use_case
    if use_case not in policy.scope.use_cases:
        raise InputError(
            f"policy {policy.policy} is for {', '.join(policy.scope.use_cases)}, pipeline "
            f"{prepared.pipeline.manifest.id} for {use_case}"
        )
    if prepared.plan.id == "smoke":
        warn("the smoke plan explores: it can fail, it cannot pass, and it is counted")
