"""Whether one value of a policy's field asks for less than another: looser, stricter, or both.

Every comparison turns round with its arguments: what is looser from a to b is stricter from b
to a. Looser is what lets more candidates through, for longer, with less evidence or fewer people.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from govern.domain.policy import Bound, Must, Statistic

Effect = Literal["looser", "stricter", "both", "other"]
TURNED: dict[Effect, Effect] = {
    "looser": "stricter",
    "stricter": "looser",
    "both": "both",
    "other": "other",
}
_ASKS_MORE = ("report", "warn", "block")


def turned(effect: Effect) -> Effect:
    """The effect of the change the other way round."""
    return TURNED[effect]


def replaced(_before: object, _after: object) -> Effect:
    """One demand gives way to another: less is asked here, more there."""
    return "both"


def unordered(_before: object, _after: object) -> Effect:
    """Words and names, which admit nobody and stop nobody."""
    return "other"


def more_is_looser(before: float, after: float) -> Effect:
    """A limit, a number of days or of attempts."""
    return "other" if before == after else "looser" if after > before else "stricter"


def less_is_looser(before: float, after: float) -> Effect:
    """A number of cases or people that is needed."""
    return turned(more_is_looser(before, after))


def more_is_looser_or_no_limit(before: float | None, after: float | None) -> Effect:
    """A limit that may be absent."""
    inf = float("inf")
    return more_is_looser(inf if before is None else before, inf if after is None else after)


def severity(before: str, after: str) -> Effect:
    """Block asks more than warn, warn more than report."""
    return less_is_looser(_ASKS_MORE.index(before), _ASKS_MORE.index(after))


def wider_is_looser(before: Collection[str], after: Collection[str]) -> Effect:
    """What is admitted: a set that holds the other one is looser."""
    old, new = set(before), set(after)
    if old == new:
        return "other"
    return "looser" if old < new else "stricter" if new < old else "both"


def narrower_is_looser(before: Collection[str], after: Collection[str]) -> Effect:
    """What is demanded: a set within the other one is looser."""
    return turned(wider_is_looser(before, after))


def wider_is_looser_empty_is_all(before: Collection[str], after: Collection[str]) -> Effect:
    """What a policy may be used for, where an empty list leaves it open."""
    if bool(before) == bool(after):
        return wider_is_looser(before, after)
    return "stricter" if after else "looser"


def narrower_is_looser_empty_is_all(before: Collection[str], after: Collection[str]) -> Effect:
    """When a clause applies, where an empty list is always."""
    return turned(wider_is_looser_empty_is_all(before, after))


def dropped_is_looser(before: object, after: object) -> Effect:
    """A demand that may be absent; another value in its place is another demand."""
    if before is None:
        return "stricter"
    return "looser" if after is None else "both"


def certainty(before: Statistic, after: Statistic) -> Effect:
    """The level of each one-sided test: a higher one lets more through by chance."""
    return more_is_looser(before.alpha, after.alpha)


def passing(before: Bound | None, after: Bound | None) -> Effect:
    """What must hold for a pass."""
    if before is None or after is None or before.on_upper != after.on_upper:
        return "both"
    easier = _reach(after) > _reach(before)
    return "looser" if easier else "stricter"


def failing(before: Bound | None, after: Bound | None) -> Effect:
    """What must hold for a fail; the harder it is to meet, the looser."""
    return turned(passing(before, after))


def _reach(bound: Bound) -> tuple[float, bool]:
    """The larger, the more intervals meet the bound."""
    inclusive = bound.name.endswith("e")
    return (bound.value if bound.on_upper else -bound.value), inclusive


def demand(before: Must, after: Must) -> Effect:
    """What a property has to be."""
    if before.name == after.name:
        return _same_demand(before, after)
    if after.name == "stated" and before.name in {"equals", "includes", "at_most"}:
        return "looser"
    if before.name == "equals" and after.name == "one_of" and before.value in after.value:
        return "looser"
    mirrored = (before.name, after.name) == ("one_of", "equals") or before.name == "stated"
    return turned(demand(after, before)) if mirrored else "both"


def _same_demand(before: Must, after: Must) -> Effect:
    match before.name:
        case "one_of":
            return wider_is_looser(before.value, after.value)
        case "none_of" | "includes":
            return narrower_is_looser(before.value, after.value)
        case "at_most":
            return more_is_looser(before.value, after.value)
        case _:
            return "both"
