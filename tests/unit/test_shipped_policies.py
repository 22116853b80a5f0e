"""The shipped policies: readable, satisfiable, and of one mind where they say the same."""

from math import ceil, log
from pathlib import Path

import pytest

from govern.app.docket import SPECS, readings
from govern.app.readable import readable_policy
from govern.contest.specs import SPECS as RECORD_SPECS
from govern.domain.policy import AttestedClause, PropertyClause, RecordClause
from govern.sources.locate import Project, builtin_root
from govern.testing.record import NOW

FOLDER = builtin_root() / "policies"
NAMES = ("acceptable-use", "data-protection", "model-upgrade", "pilot", "review-drafting")


def shipped(name):
    nowhere = Project(Path("nowhere"), configured=False)
    return readable_policy(nowhere, f"builtin:{name}", now=NOW.replace(hour=12))


def test_these_are_all_there_are():
    assert list(NAMES) == sorted(path.stem for path in FOLDER.glob("*.md"))


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_policy_has_no_problems_and_is_read_clause_by_clause(name):
    policy = shipped(name)

    assert {clause.id for clause in policy.clauses} == set(readings(policy))


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_policy_is_tried_on_cases_of_a_pass_and_of_something_else(name):
    cases = [p.read_text(encoding="utf-8") for p in (FOLDER / "tests" / name).glob("*.yaml")]

    assert any("\n  outcome: pass" in case for case in cases)
    assert any("\n  outcome: fail" in case for case in cases)


@pytest.mark.parametrize("name", NAMES)
def test_the_fewest_cases_without_an_event_are_enough_for_the_ceiling(name):
    """None of n bounds the share by 1 - α^(1/n), with α the level of each of K tries."""
    policy = shipped(name)
    for clause in policy.drafts_alone:
        if SPECS[clause.metric].shape == "event":
            ceiling = clause.pass_if.value
            needed = ceil(log(clause.statistic.alpha) / log(1 - ceiling))
            assert needed <= clause.evidence.min_cases, (clause.id, needed)


@pytest.mark.parametrize("name", NAMES)
def test_the_fewest_contests_in_order_are_enough_for_a_pass(name):
    policy = shipped(name)
    for clause in policy.clauses:
        if isinstance(clause, RecordClause) and clause.pass_if:
            alpha = clause.over(policy.attempts.max_per_lineage).statistic.alpha
            shape, value = RECORD_SPECS[clause.record].sense, clause.pass_if.value
            allowed = value if shape == "lower_is_better" else 1 - value
            assert 1 - alpha ** (1 / clause.evidence.min_cases) <= allowed + 1e-9, clause.id


@pytest.mark.parametrize("name", NAMES)
def test_before_there_are_contests_no_clause_on_them_blocks(name):
    records = [c for c in shipped(name).clauses if isinstance(c, RecordClause)]

    assert "block" not in {clause.severity for clause in records}


@pytest.mark.parametrize("name", NAMES)
def test_whoever_has_to_attest_has_a_role_that_the_policy_knows(name):
    policy = shipped(name)
    asked = {c.role for c in policy.clauses if isinstance(c, AttestedClause)}

    assert asked <= set(policy.approvals.roles)


def test_a_changed_system_is_as_fair_by_itself_as_a_new_one():
    new, changed = (
        {c.id: (c.metric, c.slices, c.statistic) for c in shipped(name).drafts_alone}
        for name in ("review-drafting", "model-upgrade")
    )
    blocking = {c.id for c in shipped("review-drafting").drafts_alone if c.severity == "block"}

    assert {name for name in blocking if name.startswith("FAIR")} <= set(changed)
    assert all(new[name] == asked for name, asked in changed.items())


def test_what_is_compared_with_the_incumbent_has_no_group():
    """That the one in use treats people unequally must excuse nothing."""
    compared = [c for c in shipped("model-upgrade").clauses if getattr(c, "against", None)]

    assert 8 == len(compared)
    assert {"all"} == {s.by for c in compared for s in c.slices}


def test_only_the_pilot_is_for_a_pilot_and_it_is_for_people_who_opted_in():
    stages = {name: shipped(name).scope.stage for name in NAMES}

    assert ["pilot"] == [name for name, stage in stages.items() if stage == "pilot"]
    asked = [c for c in shipped("pilot").clauses if isinstance(c, PropertyClause)]
    assert "opt_in" in {c.must.equals for c in asked if c.property == "participation"}
