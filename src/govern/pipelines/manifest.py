"""Reading a pipeline's manifest, and its fingerprint."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from govern import strict_yaml
from govern.canon import digest, file_digest
from govern.domain.pipeline import Manifest
from govern.errors import InputError, ManifestError
from govern.pipelines.reply import whole


def read_manifest(path: Path) -> Manifest:
    """The manifest in a YAML file, before any adapter added its digests.

    Raises:
        ManifestError: with file and field, when it cannot be read or is malformed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise ManifestError(f"{path}: cannot be read as UTF-8 text: {err}") from err
    fields = strict_yaml.load(text, where=str(path), error=ManifestError)
    if any("\0" in text or whole(text) != text for text in _texts(fields)):
        # No file's name and no journal can hold them.
        raise ManifestError(f"{path}: expected text, found NUL or half a character in it")
    reserved = {"digests", "declared_only"} & set(fields)
    if reserved:
        raise ManifestError(f"{path}: {', '.join(sorted(reserved))}: found, not declared")
    try:
        return Manifest.model_validate(fields)
    except ValidationError as err:
        raise ManifestError(f"{path}: {strict_yaml.explain(err)}") from err


def _texts(value: Any) -> Iterator[str]:
    """All texts in a document, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for part in pair for text in _texts(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in _texts(part))


def with_code(manifest: Manifest, folder: Path) -> Manifest:
    """The manifest with the digests of its code and its lockfile.

    Raises:
        ManifestError: one of them cannot be read, stands at an absolute path (another machine
            has another), or a pattern fits no file.
    """
    found: dict[str, Path] = {}
    for named in manifest.code or ():
        files = [path for path in _fitting(manifest, folder, named) if path.is_file()]
        if not files:
            raise ManifestError(f"pipeline {manifest.id}: code: no file fits {named!r} in {folder}")
        found |= {f"code:{_beside(folder, path)}": path for path in files}
    if manifest.lockfile:
        found[f"lockfile:{manifest.lockfile}"] = folder / _relative(manifest, manifest.lockfile)
    try:
        digests = {name: file_digest(path) for name, path in sorted(found.items())}
    except InputError as err:
        raise ManifestError(f"pipeline {manifest.id}: {err}") from err
    return manifest.model_copy(update={"digests": manifest.digests | digests})


def _fitting(manifest: Manifest, folder: Path, named: str) -> list[Path]:
    """The paths that a name or pattern stands for; ``..`` may lead it out of the folder."""
    parts = Path(_relative(manifest, named)).parts
    up = next((at for at, part in enumerate(parts) if part != ".."), len(parts))
    root, pattern = folder.joinpath(*parts[:up]), parts[up:]
    if not pattern or ".." in pattern:
        raise ManifestError(
            f"pipeline {manifest.id}: code: {named!r}: expected a file or a pattern such as "
            "'drafting/**/*.py'"
        )
    return sorted(root.glob(str(Path(*pattern))))


def _beside(folder: Path, path: Path) -> str:
    """A path as seen from the manifest, the same on every machine."""
    return Path(os.path.relpath(path, folder)).as_posix()


def _relative(manifest: Manifest, named: str) -> str:
    if not named or Path(named).is_absolute():
        raise ManifestError(
            f"pipeline {manifest.id}: {named!r}: expected a path relative to the manifest"
        )
    return named


def closed_settings(manifest: Manifest, known: set[str]) -> None:
    """Refuse settings that the kind does not have.

    Raises:
        ManifestError: naming them.
    """
    unknown = sorted(set(manifest.settings) - known)
    if unknown:
        raise ManifestError(
            f"pipeline {manifest.id}: unknown setting(s) {', '.join(unknown)}; "
            f"kind {manifest.kind} has {', '.join(sorted(known)) or 'none'}"
        )


def fingerprint(manifest: Manifest) -> str:
    """SHA-256 over the canonical manifest with the digest of every byte that was reached."""
    return digest(manifest.as_json())
