"""Suites that never ran: what a policy would say of pipelines whose faults are known.

Every draft is a few numbers from a stated noise model, and the findings are made by the same
statistics as real ones. Source: docs/statistics.md#planning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from govern.domain.finding import Binomial, Counts, Finding, Interval, Ratio, StudentT
from govern.domain.metric import Spec
from govern.domain.suite import Plan
from govern.stats import contrasts as ct
from govern.stats.levels import Level, kappa_level, mean_level, share_level

Floats = NDArray[np.float64]
ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "gender": ("female", "male"),
    "race_ethnicity": ("asian", "black", "hispanic", "white"),
}
CELLS = tuple(product(*ATTRIBUTES.values()))
KEY_ITEMS = 5
NUMBERS = 6
CLAIMS = 12
CROSS = "*"
#: Shares of cases in which an event can be looked for, where it is not all of them: those with
#: such evidence in datasets/review-core-v1, and those whose turn a variant is.
WITH_EVENT: Mapping[str, float] = {
    "privacy.confidential_repeated": 144 / 360,
    "privacy.others_repeated": 48 / 360,
    "privacy.canary_leaked": 1 / 6,
    "robustness.injection_obeyed": 1 / 6,
}


@dataclass(frozen=True)
class Noise:
    """How a fair pipeline's drafts scatter, and how one group's are moved.

    Args:
        case_sd: of the rating's error that all drafts of a case share, rating points.
        draft_sd: of the rating's error of one draft, rating points.
        name_sd: of a name's own effect on the rating, rating points.
        omitted: share of key items left out.
        unsupported: share of stated numbers without support.
        groundless: share of claims without support; ``contrary`` of those said against the file.
        lost: share of drafts that never come back, and of ratings that cannot be read.
        excess: likeness beyond the evidence's, cosine; ``excess_sd`` between cases.
        shift: rating points by which the first cell (``only_cell``) or the first level of
            every attribute is moved.
        omission: by how much its share of omitted key items is.
        invention: by how many unsupported numbers a draft.
        assertion: by how much its share of claims without support is.
        refusal: by how much its share of drafts that never come back is.
    """

    case_sd: float = 0.3
    draft_sd: float = 0.5
    name_sd: float = 0.055
    omitted: float = 0.08
    unsupported: float = 0.02
    groundless: float = 0.03
    contrary: float = 0.005
    lost: float = 0.005
    excess: float = 0.02
    excess_sd: float = 0.05
    shift: float = 0.0
    omission: float = 0.0
    invention: float = 0.0
    assertion: float = 0.0
    refusal: float = 0.0


@dataclass(frozen=True)
class Drafted:
    """Simulated drafts, arrays of cases × cells × drafts; ``name`` is one of its cell's.

    ``groundless`` is the share of a draft's claims without support. ``marked`` is the change of
    a case's rating by a marker, against its control under the same identity; empty where the
    plan has no markers.
    """

    gold: Floats
    rating: Floats
    omitted: Floats
    stated: Floats
    unsupported: Floats
    groundless: Floats
    contrary: Floats
    lost: NDArray[np.bool_]
    unrated: NDArray[np.bool_]
    excess: Floats
    marked: Floats
    name: NDArray[np.int64]


def draft(plan: Plan, names: int, noise: Noise, rng: np.random.Generator) -> Drafted:
    """One simulated run of a plan with ``names`` names in each of the eight cells."""
    shape = (plan.cases, len(CELLS), plan.drafts)
    case, cell, turn = np.meshgrid(*map(np.arange, shape), indexing="ij")
    name = (case + (cell + 1) * (case // names) + turn * (names // plan.drafts)) % names
    moved = (cell == 0).astype(float)
    gold = np.asarray(np.arange(plan.cases) % 5 + 1, dtype=np.float64)
    shared = gold + rng.normal(0, noise.case_sd, plan.cases)
    rating = (
        shared[:, None, None]
        + rng.normal(0, noise.name_sd, (len(CELLS), names))[cell, name]
        + rng.normal(0, noise.draft_sd, shape)
        + noise.shift * moved
    )
    left_out = np.clip(noise.omitted + noise.omission * moved, 0, 1)
    stated = np.full(shape, float(NUMBERS))
    invented = rng.poisson(np.maximum(noise.invention * moved, 0))
    groundless = np.clip(noise.groundless + noise.assertion * moved, 0, 1)
    pair = _rated(
        shared
        + rng.normal(0, noise.name_sd, plan.cases)
        + rng.normal(0, noise.draft_sd, (2, plan.cases))
    )
    return Drafted(
        gold=gold,
        rating=_rated(rating),
        omitted=rng.binomial(KEY_ITEMS, left_out) / KEY_ITEMS,
        stated=stated + invented,
        unsupported=rng.binomial(NUMBERS, noise.unsupported, shape) + invented,
        groundless=rng.binomial(CLAIMS, groundless) / CLAIMS,
        contrary=rng.binomial(CLAIMS, noise.contrary, shape) / CLAIMS,
        lost=rng.random(shape) < noise.lost + noise.refusal * moved,
        unrated=rng.random(shape) < noise.lost,
        excess=rng.normal(noise.excess, noise.excess_sd, plan.cases),
        marked=(pair[0] - pair[1])[: plan.cases if plan.markers else 0],
        name=name,
    )


def _rated(latent: Floats) -> Floats:
    return np.clip(np.rint(latent), 1, 5)


def findings(drafted: Drafted, specs: Mapping[str, Spec]) -> tuple[Finding, ...]:
    """Findings of every metric that the noise model speaks of."""
    rated = np.where(drafted.lost | drafted.unrated, np.nan, drafted.rating)
    came = np.where(drafted.lost, np.nan, 1.0)
    found: list[Finding] = []
    for metric, values, step in (
        ("fairness.rating_shift", rated, 1.0),
        ("fairness.omission_gap", drafted.omitted * came, 1 / KEY_ITEMS),
        ("fairness.unsupported_gap", drafted.unsupported * came, 1.0),
        ("fairness.unsupported_claim_gap", drafted.groundless * came, 1 / CLAIMS),
        ("fairness.refusal_gap", drafted.lost.astype(float), 1.0),
    ):
        found += _contrasts(specs[metric], _design(values, drafted.name), step)
    selected = np.where(np.isnan(rated), np.nan, (rated >= 4).astype(float))
    found += _ratios(specs["fairness.impact_ratio"], _design(selected, drafted.name))
    return (*found, *_levels(drafted, rated, came, specs))


def _design(values: Floats, name: NDArray[np.int64]) -> ct.Paired:
    """The paired design of an array of cases × cells × drafts."""
    drafted = (~np.isnan(values)).sum(axis=2)
    complete = drafted.min(axis=1) > 0
    kept = values[complete]
    scored = ~np.isnan(kept)
    case, cell = (axis[scored] for axis in np.indices(kept.shape)[:2])
    return ct.from_codes(
        kept[scored],
        case,
        cell,
        name[complete][scored],
        labels=CELLS,
        missing=float(np.isnan(values).mean()),
    )


def _weights(design: ct.Paired, by: str) -> dict[str, Floats]:
    if by == CROSS.join(ATTRIBUTES):
        return {CROSS.join(c): ct.cell_against_others(design, i) for i, c in enumerate(CELLS)}
    position = list(ATTRIBUTES).index(by)
    levels = ATTRIBUTES[by]
    wanted = levels[:1] if len(levels) == 2 else levels
    return {level: ct.against_others(design, position, level) for level in wanted}


def _contrasts(spec: Spec, design: ct.Paired, step: float) -> list[Finding]:
    found = []
    for by in (*ATTRIBUTES, CROSS.join(ATTRIBUTES)):
        for label, weights in _weights(design, by).items():
            value = ct.contrast(design, weights)
            interval = StudentT(
                se=float(np.sqrt(value.variance)),
                se_name=value.se_name,
                df=value.df,
                clusters=value.cases,
                step=step,
                widen=design.missing * step,
            )
            found.append(_finding(spec, value.estimate, interval, design.cases, by=by, label=label))
    return found


def _ratios(spec: Spec, design: ct.Paired) -> list[Finding]:
    found = []
    for position, (by, levels) in enumerate(ATTRIBUTES.items()):
        sides = {level: ct.level_mean(design, position, level) for level in levels}
        for g, h in permutations(levels, 2):
            rates = [float((design.means @ sides[level]).mean()) for level in (g, h)]
            interval = Ratio(
                numerator=rates[0],
                denominator=rates[1],
                variances=ct.ratio_variances(design, sides[g], sides[h]),
                df=min(design.cases, ct.own_names(design, sides[g] - sides[h])) - 1,
                clusters=design.cases,
                step=1.0,
                widen=design.missing,
            )
            ratio = rates[0] / max(rates[1], 1e-9)
            label = f"{g} / {h}"
            found.append(_finding(spec, ratio, interval, design.cases, by=by, label=label))
    return found


def _levels(
    drafted: Drafted, rated: Floats, came: Floats, specs: Mapping[str, Spec]
) -> list[Finding]:
    cases = len(drafted.gold)
    gold = np.broadcast_to(drafted.gold[:, None, None], rated.shape)
    case = np.broadcast_to(np.arange(cases)[:, None, None], rated.shape)
    ok = ~np.isnan(rated)
    numbers = np.nansum(drafted.unsupported * came, axis=(1, 2))
    share = numbers / np.maximum(np.nansum(drafted.stated * came, axis=(1, 2)), 1)
    groundless = np.nanmean(drafted.groundless * came, axis=(1, 2))
    contrary = np.nanmean(drafted.contrary * came, axis=(1, 2))
    covered = np.nanmean(1 - drafted.omitted * came, axis=(1, 2))
    error = np.nanmean(rated - gold, axis=(1, 2))
    kappa = kappa_level(rated[ok], gold[ok], case[ok])
    likeness = mean_level(drafted.excess, step=0.0)
    levels: dict[str, Level | None] = {
        "accuracy.unsupported_number_share": share_level(share, step=1 / NUMBERS),
        "accuracy.unsupported_claim_share": share_level(groundless, step=1 / CLAIMS),
        "accuracy.contradicted_share": share_level(contrary, step=1 / CLAIMS),
        "fairness.marker_shift": mean_level(drafted.marked, step=1.0)
        if drafted.marked.size
        else None,
        "accuracy.key_coverage": mean_level(covered, step=1 / KEY_ITEMS, least=0.0, most=1.0),
        "accuracy.leniency": mean_level(error, step=1.0),
        "accuracy.rating_agreement": kappa,
        "homogeneity.excess_similarity": likeness,
        "coverage.not_drafted": share_level(drafted.lost.mean(axis=(1, 2)), step=1.0),
        "coverage.unrated": share_level(drafted.unrated.mean(axis=(1, 2)), step=1.0),
    }
    found = [
        _finding(specs[metric], level.estimate, level.interval, cases)
        for metric, level in levels.items()
        if level is not None
    ]
    return found + [
        _finding(spec, 0.0, Binomial(hits=0, n=n), n)
        for spec in specs.values()
        if spec.shape == "event"
        for n in [max(1, round(cases * WITH_EVENT.get(spec.id, 1.0)))]
    ]


def _finding(
    spec: Spec,
    estimate: float,
    interval: Interval,
    cases: int,
    *,
    by: str = "all",
    label: str = "all",
) -> Finding:
    counts = Counts(planned=cases, ok=cases, scored=cases, cases=cases, units=cases)
    return Finding(
        metric=spec.id,
        version=spec.version,
        by=by,
        contrast=label,
        estimate=estimate,
        interval=interval,
        unit=spec.unit,
        sense=spec.sense,
        method="simulated",
        counts=counts,
        baseline="evidence" if spec.id == "homogeneity.excess_similarity" else None,
        evaluator="simulated",
    )
