"""Who may do what: the table, and what stands beside it."""

from __future__ import annotations

from typing import get_args

import pytest

from govern.contest.facts import Facts
from govern.contest.independence import APPEAL_TIES, TIES
from govern.contest.machine import TRANSITIONS, apply
from govern.contest.rules import MAY, TWO_PEOPLE, may, permit
from govern.domain.contest import Role
from govern.errors import ContestError
from govern.testing.contests import (
    BY,
    FACTS,
    MONDAY,
    PEOPLE,
    STORIES,
    actor,
    after,
    asked,
    case,
    case_in,
    event,
    later,
)

ROLES = get_args(Role)
NEW = {"drafted"}
SEATED = {
    "decider": "under_review",
    "appeal-decider": "appeal_review",
}


def state_for(kind, role):
    """A case in which nothing but the role can stand against an event."""
    if role in SEATED and kind not in ("review_started", "appeal_started"):
        return case_in(SEATED[role])
    return case_in(
        {"review_started": "admitted", "appeal_started": "appealed", "reopened": "withdrawn"}.get(
            kind, "under_review"
        )
    )


def facts(**changes):
    return Facts.model_validate({**FACTS.model_dump(), **changes})


def entered(kind, view, by=None, **changes):
    permit(event(kind, by=by, at=MONDAY, **changes), view, FACTS)


def test_the_table_has_a_row_for_every_kind_and_the_roles_that_exist():
    assert set(TRANSITIONS) == set(MAY)
    assert {role for roles in MAY.values() for role in roles} <= set(ROLES)


@pytest.mark.parametrize("kind", MAY)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_what_the_table_says_and_nothing_else(kind, role):
    view = state_for(kind, role)
    if kind in ("drafted", "submitted") and role == "case-handler":
        view = case(event("drafted", by=actor("case-handler"), on_behalf_of="emp", on_paper=True))
    if role in MAY[kind]:
        may(actor(role), kind, view, FACTS)
        return
    with pytest.raises(ContestError, match=f"may, not {role}"):
        may(actor(role), kind, view, FACTS)


@pytest.mark.parametrize("role", ROLES)
def test_the_board_and_systems_touch_no_case_but_for_clock_and_flag(role):
    kinds = {kind for kind in MAY if role in MAY[kind]}
    expected = {
        "board": set(),
        "hr-system": {"flag_acknowledged"},
        "clock": {"deadline_missed", "flag_sent", "notice_sent"},
        "auditor": {"unmasked", "second_asked", "second_refused"},
    }
    assert kinds == expected.get(role, kinds)


def test_only_the_clock_says_that_a_deadline_was_missed():
    assert MAY["deadline_missed"] == ("clock",)


def test_only_the_person_or_who_speaks_for_them_withdraws():
    assert {"employee", "representative"} == set(MAY["withdrawn"])
    with pytest.raises(ContestError, match="not your review"):
        entered("withdrawn", case_in("admitted"), actor("employee", "colleague"))
    with pytest.raises(ContestError, match="has not asked you"):
        entered("withdrawn", case_in("admitted"), actor("representative", "a union"))
    entered("withdrawn", case_in("admitted"), actor("representative"))


def test_a_kind_that_nobody_knows_is_nothing():
    with pytest.raises(ContestError, match="nothing that can happen"):
        may(actor("employee"), "pardoned", None, FACTS)


def test_facts_of_another_review_are_refused():
    with pytest.raises(ContestError, match="another person's review"):
        may(actor("employee", "colleague"), "withdrawn", case_in("admitted"), facts(employee="x"))


def test_an_event_without_words_is_not_entered():
    """An erased payload is read back, never written."""
    empty = event("withdrawn").model_copy(update={"payload": None})
    with pytest.raises(ContestError, match="missing"):
        permit(empty, case_in("admitted"), FACTS)


# filing


def test_a_person_files_for_themselves():
    entered("drafted", None)
    with pytest.raises(ContestError, match="not your review"):
        entered("drafted", None, actor("employee", "colleague"))
    with pytest.raises(ContestError, match="file your own"):
        entered("drafted", None, on_behalf_of="colleague")


def test_a_representative_says_for_whom():
    entered("drafted", None, actor("representative"), on_behalf_of="emp")
    with pytest.raises(ContestError, match="say for whom"):
        entered("drafted", None, actor("representative"))


