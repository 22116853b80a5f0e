"""A Python function as a pipeline: ``module:function``, sync or async."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import inspect
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from govern.canon import file_digest
from govern.domain.case import Packet
from govern.domain.pipeline import Draft, DraftRequest, Manifest
from govern.errors import ManifestError
from govern.pipelines.manifest import closed_settings
from govern.pipelines.packets import as_text, public
from govern.pipelines.reply import read_reply


class PythonFunction:
    """Calls a function with the packet as a dict.

    It returns the draft as text with a rating line, or a dict with ``text`` and ``rating``.
    An exception makes that one draft ``failed``. Settings: ``function`` (found beside the
    manifest first), ``rating_line``.
    """

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        closed_settings(manifest, {"function", "rating_line"})
        self._rating_line = str(manifest.settings.get("rating_line", "Rating:"))
        self._function, source = _load(manifest, folder)
        digests = manifest.digests | {source.name: file_digest(source)}
        self.manifest = manifest.model_copy(
            update={"digests": digests, "declared_only": (f"what {source.name} imports or calls",)}
        )

    def prompt(self, packet: Packet) -> str:
        """The packet as text; the function receives the same as a dict."""
        return as_text(packet)

    async def draft(self, request: DraftRequest) -> Draft:
        """What the function returns for the packet."""
        started = time.perf_counter()
        try:
            if inspect.iscoroutinefunction(self._function):
                reply = await self._function(public(request.packet))
            else:
                reply = await asyncio.to_thread(self._function, public(request.packet))
        except Exception as err:  # noqa: BLE001 - whatever a user's function raises fails its draft
            return Draft(status="failed", error=f"{type(err).__name__}: {err}"[:500])
        return from_reply(reply, self._rating_line, time.perf_counter() - started)

    async def aclose(self) -> None:
        """Nothing is kept open between drafts."""


def from_reply(reply: object, rating_line: str, latency_s: float) -> Draft:
    """A draft from text, or from a mapping with ``text`` and ``rating``."""
    if isinstance(reply, str):
        return read_reply(reply, rating_line=rating_line, latency_s=latency_s)
    if not isinstance(reply, dict) or not isinstance(reply.get("text"), str):
        error = f"expected text, or a dict with 'text', found {type(reply).__name__}"
        return Draft(status="failed", error=error, latency_s=latency_s)
    if not reply["text"].strip():
        return Draft(status="failed", error="the reply holds no text", latency_s=latency_s)
    return Draft(
        status="ok",
        text=reply["text"],
        rating=as_rating(reply.get("rating")),
        latency_s=latency_s,
    )


def as_rating(value: Any) -> float | None:
    """A number from 1 to 5, or ``None`` where there is no such number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if 1 <= number <= 5 else None


def _load(manifest: Manifest, folder: Path) -> tuple[Callable[..., Any], Path]:
    named = str(manifest.settings.get("function", ""))
    module_name, _, function_name = named.partition(":")
    if not module_name or not function_name:
        raise ManifestError(
            f"pipeline {manifest.id}: expected settings.function as 'module:function', "
            f"found {named!r}"
        )
    sys.path.insert(0, str(folder))
    try:
        module = _module(module_name, folder)
    except Exception as err:
        raise ManifestError(
            f"pipeline {manifest.id}: {module_name} cannot be imported: {type(err).__name__}: {err}"
        ) from err
    finally:
        sys.path.remove(str(folder))
    function = getattr(module, function_name, None)
    source = getattr(module, "__file__", None)
    if not callable(function) or source is None:
        raise ManifestError(
            f"pipeline {manifest.id}: {module_name} has no function {function_name}"
        )
    return function, Path(source)


def _module(name: str, folder: Path) -> ModuleType:
    """The module beside the manifest, read anew each time; else the installed one."""
    path = folder.joinpath(*name.split(".")).with_suffix(".py")
    if not path.is_file():
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
