"""Who sees what of a case."""

from __future__ import annotations

import json

import pytest

from govern.contest.case import CaseView
from govern.contest.visibility import SEES, shown, visible
from govern.domain.contest import Actor
from govern.domain.contest_store import WITHHELD
from govern.errors import ContestError
from govern.testing.contests import (
    FACTS,
    STORIES,
    actor,
    after,
    asked,
    case,
    case_in,
    event,
)

STAFF = ("case-handler", "decider", "appeal-decider", "data-protection-officer", "auditor")


# state: draft, submitted, under_review, appeal_review, closed
EXPECTED = {
    ("employee", "emp"): "own own own own own",
    ("employee", "auth"): "none none facts_only facts_only facts_only",
    ("employee", "mgr"): "none none facts_only facts_only facts_only",
    ("employee", "head"): "none none none none none",
    ("employee", "colleague"): "none none none none none",
    ("representative", "rep"): "own own own own own",
    ("representative", "a union"): "none none none none none",
    ("case-handler", "handler"): "none full full full full",
    ("decider", "dec"): "none none full full full",
    ("decider", "other"): "none none none none none",
    ("appeal-decider", "app"): "none none none full none",
    ("appeal-decider", "other"): "none none none none none",
    ("data-protection-officer", "dpo"): "full full full full full",
    ("auditor", "aud"): "none pseudonymous pseudonymous pseudonymous pseudonymous",
    ("board", "chair"): "none none none none none",
    ("hr-system", "hr"): "none none none none none",
    ("clock", "clock"): "none none none none none",
    **{(role, p): "none none none none none" for role in STAFF for p in ("emp", "auth", "mgr")},
}


@pytest.mark.parametrize(("role", "person"), EXPECTED)
def test_everybody_sees_what_the_table_says(role, person):
    states = ("draft", "submitted", "under_review", "appeal_review", "closed")
    seen = [visible(actor(role, person), case_in(state), FACTS) for state in states]
    assert EXPECTED[role, person].split() == seen


def test_every_sight_is_explained():
    assert set(SEES) == {"none", "own", "facts_only", "pseudonymous", "full"}


def test_a_handler_sees_the_paper_that_they_are_entering_and_no_other_does():
    paper = event("drafted", by=actor("case-handler"), on_behalf_of="emp", on_paper=True)
    assert visible(actor("case-handler"), case(paper), FACTS) == "full"
    assert visible(actor("case-handler", "other"), case(paper), FACTS) == "none"


def test_an_auditor_for_whom_two_lifted_the_pseudonyms_sees_all_and_others_do_not():
    view = after(case_in("closed"), "unmasked")
    assert visible(actor("auditor"), view, FACTS) == "full"
    assert visible(actor("auditor", "another"), view, FACTS) == "pseudonymous"


def test_who_was_let_in_through_glass_sees_what_they_decide():
    view = after(case_in("admitted"), "broken_glass", event("review_started", decider="auth"))
    assert visible(actor("decider", "auth"), view, FACTS) == "full"
    assert visible(actor("case-handler", "auth"), view, FACTS) == "none"


def test_what_was_erased_the_filer_does_not_own_unless_it_was_theirs():
    filed = event("drafted", by=actor("case-handler"), on_behalf_of="emp", on_paper=True)
    view = after(case(filed), "erased")
    assert view.employee is None
    assert visible(actor("employee", "handler"), view, FACTS) == "none"


def test_another_persons_case_is_not_owned_even_where_the_facts_are_mixed_up():
    other = FACTS.model_copy(update={"employee": "colleague"})
    assert visible(actor("employee", "colleague"), case_in("submitted"), other) == "none"


def test_nothing_is_shown_of_what_is_not_visible():
    with pytest.raises(ContestError, match="no such case"):
        shown(case_in("closed"), "none")


