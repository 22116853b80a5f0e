"""How long a page takes for one user and for 50 at once, on SQLite and on PostgreSQL.

``govern serve`` in a process of its own over the record of its demo, with its contests so many
times over that there are 200; each user asks anew as soon as they were answered, which no person
does. The processor's time is that of this process alone, and
does not depend on what else the machine does. PostgreSQL is Debian's, with its own defaults;
without the package it is left out.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

import httpx
import numpy as np
from sqlalchemy import NullPool, create_engine, text

from govern.app.contests import open_contests
from govern.app.served import ProjectRecords
from govern.app.served_demo import demo_visitors, seed_demo
from govern.domain.access import Visitor
from govern.domain.contest import Event, Role
from govern.domain.review_intake import IntakeReview
from govern.sources.locate import Project
from govern.testing.postgres import BINARIES, own_server
from govern.web.sessions import Cookies, Sessions
from govern.web.settings import Settings, read_settings

Told = TypeVar("Told", Event, IntakeReview)
USERS = 50
ASKED_ALONE = 20
ASKED_EACH = 4
CASES = 200
NO_LIMITS = "[web.limits]\nper_session = 1000000\nper_address = 1000000\n"
TIMEOUT_S = 120


class Page(NamedTuple):
    """A page, who asks for it, and its address in the demo's project."""

    name: str
    role: Role
    path: Callable[[Project], str]


def _decision(area: str, more: str = "") -> Callable[[Project], str]:
    def path(project: Project) -> str:
        [newest, *_] = ProjectRecords(project).decisions(now=datetime.now(UTC))
        return f"/{area}/decisions/{newest.id}{more}"

    return path


def _case(area: str, role: Role) -> Callable[[Project], str]:
    """The page of a case that the demo's person of a role has a part in."""

    def path(project: Project) -> str:
        store = open_contests(project).store
        [line, *_] = store.cases(person=visitor_of(role).person, states=("decided",))
        store.close()
        return f"/{area}/{line.case_id}"

    return path


PAGES = (
    Page("start", "employee", lambda _: "/"),
    Page("my reviews", "employee", lambda _: "/reviews"),
    Page("my cases", "employee", lambda _: "/mine"),
    Page("my case", "employee", _case("mine", "employee")),
    Page("handler's queue", "case-handler", lambda _: "/handling"),
    Page("a case, handled", "case-handler", _case("handling", "case-handler")),
    Page("decider's queue", "decider", lambda _: "/deciding"),
    Page("decisions", "board", lambda _: "/board"),
    Page("a decision", "board", _decision("board")),
    Page("its report", "board", _decision("board", "/report")),
    Page("audit", "auditor", lambda _: "/audit"),
    Page("a decision, checked", "auditor", _decision("audit")),
    Page("its folder", "auditor", _decision("audit", "/folder")),
    Page("the record", "auditor", lambda _: "/audit/record"),
)


class Asked(NamedTuple):
    """Seconds that each answer took, how many were errors, and seconds in all: passed, and of the
    server's processor."""

    took: np.ndarray
    errors: int
    passed: float
    used: float


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        report("SQLite", Path(folder), {})
    if not BINARIES:
        print("PostgreSQL: not measured; Debian's package is not installed")
        return
    with own_server() as server, tempfile.TemporaryDirectory() as folder:
        with create_engine(server, poolclass=NullPool).connect() as connection:
            name = f"PostgreSQL {connection.scalar(text('SHOW server_version')).split('.')[0]}"
        url = server.render_as_string(hide_password=False)
        report(name, Path(folder), {"GOVERN_RECORD_URL": url, "GOVERN_STORE_URL": url})


