"""Shards of cells on a cluster: what is kept, what stops a run and what it costs by then.

The cluster is a stand-in that works where a shard is asked for; tests/e2e/test_on_ray.py has a real
one.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace

import pytest
import ray
from ray.exceptions import WorkerCrashedError

from govern.app.loading import load_suite, prepare
from govern.domain.pipeline import Draft, Usage
from govern.errors import IntegrityError, RunError
from govern.metrics import evaluator_digest
from govern.runner import on_ray, shards
from govern.runner.journal import Journal
from govern.runner.limits import NO_LIMITS, Limits, Meter
from govern.runner.shards import Brought, draft_in_shards
from govern.sources.locate import Project

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


@pytest.fixture(scope="module")
def requests(tmp_path_factory):
    project = Project(tmp_path_factory.mktemp("p"), configured=False)
    prepared = prepare(project, load_suite(project, "review-core"), "smoke", "reference")
    return [planned.request for planned in prepared.planned[:40]]


@pytest.fixture
def out(monkeypatch) -> list[int]:
    """A cluster of three processors that does each shard at once; how many were out at a time."""
    seen, now = list[int](), list[object]()

    class Task:
        def __init__(self, work: Callable[..., Brought]) -> None:
            self._work = work

        def remote(self, *args: object) -> object:
            now.append(object())
            seen.append(len(now))
            try:
                results[now[-1]] = self._work(*args)
            except (RunError, IntegrityError, WorkerCrashedError) as err:
                results[now[-1]] = err
            return now[-1]

    def get(ref: object) -> Brought:
        now.remove(ref)
        found = results[ref]
        if isinstance(found, Exception):
            raise found
        return found

    results: dict[object, Brought | Exception] = {}
    monkeypatch.setattr(ray, "remote", lambda **_options: Task)
    monkeypatch.setattr(ray, "wait", lambda refs, timeout: (refs[:1], refs[1:]))
    monkeypatch.setattr(ray, "get", get)
    monkeypatch.setattr(ray, "cluster_resources", lambda: {"CPU": 3.0})
    monkeypatch.setattr(shards, "CELLS", 4)
    return seen


def drafted(requests, _limits: Limits) -> Brought:
    usage = Usage(output_tokens=10, cost_usd=0.5)
    drafts = {r.cell.id: Draft(status="ok", text="well done", usage=usage) for r in requests}
    return Brought(drafts, {f"{requests[0].cell.id}.eval": b"log"})


def draft(tmp_path, work, requests, limits=NO_LIMITS, **more) -> tuple[Journal, Meter]:
    journal, meter = Journal(tmp_path / "journal.jsonl"), Meter(limits)
    draft_in_shards(
        work,
        requests,
        journal=journal,
        log_dir=tmp_path / "logs",
        tick=more.pop("tick", lambda _done, _tokens: None),
        meter=meter,
        **more,
    )
    return journal, meter


def test_every_cell_is_journalled_once_and_every_log_kept(tmp_path, out, requests):
    ticks = []
    journal, meter = draft(
        tmp_path, drafted, requests, tick=lambda done, tokens: ticks.append((done, tokens))
    )

    assert {r.cell.id for r in requests} == set(journal.kept())
    assert (3, 400, 20.0) == (max(out), meter.tokens, meter.usd)
    assert 10 == len(list((tmp_path / "logs").iterdir()))
    assert (40, 400) == ticks[-1]


def test_an_outage_stops_the_run_and_what_is_out_comes_home(tmp_path, out, requests):
    def work(some, limits):
        whole = drafted(some, limits)
        if len(out) < 2:
            return whole
        first = dict(list(whole.drafts.items())[:1])
        return replace(whole, drafts=first, why="nobody answers")

    with pytest.raises(RunError, match="7 of 40 cells drafted, then: nobody answers"):
        draft(tmp_path, work, requests)
    assert 4 == len(out)
    assert 7 == len(Journal(tmp_path / "journal.jsonl").read())


def test_a_limit_stops_the_handing_out_and_each_shard_is_told_what_is_left(tmp_path, out, requests):
    told = []

    def work(some, limits):
        told.append(limits.usd)
        return drafted(some, limits)

    with pytest.raises(RunError, match=r"20 of 40 .* --max-cost was reached: 10 of 7 USD"):
        draft(tmp_path, work, requests, Limits(usd=7))
    assert [7, 7, 7, 5, 3] == told


def test_workers_that_are_lost_again_and_again_stop_the_run(tmp_path, out, requests):
    def work(some, limits):
        if 2 == len(out):
            raise WorkerCrashedError
        return drafted(some, limits)

    with pytest.raises(RunError, match="12 of 40 cells drafted, then: drafting on the cluster: W"):
        draft(tmp_path, work, requests)


def test_a_worker_with_another_pipeline_is_told_as_such(tmp_path, out, requests):
    def work(some, limits):
        raise IntegrityError("another pipeline")

    with pytest.raises(IntegrityError, match="another pipeline"):
        draft(tmp_path, work, requests)
    assert {} == Journal(tmp_path / "journal.jsonl").read()


def test_ctrl_c_once_waits_for_what_is_out_and_twice_interrupts(tmp_path, out, requests):
    said = []

    def once(some, limits):
        if 2 == len(out):
            os.kill(os.getpid(), signal.SIGINT)
        return drafted(some, limits)

    def twice(some, limits):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        return drafted(some, limits)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(RunError, match="interrupted after 8 of 40 cells"):
        draft(tmp_path, once, requests, draining=lambda: said.append("draining"))
    (tmp_path / "journal.jsonl").unlink()
    with pytest.raises(KeyboardInterrupt):
        draft(tmp_path, twice, requests)
    assert ["draining"] == said
    assert before is signal.getsignal(signal.SIGINT)


def test_a_disk_that_fills_up_hands_out_no_more_and_keeps_what_is_out(
    tmp_path, out, requests, monkeypatch
):
    """The third shard finds no room but what was set aside; two are out by then."""
    real, writes = Journal._write, []

    def full(self, handle, data):
        writes.append(data)
        if len(writes) == 3:
            raise RunError("no room")
        real(self, handle, data)

    monkeypatch.setattr(Journal, "_write", full)
    with pytest.raises(RunError, match="20 of 40 cells drafted, then: the disk is full; make room"):
        draft(tmp_path, drafted, requests)
    assert 20 == len(Journal(tmp_path / "journal.jsonl").read())


def test_a_log_that_cannot_be_kept_costs_no_draft(tmp_path, out, requests, monkeypatch):
    def full(path, _data):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(shards, "write_whole", full)
    with pytest.raises(RunError, match=r"12 of 40 .* a log could not be kept: No space left"):
        draft(tmp_path, drafted, requests)


def test_a_worker_with_other_evaluators_measures_nothing():
    on_ray.require_evaluators(evaluator_digest())
    with pytest.raises(RunError, match="other evaluators"):
        on_ray.require_evaluators("0" * 64)
