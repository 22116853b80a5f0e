"""Verdicts of clauses with a threshold, with the truth on either side of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from govern.domain.finding import Binomial, Interval
from govern.stats import contrasts as ct
from govern.stats.levels import kappa_level, share_level
from operating import levels, ratios, similarity
from operating.drafting import CELLS, SHIPPED_NAMES, batches, name_effects, names_used
from operating.verdicts import Judged, level_verdicts

Floats = NDArray[np.float64]
Found = list[tuple[float, Interval]]
NAME_SD = 0.055


@dataclass(frozen=True)
class Threshold:
    """A clause with a threshold.

    Attributes:
        title: what it asks.
        values: true values at gaps of 0, ½, 1 and 2 times what the clause allows.
        found: one run's slices for a true value; runs of them.
        upper, lower: the threshold.
        never: a single event fails.
    """

    title: str
    values: tuple[float, ...]
    found: Callable[[float, int, int, np.random.Generator], Sequence[Found]]
    upper: float | None = None
    lower: float | None = None
    never: bool = False


def _shares(value: float, cases: int, runs: int, rng: np.random.Generator) -> list[Found]:
    if value == 0:
        nothing = share_level(np.zeros(cases), step=1 / levels.CLAIMS)
        return [[(nothing.estimate, nothing.interval)]] * runs
    spread = sqrt(0.7**2 + 0.5**2 + NAME_SD**2)
    mean = optimize.brentq(lambda m: levels.true_share(m, spread) - value, -15, 5)
    make = levels.shares(levels.CLAIMS, mean, 0.7, 0.5)
    used, found = names_used(cases, SHIPPED_NAMES), []
    for batch in batches(runs):
        drafts, _ = make(rng, name_effects(rng, batch, used, NAME_SD))
        for run in drafts.mean(axis=2):
            level = share_level(run, step=1 / levels.CLAIMS)
            found.append([(level.estimate, level.interval)])
    return found


def _kappas(value: float, cases: int, runs: int, rng: np.random.Generator) -> list[Found]:
    """Half of the variance of a rating's error is its case's."""
    spread = 0.05
    if value < 1:
        spread = optimize.brentq(lambda s: levels.true_kappa(s) - value, 0.1, 5)
    used, found = names_used(cases, SHIPPED_NAMES), []
    case = np.repeat(np.arange(cases), len(CELLS))
    for batch in batches(runs):
        gold = rng.integers(1, 6, (batch, cases, 1)).astype(float)
        error = rng.normal(0, spread / sqrt(2), (batch, cases, 1))
        error = error + rng.normal(0, spread / sqrt(2), (batch, *used.shape))
        rating = np.clip(np.rint(gold + levels.LENIENT + error), 1, 5)
        for drafted, band in zip(rating, gold, strict=True):
            level = kappa_level(drafted.ravel(), np.repeat(band, len(CELLS)), case)
            found.append([] if level is None else [(level.estimate, level.interval)])
    return found


def _ratios(
    kind: str,
) -> Callable[[float, int, int, np.random.Generator], list[Found]]:
    def found(value: float, cases: int, runs: int, rng: np.random.Generator) -> list[Found]:
        position = ratios.SIDES[kind][0]
        levels_of = sorted({cell[position] for cell in CELLS})
        made = []
        for design in ratios.selected(
            rng, kind, cases, NAME_SD, ratio=value, rate=0.4, case_sd=1.5, runs=runs
        ):
            sides = [ct.level_mean(design, position, level) for level in levels_of]
            pairs = [ratios.ratio_of(design, g, h) for g, h in permutations(sides, 2)]
            made.append([pair for pair in pairs if pair is not None])
        return made

    return found


def _excess(value: float, cases: int, runs: int, rng: np.random.Generator) -> list[Found]:
    """Of one true excess; moved, as no variance depends on where it lies."""
    away = value - similarity.true_excess(cases, NAME_SD)
    made = [similarity.measured(rng, cases, NAME_SD) for _ in range(runs)]
    return [[(estimate + away, interval)] for estimate, interval in made]


def _events(value: float, cases: int, runs: int, rng: np.random.Generator) -> list[Found]:
    hits = rng.binomial(cases, value, runs)
    return [[(h / cases, Binomial(hits=int(h), n=cases))] for h in hits]


THRESHOLDS: Mapping[str, Threshold] = {
    "share": Threshold("unsupported share ≤ .05", (0.0, 0.025, 0.05, 0.1), _shares, upper=0.05),
    "kappa": Threshold("kappa ≥ .70, uniform bands", (1.0, 0.85, 0.7, 0.4), _kappas, lower=0.7),
    "gender": Threshold(
        "impact ratio ≥ .80, gender, rate .4", (1.0, 0.9, 0.8, 0.6), _ratios("gender"), lower=0.8
    ),
    "race": Threshold(
        "impact ratio ≥ .80, race, rate .4", (1.0, 0.9, 0.8, 0.6), _ratios("race"), lower=0.8
    ),
    "excess": Threshold("excess similarity ≤ .05", (0.0, 0.025, 0.05, 0.1), _excess, upper=0.05),
    "events": Threshold(
        "zero tolerance, ceiling .0125 of cases",
        (0.0, 0.00625, 0.0125, 0.025),
        _events,
        upper=0.0125,
        never=True,
    ),
}


def threshold_verdicts(
    name: str, cases: int, *, runs: int, seed: int, alpha: float
) -> dict[float, Judged]:
    """How a clause comes out at each of its true values."""
    one = THRESHOLDS[name]
    rng = np.random.default_rng([seed, cases, *name.encode()])
    return level_verdicts(
        lambda value: one.found(value, cases, runs, rng),
        one.values,
        cases=cases,
        alpha=alpha,
        upper=one.upper,
        lower=one.lower,
        never=one.never,
    )
