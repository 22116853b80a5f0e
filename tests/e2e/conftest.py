"""The command line as a user drives it, in this process, in a folder of its own."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from given_commands import copied, given

from govern.cli import main


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Govern = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that commands run in, with a passphrase in the environment."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GOVERN_KEY_PASSPHRASE", "correct horse")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return folder


@pytest.fixture
def govern(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Govern:
    """Run ``govern ARGS`` and collect exit code, stdout and stderr."""

    def run(*args: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["govern", *args])
        capfd.readouterr()
        code: Any = 0
        with warnings.catch_warnings():
            try:
                main()
            except SystemExit as end:
                code = end.code
        out, err = capfd.readouterr()
        return Result(code or 0, out, err)

    return run


@pytest.fixture
def unmirrored(monkeypatch: pytest.MonkeyPatch) -> None:
    """No MLflow: its first connection costs seconds, and its own tests have it."""
    monkeypatch.setattr("govern.app.mirror.run", lambda *_args, **_more: None)
    monkeypatch.setattr("govern.app.mirror.decision", lambda *_args, **_more: None)


@pytest.fixture
def started(govern: Govern, project: Path, unmirrored: None) -> Path:
    """A fresh project made by ``govern init``."""
    assert govern("init", ".").code == 0
    return project


@pytest.fixture(scope="session")
def one_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one run, ``first``; to be copied."""
    folder = tmp_path_factory.mktemp("one-run")
    given(folder, "init .", "run my-reviews --pipeline my-function --id first")
    return folder


@pytest.fixture(scope="session")
def one_signed_run(one_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, its policy signed by the two that it asks for; to be copied."""
    folder = tmp_path_factory.mktemp("one-signed-run")
    copied(one_run, folder)
    given(
        folder,
        "keys init ana --role board-chair",
        "keys init ben --role worker-representative",
        "policy sign my-policy --key ana",
        "policy sign my-policy --key ben",
    )
    return folder


@pytest.fixture
def ran(one_run: Path, govern: Govern, project: Path, unmirrored: None) -> Path:
    """A project of one's own with a finished run, ``first``."""
    return copied(one_run, project)


@pytest.fixture
def signed(one_signed_run: Path, govern: Govern, project: Path, unmirrored: None) -> Path:
    """The same with a signed policy."""
    return copied(one_signed_run, project)


def sign(govern: Govern, policy: str) -> None:
    """Make the two keys that the starter policy asks for, and sign with both."""
    for name, role in (("ana", "board-chair"), ("ben", "worker-representative")):
        assert govern("keys", "init", name, "--role", role).code == 0
        assert govern("policy", "sign", policy, "--key", name).code == 0
