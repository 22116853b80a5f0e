"""A drafting service behind HTTP: POST JSON, take text and rating from the reply."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import httpx
from pydantic import Field, HttpUrl, ValidationError

from govern.domain.base import Noun
from govern.domain.case import Packet
from govern.domain.pipeline import Draft, DraftRequest, Manifest
from govern.errors import ManifestError, RunError
from govern.pipelines.answers import as_rating
from govern.pipelines.packets import as_text, public
from govern.pipelines.reply import read_reply
from govern.strict_yaml import explain

CONNECT_RETRIES = 2


class HttpSettings(Noun):
    """How to ask, and where the answer stands.

    ``text`` and ``rating`` are dotted paths into the reply (``choices.0.text``). Without
    ``rating`` it is read from a line of the text. ``auth_env`` names the environment
    variable that holds the whole Authorization header; a secret never stands in a manifest.
    """

    url: HttpUrl
    text: str
    rating: str | None = None
    rating_line: str = "Rating:"
    auth_env: str | None = Field(default=None, pattern=r"^[A-Z][A-Z0-9_]*$")
    timeout_s: float = Field(default=60.0, gt=0)


class Http:
    """The ``http`` pipeline: one POST of ``{"packet": …, "prompt": …}`` per draft."""

    def __init__(self, manifest: Manifest, _folder: Path) -> None:
        try:
            self.settings = HttpSettings.model_validate(manifest.settings)
        except ValidationError as err:
            raise ManifestError(f"pipeline {manifest.id}: settings: {explain(err)}") from err
        name = self.settings.auth_env
        if name and name not in os.environ:
            raise ManifestError(f"pipeline {manifest.id}: set {name} to the Authorization header")
        self.manifest = manifest.model_copy(
            update={"declared_only": (f"the service at {self.settings.url.host}",)}
        )

    def prompt(self, packet: Packet) -> str:
        """The packet as text; the service receives it beside the packet as JSON."""
        return as_text(packet)

    async def draft(self, request: DraftRequest) -> Draft:
        """The service's answer.

        Raises:
            RunError: the service cannot be reached or says that it is out of order (5xx,
                429): an outage is not a draft.
        """
        body = {"packet": public(request.packet), "prompt": self.prompt(request.packet)}
        headers = {}
        if self.settings.auth_env:
            headers["Authorization"] = os.environ[self.settings.auth_env]
        started = time.perf_counter()
        try:
            transport = httpx.AsyncHTTPTransport(retries=CONNECT_RETRIES)
            async with httpx.AsyncClient(
                timeout=self.settings.timeout_s, transport=transport
            ) as client:
                reply = await client.post(str(self.settings.url), json=body, headers=headers)
        except httpx.HTTPError as err:
            what = f"{type(err).__name__}: {err}".rstrip(": ")
            raise RunError(f"{self.settings.url}: no answer: {what}") from err
        if reply.status_code >= 500 or reply.status_code == 429:
            raise RunError(f"{self.settings.url}: answered {reply.status_code}")
        return self._read(reply, time.perf_counter() - started)

    async def aclose(self) -> None:
        """Nothing is kept open between drafts."""

    def _read(self, reply: httpx.Response, latency_s: float) -> Draft:
        if reply.is_error:
            error = f"the service answered {reply.status_code}"
            return Draft(status="failed", error=error, latency_s=latency_s)
        try:
            answer = reply.json()
            text = _at(answer, self.settings.text)
            rating = _at(answer, self.settings.rating) if self.settings.rating else None
        except (ValueError, LookupError, TypeError) as err:
            error = f"the reply does not hold what the manifest says: {err}"
            return Draft(status="failed", error=error[:500], latency_s=latency_s)
        if not isinstance(text, str) or not text.strip():
            return Draft(status="failed", error="the reply holds no text", latency_s=latency_s)
        if self.settings.rating is None:
            line = self.settings.rating_line
            return read_reply(text, rating_line=line, latency_s=latency_s)
        return Draft(status="ok", text=text, rating=as_rating(rating), latency_s=latency_s)


def _at(value: Any, path: str) -> Any:
    """What stands at a dotted path; digits index lists."""
    for part in path.split("."):
        if isinstance(value, list) and part.isdigit():
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            raise LookupError(f"no {part!r} on the path {path!r}")
    return value
