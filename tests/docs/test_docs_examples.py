"""What the documentation shows as a manifest, a clause or a code works as shown."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from govern import strict_yaml
from govern.app.gate import EXIT_CODES
from govern.app.policy_facts import specs_known
from govern.domain.decision import Reason
from govern.errors import PolicyError
from govern.pipelines import KINDS, open_pipeline
from govern.policy.cases import PolicyCase
from govern.policy.lint import lint
from govern.policy.reader import read_policy
from govern.sources.tables import ROLES

DOCS = Path(__file__).resolve().parents[2] / "docs"


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text(name), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("manifest", blocks("pipelines.md", "yaml"))
def test_each_manifest_on_the_page_opens(manifest: str, tmp_path: Path):
    [template] = blocks("pipelines.md", "jinja")
    [function] = [b for b in blocks("pipelines.md", "python") if b.startswith("def draft")]
    [program] = [b for b in blocks("pipelines.md", "python") if "sys.stdin" in b]
    [check] = [b for b in blocks("pipelines.md", "text") if b.startswith("List every claim")]
    [model] = [b for b in blocks("pipelines.md", "yaml") if b.startswith("id: my-model\n")]
    reply = json.dumps({"text": "Ann did well.", "rating": 4, "citations": []})
    examples = json.dumps({"examples": [{"user": "Ann did well.", "assistant": reply}]})
    beside = {
        "my-model.prompt.j2": template,
        "my-model.system.j2": "Be fair.",
        "my-model.examples.yaml": examples,
        "my-check.prompt.j2": check,
        "my-model.yaml": model,
        "my_drafter.py": function,
        "my_program.py": program,
        "my_weights.txt": "none",
    }
    for name, content in beside.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path.parent / "requirements.lock").touch()
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

    assert () == lint(policy, specs_known(), today=date(2026, 11, 21))


@pytest.mark.parametrize("kind", ["metric", "property", "attest", "record"])
def test_the_example_of_each_kind_of_clause_is_read_and_has_no_problems(kind: str):
    [head] = blocks("policies.md", "yaml")
    examples = re.findall(r"````markdown\n(.*?)````", text("policy-language.md"), re.DOTALL)
    [clause] = [e for e in examples if f"\n{kind}: " in e]
    wide = head.replace("stage: pilot", "stage: rollout")
    blocking = clause.replace("severity: warn", "severity: block")
    policy = read_policy(f"---\n{wide}---\n# Ours\n\n{blocking}".encode(), where="page.md")
    known = specs_known()
    late = known.specs["coverage.failed"].model_copy(update={"id": "contest.overdue_share"})

    assert () == lint(
        policy,
        replace(known, record_specs=dict(known.record_specs) or {late.id: late}),
        today=date(2026, 11, 21),
    )


def test_the_case_on_the_page_is_one():
    [case] = blocks("policy-language.md", "yaml")
    fields = strict_yaml.load(case, where="page", error=PolicyError)

    assert PolicyCase.model_validate_json(strict_yaml.as_json(fields), strict=True).findings


def test_every_reason_and_exit_code_of_the_gate_is_explained():
    page = text("policies.md")

    assert [] == [reason for reason in Reason.__args__ if f"`{reason}`" not in page]
    assert [] == [code for code in EXIT_CODES.values() if f"\n| {code} |" not in page]
