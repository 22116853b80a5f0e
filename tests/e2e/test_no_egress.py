"""The main job with every socket beyond loopback refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from forked_commands import commands

EGRESS = Path(__file__).parents[1] / "egress"


def confined(home):
    """The environment of a Python that cannot leave the machine, with an empty home."""
    home.mkdir(exist_ok=True)
    paths = [str(EGRESS), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join(paths),
        "GOVERN_KEY_PASSPHRASE": "correct horse",
    }


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('192.0.2.1', 80), 1)",
        "import socket; socket.getaddrinfo('example.org', 443)",
        "import urllib.request as u; u.urlopen('http://198.51.100.7/', timeout=1)",
    ],
)
def test_the_guard_itself_refuses_what_would_leave(tmp_path, attempt):
    refused = subprocess.run(
        [sys.executable, "-c", attempt],
        env=confined(tmp_path / "home"),
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 != refused.returncode
    assert "nothing here may leave this machine" in refused.stderr


def test_from_an_empty_home_to_a_signed_decision_nothing_leaves_the_machine(tmp_path):
    """MLflow's mirror included: its telemetry is off unless somebody turns it on."""
    steps = [
        ("init", "project"),
        ("run", "my-reviews", "--pipeline", "my-function", "--id", "first"),
        ("keys", "init", "ana", "--role", "board-chair"),
        ("keys", "init", "ben", "--role", "worker-representative"),
        ("policy", "sign", "my-policy", "--key", "ana"),
        ("policy", "sign", "my-policy", "--key", "ben"),
        ("gate", "first", "--policy", "my-policy"),
    ]
    folder = tmp_path / "project"
    with commands(tmp_path, confined(tmp_path / "home")) as give:
        for step in steps:
            done = give(*step, folder=folder if folder.exists() else tmp_path, more={})
            assert 0 == done.returncode, done.stderr
            assert "leave this machine" not in done.stderr
            assert "Traceback" not in done.stderr
    assert (folder / ".govern/mlflow.db").exists()
