"""The judge: policy, findings and docket in, one decision out. Pure; the clock is given.

Missing, undefined, thin, unstated, unsigned or uncertified is never a pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from govern import __version__
from govern.canon import digest
from govern.domain.decision import (
    AttestationUsed,
    ClauseOutcome,
    Decision,
    NotApplied,
    Outcome,
    PolicyRef,
    WaiverRefused,
)
from govern.domain.docket import Docket
from govern.domain.finding import Findings
from govern.domain.metric import Spec
from govern.domain.policy import (
    AttestedClause,
    Clause,
    MeasuredClause,
    Policy,
    PropertyClause,
    RecordClause,
)
from govern.errors import IntegrityError
from govern.policy.measured import judge_measured, judge_record
from govern.policy.open_points import more_evidence, not_tested
from govern.policy.outcomes import worst
from govern.policy.reading import reading
from govern.policy.scope import Doubt, attempt_doubt, outside, why_not_applied
from govern.policy.stated import judge_attested, judge_property
from govern.policy.waivers import apply_waivers


def judge(policy: Policy, findings: Findings, docket: Docket, *, now: datetime) -> Decision:
    """Decide about the candidate behind ``findings``.

    Args:
        policy: linted, and signed by ``docket.signed_by``.
        findings: of one run.
        docket: everything else that lies before the judge, its signatures checked.
        now: when.

    Returns:
        The worst outcome over the blocking clauses that apply; never a pass where none does.
        The order of findings, certificates, acts and clauses changes no outcome.

    Raises:
        IntegrityError: the docket does not say what a metric of the policy is.
    """
    run = findings.run
    findings_digest = digest(findings.as_json())
    docket_digest = digest(docket.as_json())
    unapplied = {c.id: why_not_applied(c.applies_if, docket.scope) for c in policy.clauses}
    applied = [c for c in policy.clauses if not unapplied[c.id]]
    hearing = _hear(policy, applied, findings, docket, findings_digest=findings_digest, now=now)
    clauses = hearing.clauses
    rejudged = docket.rejudged or _other_policy(policy, run.run_id, docket)
    return Decision(
        decision_id=digest([policy.digest, findings_digest, docket_digest, now.isoformat()])[:16],
        created=now,
        expires=_expires(policy, bool(run.declared_only), hearing, now.date()),
        outcome=worst([c.outcome for c in clauses if c.severity == "block"]),
        effective_outcome=_effective(clauses),
        advisory=run.mode == "explore" or rejudged,
        scope=docket.scope,
        policy=PolicyRef(
            id=policy.policy,
            version=policy.version,
            title=policy.title,
            digest=policy.digest,
            review_by=policy.review_by,
            signed_by=docket.signed_by,
        ),
        run=run,
        findings_digest=findings_digest,
        docket_digest=docket_digest,
        incumbent=docket.comparison.incumbent if docket.comparison else None,
        attempts=docket.attempts,
        attempt=docket.attempts.number(run.run_id) if docket.attempts else None,
        bar_set_after=rejudged,
        clauses=clauses,
        not_applied=tuple(
            NotApplied(id=c.id, title=c.title, why=why)
            for c in policy.clauses
            if (why := unapplied[c.id])
        ),
        attestations=hearing.attestations,
        waivers_refused=hearing.refused,
        record=docket.record,
        not_tested=not_tested(run, clauses),
        more_evidence=more_evidence(findings, clauses),
        gate=docket.gate,
        previous_decision=docket.previous_decision,
        alternatives=docket.alternatives,
        harness_version=__version__,
    )


@dataclass(frozen=True)
class _Hearing:
    """The verdicts on some clauses, whom they went by, and the waivers that do not hold."""

    clauses: tuple[ClauseOutcome, ...]
    attestations: tuple[AttestationUsed, ...]
    refused: tuple[WaiverRefused, ...]


def _hear(
    policy: Policy,
    clauses: Sequence[Clause],
    findings: Findings,
    docket: Docket,
    *,
    findings_digest: str,
    now: datetime,
) -> _Hearing:
    run = findings.run
    specs = specs_of(policy, docket)
    doubt = outside(policy.scope, docket.scope, run) or attempt_doubt(policy, run, docket.attempts)
    heard = [judge_clause(policy, c, findings, docket, specs, now=now) for c in clauses]
    waived = [
        apply_waivers(
            _within(doubt, judged),
            policy,
            docket.waivers,
            fingerprint=run.fingerprint,
            findings_digest=findings_digest,
            doubt=doubt,
            now=now,
        )
        for judged, _ in heard
    ]
    return _Hearing(
        clauses=tuple(judged for judged, _ in waived),
        attestations=tuple(used for _, by in heard for used in by),
        refused=tuple(not_held for _, refused in waived for not_held in refused),
    )


def judge_clause(
    policy: Policy,
    clause: Clause,
    findings: Findings,
    docket: Docket,
    specs: Mapping[str, Spec],
    *,
    now: datetime,
) -> tuple[ClauseOutcome, tuple[AttestationUsed, ...]]:
    """The verdict on a clause, with the sentence the gate read it as, and whom it heard."""
    run = findings.run
    heard: tuple[AttestationUsed, ...] = ()
    tries = policy.attempts.max_per_lineage
    match clause:
        case MeasuredClause():
            spec = specs[clause.metric]
            judged = judge_measured(clause.over(tries), run, findings.findings, docket, spec)
        case RecordClause():
            judged = judge_record(clause.over(tries), docket, specs[clause.record], now=now)
        case PropertyClause():
            judged = judge_property(clause, run)
        case AttestedClause():
            judged, heard = judge_attested(clause, policy.policy, run, docket.attestations, now=now)
    said = reading(clause, specs, attempts=tries)
    return judged.model_copy(update={"reading": said}), heard


def specs_of(policy: Policy, docket: Docket) -> dict[str, Spec]:
    """What the docket says of each metric that a clause names; IntegrityError if nothing."""
    specs = {spec.id: spec for spec in docket.specs}
    judged = [c for c in policy.clauses if isinstance(c, MeasuredClause | RecordClause)]
    missing = sorted({c.subject for c in judged} - set(specs))
    if missing:
        raise IntegrityError(f"the docket does not say what {', '.join(missing)} is")
    return specs


def _within(doubt: Doubt | None, judged: ClauseOutcome) -> ClauseOutcome:
    """A doubt about the whole decision lets nothing pass; what failed has failed."""
    if doubt is None or judged.outcome == "fail":
        return judged
    reason, explanation = doubt
    blocked = "insufficient_evidence"
    changed = {"outcome": blocked, "effective": blocked, "reason": reason}
    return judged.model_copy(update=changed | {"explanation": explanation})


def _effective(clauses: Sequence[ClauseOutcome]) -> Outcome:
    """The worst over blocking clauses, a waived one counting as met."""
    blocking = [c for c in clauses if c.severity == "block"]
    return worst(["pass" if c.effective == "waived" else c.outcome for c in blocking])


def _other_policy(policy: Policy, run_id: str, docket: Docket) -> bool:
    """Whether the intent of a deciding run named another policy text than the one judged by."""
    entered = docket.attempts.entered if docket.attempts else ()
    return any(a.run_id == run_id and a.policy_digest != policy.digest for a in entered)


def _expires(policy: Policy, declared_only: bool, hearing: _Hearing, today: date) -> date:
    """The first day on which something that the decision rests on ends."""
    days = policy.declared_only_valid_days if declared_only else policy.decision_valid_days
    blocking = {c.id for c in hearing.clauses if c.severity == "block"}
    ends = [today + timedelta(days=days), policy.review_by]
    ends += [c.waiver.expires for c in hearing.clauses if c.waiver and c.id in blocking]
    ends += [a.expires for a in hearing.attestations if a.clause in blocking]
    return min(ends)
