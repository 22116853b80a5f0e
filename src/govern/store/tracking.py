"""The MLflow mirror: one run per candidate and suite, for people to browse.

The drafts frame, the findings file and the signed decision are the record. Draft texts,
also a finding's ``examples``, stay on disk unless they are asked for.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from govern.canon import canonical_json, digest, file_digest
from govern.domain import Decision, Findings, RunFacts, Undefined
from govern.errors import InputError, RunError

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import DatasetInput

Bounds = Mapping[int, tuple[float, float]]
Rows = list[dict[str, Any]]

# Read when mlflow is imported. By default it would wait for a dead server for minutes.
_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
}
_NUMBERS = ("estimate", "lower", "upper", "n")
_COUNTED = ("unit_name", "planned", "ok", "scored", "cases", "names")
_COLUMNS = ("metric", "slice", *_NUMBERS, "undefined", "unit", *_COUNTED, "method")
_MARK = "govern.findings_sha256"
CONNECT_S = 5.0
_HOLDS_TEXTS = (".parquet", ".eval", ".jsonl")


def tracking_uri(project: Path) -> str:
    """``MLFLOW_TRACKING_URI``, or else a SQLite file in the project's ``.govern``."""
    return os.environ.get("MLFLOW_TRACKING_URI") or (
        f"sqlite:///{(project / '.govern' / 'mlflow.db').absolute().as_posix()}"
    )


def drafts_wanted() -> bool:
    """Whether ``GOVERN_UPLOAD_DRAFTS`` asks for draft texts in MLflow; not unless it is true.

    Raises InputError for anything but a yes or a no.
    """
    asked = os.environ.get("GOVERN_UPLOAD_DRAFTS", "").strip().lower()
    if asked not in ("", "0", "1", "false", "true"):
        raise InputError(f"GOVERN_UPLOAD_DRAFTS: expected true or false, found {asked!r}")
    return asked in ("1", "true")


def record_run(
    findings: Findings,
    *,
    uri: str,
    artifact_root: Path,
    files: Mapping[str, Path],
    dataset_path: Path,
    bounds: Bounds | None = None,
    upload_drafts: Path | None = None,
) -> str:
    """Mirror one run and return MLflow's run id; the same findings again give the same id.

    ``files`` maps artifact paths to files; ``bounds`` gives lower and upper end by the
    finding's position. ``artifact_root`` is where a database store (not a server) puts
    artifacts; it counts when the experiment is made, not later.

    Raises InputError if a file is absent or holds drafts, RunError if the store fails.
    """
    _require_uploadable(files, findings.run.drafts_digest)
    mark, shown, drafts = digest(findings.as_json()), findings, {}
    if upload_drafts:
        file_digest(upload_drafts)
        drafts = {f"drafts/{upload_drafts.name}": upload_drafts}
    else:
        bare = tuple(f.model_copy(update={"examples": ()}) for f in findings.findings)
        shown = findings.model_copy(update={"findings": bare})
    rows = _rows(findings, bounds or {})
    with open_store(uri) as client:
        experiment = experiment_of(client, uri, artifact_root)
        where = f"tags.`{_MARK}` = '{mark}' and attributes.status = 'FINISHED'"
        there = client.search_runs([experiment], where, max_results=1)
        if there:
            run_id = str(there[0].info.run_id)
        else:
            name = f"{findings.run.pipeline} on {findings.run.suite}"
            run = client.create_run(experiment, run_name=name, tags={_MARK: mark})
            run_id = str(run.info.run_id)
            try:
                client.log_inputs(run_id, [_dataset_input(findings.run, dataset_path)])
                _log_rows(client, run_id, findings.run, rows, metric_names(findings))
                client.log_text(run_id, canonical_json(shown.as_json()).decode(), "findings.json")
                _log_files(client, run_id, files)
            except BaseException:
                with suppress(Exception):
                    client.set_terminated(run_id, "FAILED")
                raise
            client.set_terminated(run_id)
        _log_files(client, run_id, drafts)
    return run_id


def record_decision(
    decision: Decision, *, uri: str, run_id: str, files: Mapping[str, Path]
) -> None:
    """Tag the run with the gate's outcome and attach ``decision.json`` and ``files``.

    A later decision on the same run takes its place. Raises as ``record_run``.
    """
    _require_uploadable(files, decision.run.drafts_digest)
    tags = {
        "gate.outcome": decision.effective_outcome,
        "gate.measured_outcome": decision.outcome,
        "gate.decision_sha256": digest(decision.as_json()),
        "gate.policy_sha256": decision.policy.digest,
        "gate.expires": decision.expires.isoformat(),
        "gate.advisory": str(decision.advisory).lower(),
    }
    with open_store(uri) as client, tempfile.TemporaryDirectory() as folder:
        from mlflow.entities import RunTag

        own = Path(folder, "decision.json")
        own.write_bytes(canonical_json(decision.as_json()))
        _log_files(client, run_id, {**files, "decision.json": own})
        # Last: whoever sees the tags finds the files.
        client.log_batch(run_id, tags=[RunTag(key, value) for key, value in tags.items()])


