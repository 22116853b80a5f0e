"""Several processes of one program. One that dies is replaced, and asked once more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from govern.errors import RunError
from govern.pipelines.child import Child, DiedError, NoDraftError

Start = Callable[[], Awaitable[Child]]
# A program that dies of one thing after another is out of order.
DEATHS_THAT_STOP = 3


class _Lane:
    """A place for one process, which is started when it is first needed."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._starting = asyncio.Lock()
        self.child: Child | None = None

    async def ready(self) -> Child:
        async with self._starting:
            if self.child is not None and self.child.gone:
                gone, self.child = self.child, None
                await gone.close()
            if self.child is None:
                self.child = await self._start()
            return self.child


class Pool:
    """Takes ``slots`` questions at once to ``processes`` processes, on the loop that asks."""

    def __init__(self, start: Start, *, processes: int, slots: int) -> None:
        self._start, self._processes, self._slots = start, processes, slots
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lanes: list[_Lane] = []
        self._free: asyncio.LifoQueue[_Lane] = asyncio.LifoQueue()
        self._closing = asyncio.Lock()
        self._deaths = 0

    async def ask(self, number: str, question: Mapping[str, Any]) -> dict[str, Any]:
        """The program's answer to ``question``, which is sent with ``number`` as its ``id``.

        Raises:
            NoDraftError: it took too long, wrote no answer, or died of this question twice.
            RunError: it cannot be started, says that it is out of order, or dies of everything.
        """
        self._open()
        lane = await self._free.get()
        try:
            answer = await self._ask(lane, number, question)
        finally:
            self._free.put_nowait(lane)
        self._deaths = 0
        return answer

    async def close(self) -> None:
        """End all processes, on the loop that they belong to, even where this is cancelled.

        Whoever closes it meanwhile waits: the loop may be gone with the last who does.
        """
        async with self._closing:
            lanes, self._lanes, self._loop = self._lanes, [], None
            children = [lane.child for lane in lanes if lane.child is not None]
            try:
                await asyncio.gather(*(child.close() for child in children))
            finally:
                for child in children:
                    child.abandon()

    def _open(self) -> None:
        running = asyncio.get_running_loop()
        if self._loop is running:
            return
        self._loop = running
        self._lanes = [_Lane(self._start) for _ in range(self._processes)]
        self._free = asyncio.LifoQueue()
        self._closing = asyncio.Lock()
        for slot in reversed(range(self._slots)):
            self._free.put_nowait(self._lanes[slot % self._processes])

    async def _ask(self, lane: _Lane, number: str, question: Mapping[str, Any]) -> dict[str, Any]:
        died = 0
        while True:
            child = await lane.ready()
            try:
                return await child.ask(number, question)
            except DiedError as death:
                died += not death.another
                if died < 2:
                    continue
                self._deaths += 1
                if death.away or self._deaths >= DEATHS_THAT_STOP:
                    raise RunError(str(death)) from None
                raise NoDraftError(str(death)) from None
