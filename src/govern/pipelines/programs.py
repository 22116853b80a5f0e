"""What is started in a process of its own, with which environment and under which limits.

Limits keep a mistake from taking the machine; they are no jail for code that means harm.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError

from govern.domain.base import Noun
from govern.domain.pipeline import Manifest
from govern.errors import ManifestError
from govern.pipelines import launch
from govern.pipelines.manifest import closed_settings
from govern.pipelines.secrecy import SHORTEST_SECRET
from govern.strict_yaml import explain

# What a program needs to run at all; neither keys nor our own passphrases.
PASSED = (
    "PATH HOME TMPDIR TZ LANG LANGUAGE LC_ALL LC_CTYPE PYTHONPATH VIRTUAL_ENV LD_LIBRARY_PATH "
    "SSL_CERT_FILE SSL_CERT_DIR"
).split()
# How Python, C++, the C library, Java and Node say it.
_NO_MEMORY = (
    "MemoryError",
    "bad_alloc",
    "annot allocate memory",
    "ut of memory",
    "ould not reserve",
    "process OOM",
)
# Of what a process wrote before it died, as much enters a draft's error.
LAST_WORDS = 300


class ProcessSettings(Noun):
    """How many drafts at once, each in a process of its own, and what one may take.

    ``timeout_s`` is wall time for one draft, ``cpu_s`` CPU time of a process, ``memory_mb`` its
    address space. ``env`` names what it gets of our environment beside ``PASSED``.
    """

    slots: int = Field(default=4, ge=1, le=64)
    timeout_s: float = Field(default=120.0, gt=0)
    cpu_s: int | None = Field(default=None, ge=1)
    memory_mb: int | None = Field(default=4096, ge=16)
    env: tuple[str, ...] = ()


Settings = TypeVar("Settings", bound=ProcessSettings)


def read_settings(manifest: Manifest, shape: type[Settings]) -> Settings:
    """The manifest's settings, checked.

    Raises:
        ManifestError: one is unknown, absent or not what it has to be.
    """
    closed_settings(manifest, set(shape.model_fields))
    try:
        return shape.model_validate(manifest.settings)
    except ValidationError as err:
        raise ManifestError(f"pipeline {manifest.id}: settings: {explain(err)}") from err


@dataclass(frozen=True)
class Program:
    """A full path with its arguments, where it runs (``None``: here), and what it gets."""

    argv: tuple[str, ...]
    cwd: Path | None
    env: Mapping[str, str]
    settings: ProcessSettings

    @property
    def command(self) -> list[str]:
        """The arguments that start it under its limits."""
        memory = (self.settings.memory_mb or 0) * 2**20
        limits = [str(memory), str(self.settings.cpu_s or 0)]
        return [sys.executable, "-I", "-S", launch.__file__, *limits, *self.argv]

    def hide(self, text: str) -> str:
        """``text`` without the values of the variables that the manifest names."""
        named = {self.env.get(name, ""): name for name in self.settings.env}
        for value in sorted(named, key=len, reverse=True):
            if len(value) >= SHORTEST_SECRET:
                text = text.replace(value, f"[{named[value]}]")
        return text

    def why_ended(self, code: int, wrote: bytes) -> str:
        """Why a process ended, by its exit status and the end of its standard error."""
        said = " ".join(self.hide(wrote.decode(errors="replace")).split())
        what = f"exit status {code}" if code >= 0 else signal.Signals(-code).name
        if code == -signal.SIGXCPU:
            what = f"time limit: {self.settings.cpu_s} s of CPU"
        elif self.settings.memory_mb and any(words in said for words in _NO_MEMORY):
            what = f"memory limit of {self.settings.memory_mb} MB"
        return f"{what}{': ' if said else ''}{said[-LAST_WORDS:]}"


def environment(asked: Sequence[str], *, where: str) -> dict[str, str]:
    """What a program gets of our environment.

    Raises:
        ManifestError: a variable that the manifest names is not set.
    """
    absent = [name for name in asked if name not in os.environ]
    if absent:
        raise ManifestError(f"{where}: settings.env: set {', '.join(absent)} in the environment")
    return {name: os.environ[name] for name in (*PASSED, *asked) if name in os.environ}
