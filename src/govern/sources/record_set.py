"""The columns of a dataset's records as its Croissant file describes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from govern.errors import DatasetError

Json = dict[str, Any]


def rows_of(records: str, data: bytes) -> list[Json]:
    """What the lines of a records file say.

    Raises:
        DatasetError: it is no JSON Lines.
    """
    try:
        rows = [json.loads(line) for line in data.decode("utf-8").splitlines()]
    except ValueError as err:
        raise DatasetError(f"{records}: expected JSON Lines: {err}") from err
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise DatasetError(f"{records}: expected one JSON object a line")
    return rows


def record_set(records: str, about: Mapping[str, str], rows: list[Json]) -> Json:
    """The columns of a records file by its rows; ``about`` says what each of them means."""
    name = Path(records).stem
    fields = [
        made
        for column in sorted({key for row in rows for key in row})
        for made in _fields(records, about, column, [row.get(column) for row in rows])
    ]
    key = {"@id": f"{name}/id"}
    return {"@type": "cr:RecordSet", "@id": name, "name": name, "key": key, "field": fields}


def _fields(
    records: str, about: Mapping[str, str], column: str, values: list[Any]
) -> Iterator[Json]:
    """One field for a plain column, one for each key of an object, a repeated one for a list."""
    name = f"{Path(records).stem}/{column}"
    present = [value for value in values if value is not None]
    first = present[0] if present else ""
    described = about.get(column, column.replace("_", " "))
    base = {"@type": "cr:Field", "@id": name, "name": name}
    if isinstance(first, dict):
        for part in _inner(present, "{}"):
            yield _leaf(records, about, column, part)
    elif isinstance(first, list):
        objects = [row for value in present for row in value if isinstance(row, dict)]
        parts = [_leaf(records, about, column, part) for part in _inner(objects, "[*].{}")]
        if parts:
            yield {**base, "description": described, "repeated": True, "subField": parts}
    else:
        source = {"fileObject": {"@id": records}, "extract": {"column": column}}
        yield {**base, "description": described, "dataType": _kind(present), "source": source}


def _inner(objects: list[Json], path: str) -> Iterator[tuple[str, str, str]]:
    """Key, JSON path and type of everything plain in these objects."""
    for key in sorted({key for row in objects for key in row}):
        values = [row[key] for row in objects if row.get(key) is not None]
        if values and not isinstance(values[0], dict | list):
            yield key, path.format(key), _kind(values)


def _leaf(records: str, about: Mapping[str, str], column: str, part: tuple[str, str, str]) -> Json:
    key, path, kind = part
    name = f"{Path(records).stem}/{column}/{key}"
    return {
        "@type": "cr:Field",
        "@id": name,
        "name": name,
        "description": about.get(f"{column}.{key}", key.replace("_", " ")),
        "dataType": kind,
        "source": {
            "fileObject": {"@id": records},
            "extract": {"column": column},
            "transform": {"jsonPath": path},
        },
    }


def _kind(values: list[Any]) -> str:
    kinds = {type(value) for value in values}
    if kinds == {bool}:
        return "sc:Boolean"
    if kinds == {int}:
        return "sc:Integer"
    return "sc:Float" if kinds and kinds <= {int, float} else "sc:Text"
