"""``govern attest`` and ``govern waive``: what people sign, checked before they sign it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from govern.app.acts_entered import enter_act
from govern.app.opened_decision import Opened, open_decision
from govern.app.past import past_decisions
from govern.app.readable import readable_policy
from govern.attest.acts import (
    join_waiver,
    read_attestation,
    read_waiver,
    write_attestation,
    write_waiver,
)
from govern.attest.envelopes import read_envelope, verify
from govern.attest.keys import PrivateKey
from govern.attest.trust import TrustRoot, read_trust
from govern.domain.acts import Approval, Attestation, Signed, Waiver
from govern.domain.decision import Decision
from govern.domain.policy import AttestedClause, Clause, Policy, WaiverRule
from govern.errors import GovernError, InputError, PolicyError
from govern.policy.scope import OF_ALL
from govern.policy.waivers import missing_approvers
from govern.sources.locate import Project
from govern.strict_yaml import explain

Said = TypeVar("Said", Attestation, Waiver, Approval)


@dataclass(frozen=True)
class Testimony:
    """What somebody attests: that a duty was done, or what a body answered.

    ``expires`` is by default as late as the policy allows.
    """

    kind: str
    policy: str
    role: str
    answer: str
    statement: str
    lineage: str | None = None
    expires: date | None = None
    refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """Why a clause is to be set aside, what is done meanwhile, and for how many days."""

    requester: str
    reason: str
    mitigation: str
    days: int
    ticket: str | None = None


@dataclass(frozen=True)
class Attested:
    """An attestation, its file, and the clauses that asked for it."""

    file: Path
    act: Attestation
    clauses: tuple[AttestedClause, ...]


@dataclass(frozen=True)
class Waived:
    """A waiver with its signers, its file, and the roles that have yet to sign."""

    file: Path
    signed: Signed[Waiver]
    missing: tuple[str, ...]


def attest(project: Project, duty: Testimony, *, key: PrivateKey, now: datetime) -> Attested:
    """Sign that a duty was done, or what a body answered.

    Raises:
        InputError: no clause of the policy asks for this, or not of this role.
        PolicyError: a part is blank or unknown; it would expire in the past or later than the
            clause allows; the key lacks the role.
    """
    read = readable_policy(project, duty.policy, now=now)
    clauses = _asking(read, duty.kind, duty.role)
    longest = max(clause.max_age_days for clause in clauses)
    latest = now.date() + timedelta(days=longest)
    expires = duty.expires or latest
    if expires <= now.date():
        raise PolicyError(f"expiry {expires} is not after today, {now.date()}")
    if expires > latest:
        raise PolicyError(
            f"expiry {expires} is too late: {clauses[0].id} takes statements of up to {longest} "
            f"days, so {latest} at the latest"
        )
    act = made(
        Attestation,
        attestation=duty.kind,
        answer=duty.answer,
        statement=duty.statement,
        policy=read.policy,
        lineage=duty.lineage,
        role=duty.role,
        made=now,
        expires=expires,
        refs=duty.refs,
    )
    file = write_attestation(project.record, act, policy_digest=read.digest, key=key)
    signed = read_attestation(file, read_trust(project.record), now=now)
    enter_act(project, "attestation", signed, about=duty.kind, at=now)
    return Attested(file, act, clauses)


def _asking(policy: Policy, kind: str, role: str) -> tuple[AttestedClause, ...]:
    asked = [clause for clause in policy.clauses if isinstance(clause, AttestedClause)]
    kinds = [clause for clause in asked if clause.attest == kind]
    if not kinds:
        known = ", ".join(sorted({clause.attest for clause in asked})) or "none"
        raise InputError(
            f"policy {policy.policy} asks for no attestation {kind!r}; it asks: {known}"
        )
    clauses = tuple(clause for clause in kinds if clause.role == role)
    if not clauses:
        roles = ", ".join(sorted({clause.role for clause in kinds}))
        raise InputError(f"policy {policy.policy} asks for {kind} by {roles}, not by {role!r}")
    return clauses


def waive(
    project: Project,
    decision: str,
    clause: str,
    request: Request,
    *,
    key: PrivateKey,
    now: datetime,
) -> Waived:
    """Sign, as its first approver, that a clause is set aside for this candidate as measured.

    Raises:
        InputError: no such decision or clause.
        PolicyError: the clause passed or cannot be waived, for so long or without a ticket; a part
            is blank; the key has none of the approvers' roles or is the requester's.
        IntegrityError: the decision is not what was signed.
    """
    opened = open_decision(project.record, decision)
    trust = read_trust(project.record)
    if opened.signed:
        opened.signers(trust, now=now)
    ruled = _waivable(opened, clause)
    _require_approver(ruled, key)
    longest = ruled.waiver.max_days or 0
    if not 1 <= request.days <= longest:
        raise PolicyError(f"{clause} may be waived for 1 to {longest} days, not {request.days}")
    if "ticket" in ruled.waiver.needs and request.ticket is None:
        raise PolicyError(f"{clause} may be waived only with a ticket; name it with --ticket")
    act = made(
        Waiver,
        clause=clause,
        policy_digest=opened.policy.digest,
        fingerprint=opened.decision.run.fingerprint,
        findings_digest=opened.decision.findings_digest,
        requester=request.requester,
        reason=request.reason,
        mitigation=request.mitigation,
        ticket=request.ticket,
        created=now,
        expires=now.date() + timedelta(days=request.days),
    )
    file = write_waiver(project.record, act, key=key)
    signed = read_waiver(file, trust, now=now)
    enter_act(project, "waiver", signed, about=clause, at=now)
    return Waived(file, signed, missing_approvers(signed, ruled))


def sign_waiver(
    project: Project, file: Path, *, key: PrivateKey, now: datetime, decision: str = ""
) -> Waived:
    """Add an approver's signature to a waiver.

    ``decision`` is the one that it was given for, looked for in the record where not named.

    Raises as ``waive``, and PolicyError if the waiver has expired, is for another decision, or
    is signed by this key already.
    """
    trust = read_trust(project.record)
    act = read_waiver(file, trust, now=now).act
    opened = open_decision(project.record, decision) if decision else _of(project.record, act)
    if not _is_of(act, opened.decision):
        raise PolicyError(f"{file}: given for another decision than {opened.decision.decision_id}")
    if act.expires < now.date():
        raise PolicyError(f"{file}: expired on {act.expires}")
    ruled = _waivable(opened, act.clause)
    _require_approver(ruled, key)
    signed = join_waiver(file, key=key, trust=trust, now=now)
    enter_act(project, "waiver", signed, about=act.clause, at=now)
    return Waived(file, signed, missing_approvers(signed, ruled))


def _of(record: Path, act: Waiver) -> Opened:
    for decision in past_decisions(record):
        if _is_of(act, decision):
            return open_decision(record, decision.decision_id)
    raise InputError(
        f"no decision in {record / 'decisions'} is about this policy, candidate and findings; "
        "name the decision's folder"
    )


def _is_of(act: Waiver, decision: Decision) -> bool:
    ours = (decision.policy.digest, decision.run.fingerprint, decision.findings_digest)
    return (act.policy_digest, act.fingerprint, act.findings_digest) == ours


def _waivable(opened: Opened, clause: str) -> Clause:
    """The clause with its rule, if a waiver of it can do anything."""
    decision = opened.decision
    judged = {outcome.id: outcome for outcome in decision.clauses}
    if clause not in judged:
        known = ", ".join(judged) or "none"
        raise InputError(
            f"decision {decision.decision_id} has no clause {clause!r}; it has: {known}"
        )
    outcome = judged[clause]
    if outcome.outcome == "pass":
        raise PolicyError(f"{clause} passed; there is nothing to waive")
    for other in decision.clauses:
        if other.reason in OF_ALL:
            raise PolicyError(f"what is in the way is not {clause}: {other.explanation}")
    (ruled,) = (c for c in opened.policy.clauses if c.id == clause)
    rule = ruled.waiver
    if not rule.allowed or rule.max_days is None or not rule.approvers:
        raise PolicyError(f"{clause} cannot be waived: the policy does not allow it")
    return ruled


def _require_approver(clause: Clause, key: PrivateKey) -> None:
    rule: WaiverRule = clause.waiver
    if not set(rule.approvers) & set(key.trusted.roles):
        raise PolicyError(
            f"{clause.id} is waived by {', '.join(rule.approvers)}; {key.trusted.name} is "
            f"{', '.join(key.trusted.roles)}"
        )


def no_longer_counting(record: Path, trust: TrustRoot, *, now: datetime) -> list[str]:
    """What is signed in a record and does not count now, each file with its reasons."""
    told = []
    for path in sorted(record.rglob("*.dsse.json")):
        try:
            why = verify(read_envelope(path), trust, now=now).set_aside
        except GovernError as err:
            why = (str(err),)
        told += [f"{path}: {one}" for one in why]
    return told


def made(kind: type[Said], **fields: Any) -> Said:
    """A noun that can be signed; PolicyError if a part is missing or not of its kind."""
    try:
        return kind(**fields)
    except ValidationError as err:
        raise PolicyError(f"not signed: {explain(err)}") from err
