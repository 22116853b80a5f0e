"""``govern run --executor ray``: drafted and measured by the workers of a cluster.

What a run is, its journal and its folder stay here. A worker opens the pipeline itself, from the
package or from what was shipped, and drafts nothing unless its fingerprint is the intended one.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from govern.app.drafting import Manner, connected, going_on
from govern.app.loading import Prepared
from govern.app.progress import Reporter
from govern.domain.pipeline import DraftRequest
from govern.errors import IntegrityError, RunError
from govern.pipelines import fingerprint, open_pipeline
from govern.runner.drafting import draft_all
from govern.runner.folder import RunFolder
from govern.runner.journal import Journal
from govern.runner.limits import Limits, Meter
from govern.runner.on_ray import LOCAL, cluster, shipping
from govern.runner.shards import Brought, draft_in_shards
from govern.sources.locate import Project

STAYS = (
    *("*.csv", "*.jsonl", "*.parquet", "*.xlsx", "!pipelines/**"),
    *("record/", "datasets/", "evals/", "policies/", "reports/"),
    *(".?*", "*.env", "*.pem", "*.key"),
)
"""Of a project, what no cluster is sent, in the words of ``.gitignore``: people's data and secrets,
and what drafting does not need. Files that a manifest names as ``auth_file`` stay as well."""
_SECRET = re.compile(r"""auth_file["']?\s*:\s*["']?([^"'\s,#}]+)""")


@dataclass(frozen=True)
class Manifest:
    """Where a worker finds a manifest: in the package, in what was shipped, or at a path."""

    within: Literal["package", "shipped", "disk"]
    path: str

    def found(self) -> Path:
        match self.within:
            case "package":
                return _package() / self.path
            case "shipped":
                return Path.cwd() / self.path
            case "disk":
                return Path(self.path)


@dataclass(frozen=True)
class Drafting:
    """What a worker does: draft a shard with the pipeline of this fingerprint."""

    manifest: Manifest
    fingerprint: str
    name: str

    def __call__(self, requests: Sequence[DraftRequest], limits: Limits) -> Brought:
        """Drafts and logs, and why not all where it stopped.

        Raises:
            IntegrityError: the worker has another pipeline.
            ManifestError: the worker cannot open it.
        """
        pipeline = open_pipeline(self.manifest.found())
        if (found := fingerprint(pipeline.manifest)) != self.fingerprint:
            raise IntegrityError(
                f"a worker has another pipeline {pipeline.manifest.id}: expected fingerprint "
                f"{self.fingerprint}, found {found}; nothing was drafted with it"
            )
        why = ""
        with tempfile.TemporaryDirectory(prefix="govern-shard-") as place:
            journal, logs = Journal(Path(place) / "journal.jsonl"), Path(place) / "logs"
            try:
                with connected(pipeline, Path(place)) as slots:
                    draft_all(
                        pipeline,
                        requests,
                        name=self.name,
                        journal=journal,
                        log_dir=logs,
                        slots=slots,
                        tick=lambda _done, _tokens: None,
                        meter=Meter(limits),
                    )
            except RunError as err:
                why = str(err).partition("drafted, then: ")[2] or str(err)
            kept = {path.name: path.read_bytes() for path in sorted(logs.glob("*.eval"))}
            return Brought(journal.read(), kept, why)


@contextmanager
def on_cluster(project: Project, prepared: Prepared, manner: Manner) -> Iterator[None]:
    """Connected to the cluster that a run is to be drafted and measured on, if there is one.

    Raises:
        RunError: there is no such cluster.
    """
    if manner.cluster is None:
        yield
        return
    manifest = prepared.pipeline_path.resolve()
    with cluster(manner.cluster, shipped=shipped_for(project, manifest, manner.cluster)):
        yield


def draft_on_cluster(
    project: Project,
    folder: RunFolder,
    prepared: Prepared,
    left: Sequence[DraftRequest],
    *,
    meter: Meter,
    reporter: Reporter,
) -> None:
    """Draft cells that the journal lacks, on the cluster that we are connected to.

    Raises:
        RunError: it could not finish; what is done is kept.
        GovernError: workers cannot use the pipeline.
    """
    work = Drafting(_manifest(project, prepared), prepared.fingerprint, prepared.suite.id)
    with going_on(folder, prepared, meter, reporter) as tick:
        draft_in_shards(
            work,
            left,
            journal=folder.journal,
            log_dir=folder.logs,
            tick=tick,
            draining=reporter.draining,
            meter=meter,
        )


def _manifest(project: Project, prepared: Prepared) -> Manifest:
    path = prepared.pipeline_path.resolve()
    if path.is_relative_to(_package()):
        return Manifest("package", str(path.relative_to(_package())))
    if not shipping():
        return Manifest("disk", str(path))
    return Manifest("shipped", str(path.relative_to(_root(project, path))))


def shipped_for(project: Project, manifest: Path, address: str) -> Mapping[str, Any]:
    """What workers elsewhere are sent: the project's code, where the pipeline is one of its own."""
    if address == LOCAL or manifest.is_relative_to(_package()):
        return {}
    root = _root(project, manifest)
    secrets = _secret_files(root, {manifest.parent, root / "pipelines"})
    return {"working_dir": str(root), "excludes": [*STAYS, *secrets]}


def _secret_files(root: Path, places: Iterable[Path]) -> Iterator[str]:
    """The files below ``root`` that manifests in some places say a secret is in."""
    found = {path for place in places for path in place.rglob("*.y*ml") if path.is_file()}
    for path in sorted(found):
        for named in _SECRET.findall(path.read_text(encoding="utf-8", errors="replace")):
            secret = (path.parent / Path(named).expanduser()).resolve()
            if secret.is_relative_to(root):
                yield f"/{secret.relative_to(root).as_posix()}"


def _root(project: Project, manifest: Path) -> Path:
    root = project.root.resolve()
    return root if project.configured and manifest.is_relative_to(root) else manifest.parent


def _package() -> Path:
    return Path(str(files("govern"))).resolve()