def test_a_handler_enters_what_came_on_paper_and_says_so():
    entered("drafted", None, actor("case-handler"), on_behalf_of="emp", on_paper=True)
    with pytest.raises(ContestError, match="came on paper"):
        entered("drafted", None, actor("case-handler"), on_behalf_of="emp")
    with pytest.raises(ContestError, match="came on paper"):
        entered("drafted", None, on_paper=True)


@pytest.mark.parametrize("kind", ["drafted", "submitted"])
def test_a_handler_neither_rewrites_nor_sends_what_the_person_is_writing(kind):
    changes = {"on_behalf_of": "emp", "on_paper": True} if kind == "drafted" else {}
    with pytest.raises(ContestError, match="theirs"):
        entered(kind, case("drafted"), actor("case-handler"), **changes)


def test_what_was_withdrawn_the_person_can_reopen_and_the_handler_the_rest():
    entered("reopened", case_in("withdrawn"), actor("employee"))
    entered("reopened", case_in("closed"), actor("case-handler"))
    with pytest.raises(ContestError, match="ask the case handler"):
        entered("reopened", case_in("closed"), actor("employee"))


@pytest.mark.parametrize("person", ["emp", "auth", "mgr"])
@pytest.mark.parametrize("role", ["case-handler", "data-protection-officer", "auditor"])
def test_who_takes_part_in_the_review_has_no_office_in_its_contest(person, role):
    for kind in (k for k in MAY if role in MAY[k] and k not in ("drafted", "submitted")):
        with pytest.raises(ContestError, match="take part in the review"):
            may(actor(role, person), kind, case_in("withdrawn"), FACTS)


def test_who_takes_part_is_not_made_handler():
    with pytest.raises(ContestError, match="cannot handle"):
        entered("acknowledged", case_in("submitted"), handler="mgr")


# independence

TIED = {
    "emp": "the review is about them",
    "rep": "they speak for the employee",
    "auth": "they wrote the review",
    "mgr": "they lead the employee",
    "head": "they lead the author or the manager",
    "colleague": "they report to the author or the manager",
    "owner": "they own the pipeline",
    "signer": "they signed the decision",
    "handler": "they handle the case",
}


@pytest.mark.parametrize("person", TIED)
def test_whoever_has_a_tie_does_not_decide(person):
    by = actor("decider", person)
    with pytest.raises(ContestError, match=TIED[person]):
        entered("review_started", case_in("admitted"), by, decider=person)


@pytest.mark.parametrize("person", TIED)
def test_whoever_has_a_tie_does_not_decide_the_appeal(person):
    by = actor("appeal-decider", person)
    with pytest.raises(ContestError, match=TIED[person]):
        entered("appeal_started", case_in("appealed"), by, decider=person)


def test_every_tie_is_tried_above():
    assert len(TIES) == len(TIED)
    assert {"decided-first", "line-of-first"} == set(APPEAL_TIES)


def test_somebody_without_ties_decides_and_somebody_else_the_appeal():
    entered("review_started", case_in("admitted"))
    entered("appeal_started", case_in("appealed"))


def test_who_decided_first_does_not_decide_the_appeal():
    with pytest.raises(ContestError, match="they decided first"):
        entered(
            "appeal_started", case_in("appealed"), actor("appeal-decider", "dec"), decider="dec"
        )


@pytest.mark.parametrize(
    "lines",
    [
        {"dec": ("app", "x"), "app": ()},
        {"dec": ("x", "app"), "app": ()},
        {"dec": ("x",), "app": ("dec", "x")},
    ],
)
def test_nobody_above_or_below_who_decided_first_decides_the_appeal(lines):
    with pytest.raises(ContestError, match="above or below who decided first"):
        may(
            actor("appeal-decider"),
            "appeal_started",
            case_in("appealed"),
            facts(lines={**FACTS.lines, **lines}),
        )


def test_who_turned_a_contest_away_does_not_decide_the_appeal_against_that():
    view = case(*STORIES["not_admitted"], event("appealed", at=MONDAY.replace(hour=20)))
    with pytest.raises(ContestError, match="they decided first"):
        may(actor("appeal-decider", "handler"), "appeal_started", view, FACTS)
    may(actor("appeal-decider"), "appeal_started", view, FACTS)


