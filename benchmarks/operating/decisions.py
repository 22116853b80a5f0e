"""Drafts until a decision: the paired design with looks, and an unpaired design of fixed size.

The unpaired design drafts every case once, for one group. Both decide by the same margins and
with the same errors: at no gap they pass nine times in ten, at the margin hardly ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from govern.stats import contrasts as ct
from govern.stats.looks import look_cases
from govern.stats.quantiles import t_quantile
from operating.contrasts import interval_of
from operating.drafting import CELLS, SHIPPED_NAMES, designs, logistic, names_used
from operating.early import Ends, Seen, designs_at, ends_after, fractions_of

Floats = NDArray[np.float64]
ALPHA = 0.05
POWER = 0.9
PLANNED = 360
GAPS = (0.0, 1.0, 2.0)
# What the comparator that is adjusted for the gold rating knows of what makes cases differ.
KNOWN = 0.8
MANY = 200_000
NODES, MASSES = np.polynomial.hermite_e.hermegauss(40)
MASSES = MASSES / MASSES.sum()


@dataclass(frozen=True)
class Drafted:
    """An outcome as a draft of a case has it.

    Attributes:
        title: what it is.
        step: the least by which one case can differ.
        cells_to_axes: margin of a cell over that of a gender or race.
        case: effects of so many cases.
        draft: drafts, given effects of their cases.
        expected: mean of a case's drafts, given its effect.
    """

    title: str
    step: float
    cells_to_axes: float
    case: Callable[[np.random.Generator, tuple[int, ...]], Floats]
    draft: Callable[[np.random.Generator, Floats], Floats]
    expected: Callable[[Floats], Floats]


def _rated(rng: np.random.Generator, case: Floats) -> Floats:
    return np.clip(np.rint(case + rng.normal(0, 0.5, case.shape)), 1, 5)


def _expected_rating(case: Floats) -> Floats:
    """1 + Σ P(rating > k)."""
    return np.asarray(1 + sum(stats.norm.sf((k + 0.5 - case) / 0.5) for k in (1, 2, 3, 4)))


def _counted(of: int, mean: float, case_sd: float, draft_sd: float) -> dict[str, Callable]:
    def draft(rng: np.random.Generator, case: Floats) -> Floats:
        return rng.binomial(of, logistic(case + rng.normal(0, draft_sd, case.shape))) / of

    def expected(case: Floats) -> Floats:
        return np.asarray(logistic(case[..., None] + draft_sd * NODES) @ MASSES)

    return {
        "case": lambda rng, shape: mean + rng.normal(0, case_sd, shape),
        "draft": draft,
        "expected": expected,
    }


OUTCOMES: Mapping[str, Drafted] = {
    "uniform": Drafted(
        "rating, uniform bands",
        1.0,
        5 / 3,
        lambda rng, shape: rng.integers(1, 6, shape) + rng.normal(0, 0.3, shape),
        _rated,
        _expected_rating,
    ),
    "realistic": Drafted(
        "rating, realistic spread",
        1.0,
        5 / 3,
        lambda rng, shape: 3.3 + rng.normal(0, 0.8, shape),
        _rated,
        _expected_rating,
    ),
    "coverage": Drafted("key items covered", 0.2, 2.0, **_counted(5, 1.6, 0.6, 0.4)),
    "share": Drafted("unsupported share", 1 / 12, 1.5, **_counted(12, -3.7, 0.7, 0.5)),
}


@dataclass(frozen=True)
class Asked:
    """Which contrasts must lie within which margins, up to a common factor.

    Attributes:
        title: of the question.
        weights: slices × cells.
        margins: of each slice, relative to the first.
        moved: cells that a gap raises, as what it adds per unit of the gap.
        gap_of: the slice whose margin the gap is measured in.
    """

    title: str
    weights: Floats
    margins: Floats
    moved: Floats
    gap_of: int


def one_slice(outcome: Drafted) -> Asked:
    design = _any_design()
    weights = ct.against_others(design, 0, "female")
    moved = np.array([float(cell[0] == "female") for cell in CELLS])
    return Asked("gender alone", weights[None], np.ones(1), moved, 0)


def thirteen_slices(outcome: Drafted) -> Asked:
    design = _any_design()
    races = sorted({cell[1] for cell in CELLS})
    weights = [
        ct.against_others(design, 0, "female"),
        *(ct.against_others(design, 1, race) for race in races),
        *(ct.cell_against_others(design, i) for i in range(len(CELLS))),
    ]
    margins = np.array([1.0] * 5 + [outcome.cells_to_axes] * 8)
    return Asked("13 slices", np.stack(weights), margins, np.eye(len(CELLS))[0], 5)


def _any_design() -> ct.Paired:
    used = names_used(24, SHIPPED_NAMES)
    return next(designs(np.zeros((1, *used.shape)), used))


def correlation(outcome: Drafted, seed: int) -> float:
    """Of two drafts of one case."""
    rng = np.random.default_rng(seed)
    case = outcome.case(rng, (MANY,))
    return float(np.corrcoef(outcome.draft(rng, case), outcome.draft(rng, case))[0, 1])


class Paired:
    """Runs of the paired design: the same cases for every cell, looked at four times."""

    def __init__(self, outcome: Drafted, asked: Asked, *, runs: int, seed: int) -> None:
        self.asked, self.cases = asked, look_cases(PLANNED, SHIPPED_NAMES)
        rng = np.random.default_rng([seed, PLANNED])
        used = names_used(PLANNED, SHIPPED_NAMES)
        self.runs: list[list[Seen]] = []
        for _ in range(runs):
            case = outcome.case(rng, (PLANNED, 1))
            values = outcome.draft(rng, np.repeat(case, len(CELLS), axis=1))
            at_looks = designs_at(values, used, self.cases)
            self.runs.append([_seen(at_looks, w, outcome.step) for w in asked.weights])

    def margin(self) -> float:
        """The first slice's margin at which nine runs in ten pass without a gap."""
        needed = []
        for slices in self.runs:
            ends = np.array([self._ends(seen, 0.0, ALPHA)[-1] for seen in slices])
            needed.append((np.maximum(-ends[:, 0], ends[:, 1]) / self.asked.margins).max())
        return float(np.quantile(needed, POWER))

    def decided(self, margin: float, gap: float) -> tuple[float, float, float]:
        """Share of runs that pass and that fail, and expected drafts, at a gap in margins."""
        passed = failed = 0
        drafts = []
        shifts = self.asked.weights @ self.asked.moved
        shifts = shifts * gap * margin * self.asked.margins[self.asked.gap_of]
        for slices in self.runs:
            outcome, look = self._verdict(slices, shifts, margin * self.asked.margins)
            passed += outcome == "pass"
            failed += outcome == "fail"
            drafts.append(self.cases[look] * len(CELLS))
        return passed / len(self.runs), failed / len(self.runs), float(np.mean(drafts))

    def _ends(self, seen: Seen, shift: float, alpha: float) -> list[Ends]:
        moved = [(estimate + shift, interval) for estimate, interval in seen]
        return ends_after(moved, alpha, fractions_of(self.cases))

    def _verdict(self, slices: Sequence[Seen], shifts: Floats, margins: Floats) -> tuple[str, int]:
        """What is decided and at which look: pass needs every slice, fail one at its Holm level."""
        ends = [self._ends(s, d, ALPHA) for s, d in zip(slices, shifts, strict=True)]
        strict = [
            self._ends(s, d, ALPHA / len(slices)) for s, d in zip(slices, shifts, strict=True)
        ]
        for look in range(len(self.cases)):
            if any(_outside(e[look], m) for e, m in zip(strict, margins, strict=True)):
                return "fail", look
            if all(_inside(e[look], m) for e, m in zip(ends, margins, strict=True)):
                return "pass", look
        return "insufficient_evidence", len(self.cases) - 1


