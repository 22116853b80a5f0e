"""What ``govern gate`` leaves for CI beside its decision."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TextIO

import typer

if TYPE_CHECKING:
    from govern.app.gate import Gated
    from govern.sources.locate import Project

Junit = Annotated[Path | None, typer.Option(help="Write JUnit XML, for any CI.")]
Sarif = Annotated[Path | None, typer.Option(help="Write SARIF, for code scanning.")]
SarifProfile = Annotated[
    Literal["standard", "github"], typer.Option(help="Who reads the SARIF file.")
]
Markdown = Annotated[Path | None, typer.Option(help="Write the summary for a pull request.")]
Github = Annotated[
    bool, typer.Option("--github", help="Annotations, step summary and outputs for its Actions.")
]


@contextmanager
def inert(*, unless: bool) -> Iterator[None]:
    """What is printed within is no workflow command, whatever a policy or pipeline is called."""
    if unless:
        yield
        return
    token = secrets.token_hex(16)
    _say(sys.stdout, f"::stop-commands::{token}")
    try:
        yield
    finally:
        _say(sys.stdout, f"::{token}::")


def publish(
    project: Project,
    gated: Gated,
    policy: str,
    files: Mapping[str, Path | None],
    profile: Literal["standard", "github"],
    *,
    github: bool,
    as_json: bool,
) -> None:
    """Write the files that were asked for, and tell GitHub where that was asked for.

    Annotations go to stdout; where that is for JSON alone, to stderr, which GitHub reads too.

    Raises:
        InputError: a file cannot be written.
    """
    if not github and not any(files.values()):
        return
    from govern.app.outputs import SUMMARY, published

    made = published(project, gated.decision, gated.policy, file=policy, profile=profile)
    for name, path in files.items():
        if path is not None:
            _write(path, made.texts[name])
    if github:
        for command in made.annotations:
            _say(sys.stderr if as_json else sys.stdout, command)
        _append("GITHUB_STEP_SUMMARY", made.texts[SUMMARY])
        outcome = gated.decision.effective_outcome
        _append("GITHUB_OUTPUT", f"decision={gated.folder.resolve()}\noutcome={outcome}\n")


def _write(path: Path, text: str) -> None:
    from govern.errors import InputError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as err:
        raise InputError(f"{path}: cannot be written: {err.strerror}") from err


def _append(variable: str, text: str) -> None:
    file = os.environ.get(variable)
    if file:
        with Path(file).open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)


def _say(stream: TextIO, command: str) -> None:
    stream.write(f"{command}\n")
    stream.flush()
