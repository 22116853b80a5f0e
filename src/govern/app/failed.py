"""Why drafts of a run failed: what whoever wrote the pipeline wants to know first."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from govern.runner.folder import RunFolder


@dataclass(frozen=True)
class Failed:
    """How many of the planned drafts failed, and the error that most of these have."""

    drafts: int
    planned: int
    most_often: str


def failed_drafts(folder: RunFolder) -> Failed | None:
    """What failed in a measured run; ``None`` where nothing did or no error was kept."""
    rows = pd.read_parquet(folder.frame, columns=["status", "error"])
    errors = rows.loc[rows["status"] == "failed", "error"]
    told = errors.dropna().value_counts()
    if told.empty:
        return None
    return Failed(drafts=len(errors), planned=len(rows), most_often=str(told.index[0]))
