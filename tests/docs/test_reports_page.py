"""The commands on the page about reports are commands, with the options that they are given."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from govern.cli.commands import app
from govern.report.blocks import NotMeasured

PAGE = (Path(__file__).parents[2] / "docs" / "reports.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"govern [a-z][^`;\n|]*", PAGE)))


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_on_the_page_takes_what_it_is_given(line):
    name, *given = shlex.split(line)[1:]
    command = typer.main.get_command(app).commands[name]
    known = {option for p in command.params for option in (*p.opts, *p.secondary_opts)}

    assert {one for one in given if one.startswith("--")} <= known


def test_the_page_shows_the_commands_of_all_readers():
    of_one = (
        *("", " --for employees", " --for nyc-public"),
        *(" --tables tables", " --oscal oscal", " --cards cards", " --pdf report.pdf", " --json"),
    )
    assert {f"govern report DECISION{option}" for option in of_one} <= set(COMMANDS)
    assert "govern board" in COMMANDS


def test_the_page_says_not_measured_in_the_words_of_the_report():
    assert "not measured" in NotMeasured(what="x", why="y.").sentence
    assert "**What has no data says *not measured*, and why.**" in PAGE
