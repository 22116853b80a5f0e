"""Contests as officers, auditors and the board read them, and steps that two of them take."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from govern.app.contest_figures import measured
from govern.app.contest_steps import file
from govern.app.privacy import LOOKED
from govern.app.proofs import check_proof
from govern.domain.contest import Actor, Drafted
from govern.domain.finding import Binomial, Counts, Finding, StudentT, Undefined
from govern.testing.contests import review

OFFICER = "data-protection-officer"
HOSTILE = "<script>alert(1)</script>"


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.text
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def case_in(site, state: str) -> str:
    return site.contests.store.cases(states=(state,))[0].case_id


def case_of(site, person: str) -> str:
    return site.contests.store.cases(person=person)[0].case_id


def post(site, client, page: str, path: str, **fields: str):
    """Send a form of a page, with the number of the last event that the page shows."""
    html = client.get(page).text
    seen = re.search(r'name="seen" value="(\d+)"', html)
    shown = {"seen": seen[1]} if seen else {}
    return client.post(path, data={"form_token": site.token(html), **shown, **fields})


def kinds(site, case_id: str) -> list[str]:
    return [event.kind for event in site.contests.store.events(case_id)]


def test_an_officer_sees_every_contest_where_it_stands_and_what_is_due(site):
    text = text_of(site.signed_in(OFFICER).get("/privacy"))
    for line in site.contests.store.cases():
        assert line.case_id[:8] in text
    assert "Where it stands: Appealed, waits for a decider" in text
    assert "Answer it: 29 November 2026 Due soon" in text
    assert "Nothing waits for a second person." in text


def test_a_hold_is_set_and_lifted_and_keeps_a_case_from_being_erased(site):
    case_id = case_in(site, "closed")
    page = f"/privacy/cases/{case_id}"
    client = site.signed_in(OFFICER)
    done = post(site, client, page, f"{page}/hold", hold="set", reason=HOSTILE)
    assert (done.status_code, done.headers["location"]) == (303, page)
    text = text_of(client.get(page))
    assert "A legal hold stands." in text
    assert "a legal hold stands; nothing may be erased" in text
    refused = post(site, client, page, f"{page}/ask", ground="GDPR 17(1)(b)")
    assert refused.status_code == 409
    assert "legal hold" in refused.text
    assert post(site, client, page, f"{page}/hold", hold="lift", reason="over").status_code == 303
    assert kinds(site, case_id)[-2:] == ["hold_set", "hold_lifted"]
    assert "Legal hold none" in text_of(client.get(page))


def test_one_asks_to_erase_and_another_one_agrees(site):
    case_id = case_in(site, "closed")
    page = f"/privacy/cases/{case_id}"
    one, other = site.signed_in(OFFICER), site.signed_in(OFFICER, person="p-2")
    assert post(site, one, page, f"{page}/ask", ground="GDPR 17(1)(b)").status_code == 303
    number = str(len(kinds(site, case_id)))
    text = text_of(one.get(page))
    assert "You asked for this, so somebody else has to agree." in text
    assert "Agree, and do it now" not in text
    assert "1 contest has a step that waits" in text_of(other.get("/privacy"))
    alone = post(site, one, page, f"{page}/second", asked=number, answer="agree")
    assert alone.status_code == 409
    assert kinds(site, case_id)[-1] == "second_asked"
    assert "Agree, and do it now" in text_of(other.get(page))
    done = post(site, other, page, f"{page}/second", asked=number, answer="agree")
    assert done.status_code == 303
    text = text_of(other.get(page))
    assert "This contest was erased." in text
    assert "tickets" not in text
    tombstone = site.contests.store.events(case_id)[-1]
    assert (tombstone.kind, tombstone.actor) == ("erased", Actor(person="p-1", role=OFFICER))
    assert tombstone.payload.approved_by == Actor(person="p-2", role=OFFICER)


def test_what_was_asked_for_can_be_refused_or_taken_back(site):
    case_id = case_in(site, "closed")
    page = f"/privacy/cases/{case_id}"
    one, other = site.signed_in(OFFICER), site.signed_in(OFFICER, person="p-2")
    for who in (other, one):
        post(site, one, page, f"{page}/ask", ground="GDPR 17(1)(b)")
        number = str(len(kinds(site, case_id)))
        word = "Refuse" if who is other else "Take it back"
        assert word in text_of(who.get(page))
        sent = {"asked": number, "answer": "refuse", "reason": "not yet"}
        assert post(site, who, page, f"{page}/second", **sent).status_code == 303
        assert kinds(site, case_id)[-1] == "second_refused"
    assert "Waits for a second person" not in text_of(one.get(page))


def test_what_an_officer_did_not_see_they_do_not_act_on(site):
    case_id = case_in(site, "closed")
    page = f"/privacy/cases/{case_id}"
    client = site.signed_in(OFFICER)
    stale = post(site, client, page, f"{page}/hold", hold="set", reason="a claim", seen="3")
    assert stale.status_code == 409
    assert "read it again" in stale.text
    assert "hold_set" not in kinds(site, case_id)


@pytest.mark.parametrize(
    ("to", "fields"),
    [
        ("hold", {"hold": "set", "reason": " "}),
        ("hold", {"hold": "forever", "reason": "x"}),
        ("hold", {"hold": "set", "reason": "x" * 5_000}),
        ("hold", {"hold": "set", "reason": "x", "seen": "many"}),
        ("hold", {"hold": "set", "reason": "x", "seen": "²"}),
        ("ask", {"ground": ""}),
        ("second", {"asked": "9" * 40, "answer": "agree"}),
        ("second", {"asked": "2", "answer": "refuse"}),
        ("second", {"answer": "agree"}),
    ],
)
def test_a_form_that_says_nothing_or_too_much_does_nothing(site, to, fields):
    case_id = case_in(site, "closed")
    page = f"/privacy/cases/{case_id}"
    before = kinds(site, case_id)
    answer = post(site, site.signed_in(OFFICER), page, f"{page}/{to}", **fields)
    assert answer.status_code == 422
    assert kinds(site, case_id) == before


def test_an_officer_who_takes_part_in_a_review_finds_no_such_contest(site):
    case_id = case_in(site, "closed")
    client = site.signed_in(OFFICER, person="invented-author")
    page = f"/privacy/cases/{case_id}"
    assert case_id[:8] not in client.get("/privacy").text
    assert client.get(page).status_code == 404
    assert client.get(f"/privacy/cases/{'f' * 32}").status_code == 404
    sent = {"seen": "9", "hold": "set", "reason": "x"}
    assert post(site, client, "/privacy/people", f"{page}/hold", **sent).status_code == 404


def test_what_is_held_about_somebody_is_counted_and_handed_out(site):
    client = site.signed_in(OFFICER)
    found = post(site, client, "/privacy/people", "/privacy/people", person="invented-employee")
    text = text_of(found)
    assert "Versions of their reviews 1" in text
    assert "Contests of their reviews 1" in text
    assert "1 contest of theirs is not erased." in text
    file = {"person": "invented-employee", "kind": "json"}
    answer = post(site, client, "/privacy/people", "/privacy/people/file", **file)
    assert answer.headers["content-disposition"] == 'attachment; filename="held.json"'
    held = json.loads(answer.text)
    assert held["cases"][0]["events"][0]["kind"] == "drafted"
    assert held["looked"][-1]["actor"]["person"] == "p-1"
    as_text = post(
        site, client, "/privacy/people", "/privacy/people/file", **file | {"kind": "txt"}
    )
    assert "Who looked at it" in as_text.text
    name = site.contests.store.pseudonym("invented-employee")
    looks = [read for read in site.reads if read.what == LOOKED]
    assert (name,) in [read.about for read in looks]
    assert "invented-employee" not in repr([read.about for read in site.reads])


def test_an_employee_takes_what_is_held_about_them_and_about_nobody_else(site):
    client = site.signed_in("employee", person="invented-employee")
    assert "/held/txt" in client.get("/held").text
    held = client.get("/held/json").json()
    assert held["person"] == "invented-employee"
    assert {one["employee"] for one in held["reviews"]} == {"invented-employee"}
    assert held["looked"][-1]["actor"] == {"person": "invented-employee", "role": "employee"}
    text = client.get("/held/txt?person=invented-employee-2").text
    assert "What is held about invented-employee\n" in text
    assert client.get("/held/pdf").status_code == 404
    own, junior = case_of(site, "invented-employee"), case_of(site, "invented-junior")
    assert [one["case_id"] for one in held["cases"]] == [own]
    assert held["parts"] == []
    # Of a contest of a review that they wrote they are told once it is admitted, and no more.
    told = {one["notice"] for one in held["notices"] if one["case_id"] == junior}
    assert told == {"no_retaliation"}


def test_who_is_looked_for_is_shown_as_text_and_nobody_knows_them(site):
    client = site.signed_in(OFFICER)
    found = post(site, client, "/privacy/people", "/privacy/people", person=f'"{HOSTILE}')
    assert HOSTILE not in found.text
    assert "Versions of their reviews 0" in text_of(found)


def test_an_officer_finds_nothing_out_about_who_they_review(site):
    client = site.signed_in(OFFICER, person="invented-author")
    for path in ("/privacy/people", "/privacy/people/file"):
        sent = {"person": "invented-employee-2", "kind": "json"}
        answer = post(site, client, "/privacy/people", path, **sent)
        assert answer.status_code == 409
        assert "another officer has to" in unescape(answer.text)


def test_a_handler_asks_to_let_somebody_decide_and_an_officer_agrees(site):
    case_id = case_in(site, "admitted")
    page = f"/handling/{case_id}"
    handler = site.signed_in("case-handler", person="invented-case-handler")
    glass = {
        "step": "second_asked",
        "glass_person": "invented-director",
        "glass_role": "decider",
        "glass_reason": "Nobody else knows the work.",
    }
    assert post(site, handler, page, page, **glass).status_code == 303
    number = str(len(kinds(site, case_id)))
    assert "You asked for this" in text_of(handler.get(page))
    alone = post(site, handler, page, f"{page}/second", asked=number, answer="agree")
    assert alone.status_code == 409
    officer, theirs = site.signed_in(OFFICER), f"/privacy/cases/{case_id}"
    assert "Let invented-director decide as decider in spite" in text_of(officer.get(theirs))
    done = post(site, officer, theirs, f"{theirs}/second", asked=number, answer="agree")
    assert done.status_code == 303
    assert kinds(site, case_id)[-2:] == ["second_asked", "broken_glass"]
    assert "Two people let a third decide" in text_of(handler.get(page))


def test_a_handler_refuses_an_erasure(site):
    case_id = case_in(site, "closed")
    theirs, page = f"/privacy/cases/{case_id}", f"/handling/{case_id}"
    post(site, site.signed_in(OFFICER), theirs, f"{theirs}/ask", ground="GDPR 17(1)(b)")
    number = str(len(kinds(site, case_id)))
    handler = site.signed_in("case-handler", person="p-7")
    assert "Erase this contest for good." in text_of(handler.get(page))
    sent = {"asked": number, "answer": "refuse", "reason": "not yet"}
    assert post(site, handler, page, f"{page}/second", **sent).status_code == 303
    assert kinds(site, case_id)[-1] == "second_refused"


@pytest.mark.parametrize(
    ("role", "place"), [(OFFICER, "/privacy/cases/"), ("auditor", "/audit/cases/")]
)
def test_the_one_address_of_a_case_leads_officers_and_auditors_to_theirs(site, role, place):
    case_id = case_in(site, "closed")
    answer = site.signed_in(role).get(f"/cases/{case_id}")
    assert answer.headers["location"] == f"{place}{case_id}"


def test_what_came_in_about_somebody_without_contests_is_deleted_once(site):
    client = site.signed_in(OFFICER)
    who = {"person": "invented-decider", "ground": "GDPR 17(1)(b)"}
    path = "/privacy/people/forget"
    text = text_of(post(site, client, "/privacy/people", "/privacy/people", **who))
    assert "Delete it for good" in text
    done = post(site, client, "/privacy/people", path, **who)
    assert done.status_code == 303
    assert "rows were deleted" in text_of(client.get(done.headers["location"]))
    assert site.contests.store.intake.reviews("invented-decider") == ()
    assert post(site, client, "/privacy/people", path, **who).status_code == 409
    left = post(site, client, "/privacy/people", path, **who | {"person": "invented-employee"})
    assert left.status_code == 409
    assert site.contests.store.intake.reviews("invented-employee")


def test_an_auditor_reads_no_name_and_no_text_until_an_officer_agrees(site):
    case_id = case_in(site, "decided")
    page = f"/audit/cases/{case_id}"
    auditor, officer = site.signed_in("auditor"), site.signed_in(OFFICER, person="p-2")
    for path in ("/audit/cases", page, "/audit/cases/all/csv", "/audit/cases/all/json"):
        masked = auditor.get(path)
        assert masked.status_code == 200
        for word in ("invented-", "tickets", "Tickets", "peers"):
            assert word not in masked.text, (path, word)
    assert "person-1" in auditor.get(page).text
    asked = post(site, auditor, page, f"{page}/ask", reason="A complaint.")
    assert (asked.status_code, asked.headers["location"]) == (303, page)
    assert "Take it back" in text_of(auditor.get(page))
    number = str(len(kinds(site, case_id)))
    assert "Agree" not in text_of(site.signed_in("auditor", person="p-3").get(page))
    officers = f"/privacy/cases/{case_id}"
    assert "Lift the pseudonyms of this contest for p-1." in text_of(officer.get(officers))
    done = post(site, officer, officers, f"{officers}/second", asked=number, answer="agree")
    assert done.status_code == 303
    text = text_of(auditor.get(page))
    assert "Two people lifted the pseudonyms of this contest for you." in text
    assert "Tickets and the goal were checked against their sources." in text
    assert "everything: two people lifted it for you" in text_of(auditor.get("/audit/cases"))
    [lifted] = [c for c in auditor.get("/audit/cases/all/json").json() if c["visibility"] == "full"]
    assert lifted["case"]["case_id"] == case_id
    another = site.signed_in("auditor", person="p-3").get(page).text
    assert "invented-" not in another


def test_an_auditor_takes_a_proof_of_a_step_that_holds_elsewhere(site, tmp_path):
    case_id = case_in(site, "closed")
    client = site.signed_in("auditor")
    answer = client.get(f"/audit/cases/{case_id}/proofs/2")
    name = f"contest-{case_id[:8]}-2.tlog-proof"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    (tmp_path / name).write_text(answer.text)
    shown = check_proof(site.project, tmp_path / name, trust=None, now=site.now)
    assert shown.leaf == site.contests.store.leaves_of(case_id)[1]
    assert shown.leaf.commitment[:12] in client.get(f"/audit/cases/{case_id}").text
    assert "proof" in [read.what for read in site.reads if read.case_id == case_id]
    assert client.get(f"/audit/cases/{case_id}/proofs/99").status_code == 409


def test_a_step_under_no_checkpoint_has_no_proof_yet(site):
    case_id = case_in(site, "closed")
    page = f"/audit/cases/{case_id}"
    client = site.signed_in("auditor")
    post(site, client, page, f"{page}/ask", reason="A complaint.")
    answer = client.get(f"{page}/proofs/{len(kinds(site, case_id))}")
    assert answer.status_code == 409
    assert "under no checkpoint yet" in unescape(answer.text)


def test_what_people_wrote_stays_text(site):
    said = {"complaints": [{"ground": "wrong_fact", "statement": HOSTILE}]}
    draft = Drafted(review_id="review-of-invented-employee", review_version=1, **said)
    who = Actor(person="invented-employee", role="employee")
    case_id = file(site.contests, who, draft, now=site.now).case_id
    html = site.signed_in(OFFICER).get(f"/privacy/cases/{case_id}").text
    assert HOSTILE not in html
    assert HOSTILE in unescape(html)


def test_an_auditor_sees_no_draft(site):
    who = Actor(person="invented-employee", role="employee")
    said = Drafted(review_id="review-of-invented-employee", review_version=1)
    kept = file(site.contests, who, said, now=site.now, send=False)
    auditor = site.signed_in("auditor")
    page = f"/audit/cases/{kept.case_id}"
    assert kept.case_id[:8] not in auditor.get("/audit/cases").text
    for path in (page, f"{page}/proofs/1"):
        assert auditor.get(path).status_code == 404


@pytest.mark.parametrize(
    ("role", "path", "what"),
    [
        (OFFICER, "/privacy", "list"),
        (OFFICER, "/privacy/cases/{}", "case"),
        ("auditor", "/audit/cases", "list"),
        ("auditor", "/audit/cases/{}", "case"),
        ("auditor", "/audit/cases/all/csv", "export"),
        ("auditor", "/audit/cases/{}/proofs/1", "proof"),
    ],
)
def test_each_look_at_a_contest_is_logged(site, role, path, what):
    case_id = case_in(site, "closed")
    client = site.signed_in(role)
    assert client.get(path.format(case_id)).status_code == 200
    looks = {(read.actor, read.what) for read in site.reads}
    assert (Actor(person="p-1", role=role), what) in looks
    if "{}" in path:
        assert {read.case_id for read in site.reads} == {case_id}


def test_the_board_reads_numbers_of_many_and_what_is_not_measured(site):
    client = site.signed_in("board")
    text = text_of(client.get("/board/contests"))
    assert "Few contests can mean that all is well, and can mean fear." in text
    assert "62 %, 90 % interval 35 % to 83 %, of 13 reviews." in text
    assert "Upheld, at least in part Not measured: fewer than 10 people behind it." in text
    assert "Not measured: no pay outcomes were supplied." in text
    assert "Every pipeline that drafted a review was allowed to on that day." in text
    assert re.search(r"Notices that reached nobody [1-9]\d* notices have nobody to go to", text)
    assert "invented-" not in text
    site.contests.store.intake.put_reviews([review(fingerprint="a" * 64)])
    text = text_of(client.get("/board/contests"))
    assert "aaaaaaaaaaaa Reviews: 1 Why: no decision on this pipeline" in text


def finding(estimate, **changes) -> Finding:
    counts = Counts(planned=20, ok=20, scored=20, cases=20, units=20, unit_name="contests")
    given = {
        "metric": "contest.upheld_share",
        "version": "1.0.0",
        "unit": "share of contests decided",
        "sense": "lower_is_better",
        "method": "",
        "counts": counts,
        "evaluator": "x",
        "estimate": estimate,
    }
    return Finding.model_validate(given | changes)


def test_a_share_is_told_in_per_cent_and_hidden_groups_are_counted():
    """4 of 20 is 20 %; Clopper-Pearson at 5 % a side is 7.1 % to 40.1 %."""
    hidden = Undefined(reason="fewer than 10 people behind it", code="too_few")
    [one] = measured(
        [
            finding(0.2, interval=Binomial(hits=4, n=20)),
            finding(hidden, by="gender", contrast="woman"),
            finding(hidden, by="gender", contrast="man"),
        ]
    )
    assert one.whole is not None
    assert (one.whole.estimate, one.whole.lower, one.whole.upper) == ("20 %", "7 %", "40 %")
    assert (one.why_not, one.groups, one.silent) == ("", (), {hidden.reason: 2})


def test_a_gap_has_its_sign_and_its_group():
    """-1.5 days, ± t(.95, 9) · 0.5 = 0.92: from -2.4 to -0.58."""
    gap = {"metric": "contest.days_gap", "unit": "days", "sense": "centred"}
    interval = StudentT(se=0.5, df=9, clusters=10)
    [one] = measured(
        [finding(-1.5, by="gender", contrast="woman", interval=interval, **gap)], of="people"
    )
    [figure] = one.groups
    assert (one.whole, one.why_not, one.of) == (None, "", "people")
    assert figure.group == "gender: woman"
    assert (figure.estimate, figure.lower, figure.upper) == ("−1.5", "−2.4", "−0.58")


def test_what_was_not_supplied_is_not_measured():
    none = Undefined(reason="not measured: no pay outcomes were supplied", code="not_supplied")
    [one] = measured([finding(none)])
    assert (one.whole, one.why_not) == (None, "no pay outcomes were supplied")
