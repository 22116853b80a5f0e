"""Clauses that are not satisfied as risks, and waivers as approved deviations from the policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from govern.domain.decision import Decision, WaiverUsed
from govern.domain.policy import Severity
from govern.report.checks import ClauseChecks
from govern.report.oscal.datatypes import Json, day_end, kept, line, prop, props, text
from govern.report.oscal.parts import Told, logged_by, origins
from govern.report.sentences import more_sentence, waiver_sentence

_AT_STAKE: dict[Severity, str] = {
    "block": "The policy lets the candidate be used only where this clause is met.",
    "warn": "The policy warns where this clause is not met; it decides nothing.",
    "report": "The policy has this clause reported; it decides nothing.",
}


def has_risk(checked: ClauseChecks) -> bool:
    """Whether a clause was not satisfied as measured, waived or not."""
    return checked.outcome.outcome != "pass"


def risk_uuid(told: Told, checked: ClauseChecks) -> str:
    """The UUID of a clause's risk."""
    return told.uuid("risk", checked.outcome.id)


def signed_waivers(decision: Decision) -> Iterator[WaiverUsed]:
    """The waivers that hold."""
    return (clause.waiver for clause in decision.clauses if clause.waiver)


def risk_of(told: Told, checked: ClauseChecks, observations: Iterable[str]) -> Json:
    """What a clause that is not satisfied leaves open, and who set it aside until when."""
    outcome = checked.outcome
    waiver = outcome.waiver
    return {
        "uuid": risk_uuid(told, checked),
        "title": line(f"{outcome.id} {outcome.title}"),
        "description": text(checked.message, more_sentence(outcome)),
        "statement": text(_AT_STAKE[outcome.severity]),
        "props": props(clause=outcome.id, severity=outcome.severity, outcome=outcome.outcome),
        "status": "deviation-approved" if waiver else "open",
        "origins": origins(told),
        "related-observations": [{"observation-uuid": uuid} for uuid in observations],
    } | kept(
        deadline=day_end(waiver.expires) if waiver else None,
        remediations=[_meanwhile(told, outcome.id, waiver)] if waiver else [],
        risk_log=_log(told, checked),
    )


def _meanwhile(told: Told, clause: str, waiver: WaiverUsed) -> Json:
    return {
        "uuid": told.uuid("remediation", clause),
        "lifecycle": "planned",
        "title": "What is done meanwhile",
        "description": text(waiver.mitigation),
        "props": [prop("type", "mitigate"), *props(ticket=waiver.ticket)],
    }


def _log(told: Told, checked: ClauseChecks) -> Json | None:
    """The waivers of a clause: the one that holds, and those that do not."""
    outcome, decision = checked.outcome, told.decision
    entries: list[Json] = []
    if outcome.waiver:
        entries.append(
            {
                "uuid": told.uuid("waiver", outcome.id, outcome.waiver.digest),
                "title": "A waiver holds",
                "description": text(waiver_sentence(outcome)),
                "start": _signed_at(told, outcome.waiver.digest).isoformat(),
                "props": [
                    prop("type", "dr-approved"),
                    *props(envelope_sha_256=outcome.waiver.digest),
                ],
                "status-change": "deviation-approved",
            }
            | kept(logged_by=logged_by(outcome.waiver.approvers))
        )
    for one in decision.waivers_refused:
        if one.clause == outcome.id:
            entries.append(
                {
                    "uuid": told.uuid("waiver", outcome.id, one.digest),
                    "title": "A waiver does not hold",
                    "description": text(one.why),
                    "start": told.made,
                    "props": [prop("type", "dr-rejected"), *props(envelope_sha_256=one.digest)],
                }
            )
    return {"entries": entries} if entries else None


def _signed_at(told: Told, envelope: str) -> datetime:
    """When a waiver says that it was made; without the docket, when it was taken into account."""
    waivers = told.docket.waivers if told.docket else ()
    made = {signed.digest: signed.act.created for signed in waivers}
    return made.get(envelope, told.decision.created)
