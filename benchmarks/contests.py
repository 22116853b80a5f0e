"""How many events a store of contests enters, reads and delivers a second.

SQLite in a temporary folder; with ``--postgres URL`` PostgreSQL too, in a schema that is dropped
afterwards. Every event is on the disk before the next one is entered.
"""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

from govern.domain.access import Holder
from govern.domain.ledger import Leaf
from govern.store.contests.outbox import deliver
from govern.store.contests.store import SqlContestStore
from govern.store.vault import KeyRing
from govern.testing.contest_steps import BEGAN, Steps
from govern.testing.ledger import MemoryLeaves

CASES = 40
WRITERS = 4
TOKEN = "t" * 40
RING = KeyRing((b"b" * 32,))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", metavar="URL")
    named = parser.parse_args().postgres
    with tempfile.TemporaryDirectory() as folder:
        report("SQLite", lambda: SqlContestStore("sqlite:///c.db", RING, root=Path(folder)))
    if named is None:
        return
    with schema(named) as url:
        report("PostgreSQL", lambda: SqlContestStore(url, RING, root=Path("/")))


@contextmanager
def schema(named: str) -> Iterator[str]:
    server = make_url(named).set(drivername="postgresql+psycopg")
    name = f"govern_bench_{os.getpid()}"
    engine = create_engine(server, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    own = server.update_query_dict({"options": f"-csearch_path={name}"})
    try:
        yield own.render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))


def report(name: str, opened: Callable[[], SqlContestStore]) -> None:
    store = opened()
    cases = [secrets.token_hex(16) for _ in range(CASES)]
    events = [event for case in cases for event in Steps(case).until_under_review()]
    alone = rate(len(events), lambda: [store.append(event) for event in events])
    print(f"{name}: {alone:.0f} events/s entered by one writer")
    together = rate(WRITERS * CASES, lambda: race(opened))
    print(f"{name}: {together:.0f} events/s entered by {WRITERS} writers")
    store.passes.issue(
        "session", TOKEN, Holder(person="ana", roles=("employee",)), BEGAN.replace(year=2076)
    )
    ana = store.seen_by(TOKEN, BEGAN)
    reads = [timed(lambda case=case: ana.events(case)) for case in cases]
    print(f"{name}: {1000 * statistics.median(reads):.1f} ms to read a case of 5 events, median")
    ledger = MemoryLeaves()
    first = Leaf(
        id="0" * 32, kind="chain", hour="2026-11-25T12Z", actor_role="record", commitment="0" * 64
    )
    ledger.add([first])
    waiting = len(store.outbox.waiting().leaves)
    print(f"{name}: {rate(waiting, lambda: deliver(store.outbox, ledger)):.0f} leaves/s delivered")
    store.close()


def race(opened: Callable[[], SqlContestStore]) -> None:
    def write() -> None:
        store = opened()
        for _ in range(CASES // 5):
            for event in Steps(secrets.token_hex(16)).until_under_review():
                store.append(event)
        store.close()

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def rate(number: int, work: Callable[[], object]) -> float:
    return number / timed(work)


if __name__ == "__main__":
    main()
