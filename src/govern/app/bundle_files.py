"""Where each file of an audit bundle comes from, and why one that is not there is left out."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from govern import __version__
from govern.app.data_behind import datasets_behind
from govern.app.decision_folder import DRAFTS, as_text
from govern.app.record import open_leaves, open_ledger
from govern.app.report_tables import tables_of
from govern.app.verify_folder import DecisionFolder
from govern.attest.acts import SUFFIX, read_approval
from govern.attest.trust import TrustRoot, trust_path
from govern.canon import canonical_json, file_digest
from govern.domain.bundle import LeftOut
from govern.domain.certificate import Certificate, GateCertificate
from govern.errors import IntegrityError
from govern.ledger.chain import line_of
from govern.runner.folder import Intent, RunFolder
from govern.sources.datasets import Card
from govern.sources.locate import Project, builtin_root
from govern.sources.packaging import MANIFEST
from govern.sources.policies import read_certificate

MOST_LOGS = 25_000_000
"""Bytes of Inspect logs that a bundle takes along."""
PERSONAL = "it may be about real people; it is in the restricted annex"
TABLES = "tables/"


@dataclass(frozen=True)
class Source:
    """What a bundle is made from: a decision's folder, the project's record, and its run if here.

    Without ``intent``, ``run`` has nothing that says what it set out to do.
    """

    project: Project
    folder: DecisionFolder
    trust: TrustRoot
    run: RunFolder | None
    intent: Intent | None
    now: datetime

    @property
    def personal(self) -> bool:
        """Whether texts may be about real people."""
        return not self.folder.decision.run.synthetic


@dataclass(frozen=True)
class File:
    """A file of the bundle."""

    name: str
    data: bytes | Path


@dataclass(frozen=True)
class Annexed:
    """A file that only the restricted annex holds, and why."""

    name: str
    data: Path
    why: str


Gathered = Iterator[File | Annexed | LeftOut]


def of_decision(source: Source) -> Gathered:
    """The folder of the decision, and what of it is left out."""
    folder = source.folder
    unexpected = folder.unexpected()
    for name, data in sorted(folder.files.items()):
        if name in unexpected:
            yield LeftOut(what=f"decision/{name}", why="it belongs to no decision")
        elif name != DRAFTS:
            yield File(f"decision/{name}", data)
    if folder.docket.comparison:
        incumbent = folder.docket.comparison.incumbent.run_id
        yield LeftOut(what=f"drafts of the incumbent's run {incumbent}", why="ask for them")
    if folder.docket.record:
        yield LeftOut(
            what="the contests behind docket.json's statistics", why="they are about real people"
        )
    if folder.beside.in_use:
        yield LeftOut(
            what="the reviews and contests behind beside.json's statistics",
            why="they are about real people",
        )


def of_tables(source: Source) -> Gathered:
    """The report's tables."""
    for name, text in tables_of(source.folder).items():
        yield File(f"{TABLES}{name}", text.encode())


def of_drafts(source: Source) -> Gathered:
    """The table of drafts; of real people in the annex alone."""
    path = source.folder.drafts or (source.run.frame if source.run else None)
    if path is None:
        yield LeftOut(
            what=f"decision/{DRAFTS}", why=f"the drafts of {_run_id(source)} are not here"
        )
        return
    expected, found = source.folder.decision.run.drafts_digest, file_digest(path)
    if found != expected:
        raise IntegrityError(f"{path}: the decision names SHA-256 {expected}, this file is {found}")
    if source.personal:
        yield Annexed(DRAFTS, path, PERSONAL)
    else:
        yield File(f"decision/{DRAFTS}", path)


def of_record(source: Source) -> Gathered:
    """Checkpoints, leaves and entries in this order: what was read later only has more."""
    project = source.project
    leaves = open_leaves(project)
    notes = [canonical_json({"note": note}) for note in leaves.checkpoints()]
    lines = list(leaves.leaves())
    entries = [line_of(entry) for entry in open_ledger(project).entries()]
    yield File("record/trust.json", trust_path(project.record))
    for name, of in (("ledger", entries), ("leaves", lines), ("checkpoints", notes)):
        if of:
            yield File(f"record/{name}.jsonl", b"".join(line + b"\n" for line in of))
    for path in sorted((project.record / "approvals").glob(f"*{SUFFIX}")):
        said = read_approval(path, source.trust, now=source.now)
        if said.act.decision_id == source.folder.decision.decision_id:
            yield File(f"record/approvals/{path.name}", path)


