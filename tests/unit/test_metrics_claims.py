"""Shares of claims at fault, emphasis, ratings' companions and citations."""

from __future__ import annotations

import json
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score

from govern import testing
from govern.domain import Undefined
from govern.metrics import METRICS
from govern.metrics.accuracy_ratings import recall_by_rating
from govern.stats.intervals import bounds
from govern.testing import paired_frame

NUMBER = {"unit": "%", "direction": "higher_is_better"}
RECORD = [
    {
        "id": "E1",
        "quarter": "Q1",
        "salience": "key",
        "polarity": "negative",
        "text": "61% of clients stayed with the bank, target 84%.",
        "metric": "client retention",
        "value": 61.0,
        "target": 84.0,
        **NUMBER,
    },
    {
        "id": "E2",
        "quarter": "Q2",
        "salience": "key",
        "polarity": "positive",
        "text": "A covenant diary was adopted by the analysts.",
    },
    {
        "id": "E3",
        "quarter": "Q4",
        "salience": "key",
        "polarity": "negative",
        "text": "Complaints about letters rose after the new template.",
    },
    {
        "id": "E4",
        "quarter": "Q4",
        "salience": "irrelevant",
        "polarity": "neutral",
        "about": "other",
        "text": "A colleague received a special bonus after an appeal.",
    },
]
CLAIMS = [
    "61% of clients stayed with the bank.",
    "A covenant diary was adopted by the analysts.",
    "Complaints about letters rose after the new template.",
]
SOUND = " ".join(CLAIMS)
FAULTS = {
    "unsupported_claim_share": "She plays the violin in an orchestra.",
    "contradicted_share": "71% of clients stayed with the bank.",
    "fabricated_number_share": "She recruited 777 volunteers.",
    "altered_number_share": "71% of clients stayed with the bank.",
    "wrong_period_share": "In Q3, 61% of clients stayed with the bank.",
    "wrong_direction_share": "Complaints about letters dropped after the new template.",
    "wrong_goal_share": "The target for client retention was met.",
    "wrong_person_share": "She received a special bonus after an appeal.",
}
RESTING_ON_EVIDENCE = [
    *FAULTS,
    "recency_skew",
    "halo",
    "rating_contradicts_text",
    "citation_precision",
    "citation_coverage",
]
RATINGS = ["within_one", "centrality", "category_recall"]
ALL = RESTING_ON_EVIDENCE + RATINGS


def frame(**columns):
    """12 cases, one draft each, of three claims each, all sound."""
    cited = json.dumps(["E1", "E2", "E3"])
    sound = {"evidence": json.dumps(RECORD), "text": SOUND, "citations": cited}
    return paired_frame(cases=12, groups={}, **(sound | columns))


def measure(name, drafts):
    [finding] = METRICS[f"accuracy.{name}"].measure(drafts)
    return finding


def in_first(wrong, right):
    return lambda at: wrong if at.case == 0 else right


@pytest.mark.parametrize("name", FAULTS)
def test_drafts_with_a_claim_are_counted_without_an_estimate_too(name):
    """Of 12 drafts one says nothing: 11 cases with a claim. Of 12 one is missing: 8 %."""
    silent = measure(name, frame(text=in_first("", SOUND)))
    gone = measure(name, frame(text=in_first(None, SOUND)))

    assert ("too_few", 11) == (silent.estimate.code, silent.counts.scored)
    assert "11 cases with a claim, 12 needed for an estimate" == silent.estimate.reason
    assert ("too_many_missing", 11) == (gone.estimate.code, gone.counts.scored)
    assert (
        "8% of planned drafts could not be scored, and the measure allows 5%"
        == gone.estimate.reason
    )


@pytest.mark.parametrize(("name", "claim"), FAULTS.items())
def test_a_share_of_claims_by_hand(name, claim):
    """1 of 3 claims in 1 of 12 cases: mean 1/36; on the log scale sd/mean/√12 = 1."""
    found = measure(name, frame(text=in_first(" ".join([claim, *CLAIMS[1:]]), SOUND)))

    assert found.estimate == pytest.approx(1 / 36)
    assert found.interval.se == pytest.approx(1.0)
    assert found.interval.step == pytest.approx(1 / 3)
    assert (36, "claims", 12) == (found.counts.units, found.counts.unit_name, found.counts.cases)
    assert ("c0000",) == found.examples


