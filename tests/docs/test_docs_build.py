"""The documentation is generated from this code, and its links lead somewhere."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from govern import strict_yaml
from govern.domain import Deployment
from govern.domain.policy import (
    AttestedClause,
    FrontMatter,
    MeasuredClause,
    PropertyClause,
    RecordClause,
)
from govern.errors import PolicyError
from govern.policy.schema import KINDS, READ

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
    policy, clause = (json.loads(build.schema_page(part)) for part in ("policy", "clause"))
    measured = clause["$defs"]["MeasuredClause"]

    assert policy["additionalProperties"] is False
    assert not {"title", "clauses", "digest", "source"} & set(policy["properties"])
    assert {"id", "severity", "metric", "statistic", "evidence"} == set(measured["required"])
    assert 4 == len(clause["oneOf"])
    for kind in KINDS:
        assert clause["$defs"][kind]["additionalProperties"] is False
        assert not READ & set(clause["$defs"][kind]["properties"])
        assert policy["$defs"][kind] == clause["$defs"][kind]


def test_the_schemas_admit_the_shipped_policies_and_cases(build: ModuleType):
    """What reads is valid, and an unknown key is not."""
    head, clause, case = (
        Draft202012Validator(json.loads(build.schema_page(part)))
        for part in ("policy", "clause", "case")
    )
    for path in sorted((ROOT / "policies").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        front = plain(text.split("---\n")[1])
        blocks = [
            plain(b) for b in re.findall(r"^```yaml clause\n(.*?)```", text, re.DOTALL | re.M)
        ]
        assert [] == [e.message for e in head.iter_errors(front)]
        assert [] == [e.message for block in blocks for e in clause.iter_errors(block)]
        assert not head.is_valid(front | {"colour": "red"})
        assert not any(clause.is_valid(block | {"colour": "red"}) for block in blocks)
    for path in sorted((ROOT / "policies" / "tests").glob("*/*.yaml")):
        assert [] == [e.message for e in case.iter_errors(plain(path.read_text(encoding="utf-8")))]


def plain(text: str) -> dict[str, Any]:
    """What YAML holds, days as text."""
    fields = strict_yaml.load(text, where="x", error=PolicyError)
    return dict(json.loads(strict_yaml.as_json(fields)))


def test_every_key_of_the_language_has_its_meaning(build: ModuleType):
    page = build.language_page()

    assert "@@" not in page
    assert [] == [line for line in page.splitlines() if re.match(r"\| `[^|]*\|\s*\|", line)]
    for noun in (FrontMatter, MeasuredClause, PropertyClause, AttestedClause, RecordClause):
        keys = set(noun.model_fields) - READ
        assert [] == [key for key in keys if f"\n| `{key}` | " not in page]
    assert [] == [name for name in Deployment.model_fields if f"\n| `{name}` | " not in page]
