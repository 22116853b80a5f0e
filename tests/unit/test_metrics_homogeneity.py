"""Homogeneity: alike means alike across people, at one length, with names masked."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern import testing
from govern.domain import Finding, Undefined
from govern.metrics import METRICS
from govern.stats.intervals import bounds
from govern.testing import evidence_of, paired_frame

LEVEL, EXCESS = "homogeneity.similarity", "homogeneity.excess_similarity"
ALL = [LEVEL, EXCESS]
GENDER = {"gender": ("female", "male")}
ONE = "calm work earned trust"
OTHER = "quick plans made progress"


def measure(metric, frame) -> Finding:
    [finding] = METRICS[metric].measure(frame)
    return finding


def fact(text):
    return json.dumps([{"id": "E1", "salience": "key", "unit": None, "value": None, "text": text}])


def apart(case):
    """Words that no other case has."""
    return " ".join(f"{word}{'abcdefghijklmnopqrstuvwxyz'[case]}" for word in ("did", "met", "won"))


def halves(place):
    return ONE if place.case < 6 else OTHER


def test_the_mean_is_over_pairs_of_different_people():
    """12 cases, two kinds of 6 that share no word: of 66 pairs 2·15 are alike, 30/66.

    Without one case 25 of 55 pairs are: each time the same 5/11, so the jackknife sees none.
    """
    found = measure(LEVEL, paired_frame(cases=12, groups={}, text=halves))

    assert found.estimate == pytest.approx(30 / 66)
    assert found.interval.se == pytest.approx(0)
    assert (11, 12) == (found.interval.df, found.interval.clusters)
    assert ("cosine", "lower_is_better") == (found.unit, found.sense)
    assert (12, 12, 12) == (found.counts.planned, found.counts.scored, found.counts.cases)


def test_excess_is_what_drafts_share_less_what_the_evidence_shares():
    """Drafts as above, 30/66; the evidence has three kinds of 4: 3·6 of 66 pairs."""
    kinds = ("sold cars", "kept books", "fixed roofs")
    frame = paired_frame(
        cases=12, groups={}, text=halves, evidence=lambda p: fact(kinds[p.case % 3])
    )
    found = measure(EXCESS, frame)

    assert found.estimate == pytest.approx((30 - 18) / 66)
    assert "evidence" == found.baseline


def test_drafts_of_the_same_person_are_never_a_pair():
    """Eight drafts of a case are the same text, and no two cases share a word."""
    found = measure(LEVEL, paired_frame(cases=12, text=lambda p: apart(p.case)))

    assert found.estimate == pytest.approx(0)
    assert (96, 12) == (found.counts.scored, found.counts.cases)


def test_a_name_that_differs_hides_no_likeness():
    found = measure(LEVEL, paired_frame(cases=12, text=lambda p: f"{p.name} did well"))

    assert found.estimate == pytest.approx(1)


def test_only_the_common_length_is_compared():
    """Twelve cases share 20 words; what half of them say between the tenth and the next is cut."""
    words = [f"word{letter}" for letter in "abcdefghijklmnopqrst"]
    frame = paired_frame(
        cases=12,
        groups={},
        text=lambda p: " ".join(
            [*words[:10], *([apart(p.case)] if p.case % 2 else []), *words[10:]]
        ),
    )
    found = measure(LEVEL, frame)

    assert found.estimate == pytest.approx(1)
    assert found.method.endswith("first and last tokens, 20 in all")


@pytest.mark.parametrize("place", ["opening", "ending"])
def test_stock_sentences_are_seen_wherever_they_stand(place):
    """Sixty words of one's own in each draft, and six that half of the drafts share."""
    stock = "brings energy to every single task"
    clean = paired_frame(cases=24, groups={}, text=lambda p: own_words(p.case, 60))
    spoiled = clean.copy()
    on = spoiled.index % 2 == 0
    texts = spoiled.loc[on, "text"]
    spoiled.loc[on, "text"] = stock + " " + texts if place == "opening" else texts + " " + stock

    assert pytest.approx(0) == measure(LEVEL, clean).estimate
    assert measure(LEVEL, spoiled).estimate > 0.005


@pytest.mark.parametrize("groups", [{}, GENDER, testing.GROUPS])
def test_evidence_told_again_in_its_own_words_has_no_excess(groups):
    """However many drafts a case has, and though evidence says "Employee" for the name."""
    found = measure(EXCESS, paired_frame(groups=groups))

    assert found.estimate == pytest.approx(0, abs=1e-9)


def test_what_all_drafts_repeat_weighs_as_much_as_what_all_evidence_repeats():
    """The same share of boilerplate on both sides, in other words: no excess."""

    def evidence(place):
        return json.dumps(
            [i | {"text": f"eta theta iota {i['text']}"} for i in evidence_of(place.case)]
        )

    def text(place):
        told = (i["text"] for i in evidence_of(place.case, place.name))
        return ". ".join(f"alpha beta gamma {text}" for text in told)

    found = measure(EXCESS, paired_frame(text=text, evidence=evidence))

    assert found.estimate == pytest.approx(0, abs=1e-9)


