"""Adapters: one file for each kind of pipeline, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType

from govern.domain.pipeline import Pipeline
from govern.errors import ManifestError
from govern.pipelines.http import Http
from govern.pipelines.inspect_model import InspectModel
from govern.pipelines.manifest import fingerprint, read_manifest, with_code
from govern.pipelines.planted import Planted
from govern.pipelines.python import PythonFunction
from govern.pipelines.reference import Reference

Factory = Callable[..., Pipeline]
KINDS: Mapping[str, Factory] = MappingProxyType(
    {
        "reference": Reference,
        "planted": Planted,
        "inspect_model": InspectModel,
        "http": Http,
        "python": PythonFunction,
    }
)

__all__ = ["KINDS", "fingerprint", "open_pipeline", "read_manifest"]


def open_pipeline(path: Path) -> Pipeline:
    """The pipeline that a manifest describes, with its digests.

    Raises:
        ManifestError: malformed, or of a kind that no adapter handles.
    """
    manifest = read_manifest(path)
    kinds = dict(KINDS)
    for plugin in entry_points(group="govern.pipelines"):
        if plugin.name in kinds:
            raise ManifestError(f"plugin {plugin.value}: kind {plugin.name!r} exists already")
        kinds[plugin.name] = plugin.load()
    if manifest.kind == "recorded":
        raise ManifestError(
            f"{path}: drafts that exist need no manifest: `govern run --drafts FILE --columns …`"
        )
    if manifest.kind not in kinds:
        raise ManifestError(
            f"{path}: unknown kind {manifest.kind!r}; known: {', '.join(sorted(kinds))}"
        )
    return kinds[manifest.kind](with_code(manifest, path.parent), path.parent)
