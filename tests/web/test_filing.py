"""A contest from the first click until it is sent, and what becomes of what is written."""

from __future__ import annotations

import re
from html import unescape

import pytest

from govern.app.explaining import ref_of
from govern.web.filing import GROUNDS, steps_of
from govern.web.texts import Texts

WHO = "invented-employee"
REVIEW = f"/reviews/{ref_of(f'review-of-{WHO}')}"
SAID = "It says 41 tickets. It was 14."


def text_of(answer) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text)))


@pytest.fixture
def client(site):
    return site.signed_in("employee", person=WHO)


@pytest.fixture
def begun(site, client):
    """The address of a draft that was just begun."""
    sent = site.send(client, f"{REVIEW}/contest")
    assert sent.status_code == 303
    return sent.headers["location"].removesuffix("/ask/grounds")


@pytest.fixture
def answer(site, client, begun):
    """Answer a question and say where that leads."""

    def answered(step, **fields):
        sent = site.send(client, f"{begun}/ask/{step}", **fields)
        assert sent.status_code == 303, sent.text
        return sent.headers["location"].removeprefix(begun)

    return answered


def draft_of(site, begun):
    events = site.contests.store.events(begun.rpartition("/")[2])
    return [one.payload for one in events if one.kind == "drafted"][-1]


def test_a_contest_goes_from_the_first_click_to_sent(site, client, begun, answer):
    chosen = ["wrong_fact", "wrong_evidence"]
    assert "/ask/statement-wrong_fact" == answer("grounds", grounds=chosen)
    assert "/ask/about-wrong_fact" == answer("statement-wrong_fact", statement_wrong_fact=SAID)
    assert "/ask/statement-wrong_evidence" == answer("about-wrong_fact", about_passage="41 tickets")
    said = {"statement_wrong_evidence": "The status note was not used."}
    assert "/ask/about-wrong_evidence" == answer("statement-wrong_evidence", **said)
    assert "/ask/remedy" == answer("about-wrong_evidence", about_evidence="4")
    assert "/ask/pay" == answer("remedy", remedy="Put the number right.")
    assert "/ask/accommodation" == answer("pay", pay="no")
    assert "" == answer("accommodation", accommodation="")
    page = text_of(client.get(begun))
    for shown in (SAID, "41 tickets", "status-july (note)", "Put the number right.", "No"):
        assert shown in page
    sent = site.send(client, begun)

    assert f"/mine/{begun.rpartition('/')[2]}" == sent.headers["location"]
    page = text_of(client.get(sent.headers["location"]))
    assert "It was sent. Nobody has confirmed it yet." in page
    assert "By 27 November 2026 We confirm that we have it. (in 2 working days)" in page
    assert "About: status-july" in page
    assert "Pay already decided: No" in page
    draft = draft_of(site, begun)
    assert ("wrong_fact", "wrong_evidence") == tuple(one.ground for one in draft.complaints)
    assert (None, False) == (draft.accommodation, draft.pay_already_decided)


def test_who_leaves_and_comes_back_finds_what_they_wrote(site, client, begun, answer):
    answer("grounds", grounds="missing_fact")
    answer("statement-missing_fact", statement_missing_fact="I led\r\nthe migration.")
    again = site.signed_in("employee", person=WHO)

    assert "A draft. It is not sent." in text_of(again.get("/mine"))
    assert (
        "I led\nthe migration.</textarea>" in again.get(f"{begun}/ask/statement-missing_fact").text
    )
    to = again.get(f"/mine/{begun.rpartition('/')[2]}").headers["location"]
    assert begun == to


def test_beginning_twice_leads_to_the_same_draft(site, client, begun):
    assert begun == site.send(client, "/mine", f"{REVIEW}/contest").headers["location"]
    assert f'href="{begun}"' in client.get(f"{REVIEW}/contest").text


def test_an_answer_that_changes_nothing_leaves_no_entry(site, client, begun, answer):
    answer("grounds", grounds="process")
    before = len(site.contests.store.events(begun.rpartition("/")[2]))
    answer("grounds", grounds="process")
    answer("remedy", remedy="")

    assert before == len(site.contests.store.events(begun.rpartition("/")[2]))


