"""Folders of files in object storage, by fsspec: contents by their digest, and a list written last.

Contents are stored under their SHA-256 and never changed, so a copy that was cut short leaves the
list of the copy before it, whole. What is read is held against the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError

from govern.canon import canonical_json, sha256
from govern.domain.base import Noun
from govern.errors import InputError, IntegrityError, RunError
from govern.strict_yaml import explain

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

MOST_FILES = 10_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+=@-]{0,200}")
_DEEPEST = 6
_LIST = "manifest.json"


class Stored(Noun):
    """One file: SHA-256 and bytes."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class Listed(Noun):
    """All files of a folder, by their name in it."""

    version: int = Field(ge=1, le=1)
    folder: str
    files: dict[str, Stored] = Field(max_length=MOST_FILES)


def listed(folder: str, files: Mapping[str, bytes]) -> Listed:
    """What a folder's list says of files.

    Raises:
        InputError: a name that no file in storage can have, or too many.
    """
    require_names(files, InputError)
    if len(files) > MOST_FILES:
        raise InputError(f"{folder}: {len(files):,} files; storage lists {MOST_FILES:,} at most")
    stored = {name: Stored(sha256=sha256(data), bytes=len(data)) for name, data in files.items()}
    return Listed(version=1, folder=folder, files=stored)


def require_names(names: Mapping[str, object], error: type[InputError | IntegrityError]) -> None:
    """Refuse names that lead out of a folder, are hidden, or stand twice on some system."""
    for name in names:
        parts = name.split("/")
        if len(parts) > _DEEPEST or not all(map(_NAME.fullmatch, parts)):
            raise error(f"{name[:200]!r}: no name that a file in storage can have")
    if len({name.lower() for name in names}) < len(names):
        raise error("two files whose names differ in case alone")


@dataclass(frozen=True)
class Objects:
    """A place in object storage.

    ``shown`` is its address without what may be secret.
    """

    files: AbstractFileSystem
    root: str
    shown: str

    def read_list(self, folder: str) -> Listed | None:
        """What is stored of a folder; ``None`` where nothing is, or no copy was finished.

        Raises:
            IntegrityError: its list is none, is of another folder, or has hostile names.
            RunError: storage is out of reach.
        """
        path = f"{self.root}/{folder}/{_LIST}"
        with self._reached():
            try:
                data: bytes = self.files.cat_file(path)
            except FileNotFoundError:
                return None
        try:
            found = Listed.model_validate_json(data)
        except ValidationError as err:
            raise IntegrityError(f"{self.shown}/{folder}/{_LIST}: {explain(err)}") from err
        if found.folder != folder:
            raise IntegrityError(
                f"{self.shown}/{folder}/{_LIST}: is of {found.folder[:200]!r}, not of this folder"
            )
        require_names(found.files, IntegrityError)
        return found

    def read(self, folder: str, name: str, stored: Stored) -> bytes:
        """A listed file.

        Raises:
            IntegrityError: it is gone, or is not what the list says.
            RunError: storage is out of reach.
        """
        path = self._object(folder, stored)
        with self._reached():
            try:
                data: bytes = self.files.cat_file(path)
            except FileNotFoundError as err:
                raise IntegrityError(f"{self.shown}/{folder}: {name} is listed and gone") from err
        if len(data) != stored.bytes or sha256(data) != stored.sha256:
            raise IntegrityError(
                f"{self.shown}/{folder}: {name} was changed: expected SHA-256 {stored.sha256}, "
                f"found {sha256(data)}"
            )
        return data

    def write(self, folder: str, files: Mapping[str, bytes]) -> int:
        """Store what is not there yet, whole, then the list; how many files were sent.

        Raises:
            InputError: a name that no file in storage can have.
            RunError: storage is out of reach; what was stored before still stands.
        """
        listing, sent = listed(folder, files), 0
        with self._reached():
            self.files.makedirs(f"{self.root}/{folder}/objects", exist_ok=True)
            for name, stored in listing.files.items():
                path = self._object(folder, stored)
                if not self._holds(path, stored):
                    self.files.pipe_file(path, files[name])
                    sent += 1
            self.files.pipe_file(
                f"{self.root}/{folder}/{_LIST}", canonical_json(listing.model_dump(mode="json"))
            )
        return sent

    def _holds(self, path: str, stored: Stored) -> bool:
        """Whether this very content is there: what was cut short or changed may be as long."""
        try:
            return sha256(self.files.cat_file(path)) == stored.sha256
        except FileNotFoundError:
            return False

    def _object(self, folder: str, stored: Stored) -> str:
        return f"{self.root}/{folder}/objects/{stored.sha256}"

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except (IntegrityError, InputError):
            raise
        except Exception as err:  # whatever a provider's driver raises
            why = " ".join(f"{type(err).__name__}: {err}".split())[:300]
            raise RunError(f"storage {self.shown}: {why}") from err


def open_objects(url: str) -> Objects:
    """The place that an address such as ``s3://bucket/folder`` names.

    Raises:
        InputError: no such kind of storage, or its package is not installed.
        RunError: it cannot be set up.
    """
    from fsspec.core import url_to_fs
    from fsspec.registry import known_implementations

    parts = urlsplit(url)
    scheme = parts.scheme
    shown = f"{scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/")
    if scheme not in known_implementations or "::" in url:
        raise InputError(
            f"storage {shown}: no kind of storage that fsspec knows; expected s3://, gs://, "
            "abfs://, file:// or the like"
        )
    try:
        files, root = url_to_fs(url)
    except ImportError as err:
        hint: dict[str, Any] = known_implementations[scheme]
        raise InputError(
            f"storage {shown}: {hint.get('err') or err}; for example `pip install` that package"
        ) from err
    except Exception as err:
        why = " ".join(f"{type(err).__name__}: {err}".split())[:300]
        raise RunError(f"storage {shown}: {why}") from err
    return Objects(files, str(root).rstrip("/"), shown)
