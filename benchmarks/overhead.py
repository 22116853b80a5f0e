"""What our task costs over a bare Inspect task that returns the same texts."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
import zipfile
from pathlib import Path

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.solver import Generate, Solver, TaskState, solver

from govern.app.loading import Prepared, load_suite, prepare
from govern.runner.drafting import draft_all
from govern.runner.journal import Journal
from govern.sources.locate import Project

SLOTS = 16
PAIRS = 5


@solver
def recorded(texts: dict[str, str]) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.output = ModelOutput.from_content("recorded", texts[str(state.sample_id)])
        state.completed = True
        return state

    return solve


def ours(prepared: Prepared, folder: Path) -> tuple[float, dict[str, str]]:
    """Seconds and texts of our run."""
    journal = Journal(folder / "journal.jsonl")
    requests = [planned.request for planned in prepared.planned]
    started = time.perf_counter()
    draft_all(
        prepared.pipeline,
        requests,
        name="ours",
        journal=journal,
        log_dir=folder / "logs",
        slots=SLOTS,
        tick=lambda _done, _tokens: None,
    )
    return time.perf_counter() - started, {k: d.text for k, d in journal.read().items()}


def bare(prepared: Prepared, texts: dict[str, str], folder: Path) -> tuple[float, dict[str, str]]:
    """Seconds and texts of the bare task."""
    samples = [
        Sample(id=p.request.cell.id, input=prepared.pipeline.prompt(p.request.packet))
        for p in prepared.planned
    ]
    task = Task(dataset=MemoryDataset(samples, name="bare"), solver=recorded(texts), name="bare")
    started = time.perf_counter()
    [log] = inspect_eval(
        task,
        model="none/none",
        display="none",
        log_dir=str(folder / "logs"),
        log_format="eval",
        max_samples=SLOTS,
        score=False,
    )
    seconds = time.perf_counter() - started
    with zipfile.ZipFile(Path(log.location.removeprefix("file://"))) as archive:
        found = [
            json.loads(archive.read(name))
            for name in archive.namelist()
            if name.startswith("samples/")
        ]
    return seconds, {s["id"]: s["output"]["choices"][0]["message"]["content"] for s in found}


def main() -> None:
    ratios = []
    with tempfile.TemporaryDirectory() as root:
        project = Project(Path(root), configured=False)
        suite = load_suite(project, "builtin:review-core")
        prepared = prepare(project, suite, "starter", "builtin:reference")
        for pair in range(PAIRS + 1):
            folder = Path(root) / str(pair)
            (folder / "logs").mkdir(parents=True)
            mine, texts = ours(prepared, folder)
            other, same = bare(prepared, texts, folder)
            assert texts == same
            if pair:
                ratios.append(mine / other)
                print(f"{len(texts)} cells: bare {other:.2f}s, ours {mine:.2f}s")
    print(f"median ratio of {PAIRS} pairs after a warm-up: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
