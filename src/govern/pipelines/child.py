"""One process that answers lines with lines: ``{"id": …}`` in, ``{"id": …}`` out, in any order."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from govern.pipelines import launch
from govern.pipelines.programs import Program

LONGEST_LINE = 8 * 2**20
KEPT_BYTES = 2_000
CLOSING_S = 2.0
# Importing what a function needs may take longer than a draft.
STARTING_S = 120.0
# EX_UNAVAILABLE, EX_TEMPFAIL, "cannot execute", "not found"; and what somebody sends to end it.
_AWAY = {69, 75, 126, launch.CANNOT_START, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}


class NoDraftError(Exception):
    """The program has no draft to give for what it was asked, and why."""


class DiedError(Exception):
    """The process ended before it answered.

    Attributes:
        away: its exit status says that the program is out of order, not that this draft fails.
        another: it was ended because of another draft, or before this one was asked.
    """

    def __init__(self, why: str, *, away: bool = False, another: bool = False) -> None:
        super().__init__(why)
        self.away = away
        self.another = another


class Child:
    """A running process. It belongs to the event loop that started it."""

    def __init__(self, process: asyncio.subprocess.Process, program: Program) -> None:
        self._process = process
        self._in, self._out, self._err = _pipes(process)
        self._program = program
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._tail = b""
        self._ended: DiedError | None = None
        self._listening = asyncio.create_task(self._listen())
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, program: Program) -> Child:
        """Start the program under its limits."""
        process = await asyncio.create_subprocess_exec(
            *program.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=program.cwd,
            env=program.env,
            limit=LONGEST_LINE,
            # Ctrl-C belongs to the run, which drains what is in flight.
            start_new_session=True,
        )
        return cls(process, program)

    @property
    def gone(self) -> bool:
        return self._ended is not None

    async def hello(self, number: str) -> dict[str, Any]:
        """What the process says with this id once it is up.

        Raises:
            DiedError: it ended first.
            NoDraftError: it said nothing in time, or something else.
        """
        return await self._answer(number, within_s=STARTING_S)

    async def ask(self, number: str, question: Mapping[str, Any]) -> dict[str, Any]:
        """The answer with this id.

        Raises:
            DiedError: the process ended first.
            NoDraftError: no answer in time, or a line that is none.
        """
        if self._ended is not None:
            raise DiedError(str(self._ended), another=True)
        line = json.dumps({"id": number, **question}, ensure_ascii=False)
        within_s = self._program.settings.timeout_s
        return await self._answer(number, line.encode() + b"\n", within_s=within_s)

    async def _answer(self, number: str, line: bytes = b"", *, within_s: float) -> dict[str, Any]:
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            async with asyncio.timeout(within_s):
                with suppress(ConnectionError):  # why, is for the reader to say
                    self._in.write(line)
                    await self._in.drain()
                return await answer
        except TimeoutError:
            self._end(DiedError("ended with another draft that took too long", another=True))
            raise NoDraftError(f"time limit: no answer within {within_s:g} s") from None
        except asyncio.CancelledError:
            self._end(DiedError("ended with another draft that was cancelled", another=True))
            raise
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """Close its input; end it where that is not enough, or where this is cancelled."""
        self._in.close()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSING_S):
                    await self._process.wait()
            self._end(DiedError("closed", another=True))
            await self._process.wait()
            # What it started in a session of its own may hold the pipes open for ever.
            both = (self._reading, self._listening)
            _, left = await asyncio.wait(both, timeout=CLOSING_S)
            for task in left:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """End it without waiting for it."""
        if self._process.returncode is None:
            self._end(DiedError("closed", another=True))
        # Nothing public closes pipes that somebody else holds open.
        self._process._transport.close()  # type: ignore[attr-defined]

    def _end(self, why: DiedError) -> None:
        """Kill the process and all that it started."""
        self._ended = self._ended or why
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def _read(self) -> None:
        """Hand each answer to who waits for it, until the process ends or writes something else."""
        ending: Exception
        try:
            while line := await self._out.readline():
                number, answer = _read_line(line, self._waiting, self._program.hide)
                waiting = self._waiting.pop(number)
                if not waiting.done():
                    waiting.set_result(answer)
            self._ended = self._ended or await self._death()
            ending = self._ended
        except ValueError as err:
            why = str(err)
            # With several in flight nobody knows whose answer it was to be.
            ending = NoDraftError(why) if len(self._waiting) == 1 else DiedError(why)
            self._end(DiedError(why, another=True))
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ending)

    async def _listen(self) -> None:
        """Keep the end of what it writes to standard error."""
        while some := await self._err.read(2**16):
            self._tail = (self._tail + some)[-KEPT_BYTES:]

    async def _death(self) -> DiedError:
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_S):
                await self._process.wait()
                await asyncio.shield(self._listening)
        code = self._process.returncode
        if code is None:
            closed = DiedError("it closed its standard output")
            self._end(closed)
            return closed
        why = self._program.why_ended(code, self._tail)
        return DiedError(f"it ended without an answer: {why}", away=code in _AWAY)


def _pipes(
    process: asyncio.subprocess.Process,
) -> tuple[asyncio.StreamWriter, asyncio.StreamReader, asyncio.StreamReader]:
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise TypeError("a child is started with three pipes")
    return process.stdin, process.stdout, process.stderr


def _read_line(
    line: bytes, waiting: Mapping[str, object], hide: Callable[[str], str]
) -> tuple[str, dict[str, Any]]:
    """The id and the rest of an answer; ``hide`` takes secrets out of what a message quotes.

    Raises:
        ValueError: the line is no JSON object, or its id is none that waits for an answer.
    """
    try:
        answer = json.loads(line)
        number = str(answer.pop("id"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        shown = hide(line.decode(errors="replace")).strip()[:120]
        raise ValueError(
            f'expected a line {{"id": …, "text": …}} on standard output, found {shown!r}'
        ) from None
    if number not in waiting:
        raise ValueError(f"the id of an answer is none that was asked: {hide(number)!r:.80}")
    return number, answer