def test_a_ground_that_is_not_chosen_any_more_goes_and_the_others_stay(site, client, begun, answer):
    answer("grounds", grounds=["wrong_fact", "process"])
    answer("statement-wrong_fact", statement_wrong_fact=SAID)
    answer("grounds", grounds=["wrong_fact", "no_notice"])

    found = {one.ground: one.statement for one in draft_of(site, begun).complaints}
    assert {"wrong_fact": SAID, "no_notice": ""} == found
    assert 404 == client.get(f"{begun}/ask/statement-process").status_code


@pytest.mark.parametrize(
    "wrong",
    [
        ("grounds", {}, "Please choose: What is wrong?"),
        ("grounds", {"grounds": "made_up"}, "Please choose one of the answers"),
        ("statement-process", {}, "Please answer this: What was done wrongly?"),
        ("statement-process", {"statement_process": "x" * 15_001}, "1 characters too long"),
        ("pay", {"pay": "perhaps"}, "Please choose one of the answers"),
    ],
)
def test_a_wrong_answer_is_told_and_kept_on_the_page(site, begun, answer, wrong):
    step, fields, error = wrong
    client = site.signed_in("employee", person=WHO)
    answer("grounds", grounds="process")
    before = draft_of(site, begun)
    found = site.send(client, f"{begun}/ask/{step}", **fields)

    assert 422 == found.status_code
    assert found.text.count(error) >= 2
    assert before == draft_of(site, begun)
    if "statement_process" in fields:
        assert "x" * 15_001 in found.text


def test_what_is_typed_is_saved_on_the_way_even_before_it_says_enough(site, client, begun, answer):
    answer("grounds", grounds="process")
    page = f"{begun}/ask/statement-process"
    html = client.get(page).text
    hidden = {"form_token": site.token(html)}
    seen = int(re.search(r'name="seen" value="(\d+)"', html)[1])
    for text in ("No talk", "No talk took place", ""):
        sent = client.post(
            page,
            data=hidden | {"seen": str(seen), "statement_process": text},
            headers={"x-saved": "as-typed"},
        )
        assert (204, str(seen + 1)) == (sent.status_code, sent.headers["x-seen"])
        seen += 1
        assert text == draft_of(site, begun).complaints[0].statement


def test_what_lacks_an_answer_is_not_sent(site, client, begun, answer):
    assert "Send it" not in client.get(begun).text
    answer("grounds", grounds=["process", "no_notice"])
    answer("statement-process", statement_process="No talk took place.")
    found = site.send(client, begun)

    assert 422 == found.status_code
    assert "Before you can send it, please answer: What were you told, and when?" in text_of(found)
    assert "draft" == site.contests.store.cases()[-1].state


def test_of_two_tabs_the_second_is_told_and_loses_nothing(site, client, begun, answer):
    answer("grounds", grounds="process")
    page = f"{begun}/ask/statement-process"
    html = client.get(page).text
    old = {
        "form_token": site.token(html),
        "seen": re.search(r'name="seen" value="(\d+)"', html)[1],
        "statement_process": "From the <second> tab",
    }
    answer("statement-process", statement_process="From the first tab")
    found = client.post(page, data=old)

    assert 409 == found.status_code
    assert "Your answer is not saved yet" in found.text
    assert "<blockquote>From the first tab</blockquote>" in found.text
    assert "From the &lt;second&gt; tab</textarea>" in found.text
    assert "From the first tab" == draft_of(site, begun).complaints[0].statement
    now = re.search(r'name="seen" value="(\d+)"', found.text)[1]
    assert 303 == client.post(page, data=old | {"seen": now}).status_code
    assert "From the <second> tab" == draft_of(site, begun).complaints[0].statement


def test_an_answer_to_a_question_that_the_other_tab_took_away_is_shown_again(
    site, client, begun, answer
):
    answer("grounds", grounds=["process", "wrong_fact"])
    page = f"{begun}/ask/statement-process"
    token = site.token(client.get(page).text)
    answer("grounds", grounds="wrong_fact")
    typed = {"statement_process": "No talk <at all>"}
    found = client.post(page, data={"form_token": token, "seen": "2", **typed})

    assert 409 == found.status_code
    assert "<blockquote>No talk &lt;at all&gt;</blockquote>" in found.text


