"""Accuracy: levels over cases, and what may not be called accurate."""

from __future__ import annotations

import json
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from govern import testing
from govern.domain import Binomial, Finding, Undefined
from govern.metrics import METRICS
from govern.stats.intervals import bounds
from govern.testing import evidence_of, paired_frame

SHARE = "accuracy.unsupported_number_share"
COVERAGE = "accuracy.key_coverage"
KAPPA = "accuracy.rating_agreement"
LENIENCY = "accuracy.leniency"
LABELS = "accuracy.label_agreement"
RATED = [KAPPA, LENIENCY]
ALL = [SHARE, COVERAGE, KAPPA, LENIENCY, LABELS]


def measure(metric, frame) -> Finding:
    [finding] = METRICS[metric].measure(frame)
    return finding


def ends(metric, frame):
    found = measure(metric, frame)
    return bounds(found.estimate, found.interval, 0.05)


def single(**columns):
    """12 cases, one draft each, no groups."""
    return paired_frame(cases=12, groups={}, **columns)


def one_fact(text, **more):
    """Evidence of one key item."""
    item = {"id": "E1", "salience": "key", "unit": None, "value": None, "text": text}
    return json.dumps([item | more])


def test_an_unsupported_number_share_by_hand():
    """12 cases state 3 numbers each; a fourth that nobody knows stands in 3 of them.

    Mean share (3·1/4 + 9·0)/12 = 1/16. sd² = (3·(3/16)² + 9·(1/16)²)/11 = 9/704, so on the
    log scale se = √(9/704/12)/(1/16). Drafts state 39/12 numbers on average, one step each.
    """
    frame = single()
    frame.loc[frame["case_id"].isin(["c0002", "c0003", "c0004"]), "text"] += " Costs fell by 777."
    found = measure(SHARE, frame)

    assert found.estimate == pytest.approx(1 / 16)
    assert found.interval.se == pytest.approx(sqrt(9 / 704 / 12) * 16)
    assert found.interval.step == pytest.approx(12 / 39)
    assert ("log", 11, 12) == (found.interval.scale, found.interval.df, found.interval.clusters)
    assert (12, 12, 12, 12, 39) == counted(found)
    assert ("c0002", "c0003", "c0004") == found.examples
    assert ("share of stated numbers", "stated numbers", "lower_is_better") == (
        found.unit,
        found.counts.unit_name,
        found.sense,
    )


def counted(found):
    c = found.counts
    return c.planned, c.ok, c.scored, c.cases, c.units


@pytest.mark.parametrize(
    ("said", "unsupported"),
    [
        ("Output rose 12.5% over the year.", 0.0),
        ("Output rose 12.5 percent over the year.", 0.0),
        ("Output rose 13% over the year.", 0.0),
        ("Output rose 12.5 over the year.", 0.0),
        ("Output rose 12.4% over the year.", 1.0),
        ("Output rose 14% over the year.", 1.0),
        ("Output reached 80 units.", 0.0),
        ("Output reached 80% of them.", 1.0),
        ("All 7 partners were met.", 0.0),
    ],
)
def test_a_number_is_supported_at_the_precision_it_is_given_and_a_percentage_only_by_one(
    said, unsupported
):
    """Evidence: 12.5 % with target 15 %, 80 units, and 7 partners in the text alone.

    13 is 12.5 rounded up by half a unit, 14 is not.
    """
    items = [
        *json.loads(one_fact("growth", value=12.5, target=15.0, unit="%")),
        *json.loads(one_fact("output", value=80.0, unit="units")),
        *json.loads(one_fact("met 7 partners")),
    ]

    assert unsupported == measure(SHARE, single(text=said, evidence=json.dumps(items))).estimate


def test_a_number_is_not_supported_by_another_case():
    frame = single(text=lambda p: f"They closed {100 + 7 * ((p.case + 1) % 12) + 1} files.")

    assert 1.0 == measure(SHARE, frame).estimate


def test_evidence_in_words_alone_supports_no_number():
    found = measure(SHARE, single(evidence=one_fact("helped the whole team in spring")))

    assert 1.0 == found.estimate


