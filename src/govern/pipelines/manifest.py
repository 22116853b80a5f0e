"""Reading a pipeline's manifest, and its fingerprint."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from govern import strict_yaml
from govern.canon import digest
from govern.domain.pipeline import Manifest
from govern.errors import ManifestError


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
    reserved = {"digests", "declared_only"} & set(fields)
    if reserved:
        raise ManifestError(f"{path}: {', '.join(sorted(reserved))}: found, not declared")
    try:
        return Manifest.model_validate(fields)
    except ValidationError as err:
        raise ManifestError(f"{path}: {strict_yaml.explain(err)}") from err


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
