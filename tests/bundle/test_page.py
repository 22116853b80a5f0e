"""The commands of docs/bundle.md run as they stand, in their order."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from govern.app.archive import MOST_BYTES, MOST_FILES, MOST_PARTS
from govern.app.bundle import BUDGET
from govern.app.bundle_files import MOST_LOGS
from govern.cli import main

from .conftest import LATER, Case, Desk

PAGE = (Path(__file__).parents[2] / "docs/bundle.md").read_text(encoding="utf-8")
Run = Callable[[str], tuple[object, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command line of the page, and what it ended with and said."""
    monkeypatch.setattr("govern.cli.context.now", lambda: LATER)

    def call(line: str) -> tuple[object, str]:
        monkeypatch.setattr(sys, "argv", shlex.split(line))
        capsys.readouterr()
        try:
            main()
        except SystemExit as end:
            return end.code or 0, capsys.readouterr().out
        return 0, capsys.readouterr().out

    return call


def test_the_commands_of_the_page_run_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
):
    desk = Desk(tmp_path)
    monkeypatch.chdir(desk.project.root)
    Path("govern.toml").touch()
    # The made-up bundle has less than a million bytes.
    monkeypatch.setattr("govern.cli.bundle._MB", 200_000)
    Path("my-copy-of-trust.json").write_bytes(desk.trust.read_bytes())
    ids = {"$DECISION": desk.decide("one").decision_id}
    ids["$REAL"] = desk.decide("two", synthetic=False, rating=4).decision_id
    ids |= {"$BEFORE": ids["$DECISION"], "$AFTER": ids["$REAL"]}
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    levels = []

    for line in lines:
        for name, value in ids.items():
            line = line.replace(name, value)  # noqa: PLW2901
        code, out = run(line)
        assert 0 == code, line
        levels += re.findall(r"Level reached: (\d)", out)

    assert ["3", "2", "3", "2"] == levels
    assert (desk.project.root / "for-few.zip").is_file()


def test_the_page_names_the_limits_that_there_are(made: Case):
    assert "at most 100 MB" in PAGE
    assert "2 GB,\n10,000 files and 999 parts" in PAGE
    assert "logs up to 25 MB" in PAGE
    assert (100_000_000, 2_000_000_000, 10_000, 999, 25_000_000) == (
        BUDGET, MOST_BYTES, MOST_FILES, MOST_PARTS, MOST_LOGS,
    )  # fmt: skip


def test_the_command_says_what_it_wrote_and_what_it_left_out(
    real: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
):
    monkeypatch.chdir(real.desk.project.root)
    monkeypatch.setenv("COLUMNS", "200")
    target = tmp_path / "b.zip"
    code, out = run(f"govern bundle {real.decisions[0].decision_id} --out {target}")

    assert 0 == code
    assert re.search(r"b\.zip  SHA-256 [0-9a-f]{64}$", out, re.MULTILINE)
    assert "Left out: drafts.parquet: it may be about real people" in out


def test_an_annex_without_a_bundle_is_refused(
    real: Case, monkeypatch: pytest.MonkeyPatch, run: Run
):
    decision = real.decisions[0].decision_id
    monkeypatch.chdir(real.desk.project.root)

    assert 2 == run(f"govern verify {decision} --annex x.zip")[0]
    assert 2 == run("govern verify nothing-there.zip")[0]
