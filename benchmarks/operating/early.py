"""Intervals that may be looked at four times: do they hold although the variance is unknown?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from govern.domain.finding import StudentT
from govern.stats import contrasts as ct
from govern.stats.intervals import bounds
from govern.stats.looks import look_cases, look_levels, running
from operating.contrasts import ALPHAS, KINDS, interval_of
from operating.drafting import Outcome, batches, designs, names_used, slices
from operating.rates import Misses, counted

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Ends = tuple[float, float]
Seen = Sequence[tuple[float, StudentT]]
Rule = Callable[[Seen, float, tuple[float, ...]], list[Ends]]


def fractions_of(cases: Sequence[int]) -> tuple[float, ...]:
    """Shares of the planned cases that looks at so many stand for."""
    return tuple(n / cases[-1] for n in cases)


def ends_after(seen: Seen, alpha: float, fractions: tuple[float, ...]) -> list[Ends]:
    """The running interval after each look, at a level that holds over all of them."""
    levels = look_levels(alpha, fractions)
    ends = [bounds(*one, level) for one, level in zip(seen, levels, strict=False)]
    return [running(ends[: k + 1]) for k in range(len(ends))]


def each_without_looks(seen: Seen, alpha: float, fractions: tuple[float, ...]) -> list[Ends]:
    """What peeking gives: each look at the full level. For showing that the check can fail."""
    return [running([bounds(*one, alpha) for one in seen[: k + 1]]) for k in range(len(fractions))]


def designs_at(values: Floats, used: Codes, cases: Sequence[int]) -> list[ct.Paired]:
    """The design of one run's cases × cells of numbers at each look."""
    return [next(designs(values[None, :n], used[:n])) for n in cases]


def misses(
    outcome: Outcome,
    planned: int,
    name_sd: float,
    *,
    names: int,
    runs: int,
    seed: int,
    rule: Rule = ends_after,
) -> dict[tuple[str, float], Misses]:
    """How often the interval after the last look misses a contrast that is zero in truth.

    A side that ever lay beyond the truth stays there, so that is what the last one shows.
    """
    rng = np.random.default_rng([seed, planned, round(name_sd * 1000), names])
    used, cases = names_used(planned, names), look_cases(planned, names)
    last: dict[tuple[str, float], list[Ends]] = {(k, a): [] for k in KINDS for a in ALPHAS}
    for batch in batches(runs):
        for values in outcome.drafts(rng, batch, used, name_sd):
            at_looks = designs_at(values, used, cases)
            for kind, weights in slices(at_looks[-1]).items():
                seen = []
                for design in at_looks:
                    found = ct.contrast(design, weights)
                    seen.append((found.estimate, interval_of(found, outcome.step)))
                for alpha in ALPHAS:
                    last[kind, alpha].append(rule(seen, alpha, fractions_of(cases))[-1])
    return {
        (kind, alpha): counted(np.array(ends), 0.0, alpha) for (kind, alpha), ends in last.items()
    }
