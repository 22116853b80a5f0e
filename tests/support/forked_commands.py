"""``govern`` in a process of its own for each command, its libraries read once for all of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

PARENT = """
import json, os, sys
import govern.app.gate, govern.app.mirror, govern.app.run, govern.metrics, inspect_ai, mlflow
from govern.cli import main

for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(code, flush=True)
        continue
    os.chdir(asked["folder"])
    os.environ.update(asked["environment"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for handle, path in enumerate(asked["files"], start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), handle)
    sys.argv = asked["command"]
    main()
    break
"""


class Give(Protocol):
    """Give a command in a folder, with more in its environment; how it ended and what it said."""

    def __call__(
        self, *words: str, folder: Path, more: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]: ...


@contextmanager
def commands(home: Path, environment: Mapping[str, str]) -> Iterator[Give]:
    """A process that is copied for each command; ``environment`` and ``home`` are all it has."""
    files = [home / "said.out", home / "said.err"]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=home,
        env={"DO_NOT_TRACK": "true", "MLFLOW_DISABLE_TELEMETRY": "true", **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdin is not None
    assert parent.stdout is not None

    def give(
        *words: str, folder: Path, more: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        asked = {
            "command": ["govern", *words],
            "folder": str(folder),
            "environment": dict(more),
            "files": [str(path) for path in files],
        }
        print(json.dumps(asked), file=parent.stdin, flush=True)
        code = int(parent.stdout.readline())
        out, err = (path.read_text(encoding="utf-8") for path in files)
        return subprocess.CompletedProcess(words, code, out, err)

    with parent:
        yield give
        parent.stdin.close()
    assert 0 == parent.returncode
