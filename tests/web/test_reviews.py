"""A person's reviews, and how each came about."""

from __future__ import annotations

import re
from html import unescape

import pytest

from govern.app.explaining import ref_of

WHO = "invented-employee"
OTHER = "invented-employee-2"


def text_of(answer) -> str:
    assert answer.status_code == 200
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text)))


def page_of(employee=WHO, review_id=None) -> str:
    return f"/reviews/{ref_of(review_id or f'review-of-{employee}')}"


@pytest.fixture
def client(site):
    return site.signed_in("employee", person=WHO)


@pytest.fixture
def review(site):
    """The review of the signed-in person, and a way to let another one come in."""
    made = site.contests.store.intake.reviews(WHO)[0]

    def take_in(**changes):
        changed = {"review_id": "made/2026 ü?#", **changes}
        site.contests.store.intake.put_reviews([made.model_copy(update=changed)])
        return page_of(review_id=changed["review_id"])

    return take_in


def test_a_person_sees_their_own_reviews_and_which_are_contested(client):
    text = text_of(client.get("/reviews"))

    assert "1 January 2026 to 30 June 2026" in text
    assert "What AI did: wrote a draft and suggested the rating" in text
    assert "Contested: It is decided." in text
    assert client.get("/reviews").text.count('href="/reviews/') == 1


def test_a_review_that_is_contested_leads_to_that_before_another_contest(client, site, review):
    text = text_of(client.get(page_of()))

    assert "This review is contested: It is decided. You were right in part." in text
    assert "Start another contest" in text
    assert "Contest this review" not in text
    assert "Contest this review" in text_of(client.get(review()))


def test_the_first_sentence_says_what_the_ai_did_and_how_much_was_changed(client):
    """Of 43 words in the draft three were taken out: 7 of 100."""
    text = text_of(client.get(page_of()))

    assert "AI wrote a first draft of this review and suggested the rating." in text
    assert "A person then changed about 7 of every 100 words." in text
    assert "AI suggested the rating 2; a person made it 3." in text


def test_draft_and_final_stand_beside_each_other_with_the_difference_marked(client):
    html = client.get(page_of()).text

    assert "She <del>is helpful and</del> could be more visible" in html
    assert html.count("Over the half-year she closed 41 tickets") == 2
    assert "<ins>" not in html


def test_the_evidence_that_the_ai_was_shown_stands_there(client):
    text = text_of(client.get(page_of()))

    for said in ("ticket-export", "14 tickets closed between April and June", "status-july"):
        assert said in text


def test_why_it_is_so_is_told_under_six_headings_with_the_decision_in_force(client):
    html = client.get(page_of()).text
    text = text_of(client.get(page_of()))
    headings = re.findall(r'<h2 id="\w+">([^<]+)</h2>', html)

    assert [
        "Why",
        "Who",
        "What data",
        "Fairness",
        "How well it works",
        "What it means for you",
    ] == headings[1:7]
    assert "Wrote it: invented-author." in text
    assert "Answers for the AI system: invented-owner." in text
    assert "The system maple-drafter 1.0.0 was tested before it was used" in text
    assert "“An invented policy, 1.0.0”" in text
    assert "That decision has run out by now. It held when this review was finished." in text
    assert "Same work, same rating: Pass" in text
    assert "They say nothing about whether this review of you is right" in text


def test_that_no_decision_let_the_ai_write_is_said_plainly(client, review):
    text = text_of(client.get(review(fingerprint="f" * 64, decision_id=None)))

    assert "No decision that let this AI system write reviews was found" in text
    assert "no decision on this pipeline" in text
    assert "What was tested, and with what result, is not known here." in text
    assert "Pass" not in text


def test_what_was_not_supplied_is_said_and_never_guessed(client, review):
    page = review(draft=None, draft_rating=None, evidence=None, disclosure=None, final_rating=None)
    text = text_of(client.get(page))

    assert "How much a person changed of it: not measured. The draft was not supplied." in text
    assert "Which rating AI suggested was not supplied." in text
    assert "What AI was shown was not supplied. You can contest that." in text
    assert "That you were told about the AI before it was used was not supplied." in text
    assert "Rating: not supplied" in text


def test_a_review_without_ai_says_so(client, review):
    page = review(ai_role="none", draft=None, draft_rating=None, evidence=None, fingerprint=None)
    text = text_of(client.get(page))

    assert "AI had no part in this review" in text
    assert "No AI took part, so nothing was tested." in text
    assert "No list of evidence came with this review." in text


def test_a_draft_that_nobody_changed_is_called_that(client, review, site):
    final = site.contests.store.intake.reviews(WHO)[0].draft
    text = text_of(client.get(review(final=final, final_rating=2)))

    assert "A person changed no word of the draft." in text
    assert "AI suggested the rating 2, and a person kept it." in text


def test_a_record_that_cannot_be_read_does_not_hide_the_review(client, site):
    for path in (site.project.record / "decisions").glob("*/decision.json"):
        path.write_text("{")
    text = text_of(client.get(page_of()))

    assert "The decision that let this AI system be used cannot be read now." in text
    assert "AI wrote a first draft" in text


def test_an_earlier_version_is_marked_and_the_last_says_what_changed(site):
    client = site.signed_in("employee", person="invented-employee-7")
    page = page_of("invented-employee-7")
    last, first = client.get(page), client.get(f"{page}?version=1")

    assert "What changed since the version before" in text_of(last)
    assert "<ins>14</ins>" in last.text
    assert "This is not the last version." in text_of(first)
    assert 404 == client.get(f"{page}?version=3").status_code


@pytest.mark.parametrize("odd", ["0", "-1", "x", "1e3", "99999999999999999999999"])
def test_an_odd_version_is_no_page(client, odd):
    assert 404 == client.get(f"{page_of()}?version={odd}").status_code


def test_a_review_of_somebody_else_is_not_found_however_it_is_guessed(site, client):
    page = page_of(OTHER)
    for path in (page, f"{page}/contest", f"{page}?version=1", f"/reviews/review-of-{OTHER}"):
        assert 404 == client.get(path).status_code
    assert 404 == site.send(client, "/mine", f"{page}/contest").status_code
    assert 404 == client.get(page_of("invented-junior")).status_code


def test_who_is_also_a_case_handler_sees_only_their_own_among_their_reviews(site):
    client = site.signed_in("employee", "case-handler", person=WHO)

    assert client.get("/reviews").text.count('href="/reviews/') == 1
    assert 404 == client.get(page_of(OTHER)).status_code


def test_somebody_without_a_review_is_told_so(site):
    client = site.signed_in("employee", person="nobody-in-particular")

    assert "No review of yours is here." in text_of(client.get("/reviews"))
