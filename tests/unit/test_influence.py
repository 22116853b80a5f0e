"""The jackknife's three variances against brute force, and against the contrasts' own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from govern.stats import contrasts as ct
from govern.stats.influence import of_drafts, ratio, spread
from govern.stats.levels import kappa_level, weighted_kappa


def crossed(cases, names, groups=4):
    """Codes of case, name and group of a plan's drafts."""
    case, group = (axis.ravel() for axis in np.indices((cases, groups)))
    return case, (case + (group + 1) * (case // names)) % names + group * names, group


def jackknifed(values):
    return (len(values) - 1) / len(values) * ((values - values.mean()) ** 2).sum()


def kappa_columns(rating, gold):
    return np.stack([np.ones_like(rating), rating, gold, rating**2, gold**2, rating * gold])


def test_a_ratio_is_deleted_case_by_case_as_by_brute_force():
    draw = np.random.default_rng(1)
    case, name, _ = crossed(24, 12)
    top, bottom = draw.poisson(2, 96).astype(float), draw.poisson(9, 96).astype(float)
    found = of_drafts(np.stack([top, bottom]), case, name, ratio)

    def without(code):
        return np.array(
            [top[code != c].sum() / bottom[code != c].sum() for c in range(code.max() + 1)]
        )

    assert top.sum() / bottom.sum() == pytest.approx(found.estimate)
    assert jackknifed(without(case)) == pytest.approx(found.v_case)
    assert jackknifed(without(name)) == pytest.approx(found.v_name)
    assert jackknifed(without(np.arange(96))) == pytest.approx(found.v_draft)


def test_kappa_without_each_name_is_that_of_scikit_learn():
    draw = np.random.default_rng(2)
    case, name, _ = crossed(24, 12)
    gold = draw.integers(1, 6, 24)[case].astype(float)
    rating = np.clip(gold + draw.integers(-1, 2, 96), 1, 5)
    found = of_drafts(kappa_columns(rating, gold), case, name, weighted_kappa)
    without = np.array(
        [
            cohen_kappa_score(rating[name != m], gold[name != m], weights="quadratic")
            for m in range(48)
        ]
    )

    assert jackknifed(without) == pytest.approx(found.v_name)


def test_by_case_alone_it_is_the_level_that_kappa_has():
    draw = np.random.default_rng(3)
    case, name, _ = crossed(24, 12)
    gold = draw.integers(1, 6, 24)[case].astype(float)
    rating = np.clip(gold + draw.integers(-1, 2, 96), 1, 5)
    level = kappa_level(rating, gold, case)
    found = of_drafts(
        kappa_columns(rating, gold), case, name, lambda sums: np.arctanh(weighted_kappa(sums))
    )

    assert level.interval.se == pytest.approx(found.v_case**0.5)


def mean_and_contrast(seed):
    """A group's mean less the others', by deletion and by the contrasts' own formulas."""
    draw = np.random.default_rng(seed)
    case, name, group = crossed(48, 12)
    y = draw.normal(0, 0.3, 48)[name] + draw.normal(0, 0.5, len(case))
    labels = tuple((str(g),) for g in range(4))
    design = ct.from_codes(y, case, group, name, labels=labels, missing=0.0)
    first = (group == 0).astype(float)
    found = of_drafts(
        np.stack([y * first, first, y * (1 - first), 1 - first]),
        case,
        name,
        lambda s: s[0] / s[1] - s[2] / s[3],
        name_group=np.arange(48) // 12,
    )
    return found, ct.contrast(design, ct.cell_against_others(design, 0))


def test_of_a_mean_the_estimate_and_the_case_variance_are_the_contrasts_own():
    found, expected = mean_and_contrast(4)

    assert expected.estimate == pytest.approx(found.estimate)
    assert expected.v_case == pytest.approx(found.v_case)


def test_of_a_mean_the_other_variances_are_the_true_ones_on_average():
    """Names .3 and drafts .5, 12 names and 48 drafts a group, Σa² = 4/3: by name
    4/3·(.09/12 + .25/48) = .0169, by draft 4/3·.34/48 = .0094. Over 100 suites."""
    found = [mean_and_contrast(seed)[0] for seed in range(100)]

    assert 0.0169 == pytest.approx(np.mean([f.v_name for f in found]), rel=0.12)
    assert 0.0094 == pytest.approx(np.mean([f.v_draft for f in found]), rel=0.12)


def test_the_largest_of_the_three_counts():
    """One draft a case and a name: all three are the same, and so is their sum less one."""
    y = np.array([1.0, 2.0, 4.0, 9.0])
    codes = np.arange(4)
    found = of_drafts(np.stack([y, np.ones(4)]), codes, codes, ratio)

    assert y.std(ddof=1) / 2 == pytest.approx(found.se)
    assert 0.0 == pytest.approx(found.se_name)


def test_a_statistic_undefined_without_one_cluster_has_no_spread():
    """All of the denominator is the first case's."""
    columns = np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]])
    codes = np.arange(3)

    assert of_drafts(columns, codes, codes, ratio) is None


def test_parts_may_overlap_where_pairs_are_summed():
    """Three drafts in pairs, values 1, 2, 6 of the pairs 01, 02, 12: without draft 0 only 6."""
    parts = np.array([[3.0, 7.0, 8.0], [2.0, 2.0, 2.0]])
    found = spread(np.array([9.0, 3.0]), (parts, parts, parts), ratio)

    assert 3.0 == found.estimate
    assert jackknifed(np.array([6.0, 2.0, 1.0])) == pytest.approx(found.v_case)


@given(scale=st.floats(0.1, 10), seed=st.integers(0, 20))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_another_unit_scales_the_spread(scale, seed):
    draw = np.random.default_rng(seed)
    case, name, _ = crossed(12, 6)
    columns = np.stack([draw.normal(size=48), np.ones(48)])
    plain = of_drafts(columns, case, name, ratio)
    scaled = of_drafts(columns * [[scale], [1]], case, name, ratio)

    assert plain.se * scale == pytest.approx(scaled.se)
    assert plain.se_name * scale == pytest.approx(scaled.se_name)


def test_names_that_differ_are_seen_in_the_name_variance():
    """Name effects and nothing else: deleting cases sees each name averaged away within cases."""
    case, name, _ = crossed(60, 12)
    own = np.random.default_rng(5).normal(0, 1, 48)
    found = of_drafts(np.stack([own[name], np.ones(240)]), case, name, ratio)

    assert found.v_name > 3 * found.v_case
    assert found.variance >= found.v_name
    assert found.se_name**2 == pytest.approx(found.v_name - found.v_draft)
