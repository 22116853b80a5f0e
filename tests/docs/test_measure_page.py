"""docs/measure.md: what it shows of `govern measure` is what the command prints."""

from __future__ import annotations

import doctest
import re
import shlex
import sys
from pathlib import Path

import pytest

from govern.cli import main

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "measure.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n\$ (.+?)\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def staff(tmp_path, monkeypatch):
    """The working folder, with the page's table in it."""
    [table] = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "staff.csv").write_text(table, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def trimmed(text):
    return [line.rstrip() for line in text.rstrip().splitlines()]


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(("command", "shown"), CONSOLE)
def test_each_example_prints_what_the_page_shows(command, shown, capfd, monkeypatch):
    monkeypatch.setattr(sys, "argv", shlex.split(command))
    with pytest.raises(SystemExit) as end:
        main()

    assert 0 == end.value.code
    assert trimmed(shown) == trimmed(capfd.readouterr().out)


@pytest.mark.usefixtures("staff")
def test_the_page_checks_itself_against_scipy():
    [block] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    examples = doctest.DocTestParser().get_doctest(block, {}, "measure", "measure.md", 0)

    assert 0 == doctest.DocTestRunner().run(examples).failed
