"""Canonical JSON (RFC 8785) and SHA-256: how anything gets its digest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import rfc8785

from govern.errors import InputError


def canonical_json(value: Any) -> bytes:
    """The one byte string that RFC 8785 gives ``value``.

    Raises:
        InputError: NaN or infinity, an integer beyond 2^53, a key that is no string, or
            too many levels.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, TypeError, ValueError, RecursionError) as err:
        raise InputError(f"no canonical JSON for this value: {err}") from err


def same_json(one: Any, other: Any) -> bool:
    """Whether two values have the same canonical JSON, which is seldom written out for that.

    Raises:
        InputError: as ``canonical_json``, of values that are not plainly alike.
    """
    try:
        alike = _alike(one, other)
    except RecursionError:
        alike = False
    return alike or canonical_json(one) == canonical_json(other)


def _alike(one: Any, other: Any) -> bool:
    """Equal all the way down, where no number stands for a truth value."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(_alike(one[k], other[k]) for k in one)
        case list(), list():
            return len(one) == len(other) and all(map(_alike, one, other))
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def read_json(raw: bytes, *, where: str) -> Any:
    """The value of a JSON document that any two readers take alike.

    Raises:
        InputError: no JSON, a key that stands twice in an object, NaN or an infinity.
    """
    try:
        return json.loads(raw, object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as err:
        raise InputError(f"{where}: no readable JSON: {err}") from err


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key stands there twice")
    return value


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256 of ``data``."""
    return hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of ``value``."""
    return sha256(canonical_json(value))


def file_digest(path: Path) -> str:
    """SHA-256 of the bytes of a file, read in blocks.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror}") from err


def unit_interval(*parts: str | int) -> float:
    """A number in [0, 1) that depends on ``parts`` alone: reproducible chance without state."""
    raw = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).digest()
    return int.from_bytes(raw[:7]) / 2**56
