"""What an adapter sent and what came back, for whoever listens: word for word, nothing kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Exchange:
    """What one draft took, as JSON values, in the order of time."""

    sent: list[Any] = field(default_factory=list)
    came_back: list[Any] = field(default_factory=list)


_LISTENING: ContextVar[Exchange | None] = ContextVar("listening", default=None)


@contextmanager
def overheard() -> Iterator[Exchange]:
    """Listen to what adapters tell in the block, instead of whoever listened outside."""
    exchange = Exchange()
    token = _LISTENING.set(exchange)
    try:
        yield exchange
    finally:
        _LISTENING.reset(token)


def tell_sent(what: Any) -> None:
    """Called by an adapter for what leaves it; credentials are no part of it."""
    if (listening := _LISTENING.get()) is not None:
        listening.sent.append(what)


def tell_came_back(what: Any) -> None:
    """Called by an adapter for an answer, before it is read."""
    if (listening := _LISTENING.get()) is not None:
        listening.came_back.append(what)
