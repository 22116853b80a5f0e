"""Cases from written grammars: seeded, rated by the rubric, never the same words twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from govern.domain.case import Case, Rubric
from govern.sources.generate.cases import make_case
from govern.sources.generate.chance import Draw, rng_of
from govern.sources.generate.grammar import Grammar, read_grammar, read_rubric
from govern.sources.generate.places import design

__all__ = ["Grammar", "generate", "read_grammar", "read_rubric"]

Seed = int | str | bytes


def generate(
    grammar: Grammar,
    rubric: Rubric,
    *,
    seed: Seed,
    cases_per_role_and_band: int,
    avoid: Iterable[str] = (),
) -> list[Case]:
    """All cases of a split, in an order whose prefixes are balanced.

    Args:
        grammar: the phrase banks.
        rubric: what determines the gold rating.
        seed: the only source of chance; the same seed and grammar give the same cases.
        cases_per_role_and_band: 3 gives each role each rating once at each richness.
        avoid: evidence texts of other splits; nothing the same or nearly the same is written.

    Raises:
        DatasetError: the grammar cannot say that much without repeating itself.
    """
    rng = rng_of(seed)
    draw = Draw(rng, avoid)
    places = design(grammar.roles, rng, cases_per_role_and_band)
    return [
        make_case(draw, grammar, rubric, place, case_id(seed, number))
        for number, place in enumerate(places, start=1)
    ]


def case_id(seed: Seed, number: int) -> str:
    """An id that says nothing about the case: a pipeline may see it."""
    raw = seed if isinstance(seed, bytes) else str(seed).encode()
    key = hashlib.sha256(b"govern case ids\x1f" + raw).digest()
    own = hashlib.sha256(key + number.to_bytes(4)).hexdigest()
    return f"c{key.hex()[:8]}-{own[:8]}"
