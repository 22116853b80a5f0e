"""``govern run``: draft what a plan asks for, measure it, mirror it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from govern import __version__
from govern.app import mirror
from govern.app.baseline import Baseline, open_baseline
from govern.app.drafting import PLAIN, Manner, draft, meter_of, require_able
from govern.app.drafting_on_cluster import draft_on_cluster, on_cluster
from govern.app.intents import intent_of, prepare_again, prepare_cells_of
from govern.app.loading import Prepared, load_suite, prepare
from govern.app.looking import looked_by, planned_looks, stages_of, unsettled, with_looks
from govern.app.progress import Reporter
from govern.app.reuse import reusable
from govern.app.run_facts import facts_of
from govern.app.run_folders import find_run, new_folder
from govern.domain.finding import Finding, Findings
from govern.domain.pipeline import DraftRequest
from govern.errors import InputError, IntegrityError
from govern.metrics import measure
from govern.runner.cells import Planned, frame_of
from govern.runner.folder import RunFolder
from govern.runner.on_ray import measure_on
from govern.sources.locate import Project


def start(
    project: Project,
    suite: str,
    *,
    pipeline: str,
    plan: str,
    now: datetime,
    reporter: Reporter,
    run_id: str | None = None,
    baseline: str | None = None,
    manner: Manner = PLAIN,
) -> RunFolder:
    """Begin a run and finish it if nothing stands in the way.

    ``baseline`` is what its drafts are compared with: ``reference``, or an anonymised dataset.

    Raises:
        RunError: it could not finish; what is done is kept for ``resume``.
        GovernError: something it was given cannot be used; nothing was written.
    """
    prepared = prepare(project, load_suite(project, suite), plan, pipeline)
    require_able(prepared, manner)
    beside = open_baseline(project, baseline)
    intent = intent_of(prepared, now, run_id, beside, anew=not manner.reuse)
    if manner.until_decided:
        until = planned_looks(project, prepared, manner.until_decided, now=now)
        intent = intent.model_copy(update={"until": until})
    folder = new_folder(project, intent)
    with folder.alone():
        return carry_on(
            project, folder, prepared, reporter=reporter, baseline=beside, manner=manner
        )


def start_over_cells_of(
    project: Project,
    run: str,
    *,
    pipeline: str,
    now: datetime,
    reporter: Reporter,
    run_id: str | None = None,
    manner: Manner = PLAIN,
) -> RunFolder:
    """Draft the very cells of another run, fresh ones too, so that the two can be compared.

    It is exploratory, whatever the other run was.

    Raises:
        InputError: there is no such run, or its drafts came from a file.
        GovernError: as ``start``.
    """
    beside = find_run(project, run)
    prepared = prepare_cells_of(project, beside, pipeline)
    require_able(prepared, manner)
    first = beside.read_intent().cells_of or str(beside.root.resolve())
    intent = intent_of(prepared, now, run_id, None, anew=not manner.reuse)
    intent = intent.model_copy(update={"cells_of": first})
    folder = new_folder(project, intent)
    with folder.alone():
        return carry_on(project, folder, prepared, reporter=reporter, manner=manner)


def resume(
    project: Project,
    run: str,
    *,
    reporter: Reporter,
    manner: Manner = PLAIN,
) -> RunFolder:
    """Go on with an unfinished run; a finished one is measured again without a model call.

    Raises:
        IntegrityError: data or pipeline are no longer those that the run began with.
        RunError: as ``start``.
    """
    folder = find_run(project, run)
    if folder.read_intent().decide is not None:
        raise InputError(f"run {folder.root.name} is entered in the record; resume it as such")
    prepared, beside = prepare_again(project, folder.read_intent())
    require_able(prepared, manner)
    with folder.alone():
        return carry_on(
            project, folder, prepared, reporter=reporter, baseline=beside, manner=manner
        )


def carry_on(
    project: Project,
    folder: RunFolder,
    prepared: Prepared,
    *,
    reporter: Reporter,
    baseline: Baseline | None = None,
    manner: Manner = PLAIN,
) -> RunFolder:
    """Draft the cells that the journal lacks, then measure all of them; the caller is ``alone``.

    A run that stops once it is decided does so look by look.
    """
    with on_cluster(project, prepared, manner):
        _look_by_look(project, folder, prepared, baseline, manner=manner, reporter=reporter)
    if manner.mirrored:
        mirror.run(project, folder, dataset=prepared.cases.folder / "manifest.json")
    return folder


def _look_by_look(
    project: Project,
    folder: RunFolder,
    prepared: Prepared,
    baseline: Baseline | None,
    *,
    manner: Manner,
    reporter: Reporter,
) -> None:
    stages: list[tuple[Finding, ...]] = []
    drafting = draft if manner.cluster is None else draft_on_cluster
    measured = measure if manner.cluster is None else measure_on
    folder.journal.read()  # what a crash left of a last line goes
    _require_own(folder, prepared)
    intent, meter = folder.read_intent(), meter_of(folder, manner.limits)
    policy = looked_by(project, intent)
    for looks, cells in stages_of(intent.until, prepared):
        left = _left(project, folder, cells, reuse=manner.reuse)
        if left:
            drafting(project, folder, prepared, left, meter=meter, reporter=reporter)
        frame = frame_of(cells, folder.journal.read(), prepared.pipeline)
        if baseline is not None:
            frame = baseline.beside(frame, cells)
        facts = facts_of(folder, prepared, frame, looks)
        with reporter.step("measuring"):
            stages.append(measured(frame, prepared.suite.measures))
        found = with_looks(stages, looks) if looks else stages[-1]
        if policy is not None and not unsettled(policy, facts, found):
            break
    facts = facts.model_copy(update={"drafts_digest": folder.write_frame(frame)})
    folder.write_findings(Findings(run=facts, findings=found))


def _require_own(folder: RunFolder, prepared: Prepared) -> None:
    """That the journal holds drafts of this run alone.

    Raises:
        IntegrityError: it has those of other cells, or an attempt has those of another run.
    """
    kept, decides = folder.journal.kept(), folder.read_intent().decide is not None
    planned = {p.request.cell.id for p in prepared.planned}
    strange = [c for c, one in kept.items() if c not in planned or (decides and one.taken_from)]
    if strange:
        raise IntegrityError(
            f"{folder.journal.path}: {len(strange)} of {len(kept)} drafts are not of this run, "
            f"such as that of cell {strange[0]}; put back its own journal, or start a new run"
        )


def _left(
    project: Project, folder: RunFolder, cells: Sequence[Planned], *, reuse: bool
) -> list[DraftRequest]:
    """What is to be asked for; what earlier runs have is taken first.

    Raises:
        IntegrityError: another release began the run, and may have worded packets otherwise.
    """
    intent, left = folder.read_intent(), {p.request.cell.id: p.request for p in cells}
    for cell in folder.journal.kept():
        left.pop(cell, None)
    if left and intent.harness_version != __version__:
        raise IntegrityError(
            f"run {folder.root.name}: govern {intent.harness_version or 'of an earlier release'} "
            f"began it and {len(left)} cells are left, which {__version__} may put otherwise; "
            "finish it with the release that began it, or start a new run"
        )
    if left and reuse:
        taken = reusable(project, intent, left)
        folder.journal.take(taken)
        for cell in taken:
            del left[cell]
    run = f"{intent.run_id} of {intent.created.isoformat()}"
    return [request.asked_by(run, anew=intent.anew) for request in left.values()]
