"""One archive, always the same bytes for the same files, and unpacked without trust in it.

A zip whose members are stored and not deflated, in the order of their names, of one time and one
mode: what deflate makes depends on the library's version. An archive is taken only as it would be
packed again, so that nothing can hide between its members.
"""

from __future__ import annotations

import io
import re
import shutil
import struct
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from govern.errors import InputError, IntegrityError

MOST_FILES = 10_000
MOST_BYTES = 2_000_000_000
"""Bytes of an archive: below 2 GiB no program writes it in another form, which is zip64."""
MOST_PARTS = 999
_DAY_ZERO = (1980, 1, 1, 0, 0, 0)
_FILE = 0o100644 << 16
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+=@-]{0,150}")
_PART = re.compile(r"(.+)\.(\d{3})")
_END = 22
"""Bytes of a zip's last record, where no comment follows."""
_LOCATOR = 20
"""Bytes before it that lead to another end, of zip64, which would count in its place."""
_AROUND = 30 + 46
"""Bytes that a file takes beside itself and twice its name: before it, and in the list of all."""
DEEPEST = 10
"""Folders in one another that anything of ours has at most."""
_MOST_LISTED = 46 + 152 * DEEPEST
"""Bytes that a file takes in the list of them at the archive's end, at most."""
_BLOCK = 1 << 20
_ANEW = "if somebody packed it anew, unpack it and give verify the folder"
_UNREADABLE = (
    zipfile.BadZipFile,
    struct.error,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    OSError,
)


def pack(files: Mapping[str, bytes | Path], target: BinaryIO) -> None:
    """Write files, by their name in the archive, as one zip.

    Raises:
        InputError: a name that no archive of ours has, or a file that cannot be read.
    """
    _require_names(list(files), InputError)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _DAY_ZERO)
            info.create_system, info.external_attr = 3, _FILE
            source = files[name]
            if isinstance(source, bytes):
                archive.writestr(info, source)
            else:
                _add(archive, info, source)


def packed_size(files: Mapping[str, bytes | Path]) -> int:
    """Bytes of the archive that ``pack`` makes of these files; InputError if one cannot be read."""
    return _END + sum(_AROUND + 2 * len(name) + _size(data) for name, data in files.items())


