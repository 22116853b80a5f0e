"""Dataset folders: digests first, then the data, through Hugging Face ``datasets``, offline."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from govern.canon import file_digest
from govern.domain.base import Noun
from govern.domain.case import Case, Identity, Rubric
from govern.domain.marker import Marker
from govern.errors import DatasetError, IntegrityError
from govern.strict_yaml import explain

N = TypeVar("N", bound=Noun)


class Card(Noun):
    """A dataset folder's ``manifest.json``.

    ``canary`` is a string to search a training corpus for, ``grammar`` the digest of the
    banks that wrote the cases, ``bounds`` what the figures of the evidence stay under.
    """

    id: str
    version: str
    licence: str
    seed: int | None = None
    use_case: str
    language: str
    synthetic: bool
    cases: int | None = None
    identities: int | None = None
    markers: int | None = None
    reviews: int | None = None
    files: dict[str, str]
    intended_use: str
    limits: tuple[str, ...]
    canary: str | None = None
    grammar: str | None = None
    bounds: dict[str, float] | None = None


@dataclass(frozen=True)
class CaseSet:
    """Cases in their file's order, the rubric that rates them, and where they come from."""

    card: Card
    digest: str
    folder: Path
    cases: tuple[Case, ...]
    rubric: Rubric


@dataclass(frozen=True)
class IdentitySet:
    """Identities in their file's order."""

    card: Card
    digest: str
    folder: Path
    identities: tuple[Identity, ...]


@dataclass(frozen=True)
class MarkerSet:
    """Markers in their file's order."""

    card: Card
    digest: str
    folder: Path
    markers: tuple[Marker, ...]


def read_card(folder: Path) -> tuple[Card, str]:
    """The manifest of a dataset folder and its digest, after every file was checked against it.

    Raises:
        DatasetError: the manifest is absent or malformed, or a file is.
        IntegrityError: a file's bytes are not those that the manifest names.
    """
    path = folder / "manifest.json"
    try:
        card = Card.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as err:
        raise DatasetError(f"{path}: cannot be read: {err.strerror}") from err
    except ValidationError as err:
        raise DatasetError(f"{path}: {explain(err)}") from err
    except ValueError as err:
        raise DatasetError(f"{path}: expected JSON: {err}") from err
    for name, expected in card.files.items():
        target = (folder / name).resolve()
        if not target.is_relative_to(folder.resolve()) or not target.is_file():
            raise DatasetError(f"{path}: names {name}, which is not in the folder")
        found = file_digest(target)
        if found != expected:
            raise IntegrityError(
                f"{folder / name}: changed since the manifest was made: expected SHA-256 "
                f"{expected}, found {found}"
            )
    return card, file_digest(path)


def read_cases(folder: Path, *, cache: Path) -> CaseSet:
    """All cases of a dataset folder. ``cache`` is a folder that ``datasets`` may fill.

    Raises:
        DatasetError: a line is no case, an id occurs twice, or there is no case or rubric.
        IntegrityError: as ``read_card``.
    """
    card, digest = read_card(folder)
    rubric_path = folder / "rubric.json"
    try:
        rubric = Rubric.model_validate_json(rubric_path.read_text(encoding="utf-8"))
    except (OSError, ValidationError) as err:
        raise DatasetError(f"{rubric_path}: expected a rubric: {err}") from err
    cases = _read(folder / "cases.jsonl", Case, cache)
    return CaseSet(card, digest, folder, cases, rubric)


def read_identities(folder: Path, *, cache: Path) -> IdentitySet:
    """All identities of a dataset folder; raises as ``read_cases``."""
    card, digest = read_card(folder)
    identities = _read(folder / "identities.jsonl", Identity, cache)
    attributes = {tuple(sorted(i.groups)) for i in identities}
    if len(attributes) != 1:
        raise DatasetError(f"{folder}: identities differ in their attributes: {attributes}")
    return IdentitySet(card, digest, folder, identities)


def read_markers(folder: Path, *, cache: Path) -> MarkerSet:
    """All markers of a dataset folder; raises as ``read_cases``."""
    card, digest = read_card(folder)
    return MarkerSet(card, digest, folder, _read(folder / "markers.jsonl", Marker, cache))


def _read(path: Path, noun: type[N], cache: Path) -> tuple[N, ...]:
    if not path.is_file() or path.stat().st_size == 0:
        raise DatasetError(f"{path}: expected one {noun.__name__.lower()} a line, found none")
    found: list[N] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(_rows(path, cache), start=1):
        try:
            item = noun.model_validate(_without_nulls(row))
        except ValidationError as err:
            raise DatasetError(f"{path}:{number}: {explain(err)}") from err
        name = str(getattr(item, "id", ""))
        if name in seen:
            raise DatasetError(f"{path}:{number}: id {name!r} stands already on line {seen[name]}")
        seen[name] = number
        found.append(item)
    return tuple(found)


def _rows(path: Path, cache: Path) -> list[dict[str, Any]]:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_DATASETS_OFFLINE", "1")
    import datasets

    datasets.disable_progress_bars()
    datasets.logging.set_verbosity(logging.CRITICAL)
    try:
        table = datasets.load_dataset(
            "json", data_files=str(path), split="train", cache_dir=str(cache)
        )
    except (datasets.exceptions.DatasetsError, ValueError) as err:
        cause = err.__cause__ or err
        raise DatasetError(f"{path}: expected JSON Lines: {cause}") from err
    return list(table)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_without_nulls(v) for v in value]
    return value
