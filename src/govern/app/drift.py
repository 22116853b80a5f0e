"""Does a pipeline still draft as it did? Three drafts of each fixed cell say so; pure.

A run drafts some cells twice: how the two differ is the pipeline's own noise. A third draft of
today is one more of the same kind if nothing changed, and then today's is the odd one out no more
often than either of the others: each cell may name any of its three as today's, which gives an
exact test. Holding today's against the run's alone would call every sampled draft a drift.

Not to have shown a drift is no sameness: for that the difference has to be small by its bound.
Source: docs/pipelines.md#canary.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from math import sqrt
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.domain.base import Noun
from govern.domain.pipeline import Draft
from govern.stats.permutation import MOST_EXACT, Permuted
from govern.stats.quantiles import t_quantile
from govern.text.tokens import counts, tokenise_once, unit_tfidf

Floats = NDArray[np.float64]
Outcome = Literal["same", "drifted", "not enough to tell"]

ALPHA = 0.05
TESTS = 3
"""Each of three differences is tested at a third of it, as any of them is a drift, and bounded at
all of it, as every one of them has to be small."""
FEWEST = 6
"""Cells below which nothing is said; 6 that all name today's draft have a p of 1 in 729."""
DRAWS = 9_999
TEXT_MARGIN = 0.10
"""Cosine distance beyond the run's own noise up to which texts count as the same."""
RATING_MARGIN = 0.5
"""Rating points up to which ratings count as the same, apart and on average."""


class Difference(Noun):
    """Today's drafts beside the run's, on average over cells.

    Of distances, ``today`` is that from today's draft to the run's and ``run`` that between the
    run's own two; of a level, both are means. ``difference`` is ``today`` less ``run``, ``bound``
    the largest that it may well be (for a level, on either side of 0), ``p`` that of no drift.
    All but ``today`` are absent where fewer than 6 cells were repeated.
    """

    what: Literal["texts", "ratings", "rating level"]
    unit: str
    cells: int
    today: float
    run: float | None = None
    difference: float | None = None
    bound: float | None = None
    margin: float
    p: float | None = None


class Drift(Noun):
    """What fixed cells say.

    ``identical`` counts drafts of today that are the run's, ``identical_noise`` its repeats that
    are. Ratings are absent from ``differences`` where none can be compared.
    """

    outcome: Outcome
    why: tuple[str, ...]
    cells: int
    identical: int
    identical_noise: int | None = None
    differences: tuple[Difference, ...]


def drift(
    then: Sequence[Draft], now: Sequence[Draft], again: Sequence[Draft] | None, *, seed: int = 0
) -> Drift:
    """What the drafts of some cells say, at least one.

    Args:
        then: the run's.
        now: today's, of the same cells.
        again: the run's exact repeats of them, where it made any.
        seed: of the sample of arrangements, where there are over 5,000.
    """
    rng = np.random.default_rng(seed)
    kinds = [now, then] if again is None else [now, then, again]
    found = Drift(
        outcome="not enough to tell",
        why=(),
        cells=len(then),
        identical=_identical(then, now),
        identical_noise=None if again is None else _identical(then, again),
        differences=(_texts(kinds, rng), *_ratings(kinds, rng)),
    )
    outcome, why = _judged(found, drafted=sum(draft.status == "ok" for draft in then))
    return found.model_copy(update={"outcome": outcome, "why": why})


def _judged(found: Drift, *, drafted: int) -> tuple[Outcome, tuple[str, ...]]:
    if drafted < FEWEST:
        return "not enough to tell", (f"{drafted} cells with a draft in the run, {FEWEST} needed",)
    shown = [
        f"{one.what}: today's are the odd ones out, by {one.difference:+.2f} {one.unit} "
        f"(p = {one.p:.4f})"
        for one in found.differences
        if one.p is not None and one.p <= ALPHA / TESTS
    ]
    if shown:
        return "drifted", tuple(shown)
    if found.identical == found.cells:
        return "same", ("every draft is the run's, word for word",)
    differ = f"{found.cells - found.identical} of {found.cells} drafts are not the run's"
    if found.identical_noise is None:
        return "not enough to tell", (
            f"{differ}; what is its own noise is not known without {FEWEST} exact repeats",
        )
    if found.identical_noise == found.cells:
        return "not enough to tell", (f"{differ}, while its exact repeats all are",)
    wide = [
        f"{one.what}: the difference may be {one.bound:.2f} {one.unit}, over {one.margin:g}; more "
        "cells would tell more"
        if one.bound is not None
        else f"{one.what}: {one.cells} cells, {FEWEST} needed"
        for one in found.differences
        if one.bound is None or one.bound > one.margin
    ]
    if wide:
        return "not enough to tell", tuple(wide)
    return "same", ("what differs is within the margins, beyond the run's own noise",)


