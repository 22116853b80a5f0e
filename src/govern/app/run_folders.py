"""Where a project keeps its runs: a folder for a new one, and that of one that is there."""

from __future__ import annotations

from pathlib import Path

from govern.errors import InputError
from govern.runner.folder import RUN_ID, Intent, RunFolder
from govern.sources.locate import Project


def new_folder(project: Project, intent: Intent) -> RunFolder:
    """A run folder that says what it is for.

    Raises:
        InputError: its id is taken, or cannot name a folder.
    """
    if not RUN_ID.fullmatch(intent.run_id):
        raise InputError(f"run id {intent.run_id!r}: expected letters, digits, - and _ alone")
    folder = RunFolder(project.state / "runs" / intent.run_id)
    # A folder alone is what a kill before the first file left behind.
    if folder.root.exists() and any(path.is_file() for path in folder.root.glob("[!.]*")):
        raise InputError(
            f"run {intent.run_id} exists already; go on with `govern run --resume {intent.run_id}`"
        )
    folder.write_intent(intent)
    return folder


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
