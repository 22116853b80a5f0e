"""Everything the page needs, as calls that any process can make; results do not depend on order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from itertools import product
from math import ceil
from typing import Any

from threadpoolctl import threadpool_limits

from operating import (
    contrasts,
    decisions,
    early,
    gate,
    levels,
    ratios,
    separation,
    similarity,
    thresholds,
    verdicts,
)
from operating.drafting import FEWER_NAMES, NAME_SDS, OUTCOMES, SHIPPED_NAMES, SIZES

SEED = 20_261_125
LOOKS = (60, 240, 360)
RATIO_RATES = (0.1, 0.4)
RATIO_CASE_SDS = (0.5, 1.5)
# Name effects and tells; the last is found by any.
TOLD = (*product(NAME_SDS, (0.0, 0.35)), (0.055, 0.7))
POLICY_PARTS = 6
# A pass at the margin is no rare event, so a fifth of the runs will do.
AT_MARGIN = 5
Key = tuple[Any, ...]
Results = Mapping[Key, Any]
PEEKING: Key = ("peeking",)


@dataclass(frozen=True)
class Runs:
    """Simulated runs of each condition."""

    contrasts: int = 2000
    levels: int = 3000
    ratios: int = 600
    similarity: int = 250
    looks: int = 1200
    separation: int = 100
    verdicts: int = 600
    policy: int = 3000
    decisions: int = 600


def contrast(outcome: str, cases: int, name_sd: float, names: int, runs: int) -> Any:
    return contrasts.misses(OUTCOMES[outcome], cases, name_sd, names=names, runs=runs, seed=SEED)


def level(name: str, cases: int, name_sd: float, runs: int) -> Any:
    return levels.misses(levels.LEVELS[name], cases, name_sd, runs=runs, seed=SEED)


def event(cases: int, name_sd: float, runs: int) -> Any:
    """At the share of cases that none with an event in so many just leaves open."""
    at = 1.001 * (1 - contrasts.ALPHA ** (1 / cases))
    return levels.event_misses(cases, name_sd, per_case=at, case_sd=2.0, runs=runs, seed=SEED)


def look(cases: int, name_sd: float, names: int, runs: int, rule: early.Rule) -> Any:
    return early.misses(
        OUTCOMES["rating"], cases, name_sd, names=names, runs=runs, seed=SEED, rule=rule
    )


def contrast_verdict(measure: str, cases: int, alpha: float, runs: int) -> Any:
    return verdicts.contrast_verdicts(
        verdicts.MEASURES[measure], cases, runs=runs, seed=SEED, alpha=alpha
    )


def tasks(runs: Runs) -> dict[Key, Callable[[], Any]]:
    """By what the page will ask for."""
    todo: dict[Key, Callable[[], Any]] = {}
    for cases, sd in product(SIZES, NAME_SDS):
        for outcome, names in product(OUTCOMES, (FEWER_NAMES, SHIPPED_NAMES)):
            key = ("contrast", outcome, cases, sd, names)
            todo[key] = partial(contrast, outcome, cases, sd, names, runs.contrasts)
        for name in levels.LEVELS:
            todo["level", name, cases, sd] = partial(level, name, cases, sd, runs.levels)
        todo["event", cases, sd] = partial(event, cases, sd, runs.levels)
        for kind, rate, case_sd in product(ratios.SIDES, RATIO_RATES, RATIO_CASE_SDS):
            todo["ratio", kind, cases, sd, rate, case_sd] = partial(
                ratios.misses,
                kind,
                cases,
                sd,
                rate=rate,
                case_sd=case_sd,
                runs=runs.ratios,
                seed=SEED,
            )
        todo["similarity", cases, sd] = partial(
            similarity.misses, cases, sd, runs=runs.similarity, seed=SEED
        )
    for cases, sd, names in product(LOOKS, NAME_SDS, (FEWER_NAMES, SHIPPED_NAMES)):
        todo["looks", cases, sd, names] = partial(
            look, cases, sd, names, runs.looks, early.ends_after
        )
    todo[PEEKING] = partial(look, 360, 0.055, SHIPPED_NAMES, runs.looks, early.each_without_looks)
    for sd, tell in TOLD:
        todo["told", 360, sd, tell] = partial(
            separation.told, 360, sd, tell, runs=runs.separation, seed=SEED
        )
    for measure, (cases, alpha) in product(
        verdicts.MEASURES, ((360, contrasts.ALPHAS[0]), (360, contrasts.ALPHAS[1]), (24, 0.05))
    ):
        todo["verdict", measure, cases, alpha] = partial(
            contrast_verdict, measure, cases, alpha, runs.verdicts
        )
    for name, alpha in product(thresholds.THRESHOLDS, contrasts.ALPHAS):
        few = {"excess": runs.similarity, "race": runs.similarity}
        todo["threshold", name, alpha] = partial(
            thresholds.threshold_verdicts,
            name,
            360,
            runs=few.get(name, runs.verdicts),
            seed=SEED,
            alpha=alpha,
        )
    pipelines = [(None, 0.0), *product(gate.faults(), (1.0, 2.0))]
    for (metric, dose), part in product(pipelines, range(POLICY_PARTS)):
        each = ceil(runs.policy / POLICY_PARTS / (AT_MARGIN if dose == 1 else 1))
        todo["policy", metric, dose, part] = partial(
            gate.gated, metric, dose, runs=each, seed=SEED + part
        )
    for name, asking in product(
        decisions.OUTCOMES, (decisions.one_slice, decisions.thirteen_slices)
    ):
        todo["decision", name, asking.__name__] = partial(
            decisions.compared, name, asking, runs=runs.decisions, seed=SEED
        )
    return todo


def results(
    todo: Mapping[Key, Callable[[], Any]],
    *,
    workers: int,
    said: Callable[[int, int], None],
) -> dict[Key, Any]:
    """What all of ``todo`` give, on some processes; ``said`` is told how many are done."""
    found: dict[Key, Any] = {}
    with ProcessPoolExecutor(max_workers=workers, initializer=_on_one_core) as pool:
        # The longest first, so that no process is left with one of them at the end.
        order = sorted(todo, key=lambda key: key[0] not in ("told", "policy", "similarity"))
        waiting = {pool.submit(todo[key]): key for key in order}
        for done in as_completed(waiting):
            found[waiting[done]] = done.result()
            said(len(found), len(todo))
    return found


def _on_one_core() -> None:
    """Small matrices are slower on several threads, and every process has a core of its own."""
    threadpool_limits(1)
