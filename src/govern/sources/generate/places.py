"""The order of a split: which case stands where, so that any prefix is close to balanced."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from random import Random
from typing import NamedTuple

from govern.errors import DatasetError
from govern.sources.generate.grammar import Json

LEVELS = ("junior", "experienced", "senior")
RICHNESS = ("numeric", "mixed", "narrative")
CONFIDENTIAL = ("health", "pay_of_others", "investigation")
BANDS = (1, 2, 3, 4, 5)


class Place(NamedTuple):
    """Where a case stands in the design: who, which rating, which flavour."""

    role_id: str
    band: int
    level: str
    richness: str
    confidential: str | None
    conflict: bool


def design(roles: Mapping[str, Json], rng: Random, rounds: int) -> list[Place]:
    """Places in the order of the file.

    With R roles every block of R places holds each role once and every block of five each
    band once; R and 5 share no factor, so that R·5 places meet each pair once. In three
    rounds a pair meets each richness once. Confidential items fall on two places of five,
    conflicting pairs on one of five, neither in step with the bands.

    Raises:
        DatasetError: the number of roles is a multiple of five.
    """
    order, bands = sorted(roles), list(BANDS)
    if len(order) % len(BANDS) == 0:
        raise DatasetError(
            f"{len(order)} roles: with a multiple of five, roles and ratings would not cross"
        )
    rng.shuffle(order)
    rng.shuffle(bands)
    kinds = cycle(rng.sample(CONFIDENTIAL, len(CONFIDENTIAL)))
    places = []
    for r in range(rounds):
        for k in range(len(BANDS)):
            for j, role_id in enumerate(order):
                levels = roles[role_id].get("levels", LEVELS)
                confidential = (j + j // 5 + k + r) % 5 in (0, 2)
                places.append(
                    Place(
                        role_id=role_id,
                        band=bands[(len(order) * k + j) % 5],
                        level=levels[(j // 3 + k + 2 * r) % len(levels)],
                        richness=RICHNESS[(j + 2 * k + r) % 3],
                        confidential=next(kinds) if confidential else None,
                        conflict=(j + 2 * (j // 5) + k + 2 * r) % 5 == 1,
                    )
                )
    return places
