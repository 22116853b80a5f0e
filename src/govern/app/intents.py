"""What a run sets out to do, and the very same had again: for going on, and by another pipeline."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from govern import __version__
from govern.app.baseline import Baseline, open_baseline
from govern.app.loading import Prepared, prepare, with_cases
from govern.errors import InputError, IntegrityError
from govern.runner.folder import Deciding, Intent, RunFolder
from govern.sources.datasets import read_cases
from govern.sources.locate import BUILTIN, Project


def intent_of(
    prepared: Prepared,
    now: datetime,
    run_id: str | None,
    baseline: Baseline | None,
    decide: Deciding | None = None,
    *,
    anew: bool = False,
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
        harness_version=__version__,
        anew=anew,
    )


def prepare_again(project: Project, intent: Intent) -> tuple[Prepared, Baseline | None]:
    """What a run began with.

    Raises:
        IntegrityError: data or pipeline are no longer those.
    """
    prepared = prepare(project, intent.suite, intent.plan.id, _pipeline_of(project, intent))
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


def prepare_cells_of(project: Project, beside: RunFolder, pipeline: str) -> Prepared:
    """The very cells of another run, for a pipeline.

    Raises:
        InputError: its drafts came from a file.
        IntegrityError: its dataset or identities changed since.
    """
    other = beside.read_intent()
    fresh = RunFolder(Path(other.cells_of)) if other.cells_of else beside
    if other.decide and not fresh.sealed.is_dir():
        raise InputError(
            f"run {beside.root.name}: its fresh cases are not drawn yet; `govern run --resume "
            f"{beside.root.name}` draws them"
        )
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


def _pipeline_of(project: Project, intent: Intent) -> str:
    """The manifest a run began with: its path, or its name where another machine began it.

    Raises:
        IntegrityError: it lies among what was fetched, and would run whatever somebody stored.
    """
    path = Path(intent.pipeline_path)
    if path.resolve().is_relative_to(project.state.resolve()):
        raise IntegrityError(
            f"run {intent.run_id}: its pipeline is said to be {path}, where runs are kept and no "
            "pipeline is; nothing was opened"
        )
    if path.exists():
        return str(path)
    return f"{BUILTIN}{path.stem}" if path.parent.name == "builtin" else path.stem
