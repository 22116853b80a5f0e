"""Can a linear classifier tell two kinds of names apart by the drafts of the same case?

The statistic is the share of pairs of drafts *of one case* that it puts in the right order.
What scores a pair was fitted without its case and without any draft of its two names: names
differ, and a classifier that has seen a name knows its group. Everything but the labels is worked
out once, so that a thousand permuted labels cost a few matrix products.
Source: docs/statistics.md#distinguishability.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from govern.stats.influence import Spread, Statistic, ratio, spread
from govern.stats.permutation import Permuted, arrangements

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
CASE_FOLDS = 5
NAME_FOLDS = 3
MIN_CASES = 120
MOST_FEATURES = 500
AT_ONCE = 100
# Scores that differ by less than this share of the largest are a tie: rounding, not order.
TIE = 1e-9


@dataclass(frozen=True)
class Fits:
    """Ridge systems, one for each fold of cases, fitted to some of the names.

    ``fitted`` are the drafts (N) of names that may be learnt from, ``scored`` those that are
    scored; ``factors`` one Cholesky factor for each fold of cases left out.
    """

    fitted: NDArray[np.bool_]
    scored: NDArray[np.bool_]
    factors: tuple[tuple[Floats, bool], ...]


@dataclass(frozen=True)
class Drafts:
    """N drafts, ready to be told apart by any labels of their names.

    Attributes:
        features: N × d, less the mean of the draft's case.
        case: N codes.
        name: N codes 0 … M-1.
        name_group: M codes; a name's group, within which names are dealt into folds.
        case_fold: N folds.
        blind: fits without the names they score, one for each fold of names.
        seen: the fits to all names.
        blind_pairs, seen_pairs: 2 × P positions of two drafts of a case that one fit scores.
    """

    features: Floats
    case: Codes
    name: Codes
    name_group: Codes
    case_fold: Codes
    blind: tuple[Fits, ...]
    seen: tuple[Fits, ...]
    blind_pairs: Codes
    seen_pairs: Codes


def prepare(
    vectors: sparse.csr_array,
    case: Codes,
    name: Codes,
    name_group: Codes,
    rng: np.random.Generator,
) -> Drafts:
    """Deal cases and names into folds and fit all but the labels.

    Args:
        vectors: N × p, one row a draft; of them the ``MOST_FEATURES`` columns are used that
            vary most within cases.
        case: N codes 0 … C-1, all used.
        name: N codes 0 … M-1, all used.
        name_group: M codes.
        rng: deals the folds.
    """
    features = _varying(vectors, case)
    case_fold = (rng.permutation(int(case.max()) + 1) % CASE_FOLDS)[case]
    of_name = np.empty(len(name_group), dtype=np.int64)
    for group in np.unique(name_group):
        mine = np.flatnonzero(name_group == group)
        of_name[mine] = rng.permutation(len(mine)) % NAME_FOLDS
    name_fold = of_name[name]
    pairs = _pairs(case)
    everybody = np.ones(len(case), dtype=bool)
    return Drafts(
        features=features,
        case=case,
        name=name,
        name_group=name_group,
        case_fold=case_fold,
        blind=tuple(
            _fits(features, case, case_fold, name_fold != h, name_fold == h)
            for h in range(NAME_FOLDS)
        ),
        seen=(_fits(features, case, case_fold, everybody, everybody),),
        blind_pairs=pairs[:, name_fold[pairs[0]] == name_fold[pairs[1]]],
        seen_pairs=pairs,
    )


def separation(drafts: Drafts, positive: NDArray[np.bool_]) -> Spread | None:
    """Within-case AUC of the names that are ``positive``, case and name held out together.

    Args:
        drafts: prepared.
        positive: M, one for each name.

    Returns:
        ``None`` where too few pairs can be compared to do without any one case or name.
    """
    labels = positive[drafts.name].astype(float)[:, None]
    won = _won(_scores(drafts, drafts.blind, labels), labels, drafts.blind_pairs)
    return _spread(drafts, [(won, drafts.blind_pairs)], ratio)


def leakage(drafts: Drafts, positive: NDArray[np.bool_]) -> Spread | None:
    """AUC of a classifier that has seen the names, less that of one that has not.

    Arguments and returns as ``separation``.
    """
    labels = positive[drafts.name].astype(float)[:, None]
    blind = _won(_scores(drafts, drafts.blind, labels), labels, drafts.blind_pairs)
    seen = _won(_scores(drafts, drafts.seen, labels), labels, drafts.seen_pairs)
    return _spread(
        drafts,
        [(seen, drafts.seen_pairs), (blind, drafts.blind_pairs)],
        lambda sums: ratio(sums[:2]) - ratio(sums[2:]),
    )


def separation_test(
    drafts: Drafts,
    positive: NDArray[np.bool_],
    observed: float,
    rng: np.random.Generator,
    *,
    draws: int = 199,
    stratum: Codes | None = None,
) -> Permuted:
    """The AUC against what it is when whole names change sides.

    Args:
        drafts: prepared.
        positive: M, one for each name.
        observed: the AUC that ``separation`` found.
        rng: of the sample of permutations.
        draws: its size, 199 at least.
        stratum: M codes; names change sides only within their stratum.
    """
    labels, exact = arrangements(positive.astype(np.int64), rng, draws=draws, stratum=stratum)
    null = np.empty(len(labels))
    for start in range(0, len(labels), AT_ONCE):
        part = labels[start : start + AT_ONCE, drafts.name].T.astype(float)
        won = _won(_scores(drafts, drafts.blind, part), part, drafts.blind_pairs).sum(axis=1)
        null[start : start + part.shape[1]] = np.where(won[1] > 0, ratio(won), 0.5)
    return Permuted(observed, null, exact)


def _varying(vectors: sparse.csr_array, case: Codes) -> Floats:
    """The columns that vary most within cases, each less its case's mean."""
    count = np.bincount(case)
    gather = sparse.csr_array((np.ones(len(case)), (case, np.arange(len(case)))))
    sums = sparse.csr_array(gather @ vectors)
    squares = np.asarray(vectors.multiply(vectors).sum(axis=0)).ravel()
    of_cases = sums.multiply(sums).tocsr()
    within = squares - np.asarray(of_cases.T @ (1 / count)).ravel()
    most = np.argsort(-within, kind="stable")[:MOST_FEATURES]
    varies = within[most] > TIE * squares[most]
    # With nothing to tell by, one column of no use keeps the algebra whole.
    kept = np.sort(most[varies] if varies.any() else most[:1])
    means = sums[:, kept].toarray() / count[:, None]
    return np.asarray(vectors[:, kept].toarray() - means[case], dtype=np.float64)


