"""What a decider sees before and after they open a case, and how they decide it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from govern.app.contest_steps import act, agree, file
from govern.app.served_demo_contests import FINAL, MENDED
from govern.contest.machine import fold
from govern.domain.contest import (
    Acknowledged,
    Actor,
    Admitted,
    Complaint,
    Drafted,
    EvidenceAdded,
    Gathering,
    GlassAsked,
    ReviewStarted,
    SecondAsked,
)

ONE, TWO, APPEALS = "invented-decider", "invented-decider-2", "invented-appeal-decider"
DIRECTOR = "invented-director"
ADMITTED, OPENED, APPEALED = "invented-employee-3", "invented-employee-4", "invented-employee-6"
HANDLER = Actor(person="invented-case-handler", role="case-handler")


def text_of(answer, status=200):
    assert answer.status_code == status, answer.text
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def view_of(site, case_id):
    return fold(site.contests.store.events(case_id))


@pytest.fixture
def decider(site):
    return site.signed_in("decider", person=ONE)


def filled(**changes):
    """A form for the case of OPENED in which everything is answered."""
    answers = {
        "ruling_wrong_fact": "upheld",
        "ruling_reason_wrong_fact": "The export says 14.",
        "ruling_generic_text": "rejected",
        "ruling_reason_generic_text": "It rests on the talk of March.",
        "new_text": MENDED,
        "new_rating": "3",
        "reasons": "Both were checked.",
        "routes": "The works council\r\n\r\nThe labour court\r\n",
    }
    return answers | changes


def opened_case(site, *grounds, **review):
    """A contest of another review, which ONE has opened."""
    store = site.contests.store
    base = {"review_id": "r-9", "employee": "e-9"}
    given = store.review(f"review-of-{OPENED}").model_copy(update=base | review)
    store.intake.put_reviews([given])
    complaints = tuple(Complaint(ground=one, statement="Look at it.") for one in grounds)
    draft = Drafted(review_id="r-9", review_version=1, complaints=complaints)
    me = Actor(person="e-9", role="employee")
    case_id = file(site.contests, me, draft, now=site.now).case_id
    for payload in (Acknowledged(handler=HANDLER.person), Admitted()):
        act(site.contests, HANDLER, case_id, payload, now=site.now)
    opened = ReviewStarted(decider=ONE, no_conflict=True)
    act(site.contests, Actor(person=ONE, role="decider"), case_id, opened, now=site.now)
    return case_id


def decide(site, client, area="deciding", employee=OPENED, **answers):
    return site.send(client, f"/{area}/{site.case_of(employee)}/decision", **answers)


def test_what_waits_is_listed_without_a_word_of_what_is_said_in_it(site, decider):
    text = text_of(decider.get("/deciding"))
    draft = view_of(site, site.case_of(ADMITTED)).draft

    assert f"{ADMITTED}; written by invented-author, led by invented-manager" in text
    assert "Nothing that we know of" in text
    assert OPENED in text.partition("Waiting for somebody")[0]
    opened = text_of(decider.get(f"/deciding/{site.case_of(ADMITTED)}/open"))
    for shown in (text, opened):
        for one in draft.complaints:
            assert one.statement not in shown
            assert one.ground not in shown
        assert FINAL not in shown


def test_whoever_takes_part_in_a_review_does_not_even_see_that_its_contest_waits(site):
    """The appeal least of all: to author and manager the case is decided."""
    for person in ("invented-author", "invented-manager", APPEALED):
        client = site.signed_in("appeal-decider", person=person)
        case_id = site.case_of(APPEALED)
        assert case_id[:8] not in client.get("/appeals").text
        assert 404 == client.get(f"/appeals/{case_id}/open").status_code


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (DIRECTOR, "they lead the author or the manager"),
        ("invented-owner", "they own the pipeline that drafted"),
        ("invented-council", "they signed the decision that let the pipeline draft"),
        ("p-1", "nobody knows whether they report to the author or the manager"),
        (HANDLER.person, "they handle the case"),
    ],
)
def test_a_tie_is_told_and_keeps_the_case_closed(site, person, why):
    client = site.signed_in("decider", person=person)
    case_id = site.case_of(ADMITTED)
    page = client.get(f"/deciding/{case_id}/open")

    assert why in text_of(client.get("/deciding"))
    assert why in text_of(page)
    assert "Open the case" not in page.text
    sent = {
        "form_token": site.token(page.text),
        "seen": str(view_of(site, case_id).seq),
        "no_conflict": "yes",
    }
    assert why in text_of(client.post(f"/deciding/{case_id}/open", data=sent), 409)
    assert view_of(site, case_id).decider is None
    assert 404 == client.get(f"/deciding/{case_id}").status_code


def test_a_case_opens_only_to_who_says_that_nothing_ties_them_to_it(site, decider):
    case_id = site.case_of(ADMITTED)
    page = f"/deciding/{case_id}/open"

    assert "Please say that nothing ties you to it" in text_of(site.send(decider, page), 422)
    assert 422 == site.send(decider, page, no_conflict="no").status_code
    assert view_of(site, case_id).decider is None
    assert 303 == site.send(decider, page, no_conflict="yes").status_code
    assert ("under_review", ONE) == (
        view_of(site, case_id).state,
        view_of(site, case_id).decider,
    )


def test_of_two_deciders_at_once_one_gets_the_case_and_the_other_is_told(site, decider):
    case_id = site.case_of(ADMITTED)
    page = f"/deciding/{case_id}/open"
    other = site.signed_in("decider", person=TWO)
    sent = {"no_conflict": "yes", "seen": str(view_of(site, case_id).seq)}
    late = sent | {"form_token": site.token(other.get(page).text)}
    assert 303 == site.send(decider, page, **sent).status_code
    answer = other.post(page, data=late)

    assert "Somebody may have opened it first" in text_of(answer, 409)
    assert ONE == view_of(site, case_id).decider


def test_opening_tells_nobody_whether_a_case_exists(site, decider):
    token = site.token(decider.get("/deciding").text)
    sent = {"form_token": token, "seen": "2", "no_conflict": "yes"}
    said = {
        text_of(decider.post(f"/deciding/{case_id}/open", data=sent), 409)
        for case_id in ("0" * 32, site.case_of("invented-employee-2"), site.case_of(APPEALED))
    }

    [same] = {re.sub(r"Request \w+", "", one) for one in said}
    assert "does not wait" in same


@pytest.mark.parametrize("page", ["", "/decision"])
@pytest.mark.parametrize("employee", [ADMITTED, "invented-employee-2", APPEALED])
def test_a_case_that_they_did_not_open_is_no_page_of_theirs(site, decider, page, employee):
    assert 404 == decider.get(f"/deciding/{site.case_of(employee)}{page}").status_code


def test_the_case_stands_side_by_side_with_what_the_checker_found(site, decider):
    answer = decider.get(f"/deciding/{site.case_of(OPENED)}")
    text = text_of(answer)

    assert "14 tickets closed between April and June, 2 reopened." in text
    assert text.count("contradicted: ticket-export") == 2
    assert text.count("supported: goal-3") == 2
    assert "not found" in text
    assert "<strong>41</strong>" in answer.text
    assert "It was 14, as the export shows" in text
    assert "The programme errs." in text
    assert "Rating: 2 " in text
    assert "7 in 100 words differ" in text
    assert "<del>is helpful and</del>" in answer.text


def test_what_was_tested_is_told_ground_by_ground_and_said_to_be_about_groups(site, decider):
    late = site.now - timedelta(days=10)
    case_id = opened_case(site, "group_bias", "wrong_fact", "process", finalised=late)
    text = text_of(decider.get(f"/deciding/{case_id}"))

    assert "They do not say whether this review is right." in text
    assert "FAIR-1 Same work, same rating: Pass For the group Man, the suggested rating was" in text
    assert "A fact is wrong Not measured: the policy has no clause that bears on this." in text
    assert "No decision lets this pipeline draft this review: the decision had expired." in text


def test_a_review_without_draft_or_evidence_says_so(site, decider):
    bare = dict.fromkeys(("draft", "draft_rating", "fingerprint", "decision_id", "evidence"))
    case_id = opened_case(site, "process", ai_role="none", **bare)
    text = text_of(decider.get(f"/deciding/{case_id}"))

    assert "Nothing was checked: which evidence the AI was shown was not supplied." in text
    assert "There is no draft" in text
    assert "How much a person changed is not known" in text
    assert "No AI took part in this review" in text


def test_a_decision_has_a_ruling_and_a_reason_for_each_ground_and_adds_them_up(site, decider):
    answer = decide(site, decider, **filled(new_rating="3,5"))
    case_id = site.case_of(OPENED)
    decided = view_of(site, case_id).decided

    assert f"/deciding/{case_id}" == answer.headers["location"]
    assert "partly" == decided.ruling
    assert {"wrong_fact": "upheld", "generic_text": "rejected"} == {
        one.ground: one.ruling for one in decided.rulings
    }
    assert [("text", FINAL, MENDED), ("rating", "3", "3.5")] == [
        (one.field, one.before, one.after) for one in decided.changes
    ]
    assert ("The works council", "The labour court") == decided.external_routes
    assert "Partly upheld . Both were checked." in text_of(decider.get(f"/deciding/{case_id}"))


def test_all_that_is_missing_is_listed_and_nothing_that_was_written_is_lost(site, decider):
    answer = decide(
        site,
        decider,
        **filled(ruling_wrong_fact="", ruling_reason_generic_text=" ", reasons="", new_rating="6"),
    )
    text = text_of(answer, 422)

    assert "A fact is wrong: Please choose: Your ruling" in text
    assert "The text says nothing about this person: Please answer this: Why?" in text
    assert "Please give a rating from 1 to 5" in text
    assert "Please answer this: Your reasons on the whole" in text
    for href in re.findall(r'<a href="#(q-[\w-]+)"', answer.text):
        assert 1 == answer.text.count(f'id="{href}"')
    assert "The export says 14." in text
    assert MENDED in text
    assert "The labour court" in text
    assert view_of(site, site.case_of(OPENED)).decided is None


def test_a_ruling_that_is_none_is_refused(site, decider):
    assert 422 == decide(site, decider, **filled(ruling_wrong_fact="maybe")).status_code


def test_nothing_changes_in_a_review_where_all_is_rejected(site, decider):
    said = "All grounds are rejected, so nothing can change in the review"
    assert said in text_of(decide(site, decider, **filled(ruling_wrong_fact="rejected")), 422)
    same = filled(ruling_wrong_fact="rejected", new_text=FINAL.replace("\n", "\r\n"))
    assert 303 == decide(site, decider, **same).status_code
    assert () == view_of(site, site.case_of(OPENED)).changes


def test_a_decision_that_somebody_was_faster_than_is_shown_again_and_can_be_sent(site, decider):
    case_id = site.case_of(OPENED)
    page = decider.get(f"/deciding/{case_id}/decision").text
    assert "The works council\nThe labour court, within its own time limits</textarea>" in page
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    note = EvidenceAdded(title="A late note", text="Of the peer.")
    act(site.contests, Actor(person=OPENED, role="employee"), case_id, note, now=site.now)
    late = decide(site, decider, **filled(seen=seen))

    assert "Somebody took a step in this case after you opened it" in text_of(late, 409)
    assert "It rests on the talk of March." in late.text
    assert view_of(site, case_id).decided is None
    seen = re.search(r'name="seen" value="(\d+)"', late.text)[1]
    assert 303 == decide(site, decider, **filled(seen=seen)).status_code


def test_what_was_decided_is_not_decided_again(site, decider):
    assert 303 == decide(site, decider, **filled()).status_code
    case_id = site.case_of(OPENED)
    again = decider.get(f"/deciding/{case_id}/decision")
    assert f"/deciding/{case_id}" == again.headers["location"]
    token = site.token(decider.get(f"/deciding/{case_id}").text)
    sent = filled(form_token=token, seen=str(view_of(site, case_id).seq), reasons="Otherwise.")
    answer = decider.post(f"/deciding/{case_id}/decision", data=sent)

    assert 409 == answer.status_code
    assert "Otherwise." in answer.text
    assert "Both were checked." == view_of(site, case_id).decided.reasons


def test_a_decider_asks_for_evidence_and_goes_on_with_it(site, decider):
    case_id = site.case_of(OPENED)
    page = f"/deciding/{case_id}"
    asked = {"step": "gathering", "gathering_asked": "The team\r\n\r\nIT"}
    assert 303 == site.send(decider, page, **asked).status_code
    assert "gathering" == view_of(site, case_id).state
    assert "The team, IT" in text_of(decider.get(page))
    added = {"step": "evidence_added", "evidence_title": "Export", "evidence_text": "14"}
    assert 303 == site.send(decider, page, **added).status_code
    assert 422 == site.send(decider, page, step="review_started").status_code
    on = {"step": "review_started", "no_conflict": "yes"}
    assert 303 == site.send(decider, page, **on).status_code
    assert "under_review" == view_of(site, case_id).state
    assert "Write the decision" in decider.get(page).text


def test_a_case_whose_decider_asked_for_evidence_can_be_taken_over(site):
    case_id = site.case_of(OPENED)
    first = Actor(person=ONE, role="decider")
    act(site.contests, first, case_id, Gathering(asked=("IT",)), now=site.now)
    other = site.signed_in("decider", person=TWO)

    assert f"Opened before by {ONE}" in text_of(other.get(f"/deciding/{case_id}/open"))
    site.send(other, f"/deciding/{case_id}/open", no_conflict="yes")
    assert TWO == view_of(site, case_id).decider


def test_whom_two_people_let_in_is_told_what_that_means(site):
    case_id = site.case_of(ADMITTED)
    glass = GlassAsked(person=DIRECTOR, role="decider", reason="Nobody else is left.")
    kept = act(site.contests, HANDLER, case_id, SecondAsked(step=glass), now=site.now)
    officer = Actor(person="invented-data-protection-officer", role="data-protection-officer")
    agree(site.contests, officer, case_id, kept.seq, now=site.now)
    client = site.signed_in("decider", person=DIRECTOR)

    assert "Two people let you in although they lead the author" in text_of(client.get("/deciding"))
    page = f"/deciding/{case_id}/open"
    assert "will count as not independent" in text_of(client.get(page))
    assert 303 == site.send(client, page, no_conflict="yes").status_code


def test_a_look_at_what_waits_and_at_a_case_leaves_a_line(site, decider):
    case_id = site.case_of(ADMITTED)
    decider.get("/deciding")
    decider.get(f"/deciding/{case_id}/open")
    decider.get(f"/deciding/{site.case_of(OPENED)}")

    assert [
        ("list", None),
        ("waiting for decider", None),
        ("waiting for decider", case_id),
        ("case", site.case_of(OPENED)),
    ] == [(read.what, read.case_id) for read in site.reads]
    assert {ONE} == {read.actor.person for read in site.reads}


def test_a_text_longer_than_a_field_takes_can_stay_as_it_is(site, decider):
    """The review came in before anybody asked for its length."""
    long = "A sentence. " * 2_000
    case_id = opened_case(site, "process", final=long)
    answers = {
        "ruling_process": "upheld",
        "ruling_reason_process": "Nobody did.",
        "new_text": long,
        "new_rating": "",
        "reasons": "So it was.",
        "routes": "The works council",
    }
    answer = site.send(decider, f"/deciding/{case_id}/decision", **answers)

    assert 303 == answer.status_code
    assert () == view_of(site, case_id).changes
