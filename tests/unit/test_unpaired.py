"""Tables of people: Welch over people, by name where names recur, Fieller and Fisher for rates."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from govern import testing
from govern.domain import Undefined
from govern.metrics import METRICS
from govern.stats.intervals import bounds
from govern.stats.unpaired import difference, side
from govern.testing import paired_frame

UNPAIRED = [
    "fairness.rating_shift",
    "fairness.outcome_shift",
    "fairness.impact_ratio",
    "fairness.earned_top_gap",
    "fairness.unearned_top_gap",
]


def people(n=120, *, seed=0, groups=("f", "m"), **columns):
    """A table in which every row is a person: ratings and gold ratings by chance alone."""
    chance = np.random.default_rng(seed)
    table = {
        "draft_id": [f"d{i}" for i in range(n)],
        "case_id": [f"p{i}" for i in range(n)],
        "status": "ok",
        "rating": chance.integers(1, 6, n),
        "gold_rating": chance.integers(1, 6, n),
        "group.gender": chance.choice(groups, n),
    }
    table["outcome"] = (table["rating"] >= 4).astype(float)
    return testing.build(pd.DataFrame(table | columns))


def measure(metric, frame):
    return {f.slice: f for f in METRICS[metric].measure(frame)}


def ends(found, alpha=0.05):
    return bounds(found.estimate, found.interval, alpha)


def women(frame):
    return (frame["group.gender"] == "f").to_numpy()


def test_a_difference_by_hand():
    """12 women rated 4 and 2 in turn, 12 men 3 always: difference 0.

    s² of the women 12/11; variance 12/11/12 = 1/11. The men's is 0, so
    df = (1/11)²/((1/11)²/11) = 11.
    """
    frame = people(24, rating=[4, 2] * 6 + [3] * 12, **{"group.gender": ["f"] * 12 + ["m"] * 12})
    [found] = measure("fairness.rating_shift", frame).values()

    assert ("unpaired", "f", 0.0) == (found.design, found.contrast, found.estimate)
    assert found.interval.se == pytest.approx(sqrt(1 / 11))
    assert found.interval.df == pytest.approx(11)
    assert (24, 24, "people", None) == (
        found.counts.units,
        found.counts.cases,
        found.counts.unit_name,
        found.counts.names,
    )


@pytest.mark.parametrize("seed", range(4))
def test_without_names_the_interval_is_welchs_to_the_last_digits(seed):
    frame = people(90, seed=seed)
    [found] = measure("fairness.rating_shift", frame).values()
    rating, mine = frame["rating"].to_numpy(), women(frame)
    theirs = stats.ttest_ind(rating[mine], rating[~mine], equal_var=False)
    expected = theirs.confidence_interval(0.9)

    assert found.estimate == pytest.approx(rating[mine].mean() - rating[~mine].mean(), abs=1e-12)
    assert ends(found) == pytest.approx((expected.low, expected.high), abs=1e-10)
    assert difference(rating, mine, np.arange(90)).p_value == pytest.approx(theirs.pvalue)


def test_of_three_groups_each_stands_against_everybody_else():
    frame = people(150, groups=("a", "b", "c"))
    found = measure("fairness.rating_shift", frame)

    assert ["gender: a", "gender: b", "gender: c"] == list(found)
    for group in "abc":
        mine = (frame["group.gender"] == group).to_numpy()
        theirs = stats.ttest_ind(frame["rating"][mine], frame["rating"][~mine], equal_var=False)
        low, high = theirs.confidence_interval(0.9)
        assert ends(found[f"gender: {group}"]) == pytest.approx((low, high), abs=1e-9)


def test_names_that_recur_are_clusters_as_statsmodels_counts_them():
    """An intercept alone, clustered: its factor is J/(J - 1), as ours."""
    chance = np.random.default_rng(3)
    name = chance.integers(0, 15, 200)
    values = chance.normal(0, 0.5, 15)[name] + chance.normal(0, 0.3, 200)
    theirs = sm.OLS(values, np.ones(200)).fit(cov_type="cluster", cov_kwds={"groups": name})

    assert side(values, name).variance == pytest.approx(float(theirs.bse[0]) ** 2)
    assert 15 == side(values, name).clusters


def test_names_that_pull_apart_do_not_make_an_interval_narrower_than_welchs():
    """Each name is rated 1 once and 5 once: by name nothing varies, over people a lot does."""
    values, name = np.array([1.0, 5.0] * 12), np.repeat(np.arange(12), 2)

    assert side(values, name).variance == pytest.approx(values.var(ddof=1) / 24)


def test_the_p_of_whole_names_is_that_of_a_permutation_by_hand():
    """Names f1…f10 rated 4 but one 3, men 3 but one 4: 10 + 10 names, 184,756 arrangements.

    A difference of .8 or more, either way, takes nine or ten of the ten 4s on one side:
    2·(1 + 10·10)/184756 = .0011. Two people a name keep it: names move, people do not.
    """
    name = [f"{s}{i}" for s in "fm" for i in range(10) for _ in range(2)]
    rating = [4.0] * 18 + [3.0] * 2 + [3.0] * 18 + [4.0] * 2
    frame = people(40, rating=rating, name=name, **{"group.gender": [n[0] for n in name]})
    [found] = measure("fairness.rating_shift", frame).values()

    assert found.estimate == pytest.approx(0.8)
    assert found.p_value <= 0.006
    assert found.method.endswith("p: whole names permuted")


def test_a_difference_between_strata_is_no_difference_within_them():
    """Women work in the stratum that is rated 5, men in the one rated 1, nine of ten each."""
    frame = people(
        200,
        stratum=["x"] * 100 + ["y"] * 100,
        rating=[5.0] * 100 + [1.0] * 100,
        **{"group.gender": (["f"] * 90 + ["m"] * 10) + (["m"] * 90 + ["f"] * 10)},
    )
    [plain] = measure("fairness.rating_shift", frame.assign(stratum=None)).values()
    [within] = measure("fairness.rating_shift", frame).values()

    assert plain.estimate == within.estimate == pytest.approx(3.2)
    assert (0.001, 1.0) == (plain.p_value, within.p_value)
    assert within.method.endswith("within strata")


def test_a_ratio_by_hand_with_fishers_p():
    """6 of 20 women and 12 of 20 men: .3/.6 = .5.

    Variances .3·.7·20/19/20 = .011053 and .012632; the interval holds the r with
    (.3 - .6r)² = t²·(.011053 + .012632 r²).
    """
    outcome = [1] * 6 + [0] * 14 + [1] * 12 + [0] * 8
    frame = people(40, outcome=outcome, **{"group.gender": ["f"] * 20 + ["m"] * 20})
    found = measure("fairness.impact_ratio", frame)["gender: f / m"]
    v, w = 0.21 / 19, 0.24 / 19
    t = stats.t.ppf(0.95, (v + w) ** 2 / (v**2 / 19 + w**2 / 19))
    roots = np.roots([0.36 - t**2 * w, -0.36, 0.09 - t**2 * v])

    assert found.estimate == pytest.approx(0.5)
    assert ends(found) == pytest.approx((min(roots), max(roots)))
    assert found.p_value == pytest.approx(stats.fisher_exact([[6, 14], [12, 8]]).pvalue)


def test_rates_are_those_of_fairlearn():
    frame = people(160, groups=("a", "b", "c"))
    top, gold = (frame["rating"] >= 4).astype(int), (frame["gold_rating"] >= 4).astype(int)
    theirs = MetricFrame(
        metrics={"s": selection_rate, "t": true_positive_rate, "f": false_positive_rate},
        y_true=gold,
        y_pred=top,
        sensitive_features=frame["group.gender"],
    ).by_group
    ratio = measure("fairness.impact_ratio", frame.assign(outcome=np.nan))

    assert ratio["gender: a / b"].estimate == pytest.approx(theirs["s"]["a"] / theirs["s"]["b"])
    two = frame[frame["group.gender"] != "c"].reset_index(drop=True)
    for metric, column in (
        ("fairness.earned_top_gap", "t"),
        ("fairness.unearned_top_gap", "f"),
    ):
        [found] = measure(metric, two.assign(outcome=np.nan)).values()
        assert found.estimate == pytest.approx(theirs[column]["a"] - theirs[column]["b"])


@pytest.mark.parametrize("metric", UNPAIRED)
class TestSilence:
    def test_chance_alone_is_silent(self, metric):
        neutral = 1.0 if metric == "fairness.impact_ratio" else 0.0
        for found in measure(metric, people(300, seed=5)).values():
            low, high = ends(found)
            assert low < neutral < high
            assert found.p_value > 0.05

    def test_one_group_is_not_assessable(self, metric):
        [found] = measure(metric, people(groups=("f",))).values()

        assert "all drafts are of one group, f" == found.estimate.reason

    def test_eleven_people_are_too_few(self, metric):
        frame = people(60, gold_rating=4 if "unearned" not in metric else 2)
        frame["group.gender"] = ["f"] * 11 + ["m"] * 49
        found = measure(metric, frame)

        wanted = Undefined(
            reason="11 people in the smaller group, 12 needed for an estimate", code="too_few"
        )
        assert {wanted} == {f.estimate for f in found.values()}

    def test_five_names_are_too_few(self, metric):
        frame = people(200, name=[f"n{i % 5}" for i in range(200)])
        found = measure(metric, frame)

        wanted = Undefined(
            reason="5 names in the smaller group, 10 needed for an estimate", code="too_few"
        )
        assert {wanted} == {f.estimate for f in found.values()}

    def test_nobody_scored_is_missing(self, metric):
        frame = testing.refuse(people(), 1.0)

        assert {"missing_drafts"} == {f.estimate.code for f in measure(metric, frame).values()}


def test_over_one_row_in_twenty_without_a_rating_is_not_assessable():
    frame = people(100)
    frame.loc[:9, "rating"] = np.nan
    [found] = measure("fairness.rating_shift", frame).values()

    assert Undefined(
        reason="10% of planned drafts could not be scored, and the measure allows 5%",
        code="too_many_missing",
    ) == (found.estimate)


def test_ratings_that_are_all_equal_leave_the_floor():
    """60 and 60 people, every rating 3: 1 - .05^(1/60) of a point is left open."""
    frame = people(120, rating=3, **{"group.gender": ["f", "m"] * 60})
    [found] = measure("fairness.rating_shift", frame).values()
    floor = 1 - 0.05 ** (1 / 60)

    assert (0.0, 1.0) == (found.estimate, found.p_value)
    assert ends(found) == pytest.approx((-floor, floor))


def test_a_planted_shift_is_found():
    frame = testing.shift_ratings(people(300, seed=2), 0.8, {"gender": "f"}, -1)
    [found] = measure("fairness.rating_shift", frame).values()

    assert ends(found)[1] < 0
    assert found.p_value < 0.01


def test_a_paired_table_is_never_taken_for_people():
    [found] = measure("fairness.rating_shift", paired_frame(groups={"gender": ("f", "m")})).values()

    assert (None, None) == (found.design, found.p_value)


@settings(max_examples=15)
@given(st.lists(st.integers(1, 5), min_size=30, max_size=30))
def test_turning_the_scale_round_turns_the_sign_and_nothing_else(draws):
    frame = people(30, rating=draws, **{"group.gender": ["f"] * 14 + ["m"] * 16})
    [one] = measure("fairness.rating_shift", frame).values()
    [other] = measure("fairness.rating_shift", frame.assign(rating=6 - frame["rating"])).values()

    assert one.estimate == pytest.approx(-other.estimate)
    assert one.interval.se == pytest.approx(other.interval.se)
    assert one.p_value == pytest.approx(other.p_value)
