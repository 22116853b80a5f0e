"""Pairwise similarity in linear time against comparing every pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from govern.stats.similarity import Similarity, pair_mean, stratified

quietly = settings(derandomize=True, deadline=None, max_examples=40)


def vectors(drafts: int, seed: int, *, unit: bool = True, words: int = 30) -> sparse.csr_array:
    rng = np.random.default_rng(seed)
    dense = rng.random((drafts, words)) * (rng.random((drafts, words)) < 0.3)
    dense[:, 0] += 0.1
    if unit:
        dense /= np.linalg.norm(dense, axis=1, keepdims=True)
    return sparse.csr_array(dense)


def cases_of(sizes: list[int], seed: int = 0) -> np.ndarray:
    """Codes with ``sizes`` drafts each, in mixed order."""
    codes = np.repeat(np.arange(len(sizes)), sizes)
    return np.random.default_rng(seed).permutation(codes)


def brute(dense: np.ndarray, case: np.ndarray, without: int = -1) -> float:
    found = [
        float(dense[i] @ dense[j])
        for i in range(len(case))
        for j in range(i)
        if case[i] != case[j] and without not in (case[i], case[j])
    ]
    return sum(found) / len(found)


@pytest.mark.parametrize("unit", [True, False])
@pytest.mark.parametrize("sizes", [[1, 1, 1], [8, 8, 8, 8], [1, 7, 2, 3, 1], [20, 1, 1]])
def test_the_mean_and_every_mean_without_a_case_are_those_of_all_pairs(
    sizes: list[int], unit: bool
):
    case = cases_of(sizes)
    table = vectors(len(case), seed=len(case), unit=unit)

    found = pair_mean(table, case)

    dense = table.toarray()
    expected = [brute(dense, case, without=c) for c in range(len(sizes))]
    assert pytest.approx(brute(dense, case), abs=1e-12, rel=1e-12) == found.value
    assert pytest.approx(expected, abs=1e-12, rel=1e-12) == list(found.without)


def test_three_vectors_by_hand():
    """(1,0) (0,1) (.6,.8): pairs 0, .6, .8; mean 1.4/3; without each in turn .8, .6, 0."""
    found = pair_mean(sparse.csr_array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]]), np.arange(3))

    assert pytest.approx(1.4 / 3) == found.value
    assert pytest.approx([0.8, 0.6, 0.0], abs=1e-12) == list(found.without)


def test_drafts_of_the_same_case_are_never_compared():
    """Two identical drafts in each case, orthogonal cases: 0, not a third."""
    found = pair_mean(sparse.csr_array(np.repeat(np.eye(3), 2, axis=0)), np.repeat(np.arange(3), 2))

    assert pytest.approx(0.0, abs=1e-15) == found.value


def test_the_same_text_for_everybody_has_similarity_one():
    found = pair_mean(sparse.csr_array(np.tile([0.6, 0.8], (6, 1))), np.repeat(np.arange(3), 2))

    assert pytest.approx(1.0) == found.value
    assert pytest.approx([1.0] * 3) == list(found.without)


def test_an_empty_draft_is_like_no_other():
    """Rows (1,0), (1,0), (0,0): one pair of three agrees."""
    found = pair_mean(sparse.csr_array([[1.0, 0.0], [1.0, 0.0], [0.0, 0.0]]), np.arange(3))

    assert pytest.approx(1 / 3) == found.value


@given(seed=st.integers(0, 10_000), sizes=st.lists(st.integers(1, 5), min_size=3, max_size=8))
@quietly
def test_order_of_drafts_changes_nothing(seed: int, sizes: list[int]):
    case = cases_of(sizes, seed)
    table = vectors(len(case), seed)
    turn = np.random.default_rng(seed + 1).permutation(len(case))

    plain, turned = pair_mean(table, case), pair_mean(table[turn], case[turn])

    assert pytest.approx(plain.value) == turned.value
    assert pytest.approx(list(plain.without)) == list(turned.without)


def naive(strata: list[tuple[list[float], float]]) -> tuple[float, float, int]:
    """From each stratum's delete-one values and value, in loops."""
    estimate, variance, df = 0.0, 0.0, 0
    for without, value in strata:
        n, mean = len(without), sum(without) / len(without)
        estimate += value / len(strata)
        variance += (n - 1) / n * sum((v - mean) ** 2 for v in without) / len(strata) ** 2
        df += n - 1
    return estimate, variance**0.5, df


def test_the_paired_difference_is_that_of_the_naive_version():
    """Drafts against a baseline on the same cases, in strata of 3, 5 and 10 cases."""
    pairs, strata = [], []
    for seed, count in enumerate((3, 5, 10)):
        case, base_case = cases_of([4] * count, seed), np.arange(count)
        draft, base = vectors(4 * count, seed), vectors(count, seed + 50)
        pairs.append((pair_mean(draft, case), pair_mean(base, base_case)))
        d, b = draft.toarray(), base.toarray()
        strata.append(
            (
                [brute(d, case, c) - brute(b, base_case, c) for c in range(count)],
                brute(d, case) - brute(b, base_case),
            )
        )

    found = stratified(pairs)

    estimate, se, df = naive(strata)
    assert pytest.approx((estimate, se), abs=1e-12) == (found.estimate, found.se)
    assert df == found.df == 15
    assert 18 == found.cases


def test_without_a_baseline_the_level_itself_is_averaged():
    """Strata .4 (without: .3 .4 .5) and .8 (all .8): mean .6, variance ¼·⅔·.02 = .00333."""
    found = stratified(
        [
            (Similarity(0.4, np.array([0.3, 0.4, 0.5])), None),
            (Similarity(0.8, np.array([0.8, 0.8, 0.8])), None),
        ]
    )

    assert pytest.approx((0.6, (0.25 * 2 / 3 * 0.02) ** 0.5)) == (found.estimate, found.se)
    assert (4, 6) == (found.df, found.cases)


def test_drafts_equal_to_their_baseline_exceed_it_by_nothing():
    same = pair_mean(vectors(12, 1), cases_of([3] * 4))
    found = stratified([(same, same)])

    assert (0.0, 0.0) == (found.estimate, found.se)


def test_likeness_of_the_cases_cancels_against_the_baseline():
    """What drafts and baseline share in full leaves no error, however much cases differ."""
    level = pair_mean(vectors(10, 3), np.arange(10))
    more = Similarity(level.value + 0.05, level.without + 0.05)
    found = stratified([(more, level)])

    assert pytest.approx((0.05, 0.0), abs=1e-12) == (found.estimate, found.se)
