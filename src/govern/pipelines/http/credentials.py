"""Secrets: where they are read, how they are sent, and that they show nowhere."""

from __future__ import annotations

import base64
import binascii
import html
import json
import logging
import os
import re
import stat
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote, urlsplit

import httpx

from govern.errors import ManifestError
from govern.pipelines.http.settings import HttpSettings

FEWEST_CHARACTERS = 8
MOST_CHARACTERS = 16_384
_PARTS_FROM = 6
_LOGGERS = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.proxy",
)


class Credential(httpx.Auth):
    """Puts the secret on a request at the last moment; never shown by ``repr``."""

    def __init__(self, secret: str, settings: HttpSettings) -> None:
        self._name, self._query = settings.auth_name or "Authorization", False
        match settings.auth_as:
            case "bearer":
                self._value = f"Bearer {secret}"
            case "basic":
                self._value = f"Basic {base64.b64encode(secret.encode()).decode()}"
            case how:
                self._value, self._query = secret, how == "query"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request with the secret on it."""
        if self._query:
            request.url = request.url.copy_set_param(self._name, self._value)
        else:
            request.headers[self._name] = self._value
        yield request


class Redactor:
    """Takes secrets out of texts, in every spelling in which a service may send them back."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spellings = {s for secret in secrets for part in _parts(secret) for s in _spellings(part)}
        longest_first = sorted(spellings, key=len, reverse=True)
        self._pattern = (
            re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
            if longest_first
            else None
        )

    def __call__(self, text: str) -> str:
        """``text`` without the secrets."""
        return self._pattern.sub("[secret]", text) if self._pattern else text

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact a log record; all are kept. Addresses and answers stand in those of httpx."""
        record.msg, record.args = self(record.getMessage()), ()
        return True

    @contextmanager
    def on_logs(self) -> Iterator[None]:
        """What httpx logs is redacted for as long as the block runs."""
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self)
        try:
            yield
        finally:
            for name in _LOGGERS:
                logging.getLogger(name).removeFilter(self)


def read_secret(
    settings: HttpSettings, folder: Path, environment: Mapping[str, str], *, where: str
) -> str | None:
    """The secret that a manifest names, or ``None`` where it names none.

    Args:
        settings: of the manifest.
        folder: of the manifest; a file's name is relative to it.
        environment: variables by name.
        where: the pipeline, for messages.

    Raises:
        ManifestError: absent, readable by others, unfit to be sent, too short to be told from
            other text, or repeated in the manifest.
    """
    if settings.auth_env:
        if settings.auth_env not in environment:
            what = "Authorization header" if settings.auth_as == "authorization" else "secret"
            raise ManifestError(f"{where}: set {settings.auth_env} to the {what}")
        source, secret = settings.auth_env, environment[settings.auth_env]
    elif settings.auth_file:
        path = folder / Path(settings.auth_file).expanduser()
        source, secret = str(path), read_private(path, where=where).strip("\r\n")
    else:
        return None
    _check(secret, settings, f"{where}: the secret in {source}")
    return secret


def read_private(path: Path, *, where: str) -> str:
    """The text of a file that nobody but its owner can open.

    Raises:
        ManifestError: it cannot be read, or group or others may open it.
    """
    try:
        with path.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            if not stat.S_ISREG(mode) or mode & 0o077:
                raise ManifestError(
                    f"{where}: {path} holds a secret and is open to others (mode "
                    f"{stat.S_IMODE(mode):04o}): chmod 600 {path}"
                )
            return opened.read(MOST_CHARACTERS + 1).decode("ascii")
    except OSError as err:
        raise ManifestError(f"{where}: {path} cannot be read: {err.strerror}") from err
    except UnicodeDecodeError:
        # Not from err, whose message quotes the file.
        raise ManifestError(f"{where}: {path} holds characters beyond ASCII") from None


def proxy_of(settings: HttpSettings, environment: Mapping[str, str], *, where: str) -> str | None:
    """The address of the proxy that the environment names, or ``None``.

    Raises:
        ManifestError: the variable is not set, or holds no such address.
    """
    if settings.proxy_env is None:
        return None
    address = environment.get(settings.proxy_env, "")
    try:
        known = re.match(r"https?://.", address) and httpx.URL(address).host
    except httpx.InvalidURL:
        known = None
    if not known:
        raise ManifestError(
            f"{where}: set {settings.proxy_env} to the proxy's address, http://… or https://…"
        )
    return address


def proxy_secrets(address: str | None) -> list[str]:
    """User and password in a proxy's address."""
    password = urlsplit(address or "").password
    return [unquote(password)] if password else []


def _check(secret: str, settings: HttpSettings, what: str) -> None:
    if not re.fullmatch(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?", secret):
        raise ManifestError(f"{what}: expected one line of printable ASCII")
    if not FEWEST_CHARACTERS <= len(secret) <= MOST_CHARACTERS:
        raise ManifestError(
            f"{what}: {len(secret)} characters; expected {FEWEST_CHARACTERS} to "
            f"{MOST_CHARACTERS}, so that it can be kept out of logs"
        )
    if settings.auth_as == "basic" and ":" not in secret:
        raise ManifestError(f"{what}: expected user:password")
    if Redactor([secret])(json.dumps(settings.as_json())) != json.dumps(settings.as_json()):
        raise ManifestError(f"{what} stands in the manifest too: take it out, and change it")


def _parts(secret: str) -> Iterator[str]:
    """The whole, and what of it is secret by itself: without its scheme, without the user."""
    yield secret
    scheme, _, token = secret.rpartition(" ")
    if scheme and len(token) >= _PARTS_FROM:
        yield token
    if scheme.lower() == "basic":
        try:
            token = base64.b64decode(token, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return
        yield token
    _, _, password = token.partition(":")
    if len(password) >= _PARTS_FROM:
        yield password


def _spellings(part: str) -> Iterator[str]:
    yield part
    yield quote(part, safe="")
    yield quote_plus(part)
    yield html.escape(part)
    yield json.dumps(part)[1:-1]
    yield repr(part)[1:-1]
    yield base64.b64encode(part.encode()).decode().rstrip("=")
