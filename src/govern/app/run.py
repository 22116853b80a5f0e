"""``govern run``: draft what a plan asks for, measure it, mirror it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pandas as pd

from govern import __version__, frames
from govern.app import mirror
from govern.app.baseline import Baseline, open_baseline
from govern.app.loading import Prepared, load_suite, prepare, with_cases
from govern.app.progress import Reporter
from govern.app.returned import declared_only
from govern.domain.finding import Findings, RunFacts, Spend
from govern.domain.pipeline import Draft, DraftRequest
from govern.errors import InputError, IntegrityError, RunError
from govern.metrics import measure
from govern.pipelines.http import Http
from govern.pipelines.inspect_model import InspectModel
from govern.pipelines.llama_server import serve
from govern.runner.cells import frame_of
from govern.runner.drafting import draft_all
from govern.runner.folder import Deciding, Intent, Progress, RunFolder
from govern.sources.datasets import read_cases
from govern.sources.locate import Project

DEFAULT_SLOTS = 16
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")


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
    mirrored: bool = True,
) -> RunFolder:
    """Begin a run and finish it if nothing stands in the way.

    ``baseline`` is what its drafts are compared with: ``reference``, or an anonymised dataset.

    Raises:
        RunError: it could not finish; what is done is kept for ``resume``.
        GovernError: something it was given cannot be used; nothing was written.
    """
    prepared = prepare(project, load_suite(project, suite), plan, pipeline)
    beside = open_baseline(project, baseline)
    folder = new_folder(project, intent_of(prepared, now, run_id, beside))
    return carry_on(
        project, folder, prepared, reporter=reporter, baseline=beside, mirrored=mirrored
    )


def start_over_cells_of(
    project: Project,
    run: str,
    *,
    pipeline: str,
    now: datetime,
    reporter: Reporter,
    run_id: str | None = None,
) -> RunFolder:
    """Draft the very cells of another run, fresh ones too, so that the two can be compared.

    It is exploratory, whatever the other run was.

    Raises:
        InputError: there is no such run, or its drafts came from a file.
        GovernError: as ``start``.
    """
    beside = find_run(project, run)
    prepared = prepare_cells_of(project, beside, pipeline)
    first = beside.read_intent().cells_of or str(beside.root.resolve())
    intent = intent_of(prepared, now, run_id, None).model_copy(update={"cells_of": first})
    return carry_on(project, new_folder(project, intent), prepared, reporter=reporter)


def prepare_cells_of(project: Project, beside: RunFolder, pipeline: str) -> Prepared:
    """The very cells of another run, for a pipeline.

    Raises:
        InputError: its drafts came from a file.
        IntegrityError: its dataset or identities changed since.
    """
    other = beside.read_intent()
    fresh = RunFolder(Path(other.cells_of)) if other.cells_of else beside
    prepared = _over(project, fresh, prepare(project, other.suite, other.plan.id, pipeline))
    drawn_from = other.dataset_digest if other.decide is None else prepared.cases.digest
    same = {
        "dataset": (drawn_from, prepared.cases.digest),
        "identities": (other.identities_digest, prepared.identities.digest),
    }
    for what, (began, found) in same.items():
        if began != found:
            raise IntegrityError(
                f"run {beside.root.name}: its {what} changed since; its cells cannot be had again"
            )
    return prepared


def _over(project: Project, beside: RunFolder, prepared: Prepared) -> Prepared:
    """The same plan and pipeline over the fresh cases of a run, where it has any."""
    if not beside.sealed.is_dir():
        return prepared
    return with_cases(project, prepared, read_cases(beside.sealed, cache=project.state / "cache"))


def resume(project: Project, run: str, *, reporter: Reporter, mirrored: bool = True) -> RunFolder:
    """Go on with an unfinished run; a finished one is measured again without a model call.

    Raises:
        IntegrityError: data or pipeline are no longer those that the run began with.
        RunError: as ``start``.
    """
    folder = find_run(project, run)
    if folder.read_intent().decide is not None:
        raise InputError(f"run {folder.root.name} is entered in the record; resume it as such")
    prepared, beside = prepare_again(project, folder.read_intent())
    return carry_on(
        project, folder, prepared, reporter=reporter, baseline=beside, mirrored=mirrored
    )


def new_folder(project: Project, intent: Intent) -> RunFolder:
    """A run folder that says what it is for.

    Raises:
        InputError: its id is taken, or cannot name a folder.
    """
    if not _RUN_ID.fullmatch(intent.run_id):
        raise InputError(f"run id {intent.run_id!r}: expected letters, digits, - and _ alone")
    folder = RunFolder(project.state / "runs" / intent.run_id)
    if folder.root.exists():
        raise InputError(
            f"run {intent.run_id} exists already; go on with `govern run --resume {intent.run_id}`"
        )
    folder.write_intent(intent)
    return folder


def prepare_again(project: Project, intent: Intent) -> tuple[Prepared, Baseline | None]:
    """What a run began with.

    Raises:
        IntegrityError: data or pipeline are no longer those.
    """
    prepared = prepare(project, intent.suite, intent.plan.id, intent.pipeline_path)
    if intent.cells_of:
        prepared = _over(project, RunFolder(Path(intent.cells_of)), prepared)
    beside = open_baseline(project, intent.baseline)
    same = {
        "baseline": (intent.baseline_digest, beside.digest if beside else None),
        "dataset": (intent.dataset_digest, prepared.cases.digest),
        "identities": (intent.identities_digest, prepared.identities.digest),
        "pipeline fingerprint": (intent.fingerprint, prepared.fingerprint),
    }
    for what, (began, found) in same.items():
        if began != found:
            raise IntegrityError(
                f"run {intent.run_id}: the {what} changed since it began: expected {began}, "
                f"found {found}; start a new run"
            )
    return prepared, beside


def find_run(project: Project, run: str) -> RunFolder:
    """The run folder that a path or an id stands for.

    Raises:
        InputError: there is none.
    """
    for root in (Path(run), project.state / "runs" / run):
        if root.is_dir() and ((root / "run.json").exists() or (root / "findings.json").exists()):
            return RunFolder(root)
    runs = project.state / "runs"
    have = sorted(p.name for p in runs.iterdir()) if runs.is_dir() else []
    raise InputError(f"no run {run!r} in {runs}; there are: {', '.join(have) or 'none'}")


def carry_on(
    project: Project,
    folder: RunFolder,
    prepared: Prepared,
    *,
    reporter: Reporter,
    baseline: Baseline | None = None,
    mirrored: bool = True,
) -> RunFolder:
    """Draft the cells that the journal lacks, then measure all of them."""
    done = folder.journal.read()
    left = [p.request for p in prepared.planned if p.request.cell.id not in done]
    if left:
        _draft(project, folder, prepared, left, reporter)
        done = folder.journal.read()
    frame = frame_of(prepared.planned, done, prepared.pipeline)
    if baseline is not None:
        frame = baseline.beside(frame, prepared.planned)
    facts = _facts(folder, prepared, frame, frames.write(frame, folder.frame), done)
    write_findings(folder, facts, frame, prepared.suite.measures, reporter)
    if mirrored:
        mirror.run(project, folder, dataset=prepared.cases.folder / "manifest.json")
    return folder


def write_findings(
    folder: RunFolder,
    facts: RunFacts,
    frame: pd.DataFrame,
    measures: tuple[str, ...],
    reporter: Reporter,
) -> Findings:
    """Measure a frame and keep the findings."""
    with reporter.step("measuring"):
        findings = Findings(run=facts, findings=measure(frame, measures))
    folder.write_findings(findings)
    return findings


def _draft(
    project: Project,
    folder: RunFolder,
    prepared: Prepared,
    left: list[DraftRequest],
    reporter: Reporter,
) -> None:
    before = folder.read_progress()
    done = len(prepared.planned) - len(left)
    started = time.monotonic()
    with (
        connected(project, prepared) as slots,
        reporter.drafting(
            prepared.pipeline.manifest.id,
            done=done,
            planned=len(prepared.planned),
        ) as tick,
    ):
        try:
            draft_all(
                prepared.pipeline,
                left,
                name=prepared.suite.id,
                journal=folder.journal,
                log_dir=folder.logs,
                slots=slots,
                tick=tick,
                done=done,
                draining=reporter.draining,
            )
        except RunError as err:
            raise RunError(
                f"run {folder.root.name}: {err}. What is done is kept; go on with "
                f"`govern run --resume {folder.root.name}`"
            ) from err
        finally:
            spent = before.seconds + time.monotonic() - started
            folder.write_progress(before.model_copy(update={"seconds": round(spent, 3)}))


@contextmanager
def connected(project: Project, prepared: Prepared) -> Iterator[int]:
    """The pipeline ready to answer; yields how many drafts it takes at once."""
    pipeline = prepared.pipeline
    if isinstance(pipeline, Http):
        yield pipeline.slots
    elif not isinstance(pipeline, InspectModel):
        yield DEFAULT_SLOTS
    elif pipeline.settings.serve is None:
        pipeline.connect()
        yield pipeline.slots
    else:
        with serve(pipeline.settings.serve, project.state / "cache") as base_url:
            pipeline.connect(base_url)
            yield pipeline.slots


def intent_of(
    prepared: Prepared,
    now: datetime,
    run_id: str | None,
    baseline: Baseline | None,
    decide: Deciding | None = None,
) -> Intent:
    """What a run over ``prepared`` sets out to do."""
    manifest = prepared.pipeline.manifest
    named = f"{now:%Y%m%dT%H%M%S}-{prepared.suite.id}-{prepared.plan.id}-{manifest.id}"
    return Intent(
        run_id=run_id or named,
        created=now,
        suite=prepared.suite,
        plan=prepared.plan,
        dataset=prepared.suite.dataset,
        dataset_digest=prepared.cases.digest,
        identities_digest=prepared.identities.digest,
        manifest=manifest,
        fingerprint=prepared.fingerprint,
        pipeline_path=str(prepared.pipeline_path),
        seed=int(manifest.settings.get("seed", 0)),
        baseline=baseline.name if baseline else None,
        baseline_digest=baseline.digest if baseline else None,
        decide=decide,
    )


def _facts(
    folder: RunFolder,
    prepared: Prepared,
    frame: pd.DataFrame,
    drafts_digest: str,
    drafts: Mapping[str, Draft],
) -> RunFacts:
    manifest = prepared.pipeline.manifest
    progress: Progress = folder.read_progress()
    intent = folder.read_intent()
    deciding = intent.decide is not None
    return RunFacts(
        run_id=folder.root.name,
        mode="decide" if deciding else "explore",
        suite=prepared.suite.id,
        suite_version=prepared.suite.version,
        plan=prepared.plan.id,
        dataset=prepared.cases.card.id if deciding or intent.cells_of else prepared.suite.dataset,
        dataset_digest=prepared.cases.digest,
        identities_digest=prepared.identities.digest,
        use_case=manifest.use_case,
        language=prepared.cases.card.language,
        synthetic=prepared.cases.card.synthetic,
        pipeline=manifest.id,
        pipeline_version=manifest.version,
        fingerprint=prepared.fingerprint,
        declared_only=declared_only(manifest, drafts.values()),
        planned=len(frame),
        groups=planned_groups(frame),
        alterations=planned_alterations(frame),
        role_families=tuple(sorted({planned.case.role for planned in prepared.planned})),
        deployment=manifest.deployment,
        drafts_digest=drafts_digest,
        spend=Spend(
            drafts=len(frame),
            input_tokens=int(frame["input_tokens"].sum()),
            output_tokens=int(frame["output_tokens"].sum()),
            seconds=progress.seconds,
        ),
        harness_version=__version__,
        seed=int(manifest.settings.get("seed", 0)),
    )


def planned_groups(frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """The planned levels of each group attribute."""
    return {
        attribute: tuple(sorted(frame[f"{frames.GROUP}{attribute}"].unique()))
        for attribute in frames.group_attributes(frame)
    }


def planned_alterations(frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """The planned markers and kinds of variants, where there are any."""
    planned = {
        "marker": frame.loc[frame["block"] == "marker", "marker"],
        "variant": frames.variant_kinds(frame)[frame["block"] == "variant"],
    }
    return {what: tuple(sorted(put.unique())) for what, put in planned.items() if len(put)}
