"""A real PostgreSQL: the one that GOVERN_TEST_POSTGRES names, or Debian's, on a socket alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import URL, make_url

from govern.store.contests.store import SqlContestStore
from govern.store.contests.tables import META
from govern.store.vault import KeyRing
from govern.testing.postgres import BINARIES, own_server

PAGE = Path(__file__).parents[2] / "docs" / "contest-store.md"
LOGINS = re.compile(r"^CREATE ROLE .*;$", re.MULTILINE)
"""What the page tells a company to enter is what the tests enter."""
_numbers = count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """The address of a server that tests may make schemas in."""
    pytest.importorskip("psycopg", reason="the extra 'postgres' is not installed")
    named = os.environ.get("GOVERN_TEST_POSTGRES")
    if named:
        yield make_url(named).set(drivername="postgresql+psycopg")
    elif BINARIES:
        with own_server("fsync=off") as server:
            yield server
    else:
        pytest.skip("no PostgreSQL: GOVERN_TEST_POSTGRES is unset, /usr/lib/postgresql is empty")


@pytest.fixture
def postgres_url(postgres: URL) -> Iterator[str]:
    """An empty schema of its own."""
    schema = f"govern_test_{os.getpid()}_{next(_numbers)}"
    engine = create_engine(postgres, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    own = postgres.update_query_dict({"options": f"-csearch_path={schema}"})
    yield own.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


@pytest.fixture
def race() -> Callable[[str, Sequence[str]], None]:
    """Run a program once for each of two names at the same moment; both must end well.

    It is given ``arguments``, then its name; it says ``ready`` and waits for a line.
    """

    def run(program: str, arguments: Sequence[str]) -> None:
        racers = [
            subprocess.Popen(
                [sys.executable, "-c", program, *arguments, name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            for name in "ab"
        ]
        for racer in racers:
            assert racer.stdout is not None
            assert b"ready\n" == racer.stdout.readline()
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write(b"\n")
            racer.stdin.flush()
        for racer in racers:
            racer.communicate()
        assert [0, 0] == [racer.returncode for racer in racers]

    return run


@pytest.fixture(scope="session")
def ring() -> KeyRing:
    """A vault key for tests."""
    return KeyRing((b"v" * 32,))


@pytest.fixture(scope="session")
def sqlite_template(ring: KeyRing, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store of contests, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    SqlContestStore("sqlite:///contests.db", ring, root=folder).close()
    return folder / "contests.db"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A store of contests in a file of its own."""
    path = tmp_path / "contests.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def opened(ring: KeyRing) -> Iterator[Callable[..., SqlContestStore]]:
    """What opens stores of contests, and closes them after the test."""
    stores: list[SqlContestStore] = []

    def open_store(url: str, reader_url: str | None = None) -> SqlContestStore:
        stores.append(SqlContestStore(url, ring, root=Path("/"), reader_url=reader_url))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


class Logins(NamedTuple):
    """One store of contests: by its owner, by the application, by a login that may only read."""

    owner: str
    app: str
    reader: str


@pytest.fixture(scope="session")
def postgres_store(postgres: URL, ring: KeyRing) -> Iterator[Logins]:
    """A store of contests, made once."""
    number = os.getpid()
    schema, app, reader = (f"govern_test_{name}_{number}" for name in ("store", "app", "reader"))
    engine = create_engine(postgres, poolclass=NullPool)
    own = postgres.update_query_dict({"options": f"-csearch_path={schema}"})
    logins = Logins(
        *(
            own.set(username=name).render_as_string(hide_password=False)
            for name in (postgres.username, app, reader)
        )
    )
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    SqlContestStore(logins.owner, ring, root=Path("/")).close()
    with engine.begin() as connection:
        for statement in LOGINS.findall(PAGE.read_text()):
            named = statement.replace("govern_app", app).replace("govern_people", reader)
            connection.execute(text(named))
    yield logins
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        connection.execute(text(f"DROP ROLE {app}, {reader}"))


@pytest.fixture
def logins(postgres_store: Logins) -> Logins:
    """The same store without a row."""
    return emptied(postgres_store)


@pytest.fixture(scope="class")
def class_logins(postgres_store: Logins) -> Logins:
    """The same store, emptied before the first test of a class."""
    return emptied(postgres_store)


@pytest.fixture(scope="session")
def empty() -> Callable[[Logins], Logins]:
    """What empties a store, for tests that need several."""
    return emptied


def emptied(postgres_store: Logins) -> Logins:
    """The same store, emptied by somebody who may do anything."""
    with create_engine(postgres_store.owner, poolclass=NullPool).begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in META.sorted_tables:
            connection.execute(table.delete())
    return postgres_store
