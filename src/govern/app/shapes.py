"""What only drafts can show and no finding holds: how ratings spread, how likeness does."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from govern.frames import main_block
from govern.metrics.likeness import compared, evidence_texts, strata, within_reach, worded
from govern.report.beside import Shapes
from govern.report.drawings import Matrix, Strip
from govern.stats.contrasts import MIN_CASES

Floats = NDArray[np.float64]

RATINGS = (1, 2, 3, 4, 5)
POINTS = (0.05, 0.25, 0.5, 0.75, 0.95)


def shapes_of(drafts: pd.DataFrame) -> Shapes:
    """Ratings beside the rubric's, and likeness beside that of the files; what can be had."""
    main = main_block(drafts)
    return Shapes(ratings=_ratings(main), similarity=_similarity(main))


def _ratings(main: pd.DataFrame) -> Matrix | None:
    """Drafts by rubric's and own rating; ``None`` unless all are whole numbers from 1 to 5."""
    rated = main[["gold_rating", "rating"]].dropna()
    if rated.empty or not rated.isin(RATINGS).all(axis=None):
        return None
    table = pd.crosstab(rated["gold_rating"], rated["rating"])
    whole = table.reindex(index=RATINGS, columns=RATINGS, fill_value=0)
    return Matrix(
        row_axis="Rubric's rating",
        column_axis="Drafted rating",
        labels=tuple(map(str, RATINGS)),
        counts=tuple(tuple(map(int, row)) for row in whole.to_numpy()),
    )


def _similarity(main: pd.DataFrame) -> tuple[Strip, ...]:
    """Each case's mean cosine with the texts of other cases in its stratum: drafts, then files.

    Of a large run, of as many evenly spread cases as the metric on shared wording looks at.
    """
    near = within_reach(main)
    drafts = worded(near)
    if drafts["case_id"].nunique() < MIN_CASES:
        return ()
    evidence = evidence_texts(near)
    evidence = evidence[evidence.index.isin(drafts["case_id"])]
    pool = compared(near, drafts, evidence)
    vectors, stratum = pool.tfidf, strata(drafts)
    mine = _by_case(vectors[: len(drafts)], drafts["case_id"].to_numpy(), stratum.to_numpy())
    cases = near["case_id"].nunique()
    some = "" if len(near) == len(main) else f", of {cases:,} evenly spread cases"
    strips = [Strip(label=f"Drafts{some}", points=_points(mine))]
    if len(evidence):
        of_case = dict(zip(drafts["case_id"], stratum, strict=True))
        labels = np.array([of_case[case] for case in evidence.index], dtype=object)
        theirs = _by_case(vectors[len(drafts) :], evidence.index.to_numpy(), labels)
        strips.append(
            Strip(label="The files they were drafted from", points=_points(theirs), reference=True)
        )
    return tuple(strips)


def _by_case(
    vectors: sparse.csr_array, case: NDArray[np.object_], stratum: NDArray[np.object_]
) -> Floats:
    """Mean inner product of each case's texts with those of the other cases in its stratum."""
    found: list[float] = []
    for label in sorted(set(stratum)):
        rows = np.flatnonzero(stratum == label)
        code, cases = pd.factorize(case[rows], sort=True)
        if len(cases) < 2:
            continue
        shape = (len(cases), len(rows))
        member = sparse.csr_array((np.ones(len(rows)), (code, np.arange(len(rows)))), shape=shape)
        size = np.bincount(code)
        sums = sparse.csr_array(member @ vectors[rows])
        with_all = np.asarray(sums @ np.asarray(sums.sum(axis=0)).ravel()).ravel()
        own = np.asarray(sums.multiply(sums).sum(axis=1)).ravel()
        found += list((with_all - own) / (size * (len(rows) - size)))
    return np.array(found)


def _points(values: Floats) -> tuple[float, float, float, float, float]:
    a, b, c, d, e = (round(float(q), 4) for q in np.quantile(values, POINTS))
    return a, b, c, d, e
