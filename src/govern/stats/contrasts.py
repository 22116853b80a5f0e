"""Group contrasts in the paired design: the same cases under every group, names crossed with cases.

The variance is the largest of three: by case, by name, and both less what they share. Own
names give the degrees of freedom. Source: docs/statistics.md#contrasts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.frames import coded

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Cells = tuple[tuple[str, ...], ...]
MIN_CASES = 12
MIN_NAMES = 10
MAX_MISSING = 0.05


@dataclass(frozen=True)
class Paired:
    """Complete cases × cells, reduced to what every contrast needs.

    Attributes:
        cells: labels of the G cells.
        means: C × G means of a case's drafts in a cell.
        by_name: G name variances of a cell's mean, before the weights.
        by_cell: G draft variances of a cell's mean, before the weights.
        names: G numbers of names.
        missing: share of planned drafts that were not scored.
        drafts: scored drafts of complete cases.
    """

    cells: Cells
    means: Floats
    by_name: Floats
    by_cell: Floats
    names: NDArray[np.int64]
    missing: float
    drafts: int

    @property
    def cases(self) -> int:
        return int(self.means.shape[0])


@dataclass(frozen=True)
class Contrast:
    """A signed estimate with its three variances; ``own_names`` of the smaller side."""

    estimate: float
    v_case: float
    v_name: float
    v_cell: float
    own_names: int
    cases: int

    @property
    def variance(self) -> float:
        return max(self.v_case, self.v_name, self.v_case + self.v_name - self.v_cell)

    @property
    def se_name(self) -> float:
        """Standard error that more cases under the same names would leave."""
        return float(np.sqrt(max(self.v_name - self.v_cell, 0.0)))

    @property
    def df(self) -> int:
        return min(self.cases, self.own_names) - 1


def paired(table: pd.DataFrame, cells: list[str]) -> Paired:
    """Reduce drafts to complete cases.

    Args:
        table: planned drafts with ``case_id``, ``name``, ``value`` (NaN where not
            scored) and the columns ``cells``, whose cross makes the cells.
        cells: group columns.

    Returns:
        ``means`` has no row where no case is complete.
    """
    cell, labels = cells_of(table, cells)
    case, cases = coded(table["case_id"])
    y = table["value"].to_numpy(dtype=np.float64)
    scored = ~np.isnan(y)
    rows = scored & in_all_cells(case[scored], cell[scored], len(cases), len(labels))[case]
    missing = 1 - int(scored.sum()) / len(table) if len(table) else 1.0
    return from_codes(
        y[rows],
        pd.factorize(case[rows])[0].astype(np.int64),
        cell[rows],
        pd.factorize(coded(table["name"])[0][rows], use_na_sentinel=False)[0].astype(np.int64),
        labels=labels,
        missing=missing,
    )


def cells_of(table: pd.DataFrame, columns: list[str]) -> tuple[Codes, Cells]:
    """The cell of each row in the cross of ``columns``, and the labels of those that occur."""
    codes, levels = zip(*(coded(table[column]) for column in columns), strict=True)
    sizes = [len(level) for level in levels]
    place = np.asarray(np.ravel_multi_index(codes, sizes), dtype=np.int64)
    cell, found = pd.factorize(place, sort=True)
    parts = (level[at] for level, at in zip(levels, np.unravel_index(found, sizes), strict=True))
    return cell.astype(np.int64), tuple(zip(*(map(str, part) for part in parts), strict=True))


def in_all_cells(case: Codes, cell: Codes, cases: int, cells: int) -> NDArray[np.bool_]:
    """Which of the cases have a row in every cell."""
    has = np.zeros((cases, cells), dtype=bool)
    has[case, cell] = True
    return np.asarray(has.all(axis=1))


def from_codes(
    y: Floats,
    case: Codes,
    cell: Codes,
    name: Codes,
    *,
    labels: tuple[tuple[str, ...], ...],
    missing: float,
) -> Paired:
    """Reduce scored drafts of complete cases, each by the codes of its case, cell and name.

    κ = (G/(G-1))² undoes what centring by case takes away.
    """
    cells, count = len(labels), int(case.max(initial=-1)) + 1
    place = case * cells + cell
    drafts = np.bincount(place, minlength=count * cells)
    means = (np.bincount(place, y, minlength=count * cells) / np.maximum(drafts, 1)).reshape(
        count, cells
    )
    if count < 2 or cells < 2:
        nothing = np.zeros(cells)
        return Paired(labels, means, nothing, nothing, nothing.astype(np.int64), missing, len(y))
    weight = 1 / (count * drafts[place])
    centred = y - means.mean(axis=1)[case]
    offset = np.bincount(cell, weight * centred, minlength=cells)
    error = weight * (centred - offset[cell])
    person = np.unique(cell * (int(name.max()) + 1) + name, return_inverse=True)[1]
    sums = np.bincount(person, error)
    home = np.zeros(len(sums), dtype=np.int64)
    home[person] = cell
    names = np.bincount(home, minlength=cells)
    kappa = (cells / (cells - 1)) ** 2
    small_sample = np.where(names > 1, names / np.maximum(names - 1, 1), 1.0)
    by_name = kappa * small_sample * np.bincount(home, sums**2, minlength=cells)
    by_cell = kappa * np.bincount(cell, error**2, minlength=cells) * count / (count - 1)
    return Paired(labels, means, by_name, by_cell, names, missing, len(y))


def against_others(design: Paired, position: int, level: str) -> Floats:
    """Weights of ``level`` of one attribute against the mean of its other levels."""
    mine = np.array([cell[position] == level for cell in design.cells])
    levels = len({cell[position] for cell in design.cells})
    per_level = {
        lv: sum(c[position] == lv for c in design.cells) for lv in _levels(design, position)
    }
    return np.array(
        [
            (1.0 if m else -1.0 / (levels - 1)) / per_level[c[position]]
            for m, c in zip(mine, design.cells, strict=True)
        ]
    )


def cell_against_others(design: Paired, index: int) -> Floats:
    """Weights of one cell of the full cross against the mean of the others."""
    weights = np.full(len(design.cells), -1.0 / (len(design.cells) - 1))
    weights[index] = 1.0
    return weights


def level_mean(design: Paired, position: int, level: str) -> Floats:
    """Weights that average the cells of one level."""
    mine = np.array([float(cell[position] == level) for cell in design.cells])
    return np.asarray(mine / mine.sum())


def _levels(design: Paired, position: int) -> list[str]:
    return sorted({cell[position] for cell in design.cells})


def contrast(design: Paired, weights: Floats) -> Contrast:
    """The contrast ``weights`` of the cell means, over complete cases."""
    by_case = design.means @ weights
    squared = weights**2
    return Contrast(
        estimate=round(float(by_case.mean()), 12),
        v_case=float(by_case.var(ddof=1) / design.cases),
        v_name=float(squared @ design.by_name),
        v_cell=float(squared @ design.by_cell),
        own_names=own_names(design, weights),
        cases=design.cases,
    )


def own_names(design: Paired, weights: Floats) -> int:
    """Names on the smaller side of a contrast."""
    sides = (design.names[weights > 0].sum(), design.names[weights < 0].sum())
    return int(min(sides))


def ratio_variances(
    design: Paired, over: Floats, under: Floats
) -> tuple[tuple[float, float, float], ...]:
    """Coefficients of 1, r, r² of the three variances of mean(over) - r·mean(under)."""
    a, b = design.means @ over, design.means @ under
    n = design.cases
    covariance = np.cov(np.stack([a, b]), ddof=1) / n
    case = (covariance[0, 0], -2 * covariance[0, 1], covariance[1, 1])
    name = (float(over**2 @ design.by_name), 0.0, float(under**2 @ design.by_name))
    cell = (float(over**2 @ design.by_cell), 0.0, float(under**2 @ design.by_cell))
    both = tuple(case[i] + name[i] - cell[i] for i in range(3))
    return tuple((float(v[0]), float(v[1]), float(v[2])) for v in (case, name, both))
