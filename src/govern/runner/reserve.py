"""Room set aside on a disk, given up when it fills, for what cannot be asked for again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from govern.errors import RunError

SIZE = 2**22
"""Bytes: some thousand drafts, more than are ever in flight."""


@contextmanager
def reserved(path: Path) -> Iterator[Callable[[], bool]]:
    """Holds ``path`` full of bytes; yields what frees them, and says whether there were any left.

    Raises:
        RunError: the disk does not have so much room.
    """

    def give_up() -> bool:
        there = path.exists()
        path.unlink(missing_ok=True)
        return there

    try:
        try:
            # Chance, so that a file system that compresses sets as much aside.
            path.write_bytes(os.urandom(SIZE))
        except OSError as err:
            raise RunError(
                f"{path.parent}: no room for drafts: {err.strerror}; {SIZE:,} bytes are needed to "
                "begin"
            ) from err
        yield give_up
    finally:
        path.unlink(missing_ok=True)