def test_an_answer_to_what_was_sent_meanwhile_is_shown_again(site, client, begun, answer):
    answer("grounds", grounds="process")
    answer("statement-process", statement_process="No talk took place.")
    page = f"{begun}/ask/statement-process"
    token = site.token(client.get(page).text)
    assert 303 == site.send(client, begun).status_code
    found = client.post(
        page, data={"form_token": token, "seen": "3", "statement_process": "One more thing"}
    )

    assert 409 == found.status_code
    assert "<blockquote>One more thing</blockquote>" in found.text
    for gone in (page, begun):
        assert client.get(gone).headers["location"].startswith("/mine/")


def test_sending_what_another_tab_changed_asks_to_look_again(site, client, begun, answer):
    answer("grounds", grounds="process")
    answer("statement-process", statement_process="No talk took place.")
    html = client.get(begun).text
    old = {"form_token": site.token(html), "seen": re.search(r'"seen" value="(\d+)"', html)[1]}
    answer("remedy", remedy="A talk.")
    found = client.post(begun, data=old)

    assert 409 == found.status_code
    assert "This contest was changed meanwhile" in found.text
    assert "A talk." in found.text
    assert 303 == site.send(client, begun).status_code
    assert 303 == client.post(begun, data=old).status_code


def test_a_draft_that_was_thrown_away_is_gone_from_the_list(site, client, begun):
    case_id = begun.rpartition("/")[2]
    sent = site.send(client, begun, f"/mine/{case_id}/withdraw")

    assert "/mine" == sent.headers["location"]
    assert case_id not in client.get("/mine").text
    assert "withdrawn" == site.contests.store.cases()[-1].state


@pytest.mark.parametrize("role", ["employee", "representative", "case-handler"])
def test_nobody_else_opens_or_sends_a_draft(site, client, begun, role):
    other = site.signed_in(role, "employee", person="invented-employee-2")
    case_id = begun.rpartition("/")[2]
    for path in (begun, f"{begun}/ask/grounds", f"/mine/{case_id}", f"/cases/{case_id}"):
        assert 404 == other.get(path).status_code
    for path in (begun, f"{begun}/ask/grounds", f"/mine/{case_id}/withdraw"):
        assert 404 == site.send(other, "/mine", path, grounds="process").status_code
    assert "draft" == site.contests.store.cases()[-1].state


def test_a_form_without_the_token_of_the_session_changes_nothing(site, client, begun):
    other = site.signed_in("employee", person=WHO)
    token = site.token(other.get("/mine").text)
    for data in ({}, {"form_token": token}):
        found = client.post(f"{begun}/ask/grounds", data=data | {"grounds": "process"})
        assert 403 == found.status_code
    assert () == draft_of(site, begun).complaints


def test_evidence_that_was_never_supplied_cannot_be_chosen_but_contested(site, client):
    made = site.contests.store.intake.reviews(WHO)[0]
    changes = {"review_id": "made", "evidence": None}
    site.contests.store.intake.put_reviews([made.model_copy(update=changes)])
    begun = site.send(client, f"/reviews/{ref_of('made')}/contest").headers["location"]
    to = site.send(client, begun, grounds="wrong_evidence").headers["location"]
    said = {"statement_wrong_evidence": "I was never shown it."}
    to = site.send(client, to, **said).headers["location"]

    assert to.endswith("/ask/remedy")


def test_every_question_that_can_be_asked_has_its_words(site, client, begun, answer):
    answer("grounds", grounds=list(GROUNDS))
    review = site.contests.store.intake.reviews(WHO)[0]
    texts = Texts()
    for step in steps_of(draft_of(site, begun), review):
        assert texts(f"ask.{step.question.name}_label")
        for choice in step.question.choices:
            assert choice in step.labels or texts(f"ask.{step.question.name}_{choice}")
        assert 200 == client.get(f"{begun}/ask/{step.key}").status_code
