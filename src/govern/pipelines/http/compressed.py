"""Answers that come compressed although nobody asked: no more is unpacked than is read."""

from __future__ import annotations

import zlib

_ZLIB = {"gzip", "x-gzip", "deflate"}
_EITHER_HEADER = 32 + zlib.MAX_WBITS


class UnreadableError(Exception):
    """It cannot be unpacked, and why."""


def unpacked(content: bytes, encoding: str, *, most: int) -> bytes:
    """The content of an answer, or its first ``most`` bytes and one where it is longer.

    A few hundred bytes can stand for gigabytes, and more so where they were compressed twice.

    Raises:
        UnreadableError: it is compressed in another way than by gzip or deflate, or is broken.
    """
    how = encoding.strip().lower()
    if how in ("", "identity") or not content:
        return content
    if how not in _ZLIB:
        raise UnreadableError(f"Content-Encoding {encoding[:40]!r}, which was not asked for")
    unpacking = zlib.decompressobj(_EITHER_HEADER)
    try:
        found = unpacking.decompress(content, most + 1)
    except zlib.error as err:
        raise UnreadableError(f"its {how} is broken: {err}") from err
    if not unpacking.eof and len(found) <= most:
        raise UnreadableError(f"its {how} is cut short")
    return found
