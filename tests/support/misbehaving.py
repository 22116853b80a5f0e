"""A drafting service on loopback that misbehaves on purpose, a bit for each request."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

HUGE = 400_000


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; ``nth`` counts those with the same idempotency key, from 1."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: Any
    key: str
    nth: int

    @property
    def secret(self) -> str:
        """What a careless service would print about who asked."""
        return f"{self.headers.get('authorization')} {self.headers.get('x-api-key')} {self.query}"


@dataclass(frozen=True)
class Reply:
    """A well-formed answer."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


def well(asked: Asked) -> Reply:
    """A draft: the first fact, rated 4."""
    fact = asked.body["packet"]["evidence"][0]["text"]
    return Reply(body={"draft": {"text": fact, "rating": 4}})


class Service(ThreadingHTTPServer):
    """Answers as ``behave`` says: a ``Reply``, or the name of a way to misbehave.

    The ways: ``slow`` and ``drip`` (until the test is over), ``half`` a body, ``chunks`` of
    garbage, a ``garbled`` status line that repeats the secret, ``hang up``, ``huge``.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, behave: Callable[[Asked], Reply | str]) -> None:
        self.behave = behave
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self.connections = 0
        self._nth: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._heard = threading.Condition()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/draft"

    def counted(self, key: str) -> int:
        with self._lock:
            self._nth[key] += 1
            return self._nth[key]

    def hear(self, asked: Asked) -> None:
        with self._heard:
            self.asked.append(asked)
            self._heard.notify_all()

    def wait_for(self, requests: int) -> None:
        """Until so many have arrived, for whoever gave one up before it was read."""
        with self._heard:
            self._heard.wait_for(lambda: len(self.asked) >= requests, timeout=60)

    def handle_error(self, *_args: object) -> None:
        """Whoever hangs up on a service that misbehaves is right."""


class _Handler(BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        self._take()

    def do_POST(self) -> None:
        self._take()

    def do_PUT(self) -> None:
        self._take()

    def _take(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("content-length") or 0)
        key = self.headers.get("idempotency-key", "")
        asked = Asked(
            self.command,
            url.path,
            parse_qs(url.query),
            {name.lower(): value for name, value in self.headers.items()},
            json.loads(self.rfile.read(length)) if length else None,
            key,
            self.server.counted(key),
        )
        self.server.hear(asked)
        reply = self.server.behave(asked)
        if isinstance(reply, str):
            getattr(self, "_" + reply.replace(" ", "_"))(asked)
            self.close_connection = True
        else:
            self._answer(reply)

    def _answer(self, reply: Reply) -> None:
        content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _slow(self, _asked: Asked) -> None:
        self.server.over.wait(60)

    def _drip(self, _asked: Asked) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{")
        while not self.server.over.wait(0.02):
            self.wfile.write(b" ")

    def _half(self, _asked: Asked) -> None:
        self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"draft": {"te')

    def _chunks(self, _asked: Asked) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnonsense")

    def _garbled(self, asked: Asked) -> None:
        self.wfile.write(f"HTTP/1.1 {asked.secret}\r\n\r\n".encode())

    def _hang_up(self, _asked: Asked) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)

    def _huge(self, _asked: Asked) -> None:
        self._answer(Reply(body={"draft": {"text": "x" * HUGE, "rating": 3}}))

    def log_message(self, *_args: object) -> None:
        return


@contextmanager
def serving(
    behave: Callable[[Asked], Reply | str] = well, *, over: ssl.SSLContext | None = None
) -> Iterator[Service]:
    """A service for as long as the block runs; over TLS with a context."""
    service = Service(behave)
    if over:
        service.socket = over.wrap_socket(service.socket, server_side=True)
    thread = threading.Thread(target=service.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.over.set()
        service.shutdown()
        service.server_close()
        thread.join()
