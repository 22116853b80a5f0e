"""Whether a decision has the approvals that its policy asks for before a candidate is promoted."""

from __future__ import annotations

from collections.abc import Sequence

from govern.canon import digest
from govern.domain.acts import Approval, Signed, Signer
from govern.domain.base import Noun
from govern.domain.decision import Decision
from govern.domain.policy import Policy
from govern.errors import PolicyError

GATE = "gate"
"""The role of the keys that sign decisions; whoever signs those does not approve them."""


class ApprovalState(Noun):
    """Who approves and who objects, and what stands between the decision and promotion.

    ``missing`` says what is still needed, in words; it is empty where ``met``. ``set_aside`` says
    of each yes or no that does not count, why.
    """

    met: bool
    approving: tuple[Signer, ...] = ()
    objecting: tuple[Signer, ...] = ()
    missing: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()


def approved(
    policy: Policy,
    decision: Decision,
    approvals: Sequence[Signed[Approval]],
    *,
    requester: str | None = None,
) -> ApprovalState:
    """Hold approvals against ``policy.approvals_of_decisions``.

    It asks for as many distinct keys as the threshold, each saying yes in a listed role, and for a
    yes in every required role. An objection in a required role blocks, however many say yes, and
    somebody who has said both objects. A yes of the ``requester``, who asked for the run, is none.

    Raises:
        PolicyError: the decision was made by another text of the policy.
    """
    if policy.digest != decision.policy.digest:
        raise PolicyError(
            f"decision {decision.decision_id} was made by policy {decision.policy.digest[:16]}, "
            f"not {policy.digest[:16]}"
        )
    rule = policy.approvals_of_decisions
    told = sorted(((a, _why_not(a, policy, decision, requester)) for a in approvals), key=_by_name)
    counted = [a for a, why in told if why is None]
    objections = [a for a in counted if a.act.verdict == "object"]
    against = {a.signers[0].keyid: a.signers[0] for a in objections}
    ayes = {a.signers[0].keyid: a for a in counted if a.signers[0].keyid not in against}
    spoken = {a.act.role for a in ayes.values()}
    missing = [
        f"{a.signers[0].name} objects as {a.act.role}"
        for a in objections
        if a.act.role in rule.required
    ]
    missing += [f"a yes as {role}" for role in rule.required if role not in spoken]
    if len(ayes) < rule.threshold:
        roles = ", ".join(rule.roles)
        missing.append(f"{rule.threshold} people who say yes as {roles}; {len(ayes)} did")
    return ApprovalState(
        met=not missing,
        approving=tuple(a.signers[0] for a in ayes.values()),
        objecting=tuple(against.values()),
        missing=tuple(missing),
        set_aside=tuple(why for _, why in told if why is not None),
    )


def _why_not(
    signed: Signed[Approval], policy: Policy, decision: Decision, requester: str | None
) -> str | None:
    act, signer = signed.act, signed.signers[0]
    allowed = policy.approvals_of_decisions.roles
    if (act.decision_id, act.decision_digest) != (decision.decision_id, digest(decision.as_json())):
        return f"{signer.name} speaks of another decision"
    if act.created < decision.created:
        return f"{signer.name} spoke before the decision was made"
    if signer.name == requester and act.verdict == "approve":
        return f"{signer.name} asked for this decision, so somebody else says yes to it"
    if GATE in signer.roles:
        return f"{signer.name} signs decisions, so somebody else approves them"
    if act.role not in signer.roles:
        return f"{signer.name} speaks as {act.role} without having that role"
    if act.role not in allowed:
        return f"{signer.name} speaks as {act.role}, the policy asks {', '.join(allowed)}"
    return None


def _by_name(told: tuple[Signed[Approval], str | None]) -> tuple[str, str]:
    return told[0].signers[0].name, told[0].digest
