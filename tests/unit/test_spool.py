"""What waits for MLflow: in order, each until it was sent, none tried after an outage."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from govern.app import mirror
from govern.app.spool import Waiting, spool, waiting
from govern.errors import RunError
from govern.runner.folder import Progress, RunFolder
from govern.sources.locate import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, configured=True)


@pytest.fixture
def mlflow(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Takes everything, and says what it was sent; where ``away`` is in it, it is."""
    sent: list[tuple[str, str]] = []

    def send(_project: Project, one: Waiting) -> None:
        if ("away", "") in sent:
            raise RunError("MLflow is away")
        sent.append((one.kind, Path(one.run).name))

    monkeypatch.setattr(mirror, "_SENDING", {"run": send, "decision": send})
    return sent


def put(project: Project, kind: str, run: str, name: str = "") -> None:
    one = Waiting.model_validate({"kind": kind, "run": str(project.root / run), "beside": "d"})
    spool(project, one, name)


def test_a_decision_goes_after_its_run_and_the_same_again_waits_once(project, mlflow):
    put(project, "decision", "b", "0f3a")
    put(project, "run", "b")
    put(project, "run", "b")

    assert ("run-b.json", "decision-0f3a.json") == mirror.push(project).sent
    assert [("run", "b"), ("decision", "b")] == mlflow
    assert [] == waiting(project)


def test_after_an_outage_nothing_is_tried_and_everything_waits(project, mlflow):
    mlflow.append(("away", ""))
    put(project, "run", "a")
    put(project, "run", "b")

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        mirror.run(project, RunFolder(project.root / "c"), dataset=project.root)
    assert [
        "MLflow is away. 3 results wait in .govern/spool for `govern push` or the next run"
    ] == [str(one.message) for one in said]
    assert [("away", "")] == mlflow
    mlflow.clear()
    assert 3 == len(mirror.push(project).sent)


def test_a_decision_waits_where_its_run_does_and_is_none_of_a_run_that_went_unmirrored(
    project, mlflow
):
    """As long as MLflow is away, the run has no id of its there."""
    made = type("Made", (), {"decision_id": "0f3a"})()
    folder = RunFolder(project.root / "a")
    mirror.decision(project, folder, made, project.root / "d/report.html")
    assert [] == mlflow

    put(project, "run", "a")
    mirror.decision(project, folder, made, project.root / "d/report.html")
    assert [("run", "a"), ("decision", "a")] == mlflow
    folder.write_progress(Progress(mlflow_run_id="9"))
    mirror.decision(project, folder, made, project.root / "d/report.html")
    assert ("decision", "a") == mlflow[-1]


def test_a_file_that_is_no_such_thing_is_named_and_holds_nothing_up(project, mlflow):
    put(project, "run", "a")
    put(project, "run", "b")
    (project.state / "spool/run-a.json").write_text("{}")

    pushed = mirror.push(project)

    assert ("run-b.json",) == pushed.sent
    assert "delete run-a.json in .govern/spool to give it up" in pushed.left["run-a.json"]
