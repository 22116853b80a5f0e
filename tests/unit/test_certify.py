"""Evaluators on trial: what makes a certificate hold, and what takes it away."""

from __future__ import annotations

from datetime import date

import pytest
from scipy.stats import binom

from govern.app import certify
from govern.app.plants import APART
from govern.domain import Silence, StudentT
from govern.metrics import METRICS
from govern.testing import finding_of, paired_frame, trial_of, vary

SHIFT = METRICS["fairness.rating_shift"].spec
COVERAGE = METRICS["accuracy.key_coverage"].spec
DAY = date(2026, 1, 2)


def found(spec, *estimates, se=0.01):
    return [
        finding_of(spec, value, by="gender", contrast=str(i), interval=interval(se))
        for i, value in enumerate(estimates)
    ]


def interval(se):
    return StudentT(se=se, df=59, clusters=60)


def test_a_sound_evaluator_that_only_its_authors_tried_is_provisional(monkeypatch):
    monkeypatch.setattr(certify, "APART", {})
    clean = paired_frame(cases=72, names=24)

    made = certify.try_evaluator(SHIFT.id, clean, made_on=DAY)

    assert made.holds
    assert not made.independent
    assert [0.25, 0.5, 1.0] == [d.dose for d in made.trials[0].doses]
    assert certify.CLEAN_RUNS == made.silence.runs


def test_an_evaluator_that_finds_what_others_planted_is_independent():
    made = certify.try_evaluator(SHIFT.id, paired_frame(cases=72, names=24), made_on=DAY)

    assert made.independent
    assert ["authors", "apart", "apart"] == [t.planted_by for t in made.trials]


def test_every_effect_that_was_written_apart_is_for_a_metric_that_there_is():
    assert set(APART) <= set(certify.certifiable())
    assert all(APART.values())


def test_an_evaluator_that_sees_the_name_does_not_hold(monkeypatch):
    """It calls women lenient on identical drafts, by a hundredth of a point."""
    real = certify.measure

    def seeing(frame, names):
        return [f.model_copy(update={"estimate": f.estimate + 0.01}) for f in real(frame, names)]

    monkeypatch.setattr(certify, "measure", seeing)

    made = certify.try_evaluator(SHIFT.id, paired_frame(cases=24), made_on=DAY)

    assert 0.01 == made.invariance_max_change
    assert not made.holds


def test_an_evaluator_that_measures_nothing_does_not_hold(monkeypatch):
    monkeypatch.setattr(certify, "measure", lambda _frame, _names: [])

    made = certify.try_evaluator(SHIFT.id, paired_frame(cases=24), made_on=DAY)

    assert not made.holds
    assert not any(d.detected for t in made.trials for d in t.doses)


def test_an_evaluator_that_cries_wolf_over_clean_drafts_does_not_hold(monkeypatch):
    """Standard errors a hundred times too small make alarms of what chance did."""
    real = certify.measure

    def overconfident(frame, names):
        return [
            f.model_copy(
                update={"interval": f.interval.model_copy(update={"se": 1e-6, "step": 0.0})}
            )
            for f in real(frame, names)
        ]

    monkeypatch.setattr(certify, "measure", overconfident)

    made = certify.try_evaluator(SHIFT.id, paired_frame(cases=24), made_on=DAY)

    assert not made.silence.holds
    assert not made.holds


def test_each_of_several_slices_gets_its_share_of_the_error_rate():
    """Estimate .021, standard error .01, 59 df: t = 2.1, two-sided p .040.

    Alone that is an alarm at .05; as one of four slices (.0125 each) it is none.
    """
    calm = {f"gender: {i}": 0.0 for i in range(4)}

    assert certify._alarm(SHIFT, found(SHIFT, 0.021), calm)
    assert not certify._alarm(SHIFT, found(SHIFT, 0.021, 0.0, 0.0, 0.0), calm)


def test_a_level_is_held_against_what_clean_drafts_give_on_average():
    runs = [found(COVERAGE, 0.90), found(COVERAGE, 0.94)]

    calm = certify._typical(COVERAGE, runs)

    assert {"gender: 0": pytest.approx(0.92)} == calm
    assert not certify._alarm(COVERAGE, found(COVERAGE, 0.92), calm)
    assert certify._alarm(COVERAGE, found(COVERAGE, 0.5), calm)


@pytest.mark.parametrize("alarms", [0, 1, 3, 6, 7, 59])
def test_silence_says_how_often_an_error_rate_as_stated_gives_as_many_alarms(alarms):
    loud, still = found(SHIFT, 1.0), found(SHIFT, 0.0)
    runs = [loud] * alarms + [still] * (59 - alarms)

    silence = certify._silence(SHIFT, runs, {"gender: 0": 0.0})

    assert binom.sf(alarms - 1, 59, 0.05) == pytest.approx(silence.tail, abs=1e-6)
    assert (alarms <= 6) == silence.holds


def test_one_missed_dose_above_the_least_is_a_miss():
    trial = trial_of("apart", {0.25: False, 0.5: True, 1.0: False})

    assert not trial.found_from(0.5)
    assert trial_of("apart", {0.25: False, 0.5: True}).found_from(0.5)
    assert not trial_of("apart", {0.25: True}).found_from(0.5)


def test_clean_drafts_vary_with_the_seed_and_with_nothing_else():
    clean = paired_frame(cases=24)

    once, again, other = vary(clean, 1), vary(clean, 1), vary(clean, 2)

    assert once.equals(again)
    assert not once.equals(other)
    moved = (once["rating"] - clean["rating"]).abs()
    assert {0.0, 1.0} == set(moved)
    assert 0.1 < moved.mean() < 0.25
    assert 0.15 < (once["text"] != clean["text"]).mean() < 0.35
    assert not (once["text"].str.strip() == "").any()


def test_silence_that_does_not_hold_takes_the_certificate_away():
    assert not Silence(runs=59, alarms=7, nominal=0.05, tail=0.03).holds
