"""Drafts of which somebody said whether they claim what the evidence does not support."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from govern.errors import InputError
from govern.frames import GROUP, group_attributes
from govern.sources.tables import read_table, recorded_frame

NEEDED = ("case_id", "text", "evidence", "unsupported")
_TAKEN = {"draft_id": "id", "case_id": "case", "text": "text", "evidence": "evidence"}
_ANSWERS = {"yes": True, "no": False}


def read_labelled(path: Path) -> tuple[pd.DataFrame, pd.Series[bool]]:
    """Labelled drafts as a frame, and whether each makes an unsupported claim.

    Args:
        path: CSV, JSON Lines or Parquet with ``case_id``, ``text``, ``evidence`` (JSON) and
            ``unsupported`` (yes or no), and where there are any ``draft_id``, ``name`` and
            ``group.<attribute>``.

    Raises:
        InputError: it cannot be read, a column is absent, or a label is neither yes nor no.
    """
    table = read_table(path)
    absent = [column for column in NEEDED if column not in table.columns]
    if absent:
        raise InputError(
            f"{path}: no column {', '.join(absent)}; labelled drafts have {', '.join(NEEDED)}"
        )
    labels = table["unsupported"].astype("str").str.strip().str.lower().map(_ANSWERS)
    if labels.isna().any():
        row = int(labels.isna().to_numpy().argmax())
        raise InputError(
            f"{path}: row {row + 1}: unsupported: expected yes or no, found "
            f"{str(table['unsupported'].iloc[row])[:40]!r}"
        )
    roles = {role: column for column, role in _TAKEN.items() if column in table.columns}
    roles |= {"name": "name"} if "name" in table.columns else {}
    roles |= {f"{GROUP}{a}": f"{GROUP}{a}" for a in group_attributes(table)}
    return recorded_frame(table, roles, where=str(path)), labels.astype(bool)
