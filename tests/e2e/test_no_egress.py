"""The main job with every socket beyond loopback refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EGRESS = Path(__file__).parents[1] / "egress"
GOVERN = "from govern.cli import main; main()"


def python(code, *arguments, cwd):
    """A fresh Python that cannot leave the machine, with an empty home."""
    home = cwd / "home"
    home.mkdir(exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": str(EGRESS),
        "GOVERN_KEY_PASSPHRASE": "correct horse",
    }
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('192.0.2.1', 80), 1)",
        "import socket; socket.getaddrinfo('example.org', 443)",
        "import urllib.request as u; u.urlopen('http://198.51.100.7/', timeout=1)",
    ],
)
def test_the_guard_itself_refuses_what_would_leave(tmp_path, attempt):
    refused = python(attempt, cwd=tmp_path)

    assert 0 != refused.returncode
    assert "nothing here may leave this machine" in refused.stderr


def test_from_an_empty_home_to_a_signed_decision_nothing_leaves_the_machine(tmp_path):
    """MLflow's mirror included: its telemetry is off unless somebody turns it on."""
    steps = [
        ("init", "."),
        ("run", "my-reviews", "--pipeline", "my-function", "--id", "first"),
        ("keys", "init", "ana", "--role", "board-chair"),
        ("keys", "init", "ben", "--role", "worker-representative"),
        ("policy", "sign", "my-policy", "--key", "ana"),
        ("policy", "sign", "my-policy", "--key", "ben"),
        ("gate", "first", "--policy", "my-policy"),
    ]
    folder = tmp_path / "project"
    folder.mkdir()
    for step in steps:
        done = python(GOVERN, *step, cwd=folder) if step[0] != "init" else init(folder)
        assert 0 == done.returncode, done.stderr
        assert "leave this machine" not in done.stderr
        assert "Traceback" not in done.stderr
    assert (folder / ".govern/mlflow.db").exists()


def init(folder):
    inner = python(GOVERN, "init", "inner", cwd=folder)
    for path in (folder / "inner").iterdir():
        path.rename(folder / path.name)
    return inner
