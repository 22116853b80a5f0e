"""How fast to ask, and how long to wait before asking again."""

from __future__ import annotations

import random
from datetime import UTC
from email.utils import parsedate_to_datetime

from govern.pipelines.http.clock import Clock
from govern.pipelines.http.settings import Retries


class Pace:
    """Turns that are ``spacing_s`` apart at least, for everybody who asks for one."""

    def __init__(self, spacing_s: float, clock: Clock) -> None:
        self._spacing, self._clock = spacing_s, clock
        self._next = float("-inf")

    async def turn(self) -> None:
        """Wait for one's turn."""
        now = self._clock.passed()
        mine = max(now, self._next)
        self._next = mine + self._spacing
        if mine > now:
            await self._clock.sleep(mine - now)

    def rest(self, seconds: float) -> None:
        """Nobody's turn comes within the next ``seconds``."""
        self._next = max(self._next, self._clock.passed() + seconds)


def wait_s(retries: Retries, retry: int, chance: random.Random) -> float:
    """Seconds before the ``retry``-th retry (the first is 1): full jitter."""
    longest: float = min(retries.most_s, retries.first_s * 2 ** (retry - 1))
    return chance.random() * longest


def asked_to_wait_s(retry_after: str | None, now: float) -> float | None:
    """What a ``Retry-After`` header asks for, in seconds from ``now`` (since 1970).

    ``None`` where it asks for nothing that can be read. Source: RFC 9110, section 10.2.3.
    """
    if retry_after is None:
        return None
    said = retry_after.strip()
    if said.isascii() and said.isdigit():
        return float(said[:12])
    try:
        then = parsedate_to_datetime(said)
        return max(0.0, (then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
