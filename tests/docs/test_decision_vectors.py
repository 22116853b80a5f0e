"""The decision vectors are what the judge says, and another judge says the same."""

from __future__ import annotations

import importlib.util
import json
import shutil
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest
from jsonschema import Draft202012Validator

from govern.domain import Decision, Docket, Findings
from govern.domain.decision import Reason
from govern.policy.judge import judge
from govern.policy.reader import read_policy

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "docs" / "decision-vectors"
FOLDERS = sorted(path.parent for path in VECTORS.glob("*/decision.json"))


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"vectors_{name}", VECTORS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    # dataclasses look their module up by name.
    import sys

    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


def schema(name: str) -> Draft202012Validator:
    text = (ROOT / "docs" / "reference" / f"{name}.schema.json").read_text(encoding="utf-8")
    loaded = json.loads(text)
    Draft202012Validator.check_schema(loaded)
    return Draft202012Validator(loaded)


def test_made_anew_they_are_the_same_to_the_byte(tmp_path: Path):
    module("make").main(tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]

    assert len(FOLDERS) * 4 + 1 == len(files)
    for path in files:
        assert path.read_bytes() == (VECTORS / path.relative_to(tmp_path)).read_bytes(), path.name


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_judge_says_what_stands_there(folder: Path):
    index = json.loads((VECTORS / "vectors.json").read_text(encoding="utf-8"))
    expected = Decision.model_validate_json((folder / "decision.json").read_bytes())
    decision = judge(
        read_policy((folder / "policy.md").read_bytes(), where="policy.md"),
        Findings.model_validate_json((folder / "findings.json").read_bytes()),
        Docket.model_validate_json((folder / "docket.json").read_bytes()),
        now=datetime.fromisoformat(index["now"]),
    )

    assert expected == decision.model_copy(update={"harness_version": "any"})


def test_another_judge_says_the_same(capsys: pytest.CaptureFixture[str]):
    failed = module("other_judge").main(VECTORS)
    said = capsys.readouterr().out

    assert 0 == failed, said
    assert len(FOLDERS) == said.count(": the same")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"effective_outcome": "pass"', '"effective_outcome": "fail"'),
        ('\n "expires": "2026-03-30"', '\n "expires": "2026-03-31"'),
        ('"upper": 0.2', '"upper": 0.3'),
        ('"effective": "waived"', '"effective": "fail"'),
    ],
)
def test_another_judge_notices_what_was_changed(
    tmp_path: Path, old: str, new: str, capsys: pytest.CaptureFixture[str]
):
    shutil.copytree(VECTORS, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "09-waived" / "decision.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    assert 1 == module("other_judge").main(tmp_path)
    assert "09-waived: the same" not in capsys.readouterr().out


def test_every_reason_code_stands_in_some_vector():
    decisions = [
        Decision.model_validate_json((folder / "decision.json").read_bytes()) for folder in FOLDERS
    ]
    found = {c.reason for d in decisions for c in d.clauses}
    found |= {s.reason for d in decisions for c in d.clauses for s in c.slices}

    assert set(get_args(Reason)) == found - {None}


@pytest.mark.parametrize("folder", [*FOLDERS, ROOT / "tests" / "golden"], ids=lambda f: f.name)
def test_decisions_and_dockets_are_as_their_schema_says(folder: Path):
    for name in ("decision", "docket"):
        path = folder / f"{name}.json"
        if path.exists():
            value = json.loads(path.read_text(encoding="utf-8"))

            assert [] == [error.message for error in schema(name).iter_errors(value)]


def test_a_schema_refuses_what_a_decision_cannot_be():
    value = json.loads((FOLDERS[0] / "decision.json").read_text(encoding="utf-8"))
    validator = schema("decision")

    for changes in ({"outcome": "compliant"}, {"surprise": 1}, {"clauses": None}):
        assert not validator.is_valid(value | changes)
    assert not validator.is_valid({k: v for k, v in value.items() if k != "findings_digest"})
