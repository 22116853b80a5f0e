"""Delete-a-group jackknife: how sure any measure is, by measuring again without some cases.

It needs nothing of a measure but its value, so one recipe serves means, shares, agreement and
similarity alike. Of a mean over cases that are deleted one at a time it is the usual t interval.
Source: docs/statistics.md#paired.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
GROUPS = 30


def case_groups(cases: int) -> Codes:
    """With which cases each one is deleted, for cases in an order that spreads what matters.

    Each alone up to 30 cases; else in 30 groups whose sizes differ by at most one.
    """
    return np.arange(cases, dtype=np.int64) % min(cases, GROUPS)


def jackknife_se(without: Floats) -> float:
    """Standard error from a statistic's values without each of the groups, at least two."""
    groups = len(without)
    return float(np.sqrt((groups - 1) / groups * ((without - without.mean()) ** 2).sum()))
