"""The record's file: what a crash, a stranger or a full disk does to it."""

from __future__ import annotations

import errno
import os
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest

from govern.errors import IntegrityError, RunError
from govern.ledger.chain import line_of, next_entry
from govern.store import lines
from govern.store.ledger_file import FileLedger
from govern.store.lines import RecordWarning

NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


@pytest.fixture
def ledger(path: Path) -> FileLedger:
    """With two entries."""
    made = FileLedger(path)
    made.append("intent", {"run_id": "a", "deep": {"x": {}}}, NOW)
    made.append("failed", {"run_id": "a"}, NOW)
    return made


def line(ledger: FileLedger) -> bytes:
    return line_of(next_entry(ledger.entries()[-1], "intent", {"run_id": "b", "x": {}}, NOW))


def test_each_entry_is_one_line_of_canonical_json(ledger, path):
    assert b"".join(line_of(entry) + b"\n" for entry in ledger.entries()) == path.read_bytes()


def test_a_line_cut_short_anywhere_is_told_does_not_count_and_is_repaired(ledger, path):
    whole, entries, torn = path.read_bytes(), ledger.entries(), line(ledger)
    for cut in range(1, len(torn)):
        path.write_bytes(whole + torn[:cut])
        with pytest.warns(RecordWarning, match=f"cut short, at byte {len(whole)}"):
            assert entries == ledger.entries()
        assert whole + torn[:cut] == path.read_bytes()

    with pytest.warns(RecordWarning, match="does not count"):
        ledger.append("intent", {"run_id": "c"}, NOW)
    assert ["a", "a", "c"] == [entry.payload["run_id"] for entry in ledger.entries()]


def test_a_last_line_that_lacks_only_its_break_counts_and_gets_it(ledger, path):
    torn = line(ledger)
    path.write_bytes(path.read_bytes() + torn)

    assert torn == line_of(ledger.entries()[-1])
    ledger.append("failed", {"run_id": "b"}, NOW)
    assert [0, 1, 2, 3] == [entry.seq for entry in ledger.entries()]


@pytest.mark.parametrize("tail", [b"\0" * 40, b"garbage", b'{"a":', b"{}", b"7", b"\n", b"\n\n"])
def test_a_tail_that_no_crash_of_ours_leaves_is_refused_and_kept(ledger, path, tail):
    path.write_bytes(path.read_bytes() + tail)
    before = path.read_bytes()

    for use in (ledger.entries, ledger.head, lambda: ledger.append("failed", {}, NOW)):
        with pytest.raises(IntegrityError, match=r"ledger\.jsonl:3: "):
            use()
    assert before == path.read_bytes()


def test_a_line_cut_short_before_the_last_is_no_torn_tail(ledger, path):
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first[:50] + b"\n" + second)

    with pytest.raises(IntegrityError, match=r"ledger\.jsonl:1: "):
        ledger.entries()


@pytest.mark.parametrize(
    "swap",
    [(b'"failed"', b'"intent"'), (b'"seq":1', b'"seq":2'), (b"12:00:00Z", b"12:00:01Z"),
     (b'"run_id":"a"', b'"run_id":"b"'), (b'"previous":"0', b'"previous":"1')],
)  # fmt: skip
def test_each_field_that_is_changed_in_the_file_is_found(ledger, path, swap):
    path.write_bytes(path.read_bytes().replace(*swap))

    with pytest.raises(IntegrityError, match=r"ledger\.jsonl: entry [01]: "):
        ledger.entries()


def test_lines_in_another_order_and_lines_taken_out_are_found(ledger, path):
    first, second = path.read_bytes().splitlines(keepends=True)
    for order in ([second, first], [second], [first, first]):
        path.write_bytes(b"".join(order))
        with pytest.raises(IntegrityError):
            ledger.entries()


def test_a_symbolic_link_is_refused_and_what_it_points_to_untouched(tmp_path, ledger, path):
    link = tmp_path / "link.jsonl"
    link.symlink_to(path)
    dangling = tmp_path / "dangling.jsonl"
    dangling.symlink_to(tmp_path / "elsewhere.jsonl")

    for one in (link, dangling):
        for use in (
            FileLedger(one).entries,
            lambda one=one: FileLedger(one).append("seed", {}, NOW),
        ):
            with pytest.raises(IntegrityError, match="symbolic link"):
                use()
    assert 2 == len(ledger.entries())
    assert not (tmp_path / "elsewhere.jsonl").exists()


def test_a_pipe_or_a_folder_in_its_place_is_told_and_holds_nobody_up(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(IntegrityError, match="expected a regular file"):
        FileLedger(tmp_path / "pipe").entries()
    with pytest.raises(RunError, match="cannot be reached: Is a directory"):
        FileLedger(tmp_path).append("seed", {}, NOW)
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot be made"):
        FileLedger(tmp_path / "file" / "ledger.jsonl").append("seed", {}, NOW)


def test_a_full_disk_leaves_no_part_of_an_entry(ledger, path, monkeypatch):
    before = path.read_bytes()
    write, left = os.write, [30, 0]

    def full(handle: int, data: bytes) -> int:
        room = left.pop(0)
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, data[:room])

    monkeypatch.setattr(lines.os, "write", full)
    with pytest.raises(RunError, match="No space left"):
        ledger.append("failed", {}, NOW)
    monkeypatch.undo()

    assert before == path.read_bytes()


def test_a_file_that_was_put_in_its_place_while_we_waited_is_the_one_we_append_to(
    ledger, path, monkeypatch, tmp_path
):
    """What git or an editor does: a new file under the old name."""
    other = tmp_path / "other"
    other.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    lock = lines.fcntl.flock

    def slow(handle: int, kind: int) -> None:
        lock(handle, kind)
        if other.exists():
            other.replace(path)

    monkeypatch.setattr(lines.fcntl, "flock", slow)
    ledger.append("abandoned", {"run_id": "a"}, NOW)

    assert ["intent", "abandoned"] == [entry.kind for entry in ledger.entries()]


def test_reading_writes_nothing(tmp_path, ledger, path):
    before = path.stat()
    with warnings.catch_warnings():
        ledger.entries()
        FileLedger(tmp_path / "none" / "ledger.jsonl").entries()

    assert before.st_mtime_ns == path.stat().st_mtime_ns
    assert not (tmp_path / "none").exists()
