"""What our task costs over a bare Inspect task, both with a model that returns what is written.

    python benchmarks/overhead.py              # a model that answers at once
    python benchmarks/overhead.py --takes 0.25 # one that takes so many seconds

Processor time stands beside the time that passed, for machines that do other things as well.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.solver import Generate, Solver, TaskState, solver

from govern.app.loading import Prepared, load_suite, prepare
from govern.domain.pipeline import Draft, DraftRequest
from govern.pipelines.reference import Reference, compose
from govern.runner.drafting import draft_all
from govern.runner.journal import Journal
from govern.sources.locate import Project

SLOTS = 16
PAIRS = 5


@solver
def recorded(texts: dict[str, str], takes: float) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await asyncio.sleep(takes)
        state.output = ModelOutput.from_content("recorded", texts[str(state.sample_id)])
        state.completed = True
        return state

    return solve


class Written(Reference):
    """A model that has its drafts already."""

    drafts: Mapping[str, Draft] = MappingProxyType({})
    takes = 0.0

    async def draft(self, request: DraftRequest) -> Draft:
        await asyncio.sleep(self.takes)
        return self.drafts[request.cell.id]


class Spent(NamedTuple):
    """Seconds that passed, and of the processor."""

    passed: float
    processor: float


@contextmanager
def timed(spent: list[Spent]) -> Iterator[None]:
    passed, processor = time.perf_counter(), time.process_time()
    yield
    spent.append(Spent(time.perf_counter() - passed, time.process_time() - processor))


def ours(
    prepared: Prepared, drafts: Mapping[str, Draft], folder: Path, spent: list[Spent], takes: float
) -> None:
    """Our run."""
    pipeline = Written(prepared.pipeline.manifest.model_copy(update={"settings": {}}), folder)
    pipeline.drafts, pipeline.takes = drafts, takes
    journal = Journal(folder / "journal.jsonl")
    requests = [planned.request for planned in prepared.planned]
    with timed(spent):
        draft_all(
            pipeline,
            requests,
            name="ours",
            journal=journal,
            log_dir=folder / "logs",
            slots=SLOTS,
            tick=lambda _done, _tokens: None,
        )
    assert journal.read() == drafts


def bare(
    prepared: Prepared, drafts: Mapping[str, Draft], folder: Path, spent: list[Spent], takes: float
) -> None:
    """The bare task."""
    texts = {cell: draft.text for cell, draft in drafts.items()}
    samples = [
        Sample(id=p.request.cell.id, input=prepared.pipeline.prompt(p.request.packet))
        for p in prepared.planned
    ]
    task = Task(
        dataset=MemoryDataset(samples, name="bare"), solver=recorded(texts, takes), name="bare"
    )
    with timed(spent):
        [log] = inspect_eval(
            task,
            model="none/none",
            display="none",
            log_dir=str(folder / "logs"),
            log_format="eval",
            max_samples=SLOTS,
            score=False,
        )
    with zipfile.ZipFile(Path(log.location.removeprefix("file://"))) as archive:
        found = [
            json.loads(archive.read(name))
            for name in archive.namelist()
            if name.startswith("samples/")
        ]
    assert texts == {s["id"]: s["output"]["choices"][0]["message"]["content"] for s in found}


def main() -> None:
    parser = argparse.ArgumentParser(description="Our task beside a bare one.")
    parser.add_argument("--takes", type=float, default=0.0, help="seconds that a draft takes")
    takes = parser.parse_args().takes
    mine, theirs = list[Spent](), list[Spent]()
    with tempfile.TemporaryDirectory() as root:
        project = Project(Path(root), configured=False)
        suite = load_suite(project, "builtin:review-core")
        prepared = prepare(project, suite, "starter", "builtin:reference")
        drafts = {p.request.cell.id: compose(p.request.packet) for p in prepared.planned}
        for pair in range(PAIRS + 1):
            folder = Path(root) / str(pair)
            (folder / "logs").mkdir(parents=True)
            ours(prepared, drafts, folder, mine, takes)
            bare(prepared, drafts, folder, theirs, takes)
    for own, other in zip(mine[1:], theirs[1:], strict=True):
        print(f"{len(drafts)} cells: bare {other.passed:.2f} s, ours {own.passed:.2f} s; "
              f"processor {other.processor:.2f} s, {own.processor:.2f} s")  # fmt: skip
    for what in Spent._fields:
        pairs = zip(mine[1:], theirs[1:], strict=True)
        ratio = statistics.median(getattr(a, what) / getattr(b, what) for a, b in pairs)
        print(f"{what}: median ratio of {PAIRS} pairs after a warm-up {ratio:.2f}")


if __name__ == "__main__":
    main()
