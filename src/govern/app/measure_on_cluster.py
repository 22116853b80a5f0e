"""``govern measure --executor ray``: a table whose blocks are read where the cluster's workers are.

What comes here are numbers by draft; texts stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from govern import frames
from govern.app.measure import Measured, require_confidence
from govern.domain.finding import Finding
from govern.errors import InputError
from govern.metrics import METRICS
from govern.runner.on_ray import cluster, told_plainly
from govern.runner.ray_blocks import blocks_of
from govern.runner.spread import PLACE, measured, require_spread
from govern.sources.tables import read_columns, read_table, recorded_frame


def measure_on_cluster(
    table: Path, *, metrics: list[str], columns: str, address: str, confidence: float = 0.9
) -> Measured:
    """As ``measure_table``, for metrics that can be measured block by block.

    A Parquet table is read by the workers, another one from here.

    Args:
        table: CSV, JSON Lines or Parquet; a folder is one of Parquet files.
        metrics: names in METRICS.
        columns: ``role=column,…`` with ``case``.
        address: of the cluster, or ``local``.
        confidence: of the two-sided interval.

    Raises:
        InputError: as ``measure_table``; or a metric needs all drafts in one place.
        RunError: there is no such cluster, or it lost what it worked on.
    """
    require_confidence(confidence)
    mapping = read_columns(columns, needs=())
    if "case" not in mapping:
        raise InputError(
            "--executor ray: needs --columns case=…; a worker measures all drafts of a case, so "
            "the table has to say what is a case"
        )
    if not metrics:
        raise InputError("--measure: name a metric; see `govern list metrics`")
    if unknown := [name for name in metrics if name not in METRICS]:
        raise InputError(f"unknown metric(s) {', '.join(unknown)}; see `govern list metrics`")
    require_spread(metrics)
    source: Path | pd.DataFrame = table
    if not table.is_dir() and table.suffix.lower() != ".parquet":
        source = read_table(table)
        if absent := [c for c in mapping.values() if c not in source.columns]:
            have = ", ".join(map(str, source.columns))
            raise InputError(f"{table}: no column {', '.join(absent)}; it has {have}")
    with cluster(address), told_plainly(f"{table}: measuring on the cluster"):
        to_frame = partial(_frame, mapping=mapping, where=str(table))
        blocks = blocks_of(source, mapping["case"], list(mapping.values()), to_frame)
        rows = sum(len(part) for part in blocks.each(_places))
        found: tuple[Finding, ...] = measured(blocks, metrics)
    return Measured(table, rows, mapping, confidence, found)


def _places(block: pd.DataFrame) -> pd.DataFrame:
    return block[[PLACE]]


def _frame(rows: pd.DataFrame, *, mapping: Mapping[str, str], where: str) -> pd.DataFrame:
    """Some rows of the table as a drafts frame, each with its place in the whole."""
    place = rows[PLACE].to_numpy()
    plain = rows.drop(columns=[PLACE])
    frame = recorded_frame(plain, dict(mapping), where=where, scale=frames.ANY_SCALE)
    if "id" not in mapping:
        frame["draft_id"] = pd.Series([f"row-{at + 1}" for at in place], dtype="str")
    return frame.assign(**{PLACE: place})
