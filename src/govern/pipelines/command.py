"""A program in any language as a pipeline: JSON lines on standard input and output."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from pydantic import Field, model_validator

from govern.canon import file_digest
from govern.domain.case import Packet
from govern.domain.pipeline import Draft, DraftRequest, Manifest
from govern.errors import InputError, ManifestError, RunError
from govern.pipelines.answers import failed, from_reply
from govern.pipelines.child import Child, NoDraftError
from govern.pipelines.exchange import tell_came_back, tell_sent
from govern.pipelines.packets import as_text, public
from govern.pipelines.pool import Pool
from govern.pipelines.programs import ProcessSettings, Program, environment, read_settings


class CommandSettings(ProcessSettings):
    """The program and its arguments, and which files beside the manifest it is made of.

    ``processes`` is how many of it run; each answers its share of ``slots`` drafts at once. Left
    out, each slot has a process of its own, which is asked one thing after another.
    """

    command: tuple[str, ...] = Field(min_length=1)
    files: tuple[str, ...] = ()
    processes: int | None = Field(default=None, ge=1)
    rating_line: str = "Rating:"

    @model_validator(mode="after")
    def _no_idle_process(self) -> CommandSettings:
        if self.processes is not None and self.processes > self.slots:
            raise ValueError(f"{self.processes} processes for {self.slots} slots")
        return self


class Command:
    """The ``command`` pipeline: a line ``{"id", "packet", "prompt"}`` in, a line with ``id`` out.

    It runs in the manifest's folder, without a shell.
    """

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        where = f"pipeline {manifest.id}"
        self.settings = read_settings(manifest, CommandSettings)
        env = environment(self.settings.env, where=where)
        name, *arguments = self.settings.command
        program = _found(name, folder, env, where)
        self._program = Program(
            argv=(str(program), *arguments),
            cwd=folder.resolve(),
            env=env,
            settings=self.settings,
        )
        beside = [a for a in arguments if not a.startswith("-") and _is_file(folder / a)]
        self._files = {name: program} | {
            file: folder.resolve() / file for file in (*beside, *self.settings.files)
        }
        try:
            self._digests = self._found_digests()
        except InputError as err:
            raise ManifestError(f"{where}: settings.files: {err}") from err
        self.manifest = manifest.model_copy(
            update={
                "digests": manifest.digests | self._digests,
                "declared_only": (f"what {name} loads or calls",),
            }
        )
        processes = self.settings.processes or self.slots
        self._pool = Pool(self._start, processes=processes, slots=self.slots)

    @property
    def slots(self) -> int:
        """Drafts made at once; more are kept waiting."""
        return self.settings.slots

    def prompt(self, packet: Packet) -> str:
        """The packet as text; the program receives it beside the packet as JSON."""
        return as_text(packet)

    async def draft(self, request: DraftRequest) -> Draft:
        """What the program answers for the packet.

        Raises:
            RunError: it cannot be started, says that it is out of order, or dies whatever it
                is asked.
        """
        question = {"packet": public(request.packet), "prompt": self.prompt(request.packet)}
        tell_sent({"id": request.cell.id, **question})
        started = time.perf_counter()
        try:
            answer = await self._pool.ask(request.cell.id, question)
        except NoDraftError as err:
            return failed(str(err), time.perf_counter() - started)
        tell_came_back(answer)
        latency_s = time.perf_counter() - started
        return from_reply(answer, self.settings.rating_line, latency_s, hide=self._program.hide)

    async def aclose(self) -> None:
        """End the processes."""
        await self._pool.close()

    async def _start(self) -> Child:
        """A process of the very files that the fingerprint is of."""
        if self._found_digests() != self._digests:
            what = " or ".join(self._files)
            raise RunError(f"{what} changed since the pipeline was opened; start a new run")
        return await Child.start(self._program)

    def _found_digests(self) -> dict[str, str]:
        return {name: file_digest(path) for name, path in self._files.items()}


def _is_file(path: Path) -> bool:
    """Whether an argument is one: a program in a line of its own is too long to name one."""
    try:
        return path.is_file()
    except OSError:
        return False


def _found(name: str, folder: Path, env: dict[str, str], where: str) -> Path:
    """The program that a name without a slash stands for on the path, or one by its place.

    Raises:
        ManifestError: there is none that can be executed.
    """
    if "/" in name:
        found = shutil.which(folder.resolve() / name)
    else:
        found = shutil.which(name, path=env.get("PATH"))
    if found is None:
        place = f"in {folder}" if "/" in name else "on the PATH"
        raise ManifestError(
            f"{where}: settings.command: no program {name!r} that can be run {place}"
        )
    # The program runs elsewhere than we look for it: what is digested has to be what is run.
    return Path(found).absolute()
