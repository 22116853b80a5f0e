"""What goes to MLflow: a mirror for people to browse, never the record.

A mirror that is out of reach costs nothing that is on disk: the run says so and goes on.
Draft texts stay on disk unless ``GOVERN_UPLOAD_DRAFTS=true`` asks for them.
"""

from __future__ import annotations

import warnings
from pathlib import Path

from govern.domain.decision import Decision
from govern.domain.finding import Finding, Undefined
from govern.errors import InputError, RunError
from govern.runner.folder import RunFolder
from govern.sources.locate import Project
from govern.stats.intervals import bounds
from govern.store.tracking import drafts_wanted, record_decision, record_run, tracking_uri

ALPHA = 0.05


class MirrorWarning(UserWarning):
    """MLflow could not be reached; results are on disk only."""


def run(project: Project, folder: RunFolder, *, dataset: Path) -> None:
    """Log a finished run; its MLflow id is kept in the run folder."""
    findings = folder.read_findings()
    try:
        run_id = record_run(
            findings,
            uri=tracking_uri(project.root),
            artifact_root=project.state / "mlflow-artifacts",
            files={},
            dataset_path=dataset,
            bounds={i: ends for i, f in enumerate(findings.findings) if (ends := _ends(f))},
            upload_drafts=folder.frame if _texts_wanted() else None,
        )
    except RunError as err:
        warnings.warn(str(err), MirrorWarning, stacklevel=2)
        return
    progress = folder.read_progress()
    folder.write_progress(progress.model_copy(update={"mlflow_run_id": run_id}))


def decision(project: Project, folder: RunFolder, made: Decision, report: Path) -> None:
    """Tag a run with its decision and attach the report, where the run was mirrored."""
    run_id = folder.read_progress().mlflow_run_id
    if run_id is None:
        return
    try:
        record_decision(
            made, uri=tracking_uri(project.root), run_id=run_id, files={"report.html": report}
        )
    except RunError as err:
        warnings.warn(str(err), MirrorWarning, stacklevel=2)


def _texts_wanted() -> bool:
    """Whether draft texts go along; an answer that cannot be read is a no, and said."""
    try:
        return drafts_wanted()
    except InputError as err:
        warnings.warn(f"{err}; no draft text was uploaded", MirrorWarning, stacklevel=2)
        return False


def _ends(finding: Finding) -> tuple[float, float] | None:
    if isinstance(finding.estimate, Undefined) or finding.interval is None:
        return None
    low, high = bounds(finding.estimate, finding.interval, ALPHA)
    return (low, min(high, 1e9))
