"""The commands of docs/ledger.md run as they stand, in their order."""

from __future__ import annotations

import re
import shlex
import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from govern.app.record import open_ledger
from govern.cli import main
from govern.sources.locate import find_project

PAGE = (Path(__file__).parents[2] / "docs/ledger.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def run() -> tuple[object, str]:
    out = StringIO()
    with redirect_stdout(out):
        try:
            main()
        except SystemExit as end:
            return end.code or 0, out.getvalue()
    return 0, out.getvalue()


def test_the_commands_of_the_page_run_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOVERN_KEY_PASSPHRASE", "correct horse")
    monkeypatch.delenv("GOVERN_RECORD_URL", raising=False)
    monkeypatch.setattr("govern.attest.keys.KDF_ROUNDS", 1)
    monkeypatch.setattr("govern.cli.context.now", lambda: NOW)
    (tmp_path / "govern.toml").touch()
    record = open_ledger(find_project(tmp_path))
    record.append("intent", {"run_id": "a"}, NOW)
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    said = ""

    for line in lines:
        command, _, target = line.partition(" > ")
        monkeypatch.setattr(sys, "argv", shlex.split(command))
        code, out = run()
        assert 0 == code, line
        said += out
        if target:
            (tmp_path / target).write_text(out, encoding="utf-8")
        if line.startswith("govern ledger checkpoint --cosigned"):
            record.append("intent", {"run_id": "b"}, NOW)

    assert len(lines) == 11
    assert "They begin as in the checkpoint kept: 2 leaves." in said
    assert "old 2" in (tmp_path / "growth.txt").read_text(encoding="utf-8")
    assert (tmp_path / "week-47-ben.txt").read_text(encoding="utf-8").count("— ben ") == 1


def test_the_page_names_the_exit_codes_that_the_command_has():
    assert "exit code 13" in PAGE
    assert "exit code 11" in PAGE
