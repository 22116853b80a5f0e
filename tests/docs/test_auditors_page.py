"""The page for auditors: how to read a report, how to check it, what it does not prove."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import typer

from govern.app.verify_folder import MADE, NEEDED
from govern.cli.commands import app
from govern.report.sections import _ORDER

PAGE = (Path(__file__).parents[2] / "docs" / "auditors.md").read_text(encoding="utf-8")


def test_it_says_how_to_read_how_to_check_and_what_is_not_proved():
    headings = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)

    assert ["Read the report", "Check it", "What it does not prove"] == headings[:3]


def test_the_sections_it_sends_readers_to_are_all_of_the_report():
    """Ranges such as "7 to 9" count whole; the first screen is section 1."""
    told = {1}
    reading = PAGE.partition("## Read the report")[2].partition("## Check it")[0]
    for first, word, last in re.findall(r"[Ss]ections? (\d+)(?: (to|and) (\d+))?", reading):
        told |= set(range(int(first), int(last) + 1)) if word == "to" else {int(first)}
        told |= {int(last)} if last else set()

    assert set(range(1, len(_ORDER) + 1)) == told


def test_the_files_it_lists_are_those_of_a_decision_folder():
    listed = set(re.findall(r"`([\w./-]+)`", PAGE.partition("## Read")[0].partition("|---|")[2]))

    assert {*NEEDED, *MADE, "beside.json", "trust.json"} <= listed


def test_its_commands_take_what_they_are_given():
    commands = typer.main.get_command(app).commands
    for line in re.findall(r"`(govern [^`]+)`", PAGE.replace("\n  ", " ")):
        name, *given = shlex.split(line.replace("<", "").replace(">", ""))[1:]
        command = commands[name]
        known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
        assert {one for one in given if one.startswith("--")} <= known, line
