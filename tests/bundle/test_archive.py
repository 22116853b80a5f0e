"""The archive: the same bytes for the same files, and nothing in it is trusted."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.app import archive
from govern.app.archive import pack, packed_size, require_writable, unpacked, write_archive
from govern.errors import GovernError, InputError, IntegrityError

FILES = {"top/a.txt": b"one", "top/b/c.json": b"{}", "top/README.md": b"# Read\n"}


def packed(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    pack(files, target)
    return target.getvalue()


def contents(raw: bytes, folder: Path) -> dict[str, bytes]:
    path = folder / "x.zip"
    path.write_bytes(raw)
    with unpacked(path) as top:
        return {
            p.relative_to(top.parent).as_posix(): p.read_bytes()
            for p in top.rglob("*")
            if p.is_file()
        }


def forged(make: Callable[[zipfile.ZipFile], None]) -> bytes:
    """What another program would write."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        make(made)
    return target.getvalue()


def plain(name: str, mode: int = 0o100644, kind: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr, info.compress_type = 3, mode << 16, kind
    return info


def test_what_was_packed_comes_out_again(tmp_path: Path):
    assert FILES == contents(packed(FILES), tmp_path)


def test_how_large_an_archive_gets_is_known_before_it_is_packed(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"x" * 70_000)

    for files in ({"top/a.txt": b""}, FILES, {**FILES, "top/large": tmp_path / "a"}):
        assert len(packed(files)) == packed_size(files)
    with pytest.raises(InputError, match="cannot be read"):
        packed_size({"top/a": tmp_path / "gone"})


@pytest.mark.parametrize(
    ("most", "found", "said"),
    [
        ("MOST_FILES", 3, "3 files in it; verify takes at most 2"),
        ("MOST_BYTES", len(packed(FILES)), "bytes; verify takes at most"),
        ("MOST_PARTS", -(-len(packed(FILES)) // 10), "--split-mb takes a larger number; verify"),
    ],
)
def test_nothing_is_written_that_would_not_be_unpacked(
    most: str, found: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    target = tmp_path / "x.zip"
    monkeypatch.setattr(archive, most, found)
    require_writable(FILES, target, part=10)
    monkeypatch.setattr(archive, most, found - 1)

    with pytest.raises(InputError, match=said):
        require_writable(FILES, target, part=10)


def test_the_order_in_which_files_are_given_changes_nothing(tmp_path: Path):
    paths = {}
    for number, (name, data) in enumerate(reversed(FILES.items())):
        paths[name] = tmp_path / str(number)
        paths[name].write_bytes(data)
        paths[name].chmod(0o600)
    target = io.BytesIO()
    pack(paths, target)

    assert packed(FILES) == target.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "top/../../evil", "top//evil", "top/./evil", "C:/evil", "top\\evil",
     "top/.hidden", "top/con\n", "top/é", "", "top/", "a/" * 11 + "a"],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused_on_both_ways(name: str, tmp_path: Path):
    raw = forged(lambda made: made.writestr(plain(name), b"x"))

    with pytest.raises(
        IntegrityError, match=r"no name that a file in a bundle can have|can be read"
    ):
        contents(raw, tmp_path)
    with pytest.raises(InputError, match="no name that a file in a bundle can have"):
        packed({name: b"x"})
    assert {"x.zip"} == {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("names", [("top/a", "top/a"), ("top/a", "top/A"), ("top/a", "top/a/b")])
def test_a_name_that_stands_twice_is_refused(names: tuple[str, str], tmp_path: Path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = forged(lambda made: [made.writestr(plain(n), b"x") for n in names][-1])

    with pytest.raises(IntegrityError, match=r"stands twice|a file and a folder"):
        contents(raw, tmp_path)


@pytest.mark.parametrize("mode", [0o120777, 0o040755, 0o100755, 0o060644])
def test_links_and_other_things_than_plain_files_are_refused(mode: int, tmp_path: Path):
    raw = forged(lambda made: made.writestr(plain("top/a", mode), b"/etc/passwd"))

    with pytest.raises(IntegrityError, match="a link or no plain file"):
        contents(raw, tmp_path)


def test_a_deflated_bomb_is_refused_before_anything_is_written(tmp_path: Path):
    raw = forged(
        lambda made: made.writestr(plain("top/a", kind=zipfile.ZIP_DEFLATED), bytes(50_000_000))
    )

    assert len(raw) < 100_000
    with pytest.raises(IntegrityError, match="deflated"):
        contents(raw, tmp_path)


def test_members_that_share_their_bytes_are_refused(tmp_path: Path):
    """A bomb without deflating: many names in the directory for the same bytes."""
    raw = packed({"top/a": bytes(10_000)})
    start = raw.index(b"PK\x01\x02")
    entry, end = raw[start:-22], bytearray(raw[-22:])
    more = b"".join(entry.replace(b"top/a", b"top/" + bytes([c])) for c in range(98, 123))
    count = 1 + 25
    struct.pack_into("<HHL", end, 8, count, count, len(entry) + len(more))

    with pytest.raises(IntegrityError):
        contents(raw[:start] + entry + more + bytes(end), tmp_path)


def test_too_many_files_and_too_many_bytes_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    raw = packed(FILES)
    monkeypatch.setattr(archive, "MOST_FILES", 2)
    with pytest.raises(IntegrityError, match="3 files in it, more than 2"):
        contents(raw, tmp_path)
    monkeypatch.setattr(archive, "MOST_BYTES", len(raw) - 1)
    with pytest.raises(IntegrityError, match="bytes are not unpacked"):
        contents(raw, tmp_path)


def test_more_files_than_the_end_says_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A list has room for long names; short ones are more than the end says."""
    raw = packed({f"top/{number:02d}": b"" for number in range(12)})
    end = bytearray(raw[-22:])
    struct.pack_into("<HH", end, 8, 2, 2)
    monkeypatch.setattr(archive, "MOST_FILES", 11)

    with pytest.raises(IntegrityError, match="12 files in it, more than 11"):
        contents(raw[:-22] + bytes(end), tmp_path)


def test_a_list_longer_than_it_says_is_refused_before_it_is_read(tmp_path: Path):
    raw = packed({f"top/{number:04d}": b"" for number in range(200)})
    end = bytearray(raw[-22:])
    struct.pack_into("<HH", end, 8, 1, 1)

    with pytest.raises(IntegrityError, match="its list of files is longer than 1 files need"):
        contents(raw[:-22] + bytes(end), tmp_path)


def test_a_second_end_that_says_otherwise_is_refused_before_it_is_read(tmp_path: Path):
    """The end of zip64 counts where there is one: 50,000 names behind an end that says one."""
    many, name = 50_000, b"top/a"
    local = packed({"top/a": b""}).partition(b"PK\x01\x02")[0]
    entry = packed({"top/a": b""})[len(local) : -22]
    names = b"".join(entry.replace(name, b"top/%05d" % number) for number in range(many))
    whole = local + names
    end64 = struct.pack(
        "<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, many, many, len(names), len(local)
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(whole), 1)
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 1, 1, 60, len(local), 0)

    with pytest.raises(IntegrityError, match="a second end says how much it holds"):
        contents(whole + end64 + locator + end, tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: b"#!/bin/sh\n" + raw,
        lambda raw: raw + b"more",
        lambda raw: raw[:-1],
        lambda raw: raw[:-2] + b"\x04\x00note",
        lambda raw: raw[: len(raw) // 2],
        lambda raw: b"",
    ],
    ids=["before", "after", "cut", "comment", "half", "empty"],
)
def test_bytes_beside_the_files_are_refused(change: Callable[[bytes], bytes], tmp_path: Path):
    with pytest.raises(IntegrityError):
        contents(change(packed(FILES)), tmp_path)


def test_no_byte_of_it_can_be_changed_unseen(tmp_path: Path):
    """Every byte, to one other value; either refused, or the file's own bytes are others."""
    raw = packed(FILES)
    for at in range(len(raw)):
        with pytest.raises(GovernError):
            contents(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :], tmp_path)


@given(at=st.integers(0, len(packed(FILES)) - 1), value=st.integers(0, 255))
def test_nor_to_any_other_value(at: int, value: int, tmp_path_factory: pytest.TempPathFactory):
    raw = packed(FILES)
    changed = raw[:at] + bytes([value]) + raw[at + 1 :]
    if changed != raw:
        with pytest.raises(GovernError):
            contents(changed, tmp_path_factory.mktemp("one"))


def test_a_second_folder_at_the_top_is_refused(tmp_path: Path):
    for files in ({"a/x": b"", "b/x": b""}, {"x": b""}, {}):
        with pytest.raises(IntegrityError):
            contents(packed(files), tmp_path)


def test_an_archive_packed_anew_is_to_be_unpacked(tmp_path: Path):
    raw = forged(lambda made: [made.writestr(name, data) for name, data in FILES.items()])

    with pytest.raises(IntegrityError, match="unpack it and give verify the folder"):
        contents(raw, tmp_path)


@pytest.mark.parametrize("stop", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_is_interrupted_leaves_no_file(
    stop: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    copy, kept = archive._copy, tmp_path / "y.zip"
    kept.write_text("mine")

    def stopping(whole: BinaryIO, out: BinaryIO, most: int) -> None:
        copy(whole, out, most)
        if out.name.endswith(".002"):
            raise stop

    monkeypatch.setattr(archive, "_copy", stopping)
    with pytest.raises((InputError, KeyboardInterrupt)):
        write_archive(FILES, tmp_path / "x.zip", part=100)

    assert [kept] == list(tmp_path.iterdir())


def test_a_single_file_is_not_numbered(tmp_path: Path):
    assert [tmp_path / "x.zip"] == write_archive(FILES, tmp_path / "x.zip", part=10_000)
