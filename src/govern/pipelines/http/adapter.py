"""A drafting service behind HTTP, as it is deployed."""

from __future__ import annotations

import asyncio
import os
import random
import ssl
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

import httpx
from pydantic import ValidationError

from govern.canon import sha256
from govern.domain.case import Packet
from govern.domain.pipeline import Draft, DraftRequest, Manifest
from govern.errors import ManifestError, RunError
from govern.pipelines.http import credentials, tls
from govern.pipelines.http.addresses import is_loopback
from govern.pipelines.http.answer import Reading
from govern.pipelines.http.batch import Batches
from govern.pipelines.http.clock import Clock, MachineClock
from govern.pipelines.http.connection import Connection, NoDraftError
from govern.pipelines.http.limits import Pace
from govern.pipelines.http.openapi import Operation, read_operation
from govern.pipelines.http.request import RequestTemplate, cell_key
from govern.pipelines.http.settings import HttpSettings
from govern.pipelines.manifest import fingerprint
from govern.pipelines.reply import whole
from govern.strict_yaml import explain


@dataclass(frozen=True)
class _Opened:
    """What belongs to one event loop."""

    connection: Connection
    batches: Batches | None


class Http:
    """The ``http`` pipeline: one call a draft, or one a batch of them.

    Args:
        manifest: with ``HttpSettings``.
        folder: of the manifest; files are found beside it.
        clock: for waiting and latencies.
        chance: for how long to wait before a retry.
    """

    def __init__(
        self,
        manifest: Manifest,
        folder: Path,
        *,
        clock: Clock | None = None,
        chance: random.Random | None = None,
    ) -> None:
        where = f"pipeline {manifest.id}"
        try:
            self.settings = HttpSettings.model_validate(manifest.settings)
        except ValidationError as err:
            raise ManifestError(f"{where}: settings: {explain(err)}") from err
        self._folder, self._where = folder, where
        self._clock: Clock = clock or MachineClock()
        # How long to wait is no secret; two machines should not wait alike.
        self._chance = chance or random.Random()  # noqa: S311
        self._operation, described = self._described()
        self._template = RequestTemplate(self.settings, self._operation, folder, where=where)
        self._url = httpx.URL(self._operation.url if self._operation else str(self.settings.url))
        if self._url.userinfo:
            raise ManifestError(f"{where}: {self.settings.openapi}: a user or password in a server")
        self._trust = self._checked_trust()
        self._proxy = credentials.proxy_of(self.settings, os.environ, where=where)
        self._credential, self._redact = self._read_secrets()
        self._reading = Reading(self.settings, self._redact)
        self._pace = Pace(self.settings.rate.spacing_s, self._clock)
        self._opened: WeakKeyDictionary[asyncio.AbstractEventLoop, _Opened] = WeakKeyDictionary()
        if prompt := self._template.prompt_source:
            described |= {str(self.settings.template): sha256(prompt)}
        self.manifest = manifest.model_copy(
            update={
                "digests": manifest.digests | described,
                "declared_only": (f"the service at {self._url.host}",),
            }
        )
        self._fingerprint = fingerprint(self.manifest)

    @property
    def slots(self) -> int:
        """Drafts that it takes at once."""
        return self.settings.at_once

    def prompt(self, packet: Packet) -> str:
        """The packet as text, or the prompt made of it by the template.

        Raises:
            ManifestError: the manifest's templates do not fit the packet.
        """
        self._template.check(packet)
        return self._template.prompt(packet)

    async def draft(self, request: DraftRequest) -> Draft:
        """The service's answer.

        Raises:
            RunError: the service cannot be reached or says that it is out of order, or
                not for us: an outage is not a draft.
        """
        opened, key = self._here(), cell_key(self._fingerprint, request)
        if opened.batches:
            return await self._from_batch(opened.batches, request, key)
        reply = await opened.connection.ask(self._template.call(request.packet, key))
        try:
            answer = reply.json()
        except NoDraftError as err:
            return self._reading.failed(str(err), reply.seconds)
        fault = self._operation.fault_of(reply.status, answer) if self._operation else None
        return self._reading.draft(answer, reply.seconds, fault=fault)

    async def aclose(self) -> None:
        """Close what was opened on this event loop."""
        opened = self._opened.pop(asyncio.get_running_loop(), None)
        if opened is None:
            return
        if opened.batches:
            await opened.batches.aclose()
        await opened.connection.aclose()

    async def _from_batch(self, batches: Batches, request: DraftRequest, key: str) -> Draft:
        started = self._clock.passed()
        try:
            row = await batches.row(key, self._template.item(request.packet, key))
        except NoDraftError as err:
            return self._reading.failed(str(err), self._clock.passed() - started)
        except RunError as err:
            raise RunError(self._redact(whole(str(err)))) from None
        return self._reading.draft(row.value, row.seconds)

    def _here(self) -> _Opened:
        loop = asyncio.get_running_loop()
        if loop not in self._opened:
            connection = Connection(
                self.settings,
                trust=self._trust
                or tls.context(self.settings.tls, self._url.host, self._folder, where=self._where),
                credential=self._credential,
                proxy=self._proxy,
                redact=self._redact,
                pace=self._pace,
                clock=self._clock,
                chance=self._chance,
            )
            batching = self.settings.batch
            self._opened[loop] = _Opened(
                connection,
                Batches(batching, self._template, connection, self._clock) if batching else None,
            )
        return self._opened[loop]

    def _described(self) -> tuple[Operation | None, dict[str, str]]:
        name = self.settings.openapi
        if name is None:
            return None, {}
        base = str(self.settings.url) if self.settings.url else None
        operation, digest = read_operation(
            self._folder / name, str(self.settings.operation), base, where=self._where
        )
        return operation, {name: digest}

    def _checked_trust(self) -> ssl.SSLContext | None:
        """Made now where the manifest says anything about it, so that a fault shows now."""
        said = self.settings.tls
        if said.model_fields_set:
            return tls.context(said, self._url.host, self._folder, where=self._where)
        return None

    def _read_secrets(self) -> tuple[credentials.Credential | None, credentials.Redactor]:
        secret = credentials.read_secret(self.settings, self._folder, os.environ, where=self._where)
        hidden = credentials.proxy_secrets(self._proxy)
        if secret is None:
            return None, credentials.Redactor(hidden)
        if self._url.scheme == "http" and not is_loopback(self._url.host):
            raise ManifestError(
                f"{self._where}: a secret goes to other machines over https alone, "
                f"found {self._url}"
            )
        return credentials.Credential(secret, self.settings), credentials.Redactor(
            [secret, *hidden]
        )
