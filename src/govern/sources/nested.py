"""A table of drafts from records that hold things within things, by dotted paths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from govern.errors import InputError

_ABSENT = object()


def table(records: Iterable[Any], paths: Sequence[str], *, where: Path) -> pd.DataFrame:
    """One row a record and one column a path; what a record lacks is empty in its row.

    Raises:
        InputError: there are no records, or no record has anything at a path.
    """
    rows = [{path: at(record, path) for path in paths} for record in records]
    if not rows:
        raise InputError(f"{where}: holds no rows")
    nowhere = [path for path in paths if all(row[path] is _ABSENT for row in rows)]
    if nowhere:
        raise InputError(f"{where}: --columns: nothing stands at {', '.join(nowhere)}")
    return pd.DataFrame(
        [{path: None if value is _ABSENT else value for path, value in row.items()} for row in rows]
    )


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path; digits index lists, and a key may hold dots itself."""
    if not path:
        return value
    if isinstance(value, list):
        first, _, rest = path.partition(".")
        inside = first.isdecimal() and int(first) < len(value)
        return at(value[int(first)], rest) if inside else _ABSENT
    if not isinstance(value, dict):
        return _ABSENT
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        key, rest = ".".join(parts[:length]), ".".join(parts[length:])
        if key in value and (found := at(value[key], rest)) is not _ABSENT:
            return found
    return _ABSENT
