"""Runs that die at the moments they are told to, each in a forked process; see test_runs_survive.

    python mortal_runs.py PROJECT FATES

``FATES`` is a JSON list of lists: at which event to die, time after time, until one lives. A line
of JSON comes out for each: of every life its exit code, its events, the cells it asked for and the
cells that the journal had when it was over. An event is a draft that is asked for, half a line in
the journal, a line that the disk does not have yet, one that it has, a file about to be replaced,
one that was.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from govern import whole_files
from govern.app import loading
from govern.app import run as runs
from govern.app.drafting import Manner
from govern.app.progress import Reporter
from govern.domain.pipeline import Draft, DraftRequest
from govern.metrics import METRICS
from govern.pipelines.reference import Reference
from govern.runner import journal
from govern.sources.locate import Project, find_project

NOW = datetime(2026, 11, 26, tzinfo=UTC)
ASKED = "asked.txt"
MANNER = Manner(reuse=False, mirrored=False)


class Fate:
    """Counts events and dies at one of them; at none where ``at`` is 0."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.seen = 0
        self._lock = threading.Lock()

    def event(self, last_act: Callable[[], object] = lambda: None) -> None:
        with self._lock:
            self.seen += 1
            if self.seen == self.at:
                last_act()
                os.kill(os.getpid(), signal.SIGKILL)


def put_under(fate: Fate, asked: Path) -> None:
    """From now on, this process dies when its time has come."""

    def write(handle: int, data: memoryview) -> int:
        fate.event(lambda: os.write(handle, data[: len(data) // 2]))
        written = os.write(handle, data)
        fate.event()
        return written

    def fsync(handle: int) -> None:
        os.fsync(handle)
        fate.event()

    replace, draft = Path.replace, Reference.draft

    def replaced(path: Path, target: Path) -> Path:
        fate.event()
        found = replace(path, target)
        fate.event()
        return found

    async def told(self: Reference, request: DraftRequest) -> Draft:
        with asked.open("a") as stream:
            stream.write(request.cell.id + "\n")
        fate.event()
        return await draft(self, request)

    own: dict[str, Any] = {**vars(os), "write": write, "fsync": fsync}
    journal.os = SimpleNamespace(**own)  # type: ignore[attr-defined]
    whole_files.os = SimpleNamespace(**{**vars(os), "fsync": fsync})  # type: ignore[attr-defined]
    Path.replace = replaced  # type: ignore[assignment,method-assign]
    Reference.draft = told  # type: ignore[method-assign]


def go_on(project: Project, name: str) -> None:
    """Begin the run, or go on with it where it says what it is."""
    if (project.state / "runs" / name / "run.json").exists():
        runs.resume(project, name, reporter=Reporter(), manner=MANNER)
        return
    runs.start(
        project, "small", pipeline="builtin:reference", plan="smoke", now=NOW,
        reporter=Reporter(), run_id=name, manner=MANNER,
    )  # fmt: skip


def lived(project: Project, name: str, at: int) -> tuple[int, int]:
    """How a run in a process of its own ended, and how many events it had."""
    counted = project.root / "events.txt"
    counted.write_text("0")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            fate = Fate(at)
            put_under(fate, project.root / f"{name}.{ASKED}")
            go_on(project, name)
            counted.write_text(str(fate.seen))
            code = 0
        except BaseException:  # noqa: BLE001 - nothing may leave a forked process but its code
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), int(counted.read_text())


def load(project: Project) -> None:
    """What all the children need, once: libraries, cases and names."""
    import inspect_ai._eval.eval
    import pyarrow.parquet

    assert all((inspect_ai, pyarrow.parquet, METRICS))
    loading.read_cases = cache(loading.read_cases)  # type: ignore[assignment]
    loading.read_identities = cache(loading.read_identities)  # type: ignore[assignment]
    loading.prepare(project, loading.load_suite(project, "small"), "smoke", "builtin:reference")


def main() -> None:
    root, fates = Path(sys.argv[1]), json.loads(sys.argv[2])
    os.chdir(root)
    project = find_project(root)
    load(project)

    for number, fate in enumerate(fates):
        name, lives = f"r{number}", []
        asked = root / f"{name}.{ASKED}"
        for at in (*fate, 0):
            asked.write_text("")
            end, events = lived(project, name, at)
            kept = journal.Journal(project.state / "runs" / name / "journal.jsonl").kept()
            lives.append({
                "end": end, "events": events, "kept": sorted(kept),
                "asked": asked.read_text().splitlines(),
            })  # fmt: skip
        sys.stdout.write(json.dumps(lives) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
