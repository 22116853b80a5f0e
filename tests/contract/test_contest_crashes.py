"""Killed anywhere, on a full disk: nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import errno
import inspect
import os
import random
import signal
import subprocess
import sys

import pytest
from sqlalchemy import event

import govern.store.lines
from govern.contest.machine import fold
from govern.domain.contest_store import Notice
from govern.domain.ledger import Leaf
from govern.errors import IntegrityError, RunError
from govern.store.contests.outbox import check_against, deliver
from govern.store.ledger_file import FileLeaves
from govern.testing.contest_steps import BEGAN, Steps, review
from govern.testing.ledger import MemoryLeaves

FIRST = Leaf(
    id="0" * 32, kind="chain", hour="2026-11-25T12Z", actor_role="record", commitment="0" * 64
)
CASES = ("a" * 32, "b" * 32)
CHANCE = random.Random(20261125)
WRITER = """
import os, signal, sys
from pathlib import Path

from sqlalchemy import Engine, event

from govern.domain.contest_store import Notice
from govern.store.contests.outbox import deliver
from govern.store.contests.store import SqlContestStore
from govern.store.ledger_file import FileLeaves
from govern.store.vault import KeyRing
from govern.testing.contest_steps import BEGAN, Steps, review

url, folder, at, killed_at, *cases = sys.argv[1:]
left = int(killed_at)
passed = 0

def moment(*_):
    global passed
    passed += 1
    if passed == left:
        os.kill(os.getpid(), signal.SIGKILL)

def before(call):
    def watched(*given):
        moment()
        return call(*given)
    return watched

def trace(frame, what, _):
    if f"govern{os.sep}store" not in frame.f_code.co_filename:
        return None
    if what == "line":
        moment()
    return trace

store = SqlContestStore(url, KeyRing((b"v" * 32,)), root=Path("/"))
ledger = FileLeaves(Path(folder))
if at == "lines":
    sys.settrace(trace)
else:
    event.listen(Engine, "commit", moment)
    os.write, os.fsync = before(os.write), before(os.fsync)
