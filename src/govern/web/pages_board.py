"""What the board reads."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Response
from fastapi.responses import HTMLResponse

from govern.web.asked import Asked, Page, RefusedError
from govern.web.guard import REPORT_CONTENT

DecisionId = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]


def board(asked: Asked) -> Response:
    """Every decision, and what needs somebody now."""
    records = asked.services.records
    decisions, acts = records.decisions(now=asked.now), records.acts(now=asked.now)
    return asked.page(
        "board.html.j2",
        decisions=decisions,
        waiting=[line for line in decisions if line.waits_for_approval],
        ending=[line for line in decisions if line.lasts.soon and line.allows],
        acts_soon=acts.soon,
    )


def board_acts(asked: Asked) -> Response:
    """Waivers and attestations, what runs out first standing first."""
    return asked.page("acts.html.j2", acts=asked.services.records.acts(now=asked.now))


def board_decision(asked: Asked, decision_id: DecisionId) -> Response:
    """One decision: the answer, the clauses, and who has yet to answer to it."""
    found = asked.services.records.decision(decision_id, now=asked.now)
    if found is None:
        raise RefusedError(404)
    return asked.page("decision.html.j2", found=found, page=found.page, decision=found.decision)


def report(asked: Asked, decision_id: DecisionId) -> Response:
    """The whole report, which brings its own style and may do nothing else."""
    html = asked.services.records.report(decision_id, now=asked.now)
    if html is None:
        raise RefusedError(404)
    return HTMLResponse(html, headers={"content-security-policy": REPORT_CONTENT})


PAGES: dict[str, Page] = {
    "board": board,
    "board-acts": board_acts,
    "board-decision": board_decision,
    "board-report": report,
}
