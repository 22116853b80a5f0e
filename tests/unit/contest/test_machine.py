"""A case is the sum of its events, and only some may follow others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from govern.contest.case import CaseView
from govern.contest.machine import TRANSITIONS, apply, as_it_stood, fold, overall, possible
from govern.domain.contest import Actor, Event
from govern.errors import ContestError
from govern.testing.contests import (
    BY,
    CASE,
    HOUR,
    MONDAY,
    SAMPLES,
    STORIES,
    actor,
    after,
    asked,
    case,
    case_in,
    event,
    later,
    story,
)

MEANWHILE = "paused resumed deadline_missed interim_relief broken_glass"
ON_FILE = (
    "deadline_missed flag_sent flag_acknowledged notice_sent notice_read unmasked consented "
    "hold_set hold_lifted second_asked second_refused"
)
OPEN = f"{MEANWHILE} {ON_FILE} withdrawn referred_external"
EXPECTED = {
    "draft": "drafted submitted withdrawn hold_set hold_lifted erased second_asked second_refused",
    "submitted": f"{OPEN} acknowledged evidence_added",
    "acknowledged": f"{OPEN} admitted not_admitted evidence_added",
    "admitted": f"{OPEN} gathering review_started evidence_added",
    "not_admitted": f"{OPEN} appealed closed evidence_added",
    "gathering": f"{OPEN} review_started evidence_added",
    "under_review": f"{OPEN} gathering decided evidence_added",
    "decided": f"{OPEN} appealed remedied closed",
    "appealed": f"{OPEN} appeal_started evidence_added",
    "appeal_review": f"{OPEN} final evidence_added",
    "final": f"{OPEN} remedied closed",
    "remedied": f"{OPEN} appealed closed",
    "closed": f"{ON_FILE} reopened referred_external erased",
    "withdrawn": f"{ON_FILE} reopened referred_external erased",
    "referred_external": f"{ON_FILE} reopened closed",
}
LEADS_TO = {
    "drafted": "draft",
    "reopened": "submitted",
    "review_started": "under_review",
    "appeal_started": "appeal_review",
}
NEEDS_MORE = {"resumed": ("paused",), "second_refused": ("second_asked",)}


def test_the_samples_and_stories_cover_every_kind_and_state():
    assert set(TRANSITIONS) == set(SAMPLES)
    assert set(EXPECTED) == set(STORIES)


def in_state(kind, view):
    """An event of a kind that says what it has to say of this case."""
    if kind == "second_asked":
        return asked("erased" if view.state == "draft" else "unmasked")
    return event(kind, asked=view.seq) if kind == "second_refused" else kind


@pytest.mark.parametrize("kind", TRANSITIONS)
@pytest.mark.parametrize("state", STORIES)
def test_an_event_follows_in_the_states_that_the_table_says_and_in_no_other(state, kind):
    view = case_in(state)
    assert state == view.state
    before = [k for k in NEEDS_MORE.get(kind, ()) if state in STORIES and k in possible(view)]
    for more in later(view, *(in_state(k, view) for k in before)):
        view = apply(view, more)
    [next_] = later(view, in_state(kind, view))
    if kind not in EXPECTED[state].split():
        with pytest.raises(ContestError, match="cannot happen now"):
            apply(view, next_)
        return
    if kind == "closed" and view.remedy_owed:
        with pytest.raises(ContestError, match="has to be remedied"):
            apply(view, next_)
        return
    after = apply(view, next_)
    moves = kind in LEADS_TO or kind in STORIES
    assert after.state == (LEADS_TO.get(kind, kind) if moves else state)
    assert after.seq == view.seq + 1


@pytest.mark.parametrize("kind", sorted(set(SAMPLES) - {"drafted"}))
def test_a_case_begins_with_what_was_drafted(kind):
    with pytest.raises(ContestError, match="expected event 1, drafted"):
        fold([event(kind)])


def test_no_events_are_no_case():
    with pytest.raises(ContestError, match="without events"):
        fold([])


@pytest.mark.parametrize("seq", [1, 2, 4])
def test_an_event_that_is_missing_or_there_twice_is_refused(seq):
    with pytest.raises(ContestError, match="expected its event 3"):
        apply(case("drafted", "submitted"), event("acknowledged", seq, at=MONDAY + 3 * HOUR))


def test_an_event_of_another_case_is_refused():
    other = event("submitted", 2, at=MONDAY + HOUR, case_id="f" * 32)
    with pytest.raises(ContestError, match="expected its event 2"):
        apply(case("drafted"), other)


def test_an_event_before_the_last_one_is_refused_and_one_at_the_same_moment_is_not():
    view = case("drafted")
    assert apply(view, event("submitted", 2)).state == "submitted"
    with pytest.raises(ContestError, match="older than the one before"):
        apply(view, event("submitted", 2, at=MONDAY - HOUR))


def test_a_kind_that_nobody_knows_is_refused():
    strange = Event(
        case_id=CASE, seq=2, at=MONDAY, actor=actor("employee"), kind="pardoned", payload=None
    )
    with pytest.raises(ContestError, match="pardoned cannot happen now"):
        apply(case("drafted"), strange)


def test_an_event_cannot_call_itself_other_than_its_payload():
    """Else a decision could be entered as a note, past every rule on decisions."""
    with pytest.raises(ValidationError, match="but the payload is submitted"):
        Event(**{**dict(event("submitted")), "kind": "notice_sent"})


def test_nobody_is_nobody():
    with pytest.raises(ValidationError):
        Actor(person="", role="employee")


def test_what_is_sent_says_what_is_wrong():
    with pytest.raises(ContestError, match="at least one thing"):
        case(event("drafted", complaints=[]), "submitted")


def test_a_draft_may_name_a_ground_before_it_says_anything_about_it_and_what_is_sent_may_not():
    named = event("drafted", complaints=[{"ground": "wrong_fact"}])

    assert "draft" == case(named).state
    with pytest.raises(ContestError, match="something about each ground"):
        case(named, "submitted")


def test_a_draft_stays_with_its_review_and_its_person():
    with pytest.raises(ContestError, match="stays with its review"):
        case("drafted", event("drafted", at=MONDAY, review_id="r2"))
    with pytest.raises(ContestError, match="whose review it is"):
        case("drafted", event("drafted", at=MONDAY, on_behalf_of="somebody"))
    filed = event("drafted", by=actor("representative"), on_behalf_of="emp")
    again = event("drafted", by=actor("employee"), on_behalf_of="emp")
    assert case(filed, again).employee == "emp"


@pytest.mark.parametrize(
    ("rulings", "ruling", "problem"),
    [
        ({"wrong_fact": "upheld"}, "upheld", "not so for group_bias"),
        ({"wrong_fact": "upheld", "group_bias": "upheld"}, "partly", "add up to upheld"),
        ({"wrong_fact": "upheld", "group_bias": "rejected"}, "upheld", "add up to partly"),
        ({"wrong_fact": "partly", "group_bias": "partly"}, "rejected", "add up to partly"),
        (
            {"wrong_fact": "upheld", "group_bias": "rejected", "process": "rejected"},
            "partly",
            "not so for process",
        ),
        ({"wrong_fact": "rejected", "group_bias": "rejected"}, "rejected", "nothing changes"),
    ],
)
def test_a_decision_rules_once_on_each_ground_and_adds_up(rulings, ruling, problem):
    said = [{"ground": g, "ruling": r, "reason": "because"} for g, r in rulings.items()]
    wrong = event("decided", rulings=said, ruling=ruling)
    with pytest.raises(ContestError, match=problem):
        apply(case_in("under_review"), *later(case_in("under_review"), wrong))


def test_one_ground_ruled_on_twice_is_named():
    said = [
        {"ground": g, "ruling": "upheld", "reason": "because"}
        for g in ("wrong_fact", "group_bias", "wrong_fact")
    ]
    with pytest.raises(ContestError, match="not so for wrong_fact"):
        case(*STORIES["under_review"], event("decided", at=MONDAY + 9 * HOUR, rulings=said))


def test_rulings_add_up():
    assert overall(["upheld", "upheld"]) == "upheld"
    assert overall(["rejected"]) == "rejected"
    assert overall(["upheld", "rejected"]) == "partly"
    assert overall(["partly", "partly"]) == "partly"


def rejected(kind):
    said = [
        {"ground": g, "ruling": "rejected", "reason": "because"}
        for g in ("wrong_fact", "group_bias")
    ]
    return event(kind, at=MONDAY, ruling="rejected", rulings=said, changes=[])


def test_what_was_upheld_is_remedied_by_a_new_version_before_the_case_closes():
    view = case_in("decided")
    assert view.remedy_owed
    with pytest.raises(ContestError, match="has to be remedied"):
        after(view, "closed")
    with pytest.raises(ContestError, match="a version after 1"):
        after(view, event("remedied", review_version=1))
    done = after(view, event("remedied", review_version=2), "closed")
    assert (done.state, done.remedied_version, done.remedy_owed) == ("closed", 2, False)


def test_nothing_is_remedied_where_nothing_was_upheld():
    view = after(case_in("under_review"), rejected("decided"))
    with pytest.raises(ContestError, match="nothing to remedy"):
        after(view, "remedied")
    assert after(view, "closed").state == "closed"


def test_putting_a_part_right_does_not_take_the_appeal_away():
    """Else whoever carried out a decision quickly would have cut the appeal off."""
    view = after(case_in("remedied"), "appealed", "appeal_started", "final")
    assert view.remedy_owed
    with pytest.raises(ContestError, match="a version after 2"):
        after(view, "remedied")
    assert after(view, event("remedied", review_version=3), "closed").remedied_version == 3


def test_there_is_one_appeal():
    done = after(case_in("final"), "remedied")
    with pytest.raises(ContestError, match="routes outside"):
        after(done, "appealed")


def test_what_a_court_has_is_not_erased_and_can_come_back_or_end():
    view = case_in("referred_external")
    assert "erased" not in possible(view)
    assert after(view, "closed").state == "closed"
    assert after(view, "reopened").state == "submitted"
    owed = after(case_in("decided"), "referred_external")
    assert after(owed, "closed").state == "closed"


def test_a_draft_that_was_never_sent_cannot_be_reopened_as_if_it_had_been():
    """Else a contest without a complaint would stand before a decider."""
    with pytest.raises(ContestError, match="never sent"):
        after(case("drafted", "withdrawn"), "reopened")


def test_a_reopened_case_finds_everything_anew():
    before = after(case_in("final"), "remedied", "closed")
    view = after(before, "reopened")
    assert (view.state, view.reopened, view.asked_at) == ("submitted", True, view.last_at)
    assert view.entered["submitted"] == before.entered["submitted"]
    for name in ("decided", "appeal", "final", "decider", "appeal_decider"):
        assert getattr(before, name) is not None
        assert getattr(view, name) is None
    assert {"draft", "submitted"} == set(view.entered)
    assert view.remedied_version == 2
    assert view.draft == before.draft
    again = after(view, "acknowledged", "admitted", "review_started", "decided")
    with pytest.raises(ContestError, match="a version after 2"):
        after(again, "remedied")


def test_a_deadline_stands_still_once_at_a_time():
    view = case_in("admitted")
    with pytest.raises(ContestError, match="running already"):
        after(view, "resumed")
    paused = after(view, "paused")
    with pytest.raises(ContestError, match="stands still already"):
        after(paused, "paused")
    [pause] = after(paused, "resumed").pauses
    assert pause.until - pause.since == HOUR


def test_a_pause_ends_where_the_case_does():
    view = after(case_in("admitted"), "paused", "withdrawn", "reopened")
    assert view.paused_since is None


def test_the_same_missed_day_is_not_entered_twice():
    """Two clocks may be running."""
    view = after(case_in("admitted"), "deadline_missed")
    with pytest.raises(ContestError, match="entered already"):
        after(view, "deadline_missed")


def test_telling_the_hr_system_again_does_not_start_its_time_again():
    """Else a retry each day would keep it from ever being late."""
    view = after(case_in("admitted"), "flag_sent")
    first = view.flag_sent_at
    assert after(view, "flag_sent").flag_sent_at == first
    heard = after(view, "flag_acknowledged")
    assert heard.flag_acknowledged is False
    freed = after(heard, event("flag_sent", in_use=True))
    assert (freed.flag_acknowledged, freed.flag_sent) == (None, True)
    assert freed.flag_sent_at > first


def test_broken_glass_serves_once():
    start = event("review_started", decider="auth")
    view = after(case_in("admitted"), "broken_glass")
    assert [g.person for g in view.glass] == ["auth"]
    begun = after(view, start)
    assert (begun.glass, begun.through_glass) == ((), ("decider",))
    assert after(begun, "gathering", start).through_glass == ("decider",)
    other = after(begun, "gathering", "review_started")
    assert (other.decider, other.through_glass) == ("dec", ())


def test_broken_glass_for_another_role_or_person_is_left_alone():
    view = after(case_in("admitted"), "broken_glass", "review_started")
    assert (len(view.glass), view.through_glass) == (1, ())


@pytest.mark.parametrize("kind", ["broken_glass", "unmasked", "erased"])
@pytest.mark.parametrize("state", STORIES)
def test_a_step_that_takes_two_is_asked_for_where_it_is_possible(state, kind):
    view = case_in(state)
    if kind in EXPECTED[state].split():
        [one] = after(view, asked(kind)).awaits_second
        assert (one.seq, one.step.kind, one.by) == (view.seq + 1, kind, actor(BY[kind]))
        return
    with pytest.raises(ContestError, match=f"{kind} cannot happen now"):
        after(view, asked(kind))


def test_what_was_asked_for_waits_until_it_is_done_or_refused():
    view = after(case_in("admitted"), asked("broken_glass"), asked("unmasked"))
    first, second = view.awaits_second
    assert after(view, "broken_glass").awaits_second == (second,)
    assert after(view, "unmasked").awaits_second == (first,)
    refused = after(view, event("second_refused", asked=first.seq))
    assert refused.awaits_second == (second,)
    with pytest.raises(ContestError, match="waits for a second person"):
        after(refused, event("second_refused", asked=first.seq))
    with pytest.raises(ContestError, match=f"event {second.seq} asked for the same"):
        after(refused, asked("unmasked", reason="another one"))
    assert len(after(refused, asked("unmasked", to="another")).awaits_second) == 2


def test_what_another_person_or_other_words_do_leaves_what_was_asked_for_waiting():
    view = after(case_in("admitted"), asked("broken_glass"))
    for other in (
        event("broken_glass", reason="another one"),
        event("broken_glass", by=actor("data-protection-officer")),
    ):
        assert len(after(view, other).awaits_second) == 1


def test_no_erasure_is_asked_for_while_a_hold_stands():
    with pytest.raises(ContestError, match="legal hold"):
        after(case_in("closed"), "hold_set", asked("erased"))


def test_a_reopened_case_waits_for_no_second_person():
    view = after(case_in("closed"), asked("erased"), "reopened")
    assert view.awaits_second == ()


def test_consent_can_be_given_and_taken_back_and_outlives_reopening():
    view = after(case_in("closed"), "consented")
    assert view.to_reuse
    assert after(view, "reopened").to_reuse
    assert not after(view, event("consented", to_reuse=False)).to_reuse


def test_nothing_is_erased_while_a_hold_stands():
    view = after(case_in("closed"), "hold_set")
    with pytest.raises(ContestError, match="legal hold"):
        after(view, "erased")
    assert after(view, "hold_lifted", "erased").erased


@pytest.mark.parametrize("state", ["draft", "closed", "withdrawn"])
def test_erasing_leaves_the_same_case_as_events_whose_payloads_are_gone(state):
    events = [*story(*STORIES[state])]
    events += later(fold(events), "erased")
    gone = [e.model_copy(update={"payload": None}) for e in events[:-1]]

    assert fold(events) == fold([*gone, events[-1]])
    view = fold(events)
    assert view.erased
    assert (view.employee, view.draft, view.decided, view.evidence) == (None, None, None, ())
    assert not {"reopened", "submitted", "drafted", "erased"} & set(possible(view))


def test_the_case_of_somebody_whose_words_are_gone_is_not_that_of_who_filed_it():
    """A representative filed it; were their id taken for the employee's, it would be theirs."""
    filed = event("drafted", by=actor("representative"), on_behalf_of="emp")
    gone = filed.model_copy(update={"payload": None})
    assert fold([filed]).employee == "emp"
    assert fold([gone]).employee is None


@pytest.mark.parametrize("state", STORIES)
def test_a_case_of_which_every_payload_is_gone_is_still_in_its_state(state):
    gone = [e.model_copy(update={"payload": None}) for e in story(*STORIES[state])]
    view = fold(gone)
    assert state == view.state
    assert case_in(state).entered == view.entered


def test_a_case_as_it_stood_knows_nothing_later():
    events = story(*STORIES["decided"])
    assert as_it_stood(events, MONDAY - HOUR) is None
    stood = as_it_stood(events, MONDAY + timedelta(minutes=90))
    assert stood is not None
    assert (stood.state, stood.decided) == ("submitted", None)


@pytest.mark.parametrize("state", STORIES)
def test_a_case_is_equal_to_its_json(state):
    view = case_in(state)
    assert CaseView.model_validate_json(view.model_dump_json()) == view
