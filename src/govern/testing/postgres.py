"""A PostgreSQL of one's own, from Debian's package, for tests and benchmarks."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
"""Empty where the package is not installed."""


@contextmanager
def own_server(*settings: str) -> Iterator[URL]:
    """The address of a fresh cluster that listens on a socket alone and is gone afterwards.

    ``settings`` such as ``fsync=off`` are given to the server. PostgreSQL refuses to run as root,
    so root becomes the user ``postgres``.
    """
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

    data, control = str(folder / "data"), str(BINARIES[-1] / "pg_ctl")
    run(str(BINARIES[-1] / "initdb"), "-D", data, "-A", "trust", "-U", "postgres", "--no-sync")
    given = " ".join(f"-c {setting}" for setting in settings)
    run(control, "-D", data, "-w", "-o", f"-c listen_addresses='' -k {folder} {given}", "start")
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
