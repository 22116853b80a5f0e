"""``govern pipelines check``: what a pipeline is sent for a few cells, and what comes back."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from govern.app.drafting import connected
from govern.app.loading import Prepared, load_suite, prepare
from govern.app.progress import Reporter
from govern.domain.base import Noun
from govern.domain.pipeline import Draft, DraftRequest, Pipeline
from govern.errors import RunError
from govern.pipelines.exchange import overheard
from govern.pipelines.packets import public
from govern.pipelines.programs import SHORTEST_SECRET
from govern.sources.locate import Project

CELLS = 3
_SECRETS = re.compile(
    r"(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|PASSPHRASE|PAT|CREDENTIALS?|AUTHORIZATION)(?:_|$)"
)


class Exchanged(Noun):
    """One cell: what left us, what came back, and the draft that it was read as.

    ``word_for_word`` is false for an adapter that does not tell; then ``sent`` holds the packet and
    the prompt, and ``came_back`` nothing.
    """

    cell: str
    case: str
    name: str
    word_for_word: bool
    sent: list[Any]
    came_back: list[Any]
    draft: dict[str, Any] | None
    outage: str | None = None


class Checked(Noun):
    """A pipeline, what its fingerprint covers, and what it did with a few cells."""

    pipeline: str
    version: str
    kind: str
    fingerprint: str
    digests: dict[str, str]
    declared_only: tuple[str, ...]
    cells: tuple[Exchanged, ...]

    @property
    def outages(self) -> list[str]:
        return [cell.outage for cell in self.cells if cell.outage]

    @property
    def not_ok(self) -> int:
        """Cells whose answer was no draft, or a refusal."""
        return sum(cell.draft is not None and cell.draft["status"] != "ok" for cell in self.cells)


def check(project: Project, pipeline: str, *, suite: str, reporter: Reporter) -> Checked:
    """Ask a pipeline for three drafts: three cases, three groups. Nothing is kept.

    Raises:
        GovernError: the manifest or the suite cannot be used.
    """
    asked_suite = load_suite(project, suite)
    smallest = min(asked_suite.plans, key=lambda plan: plan.cases)
    prepared = prepare(project, asked_suite, smallest.id, pipeline)
    manifest = prepared.pipeline.manifest
    with (
        connected(prepared.pipeline, project.state / "cache"),
        reporter.step("asking for three drafts"),
    ):
        cells = asyncio.run(_ask(prepared))
    hidden = _secrets(manifest.settings, prepared.pipeline_path.parent, os.environ)
    return Checked.model_validate(
        {
            "pipeline": manifest.id,
            "version": manifest.version,
            "kind": manifest.kind,
            "fingerprint": prepared.fingerprint,
            "digests": manifest.digests,
            "declared_only": manifest.declared_only,
            "cells": [_without(cell, hidden) for cell in cells],
        }
    )


async def _ask(prepared: Prepared) -> list[dict[str, Any]]:
    main = [p.request for p in prepared.planned if p.request.cell.block == "main"]
    apart = len(main) // CELLS + 1
    try:
        return [await _exchange(prepared.pipeline, request) for request in main[::apart]]
    finally:
        await prepared.pipeline.aclose()


async def _exchange(pipeline: Pipeline, request: DraftRequest) -> dict[str, Any]:
    draft: Draft | None = None
    outage = None
    with overheard() as heard:
        try:
            draft = await pipeline.draft(request)
        except RunError as err:
            outage = str(err)
    packet = request.packet
    return {
        "cell": request.cell.id,
        "case": request.cell.case_id,
        "name": packet.name,
        "word_for_word": bool(heard.sent),
        "sent": heard.sent or [{"packet": public(packet), "prompt": pipeline.prompt(packet)}],
        "came_back": heard.came_back,
        "draft": draft.as_json() if draft else None,
        "outage": outage,
    }


def _secrets(settings: Any, folder: Path, environ: Mapping[str, str]) -> list[str]:
    """Values that must not be shown, the longest first.

    They are those of variables that the manifest names (``env``, ``…_env``) or whose names say
    that they are secret, and what files hold that it names for that (``…_file``).
    """
    named = set(_named(settings, "env"))
    found = {v for n, v in environ.items() if n in named or _SECRETS.search(n.upper())}
    for name in _named(settings, "file"):
        path = folder / name
        if path.is_file():
            found.add(path.read_text("utf-8", errors="replace").strip())
    # A header says how it is to be read before it says the secret.
    found |= {value.partition(" ")[2].strip() for value in found}
    return sorted((v for v in found if len(v) >= SHORTEST_SECRET), key=len, reverse=True)


def _named(settings: Any, ending: str) -> Iterator[str]:
    """The text under each key that is ``ending`` or ends in it, at any depth."""
    if isinstance(settings, list | tuple):
        for item in settings:
            yield from _named(item, ending)
    if not isinstance(settings, dict):
        return
    for key, value in settings.items():
        if key == ending or str(key).endswith(f"_{ending}"):
            yield from (v for v in (value if isinstance(value, list) else [value]) if _text(v))
        yield from _named(value, ending)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _without(value: Any, hidden: list[str]) -> Any:
    """The value with every secret in its texts and keys replaced."""
    if isinstance(value, str):
        for secret in hidden:
            value = value.replace(secret, "[secret]")
        return value
    if isinstance(value, list | tuple):
        return [_without(item, hidden) for item in value]
    if isinstance(value, dict):
        return {_without(key, hidden): _without(item, hidden) for key, item in value.items()}
    return value
