"""``govern measure``: any metric over a table of one's own. Nothing is stored, no model called."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from govern import frames
from govern.domain.finding import Finding, Findings
from govern.errors import FrameError, InputError
from govern.metrics import METRICS, measure
from govern.metrics.homogeneity import SIMILARITY
from govern.metrics.homogeneity_panel import panel
from govern.metrics.whole_texts import pair_similarity
from govern.sources.tables import read_columns, read_table, recorded_frame
from govern.stats.intervals import bounds
from govern.strict_yaml import explain

CROSS = "*"


@dataclass(frozen=True)
class Measured:
    """Findings over a table, and the confidence of the interval that is to be shown."""

    table: Path
    rows: int
    columns: dict[str, str]
    confidence: float
    findings: tuple[Finding, ...]

    def ends(self, finding: Finding) -> tuple[float, float] | None:
        """Both ends of a finding's interval, each of half of what confidence leaves."""
        if finding.interval is None or not isinstance(finding.estimate, float):
            return None
        return bounds(finding.estimate, finding.interval, (1 - self.confidence) / 2)

    def as_json(self) -> dict[str, Any]:
        """Findings with ``lower`` and ``upper``, absent where there is no such end."""
        return {
            "table": str(self.table),
            "rows": self.rows,
            "columns": self.columns,
            "confidence": self.confidence,
            "findings": [self._one(finding) for finding in self.findings],
        }

    def _one(self, finding: Finding) -> dict[str, Any]:
        ends = self.ends(finding) or ()
        named = zip(("lower", "upper"), ends, strict=False)
        return finding.as_json() | {name: end for name, end in named if abs(end) < float("inf")}


def measure_table(
    table: Path,
    *,
    metrics: list[str],
    columns: str,
    by: str = "",
    kernel: str = "",
    confidence: float = 0.9,
) -> Measured:
    """Findings of ``metrics`` over a table.

    Args:
        table: CSV, JSON Lines or Parquet.
        metrics: names in METRICS.
        columns: ``role=column,…``; without ``case`` each row is a case of its own.
        by: an attribute, or several with ``*``; every attribute and the cross if empty.
        kernel: of pairs of whole texts, for ``homogeneity.similarity`` alone.
        confidence: of the two-sided interval.

    Raises:
        InputError: the file, a column, a metric, an attribute or a number cannot be used.
    """
    require_confidence(confidence)
    if not metrics:
        raise InputError("--measure: name a metric; see `govern list metrics`")
    mapping = read_columns(columns, needs=())
    frame = recorded_frame(read_table(table), mapping, where=str(table), scale=frames.ANY_SCALE)
    if kernel:
        if metrics != [SIMILARITY.id]:
            raise InputError(f"--kernel: goes with --measure {SIMILARITY.id} and no other")
        if by:
            raise InputError("--kernel: pairs are of different people, whatever --by says")
        found: tuple[Finding, ...] = (pair_similarity(frame, kernel),)
    else:
        found = _measured(frame, metrics, by) if by else measure(frame, metrics)
    return Measured(table, len(frame), mapping, confidence, found)


def measure_as_in(drafts: Path, findings: Path, *, confidence: float = 0.9) -> Measured:
    """What a run measured, over its drafts frame again.

    Args:
        drafts: a ``drafts.parquet`` that a run wrote.
        findings: a ``findings.json``; its metrics are measured, its numbers are not looked at.
        confidence: of the two-sided interval.

    Raises:
        InputError: a file cannot be read, or this release has no such metric.
    """
    require_confidence(confidence)
    try:
        stand = Findings.model_validate_json(findings.read_bytes())
    except (OSError, ValidationError) as err:
        why = explain(err) if isinstance(err, ValidationError) else err.strerror
        raise InputError(f"{findings}: no findings to measure again: {why}") from err
    names = list(dict.fromkeys(one.metric for one in stand.findings))
    if unknown := sorted(set(names) - set(METRICS)):
        raise InputError(
            f"{findings}: this release measures no {', '.join(unknown)}; take the release that did"
        )
    frame = frames.read(drafts)
    return Measured(drafts, len(frame), {}, confidence, measure(frame, names))


def require_confidence(confidence: float) -> None:
    """InputError for what is no confidence."""
    if not 0 < confidence < 1:
        raise InputError(f"--confidence: expected a number between 0 and 1, found {confidence:g}")


def _measured(frame: pd.DataFrame, metrics: list[str], by: str) -> tuple[Finding, ...]:
    frame, by = _restricted(frame, by)
    return tuple(
        one
        for metric in dict.fromkeys(metrics)
        for one in _by(frame, by, measure(frame, [metric]), metric)
    )


def _restricted(frame: pd.DataFrame, by: str) -> tuple[pd.DataFrame, str]:
    """The frame with what ``by`` needs, and ``by`` in the order of its columns.

    Other attributes stay where the cross is one that is measured anyway, so that a slice has
    the numbers here that it has among all.
    """
    have, wanted = frames.group_attributes(frame), by.split(CROSS)
    unknown = [attribute for attribute in wanted if attribute not in have]
    if unknown:
        known = ", ".join(have) or "none; name one with --columns group.<attribute>=…"
        raise InputError(f"--by: no attribute {', '.join(unknown)}; the table has {known}")
    axis = [attribute for attribute in have if attribute in wanted]
    if 1 < len(axis) < len(have):
        others = [f"{frames.GROUP}{a}" for a in have if a not in axis]
        frame = frame.drop(columns=others)
    return frame, CROSS.join(axis)


def _by(
    frame: pd.DataFrame, by: str, found: tuple[Finding, ...], metric: str
) -> tuple[Finding, ...]:
    """The findings of one slice; a level is taken anew within each group."""
    mine = tuple(one for one in found if one.by == by)
    if mine:
        return mine
    columns = [f"{frames.GROUP}{attribute}" for attribute in by.split(CROSS)]
    return tuple(
        one.model_copy(update={"by": by, "contrast": CROSS.join(map(str, group))})
        for group, part in frame.groupby(columns)
        for one in measure(part.reset_index(drop=True), [metric])
        if one.by == "all"
    )


def panel_of(table: Path, *, columns: str) -> list[dict[str, Any]]:
    """The scores of diversity that others publish, each with the way it is biased.

    Raises:
        InputError: as ``measure_table``, or fewer than two texts.
    """
    mapping = read_columns(columns, needs=("text",))
    try:
        rows = panel(recorded_frame(read_table(table), mapping, where=str(table)))
    except FrameError as err:
        raise InputError(f"{table}: {err}") from err
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]
