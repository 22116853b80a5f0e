"""Randomisation tests that move whole names between groups.

A name is what a group is made of here, so a name is what may be exchanged. Moving single drafts
tests that no *name* matters, which rejects wherever names differ at all. The p of a sample of
permutations counts what was seen as one of them, and so is never 0: Phipson & Smyth,
*Statistical Applications in Genetics and Molecular Biology* 9(1), 2010. That the units of the
random factor, and not the observations, are permuted: Anderson & ter Braak, *Journal of
Statistical Computation and Simulation* 73(2), 2003. Source: docs/statistics.md#randomisation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import factorial, prod

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
MOST_EXACT = 5_000
AT_ONCE = 500
# Sums of the same numbers in another order differ by less than this share of their size.
SAME = 1e-9


@dataclass(frozen=True)
class Permuted:
    """What was seen, larger being more extreme, and its values under permuted labels.

    ``exact``: ``null`` holds every arrangement, the one seen among them.
    """

    observed: float
    null: Floats
    exact: bool

    @property
    def p(self) -> float:
        """Share of arrangements at least as extreme as the one seen."""
        near = self.observed - SAME * max(abs(self.observed), float(np.abs(self.null).max()))
        hits = int((self.null >= near).sum())
        return hits / len(self.null) if self.exact else (1 + hits) / (1 + len(self.null))

    @property
    def sd(self) -> float:
        """Standard deviation under permuted labels."""
        return float(self.null.std(ddof=1)) if len(self.null) > 1 else 0.0


@dataclass(frozen=True)
class NameTable:
    """Values with what they share taken out, reduced to names.

    Attributes:
        sums: M sums of a name's values, each less the mean of its case.
        drafts: M numbers of values.
        shared: cases × names counts; row c says whose values case c holds.
        group: M codes 0 … G-1.
    """

    sums: Floats
    drafts: Floats
    shared: sparse.csr_array
    group: Codes


def name_table(y: Floats, case: Codes, name: Codes, group: Codes) -> NameTable:
    """Reduce N values to their M names.

    Args:
        y: values, none missing.
        case: N codes 0 … C-1, all used; values are compared within a case. One code for all
            of a table without cases.
        name: N codes 0 … M-1, all used.
        group: M codes, one for each name.
    """
    count = np.bincount(case)
    centred = y - (np.bincount(case, y) / count)[case]
    shape = (len(count), len(group))
    shared = sparse.csr_array((np.ones(len(y)), (case, name)), shape=shape)
    shared.sum_duplicates()
    drafts = np.bincount(name, minlength=len(group)).astype(float)
    sums = np.bincount(name, centred, len(group)).astype(float)
    return NameTable(sums, drafts, shared, group)


def group_effects(table: NameTable, labels: Codes) -> Floats:
    """Least-squares effect of each group beside the cases, under each row of labels.

    Taking the labels' own case means out too keeps the spread of the null honest: a permuted
    case is no longer balanced between groups, and comparing it as if it were is too exact.

    Args:
        table: of M names.
        labels: B × M group codes.

    Returns:
        B × G effects that sum to zero over the groups that can be told apart.
    """
    groups = int(table.group.max()) + 1
    per_case = np.asarray(table.shared.sum(axis=1)).ravel()
    found = np.empty((len(labels), groups))
    for start in range(0, len(labels), AT_ONCE):
        part = labels[start : start + AT_ONCE]
        member = (part[:, :, None] == np.arange(groups)).astype(float)
        flat = member.transpose(1, 0, 2).reshape(len(table.group), -1)
        held = (table.shared @ flat).reshape(len(per_case), len(part), groups)
        own = np.einsum("m,bmg->bg", table.drafts, member)
        cross = np.einsum("cbg,cbh,c->bgh", held, held, 1 / per_case, optimize=True)
        normal = own[:, :, None] * np.eye(groups) - cross
        right = np.einsum("m,bmg->bg", table.sums, member)
        solved = np.linalg.pinv(normal, rcond=SAME, hermitian=True) @ right[:, :, None]
        found[start : start + len(part)] = solved[:, :, 0]
    return found


def contrast_test(
    table: NameTable,
    weights: Floats,
    rng: np.random.Generator,
    *,
    draws: int = 199,
    stratum: Codes | None = None,
) -> Permuted:
    """Is a contrast of groups larger, on either side, than chance deals out to whole names?

    Args:
        table: of M names.
        weights: G, summing to zero; ``ct.against_others`` and its kin.
        rng: of the sample, where there are over ``MOST_EXACT`` arrangements.
        draws: size of that sample; 199 at least for a test at .05.
        stratum: M codes; names change places only within their stratum.
    """
    labels, exact = arrangements(table.group, rng, draws=draws, stratum=stratum)
    seen = group_effects(table, table.group[None, :])[0] @ weights
    return Permuted(float(abs(seen)), np.abs(group_effects(table, labels) @ weights), exact)


def omnibus_test(
    table: NameTable, rng: np.random.Generator, *, draws: int = 199, stratum: Codes | None = None
) -> Permuted:
    """Do the groups differ at all? The sum of squared group effects; arguments as above.

    The sum and not the largest: the largest single effect is what Holm's steps over the slices
    judge already, while many small ones add up only here.
    """
    labels, exact = arrangements(table.group, rng, draws=draws, stratum=stratum)
    seen = float((group_effects(table, table.group[None, :])[0] ** 2).sum())
    return Permuted(seen, (group_effects(table, labels) ** 2).sum(axis=1), exact)


def arrangements(
    group: Codes, rng: np.random.Generator, *, draws: int, stratum: Codes | None = None
) -> tuple[Codes, bool]:
    """Group labels of names in other places: all of them if few, else ``draws`` at random.

    Returns:
        B × M codes, and whether they are all there are.
    """
    strata = np.zeros_like(group) if stratum is None else stratum
    members = [np.flatnonzero(strata == s) for s in np.unique(strata)]
    if prod(_ways(group[m]) for m in members) <= MOST_EXACT:
        every = [list(_rearranged(sorted(group[m].tolist()))) for m in members]
        labels = np.empty((prod(map(len, every)), len(group)), dtype=np.int64)
        for row, dealt in enumerate(product(*every)):
            for m, codes in zip(members, dealt, strict=True):
                labels[row, m] = codes
        return labels, True
    labels = np.tile(group, (draws, 1))
    for m in members:
        labels[:, m] = rng.permuted(labels[:, m], axis=1)
    return labels, False


def _ways(labels: Codes) -> int:
    return factorial(len(labels)) // prod(factorial(int(n)) for n in np.bincount(labels))


def _rearranged(labels: list[int]) -> Iterator[tuple[int, ...]]:
    """Each distinct order of sorted labels once."""
    if len(labels) < 2:
        yield tuple(labels)
        return
    for place, first in enumerate(labels):
        if place and first == labels[place - 1]:
            continue
        for rest in _rearranged(labels[:place] + labels[place + 1 :]):
            yield (first, *rest)