def metric_names(findings: Findings) -> list[str]:
    """One legal name per finding, ``<metric>/<slice>``; a double gets ``-2``, ``-3`` and so on."""
    names: list[str] = []
    for finding in findings.findings:
        parts = [re.sub(r"[^A-Za-z0-9_\-. ]+", "-", p) for p in (finding.metric, finding.slice)]
        name = plain = "/".join(part.strip(" .") or "-" for part in parts)[:230]
        times = 1
        while name in names:
            times += 1
            name = f"{plain}-{times}"
        names.append(name)
    return names


@contextmanager
def open_store(uri: str) -> Iterator[MlflowClient]:
    """A client of tracking and registry, with every failure of the store told as one RunError."""
    for key, value in _SETTINGS.items():
        os.environ.setdefault(key, value)
    import mlflow
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        _require_openable(uri)
        yield mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)
    except (mlflow.MlflowException, CommandError, SQLAlchemyError, sqlite3.Error, OSError) as err:
        reason = (str(err).splitlines() or [type(err).__name__])[0]
        advice = "The results on disk are kept; put MLFLOW_TRACKING_URI right and try again"
        message = f"MLflow store {uri} cannot be written: {reason}. {advice}"
        # The address may hold a password, and drivers repeat it.
        raise RunError(re.sub(r"//[^/@\s]+@", "//", message)) from err


def _require_openable(uri: str) -> None:
    """Fail at once where MLflow would try a broken SQLite file or a silent host for long."""
    if uri.startswith("sqlite:///"):
        path = Path(uri.removeprefix("sqlite:///").partition("?")[0])
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            connection.execute("begin immediate")
    address = urlsplit(uri)
    if address.scheme in ("http", "https") and address.hostname:
        # A proxy, where there is one, answers in the host's place.
        if address.scheme in getproxies() and not proxy_bypass(address.hostname):
            return
        port = address.port or (443 if address.scheme == "https" else 80)
        socket.create_connection((address.hostname, port), timeout=CONNECT_S).close()


def experiment_of(client: MlflowClient, uri: str, artifact_root: Path) -> str:
    """The id of our experiment, which is made where there is none."""
    found = client.get_experiment_by_name("govern")
    if found:
        return str(found.experiment_id)
    # Without a place, a database store would put artifacts in ./mlruns of the working folder.
    place = None if uri.startswith("http") else artifact_root.absolute().as_uri()
    # MLflow's pages then open on the table of runs, not on traces that are not there.
    kind = {"mlflow.experimentKind": "custom_model_development"}
    return str(client.create_experiment("govern", artifact_location=place, tags=kind))


def _rows(findings: Findings, bounds: Bounds) -> Rows:
    """The numbers of each finding; an undefined one has its reason in their place."""
    rows: Rows = []
    for position, finding in enumerate(findings.findings):
        counts = finding.counts.model_dump()
        row = {"slice": finding.slice, "n": counts.pop("units"), **counts}
        row |= finding.model_dump(include={"metric", "unit", "method"})
        if isinstance(finding.estimate, Undefined):
            row["undefined"] = finding.estimate.reason
        else:
            row["estimate"] = finding.estimate
            row |= zip(("lower", "upper"), bounds.get(position, ()), strict=False)
        rows.append(row)
    return rows


def _log_rows(
    client: MlflowClient, run_id: str, run: RunFacts, rows: Rows, names: list[str]
) -> None:
    """The run's facts, and each finding as metrics and as a line of ``findings.csv``."""
    from mlflow.entities import Metric, Param, RunTag

    facts = run.as_json() | {"declared_only": ", ".join(run.declared_only)}
    numbers = {f"spend/{key}": value for key, value in facts.pop("spend").items()}
    for name, row in zip(names, rows, strict=True):
        numbers |= {f"{name}/{key}": row[key] for key in _NUMBERS if key in row}
    at = client.get_run(run_id).info.start_time
    client.log_batch(
        run_id,
        metrics=[Metric(k, float(v), at, 0) for k, v in numbers.items() if math.isfinite(v)],
        params=[Param(key, str(value)) for key, value in facts.items()],
        tags=[RunTag("findings.undefined", str(sum("undefined" in row for row in rows)))],
    )
    table = io.StringIO()
    writer = csv.DictWriter(table, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    client.log_text(run_id, table.getvalue(), "findings.csv")


def _dataset_input(run: RunFacts, path: Path) -> DatasetInput:
    from mlflow.data.meta_dataset import MetaDataset
    from mlflow.data.sources import LocalArtifactDatasetSource  # type: ignore[attr-defined]
    from mlflow.entities import DatasetInput, InputTag

    source = LocalArtifactDatasetSource(str(path.absolute()))
    # MLflow takes 36 characters of digest; the parameters hold all 64.
    dataset = MetaDataset(source, run.dataset, run.dataset_digest[:36])  # type: ignore[abstract]
    return DatasetInput(dataset._to_mlflow_entity(), [InputTag("mlflow.data.context", "eval")])


def _log_files(client: MlflowClient, run_id: str, files: Mapping[str, Path]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, path in files.items():
            target = Path(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        if files:
            client.log_artifacts(run_id, folder)


def _require_uploadable(files: Mapping[str, Path], drafts_digest: str) -> None:
    for name, path in files.items():
        if name.startswith("/") or ".." in PurePosixPath(name).parts:
            raise InputError(f"artifact {name!r}: expected a path below the run")
        if path.suffix in _HOLDS_TEXTS or file_digest(path) == drafts_digest:
            raise InputError(f"{path}: holds draft texts, which are uploaded only when asked for")
