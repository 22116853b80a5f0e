"""What the author and the manager of a review learn of its contest, and what not."""

from __future__ import annotations

import re
from html import unescape

import pytest

from govern.app.contest_steps import act, file
from govern.domain.contest import Acknowledged, Actor, Admitted, Complaint, Drafted
from govern.domain.contest_store import Party

AUTHOR, MANAGER, EMPLOYEE = "invented-author", "invented-head-of-law", "invented-decider-2"
HANDLER = Actor(person="invented-case-handler", role="case-handler")
HIDDEN = ("It is because I am a woman.", "No talk took place.", "Large print", "Mail of 3 March")


def text_of(answer) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text)))


@pytest.fixture
def contested(site):
    """A contest of facts, of bias and of how it was done, admitted or not."""

    def contest(*, admitted=True):
        draft = Drafted(
            review_id=f"review-of-{EMPLOYEE}",
            review_version=1,
            complaints=(
                Complaint(ground="wrong_fact", statement="It was 14 tickets."),
                Complaint(ground="group_bias", statement=HIDDEN[0]),
                Complaint(ground="process", statement=HIDDEN[1]),
            ),
            remedy_sought="Put the number right.",
            accommodation=HIDDEN[2],
        )
        person = Actor(person=EMPLOYEE, role="employee")
        case_id = file(site.contests, person, draft, now=site.now).case_id
        if admitted:
            for step in (Acknowledged(handler=HANDLER.person), Admitted()):
                act(site.contests, HANDLER, case_id, step, now=site.now)
        return case_id

    return contest


@pytest.mark.parametrize("person", [AUTHOR, MANAGER])
def test_they_learn_the_facts_and_what_is_asked_for_and_no_more(site, contested, person):
    case_id = contested()
    client = site.signed_in("employee", person=person)
    assert f"/written/{case_id}" in client.get("/written").text
    text = text_of(client.get(f"/written/{case_id}"))

    assert "Contested review of invented-decider-2" in text
    assert "It was 14 tickets." in text
    assert "Put the number right." in text
    for hidden in (*HIDDEN, "unfairly", "rules for writing"):
        assert hidden not in text


def test_what_is_not_admitted_yet_they_do_not_see(site, contested):
    case_id = contested(admitted=False)
    client = site.signed_in("employee", person=AUTHOR)

    assert case_id not in client.get("/written").text
    for path in (f"/written/{case_id}", f"/cases/{case_id}", f"/mine/{case_id}"):
        assert 404 == client.get(path).status_code


def test_an_appeal_does_not_show(site):
    """To author and manager it is still decided."""
    party = Party(role="employee", person=site.contests.store.pseudonym("invented-employee-6"))
    [case_id] = [one.case_id for one in site.contests.store.cases() if party in one.parties]
    client = site.signed_in("employee", person=AUTHOR)
    text = text_of(client.get(f"/written/{case_id}"))

    assert "It is decided." in text
    assert "appeal" not in text.lower()


def test_they_can_do_nothing_in_it(site, contested):
    case_id = contested()
    client = site.signed_in("employee", person=AUTHOR)

    assert "<form" not in client.get(f"/written/{case_id}").text.partition("<main")[2]
    for step in ("appeal", "evidence", "withdraw", "reopen"):
        sent = site.send(client, "/written", f"/mine/{case_id}/{step}")
        assert 404 == sent.status_code


def test_the_employee_finds_their_own_case_elsewhere(site, contested):
    case_id = contested()
    client = site.signed_in("employee", person=EMPLOYEE)

    assert 404 == client.get(f"/written/{case_id}").status_code
    assert f"/mine/{case_id}" == client.get(f"/cases/{case_id}").headers["location"]
    assert "No review that you wrote or lead is contested." in text_of(client.get("/written"))


def test_who_is_neither_sees_nothing(site, contested):
    case_id = contested()
    client = site.signed_in("employee", person="invented-junior")

    assert 404 == client.get(f"/written/{case_id}").status_code
    assert case_id not in client.get("/written").text
