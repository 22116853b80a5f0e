"""The number of cases that would settle it really would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from govern.domain.finding import Binomial, Ratio, StudentT
from govern.stats.detectable import POWER, detectable
from govern.stats.intervals import bounds
from govern.stats.quantiles import clopper_pearson
from govern.stats.sizes import (
    DRAFTS,
    MOST_CASES,
    NAMES,
    NOTHING,
    TOO_MANY,
    Need,
    hardest,
    need_to_clear,
)

ALPHA = 0.05


def cases_to_clear(*args, **named):
    """The number of cases where more of them is what it takes."""
    return need_to_clear(*args, **named).cases


quietly = settings(derandomize=True, deadline=None, max_examples=200)


def with_cases(interval: StudentT, cases: int) -> StudentT:
    """What ``cases`` cases under the same names would give: only the rest of V shrinks."""
    names = interval.se_name**2
    rest = max(interval.se**2 - names, 0) * interval.clusters / cases
    return interval.model_copy(update={"se": (names + rest) ** 0.5, "clusters": cases})


def ratio_with_cases(interval: Ratio, cases: int) -> Ratio:
    """By case and by cell shrink; what names add to the cells stays."""
    case, name, both = interval.variances
    share = interval.clusters / cases
    new_case = tuple(v * share for v in case)
    stays = tuple(b - c for b, c in zip(both, case, strict=True))
    cell = tuple((n - s) * share for n, s in zip(name, stays, strict=True))
    new_name = tuple(s + c for s, c in zip(stays, cell, strict=True))
    new_both = tuple(s + c for s, c in zip(stays, new_case, strict=True))
    return interval.model_copy(
        update={"variances": (new_case, new_name, new_both), "clusters": cases}
    )


def clears(ends: tuple[float, float], threshold: float, *, below: bool) -> bool:
    return ends[1] < threshold if below else ends[0] > threshold


@st.composite
def undecided(draw: st.DrawFn) -> tuple[float, StudentT]:
    scale = draw(st.sampled_from(["identity", "log", "fisher_z"]))
    low = -0.5 if scale == "identity" else 0.001
    se = draw(st.floats(0.0, 0.4))
    interval = StudentT(
        scale=scale,
        se=se,
        se_name=se * draw(st.floats(0, 1)) * draw(st.sampled_from([0.0, 0.3, 1.0])),
        df=draw(st.integers(9, 359)),
        clusters=draw(st.integers(12, 360)),
        step=draw(st.sampled_from([0.0, 0.1, 1.0])),
        widen=draw(st.sampled_from([0.0, 0.01, 0.05])),
    )
    return draw(st.floats(low, 0.95)), interval


@given(
    given_=undecided(),
    room=st.floats(0.001, 0.8),
    below=st.booleans(),
    alpha=st.sampled_from([0.05, 0.05 / 3, 0.005]),
)
@quietly
def test_the_number_of_cases_clears_the_threshold(
    given_: tuple[float, StudentT], room: float, below: bool, alpha: float
):
    """The interval re-made for that many cases lies on the safe side."""
    estimate, interval = given_
    threshold = estimate + room if below else estimate - room
    cases = cases_to_clear(estimate, threshold, interval, alpha, below=below)
    assume(cases is not None)

    assert 0 < cases <= MOST_CASES
    assert clears(bounds(estimate, with_cases(interval, cases), alpha), threshold, below=below)


@given(given_=undecided(), room=st.floats(0, 0.8), below=st.booleans())
@quietly
def test_an_estimate_on_or_beyond_the_threshold_is_never_settled(
    given_: tuple[float, StudentT], room: float, below: bool
):
    estimate, interval = given_
    threshold = estimate - room if below else estimate + room

    assert cases_to_clear(estimate, threshold, interval, ALPHA, below=below) is None


@given(given_=undecided(), room=st.floats(0.01, 0.4), more=st.floats(0.001, 0.4))
@quietly
def test_more_room_never_takes_more_cases(given_: tuple[float, StudentT], room: float, more: float):
    estimate, interval = given_
    near = cases_to_clear(estimate, estimate + room, interval, ALPHA, below=True)
    far = cases_to_clear(estimate, estimate + room + more, interval, ALPHA, below=True)
    assume(near is not None)

    assert far is not None
    assert far <= near


def test_a_plain_size_by_hand():
    """se .1 at 60 cases, room .15, t(.95, 47) = 1.678: n = 60·.01·((1.678+1.282)/.15)² = 233.6."""
    interval = StudentT(se=0.1, df=47, clusters=60)

    assert 234 == cases_to_clear(0.0, 0.15, interval, ALPHA, below=True)
    assert 234 == cases_to_clear(0.0, -0.15, interval, ALPHA, below=False)


@pytest.mark.parametrize(("scale", "threshold"), [("fisher_z", 1.1), ("log", -0.1)])
def test_an_end_that_cannot_reach_the_threshold_needs_no_more_cases(scale: str, threshold: float):
    """Fisher's z keeps agreement below 1, the log scale a share above 0."""
    interval = StudentT(scale=scale, se=0.4, df=47, clusters=60)

    assert 60 == cases_to_clear(0.6, threshold, interval, ALPHA, below=scale == "fisher_z")


