"""Paired differences: candidate minus incumbent on the same cells, for any level."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from govern import testing
from govern.domain import StudentT, Undefined
from govern.errors import InputError
from govern.metrics import METRICS, measure
from govern.metrics.paired import LEVELS, pair_up, paired_differences
from govern.stats.intervals import bounds
from govern.testing import paired_frame

GENDERS = {"gender": ("female", "male")}
LENIENCY, COVERAGE = "accuracy.leniency", "accuracy.key_coverage"
KAPPA, UNRATED = "accuracy.rating_agreement", "coverage.unrated"
seldom = settings(max_examples=4)


def frame(cases=24, **columns):
    return paired_frame(cases=cases, names=12, groups=GENDERS, **columns)


def rated(seed, cases=24, noise=0.8):
    """The sound drafts with ratings off by chance."""
    rng, sound = np.random.default_rng(seed), frame(cases)
    off = np.rint(rng.normal(0, noise, len(sound)))
    return sound.assign(rating=np.clip(sound["rating"] + off, 1, 5))


def difference(candidate, incumbent, metric):
    [found] = paired_differences(pair_up(candidate, incumbent), [metric])
    return found


def width(finding, alpha=0.05):
    low, high = bounds(finding.estimate, finding.interval, alpha)
    return high - low


def test_a_mean_is_compared_as_by_the_paired_t_test():
    """Leniency: error per case, candidate less incumbent; scipy's interval over 24 cases."""
    mine, theirs = rated(1), rated(2)
    by_case = [d.assign(e=d["rating"] - d["gold_rating"]).groupby("case_id")["e"].mean()
               for d in (mine, theirs)]  # fmt: skip
    oracle = stats.ttest_rel(*by_case)
    found = difference(mine, theirs, LENIENCY)

    assert pytest.approx(float((by_case[0] - by_case[1]).mean())) == found.estimate
    ends = oracle.confidence_interval(0.9)
    assert pytest.approx((ends.low, ends.high)) == bounds(found.estimate, found.interval, 0.05)
    assert ("incumbent", "rating points", 23) == (found.against, found.unit, found.interval.df)
    assert (48, 48, 48, 24) == tuple(
        getattr(found.counts, name) for name in ("planned", "ok", "scored", "cases")
    )


def test_what_is_no_mean_is_compared_by_measuring_again_without_each_case():
    """Kappa, by hand: all 24 leave-one-out differences."""
    mine, theirs = rated(1), rated(2)

    def gap(rows):
        one, other = (measure(d[rows].reset_index(drop=True), [KAPPA])[0] for d in (mine, theirs))
        return one.estimate - other.estimate

    less = np.array([gap(mine["case_id"] != case) for case in mine["case_id"].unique()])
    found = difference(mine, theirs, KAPPA)

    assert pytest.approx(gap(mine["case_id"] != "")) == found.estimate
    assert pytest.approx((23 / 24 * ((less - less.mean()) ** 2).sum()) ** 0.5) == found.interval.se


@pytest.mark.parametrize("metric", [LENIENCY, KAPPA, UNRATED])
@given(seeds=st.tuples(st.integers(0, 99), st.integers(0, 99)))
@seldom
def test_swapping_the_runs_changes_the_sign_and_nothing_else(metric, seeds):
    mine, theirs = (rated(seed).drop(index=seed % 48) for seed in seeds)
    one, other = difference(mine, theirs, metric), difference(theirs, mine, metric)

    assert pytest.approx(-other.estimate) == one.estimate
    assert pytest.approx(width(other)) == width(one)
    assert one.counts == other.counts


@pytest.mark.parametrize(
    "metric", [LENIENCY, KAPPA, COVERAGE, UNRATED, "integrity.echo", "homogeneity.similarity"]
)
def test_equal_runs_differ_by_nothing_without_being_certain_of_it(metric):
    """24 cases without a difference: up to 1 - .05^(1/24) = .117 of cases may have one."""
    found = difference(rated(1), rated(1), metric)

    assert 0 == found.estimate
    low, high = bounds(found.estimate, found.interval, 0.05)
    assert low == -high
    assert pytest.approx(0.117 * found.interval.step, abs=1e-3) == high
    assert found.interval.step > 0


def test_every_level_is_compared_and_every_gap_is_not():
    sound = testing.add_blocks(frame(14))
    levels = [name for name in METRICS if METRICS[name].spec.shape in LEVELS]
    for found in paired_differences(pair_up(sound, sound), levels):
        measured = measure(sound, [found.metric])
        if isinstance(found.estimate, Undefined):
            silent = all(isinstance(one.estimate, Undefined) for one in measured)
            thin = found.estimate.reason.startswith("without some of the cases")
            assert silent or thin or any(one.by != "all" for one in measured), found.metric
        else:
            assert 0 == found.estimate, found.metric


def test_a_gap_has_no_difference():
    found = difference(rated(1), rated(2), "fairness.rating_shift")

    assert "judged by its own size" in found.estimate.reason
    assert ("all", "all", "incumbent") == (found.by, found.contrast, found.against)
    assert found.interval is None


