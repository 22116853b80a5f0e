"""Time and chance, as arguments: tests hand in their own."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Seconds that pass, the time of day, and waiting."""

    def passed(self) -> float:
        """Seconds since some moment; never goes back."""
        ...

    def epoch(self) -> float:
        """Seconds since 1970, UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class MachineClock:
    """The clock of this machine."""

    def passed(self) -> float:
        return time.monotonic()

    def epoch(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
