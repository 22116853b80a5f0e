"""Files are whole or as they were, and no more people may read them than the user lets."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

import pytest

from govern.whole_files import write_text, write_whole


@pytest.fixture
def strict() -> Iterator[None]:
    """A user who lets nobody else read what they write."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "new" / "a.json"
    write_text(path, "one, and longer")
    write_text(path, "zwei: ä")

    assert path.read_bytes() == "zwei: ä".encode()
    assert [path] == list(path.parent.iterdir())


def test_what_was_there_stays_where_the_disk_is_full(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    write_text(path, "before")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("govern.whole_files.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_text(path, "after")
    assert (path.read_text(), [path]) == ("before", list(tmp_path.iterdir()))


@pytest.mark.usefixtures("strict")
def test_a_umask_that_lets_nobody_else_read_is_kept_to(tmp_path):
    write_text(tmp_path / "findings.json", "{}")
    assert mode(tmp_path / "findings.json") == 0o600


def test_what_is_private_is_so_also_in_place_of_an_open_file(tmp_path):
    path = tmp_path / "secret.json"
    path.touch(mode=0o644)
    write_whole(path, b"s", mode=0o600)
    assert mode(path) == 0o600


def test_a_link_is_replaced_and_what_it_leads_to_is_not_written(tmp_path):
    (tmp_path / "other").write_text("kept")
    (tmp_path / "link").symlink_to(tmp_path / "other")
    write_text(tmp_path / "link", "new")

    assert (tmp_path / "other").read_text() == "kept"
    assert not (tmp_path / "link").is_symlink()
