"""Whether a decision is approved: distinct people, required roles, objections that block."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.canon import digest, sha256
from govern.domain import (
    Approval,
    Approvals,
    AttestedClause,
    Decision,
    Policy,
    PolicyRef,
    RunFacts,
    Scope,
    Signed,
    Signer,
)
from govern.errors import PolicyError
from govern.policy.approvals import ApprovalState, approved

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
BOARD, WORKER, DPO = "board-chair", "worker-representative", "data-protection-officer"
SCOPE = Scope(use_cases=("review",), stage="pilot")


def policy(threshold: int = 2, required: tuple[str, ...] = (WORKER,), **more: Any) -> Policy:
    rule = Approvals(threshold=threshold, roles=(BOARD, WORKER, DPO), required=required)
    return Policy(
        policy="our-reviews",
        version="1.0.0",
        approved=date(2026, 11, 10),
        review_by=date(2027, 5, 10),
        decision_valid_days=90,
        declared_only_valid_days=30,
        approvals=Approvals(threshold=1, roles=(DPO,)),
        decision_approvals=more.pop("rule", rule),
        scope=SCOPE,
        title="Ours",
        clauses=(
            AttestedClause(id="ATT-1", severity="block", attest="x", role=DPO, max_age_days=9),
        ),
        digest="a" * 64,
        source="our-reviews.md",
        **more,
    )


DECISION = Decision(
    decision_id="d1",
    created=NOW,
    expires=date(2027, 2, 1),
    outcome="pass",
    effective_outcome="pass",
    advisory=False,
    scope=SCOPE,
    policy=PolicyRef(
        id="our-reviews",
        version="1.0.0",
        title="Ours",
        digest="a" * 64,
        review_by=date(2027, 5, 10),
        signed_by=("cleo (data-protection-officer)",),
    ),
    run=RunFacts(
        run_id="r-1",
        suite="review-core-v1",
        suite_version="1.0.0",
        plan="standard",
        dataset="review-core-v1",
        dataset_digest="d" * 64,
        use_case="review",
        synthetic=True,
        pipeline="drafter",
        pipeline_version="1.0.0",
        fingerprint="f" * 64,
        planned=192,
        drafts_digest="e" * 64,
        harness_version="0.1.0",
        seed=7,
    ),
    findings_digest="c" * 64,
    docket_digest="b" * 64,
    clauses=(),
    not_tested=(),
    harness_version="0.1.0",
)


def says(
    name: str, role: str, verdict: str = "approve", *, roles: tuple[str, ...] = (), **change: Any
) -> Signed[Approval]:
    act = Approval.model_validate(
        {
            "decision_id": "d1",
            "decision_digest": digest(DECISION.as_json()),
            "role": role,
            "verdict": verdict,
            "conflict": "none",
            "owner": "Head of People",
            "reasons": "Read it.",
            "created": NOW,
        }
        | change
    )
    signer = Signer(name=name, roles=roles or (role,), keyid=sha256(name.encode()))
    return Signed[Approval](act=act, signers=(signer,), digest=digest(act.as_json() | {"n": name}))


def state(*acts: Signed[Approval], **rule: Any) -> ApprovalState:
    return approved(policy(**rule), DECISION, acts)


def test_two_people_with_the_required_one_among_them_approve():
    found = state(says("ana", BOARD), says("ben", WORKER))

    assert ApprovalState(met=True, approving=found.approving) == found
    assert ["ana", "ben"] == [signer.name for signer in found.approving]


def test_nobody_having_spoken_is_no_approval_and_says_who_is_missing():
    found = state()

    assert not found.met
    assert (
        "a yes as worker-representative",
        f"2 people who say yes as {BOARD}, {WORKER}, {DPO}; 0 did",
    ) == found.missing


def test_a_majority_does_not_stand_in_for_the_required_role():
    found = state(says("ana", BOARD), says("cleo", DPO), says("dan", BOARD))

    assert ("a yes as worker-representative",) == found.missing


def test_an_objection_in_a_required_role_blocks_however_many_say_yes():
    ayes = [says(name, WORKER) for name in ("ben", "eva", "fay")] + [says("ana", BOARD)]

    found = state(*ayes, says("gus", WORKER, "object"))

    assert not found.met
    assert ("gus objects as worker-representative",) == found.missing
    assert ["gus"] == [signer.name for signer in found.objecting]


def test_an_objection_in_another_role_is_shown_and_can_be_outvoted():
    found = state(says("ana", BOARD), says("ben", WORKER), says("cleo", DPO, "object"))

    assert found.met
    assert ["cleo"] == [signer.name for signer in found.objecting]


@pytest.mark.parametrize("turned", [False, True])
def test_somebody_who_says_yes_and_no_says_no_in_whatever_order(turned: bool):
    acts = [says("ben", WORKER), says("ben", WORKER, "object"), says("ana", BOARD)]

    found = state(*(acts[::-1] if turned else acts))

    assert not found.met
    assert ["ana"] == [signer.name for signer in found.approving]


def test_one_person_with_two_roles_is_one_of_two():
    both = (BOARD, WORKER)

    found = state(says("eva", BOARD, roles=both), says("eva", WORKER, roles=both))

    assert not found.met
    assert 1 == len(found.approving)


ASIDE = {
    "speaks of another decision": says("ben", WORKER, decision_digest="0" * 64),
    "speaks of another decision ": says("ben", WORKER, decision_id="d2"),
    "spoke before the decision was made": says("ben", WORKER, created=NOW - timedelta(seconds=1)),
    "signs decisions, so somebody else": says("ben", WORKER, roles=(WORKER, "gate")),
    "without having that role": says("ben", WORKER, roles=(DPO,)),
    "speaks as auditor, the policy asks": says("ben", "auditor"),
}


@pytest.mark.parametrize("why", ASIDE)
def test_a_yes_that_does_not_count_is_set_aside_with_its_reason(why: str):
    found = state(says("ana", BOARD), ASIDE[why], threshold=1)

    assert not found.met
    assert ["ana"] == [signer.name for signer in found.approving]
    assert 1 == len(found.set_aside)
    assert why.strip() in found.set_aside[0]


def test_without_a_rule_of_its_own_a_decision_needs_what_the_policy_needed():
    found = approved(policy(rule=None), DECISION, [says("cleo", DPO)])

    assert found.met


def test_approvals_under_another_text_of_the_policy_are_not_counted_at_all():
    other = policy().model_copy(update={"digest": "9" * 64})

    with pytest.raises(PolicyError, match="was made by policy aaaaaaaaaaaaaaaa"):
        approved(other, DECISION, [])


ACTS = st.lists(
    st.builds(
        says,
        st.sampled_from(["ana", "ben", "cleo", "dan"]),
        st.sampled_from([BOARD, WORKER, DPO]),
        st.sampled_from(["approve", "object"]),
    ),
    max_size=6,
)


@given(acts=ACTS, data=st.data())
def test_the_order_of_approvals_never_matters(acts: list[Signed[Approval]], data: st.DataObject):
    shuffled = data.draw(st.permutations(acts))

    assert state(*acts) == state(*shuffled)


@given(acts=ACTS, name=st.sampled_from(["ana", "zoe"]))
def test_one_more_objection_never_turns_a_no_into_a_yes(acts: list[Signed[Approval]], name: str):
    more = [*acts, says(name, WORKER, "object")]

    assert not state(*more).met


@given(acts=ACTS, data=st.data())
def test_an_approval_less_never_turns_a_no_into_a_yes(
    acts: list[Signed[Approval]], data: st.DataObject
):
    kept = [a for a in acts if a.act.verdict == "object" or data.draw(st.booleans())]

    assert state(*acts).met or not state(*kept).met