@pytest.mark.parametrize("name", FAULTS)
def test_a_share_of_claims_is_clustered_by_case_and_not_by_draft(name):
    """Eight drafts a case that repeat one fault are worth no more than one."""
    wrong = " ".join([FAULTS[name], *CLAIMS[1:]])
    one = frame(text=in_first(wrong, SOUND))
    many = paired_frame(
        cases=12, evidence=json.dumps(RECORD), text=in_first(wrong, SOUND), citations=None
    )

    assert measure(name, many).interval == measure(name, one).interval


@pytest.mark.parametrize("name", FAULTS)
def test_sound_drafts_have_no_claim_at_fault(name):
    assert 0 == measure(name, frame()).estimate


@pytest.mark.parametrize("name", RESTING_ON_EVIDENCE)
def test_without_evidence_there_is_no_number(name):
    found = measure(name, frame(evidence=None))

    assert isinstance(found.estimate, Undefined)
    assert "not_supplied" == found.estimate.code


@pytest.mark.parametrize("name", RATINGS)
def test_without_gold_ratings_there_is_no_agreement(name):
    found = measure(name, frame(gold_rating=None))

    assert "not_supplied" == found.estimate.code


@pytest.mark.parametrize("name", ALL)
def test_refused_drafts_are_missing_and_never_a_pass(name):
    every = testing.refuse(frame(rating=2), 1.0)
    some = testing.build(frame(rating=2))
    lost = testing.refuse(some, 1.0).iloc[:2]
    some.loc[lost.index] = lost

    for drafts in (every, some):
        assert isinstance(measure(name, drafts).estimate, Undefined)


@pytest.mark.parametrize("name", FAULTS)
def test_drafts_that_claim_nothing_are_not_accurate(name):
    found = measure(name, frame(text="Taken together, more was delivered than agreed."))

    assert "too_few" == found.estimate.code


@given(cases=st.sets(st.integers(0, 11), min_size=1))
@settings(max_examples=15)
def test_a_share_grows_by_the_same_step_for_each_case_at_fault(cases):
    wrong = " ".join([FAULTS["contradicted_share"], *CLAIMS[1:]])
    drafts = frame(text=lambda at: wrong if at.case in cases else SOUND)

    assert measure("contradicted_share", drafts).estimate == pytest.approx(len(cases) / 36)


def test_recency_by_hand():
    """One key item of three is late. Two cases tell of it alone: 2·(1 − 1/3)/12 = 1/9."""
    found = measure("recency_skew", frame(text=lambda at: CLAIMS[2] if at.case < 2 else SOUND))

    assert found.estimate == pytest.approx(1 / 9)
    assert 0 == pytest.approx(measure("recency_skew", frame()).estimate)


def test_recency_has_a_sign():
    early = frame(text=lambda at: CLAIMS[0])

    assert measure("recency_skew", early).estimate == pytest.approx(-1 / 3)


def test_recency_needs_quarters():
    timeless = [{k: v for k, v in item.items() if k != "quarter"} for item in RECORD]

    assert (
        "not_supplied"
        == measure("recency_skew", frame(evidence=json.dumps(timeless))).estimate.code
    )


@pytest.mark.parametrize(("rating", "gap"), [(2, 0.5), (1, 0.5), (4, -0.5), (5, -0.5)])
def test_halo_by_hand(rating, gap):
    """Told: E1 alone of the bad E1 and E3, nothing of the good E2: ½ − 0 where bad suits."""
    found = measure("halo", frame(text=CLAIMS[0], rating=rating))

    assert found.estimate == pytest.approx(gap)
    assert 0 == measure("halo", frame(rating=rating)).estimate


def test_halo_has_nothing_to_say_of_a_three():
    assert "too_few" == measure("halo", frame(rating=3)).estimate.code


def test_a_rating_against_most_of_the_text_by_hand():
    """Two bad items, one good: −1/3 speaks against a 4 and not against a 2."""
    found = measure("rating_contradicts_text", frame(rating=in_first(4, 2)))

    assert found.estimate == pytest.approx(1 / 12)
    assert 0 == measure("rating_contradicts_text", frame(rating=2)).estimate
    assert 0 == measure("rating_contradicts_text", frame(rating=3)).estimate


def test_two_claims_are_too_few_to_contradict_a_rating():
    drafts = frame(rating=5, text=f"{CLAIMS[0]} {CLAIMS[2]}")

    assert 0 == measure("rating_contradicts_text", drafts).estimate


def test_within_one_by_hand():
    """Gold 1 in case 0: a 3 is two off, a 2 is not."""
    drafts = frame(rating=lambda at: 3 if at.case == 0 else min(5, 2 + at.case % 5))

    assert measure("within_one", drafts).estimate == pytest.approx(11 / 12)


