"""The MLflow mirror against a real SQLite store."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from govern.canon import canonical_json, digest, sha256
from govern.domain import (
    Counts,
    Decision,
    Finding,
    Findings,
    PolicyRef,
    RunFacts,
    Scope,
    Spend,
    StudentT,
    Undefined,
)
from govern.errors import InputError, RunError
from govern.store.tracking import metric_names, record_decision, record_run, tracking_uri

# MLflow's own mappers under SQLAlchemy 2.1; as an error it would leave them half-configured.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")

SECRET = "Maria closed 37 loans and sang"
DATASET_DIGEST = "d" * 64


class Store:
    """A tracking store in a folder, and what to look into it with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.uri = tracking_uri(folder)
        self.artifacts = folder / "artifacts"

    @property
    def client(self) -> Any:
        import mlflow

        return mlflow.MlflowClient(tracking_uri=self.uri)

    def record(self, findings: Findings, **options: Any) -> str:
        given = {"files": {}, "dataset_path": self.folder / "dataset", **options}
        return record_run(findings, uri=self.uri, artifact_root=self.artifacts, **given)

    def files(self, run_id: str) -> dict[str, bytes]:
        root = self.artifacts / run_id / "artifacts"
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file()
        }


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One for all tests: the first connection migrates for seconds."""
    patch = pytest.MonkeyPatch()
    patch.delenv("MLFLOW_TRACKING_URI", raising=False)
    made = Store(tmp_path_factory.mktemp("project"))
    patch.undo()
    return made


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    path = tmp_path / "drafts.parquet"
    path.write_bytes(b"PAR1" + SECRET.encode())
    return path


def finding(
    contrast: str = "female",
    estimate: float | Undefined = 0.12,
    metric: str = "fairness.rating_shift",
) -> Finding:
    return Finding(
        metric=metric,
        version="1",
        by="gender*race_ethnicity",
        contrast=contrast,
        estimate=estimate,
        interval=StudentT(se=0.04, df=47, clusters=48),
        unit="rating points",
        sense="centred",
        method="paired",
        counts=Counts(planned=400, ok=398, scored=396, cases=48, units=384),
        evaluator="rating-as-given",
        examples=(SECRET,),
    )


def findings(run_id: str, *all_findings: Finding, drafts_digest: str = "e" * 64) -> Findings:
    run = RunFacts(
        run_id=run_id,
        suite="review-core-v1",
        suite_version="1.0.0",
        plan="smoke",
        dataset="review-core-v1",
        dataset_digest=DATASET_DIGEST,
        use_case="review",
        synthetic=True,
        pipeline="reference",
        pipeline_version="1.2.0",
        fingerprint="f" * 64,
        declared_only=("model", "region"),
        planned=400,
        drafts_digest=drafts_digest,
        spend=Spend(drafts=400, input_tokens=900, output_tokens=1200, seconds=4.5),
        harness_version="0.1.0",
        seed=7,
    )
    return Findings(run=run, findings=all_findings)


def decision(measured: Findings) -> Decision:
    return Decision(
        decision_id="d-1",
        created=datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
        expires=date(2027, 2, 1),
        outcome="insufficient_evidence",
        effective_outcome="insufficient_evidence",
        advisory=True,
        scope=Scope(use_cases=("review",), stage="pilot"),
        policy=PolicyRef(
            id="ai-review-drafting",
            version="2.1.0",
            title="How we use AI",
            digest="a" * 64,
            review_by=date(2027, 5, 10),
            signed_by=("ana (board-chair)",),
        ),
        run=measured.run,
        findings_digest=digest(measured.as_json()),
        docket_digest="0" * 64,
        clauses=(),
        not_tested=("other languages",),
        harness_version="0.1.0",
    )


def test_the_run_bears_the_candidates_name_and_everything_it_rests_on(store: Store) -> None:
    run = store.client.get_run(store.record(findings("facts", finding())))

    assert "reference on review-core-v1" == run.info.run_name
    assert "FINISHED" == run.info.status
    assert "govern" == store.client.get_experiment(run.info.experiment_id).name
    expected = {
        "run_id": "facts",
        "fingerprint": "f" * 64,
        "pipeline": "reference",
        "pipeline_version": "1.2.0",
        "suite": "review-core-v1",
        "plan": "smoke",
        "dataset_digest": DATASET_DIGEST,
        "drafts_digest": "e" * 64,
        "seed": "7",
        "harness_version": "0.1.0",
        "mode": "explore",
        "synthetic": "True",
        "declared_only": "model, region",
    }
    assert expected == {key: run.data.params[key] for key in expected}


def test_every_finding_becomes_metrics_with_its_bounds_and_n(store: Store) -> None:
    """Bounds go by position; the second finding was given none."""
    measured = findings("numbers", finding("female / Black"), finding("male / White", -0.03))

    run = store.client.get_run(store.record(measured, bounds={0: (0.05, 0.19)}))

    first = "fairness.rating_shift/gender-race_ethnicity- female - Black"
    second = "fairness.rating_shift/gender-race_ethnicity- male - White"
    assert {
        f"{first}/estimate": 0.12,
        f"{first}/lower": 0.05,
        f"{first}/upper": 0.19,
        f"{first}/n": 384.0,
        f"{second}/estimate": -0.03,
        f"{second}/n": 384.0,
        "spend/drafts": 400.0,
        "spend/input_tokens": 900.0,
        "spend/output_tokens": 1200.0,
        "spend/seconds": 4.5,
    } == run.data.metrics


def test_an_undefined_finding_has_no_estimate_but_its_reason_in_the_table(store: Store) -> None:
    reason = "no scored draft in group B"
    measured = findings("undefined", finding("A"), finding("B", Undefined(reason=reason)))

    run_id = store.record(measured, bounds={1: (-1.0, 1.0)})

    run = store.client.get_run(run_id)
    of_b = [key for key in run.data.metrics if " B/" in key]
    assert ["fairness.rating_shift/gender-race_ethnicity- B/n"] == of_b
    assert "1" == run.data.tags["findings.undefined"]
    rows = list(csv.DictReader(store.files(run_id)["findings.csv"].decode().splitlines()))
    assert [("0.12", ""), ("", reason)] == [(row["estimate"], row["undefined"]) for row in rows]
    assert ["", ""] == [row["lower"] for row in rows]


def test_an_infinite_bound_is_left_out(store: Store) -> None:
    measured = findings("infinite", finding("A"))

    run = store.client.get_run(store.record(measured, bounds={0: (float("-inf"), 0.3)}))

    name = "fairness.rating_shift/gender-race_ethnicity- A"
    assert 0.3 == run.data.metrics[f"{name}/upper"]
    assert f"{name}/lower" not in run.data.metrics


def test_a_run_without_findings_is_recorded_and_not_an_error(store: Store) -> None:
    run = store.client.get_run(store.record(findings("empty")))

    assert "0" == run.data.tags["findings.undefined"]


def test_a_thousand_numbers_of_one_run_arrive(store: Store) -> None:
    """More than MLflow takes in one request: 400 findings of 4 numbers, and 4 of spend."""
    many = [finding(f"group {n}", n / 400) for n in range(400)]

    run_id = store.record(findings("many", *many), bounds=dict.fromkeys(range(400), (0.0, 1.0)))

    assert 1604 == len(store.client.get_run(run_id).data.metrics)


def test_the_dataset_is_an_input_of_the_run(store: Store) -> None:
    run = store.client.get_run(store.record(findings("input", finding())))

    [used] = run.inputs.dataset_inputs
    assert "review-core-v1" == used.dataset.name
    assert DATASET_DIGEST[:36] == used.dataset.digest
    assert "local" == used.dataset.source_type
    assert str(store.folder / "dataset") == json.loads(used.dataset.source)["uri"]


def test_files_are_kept_under_the_names_they_were_given(store: Store, tmp_path: Path) -> None:
    (tmp_path / "x1.csv").write_text("a,b\n")

    run_id = store.record(findings("files", finding()), files={"tables/f.csv": tmp_path / "x1.csv"})

    assert {"tables/f.csv", "findings.json", "findings.csv"} == set(store.files(run_id))
    assert b"a,b\n" == store.files(run_id)["tables/f.csv"]
    assert ["findings.csv", "findings.json", "tables"] == sorted(
        item.path for item in store.client.list_artifacts(run_id)
    )


def test_no_draft_text_leaves_unless_asked(store: Store, drafts: Path) -> None:
    """Neither the frame nor the excerpts that findings show as examples; nor the database."""
    measured = findings("secret", finding(), drafts_digest=sha256(drafts.read_bytes()))

    run_id = store.record(measured)

    assert not any(SECRET.encode() in content for content in store.files(run_id).values())
    assert SECRET.encode() not in (store.folder / ".govern/mlflow.db").read_bytes()
    kept = json.loads(store.files(run_id)["findings.json"])
    assert measured.run.as_json() == kept["run"]
    assert 0.12 == kept["findings"][0]["estimate"]


def test_drafts_are_uploaded_when_asked_also_after_the_run_was_recorded(
    store: Store, drafts: Path
) -> None:
    measured = findings("asked", finding(), drafts_digest=sha256(drafts.read_bytes()))

    first = store.record(measured)
    second = store.record(measured, upload_drafts=drafts)

    assert first == second
    assert drafts.read_bytes() == store.files(second)["drafts/drafts.parquet"]


def test_asking_for_the_drafts_keeps_the_examples_too(store: Store, drafts: Path) -> None:
    run_id = store.record(findings("examples", finding()), upload_drafts=drafts)

    assert SECRET.encode() in store.files(run_id)["findings.json"]


@pytest.mark.parametrize("name", ["drafts.parquet", "log.eval", "journal.jsonl", "harmless.csv"])
def test_a_file_that_holds_drafts_is_refused_under_any_name(
    store: Store, tmp_path: Path, name: str
) -> None:
    """The last one is known by its digest."""
    path = tmp_path / name
    path.write_bytes(SECRET.encode())
    known = sha256(SECRET.encode()) if name == "harmless.csv" else "e" * 64
    measured = findings(f"refused {name}", finding(), drafts_digest=known)

    with pytest.raises(InputError, match="uploaded only when asked"):
        store.record(measured, files={"table.csv": path})
    with pytest.raises(InputError, match="uploaded only when asked"):
        record_decision(decision(measured), uri=store.uri, run_id="any", files={"t.csv": path})


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x"])
def test_an_artifact_name_that_leads_elsewhere_is_refused(
    store: Store, tmp_path: Path, name: str
) -> None:
    (tmp_path / "x").write_text("x")

    with pytest.raises(InputError, match="below the run"):
        store.record(findings("elsewhere", finding()), files={name: tmp_path / "x"})


@pytest.mark.parametrize("option", ["files", "upload_drafts"])
def test_a_missing_file_stops_before_anything_is_recorded(
    store: Store, tmp_path: Path, option: str
) -> None:
    missing = tmp_path / "absent.csv"
    measured = findings(f"missing {option}", finding())

    with pytest.raises(InputError, match=r"absent\.csv"):
        store.record(measured, **{option: {"a.csv": missing} if option == "files" else missing})

    assert [] == found(store, measured.run.run_id)


def found(store: Store, run_id: str) -> list[Any]:
    experiment = store.client.get_experiment_by_name("govern")
    if experiment is None:
        return []
    where = f"params.run_id = '{run_id}'"
    return list(store.client.search_runs([experiment.experiment_id], where))


def test_recording_again_changes_nothing_and_new_findings_make_a_new_run(store: Store) -> None:
    first = store.record(findings("again", finding()))

    assert first == store.record(findings("again", finding()))
    assert first != store.record(findings("again", finding(estimate=0.13)))
    assert 2 == len(found(store, "again"))


def test_a_run_that_broke_off_is_marked_failed_and_recorded_anew(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").write_text("x")
    measured = findings("broken", finding())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("govern.store.tracking.shutil.copyfile", full)
        with pytest.raises(RunError, match="No space left"):
            store.record(measured, files={"x": tmp_path / "x"})

    assert ["FAILED"] == [run.info.status for run in found(store, "broken")]
    assert "FINISHED" == store.client.get_run(store.record(measured)).info.status


def test_a_decision_is_tagged_and_its_file_has_the_tagged_digest(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "out.html").write_text("<h1>Not enough evidence</h1>")
    measured = findings("decided", finding())
    run_id = store.record(measured)
    taken = decision(measured)

    record_decision(
        taken, uri=store.uri, run_id=run_id, files={"report.html": tmp_path / "out.html"}
    )

    tags = store.client.get_run(run_id).data.tags
    assert {
        "gate.outcome": "insufficient_evidence",
        "gate.measured_outcome": "insufficient_evidence",
        "gate.decision_sha256": digest(taken.as_json()),
        "gate.policy_sha256": "a" * 64,
        "gate.expires": "2027-02-01",
        "gate.advisory": "true",
    } == {key: value for key, value in tags.items() if key.startswith("gate.")}
    files = store.files(run_id)
    assert tags["gate.decision_sha256"] == sha256(files["decision.json"])
    assert canonical_json(taken.as_json()) == files["decision.json"]
    assert b"<h1>Not enough evidence</h1>" == files["report.html"]


def test_a_decision_on_a_run_that_the_store_does_not_have_is_told(store: Store) -> None:
    store.record(findings("some", finding()))

    with pytest.raises(RunError, match="0123") as raised:
        record_decision(decision(findings("some")), uri=store.uri, run_id="0123" * 8, files={})
    assert 14 == raised.value.exit_code


def test_nothing_is_printed_on_stdout(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    measured = findings("silent", finding())

    record_decision(decision(measured), uri=store.uri, run_id=store.record(measured), files={})

    assert "" == capfd.readouterr().out


def test_artifacts_lie_where_they_were_sent_and_not_in_the_working_folder(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    run_id = store.record(findings("place", finding()))

    assert "findings.json" in store.files(run_id)
    assert [] == list(tmp_path.iterdir())


def test_the_libraries_telemetry_is_off(store: Store) -> None:
    store.record(findings("telemetry", finding()))
    from mlflow.telemetry import get_telemetry_client

    assert "true" == os.environ["MLFLOW_DISABLE_TELEMETRY"] == os.environ["DO_NOT_TRACK"]
    assert "true" == os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"]
    assert "false" == os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"]
    assert get_telemetry_client() is None


def test_the_store_is_the_projects_own_unless_the_environment_names_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = f"sqlite:///{tmp_path}/.govern/mlflow.db"
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert own == tracking_uri(tmp_path)

    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    assert own == tracking_uri(tmp_path)

    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow.internal:5000")
    assert "http://mlflow.internal:5000" == tracking_uri(tmp_path)


def test_a_relative_project_gives_an_absolute_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)

    assert f"sqlite:///{tmp_path}/.govern/mlflow.db" == tracking_uri(Path())


def behind_a_file(folder: Path) -> str:
    (folder / "file").write_text("x")
    return f"sqlite:///{folder}/file/mlflow.db"


def not_a_database(folder: Path) -> str:
    (folder / "text.db").write_text("this is not a database, only its name says so" * 30)
    return f"sqlite:///{folder}/text.db"


def a_folder(folder: Path) -> str:
    """MLflow alone would try this one again for an hour."""
    (folder / "folder.db").mkdir()
    return f"sqlite:///{folder}/folder.db"


def anothers_database(folder: Path) -> str:
    with sqlite3.connect(folder / "other.db") as other:
        other.execute("create table alembic_version (version_num text)")
        other.execute("insert into alembic_version values ('nobody knows')")
    other.close()
    return f"sqlite:///{folder}/other.db"


def nobody_listens(folder: Path) -> str:
    return "http://ana:hunter2@127.0.0.1:9"


@pytest.mark.parametrize(
    ("make", "shown"),
    [
        (behind_a_file, "file/mlflow.db"),
        (not_a_database, "text.db"),
        (a_folder, "folder.db"),
        (anothers_database, "other.db"),
        (nobody_listens, "http://127.0.0.1:9"),
        (lambda _: "nonsense://x", "nonsense://x"),
    ],
)
def test_a_store_out_of_reach_is_one_message_with_its_address_and_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], str], shown: str
) -> None:
    def no_waiting(seconds: float) -> None:
        raise AssertionError(f"waits {seconds} s to try again")

    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setattr("time.sleep", no_waiting)

    with pytest.raises(RunError) as raised:
        record_run(
            findings("unreachable", finding()),
            uri=make(tmp_path),
            artifact_root=tmp_path / "artifacts",
            files={},
            dataset_path=tmp_path,
        )

    assert 14 == raised.value.exit_code
    assert shown in str(raised.value)
    assert "results on disk are kept" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_metric_names_are_legal_and_none_swallows_another() -> None:
    """Each line break, star or slash becomes the same dash, so names can meet."""
    contrasts = ["a/b", "a*b", "a:b", "été", "..", "", "x" * 400, "x" * 401]

    names = metric_names(findings("names", *(finding(c) for c in contrasts)))

    stem = "fairness.rating_shift/gender-race_ethnicity- "
    assert [f"{stem}a-b", f"{stem}a-b-2", f"{stem}a-b-3"] == names[:3]
    assert len(contrasts) == len(set(names))
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-. /")
    assert set("".join(names)) <= allowed
    assert max(map(len, names)) + len("/estimate") <= 250


def test_odd_names_are_taken_by_the_store(store: Store) -> None:
    odd = [finding(c) for c in ("a/b", "a*b", "été", "..", "/", "x" * 400, "x" * 401, " ", "a\nb")]

    run_id = store.record(findings("odd", *odd, finding("all", metric="../up")))

    assert 2 * 10 + 4 == len(store.client.get_run(run_id).data.metrics)