play(store, ledger, cases, lambda *said: print(*said, flush=True))
sys.settrace(None)
print("passed", passed, flush=True)
"""
"""Killed at a line, or just before a commit, a write or an fsync: between those, nothing on the
disk changes, so that all of them are all the states that a crash can leave."""


def play(store, ledger, cases, tell):
    """Bring every case to its end, from wherever it stands; tell of each event that is in."""
    for case in cases:
        steps = Steps(case, review_id=f"r-{case}")
        plan = [*steps.until_under_review()[:3], steps.withdrawn(4), steps.tombstone(5)]
        store.intake.put_reviews([review(review_id=f"r-{case}")])
        for one in plan[len(store.events(case)) :]:
            number = f"{case[:31]}{one.seq}"
            notice = Notice(
                notice_id=number, case_id=case, notice="delay", text="delay", to="ana", due=BEGAN
            )
            if one.kind == "erased":
                store.erase(one)
            else:
                store.append(one, notices=(notice,))
            tell(case, one.seq)
            deliver(store.outbox, ledger)


def write(url, folder, at, killed_at=0):
    """What the writer acknowledged: pairs of a case and a number; and how it ended."""
    imports, rest = WRITER.split("url, folder", 1)
    program = f"{imports}{inspect.getsource(play)}\nurl, folder{rest}"
    command = [sys.executable, "-c", program, url, str(folder), at, str(killed_at), *CASES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line.split() for line in done.stdout.splitlines()]
    return [(case, int(number)) for case, number in said], done.returncode, done.stderr


def require_whole(store, ledger, acknowledged):
    """The store as the next one to open it finds it."""
    last = dict(acknowledged)
    for case in CASES:
        events = store.events(case)
        kept = len(events)

        assert last.get(case, 0) <= kept <= last.get(case, 0) + 1
        if events:
            line = next(one for one in store.cases() if one.case_id == case)
            assert (kept, fold(events).state) == (line.seq, line.state)
            assert (kept == 5) == line.erased
    owed = [one for one in store.cases() if not one.erased]
    assert sum(one.seq for one in owed) == len(store.notices.unsent())
    deliver(store.outbox, ledger)
    check_against(store.outbox, ledger)
    assert 1 + sum(one.seq for one in store.cases()) == len(list(ledger.leaves()))


class Killed:
    """Subclasses give ``fresh``, which returns the address of an empty store, and ``few``."""

    def run(self, fresh, opened, tmp_path, at, chosen):
        """``chosen`` of all moments of a kind, in each of which a writer of its own is killed."""
        whole = FileLeaves(tmp_path / "whole")
        whole.add([FIRST])
        acknowledged, code, said = write(fresh(), tmp_path / "whole", at)
        assert 0 == code, said
        moments = range(1, dict(acknowledged).pop("passed") + 1)
        for number in chosen(moments):
            url, folder = fresh(), tmp_path / str(number)
            ledger = FileLeaves(folder)
            ledger.add([FIRST])
            acknowledged, code, said = write(url, folder, at, number)
            assert -signal.SIGKILL == code, said
            store = opened(url)
            require_whole(store, ledger, acknowledged)
            play(store, ledger, CASES, lambda *_: None)
            assert 11 == len(list(ledger.leaves()))
        return moments

    def test_killed_anywhere_nothing_is_lost_and_nothing_doubled(self, fresh, opened, tmp_path):
        self.run(fresh, opened, tmp_path, "states", lambda all_: CHANCE.sample(all_, self.few))

    @pytest.mark.bench
    def test_killed_at_fifty_places_nothing_is_lost_and_nothing_doubled(
        self, fresh, opened, tmp_path
    ):
        self.run(fresh, opened, tmp_path, "lines", lambda all_: CHANCE.sample(all_, 50))

    @pytest.mark.bench
    def test_killed_in_every_state_of_the_disk_nothing_is_lost_and_nothing_doubled(
        self, fresh, opened, tmp_path
    ):
        assert 50 < len(self.run(fresh, opened, tmp_path, "states", iter))


class TestSqliteKilled(Killed):
    few = 5

    @pytest.fixture
    def fresh(self, sqlite_template, tmp_path):
        numbers = iter(range(1000))

        def copied():
            path = tmp_path / f"{next(numbers)}.db"
            path.write_bytes(sqlite_template.read_bytes())
            return f"sqlite:///{path}"

        return copied


class TestPostgresKilled(Killed):
    few = 2

    @pytest.fixture
    def fresh(self, postgres_store, empty):
        return lambda: empty(postgres_store).app


def test_on_a_full_disk_an_event_is_entered_whole_or_not_at_all(sqlite_url, opened):
    """SQLite answers the same whether the disk is full or the most pages are used."""
    store = opened(sqlite_url)
    engine = store._base.database._engine
    store.append(Steps("a" * 32).drafted())

    def fill(connection, _):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine, "connect", fill)

    def enter_many():
        for seq in range(2, 200):
            store.append(Steps("a" * 32).drafted(seq, "long " * 200))
            entered.append(seq)

    store.close()
    entered = [1]
    with pytest.raises(RunError, match="full"):
        enter_many()
    with pytest.raises(RunError, match="full"):
        store.intake.put_reviews([review(version=n, final="x" * 4000) for n in range(1, 50)])
    event.remove(engine, "connect", fill)
    store.close()

    assert entered[-1] == len(store.events("a" * 32)) == len(store.outbox.waiting().leaves)
    assert () == store.intake.reviews()
    store.append(Steps("a" * 32).drafted(entered[-1] + 1))


def test_where_the_ledgers_disk_is_full_leaves_wait_and_arrive_once(
    sqlite_url, opened, tmp_path, monkeypatch
):
    store = opened(sqlite_url)
    ledger = FileLeaves(tmp_path / "ledger")
    ledger.add([FIRST])
    store.append(Steps("a" * 32).drafted())
    really = os.write

    def half(handle, data):
        really(handle, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(govern.store.lines.os, "write", half)
        with pytest.raises(RunError, match="No space left"):
            deliver(store.outbox, ledger)
    assert 1 == len(store.outbox.waiting().leaves) == len(list(ledger.leaves()))
    assert 1 == deliver(store.outbox, ledger)
    check_against(store.outbox, ledger)


def test_a_delivery_killed_before_it_was_confirmed_is_not_repeated(sqlite_url, opened):
    store = opened(sqlite_url)
    ledger = MemoryLeaves()
    ledger.add([FIRST])
    store.append(Steps("a" * 32).drafted())
    ledger.add(store.outbox.waiting().leaves)
    store.append(Steps("a" * 32).drafted(2))

    assert 1 == deliver(store.outbox, ledger)
    assert 3 == len(list(ledger.leaves()))
    check_against(store.outbox, ledger)


def test_what_the_ledger_lacks_or_the_store_does_is_found(sqlite_url, opened):
    store = opened(sqlite_url)
    for seq in (1, 2):
        store.append(Steps("a" * 32).drafted(seq))
    first, second = store.outbox.waiting().leaves
    store.outbox.delivered([first.id, second.id], seen=3)
    other = first.model_copy(update={"id": "f" * 32})

    for leaves, said in (
        ((FIRST, first), "1 events of the store are not in the ledger"),
        ((FIRST, first, second, first), "in the ledger already"),
        ((FIRST, first, second, other), "has no such event"),
        ((FIRST, first, second.model_copy(update={"kind": "contest.final"})), "or another one"),
    ):
        ledger = MemoryLeaves()
        ledger.add(leaves)
        with pytest.raises(IntegrityError, match=said):
            check_against(store.outbox, ledger)
