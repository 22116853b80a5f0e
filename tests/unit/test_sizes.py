"""The number of cases that would settle it really would."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from govern.domain.finding import Binomial, Ratio, StudentT
from govern.stats.intervals import bounds
from govern.stats.quantiles import clopper_pearson
from govern.stats.sizes import MOST_CASES, cases_to_clear

ALPHA = 0.05
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
