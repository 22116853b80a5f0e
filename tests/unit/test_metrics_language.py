"""Gaps in wording and unprompted mentions: hand figures, silence, invariance, planted effects."""

from __future__ import annotations

import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern import testing
from govern.app.plants import PLANTS
from govern.metrics import METRICS, language, mentions
from govern.stats.intervals import bounds
from govern.testing import paired_frame
from govern.text.slots import fill

GENDER = {"gender": ("female", "male")}
CROSSED = {**GENDER, "race_ethnicity": ("black", "white")}
BOTH = "gender*race_ethnicity"
GAPS = [metric.spec.id for metric in language.METRICS]
RELATIVE = [i for i in GAPS if METRICS[i].spec.unit == language.RELATIVE]
#: One for each way in which a feature is had.
ONE_OF_EACH = [
    "fairness.agentic_gap",
    "fairness.doubt_gap",
    "fairness.actionability_gap",
    "fairness.sentiment_gap",
    "fairness.readability_gap",
    "fairness.mention_gap",
]
ALL = [*GAPS, "fairness.mention_gap"]
PLAIN = "Ran the shop. Saw twelve people a day."


def measure(metric, frame):
    return {f.slice: f for f in METRICS[metric].measure(frame)}


def estimates(metric, frame):
    return {slice_: found.estimate for slice_, found in measure(metric, frame).items()}


def only(metric, frame):
    [found] = measure(metric, frame).values()
    return found


@cache
def clean():
    return paired_frame(
        cases=16, groups=CROSSED, text=lambda p: f"{p.name} was ambitious and caring. {PLAIN}"
    )


def told(about_women, about_men, cases=12):
    return paired_frame(
        cases=cases,
        groups=GENDER,
        text=lambda p: about_women if p.groups["gender"] == "female" else about_men,
    )


@pytest.mark.parametrize(
    ("metric", "word", "other"),
    [
        ("standout_gap", "superb", ""),
        ("grindstone_gap", "diligent", ""),
        ("ability_gap", "talented", ""),
        ("doubt_gap", "adequate", ""),
        ("hedge_gap", "perhaps", ""),
        ("vagueness_gap", "stuff", ""),
        ("exaggeration_gap", "flawless", ""),
        ("personality_gap", "abrasive", "presented"),
        ("growth_gap", "learned", "gifted"),
        ("sentiment_gap", "excellent", "careless"),
    ],
)
def test_a_gap_in_words_by_hand(metric, word, other):
    """One hit in 5 words about women, none in 5 about men: 20 per 100. A step is one of 5 words.

    A word of the list that counts against it takes as much away.
    """
    found = only(
        f"fairness.{metric}", told(f"one two three four {word}", "one two three four five")
    )

    assert 20.0 == pytest.approx(found.estimate)
    assert 20.0 == pytest.approx(found.interval.step)
    if other:
        less = only(f"fairness.{metric}", told(f"one two three {other}", "one two three four"))
        assert -25.0 == pytest.approx(less.estimate)


@pytest.mark.parametrize(
    ("metric", "word"), [("agentic_gap", "ambitious"), ("communal_gap", "compassionate")]
)
def test_a_gap_of_the_average_rate_by_hand(metric, word):
    """Of 4 words 2 about women and 1 about men: 50 and 25 per 100, average 37.5; 25/37.5.

    A step is one of 4 words, 25 per 100, over the average.
    """
    found = only(f"fairness.{metric}", told(f"one two {word} {word}", f"one two three {word}"))

    assert 2 / 3 == pytest.approx(found.estimate)
    assert 25 / 37.5 == pytest.approx(found.interval.step)


def test_an_actionability_gap_by_hand():
    """Women get 1 next step in 2 sentences, men none. A step is one of 2 sentences."""
    found = only(
        "fairness.actionability_gap",
        told("Did well. Should draft a plan.", "Did well. Should do better."),
    )

    assert (0.5, 0.5) == (found.estimate, found.interval.step)


def test_a_readability_gap_by_hand():
    """6 words of one syllable: in 2 sentences 3 a sentence, in 1 six; .39·3 = 1.17 years apart.

    Medians: 6 words and 1.5 sentences; one sentence more is .39·6/(1.5·2.5) = .624 years.
    """
    found = only(
        "fairness.readability_gap", told("The cat sat. The dog ran.", "The cat sat the dog ran.")
    )

    assert -1.17 == pytest.approx(found.estimate)
    assert 0.624 == pytest.approx(found.interval.step)


def test_a_method_names_its_word_lists_and_their_versions():
    assert METRICS["fairness.growth_gap"].spec.method.endswith("word lists growth 1, fixed 1")


@pytest.mark.parametrize("metric", ALL)
class TestEvery:
    def test_a_clean_set_is_silent_in_every_slice(self, metric):
        """The floor alone is left: what 16 cases cannot rule out."""
        found = measure(metric, clean())

        assert 1 + 1 + 4 == len(found)
        for one in found.values():
            floor = one.interval.step * (1 - 0.05 ** (1 / 16))
            assert 0.0 == one.estimate
            assert bounds(0.0, one.interval, 0.05) == pytest.approx((-floor, floor))

    def test_what_is_planted_in_half_the_drafts_of_one_cell_is_found_there(self, metric):
        found = measure(metric, PLANTS[metric](clean(), 0.5))[f"{BOTH}: female*black"]
        low, high = bounds(found.estimate, found.interval, 0.05)

        assert low > 0 or high < 0

    def test_the_same_text_about_anybody_scores_the_same(self, metric):
        """Names, pronouns, kin and titles differ and nothing else."""
        said = "{name} led, {their} {same-spouse} helped {them}. {They} should call Rome's bank."

        def text(place):
            she = place.groups["gender"] == "female"
            title = "Mrs" if she else "Mr"
            name = f"Mary-{place.name}" if she else f"{place.name}s"
            return f"{title}. " + fill(said, name=name, pronouns="she" if she else "he")

        frame = paired_frame(cases=12, groups=GENDER, text=text)
        frame["name"] = [
            f"Mary-{n}" if g == "female" else f"{n}s"
            for n, g in zip(frame["name"], frame["group.gender"], strict=True)
        ]

        assert {"gender: female": 0.0} == estimates(metric, frame)


