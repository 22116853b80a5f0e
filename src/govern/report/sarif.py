"""SARIF 2.1.0: each clause is a rule with one result, at the clause's line.

``kind`` tells what was undecided (``open``) from what failed. GitHub's code scanning reads
neither ``kind`` nor ``suppressions`` (its "SARIF support" page lists what it reads), so a
profile for it leaves passes out and makes the undecided an error.
"""

from __future__ import annotations

import json
from typing import Any, Literal
from urllib.parse import quote

from govern.canon import sha256
from govern.domain.decision import Decision, NotApplied
from govern.domain.policy import Clause, Policy
from govern.report.checks import Check, ClauseChecks, checks_of, whole
from govern.report.sentences import waiver_sentence
from govern.report.wording import as_sentence, paragraphs, visible

Profile = Literal["standard", "github"]
SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
WHOLE_RULE = "DECISION"
_KINDS = {"pass": "pass", "fail": "fail", "insufficient_evidence": "open"}
_LEVELS = {"block": "error", "warn": "warning", "report": "note"}
_LONGEST = 1024
_WHOLE_TEXT = "A candidate passes only by clauses that must hold, and by all of them."


def sarif(decision: Decision, policy: Policy, *, path: str, profile: Profile) -> str:
    """The decision as SARIF.

    Args:
        decision: what was decided.
        policy: by which policy.
        path: the policy's file, as the repository names it.
        profile: ``standard``, or ``github`` for its code scanning.
    """
    checked = checks_of(decision, policy)
    rules = [_rule(clause) for clause in policy.clauses]
    results = [_result(clause, path, profile) for clause in checked]
    lines = {clause.id: clause.line for clause in policy.clauses}
    results += [_not_applied(n, path, lines[n.id]) for n in decision.not_applied]
    if profile == "github":
        results = [r for r in results if r["kind"] not in ("pass", "notApplicable")]
    overall = whole(decision)
    if overall.stops and not any(clause.stops for clause in checked):
        rules.append(_described(WHOLE_RULE, decision.policy.title, _WHOLE_TEXT, "error"))
        results.append(_whole(overall, path, profile))
    places = {rule["id"]: place for place, rule in enumerate(rules)}
    for result in results:
        result["ruleIndex"] = places[result["ruleId"]]
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(decision, rules, results, path)]}
    return json.dumps(log, indent=1, ensure_ascii=False) + "\n"


def _run(
    decision: Decision, rules: list[dict[str, Any]], results: list[dict[str, Any]], path: str
) -> dict[str, Any]:
    driver = {"name": "govern", "version": decision.harness_version, "rules": rules}
    ended = decision.created.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"govern/{decision.policy.id}/{decision.decision_id}"},
        "invocations": [{"executionSuccessful": True, "endTimeUtc": ended}],
        "artifacts": [
            {
                "location": {"uri": quote(path)},
                "hashes": {"sha-256": decision.policy.digest},
            }
        ],
        "results": results,
        "properties": {
            "outcome": decision.outcome,
            "effectiveOutcome": decision.effective_outcome,
            "advisory": decision.advisory,
            "expires": str(decision.expires),
            "fingerprint": decision.run.fingerprint,
        },
    }


def _rule(clause: Clause) -> dict[str, Any]:
    prose = "\n\n".join(paragraphs(clause.prose)) or clause.title or clause.id
    return _described(clause.id, clause.title or clause.id, prose, _LEVELS[clause.severity])


def _described(rule: str, title: str, prose: str, level: str) -> dict[str, Any]:
    return {
        "id": rule,
        "shortDescription": {"text": _cut(title)},
        "fullDescription": {"text": _cut(prose)},
        "help": {"text": visible(prose)},
        "defaultConfiguration": {"level": level},
    }


def _result(checked: ClauseChecks, path: str, profile: Profile) -> dict[str, Any]:
    outcome, kind = checked.outcome, _KINDS[checked.outcome.outcome]
    level = _LEVELS[outcome.severity] if kind == "fail" else "none"
    waived = waiver_sentence(outcome)
    message = checked.message
    if profile == "github" and kind == "open":
        kind, level = "fail", _LEVELS[outcome.severity]
    if profile == "github" and waived:
        level, message = "note", f"{waived} {message}"
    result = _at(outcome.id, f"{outcome.title}: {message}", path, checked.clause.line)
    result |= {"kind": kind, "level": level}
    if waived:
        accepted = {"kind": "external", "status": "accepted", "justification": _unlinked(waived)}
        result["suppressions"] = [accepted]
    return result


def _not_applied(clause: NotApplied, path: str, line: int) -> dict[str, Any]:
    text = f"{clause.title}: not applied: {as_sentence(clause.why)}"
    return _at(clause.id, text, path, line) | {
        "kind": "notApplicable",
        "level": "none",
    }


def _whole(overall: Check, path: str, profile: Profile) -> dict[str, Any]:
    undecided = overall.outcome == "insufficient_evidence" and profile == "standard"
    return _at(WHOLE_RULE, overall.message, path, 1) | {
        "kind": "open" if undecided else "fail",
        "level": "none" if undecided else "error",
    }


def _at(rule: str, text: str, path: str, line: int) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": quote(path), "index": 0}, "region": {"startLine": line}}
    return {
        "ruleId": rule,
        "message": {"text": _unlinked(text)},
        "locations": [{"physicalLocation": place}],
        # What tells one result from another between runs, wherever the clause moved to.
        "partialFingerprints": {"primaryLocationLineHash": sha256(rule.encode())[:32]},
    }


def _unlinked(text: str) -> str:
    """``text`` without SARIF's embedded links (section 3.11.6)."""
    return visible(text).replace("](", "] (")


def _cut(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