def test_drafts_without_words_do_not_make_the_rest_look_different():
    """Trap: as zero vectors they would be like nobody, and half of them halve the mean."""
    clean = paired_frame(text=ONE)

    for metric in ALL:
        spoiled = measure(metric, testing.empty_texts(clean, 0.5))
        assert spoiled.estimate == pytest.approx(measure(metric, clean).estimate)
        assert spoiled.counts.scored < 300


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(lambda: testing.empty_texts(paired_frame(), 1.0), id="without words"),
        pytest.param(lambda: testing.refuse(paired_frame(), 1.0), id="refused"),
        pytest.param(lambda: paired_frame(text=None), id="no text supplied"),
    ],
)
def test_no_words_at_all_are_not_diverse(metric, frame):
    wanted = Undefined(reason="0 cases with a draft, 12 needed for an estimate", code="too_few")

    assert wanted == measure(metric, frame()).estimate


@pytest.mark.parametrize("metric", ALL)
def test_eleven_cases_are_too_few(metric):
    wanted = Undefined(reason="11 cases with a draft, 12 needed for an estimate", code="too_few")

    assert wanted == measure(metric, paired_frame(cases=11)).estimate


@pytest.mark.parametrize("evidence", [None, "[]"])
def test_without_evidence_there_is_no_excess_over_it(evidence):
    wanted = Undefined(
        reason="no evidence was supplied to compare the drafts with", code="not_supplied"
    )

    assert wanted == measure(EXCESS, paired_frame(evidence=evidence)).estimate


@pytest.mark.parametrize("metric", ALL)
def test_nothing_planned_is_undefined(metric):
    assert isinstance(measure(metric, paired_frame(cases=0)).estimate, Undefined)


def test_one_text_for_everybody_is_one():
    found = measure(LEVEL, paired_frame(text=ONE))

    assert found.estimate == pytest.approx(1)


def test_a_group_that_failed_throughout_leaves_the_others_to_be_compared():
    frame = paired_frame(cases=12, groups=GENDER, text=halves)
    women = frame["group.gender"] == "female"
    frame.loc[women, ["status", "text", "label"]] = ["failed", None, None]
    found = measure(LEVEL, frame)

    assert found.estimate == pytest.approx(30 / 66)
    assert (24, 12, 12) == (found.counts.planned, found.counts.ok, found.counts.scored)


def test_strata_are_compared_within_and_averaged():
    """Two roles of 12 cases: all alike in one, none in the other. Across them nothing counts."""
    frame = paired_frame(
        cases=24,
        groups={},
        stratum=lambda p: "clerk" if p.case < 12 else "nurse",
        text=lambda p: ONE if p.case < 12 else apart(p.case),
    )

    assert measure(LEVEL, frame).estimate == pytest.approx(0.5)


def test_roles_of_nine_cases_are_merged_into_their_function():
    """9 alike and 9 apart, in one stratum of 18: 36 of 153 pairs."""
    frame = paired_frame(
        cases=18,
        groups={},
        stratum=lambda p: "clerk" if p.case < 9 else "nurse",
        stratum_above="care",
        text=lambda p: ONE if p.case < 9 else apart(p.case),
    )

    assert measure(LEVEL, frame).estimate == pytest.approx(36 / 153)


def test_a_clean_set_stays_within_the_policy():
    found = measure(EXCESS, paired_frame())

    assert bounds(found.estimate, found.interval, 0.05)[1] <= 0.05


@pytest.mark.parametrize(
    ("metric", "plant"),
    [(LEVEL, testing.copy_texts), (EXCESS, testing.copy_texts), (EXCESS, testing.add_boilerplate)],
)
def test_what_nearly_all_drafts_share_is_found(metric, plant):
    """In half of them it would not be: as many pairs grow unlike, one with and one without."""
    clean = measure(metric, paired_frame())
    found = measure(metric, plant(paired_frame(), 0.9))

    assert bounds(found.estimate, found.interval, 0.05)[0] > clean.estimate + 0.01


@settings(max_examples=15)
@given(
    st.lists(
        st.lists(st.sampled_from("red oak fern moss lime".split()), min_size=1, max_size=6),
        min_size=12,
        max_size=14,
    )
)
def test_the_mean_is_that_of_all_pairs_one_by_one(words):
    """Brute force over pairs of cases, with weight 1 + ln((1+N)/(1+documents))."""
    frame = paired_frame(cases=len(words), groups={}, text=lambda p: " ".join(words[p.case]))
    vocabulary = sorted({word for text in words for word in text})
    weight = {
        w: 1 + np.log((1 + len(words)) / (1 + sum(w in text for text in words))) for w in vocabulary
    }
    vectors = np.array([[text.count(w) * weight[w] for w in vocabulary] for text in words])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    wanted = np.mean([a @ b for a, b in combinations(vectors, 2)])

    assert measure(LEVEL, frame).estimate == pytest.approx(wanted)


@settings(max_examples=4)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_moves_nothing(seed):
    frame = testing.add_boilerplate(paired_frame(cases=12, groups=GENDER), 0.5)
    turned = frame.iloc[np.random.default_rng(seed).permutation(len(frame))]
    for metric in ALL:
        ours, theirs = measure(metric, frame), measure(metric, turned.reset_index(drop=True))
        assert ours.estimate == pytest.approx(theirs.estimate)
        assert ours.interval.se == pytest.approx(theirs.interval.se)


def own_words(case, count):
    """Words that no other case has."""
    return " ".join(
        f"own{chr(97 + case)}{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(count)
    )
