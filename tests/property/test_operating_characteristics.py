"""Intervals and verdicts err as often as docs/operating-characteristics.md says they do.

A few hundred simulated suites each; `make bench` tries every size and name effect, and
`python benchmarks/operating_characteristics.py` prints the page.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from operating import (
    contrasts,
    decisions,
    early,
    gate,
    levels,
    ratios,
    separation,
    similarity,
    thresholds,
    verdicts,
)
from operating.drafting import NAME_SDS, OUTCOMES, SIZES
from operating.rates import Misses

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operating-characteristics.md"
ALPHA = contrasts.ALPHA
KINDS = contrasts.KINDS


def out_of_standard(found: dict[str, Misses]) -> dict[str, Misses]:
    return {key: m for key, m in found.items() if not (m.keeps_its_level() and m.is_narrow())}


def contrast_misses(outcome: str, cases: int, name_sd: float, runs: int) -> dict[str, Misses]:
    found = contrasts.misses(OUTCOMES[outcome], cases, name_sd, runs=runs, seed=1)
    return {kind: found[kind, ALPHA] for kind in KINDS}


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("name_sd", [0.0, 0.17])
def test_a_contrast_misses_no_more_than_it_says_whatever_is_measured(outcome, name_sd):
    assert {} == out_of_standard(contrast_misses(outcome, 60, name_sd, runs=200))


@pytest.mark.parametrize("cases", SIZES)
def test_a_contrast_misses_no_more_than_it_says_however_few_the_cases(cases):
    assert {} == out_of_standard(contrast_misses("rating", cases, 0.055, runs=200))


def test_an_interval_that_forgets_the_names_is_caught():
    """The check must be able to fail: clustered by case alone, one end misses far too often."""
    found = contrasts.misses(
        OUTCOMES["rating"], 240, 0.17, runs=200, seed=1, variance=contrasts.by_case_alone
    )

    assert not found["cell", ALPHA].keeps_its_level()
    assert found["cell", ALPHA].worst > 3 * ALPHA


def test_an_interval_that_says_nothing_is_caught():
    """Ten times the variance never misses, and is too wide for the standard."""
    found = contrasts.misses(
        OUTCOMES["rating"], 240, 0.0, runs=200, seed=1, variance=lambda c: 10 * c.variance
    )

    assert found["cell", ALPHA].keeps_its_level()
    assert not found["cell", ALPHA].is_narrow()


@pytest.mark.parametrize("name", levels.LEVELS)
@pytest.mark.parametrize(("cases", "name_sd"), [(24, 0.055), (240, 0.055)])
def test_a_level_misses_no_more_than_it_says(name, cases, name_sd):
    found = levels.misses(levels.LEVELS[name], cases, name_sd, runs=300, seed=1)

    assert {} == out_of_standard({"level": found[ALPHA]})


@pytest.mark.parametrize("cases", [24, 360])
def test_the_bound_on_events_is_of_cases(cases):
    """At the share that no event in so many cases just leaves open, the bound is tried hardest."""
    found = levels.event_misses(
        cases, 0.17, per_case=1.001 * (1 - ALPHA ** (1 / cases)), case_sd=2.0, runs=500, seed=1
    )

    assert found[ALPHA].keeps_its_level()


@pytest.mark.parametrize("kind", ratios.SIDES)
@pytest.mark.parametrize(("cases", "name_sd"), [(24, 0.17), (240, 0.17)])
def test_an_impact_ratio_misses_no_more_than_it_says(kind, cases, name_sd):
    found = ratios.misses(kind, cases, name_sd, rate=0.4, case_sd=1.5, runs=150, seed=1)

    assert found.keeps_its_level()


@pytest.mark.parametrize(("cases", "name_sd"), [(12, 0.17), (60, 0.0), (240, 0.055)])
def test_excess_similarity_misses_no_more_than_it_says(cases, name_sd):
    found = similarity.misses(cases, name_sd, runs=100, seed=1)

    assert found[ALPHA].keeps_its_level()


@pytest.mark.parametrize("measure", verdicts.MEASURES)
def test_the_standard_plan_passes_what_is_fair_and_fails_twice_the_margin(measure):
    """At the margin itself a clause errs by no more than its level, on either side."""
    found = verdicts.contrast_verdicts(
        verdicts.MEASURES[measure], 360, runs=60, seed=1, alpha=ALPHA
    )

    for kind in KINDS:
        assert found[kind, 0.0].share("pass") >= 0.9
        assert found[kind, 1.0].share("pass") <= ALPHA + 0.02 + 3 * 0.03
        assert found[kind, 1.0].share("fail") <= ALPHA + 0.02 + 3 * 0.03
        assert found[kind, 2.0].share("pass") == 0.0
        assert found[kind, 2.0].share("fail") >= 0.9


def test_a_smoke_plan_passes_no_cell_but_can_fail_one():
    found = verdicts.contrast_verdicts(
        verdicts.MEASURES["rating shift, points"], 24, runs=100, seed=1, alpha=ALPHA
    )

    assert found["cell", 0.0].share("pass") <= 0.02
    assert found["gender", 2.0].share("fail") >= 0.4


@pytest.mark.parametrize("name", sorted(set(thresholds.THRESHOLDS) - {"excess", "race"}))
def test_a_clause_with_a_threshold_passes_well_below_it_and_fails_well_above(name):
    found = thresholds.threshold_verdicts(name, 360, runs=100, seed=1, alpha=ALPHA)
    none, _, at, twice = found.values()

    assert none.share("pass") >= 0.9
    assert at.share("pass") <= ALPHA + 0.02 + 3 * 0.022
    assert twice.share("pass") == 0.0
    assert twice.share("fail") >= 0.9


@pytest.mark.parametrize(("cases", "name_sd"), [(60, 0.0), (240, 0.17)])
def test_four_looks_with_unknown_variance_miss_no_more_than_one(cases, name_sd):
    found = early.misses(OUTCOMES["rating"], cases, name_sd, names=12, runs=150, seed=1)

    assert {} == out_of_standard({kind: found[kind, ALPHA] for kind in KINDS})


def test_looking_four_times_at_the_full_level_is_caught():
    peeked = early.misses(
        OUTCOMES["rating"],
        240,
        0.055,
        names=12,
        runs=400,
        seed=1,
        rule=early.each_without_looks,
    )

    assert max(peeked[kind, ALPHA].worst for kind in KINDS) > ALPHA + 0.03


def test_a_clear_tell_is_found_and_its_bound_lies_above_what_was_learnt():
    found = separation.told(120, 0.055, 0.7, runs=4, seed=1)

    assert found.detected == found.runs
    assert 0.5 < found.mean < found.best < found.upper


def test_a_pair_saves_what_drafts_of_a_case_have_in_common():
    """Ratings on uniform bands: an unpaired design needs over four times the drafts."""
    plain, adjusted = decisions.compared("uniform", decisions.one_slice, runs=60, seed=1)

    assert plain.rho == pytest.approx(0.874, abs=0.005)
    assert max(plain.ratios) <= 0.25
    assert plain.ratios[0] < adjusted.ratios[0] < 0.6
    assert plain.passes[0] == pytest.approx(0.9, abs=0.02)
    assert plain.unpaired_passes[0] == pytest.approx(0.9, abs=0.1)


def test_the_shipped_policy_tells_a_fair_pipeline_from_one_at_twice_a_margin():
    """Refusals leave much unsure: .27 of 3,000 runs fail, .71 or more of the other faults."""
    fair = gate.gated(None, 0.0, runs=30, seed=1)
    assert fair.passed >= 25

    for metric in gate.faults():
        biased = gate.gated(metric, 2.0, runs=30, seed=1)
        assert biased.passed == 0
        assert biased.failed >= (3 if metric == "fairness.refusal_gap" else 14)


def test_the_page_tells_of_everything_that_is_simulated():
    page = (
        Path(__file__).resolve().parents[2] / "docs" / "operating-characteristics.md"
    ).read_text(encoding="utf-8")
    simulated = [
        *(one.title for one in OUTCOMES.values()),
        *(one.title for one in levels.LEVELS.values()),
        *(one.title for one in thresholds.THRESHOLDS.values()),
        *(one.title for one in decisions.OUTCOMES.values()),
        *verdicts.MEASURES,
        *gate.faults(),
    ]

    assert [] == [title for title in simulated if title not in page]


@pytest.mark.bench
@pytest.mark.parametrize("cases", SIZES)
@pytest.mark.parametrize("name_sd", NAME_SDS)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_contrast_misses_no_more_than_it_says_at_any_size(outcome, cases, name_sd):
    assert {} == out_of_standard(contrast_misses(outcome, cases, name_sd, runs=1000))


@pytest.mark.bench
@pytest.mark.parametrize("cases", SIZES)
@pytest.mark.parametrize("name_sd", NAME_SDS)
def test_levels_ratios_and_similarity_miss_no_more_than_they_say_at_any_size(cases, name_sd):
    found = {
        name: levels.misses(level, cases, name_sd, runs=1000, seed=1)[ALPHA]
        for name, level in levels.LEVELS.items()
    }
    for kind in ratios.SIDES:
        found[kind] = ratios.misses(kind, cases, name_sd, rate=0.4, case_sd=0.5, runs=300, seed=1)
    found["similarity"] = similarity.misses(cases, name_sd, runs=200, seed=1)[ALPHA]

    assert {} == {name: m for name, m in found.items() if not m.keeps_its_level()}


@pytest.mark.bench
@pytest.mark.parametrize("cases", [60, 240, 360])
@pytest.mark.parametrize("name_sd", NAME_SDS)
@pytest.mark.parametrize("names", [12, 24])
def test_looks_miss_no_more_than_they_say_at_any_size(names, cases, name_sd):
    found = early.misses(OUTCOMES["rating"], cases, name_sd, names=names, runs=1000, seed=1)

    assert {} == out_of_standard({kind: found[kind, ALPHA] for kind in KINDS})


@pytest.mark.bench
def test_the_shipped_policy_passes_a_fair_pipeline_nine_times_in_ten_and_hardly_ever_a_biased_one():
    """Fair at least .9; one cell at twice the margin at most .001, which 3,000 runs can show."""
    fair = gate.gated(None, 0.0, runs=1000, seed=2)
    biased = [gate.gated(metric, 2.0, runs=3000, seed=2) for metric in gate.faults()]

    assert fair.passed / fair.runs >= 0.9
    assert max(b.passed for b in biased) <= 3
