"""The application over a made-up record, whoever is to be signed in, and a clock to turn."""

from __future__ import annotations

import re
import shutil
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi.testclient import TestClient
from httpx import Response
from playwright import sync_api

from govern.app.contests import open_contests
from govern.app.served import ProjectRecords
from govern.app.served_demo import seed_demo
from govern.domain.access import Doors, Visitor
from govern.domain.contest import Role
from govern.domain.contest_store import Read
from govern.sources.locate import Project
from govern.web.app import create_app
from govern.web.guard import Guard
from govern.web.services import Services
from govern.web.sessions import offer_link
from govern.web.settings import Limits, Settings

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECRET = b"a secret of the tests, long enough"
MANY = Limits(per_session=100_000, per_address=100_000, tries_per_address=100_000)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = shutil.which("chromium")
    if found is None:
        pytest.fail("the browser tests need chromium; `make browser` installs Debian's")
    return found


@dataclass
class Site:
    """The application with what stands behind it, all of which a test may look at."""

    project: Project
    settings: Settings
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.contests = open_contests(self.project)
        self.services = Services(ProjectRecords(self.project), self.contests, lambda: self.now)
        self.app: Guard = create_app(self.services, self.settings)

    @property
    def doors(self) -> Doors:
        return self.services.doors

    @property
    def reads(self) -> tuple[Read, ...]:
        """What was logged since the made-up record was seeded."""
        return tuple(read for read in self.contests.store.read_log.reads() if read.at >= NOW)

    def client(self) -> TestClient:
        """A browser of its own, nobody signed in."""
        return TestClient(
            self.app,
            base_url=self.settings.origin,
            follow_redirects=False,
            raise_server_exceptions=False,
        )

    def link(
        self, *roles: Role, days: int = 1, name: str = "Invented Person", person: str = "p-1"
    ) -> str:
        """The path of a one-time link."""
        visitor = Visitor(person=person, name=name, roles=roles, by="one-time link")
        until = self.now + timedelta(days=days)
        return offer_link(self.doors, visitor, origin="", until=until)

    def signed_in(self, *roles: Role, **who: str) -> TestClient:
        """A browser in which somebody is signed in; ``who`` as for ``link``."""
        client = self.client()
        path = self.link(*roles, **who)
        sent = client.post(path, data={"form_token": self.token(client.get(path).text)})
        assert sent.status_code == 303
        return client

    def token(self, html: str) -> str:
        """What a page's forms send back."""
        found = re.search(r'name="form_token" value="([0-9a-f]{64})"', html)
        assert found, html
        return found[1]

    def send(self, client: TestClient, page: str, to: str = "", **fields: Any) -> Response:
        """Open a page and send a form from it, by default to the page itself."""
        html = client.get(page).text
        hidden = {"form_token": self.token(html)}
        if seen := re.search(r'name="seen" value="(\d+)"', html):
            hidden["seen"] = seen[1]
        return client.post(to or page, data=hidden | fields)

    def decision(self, candidate: str) -> str:
        """The id of the decision about a candidate."""
        lines = self.services.records.decisions(now=self.now)
        return next(line.id for line in lines if line.candidate.startswith(candidate))

    def case_of(self, employee: str) -> str:
        """The id of the contest that an invented employee sent."""
        store = self.contests.store
        me = store.pseudonym(employee)
        [found] = (
            line.case_id
            for line in store.cases(person=employee)
            if any(p.role == "employee" and p.person == me for p in line.parties)
        )
        return found


def settings(**changes: Any) -> Settings:
    given: dict[str, Any] = {"secret": SECRET, "limits": MANY}
    return Settings(**(given | changes))


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A made-up record, which is to be copied."""
    project = seed_demo(tmp_path_factory.mktemp("record") / "project", now=NOW)
    with sqlite3.connect(project.state / "contests.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return project


@pytest.fixture
def project(record: Project, tmp_path: Path) -> Project:
    """A copy of it that a test may change."""
    left = shutil.ignore_patterns("cache")
    return Project(shutil.copytree(record.root, tmp_path / "project", ignore=left), configured=True)


MakeSite = Callable[..., Site]


@pytest.fixture
def make_site(project: Project) -> Iterator[MakeSite]:
    """A site with other settings."""
    made: list[Site] = []

    def make(**changes: Any) -> Site:
        made.append(Site(project, settings(**changes)))
        return made[-1]

    yield make
    for site in made:
        site.contests.store.close()


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site()


@pytest.fixture
def serve() -> Callable[..., AbstractContextManager[None]]:
    """Let an application answer on a socket while a block runs."""
    return _served


@contextmanager
def _served(app: Any, listener: socket.socket) -> Iterator[None]:
    """``app`` answers on a socket while the block runs."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that listens on this machine, on a port that was free."""
    with _free_socket() as listening:
        yield listening


def _free_socket() -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Open:
    """A site that a browser can reach, and ways to open it."""

    site: Site
    browser: sync_api.Browser
    contexts: list[sync_api.BrowserContext]

    def page(
        self,
        *roles: Role,
        name: str = "Invented Person",
        person: str = "p-1",
        **context: Any,
    ) -> sync_api.Page:
        """A page of a browser of its own, somebody signed in on it."""
        opened = self.browser.new_context(base_url=self.site.settings.origin, **context)
        self.contexts.append(opened)
        page = opened.new_page()
        if roles:
            page.goto(self.site.link(*roles, name=name, person=person))
            page.get_by_role("button", name="Continue as").click()
            page.wait_for_url("**/")
        return page


@pytest.fixture
def opened(
    make_site: MakeSite,
    listener: socket.socket,
    serve: Callable[..., AbstractContextManager[None]],
    chromium: sync_api.Browser,
) -> Iterator[Open]:
    site = make_site(port=listener.getsockname()[1])
    contexts: list[sync_api.BrowserContext] = []
    with serve(site.app, listener):
        yield Open(site, chromium, contexts)
        for context in contexts:
            context.close()
