"""What three drafts of each fixed cell say of a pipeline's drift."""

from __future__ import annotations

import numpy as np
import pytest

from govern.app.drift import ALPHA, FEWEST, drift, odd_one_out
from govern.domain.pipeline import Draft

WORDS = [f"w{n}" for n in range(400)]


def draft(text: str, rating: float | None = 3) -> Draft:
    return Draft(status="ok", text=text, rating=rating)


def texts(*said: str, rating: float | None = 3) -> list[Draft]:
    return [draft(text, rating) for text in said]


NOBODY = [Draft(status="refused", error="no")]
CASES = [f"case {n} did {n + 20} things" for n in range(FEWEST)]


class Sampled:
    """A pipeline with noise: 80 words a case, three in ten drawn anew for each draft.

    ``changed`` is the share of words that another model says in their place.
    """

    def __init__(self, seed: int, cells: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.base, self.other = self.rng.integers(0, 400, (2, cells, 80))
        self.level = self.rng.integers(2, 5, cells)

    def drafts(self, *, changed: float = 0.0, shift: float = 0.0) -> list[Draft]:
        made = []
        for base, other, level in zip(self.base, self.other, self.level, strict=True):
            words = np.where(self.rng.random(80) < 0.3, self.rng.integers(0, 400, 80), base)
            words = np.where(self.rng.random(80) < changed, other, words)
            rating = np.clip(round(level + shift + self.rng.normal(0, 0.5)), 1, 5)
            made.append(draft(" ".join(WORDS[w] for w in words), float(rating)))
        return made


def test_the_same_words_are_the_same_and_no_noise_is_needed_to_say_so():
    drafts = texts(*CASES)

    for again in (drafts, None):
        found = drift(drafts, drafts, again)
        assert ("same", FEWEST) == (found.outcome, found.identical)


def test_a_model_without_noise_that_says_other_things_has_drifted():
    """Each of 6 cells has today's as the odd one out: p is 1 of 729 arrangements."""
    then = texts(*CASES)
    found = drift(then, texts(*["quite another review"] * FEWEST), then)

    assert "drifted" == found.outcome
    [said] = [one for one in found.differences if one.what == "texts"]
    assert pytest.approx(1 / 3**FEWEST) == said.p
    assert pytest.approx(1.0) == said.today == said.difference
    assert pytest.approx(0.0) == said.run


def test_one_other_draft_among_six_is_no_drift_and_no_sameness():
    """The arrangements in which it is as odd: a third of them."""
    then = texts(*CASES)
    found = drift(then, [*then[:-1], draft("quite another review")], then)

    assert "not enough to tell" == found.outcome
    assert "1 of 6 drafts are not the run's, while its exact repeats all are" in found.why[0]
    assert pytest.approx(1 / 3) == found.differences[0].p


def test_without_repeats_other_drafts_may_be_noise():
    found = drift(texts(*CASES), texts(*["quite another review"] * FEWEST), None)

    assert "not enough to tell" == found.outcome
    assert "noise is not known" in found.why[0]
    assert found.differences[0].p is None


def test_too_few_cells_or_drafts_say_nothing():
    few = texts(*CASES[:-1])
    assert "5 cells with a draft in the run, 6 needed" == drift(few, few, few).why[0]
    none = NOBODY * FEWEST
    assert "not enough to tell" == drift(none, none, none).outcome


@pytest.mark.parametrize("today", [NOBODY * FEWEST, texts(*CASES, rating=None)])
def test_a_model_that_refuses_or_rates_no_more_has_drifted(today):
    then = texts(*CASES)

    assert "drifted" == drift(then, today, then).outcome


def test_higher_ratings_are_a_drift_though_every_word_is_the_runs():
    then = texts(*CASES)
    found = drift(then, texts(*CASES, rating=4), then)

    assert "drifted" == found.outcome
    level = found.differences[-1]
    assert ("rating level", 4.0, 3.0, 1.0) == (level.what, level.today, level.run, level.difference)
    assert any("rating level" in why for why in found.why)


def test_ratings_that_turn_round_are_a_drift_though_their_mean_stays():
    high_low = [draft(text, 5 if n % 2 else 1) for n, text in enumerate(CASES)]
    low_high = [draft(text, 1 if n % 2 else 5) for n, text in enumerate(CASES)]
    found = drift(high_low, low_high, high_low)

    assert "drifted" == found.outcome
    assert pytest.approx(0.0) == found.differences[-1].difference
    assert [why.partition(":")[0] for why in found.why] == ["ratings"]


def test_a_draft_made_with_the_runs_own_seed_is_no_drift_where_repeats_differ():
    """Seeded, today's is the first draft once more, and its repeat was drawn apart."""
    noisy = Sampled(1, 12)
    then, again = noisy.drafts(), noisy.drafts()

    assert "same" == drift(then, then, again).outcome


def test_sampling_noise_alone_is_called_a_drift_in_one_run_of_twenty_at_most():
    """120 canaries of a pipeline that did not change: 6 drifts expected at most, over 11 in 2 %."""
    called = 0
    for seed in range(120):
        model = Sampled(seed, 8)
        found = drift(model.drafts(), model.drafts(), model.drafts(), seed=seed)
        called += found.outcome == "drifted"

    assert called <= 11


@pytest.mark.parametrize("change", [{"changed": 0.2}, {"shift": 1.0}])
def test_another_model_behind_the_same_name_is_noticed(change):
    noticed = 0
    for seed in range(20):
        model = Sampled(seed, 24)
        then, again, now = model.drafts(), model.drafts(), model.drafts(**change)
        noticed += drift(then, now, again, seed=seed).outcome == "drifted"

    assert noticed >= 19


def test_the_test_is_exact_whatever_the_sizes_of_cells():
    """Over all 3^6 data sets that the same cells could have given, p ≤ α in at most α of them."""
    rng = np.random.default_rng(0)
    values = rng.exponential(size=(FEWEST, 3)) * 10.0 ** np.arange(FEWEST)[:, None]
    values -= values.mean(axis=1, keepdims=True)
    ps = []
    for turn in np.ndindex(*[3] * FEWEST):
        turned = np.array([np.roll(row, -t) for row, t in zip(values, turn, strict=True)])
        ps.append(odd_one_out(turned, rng).p)

    for alpha in (0.01, ALPHA / 3, ALPHA, 0.2):
        assert np.mean(np.array(ps) <= alpha) <= alpha
