"""What a run and its gate leave in MLflow."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

SECRET = "knows the back stairs"


@pytest.fixture
def measured(govern, project):
    """Runs ``govern run --drafts`` on a small file and returns what came of it."""
    pd.DataFrame({"text": [f"Ana {SECRET}.", "Bo is late."], "case": ["a", "b"]}).to_csv(
        "drafts.csv", index=False
    )
    return lambda: govern("run", "--drafts", "drafts.csv", "--columns", "text=text,case=case")


def artifacts():
    return {
        path.name: path.read_bytes()
        for path in Path(".govern/mlflow-artifacts").rglob("*")
        if path.is_file()
    }


def test_drafts_go_to_mlflow_only_where_the_environment_asks_for_them(measured, monkeypatch):
    """First without asking, then asking in a way that cannot be read, then asking."""
    assert 0 == measured().code
    assert "drafts.parquet" not in artifacts()

    monkeypatch.setenv("GOVERN_UPLOAD_DRAFTS", "perhaps")
    unread = measured()
    assert 0 == unread.code
    assert "expected true or false, found 'perhaps'; no draft text was uploaded" in unread.err
    assert "drafts.parquet" not in artifacts()

    monkeypatch.setenv("GOVERN_UPLOAD_DRAFTS", "true")
    assert 0 == measured().code
    [run] = Path(".govern/runs").iterdir()
    assert (run / "drafts.parquet").read_bytes() == artifacts()["drafts.parquet"]


def test_an_mlflow_that_is_out_of_reach_costs_no_finding(measured, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")

    done = measured()

    assert 0 == done.code
    assert "MLflow store http://127.0.0.1:9 cannot be written" in done.err
    assert 1 == len(list(Path(".govern/runs").glob("*/findings.json")))


def spooled() -> list[str]:
    return sorted(path.name for path in Path(".govern/spool").glob("*"))


def test_what_mlflow_missed_waits_and_goes_with_the_next_run_or_a_push(
    measured, govern, monkeypatch
):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    missed = measured()
    [run] = Path(".govern/runs").iterdir()
    assert f"run-{run.name}.json waits in .govern/spool for `govern push`" in missed.err
    assert [f"run-{run.name}.json"] == spooled()
    still = govern("push", "--json")
    assert 14 == still.code
    assert {"sent": [], "left": [f"run-{run.name}.json"]} == still.json | {
        "left": list(still.json["left"])
    }

    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    sent = govern("push")
    assert (0, []) == (sent.code, spooled())
    assert f"run-{run.name}.json  sent" in sent.out
    assert "findings.json" in artifacts()
    assert "nothing waits" in govern("push").out

    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    measured()
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    Path("drafts.csv").write_text("text,case\nAnother.,a\n")
    again = govern("run", "--drafts", "drafts.csv", "--columns", "text=text,case=case")
    assert (0, []) == (again.code, spooled())


def test_a_run_that_went_while_it_waited_is_said_and_holds_nothing_up(measured, govern):
    assert 0 == measured().code
    Path(".govern/spool/run-gone.json").write_text(
        '{"kind": "run", "run": "/gone", "beside": "/gone/manifest.json"}'
    )
    left = govern("push", "--json")

    assert 14 == left.code
    assert (
        "delete run-gone.json in .govern/spool to give it up" in left.json["left"]["run-gone.json"]
    )
