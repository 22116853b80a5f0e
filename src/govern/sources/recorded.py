"""The table of drafts in a file of any kind that drafts are recorded in."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from govern.sources import inspect_logs, mlflow_traces, nested
from govern.sources.tables import read_table


def read_drafts(path: Path, columns: dict[str, str]) -> pd.DataFrame:
    """The table; in an Inspect log or MLflow traces, columns are dotted paths.

    Raises:
        InputError: it cannot be read, or a column stands nowhere in it.
    """
    suffix = path.suffix.lower()
    if suffix == ".eval":
        return nested.table(inspect_logs.samples(path), list(columns.values()), where=path)
    if suffix == ".json" or (suffix == ".jsonl" and mlflow_traces.holds_traces(path)):
        return nested.table(mlflow_traces.traces(path), list(columns.values()), where=path)
    return read_table(path)
