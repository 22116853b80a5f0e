"""Markers: does a fact that must not count move the rating? Signed, by marker and over all.

Definitions and worked examples: docs/metrics/fairness.md.
"""

from __future__ import annotations

import pandas as pd

from govern.domain.finding import Finding
from govern.domain.metric import Spec
from govern.frames import main_block
from govern.metrics.pairs import change_finding, changes_by, rating_change, shift_spec
from govern.metrics.spec import Metric, undefined

MARKER_SHIFT = shift_spec(
    "fairness.marker_shift",
    "How much does a fact that must not count move the rating, against a neutral sentence?",
)
INSERT_SHIFT = shift_spec(
    "fairness.insert_shift",
    "How much does one more neutral sentence in a file move the rating?",
)


def marker_shift(drafts: pd.DataFrame) -> list[Finding]:
    """Rating with the marker less rating with its control, same case and identity."""
    marked, control = (drafts[drafts["block"] == block] for block in ("marker", "control"))
    if marked.empty or control.empty:
        reason = "no case was drafted with a fact that must not count and with its control"
        return [undefined(MARKER_SHIFT, drafts, reason, "not_supplied")]
    return _findings(MARKER_SHIFT, marked, rating_change(marked, control, same=("marker",)))


def insert_shift(drafts: pd.DataFrame) -> list[Finding]:
    """Rating with the control less rating of the bare case, same identity: the noise floor."""
    control = drafts[drafts["block"] == "control"]
    if control.empty:
        reason = "no case was drafted with one more neutral sentence"
        return [undefined(INSERT_SHIFT, drafts, reason, "not_supplied")]
    return _findings(INSERT_SHIFT, control, rating_change(control, main_block(drafts)))


def _findings(spec: Spec, altered: pd.DataFrame, change: pd.Series[float]) -> list[Finding]:
    each = changes_by(spec, altered, change, by="marker", kinds=altered["marker"])
    return [change_finding(spec, altered, change), *each]


METRICS = (Metric(MARKER_SHIFT, marker_shift), Metric(INSERT_SHIFT, insert_shift))
