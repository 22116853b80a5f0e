"""What CI reads of one decision, letter by letter."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from govern.app.outputs import outputs
from govern.domain import Decision
from govern.policy.reader import read_policy
from govern.report.annotations import annotations_of
from govern.report.sarif import sarif

HERE = Path(__file__).parent / "ci"
POLICY = read_policy((HERE / "policy.md").read_bytes(), where="policy.md")
DECISION = Decision.model_validate_json((HERE / "decision.json").read_bytes())
FILES = outputs(DECISION, POLICY) | {
    "sarif-github.json": sarif(DECISION, POLICY, path="policies/ours.md", profile="github"),
    "annotations.txt": "\n".join(annotations_of(DECISION, POLICY, path="policies/ours.md")) + "\n",
}


@pytest.mark.parametrize("name", FILES)
def test_what_ci_reads_of_the_golden_decision_has_not_changed(name):
    """Regenerate with GOVERN_GOLDEN=1 and commit the difference."""
    golden = HERE / name
    if os.environ.get("GOVERN_GOLDEN") == "1":
        golden.write_text(FILES[name], encoding="utf-8", newline="\n")

    assert golden.read_text(encoding="utf-8") == FILES[name]
