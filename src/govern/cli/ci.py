"""What ``govern gate`` leaves for CI beside its decision."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from govern.errors import InputError


def write(path: Path, text: str) -> None:
    """A file for CI, with its folder.

    Raises:
        InputError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as err:
        raise InputError(f"{path}: cannot be written: {err.strerror}") from err


@contextmanager
def inert() -> Iterator[None]:
    """What is printed within is no workflow command, whatever a policy or pipeline is called."""
    token = secrets.token_hex(16)
    _say(sys.stdout, f"::stop-commands::{token}")
    try:
        yield
    finally:
        _say(sys.stdout, f"::{token}::")


def tell_github(
    commands: Sequence[str], summary: str, *, folder: Path, outcome: str, stream: TextIO
) -> None:
    """Annotations, and the step's summary and outputs where GitHub asks for them.

    Args:
        commands: the annotations.
        summary: what is appended to the step's summary.
        folder: the decision's folder, as the step's output ``decision``.
        outcome: the output of that name.
        stream: stdout; or stderr, which GitHub reads too, where stdout is for JSON alone.
    """
    for command in commands:
        _say(stream, command)
    _append("GITHUB_STEP_SUMMARY", summary)
    _append("GITHUB_OUTPUT", f"decision={folder}\noutcome={outcome}\n")


def _append(variable: str, text: str) -> None:
    file = os.environ.get(variable)
    if file:
        with Path(file).open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)


def _say(stream: TextIO, command: str) -> None:
    stream.write(f"{command}\n")
    stream.flush()
