"""How often the interval of excess similarity misses: strata of roles, paired with a baseline."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from govern.domain.finding import StudentT
from govern.stats.intervals import bounds
from govern.stats.quantiles import t_quantile
from govern.stats.similarity import MIN_STRATUM, Similarity, pair_mean, stratified
from operating.contrasts import ALPHAS, NORMAL
from operating.drafting import CELLS, SHIPPED_NAMES, names_used
from operating.rates import Misses, counted

Floats = NDArray[np.float64]
DIMENSIONS = 40
ROLES, FUNCTIONS = 24, 6
# Lengths of what a text is made of: house style, its role's, its case's evidence, its own.
STYLE, BASE_STYLE, ROLE, EVIDENCE, OWN = 0.9, 0.5, 0.6, 0.75, 1.4
# A name's part relative to a draft's own, as .055 and .17 stand to a rating's .5.
PER_SD = OWN / 0.5
TRUTH_TEXTS = 200_000


def strata_of(cases: int) -> NDArray[np.int64]:
    """The stratum of each case: its role, else its function, else one for all."""
    case = np.arange(cases)
    for strata in (case % ROLES, case % FUNCTIONS):
        if np.bincount(strata).min() >= MIN_STRATUM:
            return strata
    return np.zeros(cases, dtype=np.int64)


@lru_cache(maxsize=1)
def _roles() -> Floats:
    return _vectors(np.random.default_rng(24), ROLE, ROLES)


def _vectors(rng: np.random.Generator, length: float, *shape: int) -> Floats:
    """Random directions of about ``length``."""
    return rng.normal(0, length / np.sqrt(DIMENSIONS), (*shape, DIMENSIONS))


def _unit(texts: Floats, style: float) -> Floats:
    texts[..., 0] += style
    return np.asarray(texts / np.linalg.norm(texts, axis=-1, keepdims=True))


def _drafted(rng: np.random.Generator, cases: int, name_sd: float) -> tuple[Floats, Floats]:
    """Cases × cells of drafts and one baseline text a case, on the same evidence."""
    used = names_used(cases, SHIPPED_NAMES)
    names = _vectors(rng, name_sd * PER_SD, len(CELLS), SHIPPED_NAMES)
    about = _roles()[np.arange(cases) % ROLES] + _vectors(rng, EVIDENCE, cases)
    drafts = about[:, None] + names[np.arange(len(CELLS)), used]
    drafts = drafts + _vectors(rng, OWN, cases, len(CELLS))
    return _unit(drafts, STYLE), _unit(about + _vectors(rng, OWN, cases), BASE_STYLE)


def _pair(vectors: Floats, case: NDArray[np.int64]) -> Similarity:
    return pair_mean(sparse.csr_array(vectors), case)


def measured(rng: np.random.Generator, cases: int, name_sd: float) -> tuple[float, StudentT]:
    """Excess similarity of one run with its interval."""
    drafts, base = _drafted(rng, cases, name_sd)
    strata = strata_of(cases)
    pairs = []
    for stratum in range(int(strata.max()) + 1):
        mine = strata == stratum
        texts = drafts[mine].reshape(-1, DIMENSIONS)
        case = np.repeat(np.arange(mine.sum()), len(CELLS))
        pairs.append((_pair(texts, case), _pair(base[mine], np.arange(mine.sum()))))
    found = stratified(pairs)
    return found.estimate, StudentT(se=found.se, df=found.df, clusters=found.cases)


@lru_cache(maxsize=64)
def true_excess(cases: int, name_sd: float) -> float:
    """Excess over all evidence and names, for the roles that the cases have."""
    rng = np.random.default_rng(7)
    roles = _roles()
    draft, base = np.empty((ROLES, DIMENSIONS)), np.empty((ROLES, DIMENSIONS))
    each = TRUTH_TEXTS // ROLES
    spread = np.sqrt(EVIDENCE**2 + OWN**2)
    for role in range(ROLES):
        wide = float(np.sqrt(spread**2 + (name_sd * PER_SD) ** 2))
        draft[role] = _unit(roles[role] + _vectors(rng, wide, each), STYLE).mean(axis=0)
        base[role] = _unit(roles[role] + _vectors(rng, float(spread), each), BASE_STYLE).mean(
            axis=0
        )
    strata, of_role = strata_of(cases), np.arange(cases) % ROLES
    members = [of_role[strata == s] for s in range(int(strata.max()) + 1)]
    return float(np.mean([_likeness(draft[m]) - _likeness(base[m]) for m in members]))


def _likeness(means: Floats) -> float:
    """Mean inner product of two different cases, of the mean text of each one's role."""
    n, total = len(means), means.sum(axis=0)
    return float((total @ total - (means**2).sum()) / (n * (n - 1)))


def misses(cases: int, name_sd: float, *, runs: int, seed: int) -> dict[float, Misses]:
    """Misses of the interval of excess similarity, by its α."""
    rng = np.random.default_rng([seed, cases, round(name_sd * 1000)])
    found = [measured(rng, cases, name_sd) for _ in range(runs)]
    sd = float(np.std([estimate for estimate, _ in found]))
    return {
        alpha: counted(
            np.array([bounds(*one, alpha) for one in found]),
            true_excess(cases, name_sd),
            alpha,
            oracle=t_quantile(alpha, NORMAL) * sd if name_sd == 0 else None,
        )
        for alpha in ALPHAS
    }
