"""How often the interval of a group contrast misses, and how wide it is."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np

from govern.domain.finding import StudentT
from govern.stats import contrasts as ct
from govern.stats.intervals import bounds, floor_half_width
from govern.stats.quantiles import t_quantile
from operating.drafting import FEWER_NAMES, Outcome, batches, designs, names_used, slices
from operating.rates import Misses, counted

ALPHA = 0.05
# Of one attempt of three, see docs/statistics.md.
ALPHAS = (ALPHA, ALPHA / 3)
KINDS = ("gender", "race", "cell")
NORMAL = 1_000_000
Variance = Callable[[ct.Contrast], float]


def ours(found: ct.Contrast) -> float:
    """The largest of three variances."""
    return found.variance


def by_case_alone(found: ct.Contrast) -> float:
    """What an analyst who forgets the names would take. For showing that the check can fail."""
    return found.v_case


def interval_of(found: ct.Contrast, step: float, variance: Variance = ours) -> StudentT:
    """The interval that metrics give a contrast."""
    return StudentT(
        se=sqrt(variance(found)),
        se_name=found.se_name,
        df=found.df,
        clusters=found.cases,
        step=step,
    )


def misses(
    outcome: Outcome,
    cases: int,
    name_sd: float,
    *,
    runs: int,
    seed: int,
    names: int = FEWER_NAMES,
    variance: Variance = ours,
) -> dict[tuple[str, float], Misses]:
    """Misses of the interval of a contrast that is zero in truth, by its kind and level.

    The oracle knows the variance of the estimate, here its variance over the runs, and has a
    normal quantile. It knows no names, so there is one only where names do not differ.
    """
    rng = np.random.default_rng([seed, cases, round(name_sd * 1000), names])
    used = names_used(cases, names)
    estimates: dict[str, list[float]] = {kind: [] for kind in KINDS}
    ends: dict[tuple[str, float], list[tuple[float, float]]] = {
        (kind, alpha): [] for kind in KINDS for alpha in ALPHAS
    }
    for batch in batches(runs):
        for design in designs(outcome.drafts(rng, batch, used, name_sd), used):
            for kind, weights in slices(design).items():
                found = ct.contrast(design, weights)
                interval = interval_of(found, outcome.step, variance)
                estimates[kind].append(found.estimate)
                for alpha in ALPHAS:
                    ends[kind, alpha].append(bounds(found.estimate, interval, alpha))
    return {
        (kind, alpha): counted(
            np.array(found_ends),
            0.0,
            alpha,
            oracle=t_quantile(alpha, NORMAL) * float(np.std(estimates[kind]))
            if name_sd == 0
            else None,
            floor=floor_half_width(outcome.step, cases, alpha),
        )
        for (kind, alpha), found_ends in ends.items()
    }
