"""A bundle unpacked: its manifest held against its files, and what stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from govern.app.archive import is_archive, unpacked
from govern.app.decision_folder import DRAFTS
from govern.app.ledger import Verified, verify_log
from govern.app.verify_folder import DecisionFolder, json_of, read_folder, require_form, walk
from govern.attest.files import read_signed, require_unlinked
from govern.attest.trust import TrustRoot, read_trust
from govern.canon import file_digest
from govern.domain.bundle import Contents, Held
from govern.domain.ledger import Entry, LeafStore
from govern.errors import InputError, IntegrityError
from govern.store.ledger_file import FileLeaves, FileLedger
from govern.strict_yaml import explain

MANIFEST = "manifest.json"
DECISION = "decision"
RECORD = "record"
_TAKE_AWAY = "; what a system or a zip tool put there, such as .DS_Store, may be deleted"
_ARTICLE = {"bundle": "a bundle", "annex": "an annex"}


@dataclass(frozen=True)
class Bundle:
    """The folder that a bundle was unpacked to, and its manifest."""

    root: Path
    contents: Contents

    @cached_property
    def folder(self) -> DecisionFolder:
        """The decision's folder in it.

        Raises:
            IntegrityError: it lacks the decision; else as ``read_folder``.
        """
        if not (self.root / DECISION / "decision.json").is_file():
            raise IntegrityError(f"{DECISION}/decision.json missing; ask for the whole bundle")
        return read_folder(self.root / DECISION)

    @cached_property
    def trust(self) -> TrustRoot:
        """The record's trust root as the bundle has it, which proves little by itself."""
        return read_trust(self.root / RECORD)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The record's entries, a chain that was checked."""
        return FileLedger(self.root / RECORD / "ledger.jsonl").entries()

    @property
    def leaves(self) -> LeafStore:
        """The leaves and checkpoints."""
        return FileLeaves(self.root / RECORD)

    def log(self, trust: TrustRoot) -> Verified:
        """Whether the record in it holds together; raises as ``verify_record``.

        Signatures count as of their own time, so that a bundle says the same whenever it is read.
        """
        return verify_log(self.entries, self.leaves, trust, now=datetime.max.replace(tzinfo=UTC))

    @property
    def drafts(self) -> Path | None:
        """The drafts frame, where the bundle has it."""
        path = self.root / DECISION / DRAFTS
        return path if path.is_file() else None


def is_bundle(path: Path) -> bool:
    """Whether a path is an archive, or the folder that one was unpacked to."""
    return is_archive(path) or (path / MANIFEST).is_file()


@contextmanager
def opened_bundle(source: Path) -> Iterator[Bundle]:
    """A bundle, from its archive or from the folder that it was unpacked to.

    Raises:
        InputError: there is none.
        IntegrityError: as ``unpacked``, or its files are not those that its manifest names.
    """
    with _opened(source, "bundle") as (root, contents):
        yield Bundle(root, contents)


@contextmanager
def opened_annex(source: Path, bundle: Bundle) -> Iterator[Path]:
    """The folder of a bundle's own annex; raises as ``opened_bundle``."""
    with _opened(source, "annex") as (root, contents):
        if contents.decision_id != bundle.contents.decision_id:
            raise IntegrityError(
                f"{source}: the annex of decision {contents.decision_id}, not of "
                f"{bundle.contents.decision_id}"
            )
        found = {name: held for name, held in contents.files.items() if name != "README.md"}
        if wrong := _differing(bundle.contents.annex, found):
            raise IntegrityError(f"{source}: not the annex that the bundle names: {wrong}")
        yield root


@contextmanager
def _opened(source: Path, kind: Literal["bundle", "annex"]) -> Iterator[tuple[Path, Contents]]:
    if source.is_dir():
        require_unlinked(source)
        yield source, _contents(source, kind, str(source))
        return
    with unpacked(source) as root:
        yield root, _contents(root, kind, str(source))


def _contents(root: Path, kind: str, where: str) -> Contents:
    try:
        raw = read_signed(root / MANIFEST)
        require_form(json_of(raw, f"{where}: {MANIFEST}"), Contents, f"{where}: {MANIFEST}")
        told = Contents.model_validate_json(raw)
    except FileNotFoundError as err:
        raise IntegrityError(f"{where}: no {MANIFEST}; expected {_ARTICLE[kind]}") from err
    except ValidationError as err:
        raise IntegrityError(f"{where}: {MANIFEST}: {explain(err)}") from err
    if told.kind != kind:
        raise InputError(f"{where}: expected {_ARTICLE[kind]}, found {_ARTICLE[told.kind]}")
    found = {
        path.relative_to(root).as_posix(): Held(sha256=file_digest(path), bytes=path.stat().st_size)
        for path in _files(root)
    }
    found.pop(MANIFEST)
    if wrong := _differing(told.files, found):
        raise IntegrityError(f"{where}: not the files that its {MANIFEST} names: {wrong}")
    return told


def _files(root: Path) -> Iterator[Path]:
    for path in walk(root):
        if not path.is_file():
            raise IntegrityError(f"{path}: no plain file")
        yield path


def _differing(expected: Mapping[str, Held], found: Mapping[str, Held]) -> str:
    """Which files were changed, taken away or added; empty where none was."""
    both = sorted(set(expected) & set(found))
    told = {
        "changed": [name for name in both if expected[name] != found[name]],
        "missing": sorted(set(expected) - set(found)),
        "added": sorted(set(found) - set(expected)),
    }
    listed = "; ".join(
        f"{what}: {', '.join(map(_on_one_line, names[:5]))}{' …' if len(names) > 5 else ''}"
        for what, names in told.items()
        if names
    )
    return f"{listed}{_TAKE_AWAY}" if told["added"] else listed


def _on_one_line(name: str) -> str:
    return name if name.isprintable() else repr(name)
