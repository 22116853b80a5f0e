"""What an auditor reads and takes away."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from govern.canon import sha256
from govern.web import pages_board
from govern.web.asked import Asked, Page, RefusedError, download
from govern.web.pages_board import DecisionId

PER_PAGE = 50
_MOST_ENTRIES = 10_000_000


def audit(asked: Asked) -> Response:
    """Every decision, and the head of the record."""
    records = asked.services.records
    return asked.page(
        "audit.html.j2",
        decisions=records.decisions(now=asked.now),
        record=records.entries(first=0, count=0),
        log=records.log_state(now=asked.now),
    )


def audit_decision(asked: Asked, decision_id: DecisionId) -> Response:
    """What is checked of a decision, and how to check it elsewhere."""
    found = asked.services.records.decision(decision_id, now=asked.now)
    data = asked.services.records.archive(decision_id, now=asked.now)
    checked = asked.services.records.followed_back(decision_id, now=asked.now)
    if found is None or data is None or checked is None:
        raise RefusedError(404)
    return asked.page(
        "audit_decision.html.j2",
        found=found,
        page=found.page,
        decision=found.decision,
        checked=checked,
        archive_digest=sha256(data),
        archive_bytes=len(data),
    )


def audit_folder(asked: Asked, decision_id: DecisionId) -> Response:
    """The decision's audit bundle."""
    data = asked.services.records.archive(decision_id, now=asked.now)
    if data is None:
        raise RefusedError(404)
    return download(data, f"bundle-{decision_id}.zip", "application/zip")


def audit_record(
    asked: Asked, first: Annotated[int, Query(alias="from", ge=0, le=_MOST_ENTRIES)] = 0
) -> Response:
    """The entries of the record, some at a time."""
    record = asked.services.records.entries(first=first, count=PER_PAGE)
    return asked.page("record.html.j2", record=record, per_page=PER_PAGE)


PAGES: dict[str, Page] = {
    "audit": audit,
    "audit-decision": audit_decision,
    "audit-folder": audit_folder,
    "audit-report": pages_board.report,
    "audit-record": audit_record,
}
