"""What is sent for a cell."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from govern.canon import digest
from govern.domain.case import Packet
from govern.domain.pipeline import DraftRequest
from govern.errors import ManifestError
from govern.pipelines.http.filling import filling
from govern.pipelines.http.openapi import Operation
from govern.pipelines.http.settings import HttpSettings
from govern.pipelines.packets import as_text, public
from govern.pipelines.templates import PromptTemplate

_HEADER = re.compile(r"[\x20-\x7e]*")
_UNKEYED = "0" * 64


@dataclass(frozen=True)
class Call:
    """One request, secret and connection apart."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None

    def told(self) -> dict[str, Any]:
        """The call as JSON."""
        body = None if self.content is None else json.loads(self.content)
        url = str(self.url)
        return {"method": self.method, "url": url, "headers": dict(self.headers), "body": body}


def cell_key(fingerprint: str, request: DraftRequest) -> str:
    """The idempotency key of a cell in a run: the same for each retry and after each resume.

    Another pipeline, another packet under the same cell, or another run has another one: a service
    that knows such keys would repeat what it drafted then, and what drifts would look the same.
    """
    return digest([fingerprint, request.run, request.cell.id, public(request.packet)])


class RequestTemplate:
    """Makes the calls that a manifest describes."""

    def __init__(
        self, settings: HttpSettings, operation: Operation | None, folder: Path, *, where: str
    ) -> None:
        self._where, self._operation = where, operation
        self._idempotency = settings.idempotency_header
        self._prompt = PromptTemplate(folder / settings.template) if settings.template else None
        self._method = operation.method if operation else settings.method or "POST"
        self._url = operation.url if operation else str(settings.url)
        self._path = filling(settings.path, where=f"{where}: settings.path")
        self._query = filling(settings.query, where=f"{where}: settings.query")
        self._headers = filling(settings.headers, where=f"{where}: settings.headers")
        self._body = filling(settings.body, where=f"{where}: settings.body")
        self._in_batches = settings.batch is not None
        self._of_batches = self._shared() if self._in_batches else ({}, {})
        if operation:
            operation.check_names(settings, where=where)

    @property
    def address(self) -> httpx.URL:
        """Where calls go, without what a template fills in."""
        return httpx.URL(self._url)

    @property
    def prompt_source(self) -> bytes | None:
        """The bytes of the prompt's template, where there is one."""
        return self._prompt.source.encode() if self._prompt else None

    def prompt(self, packet: Packet) -> str:
        """The packet as text, or the prompt made of it."""
        return self._prompt.render(packet) if self._prompt else as_text(packet)

    def check(self, packet: Packet) -> None:
        """Make the call for a packet and drop it.

        Raises:
            ManifestError: the templates do not fit the packet, or not what the operation takes; or
                the items of a batch do not say which cell they are of.
        """
        made = self.call(packet, _UNKEYED)
        if self._in_batches and f'"{_UNKEYED}"' not in (made.content or b"").decode():
            raise ManifestError(
                f'{self._where}: settings.body: expected "{{{{ key }}}}", by which the rows of a '
                "batch are told apart"
            )

    def item(self, packet: Packet, key: str) -> Any:
        """The body alone, as a tree: one item of a batch.

        Raises:
            ManifestError: the templates do not fit the packet.
        """
        return self._body(self._known(packet, key))

    def call(self, packet: Packet, key: str) -> Call:
        """The call for one cell.

        Raises:
            ManifestError: the templates do not fit the packet, or not what the operation takes.
        """
        known = self._known(packet, key)
        path, query, body = self._path(known), self._query(known), self._body(known)
        headers = {name: str(value) for name, value in self._headers(known).items()}
        if self._method == "GET":
            body = None
        if self._operation:
            self._operation.check(path, query, headers, body, where=self._where)
        url = httpx.URL(_with_path(self._url, path))
        return Call(
            self._method,
            url.copy_merge_params(query) if query else url,
            self._with_ours(headers, key),
            None if body is None else as_content(body, where=self._where),
        )

    def submission(self, body: Any, key: str) -> Call:
        """The call that submits a batch."""
        content = as_content(body, where=self._where)
        headers, query = self._of_batches
        url = httpx.URL(self._url)
        return Call(
            self._method,
            url.copy_merge_params(query) if query else url,
            self._with_ours(headers, key),
            content,
        )

    def question(self, url: httpx.URL) -> Call:
        """The call that asks about a batch, or for its results."""
        headers, _ = self._of_batches
        return Call("GET", url, headers)

    def _shared(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Headers and query of a batch, which is of many cells.

        Raises:
            ManifestError: they are of one cell.
        """
        try:
            headers, query = self._headers({}), self._query({})
        except ManifestError as err:
            raise ManifestError(f"{err}; a batch has one for all its cells") from err
        return {name: str(value) for name, value in headers.items()}, query

    def _known(self, packet: Packet, key: str) -> dict[str, Any]:
        return {
            "packet": public(packet),
            "packet_text": as_text(packet),
            "prompt": self.prompt(packet),
            "key": key,
        }

    def _with_ours(self, headers: dict[str, str], key: str) -> dict[str, str]:
        for name, value in headers.items():
            if not _HEADER.fullmatch(value):
                raise ManifestError(
                    f"{self._where}: settings.headers.{name}: expected one line of ASCII, found "
                    f"{value!r:.60}; a header is no place for text about a person"
                )
        sent = httpx.Headers({"Accept": "application/json", "Content-Type": "application/json"})
        sent.update(headers)
        sent[self._idempotency] = key
        return dict(sent)


def as_content(body: Any, *, where: str) -> bytes:
    """The body as JSON.

    Raises:
        ManifestError: a template made something that JSON has no form for.
    """
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as err:
        raise ManifestError(
            f"{where}: settings.body: no JSON: {err}; end a chain of filters in `| list`"
        ) from err


def _with_path(url: str, values: Mapping[str, Any]) -> str:
    for name, value in values.items():
        url = url.replace("{" + name + "}", quote(str(value), safe=""))
    return url
