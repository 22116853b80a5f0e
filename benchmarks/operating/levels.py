"""How often the interval of a level misses: means, small shares, kappa, events.

The truth is that of all cases and all names. It is worked out from the model, not simulated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from govern.domain.finding import Binomial
from govern.stats.intervals import bounds, floor_half_width
from govern.stats.levels import Level, kappa_level, mean_level, share_level
from govern.stats.quantiles import t_quantile
from operating.contrasts import ALPHAS, NORMAL
from operating.drafting import SHIPPED_NAMES, batches, logistic, name_effects, names_used
from operating.rates import Misses, counted

Floats = NDArray[np.float64]
CASE_SD, DRAFT_SD = 0.3, 0.5
LENIENT = -0.2
BANDS = np.arange(1.0, 6.0)
KEY_ITEMS, CLAIMS = 5, 12
NODES, MASSES = np.polynomial.hermite_e.hermegauss(60)
MASSES = MASSES / MASSES.sum()


@dataclass(frozen=True)
class Made:
    """One simulated run: drafts as cases × cells, and the gold rating of each case."""

    value: Floats
    gold: Floats


@dataclass(frozen=True)
class LevelOf:
    """A level, how its drafts come about, and what it is in truth.

    Attributes:
        title: what it is.
        make: drafts of some runs from the effects of names, and the gold ratings.
        measure: the level of one run.
        truth: given the standard deviation of names.
    """

    title: str
    make: Callable[[np.random.Generator, Floats], tuple[Floats, Floats]]
    measure: Callable[[Made], Level | None]
    truth: Callable[[float], float]


def _ratings(rng: np.random.Generator, latent: Floats) -> tuple[Floats, Floats]:
    runs, cases, _ = latent.shape
    gold = rng.integers(1, 6, (runs, cases)).astype(float)
    shared = gold + LENIENT + rng.normal(0, CASE_SD, gold.shape)
    drafted = shared[:, :, None] + latent + rng.normal(0, DRAFT_SD, latent.shape)
    return np.clip(np.rint(drafted), 1, 5), gold


def shares(
    of: int, mean: float, case_sd: float, draft_sd: float
) -> Callable[[np.random.Generator, Floats], tuple[Floats, Floats]]:
    def make(rng: np.random.Generator, latent: Floats) -> tuple[Floats, Floats]:
        scale = latent + rng.normal(0, case_sd, (*latent.shape[:2], 1))
        scale = mean + scale + rng.normal(0, draft_sd, latent.shape)
        return rng.binomial(of, logistic(scale)) / of, np.zeros(latent.shape[:2])

    return make


def _rating_moments(spread: float) -> tuple[Floats, Floats]:
    """Mean and mean square of the drafted rating in each band."""
    cuts = stats.norm.cdf((BANDS[1:] - 0.5 - (BANDS[:, None] + LENIENT)) / spread)
    chance = np.diff(np.hstack([np.zeros((5, 1)), cuts, np.ones((5, 1))]), axis=1)
    return np.asarray(chance @ BANDS), np.asarray(chance @ BANDS**2)


def _spread(name_sd: float) -> float:
    return sqrt(CASE_SD**2 + DRAFT_SD**2 + name_sd**2)


def true_leniency(spread: float) -> float:
    return float((_rating_moments(spread)[0] - BANDS).mean())


def true_kappa(spread: float) -> float:
    """Of ratings that stand off the gold rating by ``spread`` on the latent scale."""
    mean, square = _rating_moments(spread)
    apart = (square - 2 * mean * BANDS + BANDS**2).mean()
    spread = square.mean() - mean.mean() ** 2 + BANDS.var()
    return float(1 - apart / (spread + (mean.mean() - BANDS.mean()) ** 2))


def true_share(mean: float, spread: float) -> float:
    """Mean of a logistic of a normal variable."""
    return float(MASSES @ logistic(mean + spread * NODES))


def _case_means(made: Made) -> Floats:
    return np.asarray(made.value.mean(axis=1))


def _kappa(made: Made) -> Level | None:
    cells = made.value.shape[1]
    case = np.repeat(np.arange(len(made.gold)), cells)
    return kappa_level(made.value.ravel(), np.repeat(made.gold, cells), case)


LEVELS: Mapping[str, LevelOf] = {
    "leniency": LevelOf(
        "mean per case: leniency",
        _ratings,
        lambda made: mean_level(_case_means(made) - made.gold, step=1.0),
        lambda sd: true_leniency(_spread(sd)),
    ),
    "coverage": LevelOf(
        "mean per case: key items covered, near .82",
        shares(KEY_ITEMS, 1.6, 0.6, 0.4),
        lambda made: mean_level(_case_means(made), step=1 / KEY_ITEMS, least=0.0, most=1.0),
        lambda sd: true_share(1.6, sqrt(0.6**2 + 0.4**2 + sd**2)),
    ),
    "share": LevelOf(
        "log-scale share: unsupported of 12 claims, near .034",
        shares(CLAIMS, -3.7, 0.7, 0.5),
        lambda made: share_level(_case_means(made), step=1 / CLAIMS),
        lambda sd: true_share(-3.7, sqrt(0.7**2 + 0.5**2 + sd**2)),
    ),
    "kappa": LevelOf(
        "kappa, near .91",
        _ratings,
        _kappa,
        lambda sd: true_kappa(_spread(sd)),
    ),
}


def misses(
    level: LevelOf, cases: int, name_sd: float, *, runs: int, seed: int
) -> dict[float, Misses]:
    """Misses of a level's interval, by its α; runs where it is undefined do not count."""
    rng = np.random.default_rng([seed, cases, round(name_sd * 1000)])
    used = names_used(cases, SHIPPED_NAMES)
    estimates: list[float] = []
    steps: list[float] = []
    ends: dict[float, list[tuple[float, float]]] = {alpha: [] for alpha in ALPHAS}
    for batch in batches(runs):
        values, gold = level.make(rng, name_effects(rng, batch, used, name_sd))
        for run in range(batch):
            found = level.measure(Made(values[run], gold[run]))
            if found is None:
                continue
            estimates.append(found.estimate)
            steps.append(found.interval.step)
            for alpha in ALPHAS:
                ends[alpha].append(bounds(found.estimate, found.interval, alpha))
    sd = float(np.std(estimates))
    return {
        alpha: counted(
            np.array(found_ends),
            level.truth(name_sd),
            alpha,
            oracle=t_quantile(alpha, NORMAL) * sd if name_sd == 0 else None,
            floor=floor_half_width(float(np.mean(steps)), cases, alpha),
        )
        for alpha, found_ends in ends.items()
    }


