"""What leaves the record: letters to people, and word to the HR system of a contested rating."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from typing import Literal, Protocol, Self

from pydantic import AwareDatetime, Field, HttpUrl, field_validator, model_validator

from govern.domain.base import Noun, Version
from govern.domain.ledger import ID

ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,8}$"
"""One mail address in ASCII, without a name, quotes or comments."""


class Letter(Noun):
    """A notice to one address; ``letter_id`` is the same at every attempt."""

    letter_id: str = Field(pattern=f"^{ID}-[0-9]+$")
    to: str = Field(pattern=ADDRESS)
    subject: str = Field(pattern=r"^[^\r\n]+$")
    body: str


class Postman(Protocol):
    """Who takes letters."""

    def hand_over(self, letter: Letter, *, now: datetime) -> None:
        """Take a letter; once this returns, it is on its way.

        Raises:
            DeclinedError: not this letter; others may be taken.
            RunError: no letter at all, at the moment.
        """
        ...


class Smtp(Noun):
    """A mail server. Without TLS only on this machine; ``timeout_s`` is for each step."""

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65_535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: str | None = None
    user: str | None = None
    timeout_s: float = Field(default=30, gt=0, le=300)

    @model_validator(mode="after")
    def _private(self) -> Self:
        if self.tls == "none" and not is_loopback(self.host):
            raise ValueError(f"tls is none, and {self.host} is another machine; use starttls")
        return self


class FlagNotice(Noun):
    """Whether a rating may be used, as the HR system is told.

    ``event_id`` is the same however often it is told: told again is the same as once.
    """

    event_id: str = Field(pattern=f"^{ID}-[1-9][0-9]{{0,8}}$")
    review_id: str
    review_version: Version
    in_use: bool
    since: AwareDatetime


class Acknowledgement(Noun):
    """The HR system heard whether a rating may be used; ``event_id`` says what it was told by."""

    event_id: str = Field(max_length=100)
    in_use: bool


class HrSystem(Protocol):
    """The company's HR system."""

    def tell(self, flag: FlagNotice) -> bool:
        """Tell it; whether it answered at once that it heard.

        Raises:
            DeclinedError: it does not take this one.
            RunError: it takes none at the moment.
        """
        ...


class Webhook(Noun):
    """Where the HR system listens: HTTPS, or this machine. ``timeout_s`` is for each step."""

    url: HttpUrl
    ca_file: str | None = None
    timeout_s: float = Field(default=10, gt=0, le=300)

    @field_validator("url")
    @classmethod
    def _private(cls, url: HttpUrl) -> HttpUrl:
        if url.scheme != "https" and not is_loopback(url.host or ""):
            raise ValueError("expected https:// where it is another machine")
        if url.username or url.password:
            raise ValueError("a password does not belong in an address")
        return url


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
