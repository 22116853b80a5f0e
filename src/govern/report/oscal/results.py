"""The assessment results: observations, findings and attestations of one decision."""

from __future__ import annotations

from collections.abc import Iterator

from govern.domain.decision import AttestationUsed, Decision, SliceOutcome
from govern.domain.finding import Undefined
from govern.domain.policy import Kind
from govern.report.answer import PROVISIONAL
from govern.report.checks import Check, ClauseChecks, checks_of
from govern.report.oscal.datatypes import Json, day_end, kept, line, prop, props, text
from govern.report.oscal.parts import (
    METHODS,
    PLAN,
    Told,
    began,
    candidate,
    harness,
    metadata,
    objective,
    origins,
    reference,
    resources,
    responsible,
    reviewed,
    rlink,
)
from govern.report.oscal.risks import has_risk, risk_of, risk_uuid, signed_waivers
from govern.report.sentences import clause_verdict, waiver_sentence

_STATES = {
    "pass": ("satisfied", "pass"),
    "fail": ("not-satisfied", "fail"),
    "insufficient_evidence": ("not-satisfied", "other"),
}
"""OSCAL knows two states. What was not shown is not satisfied, for a reason of its own."""
_MEANT = (
    "Each state is what was measured; a waiver changes none and stands at the risk. What has not "
    "enough evidence is not satisfied, with the reason other.",
    "This says what was shown under one policy, at what error rate, and what was not. Whether a "
    "law is met is not for it to say.",
)
_EVIDENCE: dict[Kind, tuple[str, str]] = {
    "measured": ("findings.json", "All that was measured in the run."),
    "property": ("findings.json", "What the run's manifest says of its use, under run."),
    "attested": ("docket.json", "The signed statements that lay before the judge."),
    "record": ("docket.json", "The statistics of the contest record that lay before the judge."),
}

_COMPARED = ("docket.json", "The comparison with the pipeline in use that lay before the judge.")


def assessment_results(told: Told, plan_sha256: str) -> Json:
    """The results as OSCAL; ``plan_sha256`` is of the plan's bytes."""
    decision = told.decision
    signers = [
        *(one for used in decision.attestations for one in used.signers),
        *(one for waiver in signed_waivers(decision) for one in waiver.approvers),
    ]
    files = resources(told, "policy.md", "decision.json", "findings.json", "docket.json")
    plan = {
        "uuid": told.uuid("file", PLAN),
        "title": "The assessment plan",
        "props": [prop("type", "plan")],
        "rlinks": [rlink(PLAN, "application/json", plan_sha256)],
    }
    return {
        "uuid": told.uuid("results"),
        "metadata": metadata(told, f"{told.named}, judged by {told.policy.title}", signers),
        "import-ap": {"href": PLAN},
        "results": [_result(told)],
        "back-matter": {"resources": [plan, *files]},
    }


def _result(told: Told) -> Json:
    decision, answer = told.decision, told.answer
    checked = checks_of(decision, told.policy)
    return {
        "uuid": told.uuid("result"),
        "title": line(f"Decision {decision.decision_id}: {answer.verdict.word}"),
        "description": text(answer.sentence, answer.advisory, answer.settle),
        "start": began(decision).isoformat(),
        "end": told.made,
        "props": _facts(told),
        "local-definitions": {
            "components": [candidate(told), harness(told)],
        },
        "reviewed-controls": reviewed(told),
        "remarks": text(*_MEANT, *_refused(decision)),
    } | kept(
        attestations=[_attestation(told, used) for used in decision.attestations],
        assessment_log={"entries": list(_log(told))},
        observations=[one for clause in checked for one in _observations(told, clause)],
        risks=[
            risk_of(told, clause, _unmet(told, clause)) for clause in checked if has_risk(clause)
        ],
        findings=[_finding(told, clause) for clause in checked],
    )


def _facts(told: Told) -> list[Json]:
    decision, run = told.decision, told.decision.run
    return props(
        decision=decision.decision_id,
        decision_digest=told.digest,
        outcome=decision.outcome,
        effective_outcome=decision.effective_outcome,
        advisory=decision.advisory,
        bar_set_after=decision.bar_set_after,
        expires=str(decision.expires),
        stage=decision.scope.stage,
        attempt=decision.attempt,
        run=run.run_id,
        fingerprint=run.fingerprint,
        policy_digest=decision.policy.digest,
        policy_signed_by=decision.policy.signed_by,
        findings_digest=decision.findings_digest,
        docket_digest=decision.docket_digest,
        drafts_digest=run.drafts_digest,
        dataset_digest=run.dataset_digest,
        identities_digest=run.identities_digest,
        synthetic=run.synthetic,
        previous_decision=decision.previous_decision,
    )


def _refused(decision: Decision) -> Iterator[str]:
    for one in decision.waivers_refused:
        yield f"A waiver of {one.clause} does not hold: {one.why}."


