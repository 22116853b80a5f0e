"""The commands of docs/contests.md run as they stand, in their order."""

from __future__ import annotations

import csv
import json
import re
import shlex
import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from govern.app.contest_settings import calendar_of, read_settings
from govern.cli import main
from govern.sources.locate import find_project

PAGE = (Path(__file__).parents[2] / "docs/contests.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def run(command: str) -> tuple[object, str]:
    out = StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out):
        patch.setattr(sys, "argv", shlex.split(command))
        try:
            main()
        except SystemExit as end:
            return end.code or 0, out.getvalue()
    return 0, out.getvalue()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("GOVERN_STORE_URL", "GOVERN_VAULT_KEY", "GOVERN_VAULT_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("GOVERN_RECORD_URL", raising=False)
    [settings] = blocks("toml notices")
    (tmp_path / "govern.toml").write_text(settings, encoding="utf-8")
    for name in ("reviews", "changed", "people"):
        [table] = blocks(f"csv {name}")
        (tmp_path / f"{name}.csv").write_text(table, encoding="utf-8")
    for name in ("contest", "glass", "ruling", "unmask", "erase"):
        [said] = blocks(f"json {name}")
        (tmp_path / f"{name}.json").write_text(said, encoding="utf-8")
    return tmp_path


def test_the_commands_of_the_page_run_in_its_order(here: Path, monkeypatch: pytest.MonkeyPatch):
    clock, case, said = NOW, "", ""
    monkeypatch.setattr("govern.cli.context.now", lambda: clock)
    lines = [line for block in blocks("sh") for line in block.splitlines()]

    for line in lines:
        clock += timedelta(days=21) if " closed " in line else timedelta(hours=1)
        code, out = run(line.replace("CASE", case))
        assert code == 0, line
        said += out
        if line.startswith("govern contest file"):
            [case] = re.findall(r"^Case ([0-9a-f]{32}), event 2: submitted\.$", out, re.MULTILINE)

    assert len(lines) == 30
    letters = [path.read_text() for path in (here / "outbox").iterdir()]
    assert {"e17@company.example", "e03@company.example"} == {
        name for text in letters for name in re.findall(r"^To: (.*)$", text, re.MULTILINE)
    }
    assert "No valid decision for 1 reviews by an unnamed pipeline" in said
    assert "Share of words changed since: 0.50." in said
    assert ": closed." in said
    assert "flags.csv: 1 reviews, 1 of them not to be used." in said
    masked = (here / "cases.csv").read_text(encoding="utf-8")
    [row] = csv.DictReader(StringIO(masked))
    assert row["visibility"] == "pseudonymous"
    assert "e-17" not in masked
    assert "tickets" not in masked
    [lifted] = json.loads((here / "unmasked.json").read_text(encoding="utf-8"))
    assert lifted["case"]["employee"] == "e-17"


def test_whom_the_page_says_to_be_refused_is_refused(here: Path, capsys, monkeypatch):
    monkeypatch.setattr("govern.cli.context.now", lambda: NOW)
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    case = ""
    for line in lines[:5]:
        _, out = run(line.replace("CASE", case))
        if line.startswith("govern contest file"):
            case = out.split()[1].strip(",")
    [start] = [line for line in lines if " review_started " in line]
    code, _ = run(start.replace("CASE", case))

    assert code == 2
    assert "nobody knows whether they own the pipeline that drafted" in capsys.readouterr().err


def test_the_address_of_the_hr_system_on_the_page_is_read(here: Path):
    [settings] = blocks("toml hr")
    (here / "govern.toml").write_text(settings, encoding="utf-8")
    hr = read_settings(find_project(here)).hr
    assert hr is not None
    assert hr.url.host == "hr.company.example"


def test_the_settings_of_the_page_are_read(here: Path):
    pytest.importorskip("holidays")
    [settings] = blocks("toml")
    (here / "govern.toml").write_text(settings, encoding="utf-8")
    read = read_settings(find_project(here))

    assert read.signers == {"ana": "e-04"}
    assert read.deadlines.decide_days == 10
    assert not calendar_of(read).works(NOW.date().replace(month=12))
