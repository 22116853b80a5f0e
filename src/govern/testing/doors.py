"""Sessions and one-time links in memory, for tests."""

from __future__ import annotations

from datetime import datetime

from govern.domain.access import Session, Visitor
from govern.errors import InputError


class MemoryDoors:
    """See ``domain.access.Doors``."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._links: dict[str, tuple[Visitor, datetime]] = {}
        self._given: set[str] = set()

    def open(self, key: str, session: Session) -> None:
        self._give(key)
        self._sessions[key] = session

    def find(self, key: str) -> Session | None:
        return self._sessions.get(key)

    def saw(self, key: str, at: datetime) -> None:
        if key in self._sessions:
            self._sessions[key] = self._sessions[key].model_copy(update={"seen": at})

    def end(self, key: str) -> None:
        self._sessions.pop(key, None)

    def offer(self, key: str, visitor: Visitor, *, until: datetime) -> None:
        self._give(key)
        self._links[key] = (visitor, until)

    def offered(self, key: str, *, now: datetime) -> Visitor | None:
        visitor, until = self._links.get(key, (None, now))
        return visitor if until > now else None

    def take(self, key: str, *, now: datetime) -> Visitor | None:
        visitor = self.offered(key, now=now)
        if visitor is not None:
            del self._links[key]
        return visitor

    def drop(self, person: str) -> int:
        sessions = [k for k, one in self._sessions.items() if one.visitor.person == person]
        links = [k for k, (visitor, _) in self._links.items() if visitor.person == person]
        for key in sessions:
            del self._sessions[key]
        for key in links:
            del self._links[key]
        return len(sessions) + len(links)

    def _give(self, key: str) -> None:
        if key in self._given:
            raise InputError("token: was given out before; draw another one")
        self._given.add(key)