def _log(told: Told) -> Iterator[Json]:
    """Every intended run of the lineage that is known of, abandoned ones too, and the judging."""
    attempts = told.decision.attempts
    for number, one in enumerate(attempts.entered if attempts else ()):
        yield {
            "uuid": told.uuid("attempt", str(number)),
            "title": line(f"Run {one.run_id} was intended"),
            "start": one.entered.isoformat(),
            "props": props(
                run=one.run_id,
                state=one.state,
                fingerprint=one.fingerprint,
                decision=one.decision_id,
            ),
        }
    yield {
        "uuid": told.uuid("judged"),
        "title": line(f"Run {told.decision.run.run_id} was judged"),
        "start": told.made,
        "end": told.made,
    }


def _attestation(told: Told, used: AttestationUsed) -> Json:
    return kept(responsible_parties=responsible(used.signers)) | {
        "parts": [
            {
                "uuid": told.uuid("attestation", used.clause, used.digest),
                "name": "attestation",
                "title": line(f"For {used.clause}"),
                "props": props(
                    clause=used.clause,
                    answer=used.answer,
                    expires=str(used.expires),
                    envelope_sha_256=used.digest,
                ),
                "prose": text(used.statement),
            }
        ]
    }


def _seen(told: Told, checked: ClauseChecks) -> list[tuple[str, Check, SliceOutcome | None]]:
    """Each check of a clause by the UUID of its observation; one on the whole has no slice."""
    outcome = checked.outcome
    whole = len(checked.checks) - len(outcome.slices)
    parts: list[SliceOutcome | None] = [*[None] * whole, *outcome.slices]
    return [
        (told.uuid("observation", outcome.id, str(place)), check, part)
        for place, (check, part) in enumerate(zip(checked.checks, parts, strict=True))
    ]


def _unmet(told: Told, checked: ClauseChecks) -> list[str]:
    """The observations for which a clause is not satisfied."""
    return [uuid for uuid, check, _ in _seen(told, checked) if check.outcome != "pass"]


def _observations(told: Told, checked: ClauseChecks) -> Iterator[Json]:
    """One for each finding that weighed, and one where the clause's outcome rests on none."""
    outcome = checked.outcome
    for uuid, check, part in _seen(told, checked):
        yield {
            "uuid": uuid,
            "title": line(f"{outcome.id}, {check.name}"),
            "description": text(check.message),
            "props": [
                *props(clause=outcome.id, subject=outcome.subject, slice=check.name),
                *props(outcome=check.outcome),
                *(_numbers(part, outcome.unit) if part else props(reason=outcome.reason)),
            ],
            "methods": [METHODS[outcome.kind]],
            "types": ["control-objective"],
            "origins": origins(told),
            "subjects": [{"subject-uuid": told.candidate, "type": "component"}],
            "relevant-evidence": [_evidence(told, outcome.kind, part)],
            "collected": told.made,
            "expires": day_end(told.decision.expires),
        }


def _numbers(part: SliceOutcome, unit: str) -> list[Json]:
    """A slice with every digit, in the unit of the finding."""
    found, estimate = part.finding, part.estimate
    return props(
        reason=part.reason,
        estimate=None if isinstance(estimate, Undefined) else estimate,
        no_estimate_because=estimate.reason if isinstance(estimate, Undefined) else None,
        lower=part.lower,
        upper=part.upper,
        margin=part.margin,
        unit=unit,
        n=part.n,
        n_of=part.unit_name,
        cases_needed=part.cases_needed,
    ) + (
        props(
            metric_version=found.version,
            evaluator=found.evaluator,
            method=found.method,
            baseline=found.baseline,
            against=found.against,
            planned=found.counts.planned,
            drafted=found.counts.ok,
            scored=found.counts.scored,
            cases=found.counts.cases,
        )
        if found
        else []
    )


def _evidence(told: Told, kind: Kind, part: SliceOutcome | None) -> Json:
    compared = part and part.finding and part.finding.against == "incumbent"
    file, said = _COMPARED if compared else _EVIDENCE[kind]
    return {"href": reference(told, file), "description": text(said)}


def _finding(told: Told, checked: ClauseChecks) -> Json:
    outcome = checked.outcome
    state, reason = _STATES[outcome.outcome]
    notes = [waiver_sentence(outcome)] if outcome.waiver else []
    notes += [f"Provisional: {PROVISIONAL}."] if outcome.provisional else []
    return {
        "uuid": told.uuid("finding", outcome.id),
        "title": line(f"{outcome.id} {outcome.title}"),
        "description": text(checked.message),
        "props": props(
            clause=outcome.id,
            severity=outcome.severity,
            outcome=outcome.outcome,
            effective=outcome.effective,
            reason=outcome.reason,
            provisional=outcome.provisional,
        ),
        "origins": origins(told),
        "target": {
            "type": "objective-id",
            "target-id": objective(outcome.id),
            "title": line(outcome.title),
            "status": {
                "state": state,
                "reason": reason,
                "remarks": text(f"{clause_verdict(outcome).word}: {outcome.explanation}"),
            },
        },
        "related-observations": [{"observation-uuid": uuid} for uuid, _, _ in _seen(told, checked)],
    } | kept(
        related_risks=[{"risk-uuid": risk_uuid(told, checked)}] if has_risk(checked) else [],
        remarks=text(*notes) if notes else None,
    )