def test_doubt_from_names_is_not_settled_by_cases():
    """.15/(t + 1.28) = .0507 is all that names may leave."""
    less, more = (StudentT(se=0.1, se_name=names, df=47, clusters=60) for names in (0.050, 0.051))

    assert cases_to_clear(0.0, 0.15, less, ALPHA, below=True) is not None
    assert cases_to_clear(0.0, 0.15, more, ALPHA, below=True) is None


def test_doubt_from_missing_drafts_is_not_settled_by_cases():
    interval = StudentT(se=0.1, df=47, clusters=60, widen=0.2)

    assert cases_to_clear(0.0, 0.15, interval, ALPHA, below=True) is None


def test_the_floor_alone_asks_for_cases():
    """No variance, room .05, step 1: .05^(1/n) > .95 from n = 59 on; one more for certain."""
    interval = StudentT(se=0.0, df=11, clusters=12, step=1.0)

    assert 60 == cases_to_clear(0.0, 0.05, interval, ALPHA, below=True)


def test_a_gap_as_wide_as_one_step_asks_the_floor_nothing():
    interval = StudentT(se=0.0, df=11, clusters=12, step=1.0)

    assert 12 == cases_to_clear(0.0, 1.0, interval, ALPHA, below=True)


def test_an_estimate_a_hair_from_the_threshold_needs_more_than_anyone_has():
    """.3 - .15 is less than .15 by 2.8e-17 in binary: no number, and no crash."""
    interval = StudentT(se=0.0, df=11, clusters=12, step=1.0)

    assert 0 < (0.15 + 2.8e-17) - (0.15 - 2.8e-17)
    assert cases_to_clear(0.15 - 2.8e-17, 0.15 + 2.8e-17, interval, ALPHA, below=True) is None


def test_more_than_the_most_cases_is_no_number():
    interval = StudentT(se=0.4, df=47, clusters=60)

    assert cases_to_clear(0.0, 0.001, interval, ALPHA, below=True) is None


@pytest.mark.parametrize(("ceiling", "cases"), [(0.01, 299), (0.0125, 239), (0.0083, 360)])
def test_without_an_event_the_rule_of_three_says_how_many(ceiling: float, cases: int):
    """ln .05 / ln(1 - ceiling), up: 298.07, 238.2, 359.4."""
    found = cases_to_clear(0.0, ceiling, Binomial(hits=0, n=60), ALPHA, below=True)

    assert cases == found
    assert clopper_pearson(0, cases, ALPHA)[1] < ceiling < clopper_pearson(0, cases - 1, ALPHA)[1]


def test_without_a_miss_the_rule_of_three_holds_from_above():
    """All right so far, .9 wanted: .9^n < .05 from 29 on."""
    assert 29 == cases_to_clear(1.0, 0.9, Binomial(hits=20, n=20), ALPHA, below=False)


