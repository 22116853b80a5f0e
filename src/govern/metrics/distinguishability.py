"""Can the group be told from drafts in which nothing names it? An alarm for what nobody listed.

Definitions and worked examples: docs/metrics/fairness.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from govern.domain.finding import Finding, StudentT, UndefinedCode
from govern.domain.metric import Spec
from govern.frames import GROUP, group_attributes, main_block
from govern.metrics.groups import CROSS, Sliced, design_for, labels, problem
from govern.metrics.likeness import within_reach
from govern.metrics.reasons import NO_GROUPS, short_of
from govern.metrics.spec import Metric, undefined
from govern.stats import auc
from govern.stats.contrasts import MIN_NAMES
from govern.stats.influence import Spread
from govern.text.tokens import counts, tokenise, unit_tfidf

# One seed for everybody: who could choose it could choose a passing one.
SEED = 20_261_120
DRAWS = 199
# What one case can move the AUC by if all its pairs are ordered alike, and so what a missing
# one may hide.
STEP = 0.5

DISTINGUISHABILITY = Spec(
    id="fairness.distinguishability",
    version="1",
    question="How well can a classifier tell a group from masked drafts about the same work?",
    unit="AUC",
    sense="lower_is_better",
    shape="level",
    method="within-case AUC of a ridge classifier on masked TF-IDF, case and name held out",
    neutral=0.5,
)
NAME_LEAKAGE = Spec(
    id="fairness.name_leakage",
    version="1",
    question="How much better is the group told by a classifier that has seen the names' drafts?",
    unit="AUC difference",
    sense="lower_is_better",
    shape="level",
    method="within-case AUC with folds by case alone, less that with names held out as well",
)


@dataclass(frozen=True)
class _Axis:
    """One attribute's drafts: of complete cases, prepared for any of its groups.

    ``group`` and ``stratum`` are of each name: its level, and its cell of the other attributes.
    """

    sliced: Sliced
    drafts: auc.Drafts
    levels: tuple[str, ...]
    group: NDArray[np.int64]
    stratum: NDArray[np.int64]

    def sides(self) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Each group with its names; of two groups the first alone."""
        wanted = self.levels[:1] if len(self.levels) == 2 else self.levels
        return ((level, self.group == code) for code, level in enumerate(wanted))


@dataclass(frozen=True)
class _Compared:
    """An estimate with the standard error that counts and how it was found."""

    spread: Spread
    se: float
    least: float
    method: str
    p_value: float | None = None


_Compare = Callable[[_Axis, NDArray[np.bool_]], _Compared | None]


def distinguishability(
    frame: pd.DataFrame, *, seed: int = SEED, draws: int = DRAWS
) -> list[Finding]:
    """Within-case AUC of each group against the rest, for each attribute; .5 is a coin's.

    Args:
        frame: a drafts frame; only its main block is used, and of more than 6,000 drafts those
            of evenly spread cases.
        seed: deals the folds and the permutations.
        draws: how often whole names change sides.

    Returns:
        One finding per group (of two groups the first), none for crosses. Undefined as a
        contrast is, and under 120 complete cases.
    """

    def compare(axis: _Axis, mine: NDArray[np.bool_]) -> _Compared | None:
        found = auc.separation(axis.drafts, mine)
        if found is None:
            return None
        rng = np.random.default_rng([seed, 1])
        null = auc.separation_test(
            axis.drafts, mine, found.estimate, rng, draws=draws, stratum=axis.stratum
        )
        said = f", {len(null.null)} permutations of whole names, seed {seed}"
        method = DISTINGUISHABILITY.method + said
        return _Compared(found, max(found.se, null.sd), 0.0, method, null.p)

    return _measured(frame, DISTINGUISHABILITY, seed, compare)


def name_leakage(frame: pd.DataFrame, *, seed: int = SEED) -> list[Finding]:
    """By how much the AUC rises when names may be learnt; arguments and returns as above."""

    def compare(axis: _Axis, mine: NDArray[np.bool_]) -> _Compared | None:
        found = auc.leakage(axis.drafts, mine)
        method = f"{NAME_LEAKAGE.method}, seed {seed}"
        return None if found is None else _Compared(found, found.se, -1.0, method)

    return _measured(frame, NAME_LEAKAGE, seed, compare)


