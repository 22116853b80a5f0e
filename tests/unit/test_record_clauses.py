"""Clauses on the contest record, judged by what a made-up record says."""

import pytest

from govern.contest.specs import SPECS
from govern.domain import Docket
from govern.policy.measured import judge_record
from govern.sources.locate import builtin_root
from govern.sources.policies import load_policy
from govern.testing.record import NOW, MadeUpRecord, contests

PILOT = load_policy(builtin_root() / "policies" / "pilot.md")
ROLLOUT = load_policy(builtin_root() / "policies" / "review-drafting.md")


def judged(policy, clause_id, made_up):
    """The verdict by a policy's clause on a record of these contests."""
    [clause] = [c for c in policy.clauses if c.id == clause_id]
    asked = clause.over(policy.attempts.max_per_lineage)
    facts = MadeUpRecord(made_up).statistics(now=NOW, window_days=clause.evidence.window_days)
    docket = Docket(
        scope=policy.scope,
        signed_by=(),
        specs=tuple(SPECS.values()),
        record=(facts,) if facts else (),
    )
    return judge_record(asked, docket, SPECS[clause.record], now=NOW)


@pytest.mark.parametrize(
    ("policy", "clause", "made_up", "outcome", "reason"),
    [
        # None of 20 late bounds the share by 1 - .025^(1/20) = .168 in each of two tries.
        (PILOT, "CON-1", contests(20), "pass", None),
        # One of 20: up to .249.
        (PILOT, "CON-1", contests(20, late=1), "insufficient_evidence", "straddles"),
        # 12 of 20: at least .36.
        (PILOT, "CON-1", contests(20, late=12), "fail", None),
        (PILOT, "CON-1", contests(19), "insufficient_evidence", "too_few_cases"),
        (PILOT, "CON-1", contests(9), "insufficient_evidence", "not_assessable"),
        (PILOT, "CON-1", None, "insufficient_evidence", "no_record"),
        (PILOT, "CON-2", contests(20), "pass", None),
        (PILOT, "CON-2", contests(20, involved=12), "fail", None),
        # 1 - .0167^(1/80) = .0499 in each of three tries.
        (ROLLOUT, "CON-1", contests(80), "pass", None),
        (ROLLOUT, "CON-2", contests(80), "pass", None),
        (ROLLOUT, "CON-2", contests(80, involved=1), "insufficient_evidence", "straddles"),
    ],
)
def test_a_clause_on_the_record_passes_on_a_good_one_alone(
    policy, clause, made_up, outcome, reason
):
    found = judged(policy, clause, made_up)

    assert (outcome, reason) == (found.outcome, found.reason)


def test_a_group_that_the_record_does_not_know_is_not_called_equal():
    """The made-up contests know a gender and no race or ethnicity."""
    found = judged(ROLLOUT, "CON-3", contests(400, upheld=200))

    assert "insufficient_evidence" == found.outcome
    assert {"gender: female": "pass", "race_ethnicity": "insufficient_evidence"} == {
        one.slice: one.outcome for one in found.slices
    }
