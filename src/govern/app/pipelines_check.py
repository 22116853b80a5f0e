"""``govern pipelines check``: what a pipeline is sent for a few cells, and what comes back."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from govern.app.drafting import connected
from govern.app.loading import Prepared, load_suite, prepare
from govern.app.progress import Reporter
from govern.domain.base import Noun
from govern.domain.pipeline import Draft, DraftRequest, Pipeline
from govern.errors import RunError
from govern.pipelines.exchange import overheard
from govern.pipelines.packets import public
from govern.pipelines.secrecy import longest_first, secret_values, without
from govern.sources.locate import Project

CELLS = 3


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
    parts = (prepared.pipeline, *getattr(prepared.pipeline, "steps", ()))
    settings = [part.manifest.settings for part in parts]
    hidden = _secrets(settings, prepared.pipeline_path.parent, os.environ)
    return Checked.model_validate(
        {
            "pipeline": manifest.id,
            "version": manifest.version,
            "kind": manifest.kind,
            "fingerprint": prepared.fingerprint,
            "digests": manifest.digests,
            "declared_only": manifest.declared_only,
            "cells": [without(cell, hidden) for cell in cells],
        }
    )


async def _ask(prepared: Prepared) -> list[dict[str, Any]]:
    """What becomes of a few cells today; a reply that was kept says nothing of who answers now."""
    main = [p.request for p in prepared.planned if p.request.cell.block == "main"]
    apart = len(main) // CELLS + 1
    run = f"check {uuid4()}"
    requests = [request.asked_by(run, anew=True) for request in main[::apart]]
    try:
        return [await _exchange(prepared.pipeline, request) for request in requests]
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
    found = secret_values(environ, _named(settings, "env"))
    for name in _named(settings, "file"):
        path = folder / Path(name).expanduser()
        if path.is_file():
            found.add(path.read_text("utf-8", errors="replace"))
    return longest_first(found)


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
