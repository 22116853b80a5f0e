"""Contests as an auditor reads them: people as numbers, texts withheld, until two lift that."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from fastapi import Path, Response

from govern.app.contest_export import as_csv, export, steps
from govern.app.contest_proofs import leaves, proof_of
from govern.app.contests import list_
from govern.app.second import waits, why_not
from govern.domain.contest import SecondAsked, UnmaskingAsked
from govern.web.asked import Asked, Page, download
from govern.web.case_forms import CaseId, case_of, enter, said, second

Seq = Annotated[int, Path(ge=1, le=999_999_999)]
MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}


def audit_cases(asked: Asked) -> Response:
    """Every contest that was sent."""
    cases = list_(asked.contests, asked.actor, now=asked.now)
    return asked.page("audit_cases.html.j2", cases=cases)


def audit_cases_file(asked: Asked, kind: Literal["csv", "json"]) -> Response:
    """All of them in one file."""
    found = export(asked.contests, asked.actor, now=asked.now)
    text = as_csv(found) if kind == "csv" else json.dumps(found, indent=2, ensure_ascii=False)
    return download(text.encode(), f"contests.{kind}", MEDIA[kind])


def audit_case(asked: Asked, case_id: CaseId) -> Response:
    """One contest, its steps as the ledger holds them, and how to be shown more."""
    shown = case_of(asked, asked.contests, case_id)
    held = leaves(asked.contests, asked.actor, case_id)
    wanted = SecondAsked(step=UnmaskingAsked(to=asked.actor.person, reason="-"))
    return asked.page(
        "audit_case.html.j2",
        shown=shown,
        steps=list(zip(steps(asked.contests, shown), held, strict=True)),
        waits=waits(asked.contests, asked.actor, shown, now=asked.now),
        masked=shown.visibility == "pseudonymous",
        why_not_ask=why_not(asked.contests, asked.actor, shown, wanted, now=asked.now),
    )


def audit_case_ask(asked: Asked, case_id: CaseId) -> Response:
    """Ask that pseudonyms be lifted for oneself."""
    step = UnmaskingAsked(to=asked.actor.person, reason=said(asked, "reason"))
    return enter(asked, asked.contests, case_id, SecondAsked(step=step), back="audit-case")


def audit_case_second(asked: Asked, case_id: CaseId) -> Response:
    """Agree to what waits, refuse it, or take it back."""
    return second(asked, asked.contests, case_id, back="audit-case")


def audit_case_proof(asked: Asked, case_id: CaseId, seq: Seq) -> Response:
    """The proof that a step stands in the ledger."""
    case_of(asked, asked.contests, case_id)
    text = proof_of(asked.contests, asked.actor, case_id, seq, now=asked.now)
    name = f"contest-{case_id[:8]}-{seq}.tlog-proof"
    return download(text.encode(), name, "text/plain; charset=utf-8")


PAGES: dict[str, Page] = {
    "audit-cases": audit_cases,
    "audit-cases-file": audit_cases_file,
    "audit-case": audit_case,
    "audit-case-ask": audit_case_ask,
    "audit-case-second": audit_case_second,
    "audit-case-proof": audit_case_proof,
}
