"""A dataset folder's own papers: ``croissant.json`` and ``manifest.json``, byte for byte the same.

The Croissant file follows version 1.1 with the responsible-AI fields. It is written here, so
that a dataset can be made without further packages, and read back with ``mlcroissant`` in tests.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files as resource_files
from itertools import islice
from pathlib import Path
from typing import Any

from govern.canon import file_digest, sha256
from govern.errors import DatasetError, IntegrityError
from govern.sources.datasets import Card
from govern.sources.record_set import record_set, rows_of

Json = dict[str, Any]
CROISSANT, MANIFEST = "croissant.json", "manifest.json"
_FIRST_ROWS = 1000
_CONFORMS = "http://mlcommons.org/croissant/1.1"
_LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}
_FORMATS = {
    ".jsonl": "application/jsonlines",
    ".json": "application/json",
    ".md": "text/markdown",
    ".py": "text/x-python",
}
_RESPONSIBLE = {
    "annotation": "rai:dataAnnotationProtocol",
    "biases": "rai:dataBiases",
    "collection": "rai:dataCollection",
    "collection_type": "rai:dataCollectionType",
    "limitations": "rai:dataLimitations",
    "maintenance": "rai:dataReleaseMaintenancePlan",
    "personal": "rai:personalSensitiveInformation",
    "preprocessing": "rai:dataPreprocessingProtocol",
    "social_impact": "rai:dataSocialImpact",
    "uses": "rai:dataUseCases",
}


@dataclass(frozen=True)
class Responsible:
    """The responsible-AI fields of Croissant, each in plain words."""

    collection: str
    collection_type: str
    annotation: str
    preprocessing: str
    biases: str
    social_impact: str
    personal: str
    maintenance: str


@dataclass(frozen=True)
class Package:
    """What stands about a dataset folder in its two papers.

    ``card`` is the manifest without its ``files``; ``records`` is the JSON Lines file that
    holds the data, ``about`` says what each of its columns means.
    """

    card: Card
    title: str
    description: str
    date_published: date
    records: str
    responsible: Responsible
    about: Mapping[str, str] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    creator: str = "The govern authors"
    url: str = "https://example.org/govern"


def canary_of(dataset: str) -> str:
    """The string by which a dataset is found in a training corpus; the same for the same id."""
    return f"govern:{dataset}:canary:{uuid.uuid5(uuid.NAMESPACE_URL, f'govern/{dataset}')}"


def packed(files: Mapping[str, bytes], package: Package) -> dict[str, bytes]:
    """The two papers for these files; the manifest names the digest of every other file.

    Raises:
        DatasetError: the records file is absent or no JSON Lines.
    """
    own = {name: data for name, data in files.items() if name not in (CROISSANT, MANIFEST)}
    papers = {CROISSANT: croissant(own, package)}
    digests = {name: sha256(data) for name, data in sorted({**own, **papers}.items())}
    papers[MANIFEST] = _manifest(package.card, digests)
    return papers


def croissant(files: Mapping[str, bytes], package: Package) -> bytes:
    """The Croissant file that describes ``files``.

    Raises:
        DatasetError: the records file is absent or no JSON Lines.
    """
    if package.records not in files:
        raise DatasetError(f"{package.records}: not among the files to package")
    listed = [_file_object(n, len(data), sha256(data)) for n, data in sorted(files.items())]
    return _dumps(_croissant(listed, rows_of(package.records, files[package.records]), package))


@dataclass(frozen=True)
class Described:
    """A folder's Croissant file: what it says, and the SHA-256 that the manifest names."""

    sha256: str
    fields: Json

    @property
    def conforms_to(self) -> str:
        """Which version it says that it conforms to; empty where it names none."""
        said = self.fields.get("conformsTo", "")
        return ", ".join(map(str, said)) if isinstance(said, list) else str(said)