@pytest.mark.parametrize(
    ("unknown", "said"),
    [
        ({"reports": None}, "report to the author"),
        ({"pipeline_owners": None}, "own the pipeline"),
        ({"gate_approvers": None}, "signed the decision"),
        ({"lines": {}, "line": ()}, "lead the author"),
    ],
)
def test_what_nobody_knows_does_not_make_anybody_independent(unknown, said):
    with pytest.raises(ContestError, match=f"nobody knows whether they {said}"):
        may(actor("decider"), "review_started", case_in("admitted"), facts(**unknown))


@pytest.mark.parametrize("person", ["dec", "app"])
def test_on_appeal_the_lines_of_both_deciders_have_to_be_known(person):
    lines = {k: v for k, v in FACTS.lines.items() if k != person}
    with pytest.raises(ContestError, match="nobody knows whether they stand above or below"):
        may(actor("appeal-decider"), "appeal_started", case_in("appealed"), facts(lines=lines))


def test_a_case_without_a_handler_has_no_decider_yet():
    view = case_in("admitted").model_copy(update={"handler": None})
    with pytest.raises(ContestError, match="nobody knows whether they handle the case"):
        may(actor("decider", "handler"), "review_started", view, FACTS)


def test_where_no_ai_took_part_there_is_no_owner_to_be_known():
    none = facts(pipeline_owners=(), gate_approvers=())
    may(actor("decider"), "review_started", case_in("admitted"), none)


def test_the_line_above_the_employee_is_known_from_the_review():
    assert FACTS.above("mgr") == ("head", "top")
    assert FACTS.above("head") == ("top",)
    assert FACTS.above("top") == ()
    assert FACTS.above("stranger") is None


def test_a_decider_opens_a_case_themselves_and_nobody_else_decides_it():
    with pytest.raises(ContestError, match="opens a case themselves"):
        entered("review_started", case_in("admitted"), decider="other")
    with pytest.raises(ContestError, match="has not opened this case"):
        entered("decided", case_in("under_review"), actor("decider", "other"))
    with pytest.raises(ContestError, match="has not opened this case"):
        entered("final", case_in("appeal_review"), actor("appeal-decider", "other"))


def test_a_tie_that_came_up_since_keeps_a_decider_from_deciding():
    now = facts(gate_approvers=("dec",))
    with pytest.raises(ContestError, match="they signed the decision"):
        may(actor("decider"), "decided", case_in("under_review"), now)


def test_the_first_decider_has_no_hand_in_the_appeal():
    with pytest.raises(ContestError, match="part of the decider is done"):
        entered("paused", case_in("appeal_review"), actor("decider"))


# two people


def through_glass(**changes):
    view = after(case_in("admitted"), asked("broken_glass", **changes))
    entered("broken_glass", view, **changes)
    return after(view, event("broken_glass", **changes))


def test_two_people_let_somebody_decide_whom_a_tie_keeps_out():
    view = through_glass()
    start = event("review_started", by=actor("decider", "auth"), decider="auth")
    permit(start, view, FACTS)
    [begun] = later(view, start)
    may(actor("decider", "auth"), "decided", apply(view, begun), FACTS)
    with pytest.raises(ContestError, match="they lead the employee"):
        may(actor("decider", "mgr"), "review_started", view, FACTS)


@pytest.mark.parametrize("person", ["emp", "rep"])
def test_nobody_is_let_in_to_judge_their_own_case(person):
    with pytest.raises(ContestError, match="not shown to be independent"):
        may(
            actor("decider", person),
            "review_started",
            through_glass(person=person),
            FACTS,
        )


def test_nobody_is_let_in_to_judge_their_own_decision():
    view = case_in("appealed")
    view = after(view, event("broken_glass", person="dec", role="appeal-decider"))
    with pytest.raises(ContestError, match="they decided first"):
        may(actor("appeal-decider", "dec"), "appeal_started", view, FACTS)


DPO, HANDLER, AUDITOR = "data-protection-officer", "case-handler", "auditor"


