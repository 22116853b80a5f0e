"""Adapters: one file for each kind of pipeline, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from govern.domain.pipeline import Manifest, Pipeline
from govern.errors import ManifestError
from govern.pipelines import plugins
from govern.pipelines.chain import Chain
from govern.pipelines.command import Command
from govern.pipelines.http import Http
from govern.pipelines.inspect_model import InspectModel
from govern.pipelines.manifest import fingerprint, read_manifest, with_code
from govern.pipelines.planted import Planted
from govern.pipelines.python import PythonFunction
from govern.pipelines.reference import Reference

KINDS: Mapping[str, plugins.Factory] = MappingProxyType(
    {
        "reference": Reference,
        "planted": Planted,
        "inspect_model": InspectModel,
        "http": Http,
        "python": PythonFunction,
        "command": Command,
        "chain": lambda manifest, folder: Chain(manifest, folder, open_manifest),
    }
)

__all__ = ["KINDS", "fingerprint", "open_manifest", "open_pipeline", "read_manifest"]


def open_pipeline(path: Path) -> Pipeline:
    """The pipeline that a manifest describes, with its digests.

    Raises:
        ManifestError: malformed, or of a kind that no adapter handles.
    """
    manifest = read_manifest(path)
    if manifest.kind == "recorded":
        raise ManifestError(
            f"{path}: drafts that exist need no manifest: `govern run --drafts FILE --columns …`"
        )
    return open_manifest(manifest, path.parent, where=str(path))


def open_manifest(manifest: Manifest, folder: Path, *, where: str) -> Pipeline:
    """The pipeline of a manifest whose files stand in ``folder``.

    Raises:
        ManifestError: no adapter handles its kind, or its adapter refuses it.
    """
    brought = plugins.found(KINDS)
    manifest = with_code(manifest, folder)
    if manifest.kind in KINDS:
        return KINDS[manifest.kind](manifest, folder)
    if manifest.kind not in brought:
        have = ", ".join(sorted([*KINDS, *brought]))
        raise ManifestError(f"{where}: unknown kind {manifest.kind!r}; known: {have}")
    return plugins.opened(brought[manifest.kind], manifest, folder)
