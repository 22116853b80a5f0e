"""A real PostgreSQL: the one that GOVERN_TEST_POSTGRES names, or Debian's, on a socket alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import URL, make_url

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
_numbers = count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """The address of a server that tests may make schemas in."""
    pytest.importorskip("psycopg", reason="the extra 'postgres' is not installed")
    named = os.environ.get("GOVERN_TEST_POSTGRES")
    if named:
        yield make_url(named).set(drivername="postgresql+psycopg")
    elif BINARIES:
        yield from _own_server(BINARIES[-1])
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


def _own_server(binaries: Path) -> Iterator[URL]:
    """A cluster in a folder of its own; PostgreSQL refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="govern-pg-"))
    become = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        become = ["runuser", "-u", "postgres", "--"]

    def run(*command: str) -> None:
        subprocess.run(
            [*become, *command],
            check=True,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    data, control = str(folder / "data"), str(binaries / "pg_ctl")
    run(str(binaries / "initdb"), "-D", data, "-A", "trust", "-U", "postgres", "--no-sync")
    settings = f"-c listen_addresses='' -k {folder} -c fsync=off"
    run(control, "-D", data, "-w", "-o", settings, "start")
    try:
        yield URL.create(
            "postgresql+psycopg",
            username="postgres",
            database="postgres",
            query={"host": str(folder)},
        )
    finally:
        run(control, "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)
