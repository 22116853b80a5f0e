"""What goes to MLflow: a mirror for people to browse, never the record.

What is to go there waits in ``.govern/spool`` from before it is tried until MLflow has it: a mirror
that is out of reach costs nothing and holds nothing up, and ``govern push`` or the next run sends
what waits. Draft texts stay on disk unless ``GOVERN_UPLOAD_DRAFTS=true`` asks for them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from govern.app.spool import Waiting, named, read, settled, spool, waiting
from govern.domain.decision import Decision
from govern.domain.finding import Finding
from govern.errors import GovernError, InputError, RunError
from govern.policy.verdicts import ends_of
from govern.runner.folder import RunFolder
from govern.sources.locate import Project
from govern.store.tracking import drafts_wanted, record_decision, record_run, tracking_uri

ALPHA = 0.05


class MirrorWarning(UserWarning):
    """MLflow could not be reached; results are on disk only."""


@dataclass(frozen=True)
class Pushed:
    """What MLflow has now, and what still waits, each with the reason."""

    sent: tuple[str, ...]
    left: dict[str, str]


def run(project: Project, folder: RunFolder, *, dataset: Path) -> None:
    """Log a finished run; its MLflow id is kept in the run folder."""
    spool(project, Waiting(kind="run", run=str(folder.root), beside=str(dataset)))
    _push_and_say(project)


def decision(project: Project, folder: RunFolder, made: Decision, report: Path) -> None:
    """Tag a run with its decision and attach the report, where the run is mirrored."""
    waits = named("run", folder.root.name) in waiting(project)
    if waits or folder.read_progress().mlflow_run_id is not None:
        one = Waiting(kind="decision", run=str(folder.root), beside=str(report.parent))
        spool(project, one, made.decision_id)
        _push_and_say(project)


def push(project: Project) -> Pushed:
    """Send what waits, runs before decisions; after the first outage nothing more is tried."""
    sent: list[str] = []
    left: dict[str, str] = {}
    outage = ""
    for name in waiting(project):
        if not outage:
            try:
                one = read(project, name)
                _SENDING[one.kind](project, one)
            except RunError as err:
                outage = str(err)
            except (GovernError, ValueError, OSError) as err:
                left[name] = f"{err}; delete {name} in .govern/spool to give it up"
                continue
            else:
                settled(project, name)
                sent.append(name)
                continue
        left[name] = outage
    return Pushed(tuple(sent), left)


def _push_and_say(project: Project) -> None:
    left = push(project).left
    for why in dict.fromkeys(left.values()):
        names = [name for name in left if left[name] == why]
        waits = f"{len(names)} results wait" if len(names) > 1 else f"{names[0]} waits"
        said = f"{why}. {waits} in .govern/spool for `govern push` or the next run"
        warnings.warn(said, MirrorWarning, stacklevel=3)


def _send_run(project: Project, one: Waiting) -> None:
    folder = RunFolder(Path(one.run))
    findings = folder.read_findings()
    run_id = record_run(
        findings,
        uri=tracking_uri(project.root),
        artifact_root=project.state / "mlflow-artifacts",
        files={},
        dataset_path=Path(one.beside),
        bounds={i: ends for i, f in enumerate(findings.findings) if (ends := _ends(f))},
        upload_drafts=folder.frame if _texts_wanted() else None,
    )
    progress = folder.read_progress()
    folder.write_progress(progress.model_copy(update={"mlflow_run_id": run_id}))


def _send_decision(project: Project, one: Waiting) -> None:
    run_id = RunFolder(Path(one.run)).read_progress().mlflow_run_id
    if run_id is None:
        raise InputError(f"{one.run}: its decision waits for the run, which MLflow does not have")
    made = Decision.model_validate_json(Path(one.beside, "decision.json").read_bytes())
    report = Path(one.beside, "report.html")
    record_decision(
        made, uri=tracking_uri(project.root), run_id=run_id, files={"report.html": report}
    )


_SENDING: dict[str, Callable[[Project, Waiting], None]] = {
    "run": _send_run,
    "decision": _send_decision,
}


def _texts_wanted() -> bool:
    """Whether draft texts go along; an answer that cannot be read is a no, and said."""
    try:
        return drafts_wanted()
    except InputError as err:
        warnings.warn(f"{err}; no draft text was uploaded", MirrorWarning, stacklevel=2)
        return False


def _ends(finding: Finding) -> tuple[float, float] | None:
    ends = ends_of(finding, ALPHA)
    return ends and (ends[0], min(ends[1], 1e9))
