"""Signed files: read whole, small and where they say they are."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from govern.errors import InputError, IntegrityError

MOST_BYTES = 50_000_000
"""Bytes; a decision over 40,000 groups has as many."""


def read_signed(path: Path) -> bytes:
    """The bytes of a file that signatures or trust rest on.

    Raises:
        FileNotFoundError: there is none.
        IntegrityError: a symbolic link, which may lead out of the folder, or more than
            ``MOST_BYTES``.
        InputError: it cannot be read, or is no regular file.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as err:
        if err.errno == errno.ELOOP:
            raise IntegrityError(_linked(path)) from err
        raise InputError(f"{path}: cannot be read: {err.strerror}") from err
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InputError(f"{path}: cannot be read: no regular file")
    with os.fdopen(handle, "rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise IntegrityError(f"{path}: more than {MOST_BYTES:,} bytes, too much for what is signed")
    return data


def require_unlinked(*folders: Path) -> None:
    """IntegrityError if a folder is a symbolic link."""
    for folder in folders:
        if folder.is_symlink():
            raise IntegrityError(_linked(folder))


def _linked(path: Path) -> str:
    return f"{path}: a symbolic link, which may lead anywhere; put what it leads to in its place"
