"""Thresholds that suit their metric, lie within its unit, and cannot both pass and fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from math import inf

from govern.domain.metric import Spec
from govern.domain.policy import Bound, JudgedClause, MeasuredClause

# From the beginning of a unit's name: the least and the most there can be. Longer ones first.
UNITS: Mapping[str, tuple[float, float]] = {
    "AUC difference": (-1, 1),
    "AUC": (0, 1),
    "cosine": (-1, 1),
    "days": (0, inf),
    "kappa": (-1, 1),
    "mean share": (0, 1),
    "quadratic-weighted kappa": (-1, 1),
    "rating points": (1, 5),
    "ratio": (0, inf),
    "share": (0, 1),
}
ANYTHING = (-inf, inf)


def threshold_problems(clause: JudgedClause, specs: Mapping[str, Spec]) -> Iterator[str]:
    """What is wrong with how a clause on an interval is to be judged."""
    spec = specs.get(clause.subject)
    if spec is None:
        what = "metric" if isinstance(clause, MeasuredClause) else "statistic of the record"
        near = get_close_matches(clause.subject, specs) or sorted(specs) or ["none"]
        yield f"{what} {clause.subject!r} is not measured by anything; known: {', '.join(near)}"
        return
    counted = Counter(s.by for s in clause.slices)
    yield from (f"slice {by} stands twice" for by, times in counted.items() if times > 1)
    if spec.shape == "table":
        yield f"{spec.id} is a table for people to read, no clause can be judged by it"
    elif isinstance(clause, MeasuredClause) and clause.against:
        yield from _difference_problems(clause, spec)
    elif clause.pass_if is None or clause.fail_if is None:
        yield from _margin_problems(clause, spec)
    else:
        yield from _bound_problems(clause, clause.pass_if, clause.fail_if, spec, _range(spec))


def _range(spec: Spec) -> tuple[float, float]:
    return next((ends for name, ends in UNITS.items() if spec.unit.startswith(name)), ANYTHING)


def _difference_problems(clause: MeasuredClause, spec: Spec) -> Iterator[str]:
    """A difference from the incumbent has bounds on one side: by how much it may be worse."""
    low, high = _range(spec)
    if spec.shape in ("contrast", "ratio"):
        yield (
            f"{spec.id} is a {spec.shape}: an incumbent's unfairness is no yardstick; leave out "
            "against: incumbent and judge the candidate itself"
        )
    elif clause.pass_if is None or clause.fail_if is None:
        yield "a difference from the incumbent takes pass_if and fail_if"
    else:
        span = high - low
        yield from _bound_problems(clause, clause.pass_if, clause.fail_if, spec, (-span, span))


def _margin_problems(clause: JudgedClause, spec: Spec) -> Iterator[str]:
    if spec.shape != "contrast":
        yield f"{spec.id} is a {spec.shape} and takes pass_if and fail_if"
        return
    if clause.statistic.sided == "one":
        yield "a margin needs a two-sided interval"
    low, high = _range(spec)
    for slice_ in clause.slices:
        if slice_.inside is not None and slice_.inside >= high - low:
            yield (
                f"inside ({slice_.by}) {slice_.inside:g} lets everything pass: differences in "
                f"{spec.unit} are at most {high - low:g}"
            )


def _bound_problems(
    clause: JudgedClause, passes: Bound, fails: Bound, spec: Spec, ends: tuple[float, float]
) -> Iterator[str]:
    if spec.shape == "contrast":
        yield f"{spec.id} is a contrast and takes a margin (inside)"
        return
    if passes.on_upper == fails.on_upper:
        yield "pass_if and fail_if look at the same end of the interval"
    elif spec.shape != "event" and _overlap(passes, fails):
        yield "one interval could both pass and fail"
    if passes.on_upper != (spec.sense == "lower_is_better"):
        better = spec.sense.replace("_", " ")
        yield f"pass_if looks at the wrong end: for {spec.id}, {better}"
    for name, bound in (("pass_if", passes), ("fail_if", fails)):
        held = _holds(bound, *ends)
        if held is not None:
            says = "always holds" if held else "can never hold"
            yield (
                f"{name} {bound.name} {bound.value:g} {says}: {_described(clause, spec)} lies "
                f"between {ends[0]:g} and {ends[1]:g}"
            )


def _described(clause: JudgedClause, spec: Spec) -> str:
    against = isinstance(clause, MeasuredClause) and clause.against
    return f"a difference in {spec.unit}" if against else f"{spec.id} in {spec.unit}"


def _overlap(passes: Bound, fails: Bound) -> bool:
    """Whether an interval of one point could meet both."""
    strict = "lt" in passes.name or "gt" in passes.name or "lt" in fails.name or "gt" in fails.name
    if passes.value == fails.value:
        return not strict
    return (fails.value < passes.value) == passes.on_upper


def _holds(bound: Bound, low: float, high: float) -> bool | None:
    """Whether an end of an interval within the unit meets a bound always, never, or it depends."""
    value = bound.value
    match bound.name:
        case "upper_le":
            return True if value >= high else (False if value < low else None)
        case "upper_lt":
            return True if value > high else (False if value <= low else None)
        case "lower_ge":
            return True if value <= low else (False if value > high else None)
        case _:
            return True if value < low else (False if value >= high else None)