def words(view):
    """Every string that a case holds, but not the names of its fields."""

    def strings(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            return {word for v in value for word in strings(v)}
        return {value} if isinstance(value, str) else set()

    return strings(json.loads(view.model_dump_json()))


def everything():
    """A case in which everything that can be said was said, each word its own."""
    view = case(
        event(
            "drafted",
            by=Actor(person="rep", role="representative"),
            on_behalf_of="emp",
            remedy_sought="REMEDY",
            accommodation="ACCOMMODATION",
            collective="COLLECTIVE",
            review_id="REVIEW",
            complaints=[
                {"ground": "wrong_fact", "statement": "FACT", "about": "PASSAGE"},
                {"ground": "group_bias", "statement": "BIAS", "about": "BIAS-PASSAGE"},
            ],
        ),
        *STORIES["admitted"][1:],
    )
    ruling = {
        "rulings": [
            {"ground": "wrong_fact", "ruling": "upheld", "reason": "REASON-FACT"},
            {"ground": "group_bias", "ruling": "rejected", "reason": "REASON-BIAS"},
        ],
        "changes": [{"field": "text", "before": "BEFORE", "after": "AFTER"}],
        "reasons": "REASONS",
    }
    return after(
        view,
        event("evidence_added", title="TITLE", text="EVIDENCE"),
        event("interim_relief", what="RELIEF"),
        event("broken_glass", reason="GLASS", person="third"),
        "unmasked",
        asked("broken_glass", reason="GLASS-ASKED", person="fourth"),
        asked("unmasked", reason="WHY-UNMASK", to="another auditor"),
        "consented",
        "deadline_missed",
        "review_started",
        event("decided", **ruling),
        event("appealed", statement="APPEAL"),
        event("appeal_started"),
        event("final", **(ruling | {"reasons": "FINAL-REASONS"})),
    )


def test_author_and_manager_see_the_facts_and_the_remedy_and_nothing_else():
    seen = shown(everything(), "facts_only")
    said = words(seen)

    assert {"FACT", "PASSAGE", "REMEDY", "BEFORE", "AFTER"} <= said
    assert said & {"emp", "rep", "handler", "dec", "app", "dpo", "aud", "third"} == {
        *("emp", "handler", "dec"),
    }
    assert {w for w in said if w[:1].isupper()} == {"FACT", "PASSAGE", "REMEDY", "REVIEW"} | {
        *("BEFORE", "AFTER"),
    }
    assert said & {"group_bias", "partly", "upheld", "appeal_review", "final"} == set()
    assert seen.state == "decided"
    assert (seen.awaits_second, seen.to_reuse) == ((), False)
    assert {c.ground for c in seen.draft.complaints} == {"wrong_fact"}


def test_author_and_manager_do_not_learn_of_an_appeal():
    """The same is shown before the appeal, while it is open, and once it is settled."""
    decided = case_in("decided")
    before = shown(decided, "facts_only")
    for more in (["appealed"], ["appealed", "appeal_started"]):
        during = shown(after(decided, *more), "facts_only")
        assert before == during.model_copy(update={"seq": before.seq})


def test_an_auditor_reads_no_name_and_no_word_of_anybody():
    seen = shown(everything(), "pseudonymous")
    said = words(seen)

    assert {w for w in said if w[:1].isupper()} == set()
    assert said & {"emp", "rep", "handler", "dec", "app", "dpo", "aud", "third"} == set()
    assert seen.draft.complaints[0].statement == WITHHELD
    assert "fourth" not in said
    assert [one.step.kind for one in seen.awaits_second] == ["broken_glass", "unmasked"]
    assert seen.awaits_second[1].step.to.startswith("person-")


def test_an_auditor_reads_that_a_case_is_to_be_erased_and_not_what_somebody_wrote_of_why():
    view = after(case_in("closed"), asked("erased", ground="Ana Petrova asked for it"))
    [waits] = shown(view, "pseudonymous").awaits_second

    assert ("erased", WITHHELD) == (waits.step.kind, waits.step.ground)


def test_an_auditor_follows_a_person_through_a_case():
    seen = shown(everything(), "pseudonymous")

    assert seen.draft.on_behalf_of == seen.employee
    people = [seen.employee, seen.filed_by.person, seen.handler, seen.decider, seen.appeal_decider]
    assert len(set(people)) == 5
    assert all(p.startswith("person-") for p in people)


def test_an_auditor_sees_steps_dates_and_rulings_as_they_were():
    view = everything()
    seen = shown(view, "pseudonymous")

    for name in ("case_id", "seq", "state", "entered", "asked_at", "through_glass", "notices"):
        assert getattr(view, name) == getattr(seen, name)
    assert seen.final.ruling == "partly"
    assert [r.ground for r in seen.final.rulings] == ["wrong_fact", "group_bias"]
    assert seen.missed == view.missed


@pytest.mark.parametrize("sight", ["own", "full"])
def test_who_sees_all_sees_all(sight):
    assert shown(everything(), sight) == everything()


def test_of_every_text_that_there_is_an_auditor_reads_only_what_is_listed():
    """A text that comes to be later is withheld until somebody lists it."""
    seen, full = words(shown(everything(), "pseudonymous")), words(everything())
    assert {w for w in seen & full if " " in w} == set()


@pytest.mark.parametrize("sight", ["facts_only", "pseudonymous"])
@pytest.mark.parametrize("state", STORIES)
def test_what_is_shown_is_a_case(state, sight):
    seen = shown(case_in(state), sight)
    assert CaseView.model_validate_json(seen.model_dump_json()) == seen
