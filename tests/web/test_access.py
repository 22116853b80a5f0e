"""Who may open what: every role on every page, the answers written down and not derived."""

from __future__ import annotations

from inspect import iscoroutinefunction

import pytest

from govern.app.explaining import ref_of
from govern.domain.access import ROLES
from govern.domain.contest import Actor, Role
from govern.errors import InputError, RunError
from govern.web import app as web_app
from govern.web.app import create_app
from govern.web.routes import ROUTES

NOBODY = "nobody"
BOTH = "board+auditor"
VISITORS = (NOBODY, *ROLES, BOTH)
REST = ("employee", "representative", "case-handler", "decider", "appeal-decider")
DPO = "data-protection-officer"
IN, AWAY, NO, NONE = 200, 303, 403, 404
# page: nobody, the five roles of REST, the officer for data protection, auditor, board, both
EXPECTED = {
    "health": (IN, IN, IN, IN, IN, IN, IN, IN, IN, IN),
    "static": (IN, IN, IN, IN, IN, IN, IN, IN, IN, IN),
    "start": (AWAY, IN, IN, IN, IN, IN, IN, IN, IN, IN),
    "sign-in": (IN, AWAY, AWAY, AWAY, AWAY, AWAY, AWAY, AWAY, AWAY, AWAY),
    "sign-in-go": (NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    "sign-in-back": (NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    "enter": (NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    "enter-now": (NO, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "sign-out": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "board": (AWAY, NO, NO, NO, NO, NO, NO, NO, IN, IN),
    "board-acts": (AWAY, NO, NO, NO, NO, NO, NO, NO, IN, IN),
    "board-decision": (AWAY, NO, NO, NO, NO, NO, NO, NO, IN, IN),
    "board-report": (AWAY, NO, NO, NO, NO, NO, NO, NO, IN, IN),
    "audit": (AWAY, NO, NO, NO, NO, NO, NO, IN, NO, IN),
    "audit-decision": (AWAY, NO, NO, NO, NO, NO, NO, IN, NO, IN),
    "audit-folder": (AWAY, NO, NO, NO, NO, NO, NO, IN, NO, IN),
    "audit-report": (AWAY, NO, NO, NO, NO, NO, NO, IN, NO, IN),
    "audit-record": (AWAY, NO, NO, NO, NO, NO, NO, IN, NO, IN),
    "case": (AWAY, NONE, NONE, AWAY, NONE, NONE, AWAY, AWAY, NONE, AWAY),
    "own-reviews": (AWAY, IN, NO, NO, NO, NO, NO, NO, NO, NO),
    "own-review": (AWAY, NONE, NO, NO, NO, NO, NO, NO, NO, NO),
    "own-contest": (AWAY, NONE, NO, NO, NO, NO, NO, NO, NO, NO),
    "own-begin": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "own-question": (AWAY, NONE, NO, NO, NO, NO, NO, NO, NO, NO),
    "own-answer": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "own-check": (AWAY, NONE, NO, NO, NO, NO, NO, NO, NO, NO),
    "own-send": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "own-cases": (AWAY, IN, NO, NO, NO, NO, NO, NO, NO, NO),
    "own-case": (AWAY, NONE, NO, NO, NO, NO, NO, NO, NO, NO),
    "own-step": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "own-speakers": (AWAY, IN, NO, NO, NO, NO, NO, NO, NO, NO),
    "own-speak": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "written": (AWAY, IN, NO, NO, NO, NO, NO, NO, NO, NO),
    "written-case": (AWAY, NONE, NO, NO, NO, NO, NO, NO, NO, NO),
    "represent": (AWAY, NO, IN, NO, NO, NO, NO, NO, NO, NO),
    "represent-review": (AWAY, NO, NONE, NO, NO, NO, NO, NO, NO, NO),
    "represent-contest": (AWAY, NO, NONE, NO, NO, NO, NO, NO, NO, NO),
    "represent-begin": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "represent-question": (AWAY, NO, NONE, NO, NO, NO, NO, NO, NO, NO),
    "represent-answer": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "represent-check": (AWAY, NO, NONE, NO, NO, NO, NO, NO, NO, NO),
    "represent-send": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "represent-together": (AWAY, NO, NONE, NO, NO, NO, NO, NO, NO, NO),
    "represent-together-send": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "represent-case": (AWAY, NO, NONE, NO, NO, NO, NO, NO, NO, NO),
    "represent-step": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    # The case below is one that somebody else decides.
    "handling": (AWAY, NO, NO, IN, NO, NO, NO, NO, NO, NO),
    "handling-case": (AWAY, NO, NO, IN, NO, NO, NO, NO, NO, NO),
    "handling-step": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "handling-second": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "paper": (AWAY, NO, NO, IN, NO, NO, NO, NO, NO, NO),
    "paper-contest": (AWAY, NO, NO, IN, NO, NO, NO, NO, NO, NO),
    "paper-contest-sent": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "paper-mandate": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "paper-link": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "deciding": (AWAY, NO, NO, NO, IN, NO, NO, NO, NO, NO),
    "deciding-open": (AWAY, NO, NO, NO, NONE, NO, NO, NO, NO, NO),
    "deciding-opened": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "deciding-case": (AWAY, NO, NO, NO, NONE, NO, NO, NO, NO, NO),
    "deciding-step": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "deciding-form": (AWAY, NO, NO, NO, NONE, NO, NO, NO, NO, NO),
    "deciding-decided": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "appeals": (AWAY, NO, NO, NO, NO, IN, NO, NO, NO, NO),
    "appeals-open": (AWAY, NO, NO, NO, NO, NONE, NO, NO, NO, NO),
    "appeals-opened": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "appeals-case": (AWAY, NO, NO, NO, NO, NONE, NO, NO, NO, NO),
    "appeals-step": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "appeals-form": (AWAY, NO, NO, NO, NO, NONE, NO, NO, NO, NO),
    "appeals-decided": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "board-contests": (AWAY, NO, NO, NO, NO, NO, NO, NO, IN, IN),
    "audit-cases": (AWAY, NO, NO, NO, NO, NO, NO, IN, NO, IN),
    "audit-cases-file": (AWAY, NO, NO, NO, NO, NO, NO, IN, NO, IN),
    "audit-case": (AWAY, NO, NO, NO, NO, NO, NO, IN, NO, IN),
    "audit-case-ask": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "audit-case-second": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "audit-case-proof": (AWAY, NO, NO, NO, NO, NO, NO, IN, NO, IN),
    "privacy": (AWAY, NO, NO, NO, NO, NO, IN, NO, NO, NO),
    "privacy-case": (AWAY, NO, NO, NO, NO, NO, IN, NO, NO, NO),
    "privacy-case-hold": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "privacy-case-ask": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "privacy-case-second": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "privacy-people": (AWAY, NO, NO, NO, NO, NO, IN, NO, NO, NO),
    "privacy-person": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "privacy-person-file": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "privacy-person-forget": (AWAY, NO, NO, NO, NO, NO, NO, NO, NO, NO),
    "own-held": (AWAY, IN, NO, NO, NO, NO, NO, NO, NO, NO),
    "own-held-file": (AWAY, IN, NO, NO, NO, NO, NO, NO, NO, NO),
}


OTHER = "invented-employee-4"
"""Whose case and review it is that everybody asks for; a person of that name alone may see it."""


def roles_of(visitor: str) -> tuple[Role, ...]:
    return tuple(role for role in ROLES if role in visitor.split("+"))


def test_the_table_of_answers_has_every_page_and_every_visitor():
    assert set(EXPECTED) == {route.name for route in ROUTES}
    assert VISITORS == (NOBODY, *REST, DPO, "auditor", "board", BOTH)
    assert {len(row) for row in EXPECTED.values()} == {len(VISITORS)}


@pytest.mark.parametrize("visitor", VISITORS)
def test_each_visitor_gets_the_answer_that_is_written_down(site, visitor):
    """Forms are sent without a token here, so who may send one is told that it is too old.

    Of them handlers, officers and auditors have to do with the case that is asked for, and nobody
    with the review.
    """
    client = site.client() if visitor == NOBODY else site.signed_in(*roles_of(visitor))
    parts = {
        "decision_id": site.decision("acorn"),
        "name": "govern.css",
        "token": "t" * 43,
        "case_id": site.case_of(OTHER),
        "review_ref": ref_of(f"review-of-{OTHER}"),
        "step": "withdraw",
        "change": "give",
        "kind": "json",
        "seq": "1",
    }
    query = {"person": OTHER, "review": f"review-of-{OTHER}"}
    column = VISITORS.index(visitor)
    found = {
        route.name: client.request(
            route.method, route.path.format_map(parts), params=query
        ).status_code
        for route in ROUTES
    }

    assert {name: row[column] for name, row in EXPECTED.items()} == found


@pytest.mark.parametrize("page", [route for route in ROUTES if route.logged], ids=lambda r: r.name)
def test_what_somebody_is_shown_is_logged_before_it_is_shown(site, page):
    role = next(iter(page.roles))
    person = f"invented-{role}"
    client = site.signed_in(role, person=person)
    spoken_for = "invented-employee-3" if role == "representative" else person
    parts = {
        "decision_id": site.decision("acorn"),
        "review_ref": ref_of(f"review-of-{spoken_for}"),
    }
    assert client.get(page.path.format_map(parts)).status_code == IN
    read, *_ = site.reads

    assert (Actor(person=person, role=role), page.name) == (read.actor, read.what)
    assert tuple(parts[name] for name in parts if name in page.path) == read.about


def test_a_page_whose_read_cannot_be_logged_is_not_shown(site, monkeypatch):
    def full(_):
        raise RunError("the disk is full")

    client = site.signed_in("board")
    monkeypatch.setattr(site.contests.store.read_log, "log", full)
    answer = client.get("/board")

    assert answer.status_code == 503
    assert "acorn" not in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "POST"])
def test_no_other_method_does_anything(site, method):
    assert site.signed_in("board").request(method, "/board").status_code == 405


def test_pages_that_read_the_record_leave_the_loop_to_those_who_wait():
    """One who works in the loop keeps everybody waiting; the provider alone is waited for there."""
    waiting = {name for name, page in web_app.PAGES.items() if iscoroutinefunction(page)}
    assert {"sign-in-go", "sign-in-back"} == waiting


def test_a_page_outside_the_table_of_routes_cannot_be_served(site, monkeypatch):
    monkeypatch.setitem(web_app.PAGES, "secret-page", lambda asked: None)
    with pytest.raises(InputError, match="secret-page"):
        create_app(site.services, site.settings)


def test_the_frameworks_own_pages_are_closed(site):
    for path in ("/openapi.json", "/docs", "/redoc"):
        assert site.signed_in("board").get(path).status_code == NONE


def test_navigation_names_only_what_the_visitor_may_open(site):
    auditor = site.signed_in("auditor").get("/").text

    assert 'href="/audit"' in auditor
    assert 'href="/board"' not in auditor
