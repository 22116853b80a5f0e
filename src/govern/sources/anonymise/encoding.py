"""Which encoding a text file has: UTF-8, UTF-16 with its mark, else what the user says."""

from __future__ import annotations

import codecs
from pathlib import Path

from govern.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLOCK = 1 << 20


def detect(path: Path, asked: str | None) -> str:
    """The encoding to read with: ``asked`` for what is not UTF-8, and never a guess.

    One option is for all files of a command, and they need not have one encoding.

    Raises:
        InputError: an unknown encoding is asked for, or the file is not UTF-8: with the line,
            and whether it could be Windows-1252.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if asked:
        try:
            wide = codecs.lookup(asked).name.startswith(("utf-16", "utf-32"))
        except LookupError:
            raise InputError(f"--encoding: unknown encoding {asked!r}") from None
        return marked or ("utf-8" if _is_utf8(path, or_ascii=wide) else asked)
    if marked:
        return marked
    if head[1:2] == b"\x00" or head[:1] == b"\x00":
        raise InputError(
            f"{path}: looks like UTF-16 without a byte order mark; give --encoding utf-16-le or "
            "utf-16-be, or save it as UTF-8"
        )
    line = _first_bad_line(path)
    if line is not None:
        guess = "cp1252" if _fits(path, "cp1252") else "latin-1"
        raise InputError(
            f"{path}: line {line} is not UTF-8; it may be {guess} (files from Excel on Windows "
            f"often are): if so, give --encoding {guess}, or save it as UTF-8"
        )
    return "utf-8"


def _is_utf8(path: Path, *, or_ascii: bool) -> bool:
    """Whether a file is UTF-8 and nothing else: with letters beyond ASCII, and without NUL."""
    ascii_alone = True
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if b"\x00" in block:
                return False
            ascii_alone = ascii_alone and block.isascii()
    return (or_ascii or not ascii_alone) and _first_bad_line(path) is None


def _first_bad_line(path: Path) -> int | None:
    """Number of the first line that is no UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as err:
                return line + block[: max(err.start, 0)].count(b"\n")
            line += block.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return None


def _fits(path: Path, encoding: str) -> bool:
    with path.open("rb") as stream:
        try:
            while block := stream.read(_BLOCK):
                block.decode(encoding)
        except UnicodeDecodeError:
            return False
    return True
