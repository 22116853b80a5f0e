"""Drafts that somebody already has: CSV, JSON Lines or Parquet, with their columns named."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import TypeAdapter, ValidationError

from govern import frames
from govern.domain.case import Evidence
from govern.errors import FrameError, InputError
from govern.sources.asked_columns import asked_columns
from govern.strict_yaml import explain

_EVIDENCE = TypeAdapter(list[Evidence])
ROLES = {
    "text": "text",
    "case": "case_id",
    "name": "name",
    "rating": "rating",
    "gold_rating": "gold_rating",
    "label": "label",
    "gold_label": "gold_label",
    "outcome": "outcome",
    "stratum": "stratum",
    "prompt": "input",
    "evidence": "evidence",
    "citations": "citations",
    "status": "status",
    "block": "block",
    "marker": "marker",
    "variant": "variant",
    "repeat": "repeat",
    "id": "draft_id",
    "baseline": "baseline",
    "baseline_case": "baseline_case",
    "baseline_kind": "baseline_kind",
}
_WHY = {
    "case": "what is the same work under several names",
    "text": "the column that holds the texts",
}
_LINE_BREAKS = ("<return>", "<br>")


def read_columns(asked: str, *, needs: Sequence[str] = ("case",)) -> dict[str, str]:
    """The mapping in ``text=review,case=id,group.gender=sex``: our role to the file's column.

    Args:
        asked: roles and columns as the user gave them.
        needs: roles that have to be among them.

    Raises:
        InputError: as ``asked_columns``, or a role is lacking.
    """
    mapping = asked_columns(asked, ROLES, [frames.GROUP])
    for role in needs:
        if role not in mapping:
            raise InputError(f"--columns: needs {role}=…, {_WHY.get(role, 'to be named')}")
    return mapping


def read_table(path: Path) -> pd.DataFrame:
    """The table in a CSV, JSON Lines or Parquet file, every CSV field as text.

    Raises:
        InputError: it cannot be read, with the line where the reader gave up.
    """
    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        ".csv": _read_csv,
        ".jsonl": _read_jsonl,
        ".parquet": pd.read_parquet,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path}: expected .csv, .jsonl or .parquet, found {path.suffix!r}")
    try:
        table = reader(path)
    except UnicodeDecodeError as err:
        raise InputError(f"{path}: expected UTF-8, {_first_other(path)}; save it as UTF-8") from err
    except OSError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror or err}") from err
    except ValueError as err:
        why = str(err).strip()
        raise InputError(f"{path}: cannot be read as {path.suffix[1:]}: {why}") from err
    if table.empty:
        raise InputError(f"{path}: holds no rows")
    return table


def recorded_frame(
    table: pd.DataFrame, columns: dict[str, str], *, where: str, scale: frames.Scale = frames.BANDS
) -> pd.DataFrame:
    """A drafts frame from a table of drafts that nobody generated here.

    Rows without text are drafts that failed; without a column of cases each row is a case
    of its own. Missing group values, doubled ids and columns that are not there are errors,
    with their row.

    Raises:
        InputError: naming the column or the row.
    """
    absent = [c for c in columns.values() if c not in table.columns]
    if absent:
        have = [str(column) for column in table.columns]
        other = next((mark for mark in ";\t|" if len(have) == 1 and mark in have[0]), None)
        hint = f"; fields are expected between commas, found {other!r}" if other else ""
        raise InputError(f"{where}: no column {', '.join(absent)}; it has {', '.join(have)}{hint}")
    rows = pd.DataFrame({ROLES.get(role, role): table[col] for role, col in columns.items()})
    if "evidence" in rows:
        rows["evidence"] = rows["evidence"].map(_as_json)
    _require_plain_values(rows, columns, where)
    rows = rows.astype({c: "object" for c in rows if rows[c].dtype == "bool"})
    for role in (r for r in rows.columns if str(r).startswith(frames.GROUP)):
        rows[role] = rows[role].map(_plain).astype("str")
    if "draft_id" not in rows:
        rows["draft_id"] = [f"row-{number}" for number in range(1, len(rows) + 1)]
    for role in (r for r in ("block", "marker", "variant", "repeat") if r in rows):
        rows[role] = rows[role].fillna(frames.DEFAULTS[role])
    if "case_id" not in rows:
        rows["case_id"] = rows["draft_id"]
    rows["identity_id"] = rows.get("name")
    if "text" in rows:
        rows["text"] = _unbroken(rows["text"])
        if "status" not in rows:
            absent_text = rows["text"].isna() | (rows["text"].str.strip() == "")
            rows["status"] = absent_text.map({True: "failed", False: "ok"})
            rows.loc[absent_text, [c for c in ("text", "rating", "label") if c in rows]] = None
    if "evidence" in rows:
        _check_evidence(rows["evidence"].dropna(), where)
    rows["use_case"] = "recorded"
    try:
        return frames.build(rows, scale=scale)
    except FrameError as err:
        raise InputError(f"{where}: {err}") from err


def _check_evidence(texts: pd.Series[str], where: str) -> None:
    """Refuse evidence that is no JSON list of evidence items, with its row."""
    for row, text in texts.drop_duplicates().items():
        try:
            _EVIDENCE.validate_json(text)
        except ValidationError as err:
            raise InputError(
                f"{where}: row {int(str(row)) + 1}: evidence: expected a JSON list of evidence "
                f"items: {explain(err)}"
            ) from err


def _require_plain_values(rows: pd.DataFrame, columns: dict[str, str], where: str) -> None:
    """Refuse lists, objects and, for a rating, true and false, with their row.

    Turned into text they would be measured as if somebody had written them.
    """
    for role, column in columns.items():
        refused: tuple[type, ...] = (list, dict, np.ndarray)
        if role in ("rating", "gold_rating"):
            refused += (bool, np.bool_)
        for number, value in enumerate(rows[ROLES.get(role, role)], start=1):
            if isinstance(value, refused):
                raise InputError(
                    f"{where}: row {number}: column {column}: expected one plain value for {role}, "
                    f"found {value!r:.60}"
                )


def _as_json(value: Any) -> Any:
    """Evidence that JSON Lines hold as a list, as the text that CSV has for it."""
    return json.dumps(value) if isinstance(value, list | dict) else value


def _plain(value: Any) -> str | None:
    text = "" if pd.isna(value) else str(value).strip().lower()
    return text or None


def _unbroken(texts: pd.Series[str]) -> pd.Series[str]:
    texts = texts.astype("str")
    for mark in _LINE_BREAKS:
        texts = texts.str.replace(mark, "\n", regex=False)
    return texts


def _read_csv(path: Path) -> pd.DataFrame:
    """The file as a table; pandas would take a field too many for the rows' names."""
    try:
        table = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])
    except pd.errors.EmptyDataError as err:
        raise ValueError("it is empty; expected a first line that names the columns") from err
    if not isinstance(table.index, pd.RangeIndex):
        fields = table.index.nlevels + table.shape[1]
        raise ValueError(  # noqa: TRY004
            f"expected as many fields in each row as columns in its first line, "
            f"found {table.shape[1]} columns and {fields} fields"
        )
    return table


def _first_other(path: Path) -> str:
    """Where a file stops being UTF-8; a reader that takes it in parts does not know."""
    for line, raw in enumerate(path.read_bytes().split(b"\n"), start=1):
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as err:
            return f"byte {err.start + 1} of line {line} is not"
    return "it is not"


def _read_jsonl(path: Path) -> pd.DataFrame:
    _require_objects(path)
    return pd.read_json(path, lines=True, dtype=False)


def _require_objects(path: Path) -> None:
    """Refuse a line that is no JSON object, by its number; pandas names none."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line) if line.strip() else {}
            except json.JSONDecodeError as err:
                raise ValueError(f"line {number}: {err.msg} at column {err.colno}") from err
            if not isinstance(row, dict):
                raise ValueError(f"line {number}: expected an object, found {line.strip():.60}")  # noqa: TRY004
