"""Whole names change places: exact on small tables, and the right size where names differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from govern.stats.permutation import (
    Permuted,
    arrangements,
    contrast_test,
    group_effects,
    name_table,
    omnibus_test,
)

TWO = np.array([1.0, -1.0])


def rng(seed=0):
    return np.random.default_rng(seed)


def uncased(values, group):
    """One value a name, all of one case: an ordinary two-sample table."""
    y, g = np.asarray(values, dtype=float), np.asarray(group)
    return name_table(y, np.zeros(len(y), dtype=np.int64), np.arange(len(y)), g)


def crossed(cases, names, groups, seed, *, name_sd=0.0, shift=0.0):
    """A value for each case and group, names going round as in a plan; the first group shifted."""
    draw = rng(seed)
    case, group = (axis.ravel() for axis in np.indices((cases, groups)))
    name = (case + (group + 1) * (case // names)) % names + group * names
    own = draw.normal(0, name_sd, groups * names)[name]
    y = draw.normal(0, 1, cases)[case] + own + draw.normal(0, 0.5, len(case)) + shift * (group == 0)
    return name_table(y, case, name, np.repeat(np.arange(groups), names))


def test_a_contrast_of_two_by_two_names_by_hand():
    """Values 1, 2 | 3, 5: means differ by 2.5. Of 6 ways to deal 2 names to a group, 2 differ
    by as much (this one and its mirror image): p = 1/3."""
    found = contrast_test(uncased([1, 2, 3, 5], [0, 0, 1, 1]), TWO, rng())

    assert found.exact
    assert 2.5 == pytest.approx(found.observed)
    assert 2 / 6 == pytest.approx(found.p)


@pytest.mark.parametrize("seed", range(3))
def test_an_exact_p_is_that_of_scipy(seed):
    values = rng(seed).normal(size=10)
    expected = stats.permutation_test(
        (values[:4], values[4:]), lambda a, b: abs(a.mean() - b.mean()), alternative="greater"
    )
    found = contrast_test(uncased(values, [0] * 4 + [1] * 6), TWO, rng())

    assert expected.statistic == pytest.approx(found.observed)
    assert expected.pvalue == pytest.approx(found.p)


def test_the_omnibus_of_two_groups_orders_as_their_contrast_does():
    table = uncased(rng(4).normal(size=9), [0] * 4 + [1] * 5)

    assert contrast_test(table, TWO, rng()).p == pytest.approx(omnibus_test(table, rng()).p)


def test_an_exact_omnibus_over_three_groups_is_that_of_scipy():
    """Sizes alike and no cases, so that the effects are the means less the grand mean."""
    values = rng(5).normal(size=9)

    def squares(*groups):
        return sum((g.mean() - values.mean()) ** 2 for g in map(np.asarray, groups))

    expected = stats.permutation_test(
        (values[:3], values[3:6], values[6:]),
        squares,
        alternative="greater",
        permutation_type="independent",
        n_resamples=np.inf,
    )

    found = omnibus_test(uncased(values, np.repeat([0, 1, 2], 3)), rng())

    assert expected.pvalue == pytest.approx(found.p)


def test_effects_are_those_of_least_squares_with_a_column_for_each_case():
    draw = rng(6)
    case, name = draw.integers(0, 6, 60), np.arange(60) % 12
    group = np.arange(12) % 3
    y = draw.normal(size=60)
    columns = np.hstack([np.eye(6)[case], np.eye(3)[group[name]][:, 1:]])
    fitted = np.concatenate([[0], np.linalg.lstsq(columns, y)[0][6:]])

    found = group_effects(name_table(y, case, name, group), group[None, :])[0]

    assert fitted - fitted.mean() == pytest.approx(found)


def test_a_balanced_effect_is_the_difference_of_means():
    table = crossed(24, 12, 4, 1, shift=0.7)
    y_of_group = np.bincount(table.group, table.sums) / np.bincount(table.group, table.drafts)

    assert y_of_group == pytest.approx(group_effects(table, table.group[None, :])[0])


@given(values=st.lists(st.floats(-5, 5), min_size=6, max_size=30), shift=st.floats(-9, 9))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_what_a_case_adds_to_all_its_values_moves_no_p(values, shift):
    case = np.arange(len(values)) // 2
    group = np.arange(len(values)) % 2
    name = np.arange(len(values))
    y = np.array(values)
    plain, moved = (
        contrast_test(name_table(v, case, name, group), TWO, rng())
        for v in (y, y + shift * (case == 0))
    )

    assert plain.p == pytest.approx(moved.p)


def test_names_change_places_within_their_stratum_only():
    group, stratum = np.array([0, 1, 0, 1, 1]), np.array([0, 0, 1, 1, 1])
    labels, exact = arrangements(group, rng(), draws=5, stratum=stratum)

    assert exact
    assert 2 * 3 == len(labels) == len(np.unique(labels, axis=0))
    assert {1} == set(labels[:, :2].sum(axis=1))
    assert {2} == set(labels[:, 2:].sum(axis=1))


def test_many_names_are_sampled_and_the_seed_decides_which():
    group = np.arange(40) % 2
    first, again, other = (arrangements(group, rng(s), draws=9)[0] for s in (1, 1, 2))

    assert (9, 40) == first.shape
    assert (first == again).all()
    assert (first != other).any()
    assert {20} == set(first.sum(axis=1))


def test_a_sampled_p_counts_what_was_seen_and_is_never_zero():
    assert 0.1 == Permuted(5.0, np.arange(9) / 9, exact=False).p
    assert 0.3 == pytest.approx(Permuted(7 / 9, np.arange(9) / 9, exact=False).p)


def test_nothing_that_differs_gives_a_p_of_one():
    assert 1.0 == omnibus_test(uncased([3, 3, 3, 3], [0, 0, 1, 1]), rng()).p


def test_a_shifted_group_is_found_by_its_contrast_and_by_the_omnibus():
    table = crossed(48, 12, 4, 3, name_sd=0.2, shift=0.6)
    others = np.array([1.0, -1 / 3, -1 / 3, -1 / 3])

    assert contrast_test(table, others, rng()).p <= 0.01
    assert omnibus_test(table, rng()).p <= 0.01


@pytest.mark.parametrize("name_sd", [0.0, 0.5])
def test_the_size_is_right_whether_or_not_names_differ(name_sd):
    """300 suites without a group effect: .05 and at most three standard errors more. Moving
    drafts instead rejects a third of the time where names differ (statistics.md)."""
    tables = [crossed(24, 12, 4, [9, s], name_sd=name_sd) for s in range(300)]
    found = [
        (
            contrast_test(t, np.array([1, -1 / 3, -1 / 3, -1 / 3]), rng(7), draws=99).p,
            omnibus_test(t, rng(8), draws=99).p,
        )
        for t in tables
    ]
    size = (np.array(found) <= 0.05).mean(axis=0)

    assert (size <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)).all()
    assert (size > 0).all()
