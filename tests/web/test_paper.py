"""What comes on paper, and who is let in by a link."""

from __future__ import annotations

import re
from html import unescape

import pytest

from govern.contest.machine import fold
from govern.domain.contest_store import Mandate

HANDLER = "invented-case-handler"
SENT, SPOKEN_FOR, QUIET = "invented-employee-2", "invented-employee-3", "invented-decider-2"
SPEAKER = "invented-representative"
LINK = re.compile(r"http://127\.0\.0\.1:8770(/enter/[\w-]{43})")


def text_of(answer, status=200):
    assert answer.status_code == status, answer.text
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


@pytest.fixture
def handler(site):
    return site.signed_in("case-handler", person=HANDLER)


def page_of(person):
    return f"/paper?person={person}"


def test_a_person_is_found_with_reviews_contests_and_whoever_speaks_for_them(site, handler):
    text = text_of(handler.get(page_of(SPOKEN_FOR)))

    assert f"Enter a contest of review-of-{SPOKEN_FOR}" in text
    assert f"case {site.case_of(SPOKEN_FOR)[:8]} : Admitted" in text
    assert f"{SPEAKER}: in all their contests" in text
    assert "41 tickets" not in text


@pytest.mark.parametrize(
    ("who", "person", "why"),
    [
        (HANDLER, "nobody-known", "no review of nobody-known came in"),
        ("invented-author", SENT, "another case handler has to"),
        ("invented-manager", SENT, "another case handler has to"),
        (SENT, SENT, "another case handler has to"),
    ],
)
def test_nobody_looks_up_who_never_had_a_review_or_is_near_to_them(site, who, person, why):
    client = site.signed_in("case-handler", person=who)
    assert why in text_of(client.get(page_of(person)), 409)
    query = {"person": person, "review": f"review-of-{person}"}
    assert 404 == client.get("/paper/contest", params=query).status_code


def paper(site, client, person=QUIET, **fields):
    to = "/paper/contest"
    hidden = {"person": person, "review": f"review-of-{person}", "paper_paid": "unknown"}
    return site.send(client, page_of(person), to, **(hidden | fields))


def test_a_form_on_paper_becomes_a_contest_that_says_so(site, handler):
    said = {
        "paper_statement_wrong_fact": "It was 14.",
        "paper_about_wrong_fact": "41 tickets",
        "paper_statement_process": "Nobody asked me.",
        "paper_remedy": "Put it right.",
    }
    answer = paper(site, handler, **said)
    case_id = answer.headers["location"].rpartition("/")[2]
    view = fold(site.contests.store.events(case_id))

    assert ("submitted", QUIET, True) == (view.state, view.employee, view.draft.on_paper)
    assert HANDLER == view.filed_by.person
    assert [("wrong_fact", "41 tickets"), ("process", None)] == [
        (one.ground, one.about) for one in view.draft.complaints
    ]
    assert view.draft.pay_already_decided is None
    shown = text_of(handler.get(answer.headers["location"]))
    assert f"It came on paper and was entered by {HANDLER}." in shown
    assert "Answer on interim relief" in shown


def test_a_form_on_paper_that_says_nothing_is_shown_again(site, handler):
    asked = {"paper_remedy": "Look at it."}
    answer = paper(site, handler, **asked)

    assert "Write what is wrong on one ground at least." in text_of(answer, 409)
    assert "Look at it." in answer.text
    about = paper(site, handler, paper_about_process="The talk", paper_paid="")
    text = text_of(about, 422)
    assert "The way it came about: Write what the person says about it" in text
    assert "Please choose: Was pay already decided on this review?" in text


def test_a_form_on_paper_is_about_a_review_of_that_person(site, handler):
    said = {"paper_statement_process": "x", "review": f"review-of-{SENT}"}
    assert 404 == paper(site, handler, **said).status_code


def test_nobody_enters_a_form_on_paper_about_a_review_that_they_wrote(site, handler):
    """The page is refused already, so the form is sent without it."""
    author = site.signed_in("case-handler", person="invented-author")
    token = site.token(author.get("/paper").text)
    sent = {
        "form_token": token,
        "person": SENT,
        "review": f"review-of-{SENT}",
        "paper_paid": "no",
        "paper_statement_process": "x",
    }
    before = len(site.contests.store.cases())

    assert 404 == author.post("/paper/contest", data=sent).status_code
    assert before == len(site.contests.store.cases())


def test_a_mandate_on_paper_is_given_and_ended_and_both_leave_a_line(site, handler):
    mandates = site.contests.store.mandates
    case_id = site.case_of(SENT)
    sent = {"person": SENT, "voice": "union-1", "case": case_id}
    answer = site.send(handler, page_of(SENT), "/paper/mandate", **sent)
    mandate = Mandate(employee=SENT, representative="union-1", case_id=case_id)

    assert f"/paper?person={SENT}" == answer.headers["location"]
    assert (mandate,) == mandates.of(SENT)
    site.send(handler, page_of(SENT), "/paper/mandate", **(sent | {"end": "yes"}))
    assert () == mandates.of(SENT)
    said = [read.what for read in site.reads if read.what.startswith("mandate")]
    assert ["mandate given", "mandate ended"] == [one[:13] for one in said]


