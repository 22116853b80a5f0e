"""Telling groups apart: pairs by hand, the fits against scikit-learn, names held out or seen."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.linear_model import Ridge
from sklearn.metrics import roc_auc_score

from govern.stats import auc
from govern.stats.permutation import Permuted

CELLS, NAMES = 4, 12
GROUP = np.repeat(np.arange(CELLS), NAMES)
FIRST = GROUP < 2


def rng(seed=0):
    return np.random.default_rng(seed)


@cache
def suite(seed, *, cases=48, tell=0.0, name_sd=0.0, features=12):
    """Prepared drafts of a crossed plan: features of case, name and draft; a tell in one."""
    draw = rng(seed)
    case, cell = (axis.ravel() for axis in np.indices((cases, CELLS)))
    name = (case + (cell + 1) * (case // NAMES)) % NAMES + cell * NAMES
    x = draw.normal(0, 1.5, (cases, features))[case] + draw.normal(0, 1, (len(case), features))
    x += draw.normal(0, name_sd, (len(GROUP), features))[name]
    x[:, 0] += tell * FIRST[name]
    return auc.prepare(sparse.csr_array(x), case, name, GROUP, draw)


def trial(drafts, seed=0, draws=99):
    found = auc.separation(drafts, FIRST)
    return found, auc.separation_test(
        drafts, FIRST, found.estimate, rng(seed), draws=draws, stratum=GROUP % 2
    )


def by_hand(drafts, *, blind):
    """Scores from scikit-learn's ridge, one fit for each fold with a column for each case, and
    the pairs in a double loop."""
    labels = FIRST[drafts.name].astype(float)
    scores, fit = np.zeros(len(labels)), np.zeros(len(labels))
    for number, fits in enumerate(drafts.blind if blind else drafts.seen):
        for f in range(auc.CASE_FOLDS):
            fitted = fits.fitted & (drafts.case_fold != f)
            rows = fits.scored & (drafts.case_fold == f)
            own = np.eye(drafts.case.max() + 1)[drafts.case[fitted]]
            without = np.eye(fitted.sum()) - own @ np.linalg.pinv(own)
            x = without @ drafts.features[fitted]
            ridge = Ridge(alpha=np.trace(x.T @ x) / x.shape[1], fit_intercept=False)
            ridge.fit(x, without @ labels[fitted])
            scores[rows] = ridge.predict(drafts.features[rows])
            fit[rows] = number
    won = [
        scores[i] > scores[j]
        for i in np.flatnonzero(labels == 1)
        for j in np.flatnonzero(labels == 0)
        if drafts.case[i] == drafts.case[j] and fit[i] == fit[j]
    ]
    return np.mean(won)


def test_the_share_of_pairs_is_that_of_fits_and_loops_by_hand():
    drafts = suite(1, tell=1.0)
    blind, seen = by_hand(drafts, blind=True), by_hand(drafts, blind=False)

    assert blind == pytest.approx(auc.separation(drafts, FIRST).estimate)
    assert seen - blind == pytest.approx(auc.leakage(drafts, FIRST).estimate)


def test_of_a_single_case_it_is_the_area_under_the_curve():
    """All pairs of one case, ties among them: what scikit-learn makes of scores and labels."""
    scores = np.array([0.9, 0.4, 0.4, 0.1, 0.7, 0.2])[:, None]
    labels = np.array([1.0, 1, 0, 0, 0, 1])[:, None]
    won, counted = auc._won(scores, labels, auc._pairs(np.zeros(6, dtype=np.int64)))

    assert 9 == counted.sum()
    assert roc_auc_score(labels.ravel(), scores.ravel()) == pytest.approx(won.sum() / 9)


def test_pairs_are_of_one_case_each_once():
    case = np.array([0, 1, 0, 2, 1, 0])
    expected = {(0, 2), (0, 5), (2, 5), (1, 4)}

    assert expected == set(map(tuple, auc._pairs(case).T.tolist()))


def test_who_wrote_the_same_for_everybody_in_a_case_cannot_be_told_apart():
    case, cell = (axis.ravel() for axis in np.indices((24, CELLS)))
    name = case % NAMES + cell * NAMES
    same = sparse.csr_array(rng().normal(size=(24, 5))[case])
    drafts = auc.prepare(same, case, name, GROUP, rng())
    found, null = trial(drafts)

    assert 0.5 == found.estimate
    assert 0.0 == found.se == null.sd
    assert 1.0 == null.p
    assert 0.0 == auc.leakage(drafts, FIRST).estimate


def test_a_tell_is_found_and_its_absence_is_not():
    found, null = trial(suite(2, tell=1.5))
    clean, calm = trial(suite(3, cases=96))

    assert found.estimate > 0.65
    assert 0.01 == null.p
    assert clean.estimate - 1.7 * max(clean.se, calm.sd) < 0.5
    assert calm.p > 0.05


def test_names_alone_look_like_a_group_only_to_who_has_seen_them():
    """Names differ, groups do not: held out they tell nothing, seen they do."""
    drafts = suite(4, cases=96, name_sd=1.0)
    found, null = trial(drafts)
    leaked = auc.leakage(drafts, FIRST)

    assert null.p > 0.05
    assert leaked.estimate - 1.7 * leaked.se > 0.1
    assert found.estimate < 0.6


def test_a_mark_that_each_name_has_alone_tells_nothing_about_names_held_out():
    """Trap: centred over whole cases, a held-out name's mark is in the features of those it
    shares cases with, and as it is missing among the fitted, its group is what it is not."""
    case, cell = (axis.ravel() for axis in np.indices((96, CELLS)))
    name = (case + (cell + 1) * (case // NAMES)) % NAMES + cell * NAMES
    marks = sparse.csr_array(np.eye(len(GROUP))[name])
    drafts = auc.prepare(marks, case, name, GROUP, rng())

    assert 0.5 == auc.separation(drafts, FIRST).estimate
    assert auc.leakage(drafts, FIRST).estimate == pytest.approx(0.5)


def test_with_names_that_differ_whole_names_are_what_the_null_moves():
    """The spread of the null is wider than where they do not: fewer things are exchanged."""
    _, calm = trial(suite(5, cases=96))
    _, named = trial(suite(5, cases=96, name_sd=1.0))

    assert named.sd > calm.sd


def test_too_few_pairs_to_do_without_any_case_have_no_spread():
    """One case has both kinds of names; without it no pair is left."""
    case = np.array([0, 0, 1, 1, 2, 2])
    name = np.array([0, 2, 0, 1, 2, 3])
    group = np.array([0, 0, 1, 1])
    x = sparse.csr_array(rng().normal(size=(6, 3)))
    drafts = auc.prepare(x, case, name, group, rng())

    assert auc.separation(drafts, np.array([True, True, False, False])) is None


@given(seed=st.integers(0, 5), factor=st.floats(0.01, 100))
@settings(derandomize=True, deadline=None, max_examples=10)
def test_turning_the_labels_round_and_scaling_the_features_moves_nothing(seed, factor):
    """The same pairs in the same order; the ridge's penalty follows the features' scale."""
    drafts = suite(seed, tell=0.5)
    scaled = auc.prepare(
        sparse.csr_array(factor * drafts.features), drafts.case, drafts.name, GROUP, rng(9)
    )
    plain = auc.prepare(sparse.csr_array(drafts.features), drafts.case, drafts.name, GROUP, rng(9))
    estimates = [
        auc.separation(drafts, FIRST).estimate - auc.separation(drafts, ~FIRST).estimate,
        auc.separation(scaled, FIRST).estimate - auc.separation(plain, FIRST).estimate,
    ]

    assert [0, 0] == pytest.approx(estimates, abs=1e-9)


def test_only_the_columns_that_vary_most_within_cases_are_used():
    case = np.repeat(np.arange(24), CELLS)
    between = 100.0 * rng(1).normal(size=(24, 3))[case]
    within = rng(2).normal(size=(96, auc.MOST_FEATURES))
    kept = auc._varying(sparse.csr_array(np.hstack([between, within])), case)
    means = np.stack([np.bincount(case, column) / CELLS for column in within.T], axis=1)

    assert kept == pytest.approx(within - means[case])


@pytest.mark.parametrize("name_sd", [0.0, 0.5])
def test_detection_has_the_right_size_whether_or_not_names_differ(name_sd):
    """80 suites without a group effect; three standard errors."""
    found = [trial(suite(1000 + s, name_sd=name_sd, features=6), draws=39)[1].p for s in range(80)]

    assert np.mean(np.array(found) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 80)


def test_the_null_is_a_sample_of_the_asked_for_size():
    _, null = trial(suite(8), draws=120)

    assert isinstance(null, Permuted)
    assert 120 == len(null.null)
    assert abs(null.null.mean() - 0.5) < 0.03
