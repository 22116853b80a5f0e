"""What is signed: in-toto statements about policies, decisions and what people say of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from govern.canon import digest
from govern.domain.acts import Approval, Attestation, Waiver
from govern.domain.decision import Decision
from govern.domain.policy import Policy
from govern.errors import PolicyError

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
POLICY_APPROVAL = "urn:govern:policy-approval:v1"
GATE_DECISION = "urn:govern:gate-decision:v1"
ATTESTATION = "urn:govern:attestation:v1"
WAIVER = "urn:govern:waiver:v1"
APPROVAL = "urn:govern:approval:v1"
# Simple Verification Result; 0.2 made `verifier.policies` mandatory (in-toto/attestation, PR 555).
SUMMARY = "https://in-toto.io/attestation/svr/v0.2"
VERIFIER = "urn:govern:gate:v1"

_MADE: Mapping[str, str | None] = MappingProxyType(
    {
        POLICY_APPROVAL: None,
        GATE_DECISION: "created",
        SUMMARY: "timeCreated",
        ATTESTATION: "made",
        WAIVER: "created",
        APPROVAL: "created",
    }
)
"""The field of each predicate that says when it was made; policies carry none."""


def policy_statement(policy: Policy, readings: Mapping[str, str]) -> dict[str, Any]:
    """What approvers sign: these bytes of the policy, read by the gate as these sentences."""
    predicate = {"version": policy.version, "title": policy.title, "readings": dict(readings)}
    return _statement(policy.policy, policy.digest, POLICY_APPROVAL, predicate)


def decision_statement(decision: Decision) -> dict[str, Any]:
    """What is signed of a decision, failures too; its subject is the pipeline's fingerprint."""
    run = decision.run
    return _statement(run.pipeline, run.fingerprint, GATE_DECISION, decision.as_json())


def summary_statement(decision: Decision) -> dict[str, Any]:
    """The one thing that a deployer checks: what passed, under which policy, for which stage.

    Properties start with ``govern:<policy>:``, or ``govern-advisory:<policy>:`` where the
    decision may not promote. ``pass:<stage>`` says that every blocking clause passed as measured,
    ``pass-with-waivers:<stage>`` that some were waived; ``until:<day>`` is the decision's last day.
    Each clause that passed as measured is one more; a waived one is none.

    Raises:
        PolicyError: the decision is no pass.

    Source: in-toto Simple Verification Result 0.2, with the rule that ignoring a field must
    never turn a no into a yes: so mode, stage, waivers and expiry are in the properties' names.
    """
    if decision.effective_outcome != "pass":
        raise PolicyError(
            f"decision {decision.decision_id} is {decision.effective_outcome}, "
            "and a verification summary says what passed"
        )
    policy, run = decision.policy, decision.run
    prefix = f"{'govern-advisory' if decision.advisory else 'govern'}:{policy.id}"
    how = "pass" if decision.outcome == "pass" else "pass-with-waivers"
    passed = [clause.id for clause in decision.clauses if clause.outcome == "pass"]
    says = [f"{how}:{decision.scope.stage}", f"until:{decision.expires}", *passed]
    uri = f"urn:govern:policy:{policy.id}:{policy.version}"
    predicate = {
        "verifier": {
            "id": VERIFIER,
            "policies": [{"uri": uri, "digest": {"sha256": policy.digest}}],
        },
        "timeCreated": decision.as_json()["created"],
        "properties": [f"{prefix}:{what}" for what in says],
        "decision": {"name": decision.decision_id, "digest": {"sha256": decision_digest(decision)}},
    }
    return _statement(run.pipeline, run.fingerprint, SUMMARY, predicate)


def attestation_statement(act: Attestation, policy_digest: str) -> dict[str, Any]:
    """What is signed of an attestation; its subject is the policy that asked for it."""
    return _statement(act.policy, policy_digest, ATTESTATION, act.as_json())


def waiver_statement(act: Waiver) -> dict[str, Any]:
    """What is signed of a waiver; its subject is the candidate's fingerprint."""
    return _statement(act.clause, act.fingerprint, WAIVER, act.as_json())


def approval_statement(act: Approval) -> dict[str, Any]:
    """What is signed of a yes or no; its subject is the decision."""
    return _statement(act.decision_id, act.decision_digest, APPROVAL, act.as_json())


def decision_digest(decision: Decision) -> str:
    """SHA-256 of a decision's canonical JSON, by which approvals name it."""
    return digest(decision.as_json())


def made_at(statement: Mapping[str, Any]) -> datetime | None:
    """When a statement says that it was made; ``None`` for an approval of a policy.

    Raises:
        PolicyError: it is of no type that we know, or says no such time.
    """
    kind = statement.get("predicateType")
    if not isinstance(kind, str) or kind not in _MADE:
        known = ", ".join(_MADE)
        raise PolicyError(f"a statement of unknown type {kind!r:.80}; known are {known}")
    name = _MADE[kind]
    if name is None:
        return None
    predicate = statement.get("predicate")
    said = predicate.get(name) if isinstance(predicate, dict) else None
    try:
        made = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        made = None
    if made is None or made.tzinfo is None:
        raise PolicyError(f"{kind}: {name} says no time with time zone, found {said!r:.80}")
    return made


def _statement(name: str, sha256: str, kind: str, predicate: dict[str, Any]) -> dict[str, Any]:
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": sha256}}],
        "predicateType": kind,
        "predicate": predicate,
    }
