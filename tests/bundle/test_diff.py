"""``govern report diff``: what changed between two decisions, as table, JSON and page."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from govern.app.decision_folder import templates
from govern.app.report_diff import diff_decisions
from govern.cli import main
from govern.domain import Decision
from govern.domain.acts import Signer
from govern.domain.decision import WaiverUsed
from govern.errors import InputError
from govern.policy.reader import read_policy
from govern.report.decision_diff import DecisionDiff, decision_diff
from govern.report.html import render_diff

from .conftest import POLICY, Case

Cli = Callable[..., tuple[object, str]]


@pytest.fixture
def cli(made: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.chdir(made.desk.project.root)

    def call(*args: str) -> tuple[object, str]:
        monkeypatch.setattr(sys, "argv", ["govern", *args])
        capsys.readouterr()
        try:
            main()
        except SystemExit as end:
            return end.code or 0, capsys.readouterr().out
        return 0, capsys.readouterr().out

    return call


def policy(**changes: str) -> Any:
    text = POLICY
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    return read_policy(text.encode(), where="made-up.md")


def compared(before: Decision, **changes: Any) -> DecisionDiff:
    after = before.model_copy(update=changes)
    return decision_diff(before, policy(), after, policy())


def facts(found: DecisionDiff) -> dict[tuple[str, str], tuple[Any, Any]]:
    return {(f.about, f.what): (f.before, f.after) for f in found.facts}


def test_a_decision_beside_itself_has_not_changed(made: Case):
    found = compared(made.decisions[0])

    assert ((), (), 0) == (found.facts, found.policy, found.changed)
    assert ["nothing", "nothing"] == [row.moved for row in found.clauses]


def test_another_version_of_the_pipeline_shows_by_its_fingerprint(made: Case):
    found = decision_diff(made.decisions[0], policy(), made.decisions[1], policy())
    told = facts(found)

    assert found.same_pipeline
    assert (made.decisions[0].run.fingerprint, made.decisions[1].run.fingerprint) == told[
        "pipeline", "fingerprint"
    ]
    assert not {about for about, _ in told} - {"pipeline"}


def test_a_verdict_that_turned_and_numbers_that_moved_are_told_apart(made: Case):
    first, second = made.decisions[0].clauses
    [part] = first.slices
    moved = first.model_copy(update={"slices": (part.model_copy(update={"n": 7}),)})
    turned = second.model_copy(update={"outcome": "fail", "effective": "fail"})
    found = compared(made.decisions[0], clauses=(moved, turned), effective_outcome="fail")

    told = render_diff(found, templates())

    assert "All drafts: 0.00" in told
    assert "in 100 planned drafts, n\u00a07" in told
    assert ["numbers", "verdict"] == [row.moved for row in found.clauses]
    assert 1 == found.changed
    assert [(part.n, 7)] == [
        (row.before.n, row.after.n) for row in found.clauses[:1] if row.before and row.after
    ]
    assert ("pass", "fail") == facts(found)["outcome", "effective_outcome"]


def test_a_clause_that_stands_in_one_alone_is_added_or_removed(made: Case):
    first, second = made.decisions[0].clauses
    fewer = made.decisions[0].model_copy(update={"clauses": (first,)})
    one = decision_diff(made.decisions[0], policy(), fewer, policy())
    other = decision_diff(fewer, policy(), made.decisions[0], policy())

    assert {first.id: "nothing", second.id: "removed"} == {r.id: r.moved for r in one.clauses}
    assert {first.id: "nothing", second.id: "added"} == {r.id: r.moved for r in other.clauses}


def test_a_policy_that_got_looser_is_told_clause_by_clause(made: Case):
    decision = made.decisions[0]
    looser = policy(margin=("(0.05)", "(0.06)"), gate=("0.05}", "0.06}"), prose=("5 in", "6 in"))
    found = decision_diff(decision, policy(), decision, looser)
    told = {(c.clause, c.field): c.effect for c in found.policy}

    assert "looser" == told["COV-1", "pass_if"]


def test_data_attempts_and_waivers_that_changed_are_named(made: Case):
    decision = made.decisions[0]
    waiver = WaiverUsed(
        digest="0" * 64, requester="dora", reason="Down.", mitigation="By hand.",
        approvers=(Signer(name="ana", roles=("board-chair",), keyid="k"),), expires="2026-03-30",
    )  # fmt: skip
    first, second = decision.clauses
    waived = first.model_copy(update={"waiver": waiver, "effective": "waived"})
    run = decision.run.model_copy(update={"dataset_digest": "9" * 64, "groups": {"age": ("old",)}})
    told = facts(compared(decision, clauses=(waived, second), run=run, attempt=2))

    assert (None, "until 2026-03-30 by ana: Down.") == told["waivers", "COV-1"]
    assert (decision.run.dataset_digest, "9" * 64) == told["data", "dataset_digest"]
    assert (["female", "male"], None) == told["data", "groups gender"]
    assert (None, ["old"]) == told["data", "groups age"]
    assert (None, 2) == told["attempts", "attempt"]


def test_people_say_it_as_two_words_and_both_ways_give_the_same_json(made: Case, cli: Cli):
    ids = [decision.decision_id for decision in made.decisions]
    spoken, written = (
        cli(*words, *ids, "--json") for words in (["report", "diff"], ["report-diff"])
    )

    assert 0 == spoken[0]
    assert spoken == written
    told = json.loads(spoken[1])
    assert ids == [told[side]["decision_id"] for side in ("before", "after")]


def test_the_table_names_what_moved_and_fits_a_terminal(made: Case, cli: Cli, tmp_path: Path):
    page = tmp_path / "diff.html"
    ids = [decision.decision_id for decision in made.decisions]
    code, out = cli("report", "diff", *ids, "--html", str(page))

    assert 0 == code
    assert "0 of 2 clauses came out with another verdict" in out
    assert "fingerprint" in out
    assert max(map(len, out.splitlines())) <= 100
    assert "What changed" in page.read_text(encoding="utf-8")


def test_bundles_and_folders_are_taken_as_well_as_ids(made: Case):
    project = made.desk.project
    folder = project.record / "decisions" / made.decisions[1].decision_id
    by_id = diff_decisions(project, *(decision.decision_id for decision in made.decisions))

    assert by_id == diff_decisions(project, str(made.bundles[0]), str(folder))
    with pytest.raises(InputError, match="expected a decision's folder or id"):
        diff_decisions(project, "nothing", made.decisions[0].decision_id)


def test_hostile_words_are_inert_on_the_page(made: Case):
    bad = "<script>alert(1)</script>\u202eevil"
    first, second = made.decisions[0].clauses
    clause = first.model_copy(update={"title": bad})
    run = made.decisions[0].run.model_copy(update={"pipeline": bad, "dataset": bad})
    page = render_diff(compared(made.decisions[0], clauses=(clause, second), run=run), templates())

    assert "<script" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;[U+202E]evil" in page
    assert "http" not in page.replace("http-equiv", "")
