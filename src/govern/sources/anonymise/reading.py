"""Rows of CSV, XLSX, Parquet or JSON Lines in chunks, each with the row number people see.

Row numbers count the header as row 1 in CSV and XLSX; in the others the first row is 1.
Errors carry row numbers and never a cell.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from govern.errors import InputError
from govern.sources.anonymise.encoding import detect

T = TypeVar("T")
CELL_LIMIT = 16_000_000
Row = dict[str, str | None]


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file. ``done`` is the share of the file that has been read."""

    header: tuple[str, ...]
    numbers: tuple[int, ...]
    rows: tuple[Row, ...]
    done: float

    def __repr__(self) -> str:
        return f"Chunk of {len(self.rows)} rows"


def read_rows(path: Path, *, chunk_rows: int, encoding: str | None = None) -> Iterator[Chunk]:
    """The file's rows, ``chunk_rows`` at a time; every cell as text, an empty one as None.

    Raises:
        InputError: it cannot be read, with the row where the reader gave up.
    """
    readers = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet, ".xlsx": _xlsx}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path}: expected .csv, .xlsx, .parquet or .jsonl")
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    rows = reader(path, encoding)
    try:
        while batch := list(itertools.islice(rows, chunk_rows)):
            header = tuple(batch[0][1])
            numbers = tuple(number for number, _, _ in batch)
            yield Chunk(header, numbers, tuple(row for _, row, _ in batch), batch[-1][2])
    except OSError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror or type(err).__name__}") from None


Read = Iterator[tuple[int, Row, float]]


def _csv(path: Path, encoding: str | None) -> Read:
    found = detect(path, encoding)
    size = max(path.stat().st_size, 1)
    limit = csv.field_size_limit(CELL_LIMIT)
    try:
        # newline="": the csv module takes every kind of line end, mixed ones too.
        with path.open("rb") as raw, io.TextIOWrapper(raw, found, newline="") as stream:
            first = _decoded(path, lambda: stream.readline(CELL_LIMIT), 1)
            delimiter = max(",;\t", key=first.count)
            lines = csv.reader(itertools.chain([first], stream), strict=True, delimiter=delimiter)
            header: list[str] = []
            number = 0
            while True:
                number += 1
                cells = _next(path, lines, number)
                if cells is None:
                    break
                if number == 1:
                    header = _header(path, cells)
                elif cells:
                    _same_width(path, number, len(header), len(cells))
                    done = raw.tell() / size
                    yield number, {h: c or None for h, c in zip(header, cells, strict=True)}, done
    finally:
        csv.field_size_limit(limit)
    if not header:
        raise InputError(f"{path}: is empty")


def _decoded(path: Path, read: Callable[[], T], number: int) -> T:
    try:
        return read()
    except UnicodeError:
        raise InputError(
            f"{path}: row {number} or soon after: bytes that the encoding does not have; give the "
            "file's own with --encoding"
        ) from None


def _next(path: Path, lines: Iterator[list[str]], number: int) -> list[str] | None:
    try:
        return _decoded(path, lambda: next(lines, None), number)
    except csv.Error as err:
        reason = str(err)
        hint = "a quote is not closed" if "unexpected end" in reason else reason
        raise InputError(f"{path}: row {number}: no CSV: {hint}") from None


def _jsonl(path: Path, encoding: str | None) -> Read:
    found = detect(path, encoding)
    size = max(path.stat().st_size, 1)
    header: list[str] = []
    with path.open("rb") as raw, io.TextIOWrapper(raw, found) as stream:
        for number in itertools.count(1):
            line = _decoded(path, stream.readline, number)
            if not line:
                break
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except ValueError as err:
                at = f", column {err.colno}" if isinstance(err, json.JSONDecodeError) else ""
                raise InputError(f"{path}: row {number}{at}: expected a JSON object") from None
            if not isinstance(value, dict):
                raise InputError(f"{path}: row {number}: expected a JSON object")
            header = header or _header(path, list(value))
            yield (
                number,
                {h: _text(value.get(h)) for h in header},
                raw.tell() / size,
            )


def _parquet(path: Path, encoding: str | None) -> Read:
    import pyarrow as pa
    import pyarrow.parquet as pq

    _no_encoding(path, encoding)
    try:
        file = pq.ParquetFile(path)
        header = _header(path, file.schema_arrow.names)
        total = max(file.metadata.num_rows, 1)
        number = 0
        for batch in file.iter_batches(batch_size=1024):
            for row in batch.to_pylist():
                number += 1
                yield number, {h: _text(row[h]) for h in header}, number / total
    except pa.ArrowException:
        raise InputError(f"{path}: expected Parquet") from None


def _xlsx(path: Path, encoding: str | None) -> Read:
    import zipfile

    try:
        import openpyxl
    except ImportError as err:
        raise InputError(
            f"{path}: XLSX needs the package openpyxl: pip install '.[anonymise]' in a checkout"
        ) from err
    _no_encoding(path, encoding)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=False)
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        openpyxl.utils.exceptions.InvalidFileException,
    ):
        raise InputError(f"{path}: expected an XLSX workbook") from None
    try:
        sheet = book.worksheets[0]
        total = max(sheet.max_row or 1, 1)
        header: list[str] = []
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            values = [_text(cell) for cell in cells]
            if not header:
                while values and values[-1] is None:
                    values.pop()
                header = _header(path, [value or "" for value in values])
            elif any(value is not None for value in values):
                values = values[: len(header)] + [None] * (len(header) - len(values))
                yield number, dict(zip(header, values, strict=True)), min(number / total, 1.0)
    finally:
        book.close()


def _text(value: Any) -> str | None:
    """A cell as text: dates as ISO, whole numbers without a point, formulas as written."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def _header(path: Path, names: Sequence[str]) -> list[str]:
    plain = [name.strip() for name in names]
    if not any(plain):
        raise InputError(f"{path}: the first row is empty; it has to name the columns")
    doubled = sorted({n + 1 for n, name in enumerate(plain) if name and name in plain[:n]})
    if doubled:
        raise InputError(f"{path}: column {doubled[0]} has the same name as one before it")
    return [name or f"column {n}" for n, name in enumerate(plain, start=1)]


def _same_width(path: Path, number: int, expected: int, found: int) -> None:
    if expected != found:
        raise InputError(
            f"{path}: row {number}: {found} cells, the header has {expected} (a comma or a quote "
            "too many or too few?)"
        )


def _no_encoding(path: Path, encoding: str | None) -> None:
    if encoding:
        raise InputError(f"{path}: --encoding is for CSV and JSON Lines; this kind knows its own")
