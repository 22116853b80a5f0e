"""The drafting of a run: what it takes from earlier runs, and what it asks its pipeline for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from govern.app.loading import Prepared
from govern.app.progress import Reporter
from govern.domain.pipeline import DraftRequest, Pipeline
from govern.errors import InputError, RunError
from govern.pipelines.chain import Chain
from govern.pipelines.inspect_model import InspectModel
from govern.pipelines.llama_server import serve
from govern.runner.drafting import Tick, draft_all
from govern.runner.folder import RunFolder
from govern.runner.limits import NO_LIMITS, Limits, Meter
from govern.runner.on_ray import require_ray
from govern.sources.locate import Project

DEFAULT_SLOTS = 16


@dataclass(frozen=True)
class Manner:
    """How a run goes about its cells: within which limits, whether drafts of earlier runs will do,
    whether MLflow hears of it, and the address of the Ray cluster that it is drafted and measured
    on, if any.

    A resumed run may go about it in another way. But ``until_decided``, the policy by whose clauses
    a run may stop early, is for new ones: a resumed one keeps to what it began with.
    """

    limits: Limits = NO_LIMITS
    reuse: bool = True
    mirrored: bool = True
    cluster: str | None = None
    until_decided: str = ""


PLAIN = Manner()


def require_able(prepared: Prepared, manner: Manner) -> None:
    """That the pipeline can be run in this manner.

    Raises:
        InputError: a limit in dollars and it does not say what a draft costs; or a cluster, and
            it can be had on this machine alone, or there is no Ray.
    """
    manifest = prepared.pipeline.manifest
    if manner.limits.usd is not None and not priced(prepared.pipeline):
        raise InputError(
            f"--max-cost: pipeline {manifest.id} ({manifest.kind}) does not say what a draft "
            "costs, so nobody can hold it to a sum; give its prices in the manifest, or "
            "--max-tokens, or --max-time"
        )
    if manner.cluster is None:
        return
    require_ray()
    pipeline = prepared.pipeline
    if isinstance(pipeline, InspectModel) and pipeline.settings.serve is not None:
        raise InputError(
            f"--executor ray: pipeline {manifest.id} serves its weights on the machine that "
            "drafts, and each worker would load them; serve them once and name that server as the "
            "model, or draft without --executor ray"
        )


def priced(pipeline: Pipeline) -> bool:
    """Whether a pipeline says what a draft costs.

    It may have an attribute ``priced`` for that; else its manifest has ``prices``, or names the
    place in a reply where the cost stands. A chain does where each of its steps does.
    """
    if isinstance(pipeline, Chain):
        return all(map(priced, pipeline.steps))
    settings = pipeline.manifest.settings
    used = settings.get("usage")
    told = isinstance(used, dict) and "cost_usd" in used
    return bool(getattr(pipeline, "priced", told or settings.get("prices")))


def meter_of(folder: RunFolder, limits: Limits) -> Meter:
    """A meter that has seen what the run paid for so far."""
    kept = folder.journal.kept().values()
    return Meter.over(limits, [one.draft for one in kept if one.taken_from is None])


def draft(
    project: Project,
    folder: RunFolder,
    prepared: Prepared,
    left: Sequence[DraftRequest],
    *,
    meter: Meter,
    reporter: Reporter,
) -> None:
    """Draft cells that the journal lacks, as long as the meter lets them begin.

    Raises:
        RunError: it could not finish; what is done is kept.
    """
    with (
        connected(prepared.pipeline, project.state / "cache") as slots,
        going_on(folder, prepared, meter, reporter) as tick,
    ):
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


@contextmanager
def going_on(
    folder: RunFolder, prepared: Prepared, meter: Meter, reporter: Reporter
) -> Iterator[Tick]:
    """Around the drafting of what is left: the time it takes is kept however it ends.

    Raises:
        RunError: the one from within, with how to go on.
    """
    before, began, done = folder.read_progress(), meter.seconds, len(folder.journal.kept())
    with reporter.drafting(
        prepared.pipeline.manifest.id, done=done, planned=len(prepared.planned)
    ) as tick:
        try:
            yield tick
        except RunError as err:
            raise RunError(
                f"run {folder.root.name}: {err}. What is done is kept; go on with "
                f"`govern run --resume {folder.root.name}`{_advice(meter)}"
            ) from err
        finally:
            spent = round(before.seconds + meter.seconds - began, 3)
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
def connected(pipeline: Pipeline, cache: Path) -> Iterator[int]:
    """The pipeline ready to answer; yields how many drafts it takes at once."""
    if not isinstance(pipeline, InspectModel):
        yield getattr(pipeline, "slots", DEFAULT_SLOTS)
    elif pipeline.settings.serve is None:
        pipeline.connect()
        yield pipeline.slots
    else:
        with serve(pipeline.settings.serve, cache) as base_url:
            pipeline.connect(base_url)
            yield pipeline.slots
