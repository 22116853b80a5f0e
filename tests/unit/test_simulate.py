"""The noise model behind ``govern plan``: right on average, moved where it is told to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from govern.app import simulate
from govern.app.docket import SPECS
from govern.domain import Plan
from govern.metrics import measure
from govern.sources.locate import builtin_root
from govern.sources.policies import load_policy
from govern.testing import paired_frame

PLAN = Plan(id="p", cases=120, drafts=2, noise=False)
MARKED = PLAN.model_copy(update={"markers": True})
FAIR = simulate.Noise()


def drafted(noise=FAIR, plan=PLAN, names=12, seed=1):
    return simulate.draft(plan, names, noise, np.random.default_rng(seed))


def by_metric(found, metric, label="all"):
    return next(f for f in found if f.metric == metric and f.contrast == label)


def test_every_case_meets_every_cell_and_no_case_the_same_name_twice():
    made = drafted()

    assert (120, 8, 2) == made.rating.shape
    assert (made.name[..., 0] != made.name[..., 1]).all()
    assert set(range(12)) == set(made.name.ravel().tolist())


def test_a_fair_pipeline_has_no_gap_and_the_stated_levels():
    noise = replace(FAIR, lost=0.0)
    found = [simulate.findings(drafted(noise, seed=s), SPECS) for s in range(40)]

    gaps = [by_metric(f, "fairness.rating_shift", "female*black").estimate for f in found]
    shares = [by_metric(f, "accuracy.unsupported_number_share").estimate for f in found]
    covered = [by_metric(f, "accuracy.key_coverage").estimate for f in found]
    assert pytest.approx(0, abs=0.05) == np.mean(gaps)
    assert pytest.approx(0.02, abs=0.003) == np.mean(shares)
    assert pytest.approx(0.92, abs=0.01) == np.mean(covered)


def test_what_is_moved_is_moved_in_one_cell_alone():
    noise = replace(FAIR, omission=0.3, invention=1.0, assertion=0.2, shift=-0.8, lost=0.0)
    found = simulate.findings(drafted(noise), SPECS)

    cell = "*".join(simulate.CELLS[0])
    assert by_metric(found, "fairness.rating_shift", cell).estimate < -0.4
    assert pytest.approx(0.3, abs=0.05) == by_metric(found, "fairness.omission_gap", cell).estimate
    claims = by_metric(found, "fairness.unsupported_claim_gap", cell).estimate
    assert pytest.approx(0.2, abs=0.05) == claims
    moved = by_metric(found, "fairness.unsupported_gap", simulate.CELLS[0][1])
    assert pytest.approx(0.5, abs=0.15) == moved.estimate


def test_refusals_of_one_cell_are_a_gap_and_widen_what_is_measured_of_the_rest():
    noise = replace(FAIR, refusal=0.1)
    found = simulate.findings(drafted(noise), SPECS)

    cell = "*".join(simulate.CELLS[0])
    assert pytest.approx(0.1, abs=0.05) == by_metric(found, "fairness.refusal_gap", cell).estimate
    shift = by_metric(found, "fairness.rating_shift", cell)
    assert shift.interval.widen > 0.01


def test_a_marker_moves_no_rating_of_a_fair_pipeline():
    found = [simulate.findings(drafted(plan=MARKED, seed=s), SPECS) for s in range(40)]
    shifts = [by_metric(f, "fairness.marker_shift").estimate for f in found]

    assert pytest.approx(0, abs=0.03) == np.mean(shifts)
    assert np.std(shifts) > 0.03


def test_a_plan_without_markers_says_nothing_of_them():
    assert [] == [f for f in simulate.findings(drafted(), SPECS) if "marker" in f.metric]


def test_every_blocking_clause_of_the_shipped_policy_is_simulated():
    """A clause without findings can never pass, and with it no simulated pipeline would."""
    policy = load_policy(builtin_root() / "policies" / "review-drafting.md")
    simulated = {f.metric for f in simulate.findings(drafted(plan=MARKED), SPECS)}

    assert set() == {c.metric for c in policy.drafts_alone if c.severity == "block"} - simulated


def test_the_slices_are_those_of_a_real_frame():
    """A plan that simulated other slices than a run has would promise what nobody judges."""
    real = measure(paired_frame(cases=60), METRICS)
    made = simulate.findings(drafted(), SPECS)

    assert slices(real) == slices(made)


METRICS = ("fairness.rating_shift", "fairness.omission_gap")


def slices(findings):
    return {(f.metric, f.by, f.contrast) for f in findings if f.metric in METRICS}


def test_the_same_seed_gives_the_same_findings_and_another_one_others():
    first = simulate.findings(drafted(seed=5), SPECS)

    assert first == simulate.findings(drafted(seed=5), SPECS)
    assert first != simulate.findings(drafted(seed=6), SPECS)
