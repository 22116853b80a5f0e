"""The demo's two instant candidates: the control that must pass and the one that must not."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from govern.app import demo as demo_module
from govern.sources.locate import builtin_root

pytestmark = pytest.mark.usefixtures("unmirrored")


# What 60 cases, nothing put into any, cannot show.
NEEDS_STANDARD = (
    *("FAIR-5", "FAIR-6", "INT-1", "INT-2", "INT-3", "COV-1", "COV-2"),
    *("PRIV-1", "PRIV-2", "PRIV-3", "ROB-1"),
)


@pytest.fixture
def small_policy(monkeypatch, tmp_path):
    """The shipped policy, which only reports where 60 cases are too few to decide."""
    text = (builtin_root() / "policies" / "review-drafting.md").read_text(encoding="utf-8")
    for clause in NEEDS_STANDARD:
        assert f"id: {clause}\nseverity: block\n" in text
        text = text.replace(f"id: {clause}\nseverity: block", f"id: {clause}\nseverity: report")
    path = tmp_path / "review-drafting.md"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(demo_module, "POLICY", str(path))


@pytest.fixture
def instant(monkeypatch, small_policy):
    """The demo on 60 cases, and without the local model, which has a test of its own."""
    quick = tuple(
        replace(c, plan="starter") for c in demo_module.CANDIDATES if c.pipeline != "local"
    )
    monkeypatch.setattr(demo_module, "CANDIDATES", quick)
    monkeypatch.setattr("govern.cli.demo.notices", list)


def test_the_instant_candidates_are_shown_on_all_cases():
    plans = {c.pipeline: c.plan for c in demo_module.CANDIDATES}

    assert {"reference": "standard", "planted": "standard", "local": "probe"} == plans


def test_the_reference_passes_and_the_planted_control_fails_by_its_planted_faults(govern, instant):
    shown = govern("demo", "--dir", "here", "--json")

    reference, planted = (one["decision"] for one in shown.json)
    assert 0 == shown.code
    assert "pass" == reference["outcome"]
    assert "fail" == planted["outcome"]
    failed = {c["id"] for c in planted["clauses"] if c["outcome"] == "fail"}
    assert {"FAIR-1", "FAIR-3", "ACC-1", "ACC-6", "HOM-1", "HOM-2"} <= failed
    worst = next(c for c in planted["clauses"] if c["id"] == "FAIR-1")
    assert "gender*race_ethnicity: female*black" in {
        s["slice"] for s in worst["slices"] if s["outcome"] == "fail"
    }
    assert {"decision.dsse.json", "report.html"} <= {
        path.name for path in next(iter_decisions("here")).iterdir()
    }


def iter_decisions(root):
    from pathlib import Path

    return (Path(root) / "record/decisions").iterdir()


def test_the_demo_prints_a_table_the_decisions_and_the_way_on(govern, instant):
    shown = govern("demo", "--dir", "here")

    assert 0 == shown.code
    assert re.search(r"FAIR-1 .*Pass .*Fail", shown.out)
    assert "reference: Pass" in shown.out
    assert "planted: Fail – fails FAIR-1, FAIR-3, ACC-1; warning from " in " ".join(
        shown.out.split()
    )
    assert "report.html" in shown.out
    assert "mlflow ui" in shown.out
    assert "inspect view" in shown.out
    assert 100 >= max(len(line) for line in shown.out.splitlines() if "report.html" not in line)


def test_a_second_demo_drafts_nothing_again(govern, instant, monkeypatch):
    govern("demo", "--dir", "here", "--json")

    def never(*_args, **_more):
        raise AssertionError("drafted again")

    monkeypatch.setattr("govern.app.drafting.draft_all", never)
    monkeypatch.setattr("govern.cli.context.now", later)
    again = govern("demo", "--dir", "here", "--json")

    assert ["pass", "fail"] == [one["decision"]["outcome"] for one in again.json]


def later():
    from datetime import UTC, datetime

    return datetime(2026, 11, 30, tzinfo=UTC)


def test_a_model_that_cannot_be_served_is_said_and_the_others_go_on(
    govern, monkeypatch, small_policy
):
    from govern.errors import RunError

    shipped = [c for c in demo_module.CANDIDATES if c.pipeline != "planted"]
    kept = [replace(c, plan="starter") if c.pipeline == "reference" else c for c in shipped]
    monkeypatch.setattr(demo_module, "CANDIDATES", tuple(reversed(kept)))

    def unserved(*_args, **_more):
        raise RunError("no wheel for this platform")

    monkeypatch.setattr("govern.app.run.serve", unserved)
    local, reference = govern("demo", "--dir", "here", "--json").json

    assert "no wheel for this platform" in local["skipped"]
    assert "pass" == reference["decision"]["outcome"]
