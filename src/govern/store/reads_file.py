"""Who was shown what, one line each, on the disk before the page leaves."""

from __future__ import annotations

import os
from pathlib import Path

from govern.domain.access import Read
from govern.errors import RunError


class FileReads:
    """The log of reads in ``path``, which is only ever added to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def log(self, read: Read) -> None:
        """Add a line.

        Raises:
            RunError: the file cannot be written.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, flags, 0o600)
            try:
                os.write(handle, f"{read.model_dump_json()}\n".encode())
            finally:
                os.close(handle)
        except OSError as err:
            raise RunError(f"{self.path}: the log of reads cannot be written: {err}") from err
