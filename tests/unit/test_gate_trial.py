"""The whole gate on trial, and what a report says of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from govern.app import gate_trial
from govern.app.gate_trial import FAULTS, try_gate
from govern.app.progress import Reporter
from govern.domain import Decision, Plan
from govern.errors import InputError
from govern.report.gate_errors import gate_blocks
from govern.sources.locate import builtin_root
from govern.sources.policies import load_gate_certificate, load_policy

GOLDEN = Path(__file__).parents[1] / "golden"
STANDARD = Plan(id="standard", cases=360, markers=True, variants=True)
SMOKE = Plan(id="smoke", cases=24)
# The faults planted here, of all there are; the gate judges by every clause all the same.
PLANTED = ("fairness.rating_shift", "fairness.omission_gap")


@pytest.fixture(scope="module")
def policy():
    return load_policy(builtin_root() / "policies" / "review-drafting.md")


@pytest.fixture(scope="module")
def tried(policy):
    return attempt(policy, [SMOKE, STANDARD])


def attempt(policy, plans, *, runs=50, seed=1):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate_trial, "FAULTS", {metric: FAULTS[metric] for metric in PLANTED})
        return try_gate(
            policy,
            plans,
            names=24,
            runs=runs,
            seed=seed,
            made_on=date(2026, 1, 2),
            reporter=Reporter(),
        )


def trial(tried, plan, effect, share):
    """By the share of the widest dose, which is twice the margin."""
    mine = [t for t in tried.trials if t.plan == plan and t.effect.startswith(effect)]
    most = max(t.dose for t in mine)
    [found] = [t for t in mine if t.dose == pytest.approx(share * most)]
    return found


def test_a_standard_plan_lets_fair_pipelines_pass_and_stops_a_fault_of_twice_the_margin(tried):
    [fair] = [t for t in tried.trials if (t.plan, t.dose) == ("standard", 0)]

    assert fair.passed / fair.runs >= 0.9
    for effect in ("one group's ratings", "one group's key evidence"):
        assert 0 == trial(tried, "standard", effect, 1.0).passed


def test_a_smoke_plan_passes_nothing(tried):
    assert 0 == sum(t.passed for t in tried.trials if t.plan == "smoke")


def test_passing_gets_rarer_and_failing_more_frequent_with_the_dose(tried):
    for effect in ("one group's ratings", "one group's key evidence"):
        doses = [trial(tried, "standard", effect, share) for share in (0.25, 0.5, 1.0)]
        assert sorted((t.passed for t in doses), reverse=True) == [t.passed for t in doses]
        assert sorted(t.failed for t in doses) == [t.failed for t in doses]


def test_the_same_seed_gives_the_same_certificate(policy, tried):
    """The first of two plans is tried as if it were alone; what is simulated depends on both."""
    alone = attempt(policy, [SMOKE])
    smoke = tuple(t for t in tried.trials if t.plan == "smoke")
    same = {"trials": smoke, "not_simulated": alone.not_simulated}

    assert tried.model_copy(update=same) == alone


def test_too_few_runs_are_refused(policy):
    with pytest.raises(InputError, match="at least 50"):
        attempt(policy, [SMOKE], runs=10)


def test_a_policy_without_margins_for_a_group_cannot_be_tried(policy):
    without = [c for c in policy.drafts_alone if not c.metric.startswith("fairness.")]

    with pytest.raises(InputError, match="no blocking clause with a margin"):
        attempt(policy.model_copy(update={"clauses": tuple(without)}), [SMOKE])


def test_a_certificate_speaks_for_the_very_policy_it_was_made_under(policy, tried, tmp_path):
    (tmp_path / "gate").mkdir()
    path = tmp_path / "gate" / f"{policy.policy}.json"
    path.write_text(tried.model_dump_json())

    assert tried == load_gate_certificate([tmp_path], policy)
    changed = policy.model_copy(update={"digest": "0" * 64})
    assert load_gate_certificate([tmp_path], changed) is None
    assert load_gate_certificate([tmp_path / "none"], policy) is None


def test_a_report_says_how_often_the_gate_errs_on_the_decisions_own_plan_first(tried):
    [figure] = gate_blocks(decision(tried, plan="standard"))

    groups = figure.table.groups
    assert ["Plan standard, 360 cases", "Plan smoke, 24 cases"] == [g.heading for g in groups]
    assert figure.description.startswith("On plan standard this gate blocked a simulated fair pipe")
    assert "twice what the policy allows in 0 of 50 at the most" in figure.description
    first = groups[0].rows[0]
    assert ("nothing planted", "50") == (first[0], first[-1].shown)


def test_every_drawn_share_is_what_did_not_pass_in_the_table(tried):
    """The line starts where nothing was planted and rises with the dose."""
    [figure] = gate_blocks(decision(tried, plan="standard"))
    passed = [float(row[1].shown.rstrip("%")) for row in figure.table.groups[0].rows]

    for curve in figure.drawing.curves:
        doses = [one.dose for one in curve.responses]
        assert sorted(doses) == doses
        assert 0 == doses[0]
        for one in curve.responses:
            assert round(100 - one.share * 100, 1) in passed
            assert one.low <= one.share <= one.high


def test_a_gate_that_nobody_tried_is_not_called_right(tried):
    [absent] = gate_blocks(decision(None, plan="standard"))
    said, _ = gate_blocks(decision(tried, plan="full"))

    assert ": not measured. `govern certify --policy" in absent.sentence
    assert "not tried on plan full" in said.text


def decision(gate, *, plan):
    read = Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())
    run = read.run.model_copy(update={"plan": plan})
    return read.model_copy(update={"gate": gate, "run": run})