def event_misses(
    cases: int, name_sd: float, *, per_case: float, case_sd: float, runs: int, seed: int
) -> dict[float, Misses]:
    """Misses of the exact bound on the share of cases with an event in any of their drafts.

    Args:
        cases: in a run.
        name_sd: of names, on the log-odds of an event in a draft.
        per_case: true share of cases with an event.
        case_sd: of cases, on the same scale.
        runs: simulated.
        seed: of chance.
    """
    rng = np.random.default_rng([seed, cases, round(name_sd * 1000)])
    used = names_used(cases, SHIPPED_NAMES)
    mean = _log_odds(per_case, name_sd, case_sd, used.shape[1])
    hits = []
    for batch in batches(runs):
        latent = mean + name_effects(rng, batch, used, name_sd)
        latent += rng.normal(0, case_sd, (batch, cases, 1))
        hits.append((rng.random(latent.shape) < logistic(latent)).any(axis=2).sum(axis=1))
    found = [Binomial(hits=int(h), n=cases) for h in np.concatenate(hits)]
    return {alpha: counted(_ends(found, alpha), per_case, alpha) for alpha in ALPHAS}


def _ends(found: list[Binomial], alpha: float) -> Floats:
    return np.array([bounds(f.hits / f.n, f, alpha) for f in found])


def _log_odds(per_case: float, name_sd: float, case_sd: float, cells: int) -> float:
    """Mean log-odds of an event in a draft at which a share ``per_case`` of cases has one."""

    def excess(mean: float) -> float:
        scale = mean + case_sd * NODES[:, None] + name_sd * NODES[None, :]
        none = ((1 - logistic(scale)) @ MASSES) ** cells
        return float(1 - MASSES @ none) - per_case

    return float(optimize.brentq(excess, -30, 10))


def unseen_name_fault(bad: float, names: int) -> float:
    """Chance that none of ``names`` names is one of the share ``bad`` that cause an event."""
    return float((1 - bad) ** names)
