"""The documentation is generated from this code, and its links lead somewhere."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_pages_are_what_the_code_gives_now(build: ModuleType):
    assert [] == build.stale(ROOT / "docs")


def test_every_relative_link_leads_to_a_file_and_a_heading(build: ModuleType):
    assert [] == build.broken_links(ROOT)


def test_a_page_that_was_changed_by_hand_is_stale(build: ModuleType, tmp_path: Path):
    build.write(tmp_path)
    page = tmp_path / "reference" / "cli.md"
    page.write_text(page.read_text(encoding="utf-8") + "And more.\n", encoding="utf-8")

    assert ["docs/reference/cli.md: stale; run `make docs`"] == build.stale(tmp_path)


def test_a_link_to_nothing_is_named_with_its_page(build: ModuleType, tmp_path: Path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "one.md").write_text("# One\n\n[two](two.md) [three](#three)\n")
    (tmp_path / "README.md").write_text("# Here\n\n[one](docs/one.md#one), [web](https://a.b/#c)\n")

    assert [
        "docs/one.md: no such file: two.md",
        "docs/one.md: no such heading: #three",
    ] == build.broken_links(tmp_path)


def test_headings_get_the_anchors_that_links_use(build: ModuleType, tmp_path: Path):
    """Dots and commas go, spaces become hyphens, a second one gets a number."""
    page = tmp_path / "page.md"
    page.write_text(
        "# a.b_c\n\n## Failed, refused\n\n## `code` here\n\n## a.b_c\n\n```\n# no\n```\n"
    )

    assert {"ab_c", "failed-refused", "code-here", "ab_c-1"} == build.anchors(page)


def test_the_schema_holds_what_authors_write_and_nothing_else(build: ModuleType):
    schema = json.loads(build.policy_schema())
    clause = schema["$defs"]["Clause"]

    assert schema["additionalProperties"] is False
    assert clause["additionalProperties"] is False
    assert {"id", "severity", "metric", "statistic", "evidence"} == set(clause["required"])
    assert not build.READ & {*schema["properties"], *clause["properties"]}