def test_a_cell_without_a_draft_in_one_run_counts_in_neither_and_widens():
    """1 of 60 pairs of drafts is lost: the rest as if it had never been, and 1/60 of a point."""
    mine, theirs = rated(1, 30), rated(2, 30)
    lost = mine.copy()
    lost.loc[5, ["text", "rating", "label", "outcome"]] = None
    lost.loc[5, "status"] = "refused"
    found = difference(lost, theirs, LENIENCY)
    whole = difference(mine.drop(index=5), theirs.drop(index=5), LENIENCY)

    assert (whole.estimate, whole.interval.se) == (found.estimate, found.interval.se)
    assert pytest.approx(1 / 60) == found.interval.widen
    assert (60, 59, 59) == (found.counts.planned, found.counts.ok, found.counts.scored)


def test_a_rating_that_one_run_lacks_is_missed_only_where_ratings_are_read():
    mine, theirs = rated(1, 30), rated(2, 30)
    mine.loc[5, "rating"] = None

    assert 59 == difference(mine, theirs, LENIENCY).counts.scored
    assert 60 == difference(mine, theirs, COVERAGE).counts.scored


def test_measures_of_what_is_missing_leave_no_cell_out():
    """A fifth of the candidate's drafts carries no rating: that is the finding."""
    found = difference(testing.lose_ratings(rated(1), 0.2), rated(2), UNRATED)

    assert found.estimate > 0.1
    assert (48, 48) == (found.counts.planned, found.counts.scored)
    assert 0 == found.interval.widen


@pytest.mark.parametrize("side", ["candidate", "incumbent"])
def test_more_than_five_in_a_hundred_missing_is_undefined(side):
    """3 of 48 drafts, 6 %."""
    mine, theirs = rated(1), rated(2)
    poor = mine if side == "candidate" else theirs
    poor.loc[[3, 17, 40], ["text", "rating", "label", "outcome"]] = None
    poor.loc[[3, 17, 40], "status"] = "failed"
    found = difference(mine, theirs, LENIENCY)

    assert "too_many_missing" == found.estimate.code
    assert side in found.estimate.reason


def test_what_each_run_lacks_a_little_of_is_too_much_together():
    """2 of 48 in each, none the same: 8 %."""
    mine, theirs = rated(1), rated(2)
    mine.loc[[3, 17], "rating"] = None
    theirs.loc[[4, 18], "rating"] = None
    found = difference(mine, theirs, LENIENCY)

    assert "8% of the drafts that both runs share lack what is measured" in found.estimate.reason
    assert (48, 44) == (found.counts.planned, found.counts.scored)


def test_a_measure_that_one_run_cannot_have_says_whose():
    mine = rated(1)
    found = difference(mine, mine.assign(gold_rating=np.nan), KAPPA)

    assert Undefined(
        reason="for the incumbent, no rating by the rubric was supplied", code="not_supplied"
    ) == (found.estimate)


def test_too_few_cases_to_leave_one_out_is_undefined():
    """12 cases can be measured, 11 cannot."""
    found = difference(rated(1, 12), rated(2, 12), LENIENCY)

    assert (
        "without some of the cases, for the candidate, 11 rated cases, 12 needed for an estimate"
        == (found.estimate.reason)
    )


def test_only_shared_cells_are_compared():
    """An incumbent of 24 cases and a candidate of 60: the 24, whatever the rest says."""
    mine, theirs = rated(1, 60), rated(2)
    changed = mine.assign(rating=mine["rating"].where(mine["case_id"] < "c0024", 1.0))

    assert difference(mine, theirs, LENIENCY) == difference(changed, theirs, LENIENCY)
    assert 48 == pair_up(mine, theirs).cells


def test_the_order_of_rows_changes_nothing():
    mine, theirs = rated(1), rated(2)
    shuffled = theirs.sample(frac=1, random_state=3)

    assert difference(mine, theirs, KAPPA) == difference(mine, shuffled, KAPPA)


def test_a_planted_loss_is_seen():
    sound = frame(16)
    found = difference(testing.cut_short(sound, 0.5), sound, COVERAGE)

    assert bounds(found.estimate, found.interval, 0.05)[1] < 0


def test_where_nothing_differs_but_chance_the_interval_mostly_holds_0():
    """At 90 %, 20 pairs of runs: 18 on average, under 15 in 4 of 100 such tests."""
    held = 0
    for seed in range(20):
        found = difference(rated(seed), rated(100 + seed), LENIENCY)
        low, high = bounds(found.estimate, found.interval, 0.05)
        held += low <= 0 <= high

    assert held >= 15


def test_one_case_or_none_is_undefined():
    one = frame(1)

    assert isinstance(difference(one, one, UNRATED).estimate, Undefined)
    assert isinstance(difference(one, one, "integrity.echo").estimate, Undefined)


def test_an_unknown_metric_is_refused():
    with pytest.raises(InputError, match="unknown metric"):
        difference(rated(1), rated(2), "accuracy.charm")


def test_an_interval_of_a_share_stays_within_what_shares_can_differ_by():
    none = frame(12).assign(status="refused", text=None, rating=np.nan, label=None, outcome=np.nan)
    found = difference(none, frame(12), "coverage.refused")

    assert 1 == found.estimate
    assert isinstance(found.interval, StudentT)
    assert 1 == bounds(found.estimate, found.interval, 0.05)[1]


def test_a_case_is_deleted_with_all_its_rows():
    sound = testing.add_blocks(frame(61))
    pair = pair_up(sound, sound)
    together = pd.Series(pair.groups()).groupby(pair.candidate["case_id"]).nunique()

    assert {1} == set(together)
    assert 30 == len(np.unique(pair.groups()))
