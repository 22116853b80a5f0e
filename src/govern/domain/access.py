"""Who is at the door of the web application, and where that is remembered."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from pydantic import AwareDatetime, Field

from govern.canon import sha256
from govern.domain.base import Noun
from govern.domain.contest import Role

ROLES: tuple[Role, ...] = (
    "employee",
    "representative",
    "case-handler",
    "decider",
    "appeal-decider",
    "data-protection-officer",
    "auditor",
    "board",
)
"""The roles that people sign in with; a person may have several."""


class Visitor(Noun):
    """A person who signed in, ``person`` as the company's directory has them, and as what."""

    person: str = Field(min_length=1, max_length=200)
    name: str = Field(min_length=1, max_length=200)
    roles: tuple[Role, ...]
    by: Literal["single sign-on", "one-time link"]


class Session(Noun):
    """Somebody is signed in since ``started``, was last seen at ``seen``, and until ``ends``."""

    visitor: Visitor
    started: AwareDatetime
    seen: AwareDatetime
    ends: AwareDatetime


def key_of(token: str) -> str:
    """Under what a token is kept: who reads the database can use nothing in it."""
    return sha256(token.encode())


class Doors(Protocol):
    """Where sessions and one-time links are kept, by ``key_of`` what the browser holds.

    A key that was given out is never given out again. Every method raises RunError where they
    cannot be reached.
    """

    def open(self, key: str, session: Session) -> None:
        """Remember a session; InputError where its key was given out before."""
        ...

    def find(self, key: str) -> Session | None:
        """The session of a key, if nobody ended it; whether it ran out is for who asks."""
        ...

    def saw(self, key: str, at: datetime) -> None:
        """Its visitor was there just now."""
        ...

    def end(self, key: str) -> None:
        """Forget a session."""
        ...

    def offer(self, key: str, visitor: Visitor, *, until: datetime) -> None:
        """Let whoever brings the key in as ``visitor``, once, until then; as ``open``."""
        ...

    def offered(self, key: str, *, now: datetime) -> Visitor | None:
        """Whom a key would let in now."""
        ...

    def take(self, key: str, *, now: datetime) -> Visitor | None:
        """As ``offered``, and the key lets nobody in any more; of two at once, one gets it."""
        ...
