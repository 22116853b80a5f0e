"""What the record says of attempts, for the judge and for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from govern.app.record import Seen, open_ledger
from govern.canon import digest
from govern.domain.attempts import Attempts
from govern.domain.finding import Findings
from govern.domain.ledger import Entry, EntryKind, Finished, Intended, Seeded
from govern.domain.policy import Policy
from govern.errors import IntegrityError
from govern.ledger.attempts import attempts_of, drafts_entered, lineage_of, of_run, payload_of
from govern.ledger.chain import check, head_of
from govern.ledger.seeds import Secret
from govern.pipelines import read_manifest
from govern.sources.locate import Project, locate
from govern.sources.policies import load_policy


@dataclass(frozen=True)
class Tried:
    """A lineage's attempts, how many its policy allows, and the record they were read from."""

    attempts: Attempts
    allowed: int
    entries: int
    head: str


def attempts_for(seen: Seen, findings: Findings, policy: Policy) -> Attempts | None:
    """The attempts that a run is one of; ``None`` for an exploratory run.

    Unknown, with the reason, where the record is out of reach, does not have the run's intent,
    cases and findings, or has it as abandoned.

    Raises:
        IntegrityError: the record has another candidate, other cases, drafts or findings for the
            run, or does not say what an attempt must.
    """
    run = findings.run
    if run.mode == "explore":
        return None
    lineage = lineage_of(run.pipeline, run.use_case, policy)
    attempts = attempts_of(seen.entries, lineage)
    story = of_run(seen.entries, run.run_id)
    unknown = seen.out_of_reach or _missing(story, attempts, run.run_id)
    if unknown:
        return Attempts(lineage=lineage.name, known=False, why=unknown)
    _require_same(seen.entries, story, findings)
    return attempts


def attempts_at(project: Project, pipeline: str, *, policy: str, kept: str | None = None) -> Tried:
    """The attempts of a pipeline under a policy; ``kept`` is a head that the record had once.

    Raises:
        IntegrityError: the record does not hold together, or no longer has that head.
        RunError: it cannot be reached.
    """
    manifest = read_manifest(locate(project, "pipelines", pipeline))
    read = load_policy(locate(project, "policies", policy))
    entries = open_ledger(project).entries()
    check(entries, kept=kept)
    return Tried(
        attempts_of(entries, lineage_of(manifest.id, manifest.use_case, read)),
        read.attempts.max_per_lineage,
        len(entries),
        head_of(entries),
    )


def asked_by(entries: Iterable[Entry], run_id: str) -> str | None:
    """Who asked for a deciding run, as its intent says; ``None`` where nobody was named.

    Raises:
        IntegrityError: the intent does not say what an intent must.
    """
    story = of_run(entries, run_id)
    return payload_of(story["intent"], Intended).requested_by if "intent" in story else None


def _missing(story: Mapping[EntryKind, Entry], attempts: Attempts, run_id: str) -> str | None:
    """Why the record does not settle which attempt a run was."""
    if "intent" not in story:
        return f"no intent of run {run_id} stands in the record"
    if attempts.number(run_id) is None:
        return f"the intent of run {run_id} is not one of {attempts.lineage}"
    if "abandoned" in story:
        return f"run {run_id} was abandoned; it counts and cannot be decided by"
    if "seed" not in story or "finished" not in story:
        return (
            f"the record does not have the findings of run {run_id}; enter them with "
            f"`govern run --resume {run_id}`"
        )
    return None


def _require_same(
    entries: Iterable[Entry], story: Mapping[EntryKind, Entry], findings: Findings
) -> None:
    run = findings.run
    intended = payload_of(story["intent"], Intended)
    seeded = payload_of(story["seed"], Seeded)
    finished = payload_of(story["finished"], Finished)
    opened = Secret(drawn=finished.drawn, salt=finished.salt)
    same = {
        "fingerprint": (intended.fingerprint, run.fingerprint),
        "suite": (intended.suite, run.suite),
        "plan": (intended.plan, run.plan),
        "looks": (intended.looks, run.looks.cases if run.looks else None),
        "cases": (seeded.dataset_digest, run.dataset_digest),
        "drafts": (drafts_entered(entries, run.run_id), run.drafts_digest),
        "commitment": (seeded.commitment, opened.commitment),
        "findings": (finished.findings_digest, digest(findings.as_json())),
    }
    for what, (entered, found) in same.items():
        if entered != found:
            raise IntegrityError(
                f"run {run.run_id}: its {what} is not what the record has: expected {entered}, "
                f"found {found}; measure again with `govern run --resume {run.run_id}`"
            )
