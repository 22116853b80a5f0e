"""The dataset folder: rows shuffled without holding them, everything or nothing in its place."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from array import array
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from govern.errors import InputError

BUCKET_BYTES = 32_000_000
MOST_BUCKETS = 64


@contextmanager
def whole_or_nothing(out: Path) -> Iterator[Path]:
    """A new folder beside ``out`` that becomes ``out`` at the end, and vanishes on any error.

    Raises:
        InputError: ``out`` exists, or cannot be made.
    """
    if out.exists():
        raise InputError(f"{out}: exists; a data set is never written over another")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{out.name}.part-", dir=out.parent))
    except OSError as err:
        raise InputError(f"{out}: cannot be made: {err.strerror}") from err
    try:
        yield part
        if not out.exists() and any(part.iterdir()):
            part.chmod(0o755)
            part.rename(out)
    except OSError as err:
        raise InputError(f"{out}: cannot be written: {err.strerror}") from None
    finally:
        if part.exists():
            shutil.rmtree(part)


class Shuffle:
    """Rows in an order that tells nothing of the source's: by a secret draw for each.

    Rows go to bucket files by their draw; each bucket is sorted in memory when it is read.
    """

    def __init__(self, folder: Path, draw: Callable[[int], int], *, size: int) -> None:
        self._folder = folder / "buckets"
        self._folder.mkdir()
        self._draw = draw
        self._count = min(MOST_BUCKETS, max(1, size // BUCKET_BYTES))
        self._stack = ExitStack()
        self._files: list[IO[str]] = [
            self._stack.enter_context((self._folder / str(n)).open("w", encoding="utf-8"))
            for n in range(self._count)
        ]

    def add(self, row: int, value: Mapping[str, Any]) -> None:
        """Put one row aside."""
        draw = self._draw(row)
        line = json.dumps(value, ensure_ascii=False)
        self._files[draw % self._count].write(f"{draw:020d} {row} {line}\n")

    def close(self) -> None:
        """Close the bucket files, whatever happened."""
        self._stack.close()

    def write(self, path: Path) -> array[int]:
        """All rows into ``path``, with ids by their line; the source row of each line."""
        self.close()
        rows = array("q")
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            for bucket in sorted(self._folder.iterdir(), key=lambda p: int(p.name)):
                with bucket.open(encoding="utf-8", newline="\n") as lines:
                    for line in sorted(lines):
                        _, row, value = line.split(" ", 2)
                        rows.append(int(row))
                        stream.write(f'{{"id": "r{len(rows):06d}", {value[1:]}')
            stream.flush()
            os.fsync(stream.fileno())
        shutil.rmtree(self._folder)
        return rows