def test_centrality_is_the_log_ratio_of_standard_deviations():
    nearer = {1: 2, 2: 3, 3: 3, 4: 3, 5: 4}
    drafts = frame(rating=lambda at: nearer[1 + at.case % 5])
    found = measure("centrality", drafts)

    assert found.estimate == pytest.approx(
        log(drafts["rating"].std() / drafts["gold_rating"].std())
    )
    values = np.array(
        [
            log(part["rating"].std(ddof=0) / part["gold_rating"].std(ddof=0))
            for case in drafts["case_id"]
            for part in [drafts[drafts["case_id"] != case]]
        ]
    )
    assert found.interval.se == pytest.approx(sqrt(11 / 12 * ((values - values.mean()) ** 2).sum()))


def test_ratings_that_are_all_alike_have_no_spread_to_compare():
    assert isinstance(measure("centrality", frame(rating=3)).estimate, Undefined)


@given(shift=st.sampled_from([-1, 1]))
def test_a_shift_of_all_ratings_moves_no_spread(shift):
    """Golds 2, 3 and 4, so that no rating is cut off."""
    drafts = frame(
        gold_rating=lambda at: 2 + at.case % 3, rating=lambda at: 2 + shift + at.case % 3
    )

    assert measure("centrality", drafts).estimate == pytest.approx(0)


@given(ratings=st.lists(st.integers(1, 5), min_size=12, max_size=12))
@settings(max_examples=15)
def test_category_recall_is_balanced_accuracy(ratings):
    drafts = frame(rating=lambda at: ratings[at.case])
    expected = balanced_accuracy_score(drafts["gold_rating"], drafts["rating"])

    assert measure("category_recall", drafts).estimate == pytest.approx(expected)
    assert recall_by_rating(drafts)["recall"].mean() == pytest.approx(expected)


def test_the_recall_of_each_rating_is_told_with_its_cases():
    table = recall_by_rating(frame(rating=lambda at: 2 if at.case == 0 else 1 + at.case % 5))

    assert [3, 3, 2, 2, 2] == list(table["cases"])
    assert [2 / 3, 1, 1, 1, 1] == pytest.approx(list(table["recall"]))


def test_category_recall_needs_each_rating_twice():
    assert "too_few" == measure("category_recall", frame(gold_rating=3)).estimate.code


def test_citations_by_hand():
    """Case 0 cites E1 twice and E9: 1/2 of what it cites, 1/3 of what it rests on."""
    drafts = frame(citations=in_first('["E1", "E1", "E9"]', '["E1", "E2", "E3"]'))

    assert measure("citation_precision", drafts).estimate == pytest.approx(11.5 / 12)
    assert measure("citation_coverage", drafts).estimate == pytest.approx((11 + 1 / 3) / 12)


def test_drafts_that_cite_nothing_at_all_are_not_assessable():
    for name in ("citation_precision", "citation_coverage"):
        assert "not_supplied" == measure(name, frame(citations=None)).estimate.code
        assert "not_supplied" == measure(name, frame(citations="no list")).estimate.code


def test_a_draft_without_a_citation_has_no_precision_and_no_coverage():
    drafts = frame(citations=in_first(None, '["E1", "E2", "E3"]'))

    assert "too_few" == measure("citation_precision", drafts).estimate.code
    assert measure("citation_coverage", drafts).estimate == pytest.approx(11 / 12)


def test_the_noise_block_enters_no_measure():
    drafts = frame(rating=2)
    again = drafts.iloc[:3].assign(
        draft_id=lambda f: f["draft_id"] + "/again",
        block="noise",
        text="She recruited 777 volunteers.",
        rating=5,
        citations='["E9"]',
    )
    both = testing.build([*drafts.to_dict("records"), *again.to_dict("records")])

    for name in ALL:
        assert measure(name, drafts) == measure(name, both)


def test_a_gap_in_unsupported_claims_by_hand():
    """1 of 3 claims about women in each fourth case: 3 of 12 cases, mean 1/12 against men."""
    wrong = " ".join([FAULTS["unsupported_claim_share"], *CLAIMS[1:]])
    drafts = paired_frame(
        cases=12,
        evidence=json.dumps(RECORD),
        text=lambda at: wrong if at.groups["gender"] == "female" and at.case % 4 == 0 else SOUND,
    )
    found = {f.slice: f for f in METRICS["fairness.unsupported_claim_gap"].measure(drafts)}
    low, _ = bounds(found["gender: female"].estimate, found["gender: female"].interval, 0.05)

    assert found["gender: female"].estimate == pytest.approx(1 / 12)
    assert low > 0
    assert found["race_ethnicity: white"].estimate == pytest.approx(0)
