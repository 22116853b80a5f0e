"""The drafting of a run: what it takes from earlier runs, and what it asks its pipeline for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from govern.app.loading import Prepared
from govern.app.progress import Reporter
from govern.domain.pipeline import DraftRequest
from govern.errors import InputError, RunError
from govern.pipelines.inspect_model import InspectModel
from govern.pipelines.llama_server import serve
from govern.runner.drafting import draft_all
from govern.runner.folder import RunFolder
from govern.runner.limits import NO_LIMITS, Limits, Meter
from govern.sources.locate import Project

DEFAULT_SLOTS = 16


@dataclass(frozen=True)
class Manner:
    """How a run goes about its cells: within which limits, whether drafts of earlier runs will do,
    and whether MLflow hears of it.

    None of it is part of what the run is: a resumed one may go about it in another way.
    """

    limits: Limits = NO_LIMITS
    reuse: bool = True
    mirrored: bool = True


PLAIN = Manner()


def require_told(prepared: Prepared, limits: Limits) -> None:
    """That a limit in dollars can be held: the pipeline says what each draft costs.

    Raises:
        InputError: it does not.
    """
    if limits.usd is not None and not getattr(prepared.pipeline, "priced", False):
        manifest = prepared.pipeline.manifest
        raise InputError(
            f"--max-cost: pipeline {manifest.id} ({manifest.kind}) does not say what a draft "
            "costs, so nobody can hold it to a sum; give its prices in the manifest, or "
            "--max-tokens, or --max-time"
        )


def draft(
    project: Project,
    folder: RunFolder,
    prepared: Prepared,
    left: Sequence[DraftRequest],
    *,
    manner: Manner,
    reporter: Reporter,
) -> None:
    """Draft cells that the journal lacks.

    Raises:
        RunError: it could not finish; what is done is kept.
    """
    before, kept = folder.read_progress(), folder.journal.kept()
    meter = Meter.over(manner.limits, [k.draft for k in kept.values() if k.taken_from is None])
    with (
        _connected(project, prepared) as slots,
        reporter.drafting(
            prepared.pipeline.manifest.id, done=len(kept), planned=len(prepared.planned)
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
                draining=reporter.draining,
                meter=meter,
            )
        except RunError as err:
            raise RunError(
                f"run {folder.root.name}: {err}. What is done is kept; go on with "
                f"`govern run --resume {folder.root.name}`{_advice(meter)}"
            ) from err
        finally:
            spent = round(before.seconds + meter.seconds, 3)
            folder.write_progress(before.model_copy(update={"seconds": spent}))


def _advice(meter: Meter) -> str:
    """How to go on past a limit: it holds for the whole run, but that on time."""
    match meter.reached:
        case "":
            return ""
        case "--max-time":
            return ", with --max-time or without"
        case option:
            return f" and a higher {option}, or none"


@contextmanager
def _connected(project: Project, prepared: Prepared) -> Iterator[int]:
    """The pipeline ready to answer; yields how many drafts it takes at once."""
    pipeline = prepared.pipeline
    if not isinstance(pipeline, InspectModel):
        yield DEFAULT_SLOTS
    elif pipeline.settings.serve is None:
        pipeline.connect()
        yield pipeline.settings.slots
    else:
        with serve(pipeline.settings.serve, project.state / "cache") as base_url:
            pipeline.connect(base_url)
            yield pipeline.settings.serve.slots
