"""How often the interval of a contrast misses, over many simulated suites. Slow: `make bench`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from govern.domain.finding import StudentT
from govern.stats import contrasts as ct
from govern.stats.intervals import bounds

GROUPS = [(g, r) for g in ("female", "male") for r in ("asian", "black", "hispanic", "white")]
NAMES = 12
ALPHA = 0.05
RUNS = 400


def suite(rng, cases, name_sd):
    """Ratings of one simulated suite: case, name and noise effects, no group effect."""
    case, group = np.meshgrid(np.arange(cases), np.arange(8), indexing="ij")
    name = (case + (group + 1) * (case // NAMES)) % NAMES
    effect = rng.normal(0, name_sd, (8, NAMES))[group, name]
    rating = 3 + rng.normal(0, 1.1, (cases, 1)) + effect + rng.normal(0, 0.5, (cases, 8))
    return pd.DataFrame(
        {
            "case_id": case.ravel().astype(str),
            "name": [f"{g}-{n}" for g, n in zip(group.ravel(), name.ravel(), strict=True)],
            "gender": [GROUPS[g][0] for g in group.ravel()],
            "race": [GROUPS[g][1] for g in group.ravel()],
            "value": np.clip(np.rint(rating), 1, 5).ravel(),
        }
    )


@pytest.mark.bench
@pytest.mark.parametrize("cases", [12, 60, 240])
@pytest.mark.parametrize("name_sd", [0.0, 0.055, 0.17])
def test_each_end_misses_at_most_two_points_more_often_than_it_says(cases, name_sd):
    rng = np.random.default_rng([cases, int(name_sd * 1000)])
    missed = np.zeros((RUNS, 2))
    for run in range(RUNS):
        design = ct.paired(suite(rng, cases, name_sd), ["gender", "race"])
        found = ct.contrast(design, ct.cell_against_others(design, 0))
        interval = StudentT(
            se=float(np.sqrt(found.variance)), df=found.df, clusters=found.cases, step=1.0
        )
        low, high = bounds(found.estimate, interval, ALPHA)
        missed[run] = low > 0, high < 0
    noise = 2 * np.sqrt(ALPHA * (1 - ALPHA) / RUNS)

    assert ALPHA + 0.02 + noise >= missed.mean(axis=0).max()
