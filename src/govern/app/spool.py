"""What waits to be sent elsewhere: one small file each, written before it is tried.

A file points at results that stand on this disk anyway; it holds none of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from govern.domain.base import Noun
from govern.errors import InputError
from govern.sources.locate import Project
from govern.strict_yaml import explain
from govern.whole_files import write_text


class Waiting(Noun):
    """A finished ``run`` with its dataset's manifest, or a run's ``decision`` with its folder."""

    kind: Literal["run", "decision"]
    run: str
    beside: str


def spool(project: Project, one: Waiting, name: str = "") -> None:
    """Let something wait; the same again waits once."""
    absolute = {key: str(Path(getattr(one, key)).resolve()) for key in ("run", "beside")}
    path = _folder(project) / named(one.kind, name or Path(one.run).name)
    write_text(path, one.model_copy(update=absolute).model_dump_json())


def waiting(project: Project) -> list[str]:
    """The files of what waits: runs first, for decisions name theirs."""
    names = sorted(path.name for path in _folder(project).glob("[!.]*.json"))
    return sorted(names, key=lambda name: not name.startswith("run-"))


def read(project: Project, name: str) -> Waiting:
    """What a file says that waits.

    Raises:
        InputError: it says something else.
    """
    try:
        return Waiting.model_validate_json((_folder(project) / name).read_bytes())
    except ValidationError as err:
        raise InputError(f"{name}: {explain(err)}") from err


def settled(project: Project, name: str) -> None:
    """It was sent and waits no more."""
    (_folder(project) / name).unlink(missing_ok=True)


def named(kind: str, name: str) -> str:
    """The file in which a run or a decision waits."""
    return f"{kind}-{name}.json"


def _folder(project: Project) -> Path:
    return project.state / "spool"
