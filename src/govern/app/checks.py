"""What ``govern verify`` checked, one thing at a time, and how it came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isclose
from typing import Any, Literal

from govern.errors import GovernError, IntegrityError, PolicyError

Level = Literal[0, 1, 2, 3]
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Check:
    """One thing that was checked.

    ``holds`` is ``None`` where there was nothing to hold: a note for the reader. ``code`` is the
    exit code that it asks for. Level 0 is what no level depends on.
    """

    level: Level
    what: str
    holds: bool | None
    said: str
    code: int = 0

    def as_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"level": self.level, "what": self.what, "holds": self.holds, "said": self.said}


def checked(level: Level, what: str, check: Callable[..., str], *about: Any) -> Check:
    """What a check said, or what it raised: unsigned is one thing, altered is another."""
    try:
        return Check(level, what, True, check(*about))
    except GovernError as err:
        return failed(level, what, err)


def failed(level: Level, what: str, err: GovernError) -> Check:
    """Something that does not hold, and the exit code that its error asks for."""
    unsigned = isinstance(err, PolicyError)
    code = PolicyError.exit_code if unsigned else IntegrityError.exit_code
    return Check(level, what, False, str(err), code)


def note(level: Level, what: str, said: str) -> Check:
    """Something that the reader is to know."""
    return Check(level, what, None, said)


def differences(stands: Any, comes_out: Any, where: str = "") -> Iterator[str]:
    """Where two JSON values differ; numbers by more than ``TOLERANCE``, relative or absolute."""
    if isinstance(stands, dict) and isinstance(comes_out, dict):
        for key in sorted({*stands, *comes_out}):
            yield from differences(stands.get(key), comes_out.get(key), f"{where}.{key}".strip("."))
    elif isinstance(stands, list) and isinstance(comes_out, list) and len(stands) == len(comes_out):
        for index, (one, other) in enumerate(zip(stands, comes_out, strict=True)):
            name = one.get("id", index) if isinstance(one, dict) else index
            yield from differences(one, other, f"{where}.{name}")
    elif not _equal(stands, comes_out):
        yield f"{where}: stands as {_shown(stands)}, comes out as {_shown(comes_out)}"


def _equal(one: Any, other: Any) -> bool:
    numbers = (int, float)
    if isinstance(one, numbers) and isinstance(other, numbers) and type(one) is not bool:
        return isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return type(one) is type(other) and bool(one == other)


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