@given(
    hits=st.integers(0, 60),
    misses=st.integers(0, 60),
    room=st.floats(0.01, 0.9),
    below=st.booleans(),
)
@quietly
def test_a_share_with_that_many_cases_clears_the_threshold(
    hits: int, misses: int, room: float, below: bool
):
    """With the same share of hits, rounded to the worse side."""
    n = hits + misses
    assume(n >= 2)
    share = hits / n
    threshold = share + room if below else share - room
    assume(0 < threshold < 1)
    cases = cases_to_clear(share, threshold, Binomial(hits=hits, n=n), ALPHA, below=below)
    assume(cases is not None)
    then = -(-hits * cases // n) if below else hits * cases // n

    assert clears(clopper_pearson(then, cases, ALPHA), threshold, below=below)


def test_a_share_beyond_the_threshold_is_never_settled():
    interval = Binomial(hits=30, n=60)

    assert cases_to_clear(0.5, 0.4, interval, ALPHA, below=True) is None
    assert cases_to_clear(0.5, 0.5, interval, ALPHA, below=True) is None
    assert cases_to_clear(0.5, 0.6, interval, ALPHA, below=False) is None


def test_a_threshold_at_the_end_of_shares_is_no_error():
    assert 5 == cases_to_clear(0.0, 1.0, Binomial(hits=0, n=5), ALPHA, below=True)


def test_too_rare_an_event_is_no_number():
    assert cases_to_clear(0.0, 1e-6, Binomial(hits=0, n=5), ALPHA, below=True) is None


@st.composite
def ratios(draw: st.DrawFn) -> Ratio:
    n = draw(st.integers(24, 360))
    numerator, denominator = draw(st.floats(0.05, 0.9)), draw(st.floats(0.05, 0.9))
    a, c = (p * (1 - p) / n for p in (numerator, denominator))
    case = (a, -2 * draw(st.floats(0, 0.9)) * (a * c) ** 0.5, c)
    cell = (draw(st.floats(0, 1)) * a, 0.0, draw(st.floats(0, 1)) * c)
    adds = draw(st.sampled_from([0.0, 0.1, 1.0]))
    name = (cell[0] + adds * a, 0.0, cell[2] + adds * c)
    both = tuple(x + y - z for x, y, z in zip(case, name, cell, strict=True))
    return Ratio(
        numerator=numerator,
        denominator=denominator,
        variances=(case, name, both),
        df=draw(st.integers(9, 95)),
        clusters=n,
        step=draw(st.sampled_from([0.0, 1.0])),
        widen=draw(st.sampled_from([0.0, 0.01])),
    )


@given(interval=ratios(), threshold=st.sampled_from([0.5, 0.8, 1.0, 1.25, 2.0]))
@quietly
def test_a_ratio_with_that_many_cases_clears_the_threshold(interval: Ratio, threshold: float):
    """On whichever side of the threshold the estimate stands."""
    estimate = interval.numerator / interval.denominator
    below = estimate < threshold
    cases = cases_to_clear(estimate, threshold, interval, ALPHA, below=below)
    assume(cases is not None)

    ends = bounds(estimate, ratio_with_cases(interval, cases), ALPHA)
    assert clears(ends, threshold, below=below)


def test_a_ratio_on_or_beyond_its_threshold_is_never_settled():
    interval = Ratio(
        numerator=0.4, denominator=0.5, variances=((0.001, 0.0, 0.001),) * 3, df=47, clusters=60
    )

    assert cases_to_clear(0.8, 0.8, interval, ALPHA, below=False) is None
    assert cases_to_clear(0.8, 0.9, interval, ALPHA, below=False) is None
    assert cases_to_clear(0.8, 0.7, interval, ALPHA, below=True) is None


def test_a_ratio_that_needs_an_upper_bound_has_a_number_too():
    """.2 over .5 against .8: room .2, V = .001·(1+.64) at 60 cases, (1.678+1.282)²: 21.6, so 60."""
    interval = Ratio(
        numerator=0.2, denominator=0.5, variances=((0.001, 0.0, 0.001),) * 3, df=47, clusters=60
    )

    assert 60 == cases_to_clear(0.4, 0.8, interval, ALPHA, below=True)


def test_the_floor_of_a_ratio_grows_with_the_threshold():
    """.9 over .4 above 2: room .1 of steps of 2, a share of .05; ln .05 / ln .95 = 58.4."""
    interval = Ratio(
        numerator=0.9,
        denominator=0.4,
        variances=((0.0, 0.0, 0.0),) * 3,
        df=23,
        clusters=24,
        step=1.0,
    )

    assert 60 == cases_to_clear(2.25, 2.0, interval, ALPHA, below=False)


def test_a_share_far_from_its_threshold_is_sized_by_the_exact_bound():
    """1 of 10 above .01: the normal formula says 10 (lower bound .005); 2 of 20 give .018.

    From 10 on in steps of a twentieth, so a few more may be named.
    """
    found = cases_to_clear(0.1, 0.01, Binomial(hits=1, n=10), ALPHA, below=False)
    first = next(n for n in range(10, 99) if clopper_pearson(n // 10, n, ALPHA)[0] > 0.01)

    assert found is not None
    assert first <= found <= first * 1.05 + 1


SEEN = StudentT(se=0.1, df=47, clusters=60)


@pytest.mark.parametrize(
    ("estimate", "changes", "need"),
    [
        pytest.param(0.0, {}, Need("cases", 234), id="more cases"),
        pytest.param(0.0, {"se_name": 0.051}, NAMES, id="more names"),
        pytest.param(0.15, {}, NOTHING, id="on the threshold"),
        pytest.param(0.2, {"se_name": 0.09}, NOTHING, id="beyond it"),
        pytest.param(0.0, {"widen": 0.15}, DRAFTS, id="missing drafts"),
        pytest.param(0.1499, {}, TOO_MANY, id="a hair away"),
    ],
)
def test_the_answers_can_be_told_apart(estimate: float, changes: dict[str, float], need: Need):
    interval = SEEN.model_copy(update=changes)

    assert need == need_to_clear(estimate, 0.15, interval, ALPHA, below=True)


def test_a_ratio_asks_for_names_where_names_are_the_doubt():
    """.9 against .8: room .05 at rates .45 and .5, of which names alone take .0036."""
    names = (0.001, 0.0, 0.001)
    interval = Ratio(
        numerator=0.45,
        denominator=0.5,
        variances=((0.0001, 0.0, 0.0001), names, names),
        df=47,
        clusters=60,
    )

    assert NAMES == need_to_clear(0.9, 0.8, interval, ALPHA, below=False)


def test_an_event_seen_as_often_as_is_allowed_asks_for_nothing_that_could_be_had():
    assert NOTHING == need_to_clear(0.05, 0.05, Binomial(hits=3, n=60), ALPHA, below=True)


def test_of_two_ends_the_one_that_is_met_last_counts():
    few, many = Need("cases", 60), Need("cases", 240)

    assert many == hardest(few, many)
    assert TOO_MANY == hardest(TOO_MANY, many)
    assert NAMES == hardest(many, NAMES, TOO_MANY)
    assert NOTHING == hardest(NAMES, NOTHING)


@pytest.mark.parametrize(
    ("interval", "threshold", "above", "found"),
    [
        # (1.6779 + .8416)·.1 = .2520 beyond .15
        pytest.param(SEEN, 0.15, True, 0.4020, id="contrast"),
        # .05·exp(2.5195·.1)
        pytest.param(
            StudentT(scale="log", se=0.1, df=47, clusters=60),
            0.05,
            True,
            0.0643,
            id="share",
        ),
        # tanh(atanh .7 - .25195)
        pytest.param(
            StudentT(scale="fisher_z", se=0.1, df=47, clusters=60),
            0.7,
            False,
            0.5479,
            id="kappa",
        ),
        # at least the floor: 1 - .05^(1/60)
        pytest.param(
            StudentT(se=0.0, df=47, clusters=60, step=1.0), 0.15, True, 0.1987, id="floor"
        ),
    ],
)
def test_what_is_detected_by_hand(interval, threshold, above, found):
    """A contrast, a share, kappa, and the floor where nothing varies."""
    assert found == pytest.approx(detectable(threshold, interval, ALPHA, above=above), abs=1e-4)


def test_the_share_of_cases_that_is_detected_has_its_lower_end_above_four_times_in_five():
    """Of 60 cases, the fewest hits whose lower end is above .05."""
    seen = detectable(0.05, Binomial(hits=0, n=60), ALPHA, above=True)
    hits = next(k for k in range(61) if clopper_pearson(k, 60, ALPHA)[0] > 0.05)

    assert POWER == pytest.approx(binom.sf(hits - 1, 60, seen))


def test_a_zero_tolerance_is_broken_by_one_hit():
    """Four times in five, 60 cases hold a hit from 1 - .2^(1/60) on."""
    assert 1 - 0.2 ** (1 / 60) == pytest.approx(
        detectable(0.0, Binomial(hits=0, n=60), ALPHA, above=True)
    )


def test_what_no_value_of_the_scale_would_show_is_none():
    assert detectable(0.9, StudentT(se=0.5, df=9, clusters=10, most=1.0), ALPHA, above=True) is None
    assert detectable(0.9, Binomial(hits=0, n=5), ALPHA, above=True) is None


def test_the_ratio_that_is_detected_lies_beyond_its_threshold_four_times_in_five():
    """Two rates of mean .4 and r·.4, errors of .02 and .02·r, uncorrelated."""
    interval = Ratio(
        numerator=0.4, denominator=0.4, variances=((4e-4, 0.0, 4e-4),) * 3, df=1000, clusters=240
    )
    r = detectable(0.8, interval, ALPHA, above=False)
    noise = np.random.default_rng(1).normal(0, 0.02, (2, 4000))
    gap = (r * 0.4 + noise[0]) - 0.8 * (0.4 + noise[1])
    fails = (gap + 1.6463 * np.sqrt(4e-4 * (1 + 0.8**2)) < 0).mean()

    assert POWER == pytest.approx(fails, abs=0.02)


@given(se=st.floats(0.001, 0.3), cases=st.integers(12, 360), threshold=st.floats(0.01, 0.4))
@quietly
def test_an_effect_that_is_detected_is_beyond_the_interval_and_shrinks_with_the_error(
    se: float, cases: int, threshold: float
):
    wide, narrow = (
        detectable(threshold, StudentT(se=s, df=47, clusters=cases, step=0.1), ALPHA, above=True)
        for s in (se, se / 2)
    )
    low, _ = bounds(wide, StudentT(se=se, df=47, clusters=cases, step=0.1), ALPHA)

    assert threshold <= low + 1e-12
    assert narrow <= wide
