"""How often the bound on a classifier's AUC is too low, and what its permutation test finds."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from govern.domain.finding import StudentT
from govern.stats import auc
from govern.stats.intervals import bounds
from operating.contrasts import ALPHAS
from operating.drafting import CELLS, SHIPPED_NAMES, names_used
from operating.rates import Misses, counted

Floats = NDArray[np.float64]
FEATURES = 60
CASE_SD = 1.5
DRAFTS_OWN = 1.0
# A name's part relative to a draft's own, as .055 and .17 stand to a rating's .5.
PER_SD = DRAFTS_OWN / 0.5
FEMALE = np.array([cell[0] == "female" for cell in CELLS])
RACE = np.array([sorted({c[1] for c in CELLS}).index(cell[1]) for cell in CELLS])
STEP = 0.5


@dataclass(frozen=True)
class Told:
    """What a hundred or so runs found of one tell.

    Attributes:
        best: the AUC of the best classifier that could be.
        mean: of the estimates; in truth, for a classifier trained on so many cases and names.
        misses: of the interval around that, by α.
        upper: 90 % of the upper bounds at α = .05 lie below it.
        detected: runs with p at most .05.
        runs: simulated.
    """

    best: float
    mean: float
    misses: dict[float, Misses]
    upper: float
    detected: int
    runs: int


def best_possible(tell: float, name_sd: float) -> float:
    """AUC of the tell alone, for two drafts of one case under names not seen before."""
    return NormalDist().cdf(tell / sqrt(2 * (DRAFTS_OWN**2 + (name_sd * PER_SD) ** 2)))


def told(
    cases: int, name_sd: float, tell: float, *, runs: int, seed: int, draws: int = 199
) -> Told:
    """Gender told from one feature of sixty, which it moves by ``tell`` of a draft's own sd."""
    rng = np.random.default_rng([seed, cases, round(name_sd * 1000), round(tell * 100)])
    found = [_one(rng, cases, name_sd, tell, draws) for _ in range(runs)]
    estimates = np.array([estimate for estimate, _, _ in found])
    ends = {a: np.array([bounds(e, interval, a) for e, interval, _ in found]) for a in ALPHAS}
    mean = float(estimates.mean())
    return Told(
        best=best_possible(tell, name_sd),
        mean=mean,
        misses={alpha: counted(ends[alpha], mean, alpha) for alpha in ALPHAS},
        upper=float(np.quantile(ends[ALPHAS[0]][:, 1], 0.9)),
        detected=sum(p <= ALPHAS[0] for _, _, p in found),
        runs=runs,
    )


def _one(
    rng: np.random.Generator, cases: int, name_sd: float, tell: float, draws: int
) -> tuple[float, StudentT, float]:
    """Estimate, interval and p as fairness.distinguishability makes them."""
    used = names_used(cases, SHIPPED_NAMES)
    vectors = rng.normal(0, CASE_SD, (cases, 1, FEATURES))
    vectors = vectors + rng.normal(0, DRAFTS_OWN, (*used.shape, FEATURES))
    names = rng.normal(0, name_sd * PER_SD, (len(CELLS), SHIPPED_NAMES, FEATURES))
    vectors += names[np.arange(len(CELLS)), used]
    vectors[..., 0] += tell * (FEMALE - 0.5)
    case, cell = np.indices(used.shape)
    home = np.repeat(np.arange(len(CELLS)), SHIPPED_NAMES)
    drafts = auc.prepare(
        sparse.csr_array(vectors.reshape(-1, FEATURES)),
        case.ravel(),
        (cell * SHIPPED_NAMES + used).ravel(),
        home,
        rng,
    )
    side = FEMALE[home]
    spread = auc.separation(drafts, side)
    assert spread is not None
    null = auc.separation_test(drafts, side, spread.estimate, rng, draws=draws, stratum=RACE[home])
    interval = StudentT(
        se=max(spread.se, null.sd),
        df=min(cases, int(side.sum()), int((~side).sum())) - 1,
        clusters=cases,
        step=STEP,
        least=0.0,
        most=1.0,
    )
    return spread.estimate, interval, null.p
