"""Files that are written whole, down to the disk, or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_whole(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """All of ``data`` or what was there before, never a part; OSError if it cannot be.

    ``mode`` is who may read it, as far as the process's umask lets them: by default everyone.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        fill(handle, data)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """The same in UTF-8."""
    write_whole(path, text.encode())


def fill(handle: int, data: bytes) -> None:
    """Write ``data`` to an open file, down to the disk, and close it."""
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
