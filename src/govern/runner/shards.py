"""Cells drafted on a Ray cluster, in shards: what a worker brings back is journalled here.

A worker that is lost costs its shard, which Ray begins anew on another one.
"""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from govern.domain.pipeline import Draft, DraftRequest
from govern.errors import GovernError, RunError
from govern.runner.drafting import POLL_S, Tick
from govern.runner.journal import Append, Journal, line_of
from govern.runner.limits import Limits, Meter
from govern.runner.on_ray import told_plainly
from govern.whole_files import write_whole

CELLS = 64
"""Cells of a shard: what a lost worker costs, and what a limit is passed by, for each worker."""
AGAIN = 3
"""How often a shard is begun anew whose worker was lost."""


@dataclass(frozen=True)
class Brought:
    """What a worker brings back of its shard: drafts by cell, Inspect's logs by name, and why
    there are no more drafts where it stopped.
    """

    drafts: Mapping[str, Draft]
    logs: Mapping[str, bytes]
    why: str = ""


Work = Callable[[Sequence[DraftRequest], Limits], Brought]
"""What a worker does with a shard; it stops by itself at the limits."""


@dataclass
class _Course:
    """How far the drafting is, and what ended it early."""

    meter: Meter
    log_dir: Path
    asked: threading.Event
    append: Append = field(init=False)
    done: int = 0
    output_tokens: int = 0
    why: str = ""
    failed: GovernError | None = None

    @property
    def stopped(self) -> bool:
        return bool(self.why or self.meter.why or self.failed) or self.asked.is_set()

    def full(self) -> None:
        """Hand out nothing more: there is no room left to keep it."""
        self.why = self.why or "the disk is full; make room"

    def keep(self, brought: Brought) -> None:
        """Journal what came back, once, before its logs."""
        self.append([line_of(cell, draft) for cell, draft in brought.drafts.items()])
        self.done += len(brought.drafts)
        self.output_tokens += sum(d.usage.output_tokens for d in brought.drafts.values())
        self.meter.paid(brought.drafts.values())
        self.why = self.why or brought.why
        for name, log in brought.logs.items():
            try:
                write_whole(self.log_dir / Path(name).name, log)
            except OSError as err:
                raise RunError(f"{self.log_dir}: a log could not be kept: {err.strerror}") from err


def draft_in_shards(
    work: Work,
    requests: Sequence[DraftRequest],
    *,
    journal: Journal,
    log_dir: Path,
    tick: Tick,
    draining: Callable[[], None] = lambda: None,
    meter: Meter | None = None,
) -> None:
    """Draft every request on the cluster that we are connected to, and journal it here.

    As many shards are out as the cluster has processors. Arguments are those of ``draft_all``.

    Raises:
        RunError: stopped by Ctrl-C, by a limit, because the disk is full, the pipeline is out of
            order or workers were lost again and again; what is done is in the journal.
        GovernError: a worker cannot use the pipeline.
    """
    with _heard(draining) as asked:
        course = _Course(meter or Meter(), log_dir, asked)
        waiting = deque(requests[at : at + CELLS] for at in range(0, len(requests), CELLS))
        with journal.appending(course.full) as course.append:
            _hand_out(work, waiting, course, tick)
    if course.failed:
        raise course.failed
    if asked.is_set() or course.done < len(requests):
        kept = len(journal.kept())
        stood = f"{kept} of {kept - course.done + len(requests)} cells"
        raise RunError(
            f"interrupted after {stood}"
            if asked.is_set()
            else f"{stood} drafted, then: {_why(course)}"
        )


def _hand_out(
    work: Work, waiting: deque[Sequence[DraftRequest]], course: _Course, tick: Tick
) -> None:
    """Until all shards are back, or those that were out when something stopped the run."""
    import ray

    shard = ray.remote(max_retries=AGAIN)(_shard)
    out, meter = list[Any](), course.meter
    try:
        while out or (waiting and not course.stopped):
            meter.look()
            tick(course.done, course.output_tokens)
            while waiting and len(out) < _processors() and not course.stopped and meter.begin():
                out.append(shard.remote(work, waiting.popleft(), meter.left))
            ready, out = ray.wait(out, timeout=POLL_S) if out else ([], out)
            for one in ready:
                meter.end(None)
                _take(one, course)
    except BaseException:
        for one in out:
            ray.cancel(one, force=True)
        raise
    meter.rest()
    tick(course.done, course.output_tokens)


def _shard(work: Work, requests: Sequence[DraftRequest], limits: Limits) -> Brought:
    return work(requests, limits)


def _take(one: Any, course: _Course) -> None:
    """What a shard came to. One that failed stops the run; those that are out come home."""
    import ray

    try:
        with told_plainly("drafting on the cluster"):
            brought = ray.get(one)
        course.keep(brought)
    except RunError as err:
        course.why = course.why or str(err)
    except GovernError as err:
        course.failed = course.failed or err


def _processors() -> int:
    import ray

    resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return max(int(resources.get("CPU", 1)), 1)


def _why(course: _Course) -> str:
    meter = course.meter
    return f"{meter.reached} was reached: {meter.why}" if meter.why else course.why


@contextmanager
def _heard(draining: Callable[[], None]) -> Iterator[threading.Event]:
    """Ctrl-C once sets an event, so that nothing is cut short; twice it interrupts."""
    asked = threading.Event()

    def once(_number: int, _frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        draining()

    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = signal.signal(signal.SIGINT, once)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