def odd_one_out(values: Floats, rng: np.random.Generator) -> Permuted:
    """Is today's draft the odd one out more than chance has it?

    Args:
        values: N × 3, by how much each of a cell's drafts is the odd one out; today's first.
        rng: of the sample, where there are over 5,000 arrangements.
    """
    cells = len(values)
    exact = bool(3**cells <= MOST_EXACT)
    chosen = (
        np.array(list(product(range(3), repeat=cells)), dtype=np.int64)
        if exact
        else rng.integers(0, 3, size=(DRAWS, cells))
    )
    null = values[np.arange(cells), chosen].mean(axis=1)
    return Permuted(float(values[:, 0].mean()), null, exact)


def _texts(kinds: Sequence[Sequence[Draft]], rng: np.random.Generator) -> Difference:
    """Cosine distances of words, weighted as the drafts at hand use them.

    It is 1 between a draft and none, and between a rated draft and an unrated one.
    """
    cells = len(kinds[0])
    texts = [draft.text if draft.status == "ok" else "" for drafts in kinds for draft in drafts]
    kind = np.array([(d.status == "ok", d.rating is None) for drafts in kinds for d in drafts])
    vectors = unit_tfidf(counts(tokenise_once(pd.Series(texts, dtype="str"))))
    at = [np.arange(cells) + number * cells for number in range(len(kinds))]

    def apart(a: int, b: int) -> Floats:
        cosine = np.asarray(vectors[at[a]].multiply(vectors[at[b]]).sum(axis=1)).ravel()
        words = [texts[i] == texts[j] for i, j in zip(at[a], at[b], strict=True)]
        far = np.where(words, 0.0, np.clip(1 - cosine, 0.0, 1.0))
        same = np.asarray((kind[at[a]] == kind[at[b]]).all(axis=1))
        return np.asarray(np.where(same, far, 1.0), dtype=np.float64)

    pairs = [apart(a, b) for a, b in combinations(range(len(kinds)), 2)]
    empty = Difference(
        what="texts", unit="cosine distance", cells=cells, today=0.0, margin=TEXT_MARGIN
    )
    return _of_distances(pairs, empty, rng)


def _ratings(kinds: Sequence[Sequence[Draft]], rng: np.random.Generator) -> tuple[Difference, ...]:
    """How far ratings lie apart and how high they are, over cells of which all are rated."""
    table = np.array(
        [[np.nan if d.rating is None else d.rating for d in drafts] for drafts in kinds]
    )
    table = table[:, ~np.isnan(table).any(axis=0)]
    cells = table.shape[1]
    if not cells:
        return ()
    empty = Difference(what="ratings", unit="points", cells=cells, today=0.0, margin=RATING_MARGIN)
    pairs = [np.abs(table[a] - table[b]) for a, b in combinations(range(len(kinds)), 2)]
    level = empty.model_copy(update={"what": "rating level", "today": float(table[0].mean())})
    if len(kinds) > 2 and cells >= FEWEST:
        odd = table - (table.sum(axis=0) - table) / 2
        level = _tested(level, odd.T, rng, two_sided=True)
    return _of_distances(pairs, empty, rng), level


def _of_distances(
    pairs: Sequence[Floats], empty: Difference, rng: np.random.Generator
) -> Difference:
    """From N distances each of today's draft to the run's, and to its repeat, and between these."""
    if len(pairs) == 1 or empty.cells < FEWEST:
        return empty.model_copy(update={"today": float(pairs[0].mean())})
    first, second, noise = pairs
    odd = [(first + second) / 2 - noise, (first + noise) / 2 - second, (second + noise) / 2 - first]
    seen = empty.model_copy(update={"today": float((first + second).mean() / 2)})
    return _tested(seen, np.stack(odd, axis=1), rng, two_sided=False)


def _tested(
    seen: Difference, values: Floats, rng: np.random.Generator, *, two_sided: bool
) -> Difference:
    """With difference, bound by Student's t and p; ``values`` as in ``odd_one_out``."""
    own, n = values[:, 0], len(values)
    test = odd_one_out(values, rng)
    if two_sided:
        test = Permuted(abs(test.observed), np.abs(test.null), test.exact)
    reach = float(t_quantile(ALPHA, n - 1) * own.std(ddof=1) / sqrt(n))
    difference = float(own.mean())
    return seen.model_copy(
        update={
            "run": seen.today - difference,
            "difference": difference,
            "bound": test.observed + reach,
            "p": test.p,
        }
    )


def _identical(some: Sequence[Draft], others: Sequence[Draft]) -> int:
    return sum(
        (a.status, a.text, a.rating) == (b.status, b.text, b.rating)
        for a, b in zip(some, others, strict=True)
    )
