"""The verdict on what somebody stated: a property of the pipeline's use, a signed attestation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from govern.domain.acts import Attestation, Signed
from govern.domain.decision import AttestationUsed, ClauseOutcome, Reason
from govern.domain.deployment import Deployment
from govern.domain.finding import RunFacts
from govern.domain.policy import AttestedClause, Must, PropertyClause
from govern.policy.outcomes import outcome_of

Value = bool | int | str | tuple[str, ...]


def judge_property(clause: PropertyClause, run: RunFacts) -> ClauseOutcome:
    """The verdict on what the pipeline's manifest says of its use; silence is no good answer."""
    known = clause.property in Deployment.model_fields
    value: Value | None = getattr(run.deployment, clause.property, None) if known else None
    if value is None or is_blank(value):
        said = f"the pipeline's manifest does not state its {in_words(clause.property)}"
        return outcome_of(clause, "insufficient_evidence", "not_stated", said)
    said = f"{in_words(clause.property)} is stated as {_quoted(value)}"
    return outcome_of(clause, "pass" if meets(clause.must, value) else "fail", None, said)


def is_blank(value: Value) -> bool:
    """Whether an answer has no word in it."""
    words = value if isinstance(value, tuple) else (value,)
    return not any(str(word).strip() for word in words)


def meets(must: Must, value: Value) -> bool:
    """Whether a stated value is what it must be; a value of another type is not."""
    values = set(value) if isinstance(value, tuple) else {value}
    match must.name:
        case "equals":
            return type(value) is type(must.equals) and value == must.equals
        case "one_of":
            return values <= set(must.value)
        case "none_of":
            return isinstance(value, str | tuple) and not values & set(must.value)
        case "includes":
            return values >= set(must.value)
        case "at_most":
            return type(value) is int and value <= int(must.value)
        case _:
            return True


def shown(value: Value) -> str:
    """A stated value in a sentence."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _quoted(value: Value) -> str:
    """A stated value after other words; one of several words begins and ends where quotes do."""
    return f"“{value}”" if isinstance(value, str) and " " in value else shown(value)


def in_words(name: str) -> str:
    """An answer, a role or another name of the policy's as people say it."""
    return name.replace("_", " ").replace("-", " ")


def judge_attested(
    clause: AttestedClause,
    policy: str,
    run: RunFacts,
    attestations: Sequence[Signed[Attestation]],
    *,
    now: datetime,
) -> tuple[ClauseOutcome, tuple[AttestationUsed, ...]]:
    """The verdict on signed statements, and those that it went by.

    Of each signer the latest statement counts, an objection before others of the same moment. One
    objection fails the clause where the clause does not take objections for an answer: others
    cannot outvote it.
    """
    spoken = [a for a in attestations if _speaks_of(a, clause, policy, run, now)]
    latest = {a.signers[0].name: a for a in sorted(spoken, key=_latest_last)}
    standing = [a for a in latest.values() if _stands(a.act, clause, now)]
    used = tuple(_used(clause, a) for a in standing)
    role = in_words(clause.role)
    objections = [a for a in standing if a.act.answer == "objected"]
    accepted = [a for a in standing if a.act.answer in clause.answers]
    if objections and "objected" not in clause.answers:
        who = ", ".join(a.signers[0].name for a in objections)
        return outcome_of(clause, "fail", None, f"objected to by {who} ({role})"), used
    if accepted:
        act = accepted[0].act
        who = accepted[0].signers[0].name
        day = f"{act.made.day} {act.made:%B %Y}"
        said = f"{in_words(act.answer)}, as {who} ({role}) signed on {day}"
        return outcome_of(clause, "pass", None, said), used
    reason, said = _missing(clause, standing, latest)
    return outcome_of(clause, "insufficient_evidence", reason, said), used


def _speaks_of(
    signed: Signed[Attestation],
    clause: AttestedClause,
    policy: str,
    run: RunFacts,
    now: datetime,
) -> bool:
    act = signed.act
    return (
        (act.attestation, act.policy, act.role) == (clause.attest, policy, clause.role)
        and act.lineage in (None, run.pipeline)
        and clause.role in signed.signers[0].roles
        and act.made <= now
    )


def _latest_last(signed: Signed[Attestation]) -> tuple[datetime, bool, str]:
    return signed.act.made, signed.act.answer == "objected", signed.digest


def _stands(act: Attestation, clause: AttestedClause, now: datetime) -> bool:
    return act.expires >= now.date() and act.made + timedelta(days=clause.max_age_days) >= now


def _missing(
    clause: AttestedClause,
    standing: Sequence[Signed[Attestation]],
    latest: dict[str, Signed[Attestation]],
) -> tuple[Reason, str]:
    asked = " or ".join(map(in_words, clause.answers))
    if standing:
        given = ", ".join(sorted({in_words(a.act.answer) for a in standing}))
        return "not_attested", f"answered was {given}, the clause asks for {asked}"
    if latest:
        made = max(a.act.made for a in latest.values()).date()
        return "attestation_expired", f"the statement of {made} no longer holds; sign a new one"
    role, what = in_words(clause.role), in_words(clause.attest)
    return "not_attested", f"nobody with the role {role} has signed “{what}”: {asked}"


def _used(clause: AttestedClause, signed: Signed[Attestation]) -> AttestationUsed:
    return AttestationUsed(
        clause=clause.id,
        digest=signed.digest,
        answer=signed.act.answer,
        statement=signed.act.statement,
        signers=signed.signers,
        expires=min(
            signed.act.expires, (signed.act.made + timedelta(days=clause.max_age_days)).date()
        ),
    )
