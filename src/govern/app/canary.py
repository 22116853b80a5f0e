"""``govern canary``: some cells of a run drafted again today, to see whether the pipeline drifted.

A provider may change what answers under a name that stays. It warns and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime

from govern import frames
from govern.app.drafting import connected
from govern.app.drift import FEWEST, Drift, Outcome, drift
from govern.app.intents import prepare_cells_of
from govern.app.loading import Prepared
from govern.app.opened_decision import open_decision
from govern.app.progress import Reporter
from govern.app.returned import Answered, answered
from govern.app.run_folders import find_run
from govern.canon import file_digest
from govern.domain.base import Noun
from govern.domain.finding import RunFacts
from govern.domain.pipeline import Draft, DraftRequest
from govern.errors import InputError, IntegrityError, RunError
from govern.runner.drafting import draft_all
from govern.runner.folder import RunFolder
from govern.runner.journal import Journal
from govern.sources.locate import Project
from govern.whole_files import write_text


class Named(Noun):
    """What a provider named as answering; nothing where it hides it."""

    models: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()


class Canary(Noun):
    """What today's drafts of a run's fixed cells say.

    ``why`` gives the reasons of ``outcome``; ``notes`` is what it does not rest on and somebody
    should know.
    """

    made: AwareDatetime
    run_id: str
    decision: str | None = None
    pipeline: str
    fingerprint: str
    fingerprint_then: str
    outcome: Outcome
    why: tuple[str, ...]
    notes: tuple[str, ...]
    named: Named
    named_then: Named
    found: Drift


@dataclass(frozen=True)
class Flown:
    """A canary and the folder that keeps it, with its drafts."""

    canary: Canary
    folder: Path


@dataclass(frozen=True)
class _Fixed:
    """The cells that are drafted again, with the run's drafts of them and of their repeats."""

    requests: tuple[DraftRequest, ...]
    then: tuple[Draft, ...]
    again: tuple[Draft, ...] | None


@dataclass(frozen=True)
class _Source:
    """The run that is compared with, its facts, and the decision that rests on it, if one does."""

    folder: RunFolder
    facts: RunFacts
    decision: str | None


def fly(
    project: Project,
    which: str,
    *,
    pipeline: str | None,
    cells: int,
    now: datetime,
    reporter: Reporter,
) -> Flown:
    """Draft fixed cells of a run again and compare.

    Args:
        project: where runs and decisions are.
        which: a decision's id or folder, or a run's.
        pipeline: the one in force; that of the run where left out.
        cells: at most so many.
        now: the time it is dated with.
        reporter: told of progress.

    Raises:
        InputError: there is no such run, it is unfinished, or its drafts came from a file.
        IntegrityError: its data changed, or its drafts are not those that were measured.
        RunError: the pipeline is out of order.
    """
    if cells < FEWEST:
        raise InputError(f"--cells {cells}: fewer than {FEWEST} say nothing")
    source = _source(project, which)
    intent = source.folder.read_intent()
    prepared = prepare_cells_of(project, source.folder, pipeline or intent.pipeline_path)
    fixed = _fixed(source, prepared, cells)
    folder = project.state / "canaries" / source.facts.run_id / f"{now:%Y%m%dT%H%M%S}"
    drafts = _drafted(project, prepared, fixed, folder, reporter)
    found = drift(fixed.then, drafts, fixed.again)
    then = answered(source.folder.journal.read().values())
    today = answered(drafts)
    changed = tuple(_changed(source.facts.fingerprint, prepared.fingerprint, then, today))
    canary = Canary(
        made=now,
        run_id=source.facts.run_id,
        decision=source.decision,
        pipeline=prepared.pipeline.manifest.id,
        fingerprint=prepared.fingerprint,
        fingerprint_then=source.facts.fingerprint,
        outcome="drifted" if changed else found.outcome,
        why=changed + (found.why if not changed or found.outcome == "drifted" else ()),
        notes=tuple(_notes(then, today)),
        named=Named(models=today.models, fingerprints=today.fingerprints),
        named_then=Named(models=then.models, fingerprints=then.fingerprints),
        found=found,
    )
    write_text(folder / "canary.json", canary.model_dump_json(indent=1, exclude_none=True))
    return Flown(canary, folder)