def of_run(source: Source) -> Gathered:
    """What the run set out to do."""
    intent = source.intent
    if intent is None:
        yield LeftOut(what="run/: suite, plan, the pipeline's manifest", why=_no_intent(source))
        return
    yield File("run/suite.json", as_text(intent.suite).encode())
    yield File("run/plan.json", as_text(intent.plan).encode())
    yield File("run/pipeline.json", as_text(intent.manifest).encode())


def of_logs(source: Source) -> Gathered:
    """Inspect's logs, in the annex where they are many or about real people."""
    run = source.run
    logs = sorted(run.logs.glob("*.eval")) if run else []
    size = sum(path.stat().st_size for path in logs)
    if run is None or not logs:
        yield LeftOut(what="run/logs/", why=f"no Inspect log of {_run_id(source)} is here")
    for path in logs:
        name = f"run/logs/{path.name}"
        if source.personal:
            yield Annexed(name, path, PERSONAL)
        elif size > MOST_LOGS:
            why = f"the logs have {size:,} bytes, more than {MOST_LOGS:,}; it is in the annex"
            yield Annexed(name, path, why)
        else:
            yield File(name, path)
    if run and source.personal and run.journal.path.is_file():
        yield Annexed("run/journal.jsonl", run.journal.path, PERSONAL)


def of_data(source: Source) -> Gathered:
    """The papers of the cases, of what they were made from, and of the people's names."""
    if source.intent is None:
        yield LeftOut(what="data/: the papers of the dataset", why=_no_intent(source))
        return
    facts = source.folder.decision.run
    found = datasets_behind(source.project, facts, source.run, source.intent)
    for use, folder in found.items():
        yield from _papers(f"data/{use}", folder, annexed=source.personal and use == "cases")
    if "cases" not in found:
        yield LeftOut(what="data/cases/", why="no dataset here is the one that was drafted")
    if "identities" not in found:
        yield LeftOut(what="data/identities/", why="no set of names here is the one that was used")


def _papers(place: str, folder: Path, *, annexed: bool) -> Gathered:
    """Manifest, card and Croissant of a dataset; with ``annexed`` the rest of it for the annex."""
    yield File(f"{place}/{MANIFEST}", folder / MANIFEST)
    card = Card.model_validate_json((folder / MANIFEST).read_bytes())
    for name in sorted(card.files):
        if name in ("README.md", "croissant.json"):
            yield File(f"{place}/{name}", folder / name)
        elif annexed:
            yield Annexed(f"{place}/{name}", folder / name, PERSONAL)
    if "croissant.json" not in card.files:
        yield LeftOut(what=f"{place}/croissant.json", why="this dataset has no such description")


def of_certificates(source: Source) -> Gathered:
    """The certificates that the docket has, as files here say them."""
    docket = source.folder.docket
    stands: list[Certificate | GateCertificate] = [*docket.certificates]
    stands += [docket.gate] if docket.gate else []
    for root in (builtin_root(), source.project.root):
        folder = root / "evals" / "certificates"
        gates = [folder / "gate" / f"{docket.gate.policy}.json"] if docket.gate else []
        for path in (*sorted(folder.glob("*.json")), *filter(Path.is_file, gates)):
            found = read_certificate(path.read_bytes())
            if found in stands:
                stands.remove(found)
                yield File(f"certificates/{path.relative_to(folder).as_posix()}", path)
    for left in stands:
        name = left.metric if isinstance(left, Certificate) else f"gate/{left.policy}"
        why = "no file here says the same any more; docket.json has what it said"
        yield LeftOut(what=f"certificates/{name}.json", why=why)


def of_environment(source: Source) -> Gathered:
    """``versions.json`` is of whoever made the bundle, the lock of this release."""
    del source
    lock = builtin_root() / "requirements.lock"
    if not lock.is_file():
        yield LeftOut(what="requirements.lock", why="this installation does not have it")
        return
    yield File("requirements.lock", lock)
    names = re.findall(r"^([a-z0-9][a-z0-9._-]*)==", lock.read_text(encoding="utf-8"), re.MULTILINE)
    found = {name: installed for name in names if (installed := _installed(name))}
    told = {"govern": __version__, "python": platform.python_version(), "packages": found}
    yield File("versions.json", f"{json.dumps(told, indent=1, sort_keys=True)}\n".encode())


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _no_intent(source: Source) -> str:
    return f"nothing here says what {_run_id(source)} set out to do"


def _run_id(source: Source) -> str:
    return f"run {source.folder.decision.run.run_id}"
