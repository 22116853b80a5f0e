"""Bootstrap of group means: all resamples at once, as counts times sums.

A resample of clusters is a row of counts, how often each was drawn. A group's mean under all of
them is then one matrix product over another. Source: docs/statistics.md#bootstrap.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


def resamples(clusters: int, draws: int, *, seed: int) -> Floats:
    """``draws`` × ``clusters``: how often each cluster is drawn, with replacement."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(clusters, np.full(clusters, 1 / clusters), draws).astype(np.float64)


def group_means(times: Floats, values: Floats, group: Codes, cluster: Codes) -> Floats:
    """Means of each group under each resample.

    Args:
        times: B × C counts, as ``resamples`` makes them.
        values: one number for each of N drafts, none missing.
        group: N codes 0 … G-1.
        cluster: N codes 0 … C-1: the case, or the draft itself.

    Returns:
        B × G, NaN where a resample has nobody of a group.
    """
    groups = int(group.max()) + 1
    place = cluster * groups + group
    cells = times.shape[1] * groups
    total = np.bincount(place, values, cells).reshape(-1, groups)
    drafts = np.bincount(place, minlength=cells).reshape(-1, groups).astype(np.float64)
    having = times @ drafts
    means = np.full(having.shape, np.nan)
    np.divide(times @ total, having, out=means, where=having > 0)
    return means
