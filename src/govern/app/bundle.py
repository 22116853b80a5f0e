"""``govern bundle``: all that a decision rests on in one archive, the rest in a restricted one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from govern import __version__
from govern.app.archive import MOST_BYTES, pack, packed_size, require_writable, write_archive
from govern.app.bundle_files import Annexed, File, Source
from govern.app.bundle_made import made_of
from govern.app.bundle_parts import PARTS
from govern.app.bundle_readme import annex_readme
from govern.app.bundle_reports import PDF, cards_made, pdf_made, pdf_maker
from govern.app.data_behind import run_behind
from govern.app.decision_folder import as_text
from govern.app.opened_bundle import MANIFEST, Bundle
from govern.app.opened_decision import open_decision
from govern.app.verify_folder import read_folder
from govern.attest.statements import decision_digest
from govern.attest.trust import read_trust
from govern.canon import file_digest, sha256
from govern.domain.bundle import Contents, Held, LeftOut
from govern.errors import InputError
from govern.sources.locate import Project

BUDGET = 100_000_000
"""Bytes that a bundle may have in one file."""


@dataclass(frozen=True)
class Bundled:
    """What was written: the files of the bundle and of the annex, and what the bundle says."""

    files: tuple[Path, ...]
    annex: tuple[Path, ...]
    contents: Contents

    @property
    def digests(self) -> dict[Path, str]:
        """SHA-256 of each file, to be told to the auditor by another way than the files."""
        return {path: file_digest(path) for path in (*self.files, *self.annex)}


@dataclass(frozen=True)
class _Gathered:
    """All files by their name, with the manifest of each of the two."""

    bundle: Mapping[str, bytes | Path]
    annex: Mapping[str, bytes | Path]
    contents: Contents


def bundle(
    project: Project,
    decision: str,
    *,
    now: datetime,
    out: Path | None = None,
    annex: Path | None = None,
    part: int | None = None,
    pdf: bool = False,
) -> Bundled:
    """Write a decision's audit bundle; the same decision and record give the same bytes.

    Args:
        project: whose record and runs.
        decision: a decision's id or folder.
        now: no approval may be dated later.
        out: the archive; ``bundle-ID.zip`` here by default.
        annex: where to write what may be about real people, for whoever may read it.
        part: bytes of each of several numbered files.
        pdf: whether to take along the report as PDF.

    Raises:
        InputError: there is no such decision, the record has no entry of it, a file exists, the
            bundle is over its budget, it or the annex is more than ``verify`` takes, there is
            nothing for an annex, or the extra ``pdf`` is not installed.
        IntegrityError, PolicyError, RunError: decision or record do not hold, or cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="govern-") as place:
        found = _gathered(project, decision, Path(place), now=now, pdf=pdf)
        told = found.contents
        if annex and not found.annex:
            raise InputError("nothing was left out that an annex would hold; leave --annex out")
        target = out or Path(bundle_name(told.decision_id))
        if not part:
            _require_budget(found.bundle)
        if annex:
            require_writable(found.annex, annex, part=part or MOST_BYTES)
        files = write_archive(found.bundle, target, part=part or BUDGET)
        annexed = write_archive(found.annex, annex, part=part or MOST_BYTES) if annex else []
    return Bundled(tuple(files), tuple(annexed), told)


def bundle_bytes(project: Project, decision: str, *, now: datetime) -> bytes:
    """The same archive in memory; raises as ``bundle``."""
    with tempfile.TemporaryDirectory(prefix="govern-") as place:
        found = _gathered(project, decision, Path(place), now=now, pdf=False)
        target = BytesIO()
        pack(found.bundle, target)
    return target.getvalue()


def bundle_name(decision_id: str) -> str:
    """What a bundle's file is called."""
    return f"bundle-{decision_id}.zip"


def _gathered(project: Project, which: str, place: Path, *, now: datetime, pdf: bool) -> _Gathered:
    folder = read_folder(open_decision(project.record, which).folder)
    trust = read_trust(project.record)
    source = Source(project, folder, trust, *run_behind(project, folder.decision.run), now)
    files: dict[str, bytes | Path] = {}
    annexed: dict[str, Path] = {}
    left: list[LeftOut] = []
    for part in PARTS:
        for one in part.gather(source):
            match one:
                case File(name, data):
                    files[name] = data
                case Annexed(name, data, why):
                    annexed[name] = data
                    left.append(LeftOut(what=name, why=why))
                case LeftOut():
                    left.append(one)
    if pdf:
        files[PDF] = pdf_made(folder)
    laid = _laid_out(files, place)
    told = Contents(
        kind="bundle",
        decision_id=folder.decision.decision_id,
        decision_digest=decision_digest(folder.decision),
        made_by=f"govern {__version__}",
        pdf_by=pdf_maker() if pdf else None,
        files=_held(laid),
        annex=_held(annexed),
        left_out=tuple(left),
    )
    for make in (cards_made, made_of):
        made = {name: text.encode() for name, text in make(Bundle(place, told)).items()}
        laid |= _laid_out(made, place)
        told = told.model_copy(update={"files": _held(laid)})
    return _Gathered(_named("bundle", told, laid), _annex(told, annexed), told)


def _annex(bundled: Contents, files: Mapping[str, Path]) -> dict[str, bytes | Path]:
    if not files:
        return {}
    whole: dict[str, bytes | Path] = {**files, "README.md": annex_readme(bundled).encode()}
    told = bundled.model_copy(
        update={"kind": "annex", "files": _held(whole), "annex": {}, "left_out": ()}
    )
    return _named("annex", told, whole)


def _named(kind: str, told: Contents, files: Mapping[str, bytes | Path]) -> dict[str, bytes | Path]:
    """The files as they stand in the archive, in one folder, with their manifest."""
    top = f"govern-{kind}-{told.decision_id}"
    whole = {**files, MANIFEST: as_text(told).encode()}
    return {f"{top}/{name}": data for name, data in whole.items()}


def _held(files: Mapping[str, bytes | Path]) -> dict[str, Held]:
    return {name: held(data) for name, data in sorted(files.items())}


def held(data: bytes | Path) -> Held:
    """A file by its digest and size; InputError if it cannot be read."""
    if isinstance(data, bytes):
        return Held(sha256=sha256(data), bytes=len(data))
    return Held(sha256=file_digest(data), bytes=data.stat().st_size)


def _laid_out(files: Mapping[str, bytes | Path], place: Path) -> dict[str, Path]:
    """Copies, as the files will lie once unpacked: others are made of them."""
    laid = {name: place / name for name in files}
    for name, data in files.items():
        laid[name].parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, bytes):
            laid[name].write_bytes(data)
        else:
            shutil.copyfile(data, laid[name])
    return laid


def _require_budget(files: Mapping[str, bytes | Path]) -> None:
    if (size := packed_size(files)) > BUDGET:
        raise InputError(
            f"the bundle has {size:,} bytes, more than {BUDGET:,}: --split-mb 100 writes numbered "
            "files"
        )
