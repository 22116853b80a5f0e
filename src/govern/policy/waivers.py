"""Which waivers hold: for this candidate, as measured, by the people the clause names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from govern.domain.acts import Signed, Waiver
from govern.domain.decision import ClauseOutcome, WaiverRefused, WaiverUsed
from govern.domain.policy import Clause, Policy
from govern.policy.scope import Doubt


def apply_waivers(
    judged: ClauseOutcome,
    policy: Policy,
    waivers: Sequence[Signed[Waiver]],
    *,
    fingerprint: str,
    findings_digest: str,
    doubt: Doubt | None,
    now: datetime,
) -> tuple[ClauseOutcome, tuple[WaiverRefused, ...]]:
    """The outcome with the longest waiver that holds, and those that do not hold, with why.

    None holds where there is ``doubt`` about the whole decision, also for what failed. The
    measured outcome stays as it is, and a clause that passes needs none. Waivers that speak of
    another clause, or of neither this policy's text nor this candidate, are not ours to refuse.
    """
    (clause,) = (c for c in policy.clauses if c.id == judged.id)
    ours = [
        w
        for w in waivers
        if w.act.clause == clause.id
        and (w.act.policy_digest == policy.digest or w.act.fingerprint == fingerprint)
    ]
    digests = (policy.digest, fingerprint, findings_digest)
    told = [(w, _why_not(w, clause, doubt, digests, now)) for w in ours]
    told.sort(key=lambda pair: (pair[0].act.expires, pair[0].digest))
    refused = tuple(
        WaiverRefused(clause=clause.id, digest=w.digest, why=why) for w, why in told if why
    )
    held = [w for w, why in told if not why]
    if not held or judged.outcome == "pass":
        return judged, refused
    waived = {"effective": "waived", "waiver": _used(held[-1])}
    return judged.model_copy(update=waived), refused


def _why_not(
    signed: Signed[Waiver],
    clause: Clause,
    doubt: Doubt | None,
    digests: tuple[str, str, str],
    now: datetime,
) -> str | None:
    act, rule = signed.act, clause.waiver
    named = (act.policy_digest, act.fingerprint, act.findings_digest)
    changed = [
        what
        for what, ours, theirs in zip(
            ("policy", "candidate", "findings"), digests, named, strict=True
        )
        if ours != theirs
    ]
    if changed:
        return f"it was given for another {' and '.join(changed)}"
    if not rule.allowed or rule.max_days is None or not rule.approvers:
        return "the clause cannot be waived"
    if doubt:
        return f"what is in the way is not the clause: {doubt[1]}"
    if act.created > now:
        return f"it is dated {act.created:%Y-%m-%d %H:%M}, which is yet to come"
    if act.expires < now.date():
        return f"it expired on {act.expires}"
    days = (act.expires - act.created.date()).days
    if days > rule.max_days:
        return f"it is for {days} days, the clause allows {rule.max_days}"
    if "ticket" in rule.needs and not act.ticket:
        return "the clause asks for a ticket"
    missing = missing_approvers(signed, clause)
    return f"not signed by {', '.join(missing)}" if missing else None


def missing_approvers(signed: Signed[Waiver], clause: Clause) -> tuple[str, ...]:
    """Roles whose signature a waiver still needs, each from a person of its own.

    Who asked for the waiver does not count as an approver.
    """
    holders = {s.name: s.roles for s in signed.signers if s.name != signed.act.requester}
    seats: dict[str, str] = {}

    def seat(name: str, tried: set[str]) -> bool:
        """Give somebody a role, moving others to roles that they hold as well."""
        for role in clause.waiver.approvers:
            if role in holders[name] and role not in tried:
                tried.add(role)
                if role not in seats or seat(seats[role], tried):
                    seats[role] = name
                    return True
        return False

    for name in sorted(holders):
        seat(name, set())
    return tuple(role for role in clause.waiver.approvers if role not in seats)


def _used(signed: Signed[Waiver]) -> WaiverUsed:
    act = signed.act
    return WaiverUsed(
        digest=signed.digest,
        requester=act.requester,
        approvers=signed.signers,
        reason=act.reason,
        mitigation=act.mitigation,
        ticket=act.ticket,
        expires=act.expires,
    )