def _seen(at_looks: Sequence[ct.Paired], weights: Floats, step: float) -> Seen:
    found = [ct.contrast(design, weights) for design in at_looks]
    return [(one.estimate, interval_of(one, step)) for one in found]


def _inside(ends: Ends, margin: float) -> bool:
    return -margin < ends[0] and ends[1] < margin


def _outside(ends: Ends, margin: float) -> bool:
    return ends[0] > margin or ends[1] < -margin


class Unpaired:
    """Runs of the unpaired design: every draft about a case of its own, one analysis at the end.

    ``known``: share of what makes cases differ that a covariate tells; outcomes are adjusted for
    it by least squares.
    """

    def __init__(
        self, outcome: Drafted, asked: Asked, *, known: float, each: int, runs: int, seed: int
    ) -> None:
        self.asked, self.each = asked, each
        rng = np.random.default_rng([seed, each])
        pairs = [self._run(rng, outcome, known) for _ in range(runs)]
        self.estimates = np.array([e for e, _ in pairs])
        self.reach = t_quantile(ALPHA, 2 * each - 2) * np.array([s for _, s in pairs])

    def _run(
        self, rng: np.random.Generator, outcome: Drafted, known: float
    ) -> tuple[Floats, Floats]:
        case = outcome.case(rng, (self.each, len(CELLS)))
        y = outcome.draft(rng, case)
        if known:
            mean = outcome.expected(case)
            tells = mean + rng.normal(0, mean.std() * sqrt(1 / known - 1), mean.shape)
            within = tells - tells.mean(axis=0)
            y = y - (tells - tells.mean()) * (within * y).sum() / (within**2).sum()
        error = y.var(axis=0, ddof=1) / self.each
        return self.asked.weights @ y.mean(axis=0), np.sqrt(self.asked.weights**2 @ error)

    def margin(self) -> float:
        needed = (np.abs(self.estimates) + self.reach) / self.asked.margins
        return float(np.quantile(needed.max(axis=1), POWER))

    def passed(self, margin: float, gap: float) -> float:
        shifts = self.asked.weights @ self.asked.moved
        shifts = shifts * gap * margin * self.asked.margins[self.asked.gap_of]
        inside = np.abs(self.estimates + shifts) + self.reach < margin * self.asked.margins
        return float(inside.all(axis=1).mean())


