"""How often the interval of an impact ratio misses a true ratio of .8."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from govern.domain.finding import Ratio
from govern.stats import contrasts as ct
from govern.stats.intervals import bounds
from operating.drafting import CELLS, SHIPPED_NAMES, batches, designs, name_effects, names_used
from operating.rates import Misses, counted

Floats = NDArray[np.float64]
TRUE_RATIO = 0.8
DRAFT_SD = 0.5
# Which cells have the lower rate, and the two sides that are compared.
SIDES = {
    "gender": (0, "female", "male"),
    "race": (1, "asian", "black"),
    "cell": (None, 0, 1),
}


def ratio_of(design: ct.Paired, over: Floats, under: Floats) -> tuple[float, Ratio] | None:
    """The ratio of two sides' rates with its interval; ``None`` where the second rate is 0."""
    rates = (float((design.means @ over).mean()), float((design.means @ under).mean()))
    if rates[1] == 0:
        return None
    interval = Ratio(
        numerator=rates[0],
        denominator=rates[1],
        variances=ct.ratio_variances(design, over, under),
        df=min(design.cases, ct.own_names(design, over - under)) - 1,
        clusters=design.cases,
        step=1.0,
    )
    return rates[0] / rates[1], interval


def _lower_cells(kind: str) -> NDArray[np.bool_]:
    position, lower, _ = SIDES[kind]
    if position is None:
        return np.arange(len(CELLS)) == lower
    return np.array([cell[position] == lower for cell in CELLS])


def _weights(design: ct.Paired, kind: str) -> tuple[Floats, Floats]:
    position, lower, other = SIDES[kind]
    if position is None:
        one = np.eye(len(CELLS))
        return one[lower], one[other]
    return ct.level_mean(design, position, lower), ct.level_mean(design, position, other)


def misses(
    kind: str,
    cases: int,
    name_sd: float,
    *,
    rate: float,
    case_sd: float,
    runs: int,
    seed: int,
    alpha: float = 0.05,
) -> Misses:
    """Misses of the interval of p / q, where q = ``rate`` and p = .8 q for all cases and names.

    Runs without any selected on the other side are left out.
    """
    rng = np.random.default_rng([seed, cases, round(name_sd * 1000), round(case_sd * 10)])
    ends = [
        bounds(*found, alpha)
        for design in selected(
            rng, kind, cases, name_sd, ratio=TRUE_RATIO, rate=rate, case_sd=case_sd, runs=runs
        )
        if (found := ratio_of(design, *_weights(design, kind))) is not None
    ]
    return counted(np.array(ends), TRUE_RATIO, alpha)


def selected(
    rng: np.random.Generator,
    kind: str,
    cases: int,
    name_sd: float,
    *,
    ratio: float,
    rate: float,
    case_sd: float,
    runs: int,
) -> Iterator[ct.Paired]:
    """Designs of who is selected, at ``rate``, and at ``ratio`` times it in one group.

    A draft is selected where case, name and draft effects together pass a line; the line is set
    so that the rates are exact. Drafts of a case resemble each other more, the larger
    ``case_sd`` beside the .5 of a draft.
    """
    used = names_used(cases, SHIPPED_NAMES)
    spread = sqrt(case_sd**2 + name_sd**2 + DRAFT_SD**2)
    rates = np.where(_lower_cells(kind), ratio * rate, rate)
    lines = np.array([NormalDist(0, spread).inv_cdf(p) for p in rates])
    for batch in batches(runs):
        latent = name_effects(rng, batch, used, name_sd)
        latent += rng.normal(0, case_sd, (batch, cases, 1))
        latent += rng.normal(0, DRAFT_SD, latent.shape)
        yield from designs((latent < lines).astype(float), used)