def _centred(columns: Floats, case: Codes) -> Floats:
    """Columns less the mean of their case among the rows given."""
    code = np.unique(case, return_inverse=True)[1]
    count = np.bincount(code)
    places = (code, np.arange(len(code)))
    gather = sparse.csr_array((np.ones(len(code)), places), shape=(len(count), len(code)))
    means = (gather @ columns) / count[:, None]
    return np.asarray(columns - means[code])


def _fits(
    features: Floats,
    case: Codes,
    case_fold: Codes,
    fitted: NDArray[np.bool_],
    scored: NDArray[np.bool_],
) -> Fits:
    """Ridge systems of the ``fitted`` drafts.

    Cases are centred anew among them. In a mean over all drafts of a case, those that are held
    out would take part, and with them, by their absence, what their labels are.
    """
    rows = [np.flatnonzero(fitted & (case_fold == f)) for f in range(CASE_FOLDS)]
    kept = [_centred(features[r], case[r]) for r in rows]
    squares = np.stack([k.T @ k for k in kept])
    return Fits(fitted, scored, tuple(map(_factored, squares.sum(axis=0) - squares)))


def _factored(squares: Floats) -> tuple[Floats, bool]:
    """Cholesky factor of the ridge system; the penalty is the mean of its eigenvalues."""
    penalty = np.trace(squares) / len(squares) or 1.0
    factor, lower = linalg.cho_factor(squares + penalty * np.eye(len(squares)))
    return factor, bool(lower)


def _scores(drafts: Drafts, every: tuple[Fits, ...], labels: Floats) -> Floats:
    """Scores under each column of labels (N × B), each draft by the fit without its case."""
    scores = np.zeros_like(labels)
    for fits in every:
        fitted = np.flatnonzero(fits.fitted)
        # Labels centred by case do the centring of both: the product is the same.
        centred = _centred(labels[fitted], drafts.case[fitted])
        fold = drafts.case_fold[fitted]
        crossed = np.stack(
            [drafts.features[fitted[fold == f]].T @ centred[fold == f] for f in range(CASE_FOLDS)]
        )
        for f, (factor, cross) in enumerate(
            zip(fits.factors, crossed.sum(axis=0) - crossed, strict=True)
        ):
            rows = np.flatnonzero(fits.scored & (drafts.case_fold == f))
            scores[rows] = drafts.features[rows] @ linalg.cho_solve(factor, cross)
    return scores


def _pairs(case: Codes) -> Codes:
    """Every two drafts of a case, as 2 × P positions, the first below the second."""
    order = np.argsort(case, kind="stable")
    size = np.bincount(case)
    start = np.cumsum(size) - size
    found = [np.empty((2, 0), dtype=np.int64)]
    for n in np.unique(size):
        upper = np.stack(np.triu_indices(n, k=1))
        places = start[size == n][:, None, None] + upper
        found.append(order[places.transpose(1, 0, 2).reshape(2, -1)])
    return np.concatenate(found, axis=1)


def _won(scores: Floats, labels: Floats, pairs: Codes) -> Floats:
    """2 × P × B: whether a pair is in the right order (½ for a tie), whether it counts."""
    first, second = pairs
    side = labels[first] - labels[second]
    gap = scores[first] - scores[second]
    order = np.where(np.abs(gap) <= TIE * np.abs(scores).max(axis=0), 0.0, np.sign(gap))
    counts = np.abs(side)
    return np.stack([counts * (1 + order * side) / 2, counts])


def _spread(
    drafts: Drafts, compared: list[tuple[Floats, Codes]], statistic: Statistic
) -> Spread | None:
    """The three variances of a statistic of the sums over pairs that each entry counts."""
    names, count = len(drafts.name_group), len(drafts.case)
    cases = int(drafts.case.max()) + 1
    total, by_case, by_name, by_draft = [], [], [], []
    for won, (first, second) in compared:
        for column in won[:, :, 0]:
            total.append(column.sum())
            by_case.append(np.bincount(drafts.case[first], column, cases).astype(float))
            by_name.append(_touching(drafts.name, first, second, column, names))
            by_draft.append(_touching(np.arange(count), first, second, column, count))
    parts = (np.stack(by_case), np.stack(by_name), np.stack(by_draft))
    return spread(np.array(total), parts, statistic, name_group=drafts.name_group)


def _touching(code: Codes, first: Codes, second: Codes, column: Floats, size: int) -> Floats:
    """Sums of the pairs that a cluster has one draft of, or both, counted once."""
    found = np.bincount(code[first], column, size) + np.bincount(code[second], column, size)
    both = code[first] == code[second]
    return np.asarray(found - np.bincount(code[first][both], column[both], size))
