"""The demo's two instant candidates: the control that must pass and the one that must not."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from given_commands import given

from govern.app import demo as demo_module
from govern.errors import RunError
from govern.sources.locate import builtin_root

# What 60 cases, nothing put into any, cannot show.
NEEDS_STANDARD = (
    *("FAIR-5", "FAIR-6", "INT-1", "INT-2", "INT-3", "COV-1", "COV-2"),
    *("PRIV-1", "PRIV-2", "PRIV-3", "ROB-1"),
)


@pytest.fixture(scope="module")
def small_policy(tmp_path_factory):
    """The shipped policy, which only reports where 60 cases are too few to decide."""
    text = (builtin_root() / "policies" / "review-drafting.md").read_text(encoding="utf-8")
    for clause in NEEDS_STANDARD:
        assert f"id: {clause}\nseverity: block\n" in text
        text = text.replace(f"id: {clause}\nseverity: block", f"id: {clause}\nseverity: report")
    path = tmp_path_factory.mktemp("policy") / "review-drafting.md"
    path.write_text(text, encoding="utf-8")
    return path


def unserved(*_args, **_more):
    raise RunError("no wheel for this platform. What is done is kept; go on with `govern run`")


def never(*_args, **_more):
    raise AssertionError("drafted again")


@pytest.fixture(scope="module")
def shown(small_policy, tmp_path_factory):
    """The demo on 60 cases, where the local model cannot be served, and the demo once more.

    The real model has a test of its own.
    """
    folder = tmp_path_factory.mktemp("demo")
    plans = {"reference": "starter", "planted": "starter"}
    quick = [replace(c, plan=plans.get(c.pipeline, c.plan)) for c in demo_module.CANDIDATES]
    quick.sort(key=lambda candidate: candidate.pipeline != "local")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_module, "POLICY", str(small_policy))
        patch.setattr(demo_module, "CANDIDATES", tuple(quick))
        patch.setattr("govern.cli.demo.notices", list)
        patch.setattr("govern.app.drafting.serve", unserved)
        first = given(folder, "demo --dir here")
        patch.setattr("govern.app.drafting.draft_all", never)
        patch.setattr("govern.cli.context.now", later)
        again = given(folder, "demo --dir here --json")
    return Shown(folder / "here", first, json.loads(again))


@dataclass(frozen=True)
class Shown:
    """What the first demo printed, and what the second told as JSON: the model, then these two."""

    folder: Path
    text: str
    again: list

    @property
    def decisions(self):
        return [one["decision"] for one in self.again[1:]]


def test_the_instant_candidates_are_shown_on_all_cases():
    plans = {c.pipeline: c.plan for c in demo_module.CANDIDATES}

    assert {"reference": "standard", "planted": "standard", "local": "probe"} == plans


def test_the_reference_passes_and_the_planted_control_fails_by_its_planted_faults(shown):
    reference, planted = shown.decisions
    assert "pass" == reference["outcome"]
    assert "fail" == planted["outcome"]
    failed = {c["id"] for c in planted["clauses"] if c["outcome"] == "fail"}
    assert {"FAIR-1", "FAIR-3", "ACC-1", "ACC-6", "HOM-1", "HOM-2"} <= failed
    worst = next(c for c in planted["clauses"] if c["id"] == "FAIR-1")
    assert "gender*race_ethnicity: female*black" in {
        s["slice"] for s in worst["slices"] if s["outcome"] == "fail"
    }
    for decided in (shown.folder / "record/decisions").iterdir():
        assert {"decision.dsse.json", "report.html"} <= {path.name for path in decided.iterdir()}


def test_the_demo_prints_a_table_the_decisions_and_the_way_on(shown):
    lines = shown.text.splitlines()

    assert re.search(r"FAIR-1 .*Pass .*Fail", shown.text)
    assert "reference: Pass" in shown.text
    assert "planted: Fail – fails FAIR-1, FAIR-3, ACC-1; warning from " in " ".join(
        shown.text.split()
    )
    assert "report.html" in shown.text
    assert "mlflow ui" in shown.text
    assert "inspect view" in shown.text
    assert 100 >= max(len(line) for line in lines if "report.html" not in line)


def test_a_second_demo_drafts_nothing_again(shown):
    """Drafting would have ended it; it came five days later to the decisions of the first."""
    assert ["pass", "fail"] == [decision["outcome"] for decision in shown.decisions]
    assert 4 == len(list((shown.folder / "record/decisions").iterdir()))


def later():
    return datetime(2026, 11, 30, tzinfo=UTC)


def test_a_model_that_cannot_be_served_is_said_and_the_others_go_on(shown):
    local = shown.again[0]

    assert "no wheel for this platform" in local["skipped"]
    assert re.search(r"local: no decision\. .*no wheel for this platform", shown.text)
    assert local["skipped"].endswith("What is done is kept; run the demo again to go on")
    assert "`govern run`" not in shown.text
    assert "pass" == shown.decisions[0]["outcome"]
