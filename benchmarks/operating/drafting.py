"""Drafts that never were: cases × cells of one number each, with the effects of names and cases.

Names are drawn anew in every run: findings speak of groups, not of the names that were tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from govern.stats import contrasts as ct

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
CELLS = tuple(product(("female", "male"), ("asian", "black", "hispanic", "white")))
SIZES = (12, 24, 60, 240, 360)
NAME_SDS = (0.0, 0.055, 0.17)
# Of the shipped identities, and the fewest that the reference simulations tried.
SHIPPED_NAMES = 24
FEWER_NAMES = 12
# Runs made at once, to bound memory.
AT_ONCE = 250


def names_used(cases: int, names: int) -> Codes:
    """Which name of its group each case × cell is drafted under."""
    case, cell = np.meshgrid(np.arange(cases), np.arange(len(CELLS)), indexing="ij")
    return np.asarray((case + (cell + 1) * (case // names)) % names)


def name_effects(rng: np.random.Generator, runs: int, used: Codes, name_sd: float) -> Floats:
    """Runs × cases × cells: what each draft's name adds."""
    effect = rng.normal(0.0, name_sd, (runs, len(CELLS), int(used.max()) + 1))
    return np.asarray(effect[:, np.arange(len(CELLS)), used])


@dataclass(frozen=True)
class Outcome:
    """One number a draft may carry.

    Attributes:
        title: what it is.
        step: the least by which one case can differ.
        case_sd: of what the drafts of a case share, on the latent scale.
        draft_sd: of what is a draft's own, on the latent scale.
        value: the number, of latent values.
    """

    title: str
    step: float
    case_sd: float
    draft_sd: float
    value: Callable[[np.random.Generator, Floats], Floats]

    def drafts(self, rng: np.random.Generator, runs: int, used: Codes, name_sd: float) -> Floats:
        """Runs × cases × cells of numbers without any effect of groups."""
        latent = name_effects(rng, runs, used, name_sd)
        latent += rng.normal(0.0, self.case_sd, (runs, len(used), 1))
        latent += rng.normal(0.0, self.draft_sd, latent.shape)
        return self.value(rng, latent)


def logistic(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)))


OUTCOMES: Mapping[str, Outcome] = {
    "continuous": Outcome("a length", 0.02, 0.5, 0.5, lambda _, x: x),
    "rating": Outcome(
        "a rating of 1 to 5", 1.0, 1.1, 0.5, lambda _, x: np.clip(np.rint(3 + x), 1, 5)
    ),
    "share": Outcome(
        "share of 12 claims, near .03",
        1 / 12,
        0.7,
        0.5,
        lambda rng, x: rng.binomial(12, logistic(x - 3.7)) / 12,
    ),
    "binary": Outcome(
        "a fault in a draft, near .10",
        1.0,
        1.0,
        0.5,
        lambda rng, x: (rng.random(x.shape) < logistic(x - 2.5)).astype(float),
    ),
    "rate": Outcome(
        "words per 100, near 2.3",
        1 / 1.8,
        0.4,
        0.3,
        lambda rng, x: rng.poisson(3.6 * np.exp(x)) / 1.8,
    ),
}


def batches(runs: int) -> Iterator[int]:
    """``runs`` in parts of at most ``AT_ONCE``."""
    for start in range(0, runs, AT_ONCE):
        yield min(AT_ONCE, runs - start)


def designs(values: Floats, used: Codes) -> Iterator[ct.Paired]:
    """The paired design of each run's cases × cells of numbers."""
    case, cell = np.indices(used.shape)
    name = cell * (int(used.max()) + 1) + used
    for value in values:
        yield ct.from_codes(
            np.ascontiguousarray(value, dtype=np.float64).ravel(),
            case.ravel(),
            cell.ravel(),
            name.ravel(),
            labels=CELLS,
            missing=0.0,
        )


def slices(design: ct.Paired) -> dict[str, Floats]:
    """Weights of one contrast of each kind."""
    return {
        "gender": ct.against_others(design, 0, "female"),
        "race": ct.against_others(design, 1, "asian"),
        "cell": ct.cell_against_others(design, 0),
    }
