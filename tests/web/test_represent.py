"""Who speaks for somebody: given and ended by the employee, and what it opens meanwhile."""

from __future__ import annotations

import re
from html import unescape

import pytest

from govern.app.explaining import ref_of
from govern.app.mandates import end, give
from govern.domain.contest import Actor
from govern.domain.contest_store import Mandate, Party

REP = "invented-representative"
SPOKEN_FOR, OTHER = "invented-employee-3", "invented-employee-2"
FREE, ALSO = "invented-author", "invented-decider"
"""People whose reviews nobody contests."""


def text_of(answer) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text)))


def cases_of(site, employee) -> list[str]:
    party = Party(role="employee", person=site.contests.store.pseudonym(employee))
    return [one.case_id for one in site.contests.store.cases() if party in one.parties]


def review_page(employee) -> str:
    return f"/represent/reviews/{ref_of(f'review-of-{employee}')}"


@pytest.fixture
def ask(site):
    """Let somebody speak for an employee; what is returned ends it."""

    def asks(employee, case_id=None):
        mandate = Mandate(employee=employee, representative=REP, case_id=case_id)
        actor = Actor(person=employee, role="employee")
        give(site.contests, actor, mandate, now=site.now)
        return lambda: end(site.contests, actor, mandate, now=site.now)

    return asks


@pytest.fixture
def rep(site):
    return site.signed_in("representative", person=REP)


@pytest.fixture
def draft(site, rep, ask):
    """The address of a complete draft for somebody."""
    ask(FREE)
    begun = site.send(rep, f"{review_page(FREE)}/contest").headers["location"]
    to = site.send(rep, begun, grounds="wrong_fact").headers["location"]
    to = site.send(rep, to, statement_wrong_fact="41 is wrong.").headers["location"]
    site.send(rep, to, about_passage="41 tickets")
    draft = begun.removesuffix("/ask/grounds")
    site.send(rep, f"{draft}/ask/accommodation", accommodation="Large print")
    site.send(rep, f"{draft}/ask/pay", pay="yes")
    return draft


def test_a_representative_sees_the_cases_they_were_given_and_nothing_else(site, rep):
    [mine] = cases_of(site, SPOKEN_FOR)
    [other] = cases_of(site, OTHER)
    html = rep.get("/represent").text

    assert f"/represent/cases/{mine}" in html
    assert 1 == html.count("/represent/cases/")
    assert f"For {SPOKEN_FOR}." in text_of(rep.get(f"/represent/cases/{mine}"))
    for path in (
        f"/represent/cases/{other}",
        f"/represent/drafts/{other}",
        f"/represent/drafts/{other}/together",
        review_page(OTHER),
        f"{review_page(OTHER)}/contest",
    ):
        assert 404 == rep.get(path).status_code
    assert 404 == site.send(rep, "/represent", f"/represent/cases/{other}/withdraw").status_code
    assert 403 == rep.get("/mine").status_code


def test_they_act_in_a_case_as_the_person_may(site, rep):
    [case_id] = cases_of(site, SPOKEN_FOR)
    page = f"/represent/cases/{case_id}"
    said = {"evidence_title": "Mail", "evidence_text": "It moved."}
    assert page == site.send(rep, page, f"{page}/evidence", **said).headers["location"]
    last = site.contests.store.events(case_id)[-1]

    assert ("evidence_added", REP) == (last.kind, last.actor.person)


def test_once_a_mandate_has_ended_nothing_is_left(site, rep, ask):
    [case_id] = cases_of(site, OTHER)
    ended = ask(OTHER, case_id)
    page = f"/represent/cases/{case_id}"
    html = rep.get(page).text
    ended()

    assert "41 tickets" in html
    assert 404 == rep.get(page).status_code
    assert 404 == rep.get(review_page(OTHER)).status_code
    token = site.token(rep.get("/represent").text)
    sent = {"form_token": token, "seen": re.search(r'"seen" value="(\d+)"', html)[1]}
    assert 404 == rep.post(f"{page}/withdraw", data=sent | {"withdraw": ""}).status_code


def test_a_mandate_for_one_case_opens_its_review_and_no_other_contest(site, rep, ask):
    [case_id] = cases_of(site, OTHER)
    ask(OTHER, case_id)

    assert "Contest this review" not in rep.get(review_page(OTHER)).text
    assert "They say nothing about whether this review is right" in text_of(
        rep.get(review_page(OTHER))
    )
    assert 404 == rep.get(f"{review_page(OTHER)}/contest").status_code
    assert OTHER not in text_of(rep.get("/represent")).partition("Contest a review")[2]


def test_they_write_and_send_a_contest_for_who_asked_them_in_everything(site, rep, draft):
    assert "You write this for invented-author." in text_of(rep.get(f"{draft}/ask/remedy"))
    sent = site.send(rep, draft)

    case_id = draft.rpartition("/")[2]
    assert f"/represent/cases/{case_id}" == sent.headers["location"]
    assert [case_id] == cases_of(site, FREE)
    own = site.signed_in("employee", person=FREE)
    assert "41 is wrong." in own.get(f"/mine/{case_id}").text