@dataclass(frozen=True)
class Compared:
    """Expected drafts of the paired design over those of an unpaired one with the same errors.

    Attributes:
        outcome, asked, comparator: what was compared.
        rho: correlation of two drafts of a case.
        margin: that the paired design's size can show, in the outcome's unit.
        fixed: drafts of the unpaired design.
        ratios: by gap.
        passes: of the paired design, by gap.
        unpaired_passes: of the unpaired one, by gap.
    """

    outcome: str
    asked: str
    comparator: str
    rho: float
    margin: float
    fixed: int
    ratios: tuple[float, ...]
    passes: tuple[float, ...]
    unpaired_passes: tuple[float, ...]


def compared(
    name: str, asking: Callable[[Drafted], Asked], *, runs: int, seed: int
) -> list[Compared]:
    """Both comparators for an outcome and a question."""
    outcome = OUTCOMES[name]
    asked, rho = asking(outcome), correlation(outcome, seed)
    paired = Paired(outcome, asked, runs=runs, seed=seed)
    margin = paired.margin()
    decided = [paired.decided(margin, gap) for gap in GAPS]
    rows = []
    for title, known in (("plain", 0.0), ("adjusted for gold", KNOWN)):
        each = 500
        for _ in range(2):
            unpaired = Unpaired(outcome, asked, known=known, each=each, runs=runs, seed=seed)
            each = max(round(each * (unpaired.margin() / margin) ** 2), 20)
        unpaired = Unpaired(outcome, asked, known=known, each=each, runs=runs, seed=seed)
        fixed = each * len(CELLS)
        rows.append(
            Compared(
                outcome.title,
                asked.title,
                title,
                rho,
                margin,
                fixed,
                tuple(drafts / fixed for _, _, drafts in decided),
                tuple(passed for passed, _, _ in decided),
                tuple(unpaired.passed(margin, gap) for gap in GAPS),
            )
        )
    return rows
