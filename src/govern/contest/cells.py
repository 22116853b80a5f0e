"""Shares and gaps of the contest record as findings, without any number of a few people.

A cell holds people, not contests: somebody who contests ten times is one. Source:
docs/contests.md#numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np

from govern.contest.specs import SMALLEST
from govern.domain.finding import Binomial, Counts, Finding, Interval, StudentT, Undefined
from govern.domain.metric import Spec
from govern.stats.unpaired import Side, side

EVALUATOR = "contest record"
UNKNOWN = "not known"


class Unit(NamedTuple):
    """A review or contest that enters a number: whose it is, what it says, and where it belongs.

    ``value`` is ``None`` where that is not known any more. ``cells`` are the levels to which it
    belongs, by what they divide.
    """

    person: str
    value: float | None
    cells: Mapping[str, tuple[str, ...]]


def shares(spec: Spec, units: Sequence[Unit], by: Sequence[str]) -> Iterator[Finding]:
    """The share with value 1, over all and in every level of what ``by`` names.

    Where the hidden levels together are small, the smallest of the others is hidden with them:
    else the whole less what is shown would give them away.
    """
    known = [u for u in units if u.value is not None]
    yield _share(spec, known, len(units))
    for name in by:
        levels = _levels(known, name)
        hidden = hidden_levels({level: _people(of) for level, of in levels.items()})
        for level, of in sorted(levels.items()):
            if level in hidden:
                yield too_few(spec, by=name, contrast=level)
            else:
                yield _share(spec, of, len(of), by=name, contrast=level)


def hidden_levels(people: Mapping[str, int]) -> frozenset[str]:
    """The levels of which nothing may be shown, given how many people each holds."""
    ordered = sorted(people, key=lambda level: (people[level], level))
    hidden = [level for level in ordered if people[level] < SMALLEST]
    rest = ordered[len(hidden) :]
    if hidden and rest and sum(people[level] for level in hidden) < SMALLEST:
        hidden.append(rest[0])
    return frozenset(hidden)


def gaps(spec: Spec, units: Sequence[Unit], by: Sequence[str], *, step: float) -> Iterator[Finding]:
    """Each group against the mean of the others, people as clusters, Welch's t.

    Undefined for an attribute of which any group is small.
    """
    if not by:
        reason = Undefined(reason="no group was recorded", code="not_supplied")
        yield finding(spec, reason)
    for name in by:
        known = [u for u in units if u.value is not None]
        levels = _levels(known, name)
        if len(levels) < 2 or min(map(_people, levels.values())) < SMALLEST:
            yield too_few(spec, by=name)
        else:
            yield from _against_the_others(spec, name, levels, step)


def too_few(spec: Spec, *, by: str = "all", contrast: str = "all") -> Finding:
    """Nothing, and no count either: a count of a few people is a number of a few people."""
    reason = f"fewer than {SMALLEST} people behind it"
    return finding(spec, Undefined(reason=reason, code="too_few"), by=by, contrast=contrast)


def finding(
    spec: Spec,
    estimate: float | Undefined,
    *,
    interval: Interval | None = None,
    counts: Counts | None = None,
    by: str = "all",
    contrast: str = "all",
) -> Finding:
    """A finding of the record; without ``counts`` it tells none."""
    return Finding(
        metric=spec.id,
        version=spec.version,
        by=by,
        contrast=contrast,
        estimate=estimate,
        interval=interval,
        unit=spec.unit,
        sense=spec.sense,
        method=spec.method,
        counts=counts or counted(scored=0, planned=0),
        evaluator=EVALUATOR,
    )


def counted(*, scored: int, planned: int, unit_name: str = "contests") -> Counts:
    """``scored`` of ``planned`` units entered a number."""
    return Counts(
        planned=planned,
        ok=scored,
        scored=scored,
        cases=scored,
        units=scored,
        unit_name=unit_name,
    )


def against(sides: Mapping[str, Side], group: str) -> tuple[float, float, float]:
    """One group's mean less that of the others' means: estimate, standard error and df.

    The degrees of freedom are Satterthwaite's, of the smallest group where nothing varies.
    """
    weight = 1 / (len(sides) - 1)
    weights = {g: 1.0 if g == group else -weight for g in sides}
    estimate = sum(weights[g] * s.mean for g, s in sides.items())
    parts = {g: weights[g] ** 2 * s.variance for g, s in sides.items()}
    below = sum(v**2 / (sides[g].clusters - 1) for g, v in parts.items())
    variance = sum(parts.values())
    fewest = min(s.clusters for s in sides.values())
    return round(estimate, 12), sqrt(variance), variance**2 / below if below else float(fewest - 1)


def _share(
    spec: Spec, known: Sequence[Unit], planned: int, *, by: str = "all", contrast: str = "all"
) -> Finding:
    if _people(known) < SMALLEST:
        return too_few(spec, by=by, contrast=contrast)
    hits, n = sum(u.value == 1 for u in known), len(known)
    counts = counted(scored=n, planned=planned, unit_name=_things(spec))
    return finding(
        spec, hits / n, interval=Binomial(hits=hits, n=n), counts=counts, by=by, contrast=contrast
    )


def _things(spec: Spec) -> str:
    """What a share counts: ``share of contests due`` counts contests."""
    return spec.unit.removeprefix("share of ").partition(" ")[0]


def _against_the_others(
    spec: Spec, name: str, levels: Mapping[str, Sequence[Unit]], step: float
) -> Iterator[Finding]:
    sides = {level: _side(of) for level, of in levels.items()}
    scored = sum(map(len, levels.values()))
    groups = sorted(levels)
    for group in groups if len(groups) > 2 else groups[:1]:
        estimate, se, df = against(sides, group)
        clusters = min(s.clusters for s in sides.values())
        interval = StudentT(se=se, df=df, clusters=clusters, step=step)
        yield finding(
            spec,
            estimate,
            interval=interval,
            counts=counted(scored=scored, planned=scored),
            by=name,
            contrast=group,
        )


def _side(units: Sequence[Unit]) -> Side:
    values = np.array([u.value for u in units], dtype=np.float64)
    people = np.unique([u.person for u in units], return_inverse=True)[1]
    return side(values, people.astype(np.int64))


def _levels(units: Sequence[Unit], name: str) -> dict[str, list[Unit]]:
    levels: dict[str, list[Unit]] = {}
    for unit in units:
        for level in unit.cells.get(name, (UNKNOWN,)):
            levels.setdefault(level, []).append(unit)
    return levels


def _people(units: Sequence[Unit]) -> int:
    return len({u.person for u in units})
