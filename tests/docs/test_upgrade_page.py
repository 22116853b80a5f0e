"""docs/upgrade.md: its examples print what the page shows, and its clause is one."""

from __future__ import annotations

import asyncio
import re
import shlex
import sys
from datetime import date
from pathlib import Path

import pytest

from govern import frames
from govern.app.docket import SPECS
from govern.app.loading import Prepared, load_suite, prepare
from govern.app.run_facts import planned_groups
from govern.cli import main
from govern.domain import Findings
from govern.metrics import measure
from govern.policy.known import Known
from govern.policy.lint import lint
from govern.policy.reader import read_policy
from govern.runner.cells import frame_of
from govern.runner.folder import RunFolder
from govern.sources.locate import Project, find_project
from govern.store.registry import Registry
from govern.testing import run_facts

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "upgrade.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n\$ (.+?)\n(.*?)```", PAGE, re.DOTALL)
RUNS = re.findall(r"^govern run (\S+) --pipeline (\S+) --plan (\S+) --id (\S+)$", PAGE, re.M)
HEAD = """---
policy: ours
version: 1.0.0
approved: 2026-01-02
review_by: 2027-01-02
decision_valid_days: 90
declared_only_valid_days: 30
approvals: {threshold: 1, roles: [board-chair]}
scope: {use_cases: [review], stage: rollout}
---
# Ours

"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """What the page's runs leave behind, drafted by the same pipelines without Inspect."""
    root = tmp_path_factory.mktemp("upgrade")
    (root / "govern.toml").write_text("")
    project = find_project(root)
    for suite, pipeline, plan, run in RUNS:
        prepared = prepare(project, load_suite(project, suite), plan, pipeline)
        frame = frame_of(prepared.planned, asyncio.run(_drafts(prepared)), prepared.pipeline)
        folder = RunFolder(project.state / "runs" / run)
        folder.root.mkdir(parents=True)
        facts = run_facts(
            run_id=run,
            plan=plan,
            planned=len(frame),
            groups=planned_groups(frame),
            drafts_digest=frames.write(frame, folder.frame),
        )
        found = measure(frame, ["coverage.not_drafted", "fairness.refusal_gap"])
        folder.write_findings(Findings(run=facts, findings=found))
    return project


async def _drafts(prepared: Prepared):
    return {
        planned.request.cell.id: await prepared.pipeline.draft(planned.request)
        for planned in prepared.planned
    }


def test_the_page_runs_both_pipelines_on_the_same_cells():
    assert ["in-use", "new"] == [run for *_, run in RUNS]
    assert 1 == len({(suite, plan) for suite, _, plan, _ in RUNS})


@pytest.mark.parametrize(("command", "shown"), CONSOLE)
def test_each_example_prints_what_the_page_shows(command, shown, project, capfd, monkeypatch):
    """The registry that it looks into has nothing in it."""
    monkeypatch.chdir(project.root)
    monkeypatch.delenv("GOVERN_RECORD_URL", raising=False)
    monkeypatch.setattr(Registry, "aliases", lambda _: {})
    monkeypatch.setattr(sys, "argv", shlex.split(command))
    with pytest.raises(SystemExit) as end:
        main()

    out = capfd.readouterr().out
    assert 0 == end.value.code
    assert [x.rstrip() for x in shown.splitlines()] == [x.rstrip() for x in out.splitlines()]


def test_the_clause_on_the_page_has_no_problems():
    [clause] = re.findall(r"````markdown\n(.*?)````", PAGE, re.DOTALL)
    policy = read_policy(f"{HEAD}{clause}".encode(), where="upgrade.md")

    assert "incumbent" == policy.clauses[0].against
    assert () == lint(policy, Known(SPECS), today=date(2026, 11, 21))
