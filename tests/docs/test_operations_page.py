"""The commands of docs/operations.md run as they stand, in its order, against a real PostgreSQL."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner

from govern.cli import main
from govern.cli.commands import app
from govern.testing.postgres import BINARIES, own_server

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "operations.md").read_text(encoding="utf-8")
CONTESTS = (DOCS / "contests.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
Shell = Callable[[str], str]


def blocks(language: str, page: str = PAGE) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not BINARIES:
        pytest.skip("no PostgreSQL in /usr/lib/postgresql")
    with own_server("fsync=off") as url:
        monkeypatch.setenv("PGHOST", str(url.query["host"]))
        monkeypatch.setenv("PATH", f"{BINARIES[-1]}:{os.environ['PATH']}")
        yield


@pytest.fixture
def shell(server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A line as somebody types it in a project folder, which has to end well."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "govern.toml").write_text('[project]\nname = "here"\n')
    (tmp_path / ".govern/runs").mkdir(parents=True)
    (tmp_path / "vault.key").write_text("ab" * 32 + "\n")
    (tmp_path / "vault.key").chmod(0o600)
    monkeypatch.delenv("GOVERN_VAULT_KEY", raising=False)
    monkeypatch.setenv("GOVERN_VAULT_KEY_FILE", str(tmp_path / "vault.key"))
    monkeypatch.setenv("GOVERN_KEY_PASSPHRASE", "a passphrase of some length")
    for where in ("base", "reader"):
        # A command's connections end with its process, and these all run in ours.
        monkeypatch.setattr(f"govern.store.contests.{where}.QueuePool", NullPool)
    clock = iter(NOW + timedelta(minutes=n) for n in range(1000))
    monkeypatch.setattr("govern.cli.context.now", lambda: next(clock))

    def typed(line: str) -> str:
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            # An address in the page names a host; a socket's folder is no host.
            value = value.strip('"').replace("@$PGHOST/", "@/")
            monkeypatch.setenv(name, f"{value}?host={os.environ['PGHOST']}")
            return ""
        if line.startswith("govern "):
            return run(line)
        done = subprocess.run(
            ["bash", "-ec", line], check=False, capture_output=True, text=True, cwd=tmp_path
        )
        assert 0 == done.returncode, f"{line}\n{done.stderr}"
        return done.stdout

    return typed


def run(line: str, code: int = 0) -> str:
    command, _, kept = line.partition(" > ")
    out = StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out):
        patch.setattr(sys, "argv", shlex.split(command))
        with pytest.raises(SystemExit) as ended:
            main()
    assert code == (ended.value.code or 0), f"{line}\n{out.getvalue()}"
    if kept:
        Path(kept).write_text(out.getvalue())
    return out.getvalue()


def lines(name: str) -> list[str]:
    return [line for block in blocks(f"sh {name}") for line in block.splitlines()]


def contest(shell: Shell) -> str:
    """Somebody contests their review; the case."""
    [table], [said] = blocks("csv reviews", CONTESTS), blocks("json contest", CONTESTS)
    Path("reviews.csv").write_text(table)
    Path("contest.json").write_text(said)
    shell("govern intake reviews.csv")
    filed = shell("govern contest file contest.json --as employee --person e-17 --json")
    return str(json.loads(filed)["case_id"])


def test_a_database_is_made_used_saved_restored_and_its_keys_are_changed(shell: Shell):
    owner, works = lines("postgres")[:5], lines("postgres")[5:]
    for line in owner:
        shell(line)
    [logins] = blocks("sql postgres")
    Path("logins.sql").write_text(logins)
    shell("psql -v ON_ERROR_STOP=1 -U govern_owner govern -f logins.sql")
    for line in works:
        shell(line)
    shell("govern keys init gate --role gate")
    case = contest(shell)
    run("govern ledger checkpoint --key gate > kept.txt")
    for line in lines("backup"):
        shell(line)
    shell(f"govern contest act {case} withdrawn --as employee --person e-17")
    run("govern ledger checkpoint --key gate > later.txt")

    for line in lines("restore"):
        shell(line)
    assert "filed" in shell(f"govern contest show {case} --as employee --person e-17 --json")
    run("govern ledger verify --since later.txt", code=13)

    for line in lines("keys"):
        shell(line)
    shown = shell(f"govern contest show {case} --as employee --person e-17 --json")
    assert "I closed 21 tickets." in shown
    assert 2 == len(Path("vault.key").read_text().split())


def test_the_application_can_neither_make_tables_nor_lift_what_protects_them(shell: Shell):
    for line in lines("postgres")[:5]:
        shell(line)
    [logins] = blocks("sql postgres")
    Path("logins.sql").write_text(logins)
    shell("psql -v ON_ERROR_STOP=1 -U govern_owner govern -f logins.sql")
    refused = "permission denied|must be owner"
    for attempt in (
        "CREATE TABLE mine (x int)",
        "ALTER TABLE govern_ledger DISABLE TRIGGER ALL",
        "DELETE FROM govern_ledger",
        "UPDATE govern_leaves SET leaf = ''",
        "DROP TABLE govern_checkpoints",
    ):
        done = subprocess.run(
            ["psql", "-U", "govern_app", "govern", "-c", attempt],
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode, attempt
        assert re.search(refused, done.stderr), done.stderr


def test_without_a_database_the_upgrade_says_what_to_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "govern.toml").write_text('[project]\nname = "here"\n')
    for name in ("GOVERN_RECORD_URL", "GOVERN_STORE_URL"):
        monkeypatch.delenv(name, raising=False)

    run("govern db upgrade", code=2)


def test_what_is_to_run_on_a_schedule_are_commands_that_there_are():
    [table] = blocks("cron")
    typed = re.findall(r"govern ([a-z -]+?)(?= &&| >|$)", table, flags=re.MULTILINE)

    assert len(typed) >= 4
    for command in typed:
        asked = [*shlex.split(command.partition(" --")[0]), "--help"]
        assert 0 == CliRunner().invoke(app, asked).exit_code, command
