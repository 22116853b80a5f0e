"""What stands before every page: who may knock, how often, how much at once; and what each answer
carries.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, MutableMapping
from datetime import datetime
from typing import Any, NamedTuple

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from govern.domain.access import key_of
from govern.web.limits import Buckets
from govern.web.sessions import Cookies
from govern.web.settings import Settings

log = logging.getLogger("govern.web")
ErrorPage = Callable[[int, str], Response]
HEALTH = "/health"
"""Whether it runs, told to whatever watches over it, by whatever name it is called."""
MACHINES = "/api"
"""Where machines ask: they may bring more at once, and get their errors as JSON."""
CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The report is one file with its style inside; it runs nothing and belongs to no origin.
REPORT_CONTENT = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox allow-top-navigation-by-user-activation"
)
HEADERS = {
    "content-security-policy": CONTENT,
    "x-content-type-options": "nosniff",
    # With no-referrer, browsers would send our own forms with the origin "null".
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
}
STRICT_TRANSPORT = "max-age=31536000"


MOST_DIGITS = 18
"""Of a length; Python reads no number of thousands of digits."""


class TooLargeError(Exception):
    """More was sent than is taken."""


class _Face(NamedTuple):
    """How errors are told, and how many bytes are taken at once."""

    error: ErrorPage
    most: int


class Guard:
    """The outermost layer, under which nothing else answers to the network."""

    def __init__(
        self,
        app: FastAPI,
        *,
        settings: Settings,
        now: Callable[[], datetime],
        error: ErrorPage,
        machine_error: ErrorPage,
    ) -> None:
        self.app = app
        self._now = now
        self._pages = _Face(error, settings.limits.body_bytes)
        self._machines = _Face(machine_error, settings.limits.machine_bytes)
        self._hosts = frozenset(settings.hosts)
        self._cookie = Cookies(settings).session
        self._addresses = Buckets(settings.limits.per_address)
        self._sessions = Buckets(settings.limits.per_session)
        self._secure = settings.secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, request_id, self._own_headers())
        face = self._machines if scope["path"].startswith(f"{MACHINES}/") else self._pages
        try:
            refused = self._refused(scope, request_id, face)
            if refused is not None:
                await refused(scope, receive, answer.send)
                return
            await self.app(scope, _limited(receive, face.most), answer.send)
        except Exception:
            log.exception("request %s failed", request_id)
            if not answer.begun:
                await face.error(500, request_id)(scope, receive, answer.send)

    def _own_headers(self) -> dict[str, str]:
        return HEADERS | ({"strict-transport-security": STRICT_TRANSPORT} if self._secure else {})

    def _refused(
        self, scope: MutableMapping[str, Any], request_id: str, face: _Face
    ) -> Response | None:
        headers = Headers(scope=scope)
        if scope["path"] != HEALTH and _host(headers.get("host", "")) not in self._hosts:
            return face.error(421, request_id)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > MOST_DIGITS or int(length) > face.most:
            return face.error(413, request_id)
        now, address = self._now(), (scope.get("client") or ("unknown", 0))[0]
        wait = self._addresses.wait(address, now)
        token = _cookie(headers, self._cookie)
        if token:
            wait = wait or self._sessions.wait(key_of(token), now)
        if not wait:
            return None
        response = face.error(429, request_id)
        response.headers["retry-after"] = str(wait)
        return response


class _Answer:
    """Sends what the application answers, with our headers where it set none of that name."""

    def __init__(self, send: Send, request_id: str, headers: dict[str, str]) -> None:
        self._send = send
        self._headers = headers | {"x-request-id": request_id}
        self.begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


def _limited(receive: Receive, most: int) -> Receive:
    """What is sent, until it is more than is taken: a length may be told wrong or not at all."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLargeError
        return message

    return limited


def _host(told: str) -> str:
    """The name in a Host header, without its port."""
    name, colon, port = told.rpartition(":")
    return (name if colon and port.isdecimal() else told).lower()


def _cookie(headers: Headers, name: str) -> str | None:
    for part in headers.get("cookie", "").split(";"):
        key, equals, value = part.strip().partition("=")
        if equals and key == name:
            return value
    return None
