"""Each threat on the page has its test, and each test that the page names exists."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def build():
    spec = spec_from_file_location("docs_build", ROOT / "docs/build.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(text: str) -> list[list[str]]:
    """The cells of every line of a table, without its head."""
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line] for line in lines if line[-1].strip() != "tried by"]


def test_every_threat_has_what_stands_against_it_and_a_test(build):
    found = rows(PAGE)

    assert len(found) > 80
    for row in found:
        assert 3 == len(row), row
        assert all(row), row
        assert build.TEST.fullmatch(row[2].split()[0]), row


def test_every_test_that_the_page_names_exists(build):
    assert [] == build.missing_tests(ROOT)


def test_a_test_that_was_renamed_or_moved_breaks_the_page(build, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text("class T:\n    def test_one(self): ...\n")
    page = "`test_a.py::test_one` `test_a.py::test_two` `test_b.py::test_one`\n"
    (tmp_path / "docs/threat-model.md").write_text(page)

    assert [
        "docs/threat-model.md: tests/test_a.py has no test_two",
        "docs/threat-model.md: tests/test_b.py has no test_one",
    ] == build.missing_tests(tmp_path)


def test_what_is_not_defended_is_said_beside_every_boundary_that_has_holes():
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    said = {one.splitlines()[0] for one in sections if "Not defended:" in one}

    assert {"Browser and pages", "Pages and store", "The command line and its user"} <= said
    assert "Fear." in sections[-1]
