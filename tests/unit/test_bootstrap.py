"""Bootstrap of group means by counts, against drawing rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from govern.stats.bootstrap import group_means, resamples


def test_a_resample_by_hand():
    """Case 0 has 1 and 3, case 1 has 5 and nobody of B. Case 0 twice: A 1, B 3."""
    times = np.array([[2.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    found = group_means(times, np.array([1.0, 3.0, 5.0]), np.array([0, 1, 0]), np.array([0, 0, 1]))

    np.testing.assert_allclose(found, [[1, 3], [5, np.nan], [3, 3]])


def test_each_resample_draws_as_many_clusters_as_there_are():
    times = resamples(7, 50, seed=1)

    assert {7.0} == set(times.sum(axis=1))
    assert times.mean() == pytest.approx(1)


def test_means_are_those_of_the_rows_drawn():
    rng = np.random.default_rng(5)
    values, group = rng.normal(size=40), np.arange(40) % 3
    drawn = rng.integers(0, 40, (20, 40))
    times = np.stack([np.bincount(row, minlength=40) for row in drawn]).astype(float)
    wanted = [pd.Series(values[row]).groupby(group[row]).mean() for row in drawn]

    np.testing.assert_allclose(group_means(times, values, group, np.arange(40)), wanted)


def test_the_spread_is_the_standard_error_of_the_mean():
    """For 200 rows of one group: sd/√n, within a tenth at 2,000 draws."""
    values = np.random.default_rng(2).normal(size=200)
    found = group_means(
        resamples(200, 2000, seed=3), values, np.zeros(200, dtype=np.int64), np.arange(200)
    )

    assert found.std() == pytest.approx(values.std() / np.sqrt(200), rel=0.1)