def described(folder: Path, card: Card) -> Described | None:
    """The Croissant file that a manifest names; ``None`` where it names none.

    Raises:
        DatasetError: it is gone or no JSON object.
        IntegrityError: its bytes are not those that the manifest names.
    """
    expected, path = card.files.get(CROISSANT), folder / CROISSANT
    if expected is None:
        return None
    try:
        raw = path.read_bytes()
        fields = json.loads(raw)
    except OSError as err:
        raise DatasetError(f"{path}: cannot be read: {err.strerror}") from err
    except ValueError as err:
        raise DatasetError(f"{path}: expected JSON: {err}") from err
    if not isinstance(fields, dict):
        raise DatasetError(f"{path}: expected a JSON object")
    if sha256(raw) != expected:
        raise IntegrityError(
            f"{path}: changed since the manifest was made: expected SHA-256 {expected}, found "
            f"{sha256(raw)}"
        )
    return Described(expected, fields)


def write_large_package(folder: Path, package: Package) -> str:
    """As ``write_package`` for plain files that need not fit into memory.

    The columns are described by the first rows of the records file.

    Raises:
        DatasetError: the records file is absent or no JSON Lines.
    """
    plain = [p for p in sorted(folder.iterdir()) if p.is_file()]
    papers = (CROISSANT, MANIFEST)
    digests = {p.name: file_digest(p) for p in plain if p.name not in papers}
    if package.records not in digests:
        raise DatasetError(f"{package.records}: not among the files to package")
    with (folder / package.records).open("rb") as stream:
        first = b"".join(islice(stream, _FIRST_ROWS))
    listed = [_file_object(n, (folder / n).stat().st_size, d) for n, d in digests.items()]
    described = _dumps(_croissant(listed, rows_of(package.records, first), package))
    (folder / CROISSANT).write_bytes(described)
    digests[CROISSANT] = sha256(described)
    manifest = _manifest(package.card, digests)
    (folder / MANIFEST).write_bytes(manifest)
    return sha256(manifest)


def write_package(folder: Path, package: Package) -> str:
    """Write both papers for what stands in ``folder``; the manifest's SHA-256.

    Raises:
        DatasetError: as ``packed``.
    """
    papers = packed(folder_files(folder), package)
    for name, data in papers.items():
        (folder / name).write_bytes(data)
    return sha256(papers[MANIFEST])


def folder_files(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder`` by its POSIX path, without caches and hidden files."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(
            part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts
        )
    }


def _manifest(card: Card, digests: Mapping[str, str]) -> bytes:
    """Without `seed` and the like where there is none: a private seed is never hinted at."""
    named = card.model_copy(update={"files": dict(sorted(digests.items()))})
    return _dumps(named.model_dump(mode="json", exclude_none=True))


def _croissant(listed: list[Json], rows: list[Json], package: Package) -> Json:
    card = package.card
    context = resource_files("govern.sources").joinpath("croissant_context.json")
    responsible = {
        **vars(package.responsible),
        "limitations": " ".join(card.limits),
        "uses": card.intended_use,
    }
    description = package.description
    if card.canary:
        description += f" Not for training; canary: {card.canary}"
    return {
        "@context": json.loads(context.read_text(encoding="utf-8")),
        "@type": "sc:Dataset",
        "name": card.id,
        "alternateName": package.title,
        "description": description,
        "conformsTo": _CONFORMS,
        "citeAs": f"{package.creator}. {package.title}, version {card.version}. {card.licence}.",
        "creator": {"@type": "sc:Organization", "name": package.creator, "url": package.url},
        "datePublished": package.date_published.isoformat(),
        "inLanguage": card.language,
        "keywords": list(package.keywords),
        "license": _LICENCES.get(card.licence, card.licence),
        **{_RESPONSIBLE[name]: responsible[name] for name in sorted(responsible)},
        "url": package.url,
        "version": card.version,
        "distribution": listed,
        "recordSet": [record_set(package.records, package.about, rows)],
    }


def _file_object(name: str, size: int, digest: str) -> Json:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentSize": f"{size} B",
        "contentUrl": name,
        "encodingFormat": _FORMATS.get(Path(name).suffix, "application/octet-stream"),
        "sha256": digest,
    }


def _dumps(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
