"""What a case handler sees and does, from a contest that came in to its end."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from govern.app.contest_clock import clock
from govern.app.contest_steps import act, agree, file
from govern.app.served_demo_contests import FINAL, MENDED, _review
from govern.contest.machine import fold
from govern.domain.contest import (
    Actor,
    Appealed,
    Complaint,
    Drafted,
    ErasureAsked,
    EvidenceAdded,
    SecondAsked,
    Submitted,
    Withdrawn,
)
from govern.domain.contest_store import Mandate
from govern.web import pages_handling

HANDLER, DECIDER, APPEALS = (
    "invented-case-handler",
    "invented-decider",
    "invented-appeal-decider",
)
SENT, OPENED, DECIDED = "invented-employee-2", "invented-employee-4", "invented-employee-5"


def text_of(answer, status=200):
    assert answer.status_code == status, answer.text
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


@pytest.fixture
def handler(site):
    return site.signed_in("case-handler", person=HANDLER)


def view_of(site, case_id):
    return fold(site.contests.store.events(case_id))


def step(site, client, case_id, kind, area="handling", **fields):
    return site.send(client, f"/{area}/{case_id}", step=kind, **fields)


def test_the_queue_has_every_case_that_was_sent_the_nearest_day_first(site, handler):
    text = text_of(handler.get("/handling"))

    order = [text.index(one) for one in (SENT, OPENED, "invented-employee-6")]
    assert sorted(order) == order
    assert "1 case that nobody handles yet" in text
    assert f"{SENT} case {site.case_of(SENT)[:8]} Where it stands: Sent, not taken on" in text
    assert "Take it on: 26 November 2026 Due soon in 1 working day" in text
    assert "invented-employee-7" not in text
    assert "invented-employee-7" in text_of(handler.get("/handling?show=all"))


def test_what_is_late_says_so_in_words_with_a_shape_and_to_whom_it_was_passed_on(site):
    site.now += timedelta(days=3)
    clock(site.contests, now=site.now)
    answer = site.signed_in("case-handler", person=HANDLER).get("/handling?show=escalated")
    text = text_of(answer)

    assert "Take it on: 26 November 2026 Overdue for 1 working day" in text
    assert "Passed on to: data protection officer" in text
    assert "<rect" in answer.text
    assert OPENED not in text


@pytest.mark.parametrize(
    ("wanted", "there"),
    [("unhandled", {SENT}), ("under_review", {OPENED}), ("closed", {"invented-employee-7"})],
)
def test_the_queue_can_be_narrowed(handler, wanted, there):
    text = text_of(handler.get(f"/handling?show={wanted}"))

    assert there == set(re.findall(r"invented-employee-\d", text))


def test_a_long_queue_is_told_a_page_at_a_time_each_case_once(handler, monkeypatch):
    whole = re.findall(r'href="(/handling/\w{32})"', handler.get("/handling?show=all").text)
    monkeypatch.setattr(pages_handling, "PER_PAGE", 3)
    path, found = "/handling?show=all", []
    while path:
        html = handler.get(path).text
        found.append(re.findall(r'href="(/handling/\w{32})"', html))
        after = re.search(r'href="([^"]+)">Those due after', html)
        path = after and after[1].replace("&amp;", "&")

    assert [3, 3, len(whole) - 6] == [len(page) for page in found]
    assert whole == [case for page in found for case in page]
    assert f"{len(whole)} cases, the nearest day first; here 4 to 6" in text_of(
        handler.get("/handling?show=all&page=2")
    )
    beyond = handler.get("/handling?show=all&page=9").text
    assert "There is no such case on this page." in beyond
    assert 'href="/handling?show=all&amp;page=3">Those due before' in beyond


def test_a_short_queue_has_no_other_pages(handler):
    assert "page=" not in handler.get("/handling?show=all").text
    assert 404 == handler.get("/handling?page=0").status_code


def test_an_odd_filter_shows_what_there_is_to_do(handler):
    assert SENT in text_of(handler.get("/handling?show=<script>"))


def test_a_case_shows_what_can_be_done_now_and_why_not_the_rest(site, handler):
    text = text_of(handler.get(f"/handling/{site.case_of(DECIDED)}"))

    assert "Enter that it was put right First the changed review comes in" in text
    assert "Close the case: what was upheld has to be remedied before the case is closed" in text
    assert "Admit it: not where the case stands now" in text
    assert "Admit it It will be looked into" not in text


def test_a_case_that_was_not_put_right_in_time_to_appeal_does_not_close(site, handler):
    case_id = site.case_of(SENT)
    step(site, handler, case_id, "acknowledged")
    step(site, handler, case_id, "not_admitted", not_admitted_reason="It is not about a review.")
    text = text_of(handler.get(f"/handling/{case_id}"))

    assert "Close the case: the employee can appeal until" in text
    answer = step(site, handler, case_id, "closed")
    assert "the employee can appeal until" in text_of(answer, 409)
    assert "not_admitted" == view_of(site, case_id).state


def test_whoever_takes_part_in_the_review_sees_nothing_of_it_as_a_handler(site):
    """The author of all these reviews also has the office of a handler."""
    author = site.signed_in("case-handler", person="invented-author")
    case_id = site.case_of(SENT)

    assert SENT not in author.get("/handling?show=all").text
    assert 404 == author.get(f"/handling/{case_id}").status_code
    token = site.token(author.get("/handling").text)
    sent = {"form_token": token, "step": "acknowledged", "seen": "2"}
    assert 404 == author.post(f"/handling/{case_id}", data=sent).status_code
    assert "submitted" == view_of(site, case_id).state


def test_what_was_not_sent_yet_is_no_handlers_business(site, handler):
    """Nor are the words of a contest that its author changed before sending it."""
    actor = Actor(person="invented-author", role="employee")
    draft = Drafted(
        review_id="review-of-invented-author",
        review_version=1,
        complaints=(Complaint(ground="process", statement="Words in anger."),),
    )
    case_id = file(site.contests, actor, draft, now=site.now, send=False).case_id

    assert case_id not in handler.get("/handling?show=all").text
    assert 404 == handler.get(f"/handling/{case_id}").status_code
    calm = draft.model_copy(
        update={"complaints": (Complaint(ground="process", statement="Calm."),)}
    )
    act(site.contests, actor, case_id, calm, now=site.now)
    act(site.contests, actor, case_id, Submitted(), now=site.now)
    text = text_of(handler.get(f"/handling/{case_id}"))
    assert "Calm." in text
    assert "Words in anger." not in text
    assert text.count("Sent ") >= 1


def test_a_step_without_its_reason_is_shown_again_with_what_is_missing(site, handler):
    case_id = site.case_of(SENT)
    answer = step(site, handler, case_id, "evidence_added", evidence_title="The export")
    text = text_of(answer, 422)

    assert "There is something to put right Please answer this: What does it say?" in text
    assert 'value="The export"' in answer.text
    assert not view_of(site, case_id).evidence


def test_of_two_who_act_at_once_the_second_keeps_what_they_wrote_and_can_send_it_again(
    site, handler
):
    case_id = site.case_of(OPENED)
    page = handler.get(f"/handling/{case_id}").text
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    added = EvidenceAdded(title="A note", text="Of the peer.")
    act(site.contests, Actor(person=DECIDER, role="decider"), case_id, added, now=site.now)
    sent = {
        "form_token": site.token(page),
        "seen": seen,
        "step": "paused",
        "paused_reason": "The export takes a week.",
    }
    answer = handler.post(f"/handling/{case_id}", data=sent)

    assert "Somebody took a step in this case after you opened it" in text_of(answer, 409)
    assert "The export takes a week." in answer.text
    assert view_of(site, case_id).paused_since is None
    sent["seen"] = re.search(r'name="seen" value="(\d+)"', answer.text)[1]
    assert 303 == handler.post(f"/handling/{case_id}", data=sent).status_code
    assert view_of(site, case_id).paused_since == site.now


def test_what_was_written_is_kept_where_the_step_has_become_impossible(site, handler):
    case_id = site.case_of(SENT)
    page = handler.get(f"/handling/{case_id}").text
    gone = Actor(person=SENT, role="employee")
    act(site.contests, gone, case_id, Withdrawn(), now=site.now)
    sent = {
        "form_token": site.token(page),
        "seen": "2",
        "step": "evidence_added",
        "evidence_title": "Mail",
        "evidence_text": "A long text.",
    }
    answer = handler.post(f"/handling/{case_id}", data=sent)

    assert 409 == answer.status_code
    assert "A long text." in answer.text


@pytest.mark.parametrize("fields", [{}, {"step": "decided"}, {"step": "erased"}, {"step": "x"}])
def test_a_step_that_is_not_a_handlers_is_not_taken(site, handler, fields):
    case_id = site.case_of(OPENED)
    before = view_of(site, case_id)

    assert 422 == site.send(handler, f"/handling/{case_id}", **fields).status_code
    assert before == view_of(site, case_id)


@pytest.mark.parametrize("seen", ["", "-1", "x", "1e3", "9" * 40])
def test_a_form_that_does_not_say_what_was_seen_is_not_taken(site, handler, seen):
    case_id = site.case_of(OPENED)
    answer = step(site, handler, case_id, "paused", paused_reason="Because.", seen=seen)

    assert 422 == answer.status_code


@pytest.mark.parametrize("version", ["", "0", "-2", "two", "²", "9" * 30])
def test_a_version_is_a_number(site, handler, version):
    answer = step(site, handler, site.case_of(DECIDED), "remedied", remedied_version=version)

    assert 422 == answer.status_code


def rule(site, client, page, employee, **fields):
    grounds = {c.ground for c in view_of(site, site.case_of(employee)).draft.complaints}
    rulings = {f"ruling_{g}": "upheld" for g in grounds}
    reasons = {f"ruling_reason_{g}": "The export says so." for g in grounds}
    rest = {"new_text": FINAL, "new_rating": "3", "reasons": "Both were checked.", "routes": "A"}
    return site.send(client, page, **(rulings | reasons | rest | fields))


def test_a_contest_is_taken_on_decided_put_right_and_closed_by_four_people(site):
    case_id = site.case_of(SENT)
    handler = site.signed_in("case-handler", person=HANDLER)
    for kind in ("acknowledged", "admitted", "flag_sent", "flag_acknowledged"):
        assert 303 == step(site, handler, case_id, kind).status_code, kind
    told = {"notice_told": "explanation"}
    assert 303 == step(site, handler, case_id, "notice_sent", **told).status_code
    decider = site.signed_in("decider", person=DECIDER)
    opened = site.send(decider, f"/deciding/{case_id}/open", no_conflict="yes")
    assert f"/deciding/{case_id}" == opened.headers["location"]
    page = f"/deciding/{case_id}/decision"
    assert 303 == rule(site, decider, page, SENT, new_text=MENDED).status_code
    mended = _review(SENT, site.now, None, version=2, final=MENDED)
    site.contests.store.intake.put_reviews([mended])
    assert 'value="2"' in handler.get(f"/handling/{case_id}").text
    put_right = {"remedied_version": "2"}
    assert 303 == step(site, handler, case_id, "remedied", **put_right).status_code
    site.now += timedelta(days=30)
    handler = site.signed_in("case-handler", person=HANDLER)
    assert 303 == step(site, handler, case_id, "closed").status_code
    view = view_of(site, case_id)

    assert "closed" == view.state
    assert "upheld" == view.decided.ruling
    assert [("text", FINAL, MENDED)] == [(c.field, c.before, c.after) for c in view.changes]
    assert view.flag_acknowledged is False
    assert "explanation" in view.notices
    assert 303 == step(site, handler, case_id, "flag_sent").status_code
    assert view_of(site, case_id).flag_sent is True


def test_an_appeal_is_decided_by_somebody_else_and_put_right(site):
    case_id = site.case_of(DECIDED)
    employee = Actor(person=DECIDED, role="employee")
    said = Appealed(statement="The sentence on being visible was not looked into.")
    act(site.contests, employee, case_id, said, now=site.now)
    first = site.signed_in("appeal-decider", person=DECIDER)
    assert "they decided first" in text_of(first.get(f"/appeals/{case_id}/open"))
    second = site.signed_in("appeal-decider", person=APPEALS)
    site.send(second, f"/appeals/{case_id}/open", no_conflict="yes")
    shown = text_of(second.get(f"/appeals/{case_id}/decision"))
    assert "The first decision" in shown
    assert "not looked into" in shown
    assert MENDED in shown
    page = f"/appeals/{case_id}/decision"
    assert 303 == rule(site, second, page, DECIDED, new_text=MENDED, new_rating="4").status_code
    view = view_of(site, case_id)

    assert ("final", "upheld", "partly") == (view.state, view.final.ruling, view.decided.ruling)
    assert ["text", "rating"] == [one.field for one in view.changes]
    assert "The decision on the appeal" in text_of(second.get(f"/appeals/{case_id}"))


def test_a_handler_reads_what_was_decided_and_what_the_person_was_told(site, handler):
    text = text_of(handler.get(f"/handling/{site.case_of(DECIDED)}"))

    assert "Partly upheld . Tickets and the goal were checked against their sources." in text
    assert "The works council" in text
    assert "The person was told" in text


def test_every_look_at_a_case_leaves_a_line(site, handler):
    case_id = site.case_of(SENT)
    handler.get(f"/handling/{case_id}")

    assert [(HANDLER, "case", case_id)] == [
        (read.actor.person, read.what, read.case_id) for read in site.reads
    ]


def test_a_case_whose_texts_were_erased_still_opens(site, handler):
    case_id = site.case_of("invented-employee-7")
    officer = Actor(person="invented-data-protection-officer", role="data-protection-officer")
    asked = SecondAsked(step=ErasureAsked(ground="Asked for."))
    kept = act(site.contests, officer, case_id, asked, now=site.now)
    other = Actor(person=HANDLER, role="case-handler")
    agree(site.contests, other, case_id, kept.seq, now=site.now)
    text = text_of(handler.get(f"/handling/{case_id}"))

    assert "What was written here was erased." in text
    assert "erased" in text_of(handler.get("/handling?show=closed"))


def test_a_representative_stays_in_their_case(site, handler):
    """What a handler sees of mandates stands on the person's page, not in the case."""
    mandate = Mandate(employee=SENT, representative="invented-speaker")
    site.contests.store.mandates.give(mandate)

    assert "invented-speaker" not in handler.get(f"/handling/{site.case_of(SENT)}").text


