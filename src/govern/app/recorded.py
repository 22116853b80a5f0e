"""``govern run --drafts``: measure drafts that somebody already has. No model is called."""

from __future__ import annotations

import re
from pathlib import Path

from govern import __version__, frames
from govern.app import mirror
from govern.app.progress import Reporter
from govern.app.run_facts import planned_alterations, planned_groups
from govern.canon import file_digest
from govern.domain.finding import Findings, RunFacts
from govern.domain.pipeline import Manifest
from govern.metrics import OWN, measure
from govern.pipelines.manifest import fingerprint
from govern.runner.folder import RunFolder
from govern.sources.locate import Project
from govern.sources.recorded import read_drafts
from govern.sources.tables import read_columns, recorded_frame

SUITE = "recorded"
# Where no column of ratings was named, none is missing.
UNRATED = "coverage.unrated"


def run_recorded(project: Project, drafts: Path, *, columns: str, reporter: Reporter) -> RunFolder:
    """Measure a file of drafts; the same file and columns give the same run.

    Raises:
        InputError: the file or the columns cannot be used; nothing was written.
    """
    mapping = read_columns(columns)
    with reporter.step("reading"):
        frame = recorded_frame(read_drafts(drafts, mapping), mapping, where=str(drafts))
    file_sha = file_digest(drafts)
    manifest = Manifest(
        id="recorded",
        version="1",
        kind="recorded",
        description=f"Drafts from {drafts.name}",
        use_case="recorded",
        settings={"columns": mapping},
        digests={drafts.name: file_sha},
        declared_only=("whatever wrote the drafts",),
    )
    print_ = fingerprint(manifest)
    named = "-".join(filter(None, ("recorded", _as_word(drafts.stem), print_[:8])))
    folder = RunFolder(project.state / "runs" / named)
    folder.root.mkdir(parents=True, exist_ok=True)
    facts = RunFacts(
        run_id=folder.root.name,
        suite=SUITE,
        suite_version="1.0.0",
        plan="as supplied",
        dataset=drafts.name,
        dataset_digest=file_sha,
        use_case="recorded",
        synthetic=False,
        pipeline=manifest.id,
        pipeline_version=file_sha[:8],
        fingerprint=print_,
        declared_only=manifest.declared_only,
        planned=len(frame),
        groups=planned_groups(frame),
        alterations=planned_alterations(frame),
        drafts_digest=frames.write(frame, folder.frame),
        harness_version=__version__,
        seed=0,
    )
    measures = tuple(m for m in OWN if m != UNRATED or "rating" in mapping)
    with reporter.step("measuring"):
        folder.write_findings(Findings(run=facts, findings=measure(frame, measures)))
    mirror.run(project, folder, dataset=drafts)
    return folder


def _as_word(name: str) -> str:
    """A file's name as a run's may be: a word for the command line, and not too long."""
    return re.sub(r"[^a-z0-9_]+", "-", name.lower())[:60].strip("-")