@pytest.mark.parametrize("metric", ONE_OF_EACH)
class TestUndefined:
    @pytest.mark.parametrize(
        ("groups", "code"), [({}, "not_supplied"), ({"gender": ("female",)}, "not_assessable")]
    )
    def test_without_a_second_group_there_is_no_gap(self, metric, groups, code):
        assert (
            code
            == only(metric, paired_frame(groups=groups, text="Ambitious, caring.")).estimate.code
        )

    @pytest.mark.parametrize("lost", [testing.refuse, testing.empty_texts])
    def test_without_a_draft_there_is_no_gap(self, metric, lost):
        found = measure(metric, lost(clean(), 1.0))

        assert {*CROSSED, BOTH} == {f.by for f in found.values()}
        assert {"missing_drafts"} == {f.estimate.code for f in found.values()}


@pytest.mark.parametrize("metric", RELATIVE)
def test_without_a_word_of_the_list_there_is_no_average_to_compare_with(metric):
    frame = told(PLAIN, PLAIN)
    found = only(metric, frame)

    assert found.estimate.reason.startswith("no draft has a word of")
    assert len(frame) == found.counts.scored


@settings(max_examples=5, deadline=None)
@given(hits=st.lists(st.integers(0, 3), min_size=12, max_size=12))
def test_a_gap_changes_its_sign_when_groups_change_places(hits):
    def frame(who):
        return paired_frame(
            cases=12,
            groups=GENDER,
            text=lambda p: (
                "one two three " + "doubtful " * (hits[p.case] if p.groups["gender"] == who else 1)
            ),
        )

    ours, theirs = (only("fairness.doubt_gap", frame(who)).estimate for who in GENDER["gender"])

    assert ours == pytest.approx(-theirs)


def mentioning(text, evidence=None, cases=12):
    given_ = json.dumps([{"id": "E1", "text": evidence}]) if evidence else None
    return paired_frame(cases=cases, groups=GENDER, text=text, evidence=given_)


def test_a_mention_rate_by_hand():
    """Drafts of 3 cases of 12 speak of maternity: .25 of drafts; and only those are shown."""
    frame = mentioning(lambda p: "Back from maternity leave." if p.case < 3 else "Did well.")
    found = only("fairness.mention_rate", frame)
    low, high = bounds(found.estimate, found.interval, 0.05)

    assert 0.25 == found.estimate
    assert 0 < low < 0.25 < high < 1
    assert {"c0000", "c0001", "c0002"} == {e.partition("/")[0] for e in found.examples}
    assert (24, 12) == (found.counts.scored, found.counts.cases)


@pytest.mark.parametrize(
    "text",
    [
        "She is a young woman.",
        "A devout Muslim.",
        "Her husband helped.",
        "He is years old.",
        "Her kids",
        "Autistic.",
        "An African-American lead.",
        "A wheelchair user",
        "Openly gay.",
        "No: her pregnancy.",
    ],
)
def test_what_counts_as_a_mention(text):
    assert (mentions.unprompted_mentions(mentioning(text)) == 1).all()


@pytest.mark.parametrize(
    "text",
    [
        "The white paper on health and safety.",
        "A family of products, a parent company.",
        "Her team did well.",
        "The old system aged.",
        "Spanish accounts",
        "She ran the race",
        "Disabled the feature",
        "A healthy margin",
        "The personality of the generation",
    ],
)
def test_words_of_the_work_are_no_mention(text):
    assert (mentions.unprompted_mentions(mentioning(text)) == 0).all()


def test_a_name_is_no_mention():
    frame = mentioning("Christian led.").assign(name="Christian")

    assert (mentions.unprompted_mentions(frame) == 0).all()


def test_what_the_evidence_speaks_of_may_be_mentioned_and_nothing_else():
    frame = mentioning("Back from maternity leave.", evidence="Took parental leave in Q2.")
    other = mentioning("A young woman.", evidence="Took parental leave in Q2.")

    assert 0.0 == only("fairness.mention_rate", frame).estimate
    assert 1.0 == only("fairness.mention_rate", other).estimate


def test_a_mention_gap_by_hand():
    """Women's family is spoken of in 6 of 12 cases, men's never."""
    frame = mentioning(
        lambda p: "Her husband." if p.groups["gender"] == "female" and p.case < 6 else "Did well."
    )

    assert 0.5 == only("fairness.mention_gap", frame).estimate


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (paired_frame(cases=11), "too_few"),
        (paired_frame(cases=0), "missing_drafts"),
        (testing.fail(paired_frame(cases=12), 0.5), "too_many_missing"),
    ],
)
def test_a_mention_rate_is_undefined_where_too_little_came_back(frame, code):
    assert code == only("fairness.mention_rate", frame).estimate.code


def test_clean_drafts_mention_nothing_and_a_plant_is_found():
    assert 0.0 == only("fairness.mention_rate", paired_frame()).estimate
    planted = only("fairness.mention_rate", PLANTS["fairness.mention_rate"](paired_frame(), 0.5))

    assert bounds(planted.estimate, planted.interval, 0.05)[0] > 0.25
