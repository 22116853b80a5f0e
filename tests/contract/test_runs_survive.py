"""Runs that are killed, out of room, cut off or out of budget, and go on to the same end.

No cell is lost, and none that the journal has is asked for again. A draft that was in flight when
the process was killed never arrived, so its cell is asked for once more: by this count alone.
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import random
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from govern.app.loading import load_suite, prepare
from govern.domain.pipeline import Draft, DraftRequest, Manifest, Usage
from govern.errors import RunError
from govern.pipelines.reference import Reference
from govern.runner import journal as journal_module
from govern.runner.drafting import draft_all
from govern.runner.journal import Journal
from govern.runner.limits import Limits, Meter
from govern.runner.reserve import SIZE
from govern.sources.locate import find_project

MORTAL = Path(__file__).parents[1] / "support" / "mortal_runs.py"
SLOTS = 4
CELLS = 24
SUITE = """
from govern.domain import Plan, Suite

SUITE = Suite(
    id="small", version="1.0.0", question="Does it survive?", dataset="builtin:review-core-v1",
    identities="builtin:names-us-v1", measures=("coverage.not_drafted", "accuracy.leniency"),
    plans=(Plan(id="smoke", cases=3, noise=False),),
)
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mortal")
    (folder / "evals").mkdir()
    (folder / "evals/small.py").write_text(SUITE)
    (folder / "govern.toml").write_text("[project]\n")
    return folder


@pytest.fixture(scope="module")
def requests(root: Path) -> list[DraftRequest]:
    project = find_project(root)
    prepared = prepare(project, load_suite(project, "small"), "smoke", "builtin:reference")
    return [planned.request for planned in prepared.planned]


# --- killed