def test_two_people_each_as_themselves_let_a_third_decide_in_spite_of_a_tie(site, handler):
    case_id = site.case_of("invented-employee-3")
    glass = {
        "glass_person": "invented-director",
        "glass_role": "decider",
        "glass_reason": "Nobody else is left.",
    }
    missing = step(site, handler, case_id, "second_asked", **(glass | {"glass_reason": ""}))
    assert 'value="invented-director"' in missing.text
    own = glass | {"glass_person": HANDLER}
    assert 409 == step(site, handler, case_id, "second_asked", **own).status_code
    assert 303 == step(site, handler, case_id, "second_asked", **glass).status_code
    [waits] = view_of(site, case_id).awaits_second
    page, to = f"/handling/{case_id}", f"/handling/{case_id}/second"
    shown = text_of(handler.get(page))
    assert "Let invented-director decide as decider in spite of a tie." in shown
    assert "You asked for this, so somebody else has to agree." in shown
    answer = {"asked": str(waits.seq), "answer": "agree"}
    assert 409 == site.send(handler, page, to, **answer).status_code
    other = site.signed_in("case-handler", person="another-handler")
    assert 303 == site.send(other, page, to, **answer).status_code
    [broken] = view_of(site, case_id).glass

    assert ("invented-director", "another-handler") == (broken.person, broken.second.person)
    director = site.signed_in("decider", person="invented-director")
    opened = site.send(director, f"/deciding/{case_id}/open", no_conflict="yes")
    assert f"/deciding/{case_id}" == opened.headers["location"]


def test_what_waits_for_a_second_person_can_be_taken_back(site, handler):
    case_id = site.case_of("invented-employee-3")
    glass = {"glass_person": "e-1", "glass_role": "decider", "glass_reason": "Nobody is left."}
    step(site, handler, case_id, "second_asked", **glass)
    [waits] = view_of(site, case_id).awaits_second
    answer = {"asked": str(waits.seq), "answer": "refuse", "reason": "Somebody was found."}
    page = f"/handling/{case_id}"
    assert 303 == site.send(handler, page, f"{page}/second", **answer).status_code

    assert () == view_of(site, case_id).awaits_second
    assert "Somebody was found." in text_of(handler.get(page))