def _source(project: Project, which: str) -> _Source:
    """The run that a decision rests on, or the run itself."""
    decided = None
    if any(
        (f / "decision.json").exists() for f in (project.record / "decisions" / which, Path(which))
    ):
        decided = open_decision(project.record, which).decision
    folder = find_run(project, decided.run.run_id if decided else which)
    if not (folder.root / "run.json").exists():
        raise InputError(
            f"run {folder.root.name}: its drafts came from a file, so no pipeline is known that "
            "could be asked again"
        )
    facts = folder.read_findings().run
    digest = decided.run.drafts_digest if decided else facts.drafts_digest
    if file_digest(folder.frame) != digest:
        raise IntegrityError(
            f"{folder.frame}: not the drafts that were {'decided on' if decided else 'measured'}"
        )
    return _Source(folder, facts, decided.decision_id if decided else None)


def _fixed(source: _Source, prepared: Prepared, most: int) -> _Fixed:
    """The first cells that the run drafted twice; the first of all where it repeated few.

    A run may have stopped before its plan's last cell: only what it drafted counts.
    """
    kept = _kept(source.folder)
    requests = [p.request for p in prepared.planned if p.request.cell.id in kept]
    main = {_who(one): one for one in requests if one.cell.block == "main"}
    repeats = [one for one in requests if one.cell.block == "noise" and _who(one) in main][:most]
    if not main:
        raise IntegrityError(
            f"{source.folder.frame}: not the cells that the run's plan and data give"
        )
    repeated = len(repeats) >= FEWEST
    chosen = [main[_who(one)] for one in repeats] if repeated else list(main.values())[:most]
    return _Fixed(
        requests=tuple(chosen),
        then=tuple(kept[one.cell.id] for one in chosen),
        again=tuple(kept[one.cell.id] for one in repeats) if repeated else None,
    )


def _who(request: DraftRequest) -> tuple[str, str]:
    return request.cell.case_id, request.cell.identity_id


def _kept(folder: RunFolder) -> dict[str, Draft]:
    """The run's drafts by cell, as they were measured."""
    columns = ["draft_id", "status", "text", "rating"]
    rows = frames.read(folder.frame)[columns].itertuples(index=False)
    return {
        str(cell): Draft(
            status=status,
            text=text if status == "ok" else "",
            rating=float(rating) if rating == rating else None,  # noqa: PLR0124 - NaN alone differs
        )
        for cell, status, text, rating in rows
    }


def _drafted(
    project: Project, prepared: Prepared, fixed: _Fixed, folder: Path, reporter: Reporter
) -> tuple[Draft, ...]:
    """Today's drafts of the cells; whoever answers from a cache answers as of another day."""
    pipeline = prepared.pipeline
    try:
        folder.mkdir(parents=True)
    except FileExistsError as err:
        raise InputError(f"{folder}: exists already; a second later it is another canary") from err
    journal = Journal(folder / "journal.jsonl")
    run = f"canary {folder.parent.name} {folder.name}"
    requests = [request.asked_by(run, anew=True) for request in fixed.requests]
    planned = len(requests)
    with (
        connected(prepared.pipeline, project.state / "cache") as slots,
        reporter.drafting(pipeline.manifest.id, done=0, planned=planned) as tick,
    ):
        try:
            draft_all(
                pipeline,
                requests,
                name=f"canary-{prepared.suite.id}",
                journal=journal,
                log_dir=folder / "logs",
                slots=slots,
                tick=tick,
                draining=reporter.draining,
            )
        except RunError as err:
            raise RunError(f"{err}. Nothing is compared; its log is in {folder}") from err
    drafts = journal.read()
    return tuple(drafts[request.cell.id] for request in requests)


def _changed(decided: str, in_force: str, then: Answered, today: Answered) -> Iterator[str]:
    """What is another thing for certain, whatever the drafts say."""
    if decided != in_force:
        yield (
            f"the pipeline's own bytes: its fingerprint is {in_force[:12]}, the run's was "
            f"{decided[:12]}; another candidate needs a run and a decision of its own"
        )
    other = [model for model in today.models if model not in then.models]
    if then.models and other:
        yield (
            f"another model answers: {', '.join(other)}, in the run it was {', '.join(then.models)}"
        )


def _notes(then: Answered, today: Answered) -> Iterator[str]:
    other = [one for one in today.fingerprints if one not in then.fingerprints]
    if then.fingerprints and other:
        yield (
            f"the provider's system is another one: {', '.join(other)}, in the run it was "
            f"{', '.join(then.fingerprints)}"
        )
    for what, before, after in (
        ("model", then.models, today.models),
        ("system", then.fingerprints, today.fingerprints),
    ):
        if before and not after:
            yield f"the provider no longer says which {what} answers"
        elif (then.asked or today.asked) and not before:
            yield f"the provider did not say in the run which {what} answered"
