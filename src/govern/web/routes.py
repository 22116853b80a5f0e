"""Every page there is, and who may see it. A page that is not in this table cannot be served."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from govern.domain.access import ROLES
from govern.domain.contest import Role

Method = Literal["GET", "POST"]
ANYBODY: frozenset[Role] | None = None
"""Also who did not sign in."""
PEOPLE = frozenset(ROLES)


@dataclass(frozen=True)
class Route:
    """One page.

    ``roles`` may see it; ``None`` is anybody. ``hidden`` pages answer everybody else as if there
    were none: that they exist is confidential. ``logged`` pages leave a line in the log of reads.
    ``door`` pages let people in and are asked for less often.
    """

    name: str
    method: Method
    path: str
    roles: frozenset[Role] | None
    hidden: bool = False
    logged: bool = False
    door: bool = False

    def admits(self, roles: tuple[Role, ...]) -> bool:
        """Whether somebody with these roles may see it."""
        return self.roles is None or bool(self.roles & set(roles))


BOARD: frozenset[Role] = frozenset({"board"})
AUDITOR: frozenset[Role] = frozenset({"auditor"})
HANDLER: frozenset[Role] = frozenset({"case-handler"})
DECIDER: frozenset[Role] = frozenset({"decider"})
APPEAL_DECIDER: frozenset[Role] = frozenset({"appeal-decider"})
EMPLOYEE: frozenset[Role] = frozenset({"employee"})
SPEAKER: frozenset[Role] = frozenset({"representative"})
OFFICER: frozenset[Role] = frozenset({"data-protection-officer"})

ROUTES: tuple[Route, ...] = (
    Route("health", "GET", "/health", ANYBODY),
    Route("static", "GET", "/static/{name}", ANYBODY),
    Route("start", "GET", "/", PEOPLE),
    Route("sign-in", "GET", "/sign-in", ANYBODY),
    Route("sign-in-go", "GET", "/sign-in/go", ANYBODY, door=True),
    Route("sign-in-back", "GET", "/sign-in/back", ANYBODY, door=True),
    Route("enter", "GET", "/enter/{token}", ANYBODY, door=True),
    Route("enter-now", "POST", "/enter/{token}", ANYBODY, door=True),
    Route("sign-out", "POST", "/sign-out", PEOPLE),
    Route("board", "GET", "/board", BOARD, logged=True),
    Route("board-acts", "GET", "/board/acts", BOARD, logged=True),
    Route("board-decision", "GET", "/board/decisions/{decision_id}", BOARD, logged=True),
    Route("board-report", "GET", "/board/decisions/{decision_id}/report", BOARD, logged=True),
    Route("audit", "GET", "/audit", AUDITOR, logged=True),
    Route("audit-decision", "GET", "/audit/decisions/{decision_id}", AUDITOR, logged=True),
    Route("audit-folder", "GET", "/audit/decisions/{decision_id}/folder", AUDITOR, logged=True),
    Route("audit-report", "GET", "/audit/decisions/{decision_id}/report", AUDITOR, logged=True),
    Route("audit-record", "GET", "/audit/record", AUDITOR, logged=True),
    Route("case", "GET", "/cases/{case_id}", PEOPLE),
    Route("own-reviews", "GET", "/reviews", EMPLOYEE, logged=True),
    Route("own-review", "GET", "/reviews/{review_ref}", EMPLOYEE, logged=True),
    Route("own-contest", "GET", "/reviews/{review_ref}/contest", EMPLOYEE, logged=True),
    Route("own-begin", "POST", "/reviews/{review_ref}/contest", EMPLOYEE),
    Route("own-question", "GET", "/drafts/{case_id}/ask/{step}", EMPLOYEE),
    Route("own-answer", "POST", "/drafts/{case_id}/ask/{step}", EMPLOYEE),
    Route("own-check", "GET", "/drafts/{case_id}", EMPLOYEE),
    Route("own-send", "POST", "/drafts/{case_id}", EMPLOYEE),
    Route("own-cases", "GET", "/mine", EMPLOYEE),
    Route("own-case", "GET", "/mine/{case_id}", EMPLOYEE),
    Route("own-step", "POST", "/mine/{case_id}/{step}", EMPLOYEE),
    Route("own-speakers", "GET", "/speakers", EMPLOYEE, logged=True),
    Route("own-speak", "POST", "/speakers/{change}", EMPLOYEE),
    Route("written", "GET", "/written", EMPLOYEE),
    Route("written-case", "GET", "/written/{case_id}", EMPLOYEE),
    Route("represent", "GET", "/represent", SPEAKER, logged=True),
    Route("represent-review", "GET", "/represent/reviews/{review_ref}", SPEAKER, logged=True),
    Route(
        "represent-contest", "GET", "/represent/reviews/{review_ref}/contest", SPEAKER, logged=True
    ),
    Route("represent-begin", "POST", "/represent/reviews/{review_ref}/contest", SPEAKER),
    Route("represent-question", "GET", "/represent/drafts/{case_id}/ask/{step}", SPEAKER),
    Route("represent-answer", "POST", "/represent/drafts/{case_id}/ask/{step}", SPEAKER),
    Route("represent-check", "GET", "/represent/drafts/{case_id}", SPEAKER),
    Route("represent-send", "POST", "/represent/drafts/{case_id}", SPEAKER),
    Route("represent-together", "GET", "/represent/drafts/{case_id}/together", SPEAKER),
    Route("represent-together-send", "POST", "/represent/drafts/{case_id}/together", SPEAKER),
    Route("represent-case", "GET", "/represent/cases/{case_id}", SPEAKER),
    Route("represent-step", "POST", "/represent/cases/{case_id}/{step}", SPEAKER),
    # What is read of contests, app logs itself.
    Route("handling", "GET", "/handling", HANDLER),
    Route("handling-case", "GET", "/handling/{case_id}", HANDLER),
    Route("handling-step", "POST", "/handling/{case_id}", HANDLER),
    Route("handling-second", "POST", "/handling/{case_id}/second", HANDLER),
    Route("paper", "GET", "/paper", HANDLER),
    Route("paper-contest", "GET", "/paper/contest", HANDLER),
    Route("paper-contest-sent", "POST", "/paper/contest", HANDLER),
    Route("paper-mandate", "POST", "/paper/mandate", HANDLER),
    Route("paper-link", "POST", "/paper/link", HANDLER),
    Route("deciding", "GET", "/deciding", DECIDER),
    Route("deciding-open", "GET", "/deciding/{case_id}/open", DECIDER),
    Route("deciding-opened", "POST", "/deciding/{case_id}/open", DECIDER),
    Route("deciding-case", "GET", "/deciding/{case_id}", DECIDER),
    Route("deciding-step", "POST", "/deciding/{case_id}", DECIDER),
    Route("deciding-form", "GET", "/deciding/{case_id}/decision", DECIDER),
    Route("deciding-decided", "POST", "/deciding/{case_id}/decision", DECIDER),
    Route("appeals", "GET", "/appeals", APPEAL_DECIDER),
    Route("appeals-open", "GET", "/appeals/{case_id}/open", APPEAL_DECIDER),
    Route("appeals-opened", "POST", "/appeals/{case_id}/open", APPEAL_DECIDER),
    Route("appeals-case", "GET", "/appeals/{case_id}", APPEAL_DECIDER),
    Route("appeals-step", "POST", "/appeals/{case_id}", APPEAL_DECIDER),
    Route("appeals-form", "GET", "/appeals/{case_id}/decision", APPEAL_DECIDER),
    Route("appeals-decided", "POST", "/appeals/{case_id}/decision", APPEAL_DECIDER),
    Route("board-contests", "GET", "/board/contests", BOARD, logged=True),
    Route("audit-cases", "GET", "/audit/cases", AUDITOR),
    Route("audit-cases-file", "GET", "/audit/cases/all/{kind}", AUDITOR),
    Route("audit-case", "GET", "/audit/cases/{case_id}", AUDITOR),
    Route("audit-case-ask", "POST", "/audit/cases/{case_id}/ask", AUDITOR),
    Route("audit-case-second", "POST", "/audit/cases/{case_id}/second", AUDITOR),
    Route("audit-case-proof", "GET", "/audit/cases/{case_id}/proofs/{seq}", AUDITOR),
    Route("privacy", "GET", "/privacy", OFFICER),
    Route("privacy-case", "GET", "/privacy/cases/{case_id}", OFFICER),
    Route("privacy-case-hold", "POST", "/privacy/cases/{case_id}/hold", OFFICER),
    Route("privacy-case-ask", "POST", "/privacy/cases/{case_id}/ask", OFFICER),
    Route("privacy-case-second", "POST", "/privacy/cases/{case_id}/second", OFFICER),
    Route("privacy-people", "GET", "/privacy/people", OFFICER),
    Route("privacy-person", "POST", "/privacy/people", OFFICER),
    Route("privacy-person-file", "POST", "/privacy/people/file", OFFICER),
    Route("privacy-person-forget", "POST", "/privacy/people/forget", OFFICER),
    Route("own-held", "GET", "/held", EMPLOYEE),
    Route("own-held-file", "GET", "/held/{kind}", EMPLOYEE),
)
BY_NAME = MappingProxyType({route.name: route for route in ROUTES})
AREAS = (
    "own-reviews",
    "own-cases",
    "own-speakers",
    "written",
    "own-held",
    "represent",
    "handling",
    "paper",
    "deciding",
    "appeals",
    "privacy",
    "privacy-people",
    "board",
    "board-acts",
    "board-contests",
    "audit",
    "audit-record",
    "audit-cases",
)
"""The pages that the navigation names, in its order, for those who may see them."""
