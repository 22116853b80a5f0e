"""What the documentation shows as a manifest, a clause or a code works as shown."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

import pytest

from govern.app.docket import SPECS
from govern.app.gate import EXIT_CODES
from govern.domain.decision import Reason
from govern.pipelines import KINDS, open_pipeline
from govern.policy.lint import lint
from govern.policy.reader import read_policy
from govern.sources.tables import ROLES

DOCS = Path(__file__).resolve().parents[2] / "docs"


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text(name), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("manifest", blocks("pipelines.md", "yaml"))
def test_each_manifest_on_the_page_opens(
    manifest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # A function's module is imported by name; whoever imports another one must not get ours.
    monkeypatch.setitem(sys.modules, "my_drafter", None)
    monkeypatch.delitem(sys.modules, "my_drafter")
    [template] = blocks("pipelines.md", "jinja")
    [function] = [b for b in blocks("pipelines.md", "python") if b.startswith("def draft")]
    (tmp_path / "my-model.prompt.j2").write_text(template, encoding="utf-8")
    (tmp_path / "my_drafter.py").write_text(function, encoding="utf-8")
    path = tmp_path / "pipeline.yaml"
    path.write_text(manifest, encoding="utf-8")

    assert open_pipeline(path).manifest.kind in KINDS


def test_the_page_on_pipelines_has_a_section_for_each_kind_and_a_row_for_each_role():
    page = text("pipelines.md")

    assert [] == [kind for kind in KINDS if f"\n## {kind}\n" not in page]
    assert [] == [role for role in ROLES if f"`{role}`" not in page]


def test_the_policy_on_the_page_is_read_and_has_no_problems():
    [head] = blocks("policies.md", "yaml")
    [clause] = re.findall(r"````markdown\n(.*?)````", text("policies.md"), re.DOTALL)
    policy = read_policy(f"---\n{head}---\n# Ours\n\n{clause}".encode(), where="policies.md")

    assert [] == lint(policy, SPECS, today=date(2026, 11, 21))


def test_every_reason_and_exit_code_of_the_gate_is_explained():
    page = text("policies.md")

    assert [] == [reason for reason in Reason.__args__ if f"`{reason}`" not in page]
    assert [] == [code for code in EXIT_CODES.values() if f"\n| {code} |" not in page]
