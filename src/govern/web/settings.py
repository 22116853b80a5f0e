"""How the web application is served, from ``[web]`` in ``govern.toml`` and the environment."""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator

from govern.domain.access import ROLES
from govern.domain.base import DIGEST, Noun
from govern.domain.contest import Role
from govern.errors import InputError
from govern.settings_file import NAME, read_tables
from govern.strict_yaml import explain

SECRET = "GOVERN_WEB_SECRET"  # noqa: S105 - the name of a variable
CLIENT_SECRET = "GOVERN_OIDC_SECRET"  # noqa: S105 - the name of a variable
FEWEST_BYTES = 32
EVERYBODY = "*"


class Oidc(Noun):
    """The provider that people sign in with, and where its claims say who they are."""

    issuer: str
    client_id: str
    scope: str = "openid profile"
    person_claim: str = "sub"
    name_claim: str = "name"
    roles_claim: str = "groups"


class Limits(Noun):
    """What one visitor, or machine, may ask for: requests and tries to get in a minute, bytes."""

    per_session: int = Field(default=120, ge=1)
    per_address: int = Field(default=600, ge=1)
    tries_per_address: int = Field(default=20, ge=1)
    body_bytes: int = Field(default=65_536, ge=1_024)
    per_machine: int = Field(default=60, ge=1)
    machine_bytes: int = Field(default=10_000_000, ge=1_024)


Errand = Literal["reviews", "outcomes", "acknowledgements"]


class Machine(Noun):
    """Another system that may bring something in: the SHA-256 of its token, and what."""

    token_sha256: str = Field(pattern=DIGEST)
    may: tuple[Errand, ...] = Field(min_length=1)


class Settings(Noun):
    """All of it. ``roles`` has for each role the values of the roles claim that give it."""

    host: str = "127.0.0.1"
    port: int = Field(default=8770, ge=0, le=65_535)
    public_url: str = ""
    tls_in_front: bool = False
    trusted_proxy: str | None = None
    secret: bytes = Field(repr=False, min_length=FEWEST_BYTES)
    client_secret: str | None = Field(default=None, repr=False)
    idle_minutes: int = Field(default=30, ge=1, le=24 * 60)
    longest_hours: int = Field(default=8, ge=1, le=24)
    limits: Limits = Limits()
    oidc: Oidc | None = None
    roles: dict[Role, tuple[str, ...]] = {}
    machines: dict[str, Machine] = {}

    @field_validator("machines")
    @classmethod
    def _told_apart(cls, machines: dict[str, Machine]) -> dict[str, Machine]:
        if len({one.token_sha256 for one in machines.values()}) < len(machines):
            raise ValueError("two machines have the same token; give each its own")
        return machines

    @field_validator("roles")
    @classmethod
    def _people(cls, roles: dict[Role, tuple[str, ...]]) -> dict[Role, tuple[str, ...]]:
        for role in roles:
            if role not in ROLES:
                raise ValueError(
                    f"{role} is nobody's to sign in with; there are {', '.join(ROLES)}"
                )
        return roles

    @property
    def loopback(self) -> bool:
        """Whether nobody beyond this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def origin(self) -> str:
        """The address people type, without a path."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names in a request's Host that are answered."""
        public = urlsplit(self.origin).hostname or ""
        return (public, "127.0.0.1", "localhost", "[::1]") if self.loopback else (public,)

    @property
    def origins(self) -> tuple[str, ...]:
        """Where forms of ours may be sent from."""
        if not self.loopback:
            return (self.origin,)
        port = urlsplit(self.origin).port
        return (self.origin, *(f"http://{host}:{port}" for host in self.hosts))

    @property
    def secure(self) -> bool:
        """Whether cookies may travel by HTTPS alone."""
        return self.origin.startswith("https://")


def read_settings(
    root: Path, *, host: str | None, port: int | None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """The settings of a project; ``host`` and ``port`` go before what the file says.

    Raises:
        InputError: a value is not what it must be, or there is no secret key.
    """
    path = root / NAME
    table = _table(path)
    given: dict[str, Any] = {"host": host, "port": port}
    given = table | {name: value for name, value in given.items() if value is not None}
    given["secret"] = _secret(given.pop("secret_file", None), root, environ)
    given["client_secret"] = environ.get(CLIENT_SECRET)
    try:
        return Settings.model_validate(given)
    except ValidationError as err:
        raise InputError(f"{path}: [web]: {explain(err)}") from err


def demo_settings(*, host: str | None, port: int | None) -> Settings:
    """For trying it out on this machine: a secret that ends with the process.

    Raises:
        InputError: it would be reached from other machines.
    """
    given = {"host": host, "port": port, "secret": secrets.token_bytes(FEWEST_BYTES)}
    settings = Settings.model_validate(
        {name: value for name, value in given.items() if value is not None}
    )
    if not settings.loopback:
        raise InputError(
            f"--demo lets everybody in who has a link, so it listens on this machine alone, "
            f"not on {settings.host}; leave out --host"
        )
    return settings


def require_served_safely(settings: Settings, *, databases: tuple[str, ...]) -> None:
    """That nobody beyond this machine reaches it unless it is made for that.

    Raises:
        InputError: with everything that is missing.
    """
    if settings.loopback:
        return
    missing = []
    if not all(database.startswith("postgresql") for database in databases):
        missing.append(
            "PostgreSQL for the record and for contests (record_url and store_url in [project], "
            "or GOVERN_RECORD_URL and GOVERN_STORE_URL): SQLite cannot keep one employee from the "
            "rows of another"
        )
    if settings.oidc is None or not settings.client_secret:
        missing.append(f"single sign-on ([web.oidc], and {CLIENT_SECRET} in the environment)")
    if not (settings.tls_in_front and settings.secure):
        missing.append("tls_in_front = true and a public_url that starts with https://")
    if missing:
        raise InputError(
            f"--host {settings.host} can be reached from other machines, which needs: "
            f"{'; '.join(missing)}; or serve on 127.0.0.1"
        )


def _table(path: Path) -> dict[str, Any]:
    table = read_tables(path.parent).get("web", {})
    if not isinstance(table, dict):
        raise InputError(f"{path}: web: expected a table, found {table!r}")
    reserved = {"secret", "client_secret"} & set(table)
    if reserved:
        raise InputError(
            f"{path}: {', '.join(sorted(reserved))} in [web]: a secret does not belong in a file "
            f"that is shared; set {SECRET} or {CLIENT_SECRET}, or name a secret_file"
        )
    return table


def _secret(file: object, root: Path, environ: Mapping[str, str]) -> bytes:
    """The secret key, never made up here: sessions would end at each start and nobody would know.

    A file that others may read is refused.
    """
    told = environ.get(SECRET, "")
    if not told and isinstance(file, str):
        path = root / file
        try:
            if path.stat().st_mode & 0o077:
                raise InputError(f"{path}: others may read it; `chmod 600 {path}`")
            told = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as err:
            raise InputError(f"{path}: the secret key cannot be read: {err}") from err
    if len(told.encode()) < FEWEST_BYTES:
        raise InputError(
            f"expected a secret key of at least {FEWEST_BYTES} characters in {SECRET}, or in the "
            "file that secret_file in [web] names; make one with `openssl rand -hex 32`"
        )
    return told.encode()
