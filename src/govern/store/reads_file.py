"""Who was shown what, one line each, on the disk before the page leaves."""

from __future__ import annotations

from pathlib import Path

from govern.domain.access import Read
from govern.store.lines import LineFile


class FileReads:
    """The log of reads in ``path``, which is only ever added to."""

    def __init__(self, path: Path) -> None:
        self._file = LineFile(path, start=b'{"at":', name="log of reads", mode=0o600)

    def log(self, read: Read) -> None:
        """Add a line, to the disk.

        Raises:
            IntegrityError: the file is a symbolic link or none at all.
            RunError: it cannot be written.
        """
        self._file.add(read.model_dump_json().encode())
