"""Files for somebody who asked for a folder of them: nothing is written over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from govern.errors import InputError
from govern.whole_files import write_whole


def write_new(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files by name into a folder that is new or empty.

    Raises:
        InputError: there is something in it, or it cannot be written.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise InputError(
                f"{folder}: expected a new or empty folder, found one with files in it"
            )
        for name, data in files.items():
            write_whole(folder / name, data)
    except OSError as err:
        raise InputError(f"{folder}: cannot be written: {err.strerror}") from err