def test_a_key_coverage_by_hand():
    """Of 3 key items with a number each, drafts state 3 in 9 cases and 1 in 3: (9 + 3/3)/12."""

    def text(place):
        items = [item["text"] for item in evidence_of(place.case, place.name)]
        return ". ".join(items[:1] if place.case < 3 else items)

    found = measure(COVERAGE, single(text=text))

    assert found.estimate == pytest.approx(10 / 12)
    assert found.interval.se == pytest.approx(sqrt((3 * 0.5**2 + 9 * (1 / 6) ** 2) / 11 / 12))
    assert found.interval.step == pytest.approx(1 / 3)
    assert (11, 12, 0.0, 1.0) == (
        found.interval.df,
        found.interval.clusters,
        found.interval.least,
        found.interval.most,
    )
    assert (12, 12, 12, 12, 12) == counted(found)
    assert ("share of key items", "higher_is_better") == (found.unit, found.sense)


@pytest.mark.parametrize(
    ("said", "covered"),
    [
        ("Ana calmed angry customers", 1.0),
        ("Ana met angry customers", 1.0),
        ("Ana met customers", 0.0),
        ("CUSTOMERS were angry; nothing was calmed", 1.0),
        ("Ana calmedly met angrycustomers", 0.0),
    ],
)
def test_a_fact_in_words_is_mentioned_by_half_of_its_distinctive_words(said, covered):
    """ "Employee" and "the" are common: calmed, angry and customers are left, 2 of 3 enough."""
    evidence = one_fact("Employee calmed the angry customers")

    assert covered == measure(COVERAGE, single(text=said, evidence=evidence)).estimate


def test_evidence_without_a_key_item_asks_for_nothing_and_shows_nothing():
    found = measure(COVERAGE, single(evidence=one_fact("tidy desk", salience="irrelevant")))

    assert Undefined(reason="no evidence was supplied", code="not_supplied") == found.estimate


def test_a_rating_agreement_by_hand():
    """Gold 1 and 5 in turn; drafts the same, but one 5 became a 1.

    Mean squared distance 16/12 = 4/3. Gold: mean 3, variance 4. Drafts: mean 8/3, variance
    (7·1 + 5·25)/12 - 64/9 = 35/9. By chance 4 + 35/9 + (1/3)² = 8: κ = 1 - (4/3)/8 = 5/6.
    """
    frame = single(
        gold_rating=lambda p: 5 if p.case % 2 else 1,
        rating=lambda p: 5 if p.case % 2 and p.case != 3 else 1,
    )
    found = measure(KAPPA, frame)

    assert found.estimate == pytest.approx(5 / 6)
    assert found.interval.step == pytest.approx(1 / 8)
    assert ("identity", 11, 12, 1.0) == (
        found.interval.scale,
        found.interval.df,
        found.interval.clusters,
        found.interval.most,
    )
    assert (12, 12, 12, 12, 12) == counted(found)
    assert ("quadratic-weighted kappa", "higher_is_better") == (found.unit, found.sense)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=12, max_size=30))
def test_agreement_is_the_quadratic_kappa_that_scikit_learn_gives(pairs):
    frame = paired_frame(
        cases=len(pairs),
        groups={},
        rating=lambda p: pairs[p.case][0],
        gold_rating=lambda p: pairs[p.case][1],
    )
    found = measure(KAPPA, frame)

    if not isinstance(found.estimate, Undefined):
        theirs = cohen_kappa_score(*zip(*pairs, strict=True), weights="quadratic")
        assert found.estimate == pytest.approx(theirs)


@pytest.mark.parametrize("rating", [3, 4])
def test_ratings_that_never_vary_neither_agree_nor_disagree(rating):
    """κ would be 0/0 where all are 3, and 0 with an interval of nothing where gold is 4."""
    found = measure(KAPPA, paired_frame(rating=rating, gold_rating=3))

    assert (
        Undefined(reason="the drafted ratings are all alike, and so are the rubric's")
        == found.estimate
    )


