"""One decision as OSCAL, letter by letter."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from govern.app.report_oscal import oscal_files
from govern.domain import Decision
from govern.policy.reader import read_policy

HERE = Path(__file__).parent
BESIDE = {name: (HERE / "ci" / name).read_bytes() for name in ("policy.md", "decision.json")}
POLICY = read_policy(BESIDE["policy.md"], where="policy.md")
DECISION = Decision.model_validate_json(BESIDE["decision.json"])


@pytest.mark.parametrize("name", ["assessment-plan.json", "assessment-results.json"])
def test_the_golden_decision_as_oscal_has_not_changed(name):
    """Regenerate with GOVERN_GOLDEN=1 and commit the difference."""
    made = oscal_files(DECISION, POLICY, None, BESIDE, at="../ci/")[name]
    golden = HERE / "oscal" / name
    if os.environ.get("GOVERN_GOLDEN") == "1":
        golden.write_bytes(made)

    assert golden.read_bytes() == made
