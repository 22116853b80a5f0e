"""What ways out share: whom to trust over TLS, and files that only their owner can read."""

from __future__ import annotations

import os
import ssl
import tempfile
from pathlib import Path

from govern.errors import InputError


def trusting(ca_file: str | None, root: Path) -> ssl.SSLContext:
    """TLS to servers that show a certificate for their name, by the system's authorities or ours.

    Raises:
        InputError: the file holds no certificates.
    """
    try:
        return ssl.create_default_context(cafile=root / ca_file if ca_file else None)
    except OSError as err:
        raise InputError(f"{ca_file}: expected certificates in PEM: {err}") from err


def write_private(path: Path, data: bytes) -> None:
    """All of ``data`` or what was there before, never a part; OSError if it cannot be."""
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
