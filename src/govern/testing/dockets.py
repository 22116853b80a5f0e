"""Made-up policies, and what people signed and the record holds, for trying the judge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from govern.canon import digest
from govern.domain import (
    Approvals,
    Attempt,
    AttemptRule,
    Attempts,
    Attestation,
    Clause,
    Comparison,
    Finding,
    Policy,
    RecordFacts,
    Scope,
    Signed,
    Signer,
    Waiver,
)
from govern.testing.findings import run_facts

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY_DIGEST = "0" * 64


def policy_of(*clauses: Clause, **changes: Any) -> Policy:
    """A policy for a pilot of reviews that allows one attempt."""
    facts: dict[str, Any] = {
        "policy": "made-up",
        "version": "1.0.0",
        "approved": date(2026, 1, 2),
        "review_by": date(2027, 1, 2),
        "decision_valid_days": 90,
        "declared_only_valid_days": 30,
        "approvals": Approvals(threshold=1, roles=("board-chair",)),
        "attempts": AttemptRule(max_per_lineage=1),
        "scope": Scope(use_cases=("review",), stage="pilot"),
        "title": "Made up",
        "clauses": clauses,
        "digest": POLICY_DIGEST,
        "source": "policy.md",
    }
    return Policy(**(facts | changes))


def signer(name: str, *roles: str) -> Signer:
    """Somebody by a key of their own."""
    return Signer(name=name, roles=roles, keyid=digest(name))


def attested(by: Signer, **changes: Any) -> Signed[Attestation]:
    """The works council agreed a day before ``NOW``, as ``by`` signed in their first role."""
    facts: dict[str, Any] = {
        "attestation": "works-council",
        "answer": "agreed",
        "statement": "We heard the plan.",
        "policy": "made-up",
        "role": by.roles[0],
        "made": NOW - DAY,
        "expires": (NOW + 60 * DAY).date(),
    }
    act = Attestation(**(facts | changes))
    return Signed[Attestation](act=act, signers=(by,), digest=digest([act.as_json(), by.name]))


def waived(clause: str, *by: Signer, findings_digest: str, **changes: Any) -> Signed[Waiver]:
    """Somebody called ``dora`` asked for thirty days without a clause, and ``by`` signed."""
    facts: dict[str, Any] = {
        "clause": clause,
        "policy_digest": POLICY_DIGEST,
        "fingerprint": run_facts().fingerprint,
        "findings_digest": findings_digest,
        "requester": "dora",
        "reason": "The service was down.",
        "mitigation": "People write by hand.",
        "created": NOW - DAY,
        "expires": (NOW + 29 * DAY).date(),
    }
    act = Waiver(**(facts | changes))
    names = [one.name for one in by]
    return Signed[Waiver](act=act, signers=by, digest=digest([act.as_json(), names]))


def attempts_of(*runs: str, **changes: Any) -> Attempts:
    """Intents of runs, a day apart, the last a day before ``NOW``."""
    entered = tuple(
        Attempt(
            run_id=run,
            entered=NOW - (len(runs) - number) * DAY,
            fingerprint=run_facts().fingerprint,
            policy_digest=POLICY_DIGEST,
            state="finished",
        )
        for number, run in enumerate(runs)
    )
    return Attempts(**({"lineage": "made-up", "known": True, "entered": entered} | changes))


def record_of(findings: Sequence[Finding], **changes: Any) -> RecordFacts:
    """Statistics over the ninety days before an hour ago."""
    facts = {"as_of": NOW - timedelta(hours=1), "window_days": 90, "findings": tuple(findings)}
    return RecordFacts.model_validate(facts | changes)


def comparison_of(findings: Sequence[Finding], **changes: Any) -> Comparison:
    """With an incumbent of another fingerprint, over the cells of ``run_facts``."""
    incumbent = run_facts(run_id="incumbent", fingerprint="1" * 64, drafts_digest="1" * 64)
    facts: dict[str, Any] = {
        "candidate": run_facts().drafts_digest,
        "incumbent": incumbent,
        "cells": incumbent.planned,
        "findings": tuple(findings),
    }
    return Comparison(**(facts | changes))
