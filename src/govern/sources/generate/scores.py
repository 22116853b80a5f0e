"""From a rating to points, and from points to a value and a target."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from random import Random

from govern.domain.case import Rubric
from govern.sources.generate.grammar import Json

UNAMBIGUOUS = 0.099
"""How far the mean of the points stays from every threshold of the rubric."""
CLEARLY = 0.004
"""How far an attainment stays from every threshold of the rubric."""
WIDEST = 0.2
POLARITY = {2: "positive", 1: "positive", 0: "neutral", -1: "negative", -2: "negative"}
POINTS_IN_BAND = {
    5: (1, 2),
    4: (-1, 0, 1, 2),
    3: (-2, -1, 0, 1, 2),
    2: (-2, -1, 0, 1),
    1: (-2, -1),
}


def clear_of(value: float, thresholds: Iterable[float], distance: float) -> bool:
    """Whether ``value`` keeps its distance from all thresholds."""
    return all(abs(value - threshold) >= distance for threshold in thresholds)


def gives(rubric: Rubric, points: list[int], band: int) -> bool:
    """Whether key items with these points are rated ``band``, and not narrowly."""
    mean = statistics.fmean(points)
    rating = next(r for least, r in rubric.rating_from_mean if mean >= least)
    thresholds = [least for least, _ in rubric.rating_from_mean]
    return rating == band and clear_of(mean, thresholds, UNAMBIGUOUS)


def span(rubric: Rubric, points: int) -> tuple[float, float]:
    """The attainments that score ``points``, cut to a plausible width, clear of both ends."""
    ladder = sorted(rubric.attainment_points)
    place = next(i for i, (_, scored) in enumerate(ladder) if scored == points)
    least = ladder[place][0]
    if place + 1 == len(ladder):
        return least + CLEARLY, least + WIDEST
    most = ladder[place + 1][0]
    return max(least + CLEARLY, most - WIDEST), most - CLEARLY


def measured(
    metric: Json, points: int, rubric: Rubric, rng: Random, target: float | None = None
) -> tuple[float, float] | None:
    """A value and a target that score ``points``; ``None`` where the metric cannot."""
    higher = metric["better"] == "higher"
    steps = [least for least, _ in rubric.attainment_points]
    for _ in range(60):
        goal = float(rng.choice(metric["targets"])) if target is None else target
        attained = rng.uniform(*span(rubric, points))
        raw = goal * attained if higher else goal / attained
        value = round(round(raw / metric["step"]) * metric["step"], 2)
        if not 1 < value <= metric["max"]:
            continue
        ratio = value / goal if higher else goal / value
        scored = next(p for least, p in rubric.attainment_points if ratio >= least)
        if scored == points and clear_of(ratio, steps, CLEARLY):
            return value, goal
    return None