def test_agreement_that_hangs_on_one_case_is_undefined():
    frame = single(rating=lambda p: 3 + (p.case == 0), gold_rating=lambda p: 3 + (p.case == 0))

    assert "not_assessable" == measure(KAPPA, frame).estimate.code


def test_one_rating_for_everybody_agrees_with_nothing():
    """Degenerate but defined: gold varies, drafts do not, κ = 0."""
    low, high = ends(KAPPA, paired_frame(rating=3))

    assert measure(KAPPA, paired_frame(rating=3)).estimate == pytest.approx(0)
    assert low < 0 < high < 0.7


def test_leniency_by_hand():
    """Errors 1, 0, 0 in turn over 12 cases: 1/3, se √((12·1/3·2/3)/11/12) = √(2/99)."""
    frame = single(gold_rating=2, rating=lambda p: 2 + (p.case % 3 == 0))
    found = measure(LENIENCY, frame)

    assert found.estimate == pytest.approx(1 / 3)
    assert found.interval.se == pytest.approx(sqrt(2 / 99))
    assert (11, 12, 1.0) == (found.interval.df, found.interval.clusters, found.interval.step)
    assert ("rating points", "centred") == (found.unit, found.sense)


def test_a_case_counts_once_however_many_drafts_it_has():
    """Case 0 is off by 1 in all of its 8 drafts, 11 others in none: 1/12, over 12 clusters."""
    found = measure(
        LENIENCY, paired_frame(cases=12, gold_rating=2, rating=lambda p: 2 + (p.case == 0))
    )

    assert found.estimate == pytest.approx(1 / 12)
    assert (96, 96, 96, 12, 96) == counted(found)


@settings(max_examples=20)
@given(st.lists(st.sampled_from([1, 2, 3]), min_size=12, max_size=12), st.integers(1, 2))
def test_a_shift_given_to_every_draft_moves_leniency_by_that_shift(ratings, shift):
    """Metamorphic: no other part of the finding may move."""
    frame = single(rating=lambda p: ratings[p.case], gold_rating=3)
    before = measure(LENIENCY, frame)
    after = measure(LENIENCY, frame.assign(rating=frame["rating"] + shift))

    assert after.estimate == pytest.approx(before.estimate + shift)
    assert after.interval.se == pytest.approx(before.interval.se)
    assert before.counts == after.counts


def test_a_label_agreement_by_hand():
    """8 drafts a case; one wrong label makes its case wrong: 11 of 12."""
    frame = paired_frame(cases=12)
    frame.loc[5, "label"] = "9"
    found = measure(LABELS, frame)

    assert found.estimate == pytest.approx(11 / 12)
    assert Binomial(hits=11, n=12) == found.interval
    assert (96, 96, 96, 12, 12) == counted(found)
    assert ("share of cases", "cases") == (found.unit, found.counts.unit_name)


def test_a_label_that_is_missing_is_a_wrong_one():
    frame = paired_frame(cases=12)
    frame.loc[5, "label"] = None

    assert Binomial(hits=11, n=12) == measure(LABELS, frame).interval


@pytest.mark.parametrize(
    ("cases", "text", "code", "scored"),
    [
        (12, "All was well.", "too_few", 11),
        (12, None, "too_many_missing", 11),
        (5, "7", "too_few", 5),
    ],
)
def test_drafts_that_state_a_number_are_counted_without_an_estimate_too(cases, text, code, scored):
    """One draft a case; ``text`` is the first one's, the others state a number."""
    found = measure(
        SHARE,
        paired_frame(
            cases=cases,
            groups={},
            text=lambda p: "She closed 12 deals." if p.case else text,
        ),
    )

    assert (code, scored) == (found.estimate.code, found.counts.scored)