def require_writable(files: Mapping[str, bytes | Path], target: Path, *, part: int) -> None:
    """Refuse to write over another archive, or what ``unpacked`` would refuse to read.

    Raises:
        InputError: it exists already, or has too many files, bytes or parts; or as
            ``packed_size``.
    """
    there = [path for path in (target, *_numbered(target)) if path.exists()]
    if there:
        raise InputError(f"{there[0]}: exists already; name another file, or move it away")
    size = packed_size(files)
    for found, most, of in (
        (len(files), MOST_FILES, "files in it"),
        (size, MOST_BYTES, "bytes"),
        (-(-size // part), MOST_PARTS, "parts; --split-mb takes a larger number"),
    ):
        if found > most:
            raise InputError(f"{target}: would have {found:,} {of}; verify takes at most {most:,}")


def write_archive(files: Mapping[str, bytes | Path], target: Path, *, part: int) -> list[Path]:
    """Pack into ``target``, or into ``target.001``, ``.002``… of ``part`` bytes where it has more.

    All of them or, where it was interrupted, none.

    Raises:
        InputError: it cannot be written; else as ``require_writable`` and ``pack``.
    """
    require_writable(files, target, part=part)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target.parent) as whole:
            pack(files, whole)
            count = -(-whole.tell() // part)
            names = [target] if count == 1 else [_part(target, n + 1) for n in range(count)]
            whole.seek(0)
            _write(whole, names, part)
    except OSError as err:
        raise InputError(f"{target}: cannot be written: {err.strerror}") from err
    return names


@contextmanager
def unpacked(source: Path) -> Iterator[Path]:
    """The one folder that an archive holds, in a place of its own that goes afterwards.

    ``source`` is the archive, or the first of its numbered files.

    Raises:
        InputError: there is no such file.
        IntegrityError: no archive as we pack them: a name that leads out of it or stands twice, a
            link, something deflated, too much of it, a part missing or a byte too many.
    """
    with (
        tempfile.TemporaryDirectory(prefix="govern-") as root,
        tempfile.TemporaryFile() as whole,
    ):
        parts = _parts(source)
        for path in parts:
            _append(path, whole)
        try:
            _unpack(whole, Path(root), _span(parts))
        except _UNREADABLE as err:
            raise IntegrityError(f"{source}: no archive that can be read: {err}") from err
        tops = list(Path(root).iterdir())
        if len(tops) != 1 or not tops[0].is_dir():
            raise IntegrityError(f"{source}: expected one folder in it, found {len(tops)} things")
        yield tops[0]


def is_archive(path: Path) -> bool:
    """Whether a path names a file, or one that was split into numbered ones."""
    return path.is_file() or bool(_numbered(path))


def _unpack(whole: BinaryIO, root: Path, where: str) -> None:
    _require_end(whole, where)
    with zipfile.ZipFile(whole) as archive:
        infos = archive.infolist()
        _require_few(len(infos), where)
        _require_names([info.filename for info in infos], IntegrityError)
        for info in infos:
            if info.compress_type != zipfile.ZIP_STORED or info.external_attr != _FILE:
                raise IntegrityError(
                    f"{where}: {info.filename} is deflated, a link or no plain file; {_ANEW}"
                )
        if sum(info.file_size for info in infos) > whole.seek(0, io.SEEK_END):
            raise IntegrityError(f"{where}: its files have more bytes than the archive")
        for info in infos:
            target = root / info.filename
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(info) as stream, target.open("xb") as out:
                shutil.copyfileobj(stream, out, _BLOCK)
    with tempfile.TemporaryFile() as again:
        pack({info.filename: root / info.filename for info in infos}, again)
        if not _same(whole, again):
            raise IntegrityError(
                f"{where}: not packed as bundles are: a byte of it was changed; {_ANEW}"
            )


def _require_end(whole: BinaryIO, where: str) -> None:
    """That the archive ends as ours do, before anything is made of how much it says it holds."""
    size = whole.seek(0, io.SEEK_END)
    whole.seek(max(0, size - _END - _LOCATOR))
    before, end = whole.read(_LOCATOR), whole.read()
    if len(end) < _END or not end.startswith(b"PK\x05\x06"):
        raise IntegrityError(
            f"{where}: no bundle, or its end was cut off: a numbered part that follows is missing, "
            "or it was not copied whole; ask for all of it, and compare the SHA-256"
        )
    if before.startswith(b"PK\x06\x07"):
        raise IntegrityError(f"{where}: a second end says how much it holds; bundles have one")
    count = int.from_bytes(end[10:12], "little")
    _require_few(count, where)
    if int.from_bytes(end[12:16], "little") > count * _MOST_LISTED:
        raise IntegrityError(f"{where}: its list of files is longer than {count:,} files need")


def _require_few(count: int, where: str) -> None:
    if count > MOST_FILES:
        raise IntegrityError(f"{where}: {count:,} files in it, more than {MOST_FILES:,}")


def _require_names(names: list[str], error: type[InputError | IntegrityError]) -> None:
    """Refuse names that lead elsewhere, stand twice on some system, or are both file and folder."""
    for name in names:
        parts = name.split("/")
        if len(parts) > DEEPEST or not all(map(_NAME.fullmatch, parts)):
            raise error(f"{name[:200]!r}: no name that a file in a bundle can have")
    small = [name.lower() for name in names]
    if len(set(small)) < len(small):
        twice = next(name for name in names if small.count(name.lower()) > 1)
        raise error(f"{twice!r} stands twice in the archive")
    folders = {str(folder) for name in small for folder in PurePosixPath(name).parents}
    if both := folders & set(small):
        raise error(f"{min(both)!r} is a file and a folder in the archive")


def _parts(source: Path) -> list[Path]:
    """The archive, or all of its numbered files."""
    if source.is_file() and not _PART.fullmatch(source.name):
        return [source]
    numbered = _PART.fullmatch(source.name)
    stem = source.with_name(numbered[1]) if numbered else source
    found = _numbered(stem)
    if not found:
        raise InputError(f"{source}: no such file; expected a bundle, its first part or its folder")
    missing = [p for n, p in enumerate(found, start=1) if p != _part(stem, n)]
    if missing:
        raise IntegrityError(f"{stem}: a part is missing before {missing[0].name}; ask for it")
    return found


def _span(parts: list[Path]) -> str:
    """How messages name the archive: by its file, or by the first and the last of its files."""
    return f"{parts[0]} to {parts[-1].name}" if len(parts) > 1 else str(parts[0])


def _numbered(stem: Path) -> list[Path]:
    folder = stem.parent
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if (found := _PART.fullmatch(path.name)) and found[1] == stem.name
    )


def _part(stem: Path, number: int) -> Path:
    return stem.with_name(f"{stem.name}.{number:03d}")


def _append(path: Path, whole: BinaryIO) -> None:
    try:
        with path.open("rb") as stream:
            if path.stat().st_size + whole.tell() > MOST_BYTES:
                raise IntegrityError(f"{path}: more than {MOST_BYTES:,} bytes are not unpacked")
            shutil.copyfileobj(stream, whole, _BLOCK)
    except OSError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror}") from err


def _write(whole: BinaryIO, names: list[Path], part: int) -> None:
    written: list[Path] = []
    try:
        for name in names:
            with name.open("xb") as out:
                written.append(name)
                _copy(whole, out, part)
    except BaseException:
        for name in written:
            name.unlink(missing_ok=True)
        raise


def _copy(whole: BinaryIO, out: BinaryIO, most: int) -> None:
    while most > 0 and (block := whole.read(min(most, _BLOCK))):
        out.write(block)
        most -= len(block)


def _same(one: BinaryIO, other: BinaryIO) -> bool:
    one.seek(0)
    other.seek(0)
    while block := one.read(_BLOCK):
        if block != other.read(_BLOCK):
            return False
    return not other.read(1)


def _size(data: bytes | Path) -> int:
    if isinstance(data, bytes):
        return len(data)
    try:
        return data.stat().st_size
    except OSError as err:
        raise InputError(f"{data}: cannot be read: {err.strerror}") from err


def _add(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> None:
    """A file in blocks: drafts may be larger than what is free of memory."""
    try:
        stream = path.open("rb")
    except OSError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror}") from err
    with stream, archive.open(info, "w") as out:
        shutil.copyfileobj(stream, out, _BLOCK)
