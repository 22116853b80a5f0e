"""Level 1 of ``govern verify``: every digest and every signature.

A key counts as it stood when the statement was made, a policy's approvers as they stood when the
decision was made. A key that was revoked as compromised counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from govern.app.checks import Check, checked
from govern.app.decision_folder import (
    POLICY_ENVELOPE,
    SUMMARY_ENVELOPE,
    act_envelope,
)
from govern.app.opened_decision import DECISION_ENVELOPE
from govern.app.verify_folder import DecisionFolder
from govern.attest.acts import load_approvals, read_attestation, read_waiver
from govern.attest.envelopes import differing, read_envelope, require_signers, verify
from govern.attest.policies import approvers
from govern.attest.statements import decision_statement, summary_statement
from govern.attest.trust import TrustRoot
from govern.canon import digest, same_json, sha256
from govern.domain.acts import Attestation, Signed, Waiver
from govern.errors import IntegrityError, PolicyError
from govern.policy.approvals import GATE, approved
from govern.policy.judge import specs_of
from govern.policy.reading import readings


def signatures(
    folder: DecisionFolder, trust: TrustRoot, *, approvals: Path | None, now: datetime
) -> Iterator[Check]:
    """The checks of level 1; with ``approvals``, a record, also those that promoting asks for."""
    decision, written = folder.decision, folder.written
    digests = {
        "policy.md": (decision.policy.digest, sha256(folder.files["policy.md"])),
        "findings.json": (decision.findings_digest, digest(written["findings.json"])),
        "docket.json": (decision.docket_digest, digest(written["docket.json"])),
    }
    for name, (expected, found) in digests.items():
        yield checked(1, name, _same, expected, found)
    yield checked(1, DECISION_ENVELOPE, _decision, folder, trust, now)
    yield checked(1, POLICY_ENVELOPE, _policy, folder, trust)
    for signed in folder.acts:
        yield checked(1, act_envelope(signed.digest), _act, folder, signed, trust)
    if SUMMARY_ENVELOPE in folder.files:
        yield checked(1, SUMMARY_ENVELOPE, _summary, folder, trust, now)
    if approvals is not None:
        yield checked(1, "approvals", _approvals, folder, approvals, trust, now)


def _same(expected: str, found: str) -> str:
    if expected != found:
        raise IntegrityError(f"the decision names SHA-256 {expected}, this one is {found}")
    return f"SHA-256 {found[:12]}… as the decision names it"


def _signed_by_gate(
    folder: DecisionFolder, name: str, expected: dict[str, Any], trust: TrustRoot, now: datetime
) -> str:
    """Who signed exactly this statement, a gate among them."""
    verified = verify(read_envelope(folder.root / name), trust, now=now)
    if differ := differing(verified.statement, expected):
        raise IntegrityError(f"something else was signed; it differs in {', '.join(differ)}")
    require_signers(verified, [(GATE,)])
    return "signed by " + ", ".join(f"{k.name} ({', '.join(k.roles)})" for k in verified.signers)


def _decision(folder: DecisionFolder, trust: TrustRoot, now: datetime) -> str:
    if not same_json(folder.written["decision.json"], folder.decision.as_json()):
        raise IntegrityError("decision.json is not written as decisions are; it was changed")
    if DECISION_ENVELOPE not in folder.files:
        raise PolicyError("missing: the decision is not signed")
    return _signed_by_gate(
        folder, DECISION_ENVELOPE, decision_statement(folder.decision), trust, now
    )


def _summary(folder: DecisionFolder, trust: TrustRoot, now: datetime) -> str:
    if folder.decision.effective_outcome != "pass":
        raise IntegrityError("a summary for deployers of a decision that is no pass")
    return _signed_by_gate(folder, SUMMARY_ENVELOPE, summary_statement(folder.decision), trust, now)


def _policy(folder: DecisionFolder, trust: TrustRoot) -> str:
    if POLICY_ENVELOPE not in folder.files:
        raise PolicyError("missing: nobody can tell who approved the policy")
    said = readings(folder.policy, specs_of(folder.policy, folder.docket))
    envelope = read_envelope(folder.root / POLICY_ENVELOPE)
    found = approvers(folder.policy, said, envelope, trust, now=folder.decision.created)
    if found != folder.docket.signed_by:
        raise IntegrityError(
            f"approved by {', '.join(found)}, the docket says {', '.join(folder.docket.signed_by)}"
        )
    return f"approved by {', '.join(found)}"


def _act(
    folder: DecisionFolder, stated: Signed[Attestation] | Signed[Waiver], trust: TrustRoot
) -> str:
    name, made = act_envelope(stated.digest), folder.decision.created
    if name not in folder.files:
        raise PolicyError("missing: what the docket says of it cannot be checked")
    read = read_attestation if isinstance(stated.act, Attestation) else read_waiver
    found = read(folder.root / name, trust, now=made)
    if found != stated:
        raise IntegrityError("the docket says something else of it than was signed")
    what = stated.act.attestation if isinstance(stated.act, Attestation) else stated.act.clause
    return f"{what}: signed by {', '.join(signer.name for signer in found.signers)}"


def _approvals(folder: DecisionFolder, record: Path, trust: TrustRoot, now: datetime) -> str:
    decision = folder.decision
    given = load_approvals(record, trust, decision.decision_id, now=now)
    state = approved(folder.policy, decision, given)
    if not state.met:
        raise PolicyError(f"missing: {'; '.join((*state.missing, *state.set_aside))}")
    return f"approved by {', '.join(signer.name for signer in state.approving)}"
