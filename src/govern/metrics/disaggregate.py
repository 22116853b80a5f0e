"""Rates by group through fairlearn, behind a check that no group can vanish.

``MetricFrame`` drops a group whose values are all NaN from its differences and calls a
single group perfectly fair; here either is an error that the caller must answer.
"""

from __future__ import annotations

from math import isnan

import pandas as pd

from govern.errors import FrameError


def selection_rates(
    selected: pd.Series[float], group: pd.Series[str], weight: pd.Series[float]
) -> dict[str, float]:
    """Weighted share selected in each group.

    Args:
        selected: 1 selected, 0 not; no NaN.
        group: same index; at least two groups.
        weight: positive weights, same index.

    Raises:
        FrameError: a value is missing, or there is one group only.
    """
    if selected.isna().any():
        raise FrameError("selection rates need a 0 or 1 for every draft; some are missing")
    expected = sorted(group.unique())
    if len(expected) < 2:
        raise FrameError(f"selection rates need two groups or more; found {', '.join(expected)}")
    from fairlearn.metrics import MetricFrame, selection_rate

    # Drafts of one group with one outcome count as one that weighs as much as all of them.
    rows = pd.DataFrame({"group": group, "chosen": selected, "weight": weight})
    alike = rows.groupby(["group", "chosen"], as_index=False)["weight"].sum()
    frame = MetricFrame(
        metrics=selection_rate,
        y_true=alike["chosen"],
        y_pred=alike["chosen"],
        sensitive_features=alike["group"],
        sample_params={"sample_weight": alike["weight"]},
    )
    rates = {str(name): float(rate) for name, rate in frame.by_group.items()}
    if sorted(rates) != expected or any(isnan(rate) for rate in rates.values()):
        raise FrameError(f"fairlearn lost a group: expected {expected}, got {rates}")
    return rates
