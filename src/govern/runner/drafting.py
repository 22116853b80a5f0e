"""Drafting cells through Inspect: one sample a cell, our journal beside its log.

``eval`` runs in a thread of its own, so that the caller can draw progress and answer
Ctrl-C: once, what is in flight is drained and kept. So it is where a limit or the end of the disk
stops a run.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govern.domain.pipeline import Draft, DraftRequest, Pipeline
from govern.errors import RunError
from govern.runner.journal import Append, Journal, line_of
from govern.runner.keeper import Keeper
from govern.runner.limits import Meter

if TYPE_CHECKING:
    from inspect_ai import Task
    from inspect_ai.solver import Solver

OUTAGES_THAT_STOP = 3
POLL_S = 0.1
Tick = Callable[[int, int], None]


@dataclass
class Watch:
    """What the solver tells the caller: cells done, tokens, whether to stop, whether it is over."""

    meter: Meter = field(default_factory=Meter)
    done: int = 0
    output_tokens: int = 0
    outages: int = 0
    last_outage: str = "see the Inspect log"
    stop: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    end: Callable[[], object] | None = None
    ended: bool = False

    def drafted(self, draft: Draft) -> None:
        """Count a finished cell; whoever answers is not out of order."""
        self.done += 1
        self.output_tokens += draft.usage.output_tokens
        self.outages = 0

    def missed(self, why: str) -> None:
        """Count an outage; several in a row end the run."""
        self.outages += 1
        self.last_outage = why
        if self.outages >= OUTAGES_THAT_STOP:
            self.stop.set()

    def end_if_drained(self) -> None:
        """End the eval, once, where nothing more begins and nothing is in flight."""
        stopped = self.stop.is_set() or self.meter.why
        if stopped and self.meter.idle and self.end and not self.ended and not self.over.is_set():
            self.ended = True
            self.end()

    def full(self) -> None:
        """Begin nothing more: there is no room left to keep it."""
        self.last_outage = "the disk is full; make room"
        self.stop.set()


def task_for(
    pipeline: Pipeline,
    requests: Sequence[DraftRequest],
    *,
    name: str,
    append: Append | None = None,
    watch: Watch | None = None,
    scorer: Any = None,
) -> Task:
    """An Inspect task that drafts each request as one sample."""
    from inspect_ai import Task
    from inspect_ai.dataset import MemoryDataset, Sample

    samples = [
        Sample(
            id=request.cell.id,
            input=pipeline.prompt(request.packet),
            metadata={
                "case_id": request.cell.case_id,
                "identity_id": request.cell.identity_id,
                "block": request.cell.block,
                "repeat": request.cell.repeat,
            },
        )
        for request in requests
    ]
    by_id = {request.cell.id: request for request in requests}
    keeper = Keeper(append) if append is not None else None
    return Task(
        dataset=MemoryDataset(samples, name=name),
        solver=_drafting(_Asking(pipeline, by_id, keeper, watch or Watch())),
        scorer=scorer,
        name=name,
    )


def _line_of(cell: str, draft: Draft) -> tuple[Draft, bytes]:
    """The draft and its line in the journal; ``failed`` where no file could hold what it says."""
    try:
        return draft, line_of(cell, draft)
    except UnicodeEncodeError:
        error = "the reply holds halves of characters (lone surrogates)"
        cost = {"usage": draft.usage, "latency_s": draft.latency_s}
        none = Draft.model_validate({"status": "failed", "error": error} | cost)
        return none, line_of(cell, none)


@dataclass
class _Asking:
    """Asks a pipeline for drafts and has them kept, as long as nothing stops the run."""

    pipeline: Pipeline
    requests: Mapping[str, DraftRequest]
    keeper: Keeper | None
    watch: Watch

    async def draft(self, cell: str) -> Draft:
        """The draft, once the journal has it; others are asked for while the disk is waited for."""
        if self.watch.stop.is_set() or not self.watch.meter.begin():
            raise RunError("stopped before this cell")
        draft = None
        try:
            draft, line = _line_of(cell, await self._answered(cell))
            if self.keeper is not None:
                await self.keeper.keep(line)
        finally:
            self.watch.meter.end(draft)
        return draft

    async def _answered(self, cell: str) -> Draft:
        try:
            return await self.pipeline.draft(self.requests[cell])
        except RunError as err:
            self.watch.missed(str(err))
            raise
        except Exception as err:  # an adapter that knows no better; nothing it says is a draft
            self.watch.missed(f"{type(err).__name__}: {err}")
            raise


def _drafting(asking: _Asking) -> Solver:
    from inspect_ai.model import ModelOutput
    from inspect_ai.solver import Generate, TaskState, solver

    pipeline, watch, left = asking.pipeline, asking.watch, set(asking.requests)

    @solver(name="govern/draft")
    def draft_cells() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001
            watch.end = watch.end or _ender(pipeline)
            cell = str(state.sample_id)
            try:
                draft = await asking.draft(cell)
            finally:
                # Connections belong to this event loop, and nobody runs on it after the last cell.
                left.discard(cell)
                if not left:
                    await pipeline.aclose()
            told = draft.as_json()
            if asking.keeper is not None:
                # The log has the text as output; once more, it would be diffed and packed twice.
                told.pop("text", None)
            watch.drafted(draft)
            said = draft.text if draft.status == "ok" else f"[{draft.status}] {draft.error or ''}"
            state.output = ModelOutput.from_content(pipeline.manifest.id, said)
            state.metadata["draft"] = told
            state.completed = True
            return state

        return solve

    return draft_cells()


def _ender(pipeline: Pipeline) -> Callable[[], object]:
    """What ends the eval that runs here, from another thread, as Ctrl-C would.

    Else thousands of cells would each be begun to be told that the run has stopped. The eval is
    the task that all others come from.
    """
    import anyio

    tasks = {id(task): task for task in asyncio.all_tasks()}
    parents = {task.id: task.parent_id for task in anyio.get_running_tasks()}
    found: int | None = anyio.get_current_task().id
    root = tasks[id(asyncio.current_task())]
    while found in tasks:
        root, found = tasks[found], parents.get(found)
    loop = asyncio.get_running_loop()

    async def end() -> None:
        try:
            await pipeline.aclose()
        finally:
            root.cancel()

    def from_outside() -> None:
        ending = end()
        try:
            asyncio.run_coroutine_threadsafe(ending, loop)
        except RuntimeError:  # the loop was closed just now: it ended of itself
            ending.close()

    return from_outside


def draft_all(
    pipeline: Pipeline,
    requests: Sequence[DraftRequest],
    *,
    name: str,
    journal: Journal,
    log_dir: Path,
    slots: int,
    tick: Tick,
    draining: Callable[[], None] = lambda: None,
    meter: Meter | None = None,
) -> None:
    """Draft every request and journal it.

    Args:
        pipeline: of the candidate.
        requests: cells that the journal does not hold yet.
        name: of the Inspect task.
        journal: where each finished cell is written before it counts.
        log_dir: for Inspect's log.
        slots: drafts in flight at once.
        tick: called every tenth of a second with cells done and output tokens.
        draining: called when Ctrl-C asked to stop and drafts in flight are waited for.
        meter: what the run has cost and may cost; it is told of every draft and of time.

    Raises:
        RunError: stopped by Ctrl-C, by a limit, because the disk is full or the pipeline is out
            of order; what is done is in the journal.
    """
    watch, failed = Watch(meter or Meter()), list[BaseException]()
    with journal.appending(watch.full) as append:
        task = task_for(pipeline, requests, name=name, append=append, watch=watch)
        worker = threading.Thread(
            target=_evaluate,
            args=(task, log_dir, slots, watch, failed),
            daemon=True,
            name="inspect",
        )
        worker.start()
        interrupted = _wait(watch, tick, draining)
        worker.join()
    if failed:
        raise RunError(f"Inspect could not run: {failed[0]}") from failed[0]
    if interrupted or watch.done < len(requests):
        kept = len(journal.kept())
        stood = f"{kept} of {kept - watch.done + len(requests)} cells"
        raise RunError(
            f"interrupted after {stood}" if interrupted else f"{stood} drafted, then: {_why(watch)}"
        )


def _why(watch: Watch) -> str:
    meter = watch.meter
    return f"{meter.reached} was reached: {meter.why}" if meter.why else watch.last_outage


def _wait(watch: Watch, tick: Tick, draining: Callable[[], None]) -> bool:
    """Until the eval is over; whether Ctrl-C asked it to stop. A second one is not caught.

    Waits on an event: a ``Thread.join`` that Ctrl-C cuts short takes the thread for ended.
    """
    interrupted = False
    while not watch.over.is_set():
        try:
            watch.meter.look()
            tick(watch.done, watch.output_tokens)
            watch.over.wait(POLL_S)
            watch.end_if_drained()
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            watch.stop.set()
            draining()
    watch.meter.rest()
    tick(watch.done, watch.output_tokens)
    return interrupted


def _evaluate(
    task: Task, log_dir: Path, slots: int, watch: Watch, failed: list[BaseException]
) -> None:
    from inspect_ai import eval as inspect_eval

    try:
        logs = inspect_eval(
            task,
            model="none/none",
            display="none",
            log_dir=str(log_dir),
            log_format="eval",
            fail_on_error=False,
            max_samples=slots,
            score=False,
        )
        if logs and logs[0].error:
            watch.last_outage = f"Inspect could not go on: {logs[0].error.message}"
    except BaseException as err:  # noqa: BLE001 - handed to the waiting thread, which raises it
        if not watch.ended:
            failed.append(err)
    finally:
        watch.over.set()
