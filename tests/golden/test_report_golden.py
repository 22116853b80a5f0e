"""The whole report of one decision, letter by letter."""

from __future__ import annotations

import os
from pathlib import Path

from govern.domain import Decision, Policy
from govern.report.html import render
from govern.report.view import build

HERE = Path(__file__).parent
TEMPLATES = HERE.parents[1] / "reports" / "templates"
GOLDEN = HERE / "decision.html"


def test_the_report_of_the_golden_decision_has_not_changed():
    """Regenerate with GOVERN_GOLDEN=1 and commit the difference."""
    decision = Decision.model_validate_json((HERE / "decision.json").read_bytes())
    policy = Policy.model_validate_json((HERE / "policy.json").read_bytes())

    page = render(build(decision, policy), TEMPLATES)
    if os.environ.get("GOVERN_GOLDEN") == "1":
        GOLDEN.write_text(page, encoding="utf-8", newline="\n")

    assert GOLDEN.read_text(encoding="utf-8") == page
