"""Kinds that other packages bring by an entry point, looked at before they draft."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from govern.domain.pipeline import Manifest, Pipeline
from govern.errors import InputError, ManifestError
from govern.pipelines.packages import package_digest

GROUP = "govern.pipelines"
Factory = Callable[..., Pipeline]


def found(taken: Iterable[str]) -> dict[str, EntryPoint]:
    """The plugins by the kind that they bring; none is loaded.

    Raises:
        ManifestError: two bring the same kind, or one brings a kind of our own.
    """
    plugins: dict[str, EntryPoint] = {}
    own = set(taken)
    for plugin in entry_points(group=GROUP):
        if plugin.name in own:
            raise ManifestError(f"{_who(plugin)}: kind {plugin.name!r} exists already")
        if plugin.name in plugins:
            other = _who(plugins[plugin.name])
            raise ManifestError(f"{_who(plugin)}: kind {plugin.name!r} comes from {other} too")
        plugins[plugin.name] = plugin
    return plugins


def opened(plugin: EntryPoint, manifest: Manifest, folder: Path) -> Pipeline:
    """The pipeline that a plugin makes of a manifest.

    The bytes of the package's files enter the fingerprint.

    Raises:
        ManifestError: it cannot be loaded, fails, or makes something that is no pipeline.
    """
    who = _who(plugin)
    try:
        factory = plugin.load()
    except Exception as err:
        raise ManifestError(
            f"{who}: {plugin.value} cannot be loaded: {type(err).__name__}: {err}"
        ) from err
    if not callable(factory):
        raise ManifestError(
            f"{who}: {plugin.value}: expected a callable that takes a manifest and its folder, "
            f"found {type(factory).__name__}"
        )
    digested = _with_package(plugin, manifest)
    try:
        pipeline = factory(digested, folder)
    except ManifestError:
        raise
    except Exception as err:
        raise ManifestError(
            f"{who}: {plugin.value} failed on the manifest: {type(err).__name__}: {err}"
        ) from err
    wrong = lacking(pipeline, digested)
    if wrong:
        raise ManifestError(f"{who}: what {plugin.value} makes is no pipeline: {'; '.join(wrong)}")
    return pipeline  # type: ignore[no-any-return]


def lacking(pipeline: object, given: Manifest) -> list[str]:
    """What keeps an object from being the pipeline of the manifest that it was given."""
    wrong = [
        f"{name}() is missing"
        for name in ("prompt", "draft", "aclose")
        if not callable(getattr(pipeline, name, None))
    ]
    wrong += [
        f"{name}() has to be async"
        for name in ("draft", "aclose")
        if callable(method := getattr(pipeline, name, None))
        and not inspect.iscoroutinefunction(method)
    ]
    manifest = getattr(pipeline, "manifest", None)
    if not isinstance(manifest, Manifest):
        return [*wrong, f"manifest: expected a Manifest, found {type(manifest).__name__}"]
    if (manifest.id, manifest.version, manifest.kind) != (given.id, given.version, given.kind):
        wrong.append("its manifest is another one than it was given")
    if not given.digests.items() <= manifest.digests.items():
        wrong.append("its manifest lacks digests that it was given")
    return wrong


def _with_package(plugin: EntryPoint, manifest: Manifest) -> Manifest:
    try:
        found = package_digest(plugin.module)
    except InputError as err:
        raise ManifestError(f"{_who(plugin)}: {err}") from err
    if found is None:
        raise ManifestError(
            f"{_who(plugin)}: {plugin.module} stands in no file, so nobody could say later what "
            "drafted"
        )
    return manifest.model_copy(update={"digests": manifest.digests | {_package(plugin): found}})


def _package(plugin: EntryPoint) -> str:
    return f"{plugin.dist.name} {plugin.dist.version}" if plugin.dist else "an unnamed package"


def _who(plugin: EntryPoint) -> str:
    return f"plugin {plugin.name} of {_package(plugin)}"