@pytest.mark.parametrize("speaker", ["", HANDLER, SENT])
def test_a_mandate_for_nobody_for_the_handler_or_for_oneself_is_refused(site, handler, speaker):
    sent = {"person": SENT, "voice": speaker}
    answer = site.send(handler, page_of(SENT), "/paper/mandate", **sent)

    assert answer.status_code in {409, 422}
    assert () == site.contests.store.mandates.of(SENT)


def link(site, client, person=SENT, guest=f"employee {SENT}", days="3"):
    sent = {"person": person, "guest": guest, "link_days": days}
    return site.send(client, page_of(person), "/paper/link", **sent)


def test_a_link_is_shown_once_lets_the_person_in_once_and_stands_in_each_of_their_cases(
    site, handler
):
    answer = link(site, handler)
    path = LINK.search(answer.text)[1]
    told = f"{HANDLER} made one on 25 November 2026, 12:00 UTC for the employee"

    assert "no-store" in answer.headers["cache-control"]
    assert "This is shown once" in answer.text
    guest = site.client()
    sent = {"form_token": site.token(guest.get(path).text)}
    assert 303 == guest.post(path, data=sent).status_code
    assert f"Signed in as {SENT}" in text_of(guest.get("/"))
    assert "You are here as: employee." in text_of(guest.get("/"))
    again = site.client()
    assert 404 == again.get(path).status_code
    for page in (page_of(SENT), f"/handling/{site.case_of(SENT)}"):
        shown = handler.get(page)
        assert told in text_of(shown)
        assert path not in shown.text
    other = site.signed_in("case-handler", person="another-handler")
    assert told in text_of(other.get(f"/handling/{site.case_of(SENT)}"))


def test_that_a_link_was_made_is_kept_before_it_is(site, handler, monkeypatch):
    from govern.errors import RunError

    log = site.contests.store.read_log.log

    def full(read):
        if read.what == "one-time link":
            raise RunError("the disk is full")
        log(read)

    monkeypatch.setattr(site.contests.store.read_log, "log", full)
    answer = link(site, handler)

    assert 503 == answer.status_code
    assert not LINK.search(answer.text)


@pytest.mark.parametrize(
    "guest",
    [
        f"case-handler {SENT}",
        f"auditor {SENT}",
        "employee invented-employee-4",
        f"representative {SPEAKER}",
        f"employee {HANDLER}",
        "employee",
        "",
        f"employee {SENT} ",
    ],
)
def test_a_link_is_for_the_person_or_whoever_speaks_for_them_in_no_other_role(site, handler, guest):
    """Of SENT nobody speaks. The last one means the person, blanks being nothing."""
    answer = link(site, handler, guest=guest)

    if guest.strip() == f"employee {SENT}":
        assert LINK.search(answer.text)
    else:
        assert "a link is for somebody whose review came in" in text_of(answer, 409)
        assert not LINK.search(answer.text)


def test_whoever_speaks_for_somebody_gets_in_as_that_as_long_as_they_do(site, handler):
    answer = link(site, handler, SPOKEN_FOR, f"representative {SPEAKER}")
    path = LINK.search(answer.text)[1]

    assert "as representative" in text_of(site.client().get(path))
    mandate = Mandate(employee=SPOKEN_FOR, representative=SPEAKER)
    site.contests.store.mandates.end(mandate)
    assert 409 == link(site, handler, SPOKEN_FOR, f"representative {SPEAKER}").status_code


def test_a_handler_makes_no_link_for_themselves_by_way_of_a_mandate(site):
    """The mandate was given before they had the office."""
    mandate = Mandate(employee=SENT, representative="p-7")
    site.contests.store.mandates.give(mandate)
    client = site.signed_in("case-handler", person="p-7")
    answer = link(site, client, guest="representative p-7")

    assert "nobody makes a link for themselves" in text_of(answer, 409)


@pytest.mark.parametrize("days", ["", "0", "15", "-1", "x", "1e1", "²"])
def test_a_link_does_not_work_for_ever(site, handler, days):
    assert "a link works from 1 to 14 days" in text_of(link(site, handler, days=days), 409)


PAYLOADS = ("<script>alert(1)</script>", "../../etc/passwd", "a\u202eb", "=1+1", "a/b?c#d&e")


@pytest.mark.parametrize("person", PAYLOADS)
def test_an_odd_name_is_looked_up_as_it_stands_and_finds_nobody(handler, person):
    answer = handler.get("/paper", params={"person": person})

    assert 409 == answer.status_code
    assert "<script>alert" not in answer.text
    assert "\u202e" not in answer.text


@pytest.mark.parametrize("person", ["a/b?c#d&e", "e 17", "<b>"])
def test_a_person_whose_id_is_odd_is_found_again_after_a_form(site, handler, person):
    store = site.contests.store
    review = store.review(f"review-of-{QUIET}")
    store.intake.put_reviews([review.model_copy(update={"review_id": "r/9", "employee": person})])
    page = handler.get("/paper", params={"person": person})
    href = unescape(re.search(r'href="(/paper/contest\?[^"]+)"', page.text)[1])
    assert "review r/9" in text_of(handler.get(href))
    sent = {"form_token": site.token(page.text), "person": person, "voice": "union-1"}
    answer = handler.post("/paper/mandate", data=sent)

    assert "union-1" in text_of(handler.get(answer.headers["location"]))
