"""The log of what people were shown: a line is on the disk whole, or the page is not shown."""

from __future__ import annotations

import errno
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from govern.domain.access import Read
from govern.errors import IntegrityError, RunError
from govern.store import lines
from govern.store.reads_file import FileReads

READ = Read(
    at=datetime(2026, 11, 25, 12, tzinfo=UTC),
    person="e-1",
    roles=("board",),
    page="board",
    request="r1",
)
LINE = READ.model_dump_json() + "\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "reads.jsonl"


def test_each_read_is_a_line_that_only_its_owner_can_read(path):
    FileReads(path).log(READ)
    FileReads(path).log(READ)

    assert 2 * LINE == path.read_text()
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


def test_a_line_is_on_the_disk_whole_however_little_is_written_at_once(path, monkeypatch):
    write, sync, synced = os.write, os.fsync, []
    monkeypatch.setattr(lines.os, "write", lambda handle, data: write(handle, data[:7]))

    def note(handle: int) -> None:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            synced.append(path.read_text())
        sync(handle)

    monkeypatch.setattr(lines.os, "fsync", note)
    FileReads(path).log(READ)

    assert [LINE] == synced


def test_a_full_disk_leaves_no_part_of_a_line_and_is_told(path, monkeypatch):
    FileReads(path).log(READ)
    write, left = os.write, [30, 0]

    def full(handle: int, data: bytes) -> int:
        room = left.pop(0)
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, data[:room])

    monkeypatch.setattr(lines.os, "write", full)
    with pytest.raises(RunError, match=r"log of reads .* No space left"):
        FileReads(path).log(READ)

    assert LINE == path.read_text()


def test_after_a_line_that_was_cut_short_the_next_stands_on_its_own(path):
    path.parent.mkdir()
    path.write_text(LINE + LINE[:20])
    FileReads(path).log(READ)

    assert LINE + LINE[:20] + "\n" + LINE == path.read_text()


def test_a_symbolic_link_in_its_place_is_refused(path, tmp_path):
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(IntegrityError, match="log of reads is a file of its own"):
        FileReads(path).log(READ)

    assert not (tmp_path / "elsewhere").exists()
