"""A person's contests: where each stands, what is next, and what they can do in it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from govern.app.contest_steps import act
from govern.domain.contest import (
    Actor,
    FlagAcknowledged,
    FlagSent,
    InterimRelief,
    NoticeSent,
    Paused,
)

HANDLER = Actor(person="invented-case-handler", role="case-handler")
SENT, SPOKEN_FOR, OPENED, DECIDED, APPEALED, CLOSED = (
    f"invented-employee-{n}" for n in range(2, 8)
)


def text_of(answer) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text)))


@pytest.fixture
def opened(site):
    """A person's browser and the page of their only case."""

    def opens(employee, *roles):
        client = site.signed_in("employee", *roles, person=employee)
        return client, f"/mine/{site.case_of(employee)}"

    return opens


def steps_in(html) -> list[str]:
    return re.findall(r'<details id="(\w+)"', html)


def test_a_decision_has_a_reason_for_each_ground_and_what_changes(opened):
    client, page = opened(DECIDED)
    text = text_of(client.get(page))

    assert "It is decided." in text
    assert "You were right in part." in text
    assert "You were right. Reason: The export of tickets shows 14." in text
    assert "Nothing was found to be wrong. Reason: The sentence rests on the talk" in text
    assert "It has not been done yet." in text
    assert "You can appeal until 4 December 2026" in text
    assert "By 4 December 2026 Until then you can appeal. (in 7 working days)" in text
    assert "Your contact: invented-case-handler" in text
    assert "Decides: invented-decider" in text
    assert "The works council" in text
    assert "<del>41</del>" in client.get(page).text


def test_what_happened_stands_in_order_in_words(opened):
    client, page = opened(CLOSED)
    html = client.get(page).text
    told = re.findall(r"<li><span class=\"muted\">([^<]+)</span>\s*<span>([^<]+)", html)

    assert ["20 September 2026", "The contest was begun."] == [one.strip() for one in told[0]]
    assert "It was closed." == told[-1][1].strip()
    assert "This was done, version 2 of the review now stands:" in text_of(client.get(page))
    assert ["consent"] == steps_in(html)


def test_an_appeal_is_taken_once(site, opened):
    client, page = opened(DECIDED)
    assert ["appeal", "withdraw", "consent"] == steps_in(client.get(page).text)
    found = site.send(client, page, f"{page}/appeal", appeal="")
    assert (422, 2) == (
        found.status_code,
        found.text.count("Please answer this: Why do you appeal?"),
    )
    assert page == site.send(client, page, f"{page}/appeal", appeal="Not so.").headers["location"]
    text = text_of(client.get(page))

    assert "An appeal was made. Somebody else is to decide it." in text
    assert "Not so." in text
    again = site.send(client, page, f"{page}/appeal", appeal="Once <more>")
    assert 409 == again.status_code
    assert "<blockquote>Once &lt;more&gt;</blockquote>" in again.text


def test_a_step_over_what_somebody_else_did_meanwhile_is_refused_and_kept(site, opened):
    client, page = opened(DECIDED)
    html = client.get(page).text
    seen = re.search(r'name="seen" value="(\d+)"', html)[1]
    act(site.contests, HANDLER, site.case_of(DECIDED), FlagSent(in_use=False), now=site.now)
    said = {"form_token": site.token(html), "appeal": "Not <so>."}
    found = client.post(f"{page}/appeal", data=said | {"seen": seen})

    assert 409 == found.status_code
    assert "That was not done" in found.text
    assert "Not &lt;so&gt;.</textarea>" in found.text
    now = re.search(r'name="seen" value="(\d+)"', found.text)[1]
    assert 303 == client.post(f"{page}/appeal", data=said | {"seen": now}).status_code


def test_after_the_days_for_an_appeal_the_page_says_so(site, opened):
    site.now += timedelta(days=20)
    client, page = opened(DECIDED)

    assert "The days in which you were to appeal are over." in text_of(client.get(page))


def test_evidence_can_be_added_while_it_is_looked_into(site, opened):
    client, page = opened(OPENED)
    found = site.send(client, page, f"{page}/evidence", evidence_title="Mail")
    assert 422 == found.status_code
    assert 'value="Mail"' in found.text
    said = {"evidence_title": "Mail of 3 March", "evidence_text": "The job moved."}
    assert 303 == site.send(client, page, f"{page}/evidence", **said).status_code
    text = text_of(client.get(page))

    assert "Evidence was added: Mail of 3 March" in text
    assert "The job moved." in text


def test_an_employee_who_was_right_says_whether_it_may_become_a_test(site, opened):
    client, page = opened(CLOSED)
    assert 303 == site.send(client, page, f"{page}/consent").status_code
    assert ["revoke"] == steps_in(client.get(page).text)
    assert 303 == site.send(client, page, f"{page}/revoke").status_code
    assert ["consent"] == steps_in(client.get(page).text)
    said = [e.payload for e in site.contests.store.events(site.case_of(CLOSED))]
    assert [True, False] == [one.to_reuse for one in said if one.kind == "consented"]


def test_nobody_is_asked_for_that_before_they_were_right_and_only_in_person(site, opened):
    for employee in (SENT, APPEALED):
        client, page = opened(employee)
        assert "consent" not in steps_in(client.get(page).text)
    rep = site.signed_in("representative", person="invented-representative")
    page = f"/represent/cases/{site.case_of(SPOKEN_FOR)}"
    assert 409 == site.send(rep, page, f"{page}/consent").status_code


