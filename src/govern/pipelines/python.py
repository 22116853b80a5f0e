"""A Python function as a pipeline: ``module:function``, sync or async, in processes of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import field_validator

from govern.domain.case import Packet
from govern.domain.pipeline import Draft, DraftRequest, Manifest
from govern.errors import ManifestError, RunError
from govern.pipelines import function_worker
from govern.pipelines.answers import failed, from_reply
from govern.pipelines.child import KEPT_BYTES, STARTING_S, Child, DiedError, NoDraftError
from govern.pipelines.exchange import tell_came_back, tell_sent
from govern.pipelines.packets import as_text, public
from govern.pipelines.pool import Pool
from govern.pipelines.programs import ProcessSettings, Program, environment, read_settings


class FunctionSettings(ProcessSettings):
    """Which function, found beside the manifest first; how a rating stands in text."""

    function: str
    rating_line: str = "Rating:"

    @field_validator("function")
    @classmethod
    def _names_both(cls, named: str) -> str:
        module, _, function = named.partition(":")
        if not module or not function:
            raise ValueError(f"expected 'module:function', found {named!r}")
        return named


class PythonFunction:
    """Calls a function with the packet as a dict, one draft at a time in each process.

    It returns the draft as text with a rating line, or a dict with ``text`` and ``rating``.
    An exception makes that one draft ``failed``.
    """

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        self.settings = read_settings(manifest, FunctionSettings)
        where = f"pipeline {manifest.id}"
        self._program = Program(
            argv=_argv(self.settings, folder),
            cwd=None,
            env=environment(self.settings.env, where=where),
            settings=self.settings,
        )
        loaded = _loaded(self._program, where)
        self._files: dict[str, str] = loaded["files"]
        self.manifest = manifest.model_copy(
            update={
                "digests": manifest.digests | self._files,
                "declared_only": (f"what {loaded['source']} imports or calls",),
            }
        )
        self._pool = Pool(self._start, processes=self.slots, slots=self.slots)

    @property
    def slots(self) -> int:
        """Drafts made at once; more are kept waiting."""
        return self.settings.slots

    def prompt(self, packet: Packet) -> str:
        """The packet as text; the function receives the same as a dict."""
        return as_text(packet)

    async def draft(self, request: DraftRequest) -> Draft:
        """What the function returns for the packet.

        Raises:
            RunError: its process cannot be started, or dies whatever it is asked.
        """
        question = {"packet": public(request.packet)}
        tell_sent(question["packet"])
        started = time.perf_counter()
        try:
            answer = await self._pool.ask(request.cell.id, question)
        except NoDraftError as err:
            return failed(self._program.hide(str(err)), time.perf_counter() - started)
        latency_s = time.perf_counter() - started
        if "reply" not in answer:
            error = self._program.hide(str(answer.get("error")))
            tell_came_back({"error": error})
            return failed(error, latency_s)
        tell_came_back(answer["reply"])
        return from_reply(
            answer["reply"], self.settings.rating_line, latency_s, hide=self._program.hide
        )

    async def aclose(self) -> None:
        """End the processes."""
        await self._pool.close()

    async def _start(self) -> Child:
        """A process that has loaded the very bytes that the fingerprint is of."""
        child = await Child.start(self._program)
        try:
            hello = await child.hello(function_worker.HELLO)
        except (DiedError, NoDraftError) as err:
            hello = {"error": str(err)}
        except BaseException:
            await child.close()
            raise
        if hello.get("files") == self._files:
            return child
        await child.close()
        why = hello.get("error") or "its files changed since it was opened"
        raise RunError(f"{self.settings.function}: {self._program.hide(why)}")


def _argv(settings: FunctionSettings, folder: Path) -> tuple[str, ...]:
    # Without -P our own folder would lead the path, and hold a module called http.
    worker = (sys.executable, "-P", function_worker.__file__)
    return (*worker, str(folder.resolve()), settings.function, str(settings.memory_mb or 0))


def _loaded(program: Program, where: str) -> dict[str, Any]:
    """What the function's process says of itself once it has loaded the function.

    Raises:
        ManifestError: there is no such function, or it cannot be loaded within the limits.
    """
    with tempfile.TemporaryFile() as said:
        ran = subprocess.Popen(
            program.command,
            env=dict(program.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            start_new_session=True,
        )
        line, ended = _first_line(ran)
        said.seek(0)
        wrote = said.read()[-KEPT_BYTES:]
    if ended is None:
        raise ManifestError(f"{where}: the function was not loaded within {STARTING_S:g} s")
    if not line:
        raise ManifestError(
            f"{where}: the function cannot be loaded: {program.why_ended(ended, wrote)}"
        )
    hello: dict[str, Any] = json.loads(line)
    if "error" in hello:
        raise ManifestError(f"{where}: {program.hide(hello['error'])}")
    return hello


def _first_line(ran: subprocess.Popen[bytes]) -> tuple[bytes, int | None]:
    """What it says first and its exit status; all that it started is ended then.

    No status where it took too long. The end of its output is not waited for: what importing a
    module started may hold it open.
    """
    late = threading.Event()

    def end() -> None:
        with suppress(ProcessLookupError):
            os.killpg(ran.pid, signal.SIGKILL)

    def end_late() -> None:
        late.set()
        end()

    timer = threading.Timer(STARTING_S, end_late)
    timer.start()
    with ran:
        try:
            line = ran.stdout.readline() if ran.stdout else b""
            if not line:
                ran.wait()
        finally:
            timer.cancel()
            end()
    return line, None if late.is_set() else ran.returncode