def test_the_same_is_said_for_several_in_a_case_each(site, rep, draft, ask):
    ask(ALSO)
    ask("invented-manager")
    assert "Say the same for others" in rep.get(draft).text
    page = f"{draft}/together"
    html = rep.get(page).text
    assert ALSO in html
    assert 'value="' + ref_of(f"review-of-{FREE}") not in html
    chosen = [ref_of(f"review-of-{one}") for one in (ALSO, "invented-manager")]
    assert "/represent" == site.send(rep, page, others=chosen).headers["location"]
    found = {}
    for employee in (FREE, ALSO, "invented-manager"):
        [case_id] = cases_of(site, employee)
        events = site.contests.store.events(case_id)
        assert "submitted" == events[-1].kind
        found[employee] = [one.payload for one in events if one.kind == "drafted"][-1]

    assert 1 == len({one.collective for one in found.values()} - {None})
    assert {"41 is wrong."} == {one.complaints[0].statement for one in found.values()}
    assert found[ALSO].on_behalf_of == ALSO
    assert ("41 tickets", "Large print", True) == (
        found[FREE].complaints[0].about,
        found[FREE].accommodation,
        found[FREE].pay_already_decided,
    )
    assert (None, None, None) == (
        found[ALSO].complaints[0].about,
        found[ALSO].accommodation,
        found[ALSO].pay_already_decided,
    )
    assert "The same was said for other people too" in text_of(
        rep.get(f"/represent/cases/{cases_of(site, ALSO)[0]}")
    )


def test_nothing_is_said_for_somebody_who_did_not_ask(site, rep, draft):
    page = f"{draft}/together"
    for others in ((), ref_of(f"review-of-{OTHER}"), ref_of(f"review-of-{SPOKEN_FOR}")):
        assert 422 == site.send(rep, page, others=others).status_code
    assert "drafted" == site.contests.store.events(draft.rpartition("/")[2])[-1].kind


def test_a_draft_that_lacks_something_is_sent_for_nobody(site, rep, ask):
    ask(FREE)
    ask(ALSO)
    begun = site.send(rep, f"{review_page(FREE)}/contest").headers["location"]
    page = begun.replace("/ask/grounds", "/together")

    assert 409 == rep.get(page).status_code
    assert 409 == site.send(rep, "/represent", page, others="x").status_code
    assert [] == cases_of(site, ALSO)


def test_a_draft_that_changed_meanwhile_is_sent_for_nobody(site, rep, draft, ask):
    ask(ALSO)
    html = rep.get(f"{draft}/together").text
    old = {"form_token": site.token(html), "seen": re.search(r'"seen" value="(\d+)"', html)[1]}
    site.send(rep, f"{draft}/ask/remedy", remedy="A talk.")
    chosen = {"others": ref_of(f"review-of-{ALSO}")}

    assert 409 == rep.post(f"{draft}/together", data=old | chosen).status_code
    assert [] == cases_of(site, ALSO)


def test_an_employee_asks_somebody_and_ends_it(site):
    own = site.signed_in("employee", person=OTHER)
    rep = site.signed_in("representative", person="union-1")
    [case_id] = cases_of(site, OTHER)
    said = {"speaker": "union-1", "speaks": case_id}
    assert "You were given no contest." in rep.get("/represent").text
    sent = site.send(own, "/speakers", "/speakers/give", **said)
    assert "/speakers" == sent.headers["location"]
    assert "The contest of the review for 1 January 2026 to 30 June 2026" in text_of(
        own.get("/speakers")
    )
    assert 200 == rep.get(f"/represent/cases/{case_id}").status_code
    site.send(own, "/speakers", "/speakers/end", **said)

    assert 404 == rep.get(f"/represent/cases/{case_id}").status_code
    assert "Nobody speaks for you." in own.get("/speakers").text


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, 422),
        ({"speaker": "union-1"}, 422),
        ({"speaker": "union-1", "speaks": "0" * 32}, 422),
        ({"speaker": OTHER, "speaks": "every"}, 409),
        ({"speaker": "x" * 201, "speaks": "every"}, 422),
    ],
)
def test_what_means_nothing_is_refused_and_stays_on_the_page(site, said, status):
    own = site.signed_in("employee", person=OTHER)
    found = site.send(own, "/speakers", "/speakers/give", **said)

    assert status == found.status_code
    assert f'value="{said.get("speaker", "")}"' in found.text
    assert () == site.contests.store.mandates.of(OTHER)


def test_nobody_asks_for_somebody_elses_case(site):
    own = site.signed_in("employee", person=OTHER)
    [theirs] = cases_of(site, SPOKEN_FOR)
    said = {"speaker": "union-1", "speaks": theirs}

    assert 422 == site.send(own, "/speakers", "/speakers/give", **said).status_code
    assert (
        409 == site.send(own, "/speakers", "/speakers/end", speaker=REP, speaks="every").status_code
    )
    assert [REP] == [m.representative for m in site.contests.store.mandates.of(SPOKEN_FOR)]
