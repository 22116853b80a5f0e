"""``govern runs push`` and ``fetch``: a run on another machine, by way of object storage.

A copy replaces another only where it goes on from it: the same intent, and a journal that begins
with the other's. So nobody's drafts are lost, on either side.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govern.app.run_folders import find_run
from govern.canon import sha256
from govern.errors import GovernError, InputError
from govern.runner.folder import RUN_ID, RunFolder
from govern.settings_file import NAME, read_tables
from govern.sources.datasets import read_cases
from govern.sources.locate import Project, locate
from govern.store.objects import Listed, Objects, listed, open_objects
from govern.whole_files import write_whole

VARIABLE = "GOVERN_STORAGE_URL"
_JOURNAL, _INTENT, _PROGRESS = "journal.jsonl", "run.json", "progress.json"
_SECRET = ("seed.json", "sealed/")
"""What only its owner may read."""


@dataclass(frozen=True)
class Copied:
    """A copy that was made: of which run, where it is, its files and how many had to move."""

    run: str
    where: str
    files: int
    moved: int

    def as_json(self) -> dict[str, Any]:
        return {"run": self.run, "where": self.where, "files": self.files, "moved": self.moved}


def push(project: Project, run: str, *, personal: bool = False) -> Copied:
    """Copy a run folder to storage, finished or not.

    Args:
        project: where the run and the address of storage are.
        run: id or folder.
        personal: whether texts that come from people, anonymised ones too, may leave.

    Raises:
        InputError: no storage is named; a deciding run is not finished; the run holds texts that
            come from people; or what is stored does not lead to this copy.
        IntegrityError: what is stored was changed.
        RunError: storage is out of reach; the copy before still stands.
    """
    folder, objects = find_run(project, run), _objects(project)
    name = folder.root.resolve().name
    _require_open(folder, name)
    if not personal and (why := _personal(project, folder)):
        raise InputError(
            f"run {name}: {why}; give --personal if such texts may be stored at {objects.shown}"
        )
    files = _files(folder)
    there = objects.read_list(_place(name))
    if there is not None:
        _require_goes_on(there, files, f"{objects.shown}: run {name}", "fetch it first")
    sent = objects.write(_place(name), files)
    return Copied(name, objects.shown, len(files), sent)


def fetch(project: Project, run: str) -> Copied:
    """Bring a stored run into this project.

    Raises:
        InputError: no storage is named, it has no such run, or what is here is not what the stored
            run goes on from.
        IntegrityError: something stored is gone, was changed, or has a hostile name.
        RunError: storage is out of reach, or somebody works on the run here.
    """
    if not RUN_ID.fullmatch(run):
        raise InputError(f"run id {run!r}: expected letters, digits, - and _ alone")
    objects = _objects(project)
    there = objects.read_list(_place(run))
    if there is None:
        raise InputError(f"{objects.shown}: has no run {run}, or its copy was never finished")
    files = {name: objects.read(_place(run), name, one) for name, one in there.files.items()}
    folder = RunFolder(project.state / "runs" / run)
    folder.root.mkdir(parents=True, exist_ok=True)
    with folder.alone():
        have = _files(folder)
        if have:
            here = listed(_place(run), have)
            _require_goes_on(here, files, f"{folder.root}", "move it away, or push it first")
        moved = {name: data for name, data in files.items() if have.get(name) != data}
        # The journal last: until then this copy is one that the stored one goes on from.
        for name in sorted(moved, key=lambda name: (name == _JOURNAL, name)):
            _write(folder.root / name, moved[name], secret=name.startswith(_SECRET))
    return Copied(run, objects.shown, len(files), len(moved))


def _place(run: str) -> str:
    return f"runs/{run}"


def _objects(project: Project) -> Objects:
    table = read_tables(project.root).get("storage") if project.configured else None
    url = os.environ.get(VARIABLE) or (table.get("url") if isinstance(table, dict) else None)
    if not url:
        raise InputError(
            f'no object storage is named: put url = "s3://bucket/folder" under [storage] in '
            f"{NAME}, or set {VARIABLE}"
        )
    if not isinstance(url, str) or "://" not in url:
        raise InputError(f"storage: expected an address such as s3://bucket/folder, found {url!r}")
    return open_objects(url)


def _require_open(folder: RunFolder, name: str) -> None:
    """That nothing leaves of a run whose cases nobody may know yet."""
    if not RUN_ID.fullmatch(name):
        raise InputError(f"run {name!r}: expected a folder named by letters, digits, - and _ alone")
    whose = folder
    if (folder.root / _INTENT).exists() and (first := folder.read_intent().cells_of):
        whose = RunFolder(Path(first))
    if whose.finished or not whose.root.is_dir():
        return
    if whose.read_intent().decide is not None:
        sealed = whose.root.name
        raise InputError(
            f"run {sealed}: decides and is not finished; its cases are sealed, and neither they "
            f"nor drafts about them leave before: `govern run --resume {sealed}`"
        )


def _personal(project: Project, folder: RunFolder) -> str:
    """Why a run's texts may come from people, or nothing."""
    if not (folder.root / _INTENT).exists():
        return "its drafts came from a file, and may be about people"
    intent = folder.read_intent()
    if intent.baseline not in (None, "reference"):
        return f"it holds the reviews of {intent.baseline} beside its drafts"
    if intent.decide is not None:
        return ""  # fresh cases are made up
    try:
        source = locate(project, "datasets", intent.dataset)
        card = read_cases(source, cache=project.state / "cache").card
    except GovernError as err:
        return f"nobody can say whether its dataset is made up ({err})"
    return "" if card.synthetic else f"its dataset {card.id} comes from people"


def _files(folder: RunFolder) -> dict[str, bytes]:
    """All files of a run by name, without hidden ones; of a journal its whole lines.

    Raises:
        InputError: a link, which may lead anywhere.
    """
    files = {}
    for path in sorted(folder.root.rglob("*")):
        name = path.relative_to(folder.root).as_posix()
        if any(part.startswith(".") for part in name.split("/")):
            continue
        if path.is_symlink():
            raise InputError(f"{path}: a link; a run is copied with plain files alone")
        if path.is_file():
            files[name] = path.read_bytes()
    if _JOURNAL in files:
        files[_JOURNAL] = files[_JOURNAL][: files[_JOURNAL].rfind(b"\n") + 1]
    return files


def _require_goes_on(before: Listed, after: Mapping[str, bytes], where: str, do: str) -> None:
    """That one copy of a run is the other one, or what became of it.

    Raises:
        InputError: it is not.
    """
    grown = False
    for name, stored in sorted(before.files.items(), key=lambda one: one[0] != _JOURNAL):
        data = after.get(name)
        if data is not None and sha256(data) == stored.sha256:
            continue
        if name == _JOURNAL and data is not None:
            grown = len(data) > stored.bytes and sha256(data[: stored.bytes]) == stored.sha256
            if grown:
                continue
        elif name == _PROGRESS or (grown and data is not None and name != _INTENT):
            continue
        raise InputError(f"{where}: its {name} is not what this copy goes on from; {do}")


def _write(path: Path, data: bytes, *, secret: bool) -> None:
    if secret:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, data, mode=0o600 if secret else 0o644)
