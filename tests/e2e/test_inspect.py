"""Eval files as Inspect runs and reads them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from govern import frames
from govern.sources.locate import builtin_root

EVALS = sorted(p for p in (builtin_root() / "evals").glob("*.py"))


@pytest.mark.parametrize("path", EVALS, ids=lambda p: p.stem)
def test_inspect_runs_each_eval_file_and_shows_the_findings(project, path):
    from inspect_ai import eval as inspect_eval

    shutil.copy(path, project)
    [log] = inspect_eval(
        path.name,
        model="none/none",
        task_args={"plan": "probe", "pipeline": "builtin:reference"},
        display="none",
        log_dir="logs",
    )

    assert "success" == log.status
    assert 48 == log.results.total_samples
    shown = {name: m.value for score in log.results.scores for name, m in score.metrics.items()}
    assert 0.0 == shown["coverage.not_drafted all"]


def test_inspects_own_reader_opens_the_log_of_a_run(govern, project, unmirrored):
    from inspect_ai.log import list_eval_logs, read_eval_log

    govern("run", "fairness", "--pipeline", "reference", "--plan", "probe", "--id", "x")

    [found] = list_eval_logs(str(project / ".govern/runs/x/logs"))
    log = read_eval_log(found)
    drafted = frames.read(project / ".govern/runs/x/drafts.parquet")
    assert "success" == log.status
    by_id = {str(s.id): s.output.completion for s in log.samples}
    assert by_id == dict(zip(drafted["draft_id"], drafted["text"], strict=True))


def test_eval_files_have_no_siblings_that_inspect_would_confuse():
    folder = builtin_root() / "evals"

    assert {"@task"} == {line for p in EVALS for line in lines(p) if line.startswith("@task")}
    assert not (folder / "__init__.py").exists()


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_a_draft_that_failed_is_counted_where_inspect_would_drop_the_sample(govern, started):
    """All women's drafts fail: Inspect's own means would be over the men's alone."""
    from inspect_ai import eval as inspect_eval

    women = [
        line.split('"first_name":"')[1].split('"')[0]
        for line in lines(builtin_root() / "datasets/names-us-v1/identities.jsonl")
        if '"gender":"female"' in line
    ]
    (started / "pipelines/my_drafter.py").write_text(
        f"WOMEN = {women!r}\n"
        "def draft(packet):\n"
        "    if packet['name'] in WOMEN:\n"
        "        raise ValueError('no draft')\n"
        "    return {'text': packet['name'] + ' worked.', 'rating': 3}\n"
    )
    [log] = inspect_eval(
        "evals/my_reviews.py",
        model="none/none",
        task_args={"plan": "probe", "pipeline": "my-function"},
        display="none",
        log_dir="logs",
    )

    shown = {name: m.value for score in log.results.scores for name, m in score.metrics.items()}
    assert 0.5 == shown["coverage.not_drafted all"]
    assert not any(name.startswith("fairness.rating_shift") for name in shown)
