"""``govern approve``: a yes or no to a decision, checked before it is signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from govern.app.acts import made
from govern.app.acts_entered import enter_act
from govern.app.attempts import asked_by
from govern.app.opened_decision import Opened, open_decision
from govern.app.record import open_ledger
from govern.attest.acts import load_approvals, write_approval
from govern.attest.keys import PrivateKey
from govern.attest.statements import decision_digest
from govern.attest.trust import TrustRoot, read_trust
from govern.domain.acts import Approval, NotChosen
from govern.domain.decision import Alternative
from govern.errors import InputError, PolicyError
from govern.policy.approvals import GATE, ApprovalState, approved
from govern.sources.locate import Project


@dataclass(frozen=True)
class Reply:
    """What somebody says to a decision; ``not_chosen`` are each ``candidate: why``."""

    role: str
    conflict: str
    owner: str
    reasons: str
    not_chosen: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    kill_criteria: tuple[str, ...] = ()


@dataclass(frozen=True)
class Approved:
    """A yes or no to a decision, its file, and where that leaves the decision."""

    file: Path
    act: Approval
    state: ApprovalState
    advisory: bool


def approve(
    project: Project, decision: str, reply: Reply, *, key: PrivateKey, now: datetime
) -> Approved:
    """Sign a yes to a decision that passed.

    Raises:
        InputError: no such decision; the policy asks for no approval in this role; an alternative
            is not written as ``candidate: why``.
        PolicyError: the decision did not pass, has expired or is unsigned; a part is blank; an
            alternative is not spoken of; the key lacks the role, or signed the decision itself.
        IntegrityError: the decision is not what was signed.
    """
    opened = open_decision(project.record, decision)
    judged = opened.decision
    if judged.effective_outcome != "pass":
        raise PolicyError(
            f"decision {judged.decision_id} is {judged.effective_outcome}; only a pass is approved"
        )
    if judged.expires < now.date():
        raise PolicyError(f"decision {judged.decision_id} expired on {judged.expires}; judge again")
    not_chosen = tuple(_not_chosen(said) for said in reply.not_chosen)
    _require_all_spoken_of(judged.alternatives, not_chosen)
    act = made(
        Approval,
        **_answer(opened, reply, now),
        verdict="approve",
        not_chosen=not_chosen,
        conditions=reply.conditions,
        kill_criteria=reply.kill_criteria,
    )
    return _kept(project, opened, act, key)


def object_to(
    project: Project, decision: str, reply: Reply, *, key: PrivateKey, now: datetime
) -> Approved:
    """Sign a no to a decision, whatever came out; raises as ``approve`` does of role and key."""
    opened = open_decision(project.record, decision)
    act = made(Approval, **_answer(opened, reply, now), verdict="object")
    return _kept(project, opened, act, key)


def _answer(opened: Opened, reply: Reply, now: datetime) -> dict[str, Any]:
    roles = opened.policy.approvals_of_decisions.roles
    if reply.role not in roles:
        raise InputError(
            f"policy {opened.policy.policy} asks for approval by {', '.join(roles)}, "
            f"not by {reply.role!r}"
        )
    return {
        "decision_id": opened.decision.decision_id,
        "decision_digest": decision_digest(opened.decision),
        "role": reply.role,
        "conflict": reply.conflict,
        "owner": reply.owner,
        "reasons": reply.reasons,
        "created": now,
    }


def _kept(project: Project, opened: Opened, act: Approval, key: PrivateKey) -> Approved:
    trust = read_trust(project.record)
    run = opened.decision.run
    decided = run.mode == "decide"
    asked = asked_by(open_ledger(project).entries(), run.run_id) if decided else None
    _require_independent(opened, key, trust, asked, act.created)
    file = write_approval(project.record, act, key=key)
    spoken = load_approvals(project.record, trust, act.decision_id, now=act.created)
    (ours,) = (one for one in spoken if one.act == act)
    enter_act(project, "approval", ours, about=act.decision_id, at=act.created)
    state = approved(opened.policy, opened.decision, spoken, requester=asked)
    return Approved(file, act, state, opened.decision.advisory)


def _require_independent(
    opened: Opened, key: PrivateKey, trust: TrustRoot, asked: str | None, now: datetime
) -> None:
    if key.trusted.name == asked:
        raise PolicyError(f"{asked} asked for this decision, so somebody else answers to it")
    signed = [signer.keyid for signer in opened.signers(trust, now=now)]
    if key.trusted.keyid in signed or GATE in key.trusted.roles:
        raise PolicyError(f"{key.trusted.name} signs decisions, so somebody else answers to them")


def _not_chosen(said: str) -> NotChosen:
    candidate, colon, why = said.partition(":")
    if not (candidate.strip() and colon and why.strip()):
        raise InputError(f"--not-chosen {said!r}: expected `candidate: why`")
    return NotChosen(candidate=candidate.strip(), reason=why.strip())


def _require_all_spoken_of(
    alternatives: Sequence[Alternative], spoken: Sequence[NotChosen]
) -> None:
    names = {one.candidate for one in spoken}
    silent = [
        f"{other.pipeline} {other.pipeline_version}"
        for other in alternatives
        if not names & {other.pipeline, f"{other.pipeline} {other.pipeline_version}"}
    ]
    if silent:
        raise PolicyError(
            f"say why these were not preferred: {', '.join(silent)}; --not-chosen 'candidate: why'"
        )
