"""Group contrasts against an oracle that follows the formulas draft by draft."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern.stats.contrasts import (
    Contrast,
    Paired,
    against_others,
    cell_against_others,
    contrast,
    level_mean,
    own_names,
    paired,
    ratio_variances,
)
from govern.stats.quantiles import t_quantile

GENDERS, RACES, NAMES = ("man", "woman"), ("A", "B", "H", "W"), 12
CELLS = [(g, r) for g in GENDERS for r in RACES]
NAN = float("nan")


def name_in(case: int, cell: int, again: int = 0, names: int = NAMES) -> int:
    """The design of docs/statistics.md; a second draft has another name."""
    return (case + (cell + 1) * (case // names) + 5 * again) % names


def planned(cases: int, drafts: int = 1, names: int = NAMES) -> pd.DataFrame:
    """The cells of a full cross, without values."""
    return pd.DataFrame(
        [
            (f"case {c:03}", f"{g}-{r}-{name_in(c, i, again, names)}", g, r)
            for c in range(cases)
            for i, (g, r) in enumerate(CELLS)
            for again in range(drafts)
        ],
        columns=["case_id", "name", "gender", "race"],
    )


def valued(table: pd.DataFrame, seed: int, name_sd: float = 0.2, noise: float = 0.5):
    """The table with case, name and draft effects."""
    rng = np.random.default_rng(seed)
    case, _ = pd.factorize(table["case_id"])
    name, names = pd.factorize(table["name"])
    value = (
        3
        + rng.normal(0, 1.1, case.max() + 1)[case]
        + rng.normal(0, name_sd, len(names))[name]
        + rng.normal(0, noise, len(table))
    )
    return table.assign(value=value)


def design_of(table: pd.DataFrame) -> Paired:
    return paired(table, ["gender", "race"])


@dataclass
class Oracle:
    """Section 1 of the recipe in loops over drafts.

    ``weight`` of a draft is 1/(C·k) with k the drafts of its case and cell; where k is the
    same everywhere these are the formulas as printed.
    """

    table: pd.DataFrame

    def __post_init__(self):
        self.cell_of = list(zip(self.table["gender"], self.table["race"], strict=True))
        self.cells = sorted(set(self.cell_of))
        rows = list(
            zip(
                self.table["case_id"],
                self.cell_of,
                self.table["name"],
                self.table["value"],
                strict=True,
            )
        )
        scored = [row for row in rows if row[3] == row[3]]
        have = {case: {cell for c, cell, *_ in scored if c == case} for case, *_ in rows}
        self.cases = sorted(case for case, cells in have.items() if len(cells) == len(self.cells))
        self.rows = [row for row in scored if row[0] in self.cases]
        self.y = {
            (case, cell): [v for c, g, _, v in self.rows if (c, g) == (case, cell)]
            for case in self.cases
            for cell in self.cells
        }

    def mean(self, case: str, cell: tuple[str, str]) -> float:
        return sum(self.y[case, cell]) / len(self.y[case, cell])

    def case_mean(self, case: str) -> float:
        return sum(self.mean(case, g) for g in self.cells) / len(self.cells)

    def errors(self, cell: tuple[str, str]) -> list[tuple[str, float]]:
        """Name and weighted error of each draft of a cell."""
        count = len(self.cases)
        mine = [
            (name, v - self.case_mean(case), 1 / (count * len(self.y[case, cell])))
            for case, g, name, v in self.rows
            if g == cell
        ]
        mean = sum(u * w for _, u, w in mine)
        return [(name, (u - mean) * w) for name, u, w in mine]

    def variances(self, weights: dict[tuple[str, str], float]) -> tuple[float, float, float, float]:
        """Estimate, V_case, V_name, V_cell."""
        count, groups = len(self.cases), len(self.cells)
        d = [sum(weights[g] * self.mean(c, g) for g in self.cells) for c in self.cases]
        estimate = sum(d) / count
        v_case = sum((x - estimate) ** 2 for x in d) / (count - 1) / count
        kappa, v_name, v_cell = (groups / (groups - 1)) ** 2, 0.0, 0.0
        for cell in self.cells:
            errors = self.errors(cell)
            sums: dict[str, float] = {}
            for name, e in errors:
                sums[name] = sums.get(name, 0.0) + e
            names = len(sums)
            squares = sum(s**2 for s in sums.values())
            v_name += kappa * weights[cell] ** 2 * names / (names - 1) * squares
            v_cell += (
                kappa * weights[cell] ** 2 * count / (count - 1) * sum(e**2 for _, e in errors)
            )
        return estimate, v_case, v_name, v_cell


def by_cell(weights: np.ndarray) -> dict[tuple[str, str], float]:
    return dict(zip(sorted(CELLS), map(float, weights), strict=True))


def same_as_oracle(table: pd.DataFrame) -> None:
    design, oracle = design_of(table), Oracle(table)
    for weights in (
        cell_against_others(design, 3),
        against_others(design, 0, "woman"),
        against_others(design, 1, "B"),
    ):
        found = contrast(design, weights)
        estimate, v_case, v_name, v_cell = oracle.variances(by_cell(weights))

        assert pytest.approx(estimate, abs=1e-11) == found.estimate
        assert pytest.approx((v_case, v_name, v_cell), rel=1e-9) == (
            found.v_case,
            found.v_name,
            found.v_cell,
        )
        assert pytest.approx(max(v_case, v_name, v_case + v_name - v_cell)) == found.variance


@pytest.mark.parametrize(("cases", "drafts"), [(24, 1), (24, 2), (13, 3)])
def test_the_three_variances_are_those_of_the_formulas(cases: int, drafts: int):
    same_as_oracle(valued(planned(cases, drafts), seed=cases + drafts))


def test_unequal_numbers_of_drafts_are_weighted_within_case_and_cell():
    """Every fifth draft lost: some cells keep one of two, some cases lose both and drop out."""
    table = valued(planned(26, 2), seed=7)
    table.loc[table.index % 5 == 0, "value"] = NAN
    table.loc[[16, 17], "value"] = NAN

    same_as_oracle(table)
    assert set(design_of(table).means.shape) == {25, 8}


def test_a_case_that_lacks_one_cell_is_left_out_of_all():
    table = valued(planned(14), seed=3)
    table.loc[0, "value"] = NAN
    rest = table[table["case_id"] != "case 000"]

    found, expected = design_of(table), design_of(rest)

    assert 13 == found.cases
    assert 13 * 8 == found.drafts
    assert pytest.approx(1 / (14 * 8)) == found.missing
    assert pytest.approx(expected.means) == found.means
    assert pytest.approx(expected.by_name) == found.by_name


def test_order_of_rows_changes_nothing():
    table = valued(planned(15, 2), seed=4)
    found = contrast(design_of(table.iloc[::-1]), against_others(design_of(table), 0, "man"))
    expected = contrast(design_of(table), against_others(design_of(table), 0, "man"))

    assert pytest.approx(
        (expected.estimate, expected.v_case, expected.v_name, expected.v_cell)
    ) == (
        found.estimate,
        found.v_case,
        found.v_name,
        found.v_cell,
    )


def test_two_cells_by_hand():
    """Two cases, two cells, names a1 a2 / b1 b2; κ = (2/1)² = 4, weights ±1.

    Cell x has 2, 6 and cell y 2, 4: d = 0, 2, estimate 1, V_case = var(0, 2)/2 = 2/2 = 1.
    Case means 2, 5. u of x is 0, 1, less its mean -½, ½, over C -¼, ¼; of y the opposite.
    V_name = 4 · 2 cells · 2/1 · (1/16 + 1/16) = 2; one draft a name and C/(C-1) = 2: V_cell = 2.
    V = max(1, 2, 1 + 2 - 2) = 2, df = min(2 cases, 2 names) - 1 = 1.
    """
    table = pd.DataFrame(
        {
            "case_id": ["p", "p", "q", "q"],
            "name": ["a1", "b1", "a2", "b2"],
            "group": ["x", "y", "x", "y"],
            "value": [2.0, 2.0, 6.0, 4.0],
        }
    )
    design = paired(table, ["group"])
    found = contrast(design, against_others(design, 0, "x"))

    assert Contrast(1.0, 1.0, 2.0, 2.0, own_names=2, cases=2) == found
    assert (2.0, 1, 0.0) == (found.variance, found.df, found.se_name)


def test_the_variance_is_the_largest_of_three():
    """(case, name, cell): 1 alone; 2 alone; 1 + 2 - ½ together."""
    variances = [
        Contrast(0.0, case, name, cell, own_names=12, cases=60).variance
        for case, name, cell in ((1.0, 0.2, 0.9), (0.5, 2.0, 1.5), (1.0, 2.0, 0.5))
    ]

    assert [1.0, 2.0, 2.5] == variances


def test_what_names_leave_is_never_less_than_nothing():
    assert 0.0 == Contrast(0.0, 1.0, 0.5, 0.8, own_names=12, cases=60).se_name
    assert pytest.approx(0.5) == Contrast(0.0, 1.0, 0.75, 0.5, own_names=12, cases=60).se_name


def test_degrees_of_freedom_count_the_names_of_the_smaller_side():
    """12 names a cell: 12 for a cell, 2 · 12 for a race, 4 · 12 for a gender; at most the cases."""
    design = design_of(valued(planned(60), seed=1))
    sides = [
        own_names(design, weights)
        for weights in (
            cell_against_others(design, 5),
            against_others(design, 1, "H"),
            against_others(design, 0, "man"),
        )
    ]

    assert [12, 24, 48] == sides
    assert 47 == contrast(design, against_others(design, 0, "man")).df
    assert 19 == contrast(design_of(valued(planned(20), 1)), against_others(design, 0, "man")).df


def test_only_names_with_a_scored_draft_count():
    table = valued(planned(24), seed=2)
    design = design_of(table[table["case_id"] <= "case 009"])

    assert [10] * 8 == list(design.names)


def test_weights_of_a_group_are_one_against_equal_shares_of_the_others():
    """Race over 2 genders: +½ each, the other three -1/3·½; gender: ±¼; cell: 1 and -1/7."""
    design = design_of(valued(planned(12), seed=1))

    assert pytest.approx([-1 / 6, 0.5, -1 / 6, -1 / 6] * 2) == against_others(design, 1, "B")
    assert pytest.approx([0.25] * 4 + [-0.25] * 4) == against_others(design, 0, "man")
    assert pytest.approx([1] + [-1 / 7] * 7) == cell_against_others(design, 0)
    assert pytest.approx([0, 0, 0.5, 0] * 2) == level_mean(design, 1, "H")


def test_both_genders_find_the_same_gap_with_opposite_signs():
    design = design_of(valued(planned(24), seed=9))
    man, woman = (contrast(design, against_others(design, 0, g)) for g in GENDERS)

    assert pytest.approx(-man.estimate) == woman.estimate
    assert pytest.approx(man.variance) == woman.variance


@given(
    seed=st.integers(0, 10_000),
    shift=st.integers(-3, 3),
    scale=st.sampled_from([0.5, 2.0, 10.0]),
)
@settings(derandomize=True, deadline=None, max_examples=15)
def test_a_planted_shift_moves_the_estimate_alone_and_a_new_unit_scales_all(
    seed: int, shift: int, scale: float
):
    """Metamorphic: +s for women is +s for the contrast, whatever the noise; κ and maxima hold."""
    table = valued(planned(13), seed)
    women = table["gender"] == "woman"
    moved = table.assign(value=(table["value"] + shift * women) * scale)
    weights = against_others(design_of(table), 0, "woman")
    before, after = contrast(design_of(table), weights), contrast(design_of(moved), weights)

    assert pytest.approx(scale * (before.estimate + shift), abs=1e-9) == after.estimate
    assert pytest.approx(scale**2 * before.variance) == after.variance


@given(seed=st.integers(0, 10_000))
@settings(derandomize=True, deadline=None, max_examples=15)
def test_how_hard_a_case_is_never_touches_a_contrast(seed: int):
    table = valued(planned(13), seed)
    harder = table.assign(value=table["value"] + 2.0 * (table["case_id"] < "case 006"))
    weights = cell_against_others(design_of(table), 0)
    before, after = contrast(design_of(table), weights), contrast(design_of(harder), weights)

    assert pytest.approx((before.estimate, before.variance)) == (after.estimate, after.variance)


def test_all_equal_drafts_have_no_variance_and_no_gap():
    design = design_of(planned(12).assign(value=4.0))
    found = contrast(design, cell_against_others(design, 0))

    assert pytest.approx((0.0, 0.0), abs=1e-20) == (found.estimate, found.variance)


def test_no_complete_case_leaves_nothing_rather_than_a_number():
    table = valued(planned(3), seed=1)
    table.loc[table["race"] == "B", "value"] = NAN

    found = design_of(table)

    assert (0, 0, 8) == (found.cases, found.drafts, len(found.cells))
    assert pytest.approx(0.25) == found.missing


def test_nothing_scored_is_wholly_missing():
    found = design_of(planned(2).assign(value=NAN))

    assert (0, 1.0) == (found.cases, found.missing)


def test_one_case_alone_has_no_name_variance():
    found = design_of(valued(planned(1), seed=1))

    assert (1, [0.0] * 8) == (found.cases, list(found.by_name))


def test_the_ratio_test_uses_the_variances_of_its_linear_form():
    """At every r the three are those of the contrast with weights over - r·under."""
    design = design_of(valued(planned(24, 2), seed=5))
    over, under = level_mean(design, 1, "A"), level_mean(design, 1, "W")
    forms = ratio_variances(design, over, under)

    for r in (0.0, 0.5, 0.8, 1.0, 2.5):
        linear = contrast(design, over - r * under)
        expected = (linear.v_case, linear.v_name, linear.v_case + linear.v_name - linear.v_cell)
        assert pytest.approx(expected) == tuple(a + b * r + c * r**2 for a, b, c in forms)


def test_the_ratio_test_agrees_with_the_oracle_at_eight_tenths():
    table = valued(planned(24, 2), seed=6)
    design, oracle = design_of(table), Oracle(table)
    over, under = level_mean(design, 0, "woman"), level_mean(design, 0, "man")
    _, v_case, v_name, v_cell = oracle.variances(by_cell(over - 0.8 * under))

    found = [a + 0.8 * b + 0.64 * c for a, b, c in ratio_variances(design, over, under)]

    assert pytest.approx([v_case, v_name, v_case + v_name - v_cell]) == found


@pytest.fixture(scope="module")
def covered() -> dict[str, tuple[float, float]]:
    """Share of 300 null studies whose 90 % interval holds zero: (three-term, case only).

    60 cases × 8 groups × 12 names, name sd .17, noise .5: intraclass correlation .1.
    """
    runs, hits = 300, {"cell": [0, 0], "race": [0, 0]}
    rng = np.random.default_rng(20_261_121)
    table = planned(60)
    case, _ = pd.factorize(table["case_id"])
    name, names = pd.factorize(table["name"])
    for _ in range(runs):
        value = rng.normal(0, 0.17, len(names))[name] + rng.normal(0, 0.5, len(table))
        design = design_of(table.assign(value=value + rng.normal(0, 1.1, 60)[case]))
        for slice_, weights in (
            ("cell", cell_against_others(design, 0)),
            ("race", against_others(design, 1, "A")),
        ):
            found = contrast(design, weights)
            reach = t_quantile(0.05, found.df) * found.variance**0.5
            by_case = t_quantile(0.05, found.cases - 1) * found.v_case**0.5
            hits[slice_][0] += abs(found.estimate) <= reach
            hits[slice_][1] += abs(found.estimate) <= by_case
    return {s: (ours / runs, theirs / runs) for s, (ours, theirs) in hits.items()}


@pytest.mark.parametrize("slice_", ["cell", "race"])
def test_nine_of_ten_intervals_cover_when_names_differ(
    covered: dict[str, tuple[float, float]], slice_: str
):
    """Recipe: .90 to .95; two standard errors of 300 runs are .035."""
    assert 0.87 <= covered[slice_][0] <= 0.985


@pytest.mark.parametrize("slice_", ["cell", "race"])
def test_variance_by_case_alone_would_cover_too_seldom(
    covered: dict[str, tuple[float, float]], slice_: str
):
    """Recipe: .70 to .91; names must be counted or luck of names looks like a gap."""
    assert covered[slice_][1] < 0.83
    assert covered[slice_][1] < covered[slice_][0] - 0.08
