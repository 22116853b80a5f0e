"""Which jurisdictions hold which: ``US`` holds ``US-NY``, ``EU`` its member states. Pure."""

from __future__ import annotations

from collections.abc import Sequence

EU = "EU"
# Source: Article 52 of the Treaty on European Union, in ISO 3166-1, as of 2020-02-01.
MEMBERS = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)


def within(place: str, other: str) -> bool:
    """Whether a place is another one or lies in it."""
    if other == EU and place.partition("-")[0] in MEMBERS:
        return True
    return f"{place}-".startswith(f"{other}-")


def meet(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two lists share any place."""
    return any(within(a, b) or within(b, a) for a in some for b in others)


def beyond(asked: Sequence[str], allowed: Sequence[str]) -> list[str]:
    """The places that lie in none of the allowed ones, sorted."""
    return sorted(a for a in set(asked) if not any(within(a, b) for b in allowed))