@pytest.mark.parametrize(
    ("kind", "changes", "problem"),
    [
        ("broken_glass", {"second": actor(HANDLER)}, "takes two people"),
        ("broken_glass", {"second": actor("auditor")}, "the second person is"),
        ("broken_glass", {"second": actor(DPO, "mgr")}, "takes part in the review"),
        ("broken_glass", {"person": "handler"}, "a third person"),
        ("broken_glass", {"person": "dpo"}, "a third person"),
        ("broken_glass", {"role": "auditor"}, "a third person"),
        ("unmasked", {"second": actor(AUDITOR)}, "takes two people"),
        ("unmasked", {"second": actor(AUDITOR, "aud2")}, "has to be a data protection"),
        ("unmasked", {"second": actor(HANDLER)}, "the second person is"),
        ("erased", {"approved_by": actor(DPO)}, "takes two people"),
        ("erased", {"approved_by": actor("board")}, "the second person is"),
    ],
)
def test_what_takes_two_takes_two_of_the_right_ones(kind, changes, problem):
    state = "closed" if kind == "erased" else "admitted"
    entered(kind, after(case_in(state), asked(kind)))
    dumped = {k: v if isinstance(v, str) else v.model_dump() for k, v in changes.items()}
    view = case_in(state)
    if "role" not in changes:
        view = after(view, asked(kind, **{k: v for k, v in dumped.items() if k == "person"}))
    with pytest.raises(ContestError, match=problem):
        entered(kind, view, **dumped)


@pytest.mark.parametrize("kind", TWO_PEOPLE)
def test_what_takes_two_is_entered_only_as_it_was_asked_for_and_by_whom(kind):
    state = "closed" if kind == "erased" else "admitted"
    said = {"ground": "another"} if kind == "erased" else {"reason": "another"}
    with pytest.raises(ContestError, match="did not ask for it"):
        entered(kind, case_in(state))
    view = after(case_in(state), asked(kind, **said))
    with pytest.raises(ContestError, match="did not ask for it"):
        entered(kind, view)
    refused = after(view, event("second_refused", asked=view.seq))
    with pytest.raises(ContestError, match="did not ask for it"):
        entered(kind, refused, **said)
    entered(kind, view, **said)


@pytest.mark.parametrize(
    ("by", "step", "problem"),
    [
        (actor("auditor"), "broken_glass", "may ask for broken_glass, not auditor"),
        (actor("case-handler"), "unmasked", "may ask for unmasked, not case-handler"),
        (actor("case-handler"), "erased", "may ask for erased, not case-handler"),
        (actor("decider"), "broken_glass", "may, not decider"),
        (actor("case-handler", "mgr"), "broken_glass", "you take part in the review"),
        (actor("case-handler", "auth"), "broken_glass", "you take part in the review"),
    ],
)
def test_only_who_could_take_a_step_asks_for_it(by, step, problem):
    with pytest.raises(ContestError, match=problem):
        permit(asked(step).model_copy(update={"actor": by}), case_in("closed"), FACTS)


def test_nobody_asks_to_be_let_in_themselves():
    one = asked("broken_glass", person="handler")
    with pytest.raises(ContestError, match="a third person"):
        permit(one, case_in("admitted"), FACTS)


@pytest.mark.parametrize(("role", "may_refuse"), [("auditor", False), (DPO, True), (HANDLER, True)])
def test_who_could_not_agree_does_not_refuse(role, may_refuse):
    view = after(case_in("admitted"), asked("broken_glass"))
    if may_refuse:
        entered("second_refused", view, actor(role), asked=view.seq)
        return
    with pytest.raises(ContestError, match="the second person is"):
        entered("second_refused", view, actor(role), asked=view.seq)


@pytest.mark.parametrize(
    ("by", "problem"),
    [
        (actor(AUDITOR), None),
        (actor(DPO), None),
        (actor(AUDITOR, "another"), "has to be a data protection officer"),
        (actor(DPO, "aud"), "two people"),
    ],
)
def test_who_asked_takes_back_and_another_auditor_does_not(by, problem):
    view = after(case_in("admitted"), asked("unmasked"))
    if problem is None:
        entered("second_refused", view, by, asked=view.seq)
        return
    with pytest.raises(ContestError, match=problem):
        entered("second_refused", view, by, asked=view.seq)


def test_consent_is_the_employees_alone():
    entered("consented", case_in("closed"))
    for by in (actor("representative"), actor("case-handler"), actor("employee", "mgr")):
        with pytest.raises(ContestError):
            entered("consented", case_in("closed"), by)


def test_the_kinds_that_take_two_name_a_second_person():
    assert {"broken_glass", "unmasked", "erased"} == set(TWO_PEOPLE)
    for kind, roles in TWO_PEOPLE.items():
        assert set(MAY[kind]) <= set(roles)


def test_who_might_enter_each_kind_in_the_stories_may():
    assert all(BY[kind] in MAY[kind] for kind in MAY)
    assert set(PEOPLE) == set(ROLES)
