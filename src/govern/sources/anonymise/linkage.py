"""An attack: whose text is it? Nearest neighbours by TF-IDF, with all replacements masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.sources.anonymise.engine import Anonymised
from govern.sources.anonymise.spans import Span, apply, placed
from govern.text.tokens import counts, tokenise, unit_tfidf

SAMPLE = 2_000
FEWEST = 20


@dataclass(frozen=True)
class Linkage:
    """Shares of texts linked, beside what chance would link, over ``n`` texts; and the rows.

    ``excess`` is (share - chance) / (1 - chance); None where fewer than 20 texts can be tried.
    """

    n: int
    share: float | None
    chance: float | None
    rows: tuple[int, ...]

    @property
    def excess(self) -> float | None:
        if self.share is None or self.chance is None or self.chance >= 1:
            return None
        return (self.share - self.chance) / (1 - self.chance)


@dataclass(frozen=True)
class Attack:
    """``own``: an anonymised text finds its own original among those of the same role.

    ``person``: it finds another text of the same person, its own original set aside.
    """

    own: Linkage
    person: Linkage


def attack(
    texts: Sequence[Anonymised], *, rows: Sequence[int], people: Sequence[int], roles: Sequence[str]
) -> Attack:
    """Try to link each anonymised text to the originals of people in the same role."""
    if len(texts) < 2:
        nothing = Linkage(0, None, None, ())
        return Attack(nothing, nothing)
    after = [_masked(t.text, [Span(a, b, "name", " ") for a, b in placed(t.spans)]) for t in texts]
    before = [_masked(t.before, t.spans) for t in texts]
    vectors = unit_tfidf(counts(tokenise(pd.Series(before + after))))
    n = len(texts)
    role, person = pd.factorize(np.array(roles))[0], np.array(people)
    similar = (vectors[n:] @ vectors[:n].T).toarray()
    same_role = role[:, None] == role[None, :]
    similar[~same_role] = -1.0
    numbers = np.array(rows)
    peers = same_role.sum(axis=1)
    own = similar.argmax(axis=1) == np.arange(n)
    np.fill_diagonal(similar, -1.0)
    others = (same_role & (person[:, None] == person[None, :])).sum(axis=1) - 1
    tried = (others > 0) & (peers - 1 > others)
    nearest = similar.argmax(axis=1)
    hit = (person[nearest] == person) & (similar.max(axis=1) > 0)
    return Attack(
        _linkage(own, 1 / peers, peers > 1, numbers),
        _linkage(hit, others / np.maximum(peers - 1, 1), tried, numbers),
    )


def _linkage(
    hit: NDArray[np.bool_],
    chance: NDArray[np.float64],
    tried: NDArray[np.bool_],
    rows: NDArray[np.int64],
) -> Linkage:
    n = int(tried.sum())
    if n < FEWEST:
        return Linkage(n, None, None, ())
    found = tuple(int(row) for row in rows[tried & hit])
    return Linkage(n, float(hit[tried].mean()), float(chance[tried].mean()), found)


def _masked(text: str, spans: Sequence[Span]) -> str:
    return apply(text, [Span(s.start, s.end, s.kind, " ") for s in spans])
