"""Whatever is tried, by whomever, in whatever order: what a contest can never come to."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from govern.contest.calendar import Calendar
from govern.contest.deadlines import Deadlines, clock_events, due
from govern.contest.flags import hr_flag
from govern.contest.machine import TRANSITIONS, apply, fold, overall, possible
from govern.contest.rules import TWO_PEOPLE, permit
from govern.contest.visibility import shown, visible
from govern.domain.contest import Actor
from govern.errors import ContestError
from govern.testing.contests import BY, FACTS, MONDAY, PEOPLE, actor, asked, event

NEVER = {"emp", "rep"}
TIED = {"auth", "mgr", "head", "colleague", "owner", "chair", "signer", "handler"}
ANYBODY = sorted({*PEOPLE.values(), *TIED, "dec", "app", "stranger"})
ACTORS = st.builds(Actor, person=st.sampled_from(ANYBODY), role=st.sampled_from(sorted(PEOPLE)))
STEPS = st.tuples(st.sampled_from(sorted(set(TRANSITIONS) - {"deadline_missed"})), ACTORS)
STARTS = {"decider": "review_started", "appeal-decider": "appeal_started"}
RULINGS = st.sampled_from(["upheld", "partly", "rejected"])
CALENDAR, DEADLINES = Calendar(), Deadlines()


class Contest(RuleBasedStateMachine):
    """Enters what is permitted and possible, and is refused the rest."""

    @initialize()
    def filed(self):
        self.events = [event("drafted")]
        self.view = fold(self.events)
        self.now = MONDAY

    def enter(self, kind, by, **changes):
        self.try_to(event(kind, at=self.now, by=by, **changes))

    def try_to(self, made):
        made = made.model_copy(update={"seq": self.view.seq + 1, "at": self.now})
        try:
            permit(made, self.view, FACTS)
            after = apply(self.view, made)
        except ContestError:
            return
        self.events.append(made)
        self.view = after

    @rule(step=STEPS, hours=st.integers(0, 100), one=RULINGS, other=RULINGS)
    def anybody_tries_anything(self, step, hours, one, other):
        kind, by = step
        self.now += timedelta(hours=hours)
        changes = {}
        if kind in ("decided", "final"):
            rulings = [("wrong_fact", one), ("group_bias", other)]
            said = [{"ground": g, "ruling": r, "reason": "because"} for g, r in rulings]
            ruling = overall([one, other])
            changes = {"rulings": said, "ruling": ruling}
            if ruling == "rejected":
                changes["changes"] = []
        if kind in ("review_started", "appeal_started"):
            changes = {"decider": by.person}
        if kind == "remedied":
            changes = {"review_version": (self.view.remedied_version or 1) + 1}
        self.enter(kind, by, **changes)

    @rule(pick=st.integers(0, 10_000), hours=st.integers(0, 100), one=RULINGS, other=RULINGS)
    def who_may_does_what_is_possible(self, pick, hours, one, other):
        kinds = [kind for kind in possible(self.view) if kind != "deadline_missed"]
        if not kinds:
            return
        kind = kinds[pick % len(kinds)]
        self.anybody_tries_anything((kind, actor(BY[kind])), hours, one, other)

    @rule(one=RULINGS, other=RULINGS, appeal=st.booleans())
    def somebody_does_the_next_thing(self, one, other, appeal):
        """Else no sequence of chance would come as far as an appeal."""
        ahead = ("submitted", "acknowledged", "admitted", "review_started", "decided")
        end = ("remedied", "closed", "reopened")
        appeals = ("appealed", "appeal_started", "final")
        order = (*appeals, *ahead, *end) if appeal else (*ahead, *end)
        for kind in order:
            before = self.view.seq
            if kind in possible(self.view):
                self.anybody_tries_anything((kind, actor(BY[kind])), 1, one, other)
            if self.view.seq > before:
                return

    @rule(person=st.sampled_from(sorted(TIED | NEVER)), role=st.sampled_from(list(STARTS)))
    def two_people_let_somebody_in(self, person, role):
        self.try_to(asked("broken_glass", person=person, role=role))
        self.enter("broken_glass", actor("case-handler"), person=person, role=role)
        self.enter(STARTS[role], actor(role, person), decider=person)

    @rule(kind=st.sampled_from(sorted(TWO_PEOPLE)))
    def somebody_asks_for_a_second_person(self, kind):
        self.try_to(asked(kind))

    @precondition(lambda self: self.view.awaits_second)
    @rule(by=ACTORS)
    def somebody_refuses_the_first_that_was_asked_for(self, by):
        self.enter("second_refused", by, asked=self.view.awaits_second[0].seq)

    @precondition(lambda self: self.view.asked_at)
    @rule(days=st.integers(-30, 30))
    def the_clock_enters_what_was_missed(self, days):
        """Also when it jumps back."""
        at = self.now + timedelta(days=days)
        for missed in clock_events(self.view, DEADLINES, CALENDAR, at):
            self.enter("deadline_missed", actor("clock"), **missed.model_dump(exclude={"kind"}))

    @invariant()
    def a_case_is_its_events_and_misses_none(self):
        assert fold(self.events) == self.view
        assert len(self.events) == self.view.seq
        assert [e.seq for e in self.events] == list(range(1, len(self.events) + 1))

    @invariant()
    def without_payloads_it_is_in_the_same_state(self):
        gone = fold([e.model_copy(update={"payload": None}) for e in self.events])
        assert gone.state == self.view.state
        assert gone.entered == self.view.entered

    @invariant()
    def nobody_but_the_person_or_who_speaks_for_them_withdraws_or_appeals(self):
        by = {e.actor.person for e in self.events if e.kind in ("withdrawn", "appealed")}
        assert by <= {"emp", "rep"}

    @invariant()
    def nobody_with_a_tie_decides_but_through_glass_that_two_broke(self):
        let_in = set()
        for e in self.events:
            if e.kind == "broken_glass":
                assert e.actor.person != e.payload.second.person
                let_in.add((e.payload.person, e.payload.role))
            if e.kind in ("review_started", "decided", "appeal_started", "final"):
                assert e.actor.person not in NEVER
                if e.actor.person in TIED:
                    assert (e.actor.person, e.actor.role) in let_in

    @invariant()
    def what_takes_two_was_asked_for_before_by_whom_it_was_done(self):
        waiting = set()
        for e in self.events:
            if e.kind == "second_asked":
                waiting.add((e.actor, e.payload.step.kind))
            if e.kind in TWO_PEOPLE:
                assert (e.actor, e.kind) in waiting

    @invariant()
    def nobody_decides_an_appeal_against_themselves(self):
        if self.view.appeal_decider:
            assert self.view.appeal_decider != self.view.decider

    @invariant()
    def a_reopened_case_remembers_no_ruling(self):
        if self.events[-1].kind == "reopened":
            assert self.view.decided is None
            assert self.view.final is None
            assert self.view.changes == ()

    @invariant()
    def no_deadline_is_missed_twice_in_a_round(self):
        rounds = [i for i, e in enumerate(self.events) if e.kind in ("reopened", "flag_sent")]
        last = self.events[max(rounds, default=0) :]
        missed = [e.payload.duty for e in last if e.kind == "deadline_missed"]
        told = [d for d in missed if d in ("acknowledge", "explain", "decide")]
        assert len(told) == len(set(told))

    @invariant()
    def the_rating_is_not_used_while_anything_is_due_to_the_person(self):
        duties = {d.duty for d in due(self.view, DEADLINES, CALENDAR, self.now)}
        if duties - {"hr_acknowledge"}:
            assert not hr_flag(self.view)

    @invariant()
    def an_unsent_draft_is_seen_by_nobody_else(self):
        if self.view.asked_at is None:
            for role in ("case-handler", "decider", "auditor", "board"):
                seen = visible(actor(role), self.view, FACTS)
                assert seen == "none"

    @invariant()
    def what_anybody_sees_of_it_is_a_case(self):
        for sight in ("own", "facts_only", "pseudonymous", "full"):
            seen = shown(self.view, sight)
            assert type(seen).model_validate_json(seen.model_dump_json()) == seen


Contest.TestCase.settings = settings(max_examples=50, stateful_step_count=40)
TestContest = Contest.TestCase
