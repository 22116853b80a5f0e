"""What the HR system is told, and who is told what."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from govern.contest.flags import flag_due, hr_flag, interim_relief
from govern.contest.machine import TRANSITIONS, apply
from govern.contest.notices import NOTICES, due_notices, undisclosed
from govern.contest.texts import HEADINGS, TEXTS, Text, render
from govern.domain.contest import NoticeKind
from govern.errors import ContestError
from govern.testing.contests import STORIES, actor, after, case, case_in, event, later, review


def told(view, kind, **changes):
    """What is due after one more event, as (notice, role, person, text)."""
    [made] = later(view, event(kind, **changes))
    return {(n.notice, n.role, n.person, n.text) for n in due_notices(apply(view, made), made)}


# flags


@pytest.mark.parametrize("state", STORIES)
def test_a_contested_rating_is_used_only_before_and_after(state):
    used = state in ("draft", "closed", "withdrawn")
    assert hr_flag(case_in(state)) is used


def test_the_hr_system_is_told_once_and_told_again_when_it_is_over():
    view = case_in("submitted")
    assert flag_due(case_in("draft")) is None
    assert flag_due(view).in_use is False
    sent = after(view, "flag_sent")
    assert flag_due(sent) is None
    assert flag_due(after(sent, "withdrawn")).in_use is True
    assert flag_due(case_in("withdrawn")) is None


@pytest.mark.parametrize(
    ("decided", "relief"), [(True, "owed"), (None, "not_known"), (False, "not_needed")]
)
def test_relief_is_owed_where_pay_was_decided(decided, relief):
    sent = case(event("drafted", pay_already_decided=decided), "submitted")
    assert interim_relief(sent) == relief
    assert interim_relief(case(event("drafted", pay_already_decided=True))) == "not_needed"


@pytest.mark.parametrize("granted", [True, False])
def test_relief_that_was_granted_or_refused_with_a_reason_is_answered(granted):
    view = after(case_in("admitted"), event("interim_relief", granted=granted))
    assert interim_relief(view) == "answered"


# notices


def test_the_person_is_told_at_every_step_that_matters_to_them():
    assert told(case_in("draft"), "submitted") == {
        ("explanation", "employee", "emp", "explanation")
    }
    assert told(case_in("submitted"), "acknowledged") == {
        ("acknowledgement", "employee", "emp", "acknowledgement"),
        ("no_retaliation", "employee", "emp", "no_retaliation"),
    }
    assert told(case_in("acknowledged"), "not_admitted") == {
        ("decision", "employee", "emp", "not_admitted")
    }
    assert told(case_in("under_review"), "decided") == {("decision", "employee", "emp", "decision")}
    assert told(case_in("appeal_review"), "final") == {
        ("appeal_decision", "employee", "emp", "appeal_decision")
    }


def test_author_and_manager_are_told_not_to_retaliate_and_what_changed():
    assert told(case_in("acknowledged"), "admitted") == {
        ("no_retaliation", role, None, "no_retaliation_leader") for role in ("author", "manager")
    }
    leaders = {n for n in told(case_in("decided"), "remedied") if n[1] != "employee"}
    assert leaders == {("remedy", role, None, "remedy_leader") for role in ("author", "manager")}


def test_no_other_step_tells_author_and_manager_anything():
    told_leaders = {k for k, rows in NOTICES.items() if any(r.to == "leaders" for r in rows)}
    assert told_leaders == {"admitted", "remedied"}


def test_a_missed_deadline_is_told_to_the_person_and_to_whom_it_escalates():
    view = case_in("under_review")
    assert told(view, "deadline_missed") == {
        ("delay", "employee", "emp", "delay"),
        ("delay", "board", None, "escalation"),
    }
    [made] = later(view, "deadline_missed")
    assert {n.due for n in due_notices(apply(view, made), made)} == {date(2026, 3, 16)}


def test_who_speaks_for_the_person_is_told_as_well():
    filed = event("drafted", by=actor("representative"), on_behalf_of="emp")
    assert told(case(filed), "submitted") == {
        ("explanation", "employee", "emp", "explanation"),
        ("explanation", "representative", "rep", "explanation"),
    }


def test_a_person_is_told_when_a_representative_withdraws():
    """Nobody takes a contest back behind the back of whose it is."""
    assert ("acknowledgement", "employee", "emp", "withdrawn") in told(
        case_in("admitted"), "withdrawn", by=actor("representative")
    )


def test_what_was_never_sent_or_is_erased_is_told_to_nobody():
    assert told(case_in("draft"), "withdrawn") == set()
    assert told(case_in("closed"), "erased") == set()


def test_every_kind_of_notice_becomes_due_somewhere():
    due = {row.notice for rows in NOTICES.values() for row in rows}
    assert due == set(get_args(NoticeKind))
    assert set(NOTICES) <= set(TRANSITIONS)


def test_a_review_of_which_nothing_says_that_ai_was_disclosed_is_found():
    assert undisclosed(review())
    assert not undisclosed(review(disclosure="intranet, 2025-01-05"))
    assert not undisclosed(review(ai_role="none"))


# texts


def test_every_notice_has_a_text_and_every_text_a_use():
    used = {row.text for rows in NOTICES.values() for row in rows} | {"escalation"}
    assert used == set(TEXTS)


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_knows_a_link_and_a_day_and_nothing_about_the_person(key):
    assert TEXTS[key].fields <= {"link", "due"}
    assert "link" in TEXTS[key].fields
    assert "{" not in TEXTS[key].subject
    sent = render(key, link="https://example.org/c/1", due=date(2026, 3, 16))
    assert "https://example.org/c/1" in sent.body
    assert "compliant" not in sent.body


def test_a_text_that_names_a_day_asks_for_one():
    with pytest.raises(ContestError, match="names a day"):
        render("delay", link="x")
    assert "2026-03-16" in render("delay", link="x", due=date(2026, 3, 16)).body


def test_a_text_that_is_not_there_is_an_error():
    with pytest.raises(ContestError, match="no text 'appology'"):
        render("appology", link="x")


def test_another_language_is_another_table():
    german = {"delay": Text("Wir sind spät dran", "Fällig war es am {due}: {link}")}
    assert render("delay", link="x", due=date(2026, 3, 16), texts=german).body == (
        "Fällig war es am 2026-03-16: x"
    )


def test_an_explanation_has_its_six_headings():
    assert list(HEADINGS) == [
        *("rationale", "responsibility", "data", "fairness", "safety_performance", "impact")
    ]
    assert all(not text.fields for text in HEADINGS.values())
