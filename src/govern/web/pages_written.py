"""Contests of reviews that somebody wrote or leads; and the one address that notices name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import Response
from fastapi.responses import RedirectResponse

from govern.app.contests import list_, show
from govern.contest.visibility import Visibility
from govern.domain.contest import Actor, Role
from govern.errors import ContestError
from govern.web.asked import SEE_OTHER, Asked, Page, RefusedError
from govern.web.own import CaseId
from govern.web.routes import ROUTES

PLACES: Mapping[tuple[Role, Visibility], str] = MappingProxyType(
    {
        ("employee", "own"): "/mine/{case_id}",
        ("representative", "own"): "/represent/cases/{case_id}",
        ("case-handler", "full"): "/handling/{case_id}",
        ("decider", "full"): "/deciding/{case_id}",
        ("appeal-decider", "full"): "/appeals/{case_id}",
        ("data-protection-officer", "full"): "/privacy/cases/{case_id}",
        ("auditor", "full"): "/audit/cases/{case_id}",
        ("auditor", "pseudonymous"): "/audit/cases/{case_id}",
        ("employee", "facts_only"): "/written/{case_id}",
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
    try:
        shown = show(asked.contests, asked.actor, case_id, now=asked.now)
    except ContestError as err:
        raise RefusedError(404) from err
    if shown.visibility != "facts_only":
        raise RefusedError(404)
    return asked.page("written_case.html.j2", view=shown.view)


def lead(asked: Asked, case_id: CaseId) -> Response:
    """On to the page on which this visitor reads the case."""
    there = {route.path for route in ROUTES}
    for (role, visibility), path in PLACES.items():
        if path in there and _sees(asked, role, case_id) == visibility:
            return RedirectResponse(path.format(case_id=case_id), SEE_OTHER)
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