def _measured(frame: pd.DataFrame, spec: Spec, seed: int, compare: _Compare) -> list[Finding]:
    drafts = within_reach(main_block(frame))
    attributes = group_attributes(frame)
    if not attributes:
        return [undefined(spec, drafts, *NO_GROUPS, scored=int(_worded(drafts).sum()))]
    if drafts.empty:
        reason = "no draft was planned"
        return [undefined(spec, drafts, reason, "missing_drafts", by=by) for by in attributes]
    # Matrices this small are multiplied faster by one thread than by two that wait for each
    # other, and to the same last digit on every machine.
    with threadpool_limits(1):
        return _over(drafts, attributes, spec, seed, compare)


def _over(
    drafts: pd.DataFrame, attributes: list[str], spec: Spec, seed: int, compare: _Compare
) -> list[Finding]:
    words = _worded(drafts)
    values = words.astype(float).where(words)
    vectors = _vectors(drafts[words])
    found: list[Finding] = []
    for by in attributes:
        sliced = Sliced(spec, drafts, int(words.sum()), by, design_for(drafts, values, by))
        stop = problem(drafts, values, sliced.design, by) or _too_few(sliced.design.cases)
        if stop:
            found.append(undefined(spec, drafts, *stop, scored=sliced.scored, by=by))
            continue
        axis = _axis(sliced, drafts[words], vectors, seed)
        found += [_finding(axis, level, mine, compare) for level, mine in axis.sides()]
    return found


def _worded(drafts: pd.DataFrame) -> pd.Series[bool]:
    return pd.Series(tokenise(drafts["text"]).lengths > 0, index=drafts.index)


def _too_few(cases: int) -> tuple[str, UndefinedCode] | None:
    if cases >= auc.MIN_CASES:
        return None
    return short_of(cases, "complete cases", auc.MIN_CASES), "too_few"


def _axis(sliced: Sliced, drafts: pd.DataFrame, vectors: sparse.csr_array, seed: int) -> _Axis:
    attributes = group_attributes(drafts)
    cell = labels(drafts, attributes)
    planned = sliced.design.cells
    whole = labels(drafts, attributes if len(planned[0]) == len(attributes) else [sliced.by])
    per_case = whole.groupby(drafts["case_id"]).nunique()
    kept = drafts["case_id"].isin(per_case.index[per_case == len(planned)]).to_numpy()
    drafts, cell = drafts[kept], cell[kept]
    names = pd.MultiIndex.from_arrays([cell, drafts["name"]]).factorize(sort=True)
    groups = [drafts[f"{GROUP}{a}"].to_numpy() for a in attributes]
    first = np.unique(names[0], return_index=True)[1]
    own = pd.factorize(groups[attributes.index(sliced.by)][first], sort=True)
    others = [values[first] for a, values in zip(attributes, groups, strict=True) if a != sliced.by]
    stratum = pd.factorize(pd.Series([CROSS.join(parts) for parts in zip(*others, strict=True)]))[0]
    prepared = auc.prepare(
        vectors[np.flatnonzero(kept)],
        pd.factorize(drafts["case_id"])[0].astype(np.int64),
        names[0].astype(np.int64),
        pd.factorize(cell.to_numpy()[first])[0].astype(np.int64),
        np.random.default_rng(seed),
    )
    return _Axis(
        sliced,
        prepared,
        tuple(map(str, own[1])),
        own[0].astype(np.int64),
        stratum.astype(np.int64) if others else np.zeros(len(first), dtype=np.int64),
    )


def _vectors(drafts: pd.DataFrame) -> sparse.csr_array:
    """TF-IDF of the drafts with names, pronouns, gendered words and group words masked."""
    groups = {str(v) for a in group_attributes(drafts) for v in drafts[f"{GROUP}{a}"].unique()}
    names = map(str, drafts["name"].unique())
    return unit_tfidf(counts(tokenise(drafts["text"]).masked(names, groups)))


def _finding(axis: _Axis, level: str, mine: NDArray[np.bool_], compare: _Compare) -> Finding:
    sliced, names = axis.sliced, int(min(mine.sum(), (~mine).sum()))
    if names < MIN_NAMES:
        return sliced.too_few(level, names)
    compared = compare(axis, mine)
    if compared is None:
        return sliced.nothing(level, names, "too few pairs of drafts to compare within cases")
    interval = StudentT(
        se=compared.se,
        se_name=min(compared.spread.se_name, compared.se),
        df=min(sliced.design.cases, names) - 1,
        clusters=sliced.design.cases,
        step=STEP,
        widen=sliced.design.missing * STEP,
        least=compared.least,
        most=1.0,
    )
    found = sliced.finding(level, names, round(compared.spread.estimate, 12), interval)
    return found.model_copy(update={"method": compared.method, "p_value": compared.p_value})


METRICS = (Metric(DISTINGUISHABILITY, distinguishability), Metric(NAME_LEAKAGE, name_leakage))
