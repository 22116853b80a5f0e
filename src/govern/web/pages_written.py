"""Contests of reviews that somebody wrote or leads; and the one address that notices name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import Response

from govern.app.contests import list_, show
from govern.contest.visibility import Visibility
from govern.domain.contest import Actor, Role
from govern.errors import ContestError
from govern.web.asked import Asked, Page, RefusedError
from govern.web.case_forms import CaseId, case_of

PLACES: Mapping[tuple[Role, Visibility], str] = MappingProxyType(
    {
        ("employee", "own"): "own-case",
        ("representative", "own"): "represent-case",
        ("case-handler", "full"): "handling-case",
        ("decider", "full"): "deciding-case",
        ("appeal-decider", "full"): "appeals-case",
        ("data-protection-officer", "full"): "privacy-case",
        ("auditor", "full"): "audit-case",
        ("auditor", "pseudonymous"): "audit-case",
        ("employee", "facts_only"): "written-case",
    }
)
"""Where somebody reads a case, by the role and by how much of it they see; the first that fits."""


def written(asked: Asked) -> Response:
    """The contests whose facts an author or manager may know."""
    found = list_(asked.contests, asked.actor, now=asked.now)
    return asked.page(
        "written.html.j2", cases=[one for one in found if one.visibility == "facts_only"]
    )


def written_case(asked: Asked, case_id: CaseId) -> Response:
    """The facts of one."""
    shown = case_of(asked, asked.contests, case_id)
    if shown.visibility != "facts_only":
        raise RefusedError(404)
    return asked.page("written_case.html.j2", view=shown.view)


def lead(asked: Asked, case_id: CaseId) -> Response:
    """On to the page on which this visitor reads the case."""
    for (role, visibility), page in PLACES.items():
        if _sees(asked, role, case_id) == visibility:
            return asked.to(page, case_id=case_id)
    raise RefusedError(404)


def _sees(asked: Asked, role: Role, case_id: str) -> Visibility:
    """How much of a case the visitor sees in one of their roles."""
    if role not in asked.visitor.roles:
        return "none"
    actor = Actor(person=asked.visitor.person, role=role)
    try:
        return show(asked.contests, actor, case_id, now=asked.now).visibility
    except ContestError:
        return "none"


PAGES: dict[str, Page] = {"written": written, "written-case": written_case, "case": lead}