def test_where_else_to_go_is_said_before_anything_is_decided(opened):
    client, page = opened(OPENED)
    text = text_of(client.get(page))

    assert "you can go to one of these" in text
    assert "The labour court, within its own time limits" in text


def test_what_was_taken_back_can_be_opened_again_by_the_person(site, opened):
    client, page = opened(SENT)
    assert 303 == site.send(client, page, f"{page}/withdraw", withdraw="").status_code
    assert "It was taken back." in text_of(client.get(page))
    assert ["reopen"] == steps_in(client.get(page).text)
    assert "The rating may be used again." in text_of(client.get(page))
    assert 303 == site.send(client, page, f"{page}/reopen", reopen="I was afraid.").status_code
    assert "It was sent. Nobody has confirmed it yet." in text_of(client.get(page))


def test_what_is_late_is_said_in_words(site, opened):
    site.now += timedelta(days=7)
    client, page = opened(SENT)
    text = text_of(client.get(page))

    assert "Was due on 26 November 2026 We confirm that we have it." in text
    assert "it does not count as a no" in text
    assert "Was due on 26 November 2026" in text_of(client.get("/mine"))


def test_days_that_stand_still_say_so(site, opened):
    act(site.contests, HANDLER, site.case_of(OPENED), Paused(reason="Illness."), now=site.now)
    client, page = opened(OPENED)
    text = text_of(client.get(page))

    assert "The days stand still for now." in text
    assert "(stands still)" in text
    assert "The days were stopped: Illness." in text


def test_what_the_hr_system_was_told_and_what_happens_to_pay_is_shown(site, opened):
    client, page = opened(OPENED)
    case_id = site.case_of(OPENED)
    assert "The HR system has not been told yet." in text_of(client.get(page))
    act(site.contests, HANDLER, case_id, FlagSent(in_use=False), now=site.now)
    assert "and has not confirmed it yet." in text_of(client.get(page))
    act(site.contests, HANDLER, case_id, FlagAcknowledged(in_use=False), now=site.now)
    assert "The HR system was told and confirmed it." in text_of(client.get(page))
    relief = InterimRelief(granted=True, what="The bonus is paid.")
    act(site.contests, HANDLER, case_id, relief, now=site.now)
    assert "this was granted: The bonus is paid." in text_of(client.get(page))


def test_opening_what_a_notice_told_of_is_entered_once(site, opened):
    case_id = site.case_of(DECIDED)
    for to in (DECIDED, DECIDED, "somebody-else"):
        act(site.contests, HANDLER, case_id, NoticeSent(notice="decision", to=to), now=site.now)
    client, page = opened(DECIDED)

    def read():
        events = site.contests.store.events(case_id)
        return [(e.actor.person, e.payload.notice) for e in events if e.kind == "notice_read"]

    client.get(page)
    client.get(page)
    assert [(DECIDED, "explanation"), (DECIDED, "decision")] == read()
    act(site.contests, HANDLER, case_id, NoticeSent(notice="decision", to=DECIDED), now=site.now)
    client.get(page)
    assert 3 == len(read())
    assert 303 == site.send(client, page, f"{page}/appeal", appeal="Not so.").status_code


def test_every_look_at_a_case_is_logged(site, opened):
    client, page = opened(SENT)
    before = len(site.contests.store.read_log.reads(site.case_of(SENT)))
    client.get(page)
    after = site.contests.store.read_log.reads(site.case_of(SENT))

    assert before < len(after)
    assert (SENT, "employee", "case") == (
        after[-1].actor.person,
        after[-1].actor.role,
        after[-1].what,
    )


@pytest.mark.parametrize("roles", [(), ("case-handler",), ("decider",), ("representative",)])
def test_a_case_of_somebody_else_is_not_found(site, opened, roles):
    client, page = opened(SENT, *roles)
    other = f"/mine/{site.case_of(DECIDED)}"

    assert 404 == client.get(other).status_code
    for step in ("appeal", "evidence", "withdraw", "reopen"):
        assert 404 == site.send(client, page, f"{other}/{step}").status_code
    assert DECIDED not in client.get("/mine").text
    assert 404 == client.get("/mine/" + "0" * 32).status_code
    for odd in ("x", "0" * 31, "..%5c", "%00", "0" * 33):
        assert 404 == client.get(f"/mine/{odd}").status_code


def test_the_address_in_notices_leads_each_to_their_own_page(site):
    case_id = site.case_of(SPOKEN_FOR)
    for role, person, place in (
        ("employee", SPOKEN_FOR, f"/mine/{case_id}"),
        ("representative", "invented-representative", f"/represent/cases/{case_id}"),
        ("employee", "invented-author", f"/written/{case_id}"),
        ("employee", "invented-manager", f"/written/{case_id}"),
    ):
        client = site.signed_in(role, person=person)
        assert place == client.get(f"/cases/{case_id}").headers["location"]
        assert 200 == client.get(place).status_code
    for role, person in (("employee", SENT), ("board", "invented-board"), ("decider", "x")):
        assert 404 == site.signed_in(role, person=person).get(f"/cases/{case_id}").status_code


def test_a_case_whose_review_was_erased_is_still_shown(site, opened):
    client, page = opened(CLOSED)
    site.contests.store.intake.forget(CLOSED)
    fresh = site.signed_in("employee", person=CLOSED)

    assert 303 == client.get(page).status_code
    assert "Contest" in text_of(fresh.get(page))
    assert "It is closed." in text_of(fresh.get("/mine"))