@pytest.mark.parametrize(
    ("metric", "columns", "reason", "code"),
    [
        (SHARE, {"evidence": None}, "no evidence was supplied", "not_supplied"),
        (COVERAGE, {"evidence": None}, "no evidence was supplied", "not_supplied"),
        (KAPPA, {"gold_rating": None}, "no rating by the rubric was supplied", "not_supplied"),
        (LENIENCY, {"gold_rating": None}, "no rating by the rubric was supplied", "not_supplied"),
        (LABELS, {"gold_label": None}, "no right label was supplied", "not_supplied"),
        (
            SHARE,
            {"text": "All was well."},
            "0 cases with a stated number, 12 needed for an estimate",
            "too_few",
        ),
        (COVERAGE, {"text": None}, "0 scored cases, 12 needed for an estimate", "too_few"),
        (KAPPA, {"rating": None}, "no draft carries a rating", "missing_drafts"),
        (LENIENCY, {"rating": None}, "no draft carries a rating", "missing_drafts"),
        (LABELS, {"label": None}, "no draft carries a label", "missing_drafts"),
    ],
)
def test_what_was_not_supplied_or_never_came_is_not_accurate(metric, columns, reason, code):
    assert Undefined(reason=reason, code=code) == measure(metric, paired_frame(**columns)).estimate


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(lambda: paired_frame(cases=0), id="nothing planned"),
        pytest.param(lambda: testing.refuse(paired_frame(), 1.0), id="all refused"),
    ],
)
def test_no_draft_at_all_is_undefined(metric, frame):
    assert isinstance(measure(metric, frame()).estimate, Undefined)


@pytest.mark.parametrize("metric", [SHARE, COVERAGE, *RATED])
def test_eleven_cases_are_too_few_and_twelve_are_not(metric):
    assert "too_few" == measure(metric, paired_frame(cases=11)).estimate.code
    assert isinstance(measure(metric, paired_frame(cases=12)).estimate, float)


@pytest.mark.parametrize("metric", [COVERAGE, *RATED])
def test_over_one_in_twenty_unscored_is_undefined(metric):
    """What refuses to be scored need not be like what does not."""
    found = measure(metric, testing.fail(paired_frame(), 0.1))

    assert "too_many_missing" == found.estimate.code
    assert 480 > found.counts.scored > 400


@pytest.mark.parametrize("metric", ALL)
def test_levels_need_no_second_group(metric):
    ours = measure(metric, paired_frame(groups={"gender": ("female",)}))

    assert isinstance(ours.estimate, float)
    assert ("all", "all") == (ours.by, ours.contrast)


@pytest.mark.parametrize(
    ("metric", "perfect"),
    [(SHARE, 0.0), (COVERAGE, 1.0), (KAPPA, 1.0), (LENIENCY, 0.0), (LABELS, 1.0)],
)
def test_a_clean_set_is_perfect_within_what_sixty_cases_can_show(metric, perfect):
    found = measure(metric, paired_frame())
    low, high = ends(metric, paired_frame())

    assert found.estimate == pytest.approx(perfect)
    assert low <= perfect <= high
    assert 0.01 < high - low < 0.1
    assert () == found.examples


@pytest.mark.parametrize(
    ("metric", "plant", "beyond"),
    [
        (SHARE, testing.invent_numbers, ("low", 0.05)),
        (COVERAGE, testing.cut_short, ("high", 0.8)),
        (KAPPA, lambda f, dose: testing.shift_ratings(f, dose, points=-3), ("high", 0.7)),
        (LENIENCY, testing.shift_ratings, ("high", -0.25)),
        (LENIENCY, lambda f, dose: testing.shift_ratings(f, dose, points=1), ("low", 0.25)),
        (LABELS, testing.mislabel, ("high", 0.8)),
    ],
)
def test_a_fault_planted_in_half_of_the_drafts_is_found(metric, plant, beyond):
    low, high = ends(metric, plant(paired_frame(), 0.5))
    end, threshold = beyond

    assert low > threshold if end == "low" else high < threshold


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_moves_no_level(seed):
    frame = testing.invent_numbers(testing.shift_ratings(paired_frame(cases=12), 0.3), 0.3)
    turned = frame.iloc[np.random.default_rng(seed).permutation(len(frame))]
    for metric in ALL:
        ours, theirs = measure(metric, frame), measure(metric, turned.reset_index(drop=True))
        assert ours.estimate == pytest.approx(theirs.estimate)
        assert ours.counts == theirs.counts