def report(name: str, folder: Path, urls: Mapping[str, str]) -> None:
    given = {"GOVERN_VAULT_KEY": secrets.token_hex(32), "GOVERN_WEB_SECRET": secrets.token_hex(32)}
    os.environ.update(given | urls)
    project = seed_demo(folder / "project", now=datetime.now(UTC))
    add_cases(project)
    (project.root / "govern.toml").write_text(NO_LIMITS, encoding="utf-8")
    settings = read_settings(project.root, host=None, port=free_port())
    print(f"{name}, load {os.getloadavg()[0]:.1f} before\n")
    print(
        f"| page | alone p50 | p95 | {USERS} users p50 | p95 | max | ratio of p50 "
        "| requests/s | processor a request |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    with served(project, settings) as server:
        for page in PAGES:
            print_row(page, *asyncio.run(both(page, project, settings, server)))
    print()


def add_cases(project: Project) -> None:
    """The demo's contests over and over, each time of other people's reviews."""
    store = open_contests(project).store
    told = store.opened()
    for n in range(len(told), CASES):
        of = told[n % len(told)]
        for review in of.reviews:
            store.intake.put_reviews([_of_another(review, of.reviews[0].employee, n)])
        for event in of.events:
            store.append(_of_another(event, of.reviews[0].employee, n))
    store.close()


def _of_another(noun: Told, employee: str, n: int) -> Told:
    """The same in the case, or of the review, of somebody who is nowhere else."""
    text = noun.model_dump_json().replace(f'"{employee}"', f'"made-up-{n}"')
    text = text.replace(f'"review-of-{employee}"', f'"review-of-made-up-{n}"')
    if isinstance(noun, Event):
        text = text.replace(noun.case_id, f"{n:032x}")
    return type(noun).model_validate_json(text)


def print_row(page: Page, alone: Asked, together: Asked) -> None:
    if alone.errors + together.errors:
        raise SystemExit(f"{page.name}: {alone.errors} errors alone, {together.errors} together")
    one, many = (1000 * np.quantile(asked.took, [0.5, 0.95, 1]) for asked in (alone, together))
    print(
        f"| {page.name} | {one[0]:.0f} ms | {one[1]:.0f} ms | {many[0]:.0f} ms | {many[1]:.0f} ms "
        f"| {many[2]:.0f} ms | {many[0] / one[0]:.0f} "
        f"| {len(together.took) / together.passed:.0f} "
        f"| {1000 * together.used / len(together.took):.0f} ms |",
        flush=True,
    )


async def both(
    page: Page, project: Project, settings: Settings, server: int
) -> tuple[Asked, Asked]:
    path = page.path(project)
    users = signed_in(page.role, project, settings)
    await ask(users[:1], path, 3, server)
    alone = await ask(users[:1], path, ASKED_ALONE, server)
    together = await ask(users, path, ASKED_EACH, server)
    await asyncio.gather(*(user.aclose() for user in users))
    return alone, together


def signed_in(role: Role, project: Project, settings: Settings) -> list[httpx.AsyncClient]:
    """Browsers in which the demo's person of this role is signed in, each with its own session."""
    visitor = visitor_of(role)
    store = open_contests(project).store
    sessions = Sessions(store.doors, settings)
    name = Cookies(settings).session
    tokens = [sessions.sign_in(visitor, former=None, now=datetime.now(UTC)) for _ in range(USERS)]
    store.close()
    return [
        httpx.AsyncClient(base_url=settings.origin, cookies={name: token}, timeout=TIMEOUT_S)
        for token in tokens
    ]


def visitor_of(role: Role) -> Visitor:
    [visitor] = [one for one in demo_visitors() if one.roles == (role,)]
    return visitor


async def ask(users: list[httpx.AsyncClient], path: str, times: int, server: int) -> Asked:
    took: list[float] = []
    errors = 0

    async def one(user: httpx.AsyncClient) -> None:
        nonlocal errors
        for _ in range(times):
            started = time.perf_counter()
            answer = await user.get(path)
            took.append(time.perf_counter() - started)
            errors += answer.status_code != 200

    started, before = time.perf_counter(), processor_of(server)
    await asyncio.gather(*(one(user) for user in users))
    passed, used = time.perf_counter() - started, processor_of(server) - before
    return Asked(np.array(took), errors, passed, used)


def processor_of(process: int) -> float:
    """Seconds of the processor that it has used, with all its threads; see proc(5)."""
    stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(project: Project, settings: Settings) -> Iterator[None]:
    command = [
        sys.executable,
        "-c",
        "from govern.cli import main; main()",
        "serve",
        "--port",
        str(settings.port),
    ]
    server = subprocess.Popen(command, cwd=project.root)
    try:
        wait_for(f"{settings.origin}/health", server)
        yield server.pid
    finally:
        server.terminate()
        server.wait()


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit("the server ended")
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    main()