def lives(root: Path, fates: list[list[int]]) -> list[list[dict[str, Any]]]:
    """What became of runs with such fates; see mortal_runs."""
    done = subprocess.run(
        [sys.executable, str(MORTAL), str(root), json.dumps(fates)],
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def findings(root: Path, name: str) -> dict[str, Any]:
    """All that was found, but how long it took and what the run is called."""
    read = json.loads((root / f".govern/runs/{name}/findings.json").read_text())
    del read["run"]["spend"]["seconds"], read["run"]["run_id"]
    return read


def require_survived(root: Path, deaths: int, seed: int, events: int) -> None:
    chance = random.Random(seed)
    fates = [
        [chance.randint(1, events), *([chance.randint(1, events // 3)] if n % 2 else [])]
        for n in range(deaths)
    ]
    [[whole], *died] = lives(root, [[], *fates])
    assert (0, CELLS, CELLS) == (whole["end"], len(whole["asked"]), len(set(whole["kept"])))
    for number, (fate, story) in enumerate(zip(fates, died, strict=True), start=1):
        said = f"fate {fate}"
        assert (-9, 0) == (story[0]["end"], story[-1]["end"]), said
        for at, life in zip([*fate, 0], story, strict=True):
            # What was left to do may be over before the second hour has come.
            assert -9 == life["end"] or (0 == life["end"] and not 0 < at <= life["events"]), said
        assert whole["kept"] == story[-1]["kept"], said
        for before, after in pairwise(story):
            assert not set(before["kept"]) & set(after["asked"]), said
            assert set(before["kept"]) <= set(after["kept"]), said
        asked = Counter(cell for life in story for cell in life["asked"])
        in_flight = sum(len(set(life["asked"]) - set(life["kept"])) for life in story)
        assert CELLS + in_flight == asked.total(), said
        assert findings(root, "r0") == findings(root, f"r{number}"), said


def test_a_run_that_is_killed_at_any_moment_finishes_with_no_cell_lost(root):
    require_survived(root, deaths=2, seed=20, events=45)


@pytest.mark.bench
def test_a_run_that_is_killed_at_fifty_moments_finishes_fifty_times(tmp_path):
    (tmp_path / "evals").mkdir()
    (tmp_path / "evals/small.py").write_text(SUITE)
    (tmp_path / "govern.toml").write_text("[project]\n")
    require_survived(tmp_path, deaths=50, seed=50, events=45)


# --- out of room, cut off, out of budget


class Drafter(Reference):
    """The reference, which counts what it is asked; what happens at a call is up to ``at``."""

    def __init__(self, at: Callable[[int], object] = lambda _call: None, **usage: Any) -> None:
        super().__init__(
            Manifest(id="drafter", version="1", kind="reference", description="."), Path()
        )
        self.at, self.usage = at, Usage(**usage)
        self.asked: list[str] = []
        self.drafted: list[str] = []

    async def draft(self, request: DraftRequest) -> Draft:
        self.asked.append(request.cell.id)
        happened = self.at(len(self.asked))
        if isinstance(happened, BaseException):
            raise happened
        if isinstance(happened, threading.Event):
            await asyncio.to_thread(happened.wait)
        self.drafted.append(request.cell.id)
        return (await super().draft(request)).model_copy(update={"usage": self.usage})


class Going:
    """A run over all cells, to go on with until it is whole."""

    def __init__(self, folder: Path, requests: list[DraftRequest], drafter: Drafter) -> None:
        self.folder, self.requests, self.drafter = folder, requests, drafter
        self.journal = Journal(folder / "journal.jsonl")

    def on(self, meter: Meter | None = None) -> str:
        """What stopped it; nothing if nothing did."""
        kept = self.journal.read()
        try:
            draft_all(
                self.drafter,
                [r for r in self.requests if r.cell.id not in kept],
                name="small",
                journal=self.journal,
                log_dir=self.folder / "logs",
                slots=SLOTS,
                tick=lambda _done, _tokens: None,
                meter=meter,
            )
        except RunError as err:
            return str(err)
        return ""

    @property
    def kept(self) -> int:
        return len(self.journal.kept())

    def require_once(self) -> None:
        """Every cell was drafted, none twice, and all are kept."""
        assert len(self.requests) == self.kept
        assert {1} == set(Counter(self.drafter.drafted).values())


@pytest.fixture
def going(tmp_path: Path, requests: list[DraftRequest]) -> Callable[[Drafter], Going]:
    return lambda drafter: Going(tmp_path, requests, drafter)


class Disk:
    """Takes so many bytes, the reserve's among them, and half of what it has no room for."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size = folder, size

    def write(self, handle: int, data: memoryview) -> int:
        reserve = SIZE if (self.folder / ".reserve").exists() else 0
        if os.fstat(handle).st_size + reserve + len(data) > self.size:
            os.write(handle, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        return os.write(handle, data)

    def put_in(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(journal_module, "os", SimpleNamespace(**{**vars(os), "write": self.write}))


def test_what_is_in_flight_when_the_disk_fills_up_is_kept_and_going_on_needs_room(
    going, tmp_path, monkeypatch
):
    run = going(Drafter())
    Disk(tmp_path, SIZE + 20_000).put_in(monkeypatch)

    said = run.on()

    assert "the disk is full" in said
    assert f"{run.kept} of {CELLS} cells drafted" in said
    assert 0 < run.kept == len(run.drafter.asked) < CELLS
    assert not (tmp_path / ".reserve").exists()
    monkeypatch.undo()
    assert "" == run.on()
    run.require_once()


def test_a_disk_without_any_room_is_said_before_the_first_draft(going, monkeypatch):
    def full(_path: Path, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    run = going(Drafter())
    monkeypatch.setattr(Path, "write_bytes", full)

    assert "no room for drafts: No space left on device" in run.on()
    assert [] == run.drafter.asked


FAILURES = (
    RunError("429"),
    ConnectionResetError("reset"),
    TimeoutError("timed out"),
    ssl.SSLError("handshake"),
    OSError(errno.ENETUNREACH, "Network is unreachable"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "half a reply"),
    json.JSONDecodeError("no reply", "{", 1),
    KeyError("choices"),
    RuntimeError("a provider's own"),
    MemoryError(),
    RecursionError("deep"),
)


def test_whatever_a_provider_raises_costs_its_cell_a_turn_and_nothing_else(going):
    """Each kind once, with answers between, so that no three stand in a row."""
    broken: Iterator[Exception] = iter(FAILURES)
    run = going(Drafter(lambda call: next(broken, None) if call % 2 else None))

    said = run.on()
    assert f"{run.kept} of {CELLS} cells drafted, then: " in said
    while run.on():
        assert run.kept < CELLS
    run.require_once()
    assert CELLS + len(FAILURES) == len(run.drafter.asked)


def test_a_network_that_is_cut_stops_the_run_within_a_few_calls(going):
    cut = ConnectionError("no route")
    run = going(Drafter(lambda call: cut if call > 10 else None))

    assert "ConnectionError: no route" in run.on()
    assert 10 == run.kept
    assert len(run.drafter.asked) <= 10 + 3 + SLOTS
    run.drafter.at = lambda _call: None
    assert "" == run.on()
    run.require_once()


def test_a_laptop_that_was_closed_for_an_hour_is_cut_off_and_was_not_at_work(going):
    """Every connection is dead when it wakes; the hour is nobody's time."""
    times = iter([0.0, 0.1, 0.2])
    now = [3600.0]

    def clock() -> float:
        now[0] += 0.1
        return next(times, now[0])

    run = going(Drafter(lambda call: TimeoutError("woke up") if call > 10 else None))
    meter = Meter(Limits(seconds=1800), clock=clock)

    assert "TimeoutError: woke up" in run.on(meter)
    assert meter.seconds < 1800
    run.drafter.at = lambda _call: None
    assert "" == run.on()
    run.require_once()


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(usd=0.10), "--max-cost was reached: 0.1 of 0.1 USD spent"),
        (Limits(tokens=1000), "--max-tokens was reached: 1,000 of 1,000 tokens used"),
    ],
)
def test_a_budget_stops_a_run_and_a_higher_one_goes_on(going, limits, said):
    """A draft is a cent and a hundred tokens: ten fit, whatever is in flight."""
    run = going(Drafter(input_tokens=60, output_tokens=40, cost_usd=0.01))

    assert said in run.on(Meter(limits))
    assert 10 == run.kept == len(run.drafter.asked)
    again = Meter.over(limits, run.journal.read().values())
    assert said in run.on(again)
    assert 10 == run.kept
    assert "" == run.on(Meter.over(Limits(usd=1.0, tokens=10_000), run.journal.read().values()))
    run.require_once()


def test_a_dear_first_draft_leaves_room_for_none_that_does_not_fit(going):
    """Of one dollar, the first draft takes 60 cents; nobody knew, so three more are in flight."""
    run = going(Drafter(cost_usd=0.60))

    assert "--max-cost was reached" in run.on(Meter(Limits(usd=1.0)))
    assert 1 <= run.kept <= SLOTS


@pytest.mark.parametrize("limits", [Limits(usd=1.0), Limits(tokens=1000)])
def test_a_budget_that_no_draft_tells_of_stops_the_run(going, limits):
    run = going(Drafter())

    assert "a draft came back without its" in run.on(Meter(limits))
    assert run.kept <= SLOTS


def test_time_that_is_up_lets_drafts_in_flight_come_home(going):
    """From the tenth call on they wait until the clock was past its limit."""
    late = threading.Event()
    now = [0.0]

    def clock() -> float:
        now[0] += 10.0
        if now[0] > 100:
            late.set()
        return now[0]

    run = going(Drafter(lambda call: late if call >= 10 else None))

    assert "--max-time was reached: " in run.on(Meter(Limits(seconds=60), clock=clock))
    assert 10 <= run.kept == len(run.drafter.asked) < CELLS
    assert "" == run.on()
    run.require_once()


def test_a_reply_that_no_file_can_hold_is_a_failed_draft_and_not_asked_for_again(going):
    class Halves(Drafter):
        async def draft(self, request: DraftRequest) -> Draft:
            draft = await super().draft(request)
            return draft.model_copy(update={"text": "half \ud83d"} if len(self.asked) == 3 else {})

    run = going(Halves(output_tokens=7))

    assert "" == run.on()
    run.require_once()
    [failed] = [one for one in run.journal.read().values() if one.status == "failed"]
    assert ("the reply holds halves of characters (lone surrogates)", 7) == (
        failed.error,
        failed.usage.output_tokens,
    )
