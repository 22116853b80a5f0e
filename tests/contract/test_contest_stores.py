"""What every store of contests promises, held against the one in memory and two databases."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy.event import listens_for

from govern.contest.machine import fold
from govern.domain.access import Visitor, key_of
from govern.domain.contest import Actor, ErasureAsked, NoticeSent, SecondAsked
from govern.domain.contest_store import WITHHELD, Mandate, Notice, Opened, Read
from govern.domain.ledger import Leaf
from govern.domain.review_intake import HrOutcome
from govern.errors import ConflictError, ContestError, InputError, RunError
from govern.ledger.leaf import opens
from govern.ledger.tree import Tree, leaf_hash, verify_inclusion
from govern.store.contests.outbox import check_against, deliver
from govern.testing.contest_steps import BEGAN, Steps, review, sign_in
from govern.testing.contest_store import MemoryContestStore
from govern.testing.ledger import MemoryLeaves

CASE, OTHER, THIRD = (letter * 32 for letter in "abc")
LATER = BEGAN + timedelta(days=365 * 50)
"""Sessions of these tests outlive them: PostgreSQL goes by its own clock."""
FIRST = Leaf(
    id="0" * 32, kind="chain", hour="2026-11-25T12Z", actor_role="record", commitment="0" * 64
)


def token(name: str) -> str:
    return name.ljust(40, "~")


def session(store, person, *roles):
    sign_in(store, token(person), person, *roles, ends=LATER)
    return store.seen_by(token(person), BEGAN)


def enter(store, *events):
    for event in events:
        store.append(event)


def begun():
    ledger = MemoryLeaves()
    ledger.add([FIRST])
    return ledger


def two_contests(store):
    """Ana's contest under review, Bo's sent, a draft of Bo's, and their reviews."""
    bo = {"employee": "bo", "review_id": "r-bo"}
    enter(store, *Steps(CASE).until_under_review(), *Steps(OTHER, **bo).until_under_review()[:2])
    enter(store, Steps(THIRD, **bo).drafted())
    store.intake.put_reviews([review("ana"), review("bo"), review("ana", version=2)])


def one_by_one(reader):
    of = {CASE: "ana", OTHER: "bo", THIRD: "bo"}
    return tuple(
        Opened(reader.events(line.case_id), reader.reviews(of[line.case_id]))
        for line in reader.cases()
    )


class ContestStoreContract:
    """Subclasses give ``store``, an empty one, and ``again``, the same one opened anew."""

    def test_events_come_back_as_they_were_entered(self, store, again):
        events = [*Steps(CASE).until_under_review(), Steps(CASE).decided(reasons="å ∂\n\x07")]
        enter(store, *events)
        enter(store, Steps(OTHER, employee="bo").drafted())

        assert tuple(events) == again().events(CASE)
        assert () == again().events(THIRD)

    def test_the_index_says_where_a_case_stands_and_who_has_a_part_in_it(self, store, again):
        enter(store, *Steps(CASE).until_under_review())
        enter(store, Steps(OTHER, employee="bo").drafted())
        [line] = again().cases(person="dee")
        people = {"employee": "ana", "case-handler": "hal", "decider": "dee"}

        assert (CASE, 5, "under_review", True, False) == (
            line.case_id,
            line.seq,
            line.state,
            line.sent,
            line.on_hold,
        )
        assert {role: store.pseudonym(who) for role, who in people.items()} == {
            party.role: party.person for party in line.parties
        }
        assert [CASE, OTHER] == [one.case_id for one in again().cases()]
        assert [OTHER] == [one.case_id for one in again().cases(states=("draft", "closed"))]
        assert () == again().cases(person="nobody")

    def test_an_event_whose_number_is_taken_or_too_high_is_a_conflict(self, store, again):
        enter(store, Steps(CASE).drafted())

        for seq in (1, 3):
            with pytest.raises(ConflictError):
                again().append(Steps(CASE).drafted(seq, "something else"))
        with pytest.raises(ConflictError):
            store.append(Steps(OTHER).drafted(2))
        assert (Steps(CASE).drafted(),) == again().events(CASE)

    def test_an_event_that_may_not_follow_leaves_no_trace(self, store, again):
        enter(store, *Steps(CASE).until_under_review()[:2])
        notice = a_notice()

        with pytest.raises(ContestError, match="cannot happen now"):
            store.append(Steps(CASE).decided(3), notices=(notice,))
        assert 2 == len(again().events(CASE)) == len(again().outbox.waiting().leaves)
        assert () == again().notices.unsent()

    def test_an_event_of_a_clock_that_jumped_back_is_refused_and_the_next_one_is_not(self, store):
        enter(store, Steps(CASE).drafted())
        submitted = Steps(CASE).until_under_review()[1]
        early = submitted.model_copy(update={"at": BEGAN - timedelta(days=1)})

        with pytest.raises(ContestError, match="older than the one before"):
            store.append(early)
        store.append(submitted)
        assert [1, 2] == [event.seq for event in store.events(CASE)]

    def test_an_event_without_what_it_says_is_refused(self, store):
        with pytest.raises(ContestError, match="is missing"):
            store.append(Steps(CASE).drafted().model_copy(update={"payload": None}))

    def test_every_event_waits_for_the_ledger_and_gets_there_once(self, store, again):
        ledger = begun()
        enter(store, *Steps(CASE).until_under_review()[:3])

        assert 3 == deliver(store.outbox, ledger)
        assert 0 == deliver(again().outbox, ledger)
        enter(store, Steps(OTHER).drafted())
        assert 1 == deliver(again().outbox, ledger)
        assert 5 == len(list(ledger.leaves()))
        assert () == again().outbox.waiting().leaves
        check_against(again().outbox, ledger)

    def test_a_ledger_that_has_not_begun_takes_nothing(self, store):
        enter(store, Steps(CASE).drafted())

        with pytest.raises(RunError, match="has not begun"):
            deliver(store.outbox, MemoryLeaves())
        assert 1 == len(store.outbox.waiting().leaves)

    def test_an_opening_shows_that_a_leaf_is_an_event(self, store, again):
        enter(store, Steps(CASE).drafted())
        opening = again().opening(CASE, 1)
        [leaf] = again().outbox.waiting().leaves

        assert leaf == opening.leaf
        assert ("contest.drafted", "2026-11-25T13Z") == (leaf.kind, leaf.hour)
        assert opens(leaf, Steps(CASE).drafted().as_json(), bytes.fromhex(opening.key))
        assert Steps(CASE).drafted().as_json() == opening.payload
        assert not opens(leaf, Steps(CASE).drafted(1, "else").as_json(), bytes.fromhex(opening.key))
        with pytest.raises(ContestError, match="no event 2"):
            again().opening(CASE, 2)

    def test_erasing_leaves_the_tombstone_the_kinds_and_the_hours(self, store, again):
        ledger = begun()
        steps = Steps(CASE)
        store.append(steps.drafted(), notices=(a_notice(),))
        enter(store, steps.withdrawn(2), Steps(OTHER, employee="bo").drafted())
        store.mandates.give(Mandate(employee="ana", representative="rep", case_id=CASE))
        deliver(store.outbox, ledger)
        store.erase(steps.tombstone(3))
        deliver(store.outbox, ledger)
        first, second, last = again().events(CASE)

        assert ["drafted", "withdrawn"] == [first.kind, second.kind]
        assert Actor(person=WITHHELD, role="employee") == first.actor
        assert (None, BEGAN.replace(hour=13, minute=0)) == (first.payload, first.at)
        assert steps.tombstone(3) == last
        assert fold(again().events(CASE)).erased
        assert () == again().cases(person="ana")
        assert () == again().notices.unsent()
        assert () == again().mandates.of("ana")
        assert () == next(one for one in again().cases() if one.case_id == CASE).parties
        leaves = again().leaves_of(CASE)
        assert ["contest.drafted", "contest.withdrawn", "contest.erased"] == [
            leaf.kind for leaf in leaves
        ]
        assert {leaf.id for leaf in leaves} < {leaf.id for leaf in again().outbox.leaves()}
        assert () == again().leaves_of(THIRD)
        with pytest.raises(ContestError, match="was erased"):
            again().opening(CASE, 1)
        assert 1 == len(again().events(OTHER))

    def test_what_waits_for_a_second_person_comes_back_and_is_erased_with_its_case(
        self, store, again
    ):
        dot = Actor(person="dot", role="data-protection-officer")
        steps = Steps(CASE)
        enter(store, steps.drafted(), steps.withdrawn(2))
        step = ErasureAsked(ground="GDPR 17(1)(b)")
        asked = steps.at(3, dot.person, dot.role, SecondAsked(step=step))
        enter(store, asked)
        [waiting] = fold(again().events(CASE)).awaits_second

        assert (3, dot, step) == (waiting.seq, waiting.by, waiting.step)
        store.erase(steps.tombstone(4))
        view = fold(again().events(CASE))
        assert (True, ()) == (view.erased, view.awaits_second)
        assert None is again().events(CASE)[2].payload

    def test_proofs_still_verify_after_erasure(self, store):
        ledger = begun()
        steps = Steps(CASE)
        enter(store, steps.drafted(), steps.withdrawn(2))
        deliver(store.outbox, ledger)
        before = Tree(leaf_hash(raw) for raw in ledger.leaves())
        proof, root = before.inclusion(1), before.root()
        store.erase(steps.tombstone(3))
        deliver(store.outbox, ledger)
        leaves = list(ledger.leaves())

        verify_inclusion(leaf=leaf_hash(leaves[1]), index=1, size=3, proof=proof, root=root)
        assert root == Tree(leaf_hash(raw) for raw in leaves).root(3)
        assert 4 == len(leaves)
        check_against(store.outbox, ledger)

    def test_under_a_legal_hold_nothing_is_erased(self, store, again):
        steps = Steps(CASE)
        enter(store, steps.drafted(), steps.withdrawn(2), steps.hold(3))

        with pytest.raises(ContestError, match="legal hold"):
            store.erase(steps.tombstone(4))
        assert steps.drafted() == again().events(CASE)[0]
        assert again().cases()[0].on_hold
        enter(store, steps.lifted(4))
        store.erase(steps.tombstone(5))
        assert again().cases()[0].erased

    def test_only_a_tombstone_erases_and_it_is_entered_in_no_other_way(self, store):
        steps = Steps(CASE)
        enter(store, steps.drafted())

        with pytest.raises(ContestError, match="erase"):
            store.append(steps.tombstone(2))
        with pytest.raises(ContestError, match="erases nothing"):
            store.erase(steps.withdrawn(2))

    def test_what_happens_after_erasure_is_kept(self, store, again):
        steps = Steps(CASE)
        enter(store, *steps.until_under_review(), steps.withdrawn(6))
        store.erase(steps.tombstone(7))
        late = steps.at(8, "clock", "clock", NoticeSent(notice="decision", to="ana"))
        store.append(late)

        assert late == again().events(CASE)[-1]

    def test_a_session_sees_its_own_cases_and_reviews_and_no_others(self, store):
        enter(store, *Steps(CASE).until_under_review())
        enter(store, Steps(OTHER, employee="bo", review_id="r-bo").drafted())
        store.intake.put_reviews([review("ana"), review("bo")])
        ana = session(store, "ana", "employee")

        assert [CASE] == [line.case_id for line in ana.cases()]
        assert store.events(CASE) == ana.events(CASE)
        assert () == ana.events(OTHER)
        assert review("ana") == ana.review("r-ana")
        assert None is ana.review("r-bo")
        assert (review("ana"),) == ana.reviews("ana") == store.reviews("ana")
        assert () == ana.reviews("bo")
        assert () == ana.cases(person="bo")

    @pytest.mark.parametrize(
        ("person", "role"),
        [
            ("ana", "employee"),
            ("rep", "representative"),
            ("dee", "decider"),
            ("eve", "decider"),
            ("hal", "case-handler"),
            ("dot", "data-protection-officer"),
            ("aud", "auditor"),
            ("bo", "board"),
        ],
    )
    def test_cases_read_at_once_are_what_each_is_by_itself(self, store, person, role):
        two_contests(store)
        store.mandates.give(Mandate(employee="bo", representative="rep"))
        reader = session(store, person, role)
        found = one_by_one(reader)

        assert found == reader.opened() == reader.opened()
        assert one_by_one(store) == store.opened()
        assert found == reader.opened()

    def test_cases_are_read_at_once_by_person_and_by_state(self, store, again):
        two_contests(store)
        ana, bo, drafted = one_by_one(again())

        assert (ana,) == again().opened(person="dee")
        assert (bo, drafted) == again().opened(person="bo")
        assert (drafted,) == again().opened(states=("draft",))
        assert (bo,) == again().opened(person="bo", states=("submitted", "under_review"))
        assert () == again().opened(person="nobody")
        assert (review("ana"), review("ana", version=2)) == ana.reviews
        assert (review("bo"),) == bo.reviews == drafted.reviews

    def test_what_was_erased_is_in_no_later_reading(self, store, again):
        two_contests(store)
        other = again()
        assert 3 == len(store.opened()) == len(other.opened())
        store.erase(Steps(THIRD, employee="bo", review_id="r-bo").tombstone(2))
        store.append(Steps(OTHER, employee="bo", review_id="r-bo").withdrawn(3))
        store.intake.forget("bo")

        for reader in (store, other, again()):
            _, ended, erased = reader.opened()
            assert ((), ()) == (ended.reviews, erased.reviews)
            assert [None] == [event.payload for event in erased.events[:-1]]
            assert () == reader.reviews("bo")

    def test_mandates_of_several_people_are_read_at_once(self, store):
        given = [Mandate(employee=who, representative="rep") for who in ("ana", "bo", "cyd")]
        for one in given:
            store.mandates.give(one)

        assert (given[0], given[2]) == store.mandates.of_each({"ana", "cyd", "dan"})
        assert () == store.mandates.of_each(())

    def test_a_token_that_is_none_or_ran_out_or_was_revoked_sees_nothing(self, store):
        enter(store, *Steps(CASE).until_under_review())
        visitor = Visitor(person="ana", name="Ana", roles=("employee",), by="one-time link")
        sign_in(store, token("late"), "ana", "employee", ends=BEGAN - timedelta(days=900))
        store.doors.offer(key_of(token("link")), visitor, until=LATER)
        session(store, "ana", "employee")
        store.doors.end(key_of(token("ana")))

        for given in ("", "late", "link", "ana", "' OR 1=1 --", "made up"):
            assert () == store.seen_by(token(given), BEGAN).cases()
            assert () == store.seen_by(given, BEGAN).events(CASE)

    def test_a_representative_sees_the_cases_they_were_given(self, store):
        enter(store, Steps(CASE).drafted(), Steps(OTHER).drafted())
        enter(store, Steps(THIRD, employee="bo", review_id="r-bo").drafted())
        store.intake.put_reviews([review("ana"), review("bo")])
        rep = session(store, "rep", "representative")
        one = Mandate(employee="ana", representative="rep", case_id=CASE)
        every = Mandate(employee="bo", representative="rep")

        assert () == rep.cases()
        store.mandates.give(one)
        store.mandates.give(one)
        assert [CASE] == [line.case_id for line in rep.cases()]
        assert (1, 0) == (len(rep.events(CASE)), len(rep.events(OTHER)))
        assert (review("ana"), None) == (rep.review("r-ana"), rep.review("r-bo"))
        store.mandates.give(every)
        assert [CASE, THIRD] == [line.case_id for line in rep.cases()]
        assert review("bo") == rep.review("r-bo")
        assert ((review("ana"),), (review("bo"),)) == (rep.reviews("ana"), rep.reviews("bo"))
        assert (one, every) == store.mandates.held_by("rep")
        assert ((one,), (every,)) == (store.mandates.of("ana"), store.mandates.of("bo"))
        store.mandates.end(one)
        store.mandates.end(every)
        assert () == rep.cases() == rep.reviews("ana") == store.mandates.held_by("rep")
        assert () == session(store, "bo", "representative").cases()

    def test_a_decider_sees_the_cases_that_they_opened(self, store):
        enter(store, *Steps(CASE).until_under_review(), Steps(OTHER, employee="bo").drafted())
        dee = session(store, "dee", "decider")

        assert [CASE] == [line.case_id for line in dee.cases()]
        assert () == session(store, "eve", "decider").cases()
        assert () == session(store, "hal", "decider").cases()

    def test_a_handler_sees_what_was_sent_but_not_their_own_contest(self, store):
        enter(store, *Steps(CASE).until_under_review(), Steps(OTHER, employee="bo").drafted())
        enter(store, *Steps(THIRD, employee="hal").until_under_review()[:2])
        hal = session(store, "hal", "case-handler")

        assert [CASE] == [line.case_id for line in hal.cases()]
        assert store.events(CASE) == hal.events(CASE)
        assert [THIRD] == [
            line.case_id
            for line in session(store, "dot", "data-protection-officer").cases()
            if line.case_id != CASE
        ]

    def test_an_auditor_sees_steps_without_texts_and_without_names(self, store):
        enter(store, *Steps(CASE).until_under_review(), Steps(OTHER, employee="bo").drafted())
        store.intake.put_reviews([review("ana")])
        auditor = session(store, "aud", "auditor")
        seen = auditor.events(CASE)

        assert [CASE] == [line.case_id for line in auditor.cases()]
        assert [event.kind for event in store.events(CASE)] == [event.kind for event in seen]
        assert {None} == {event.payload for event in seen}
        assert {WITHHELD} == {event.actor.person for event in seen}
        assert None is auditor.review("r-ana")

    @pytest.mark.parametrize("role", ["board", "hr-system", "clock"])
    def test_other_roles_see_nothing_even_where_they_have_a_part(self, store, role):
        enter(store, *Steps(CASE).until_under_review())

        assert () == session(store, "ana", role).cases()

    def test_reviews_are_kept_once_and_never_replaced(self, store, again):
        first, second = review(), review(version=2, final="Better.")

        assert 2 == store.intake.put_reviews([first, second])
        assert 0 == again().intake.put_reviews([first])
        with pytest.raises(InputError, match="version 2"):
            store.intake.put_reviews([review("bo"), review(version=2, final="Worse.")])
        assert (first, second) == again().intake.reviews("ana") == again().intake.reviews()
        assert (second, first, None) == (
            again().review("r-ana"),
            again().review("r-ana", 1),
            again().review("r-ana", 3),
        )

    def test_outcomes_are_kept_once(self, store, again):
        rating = HrOutcome(employee="ana", kind="rating", on=BEGAN.date(), value=3.5)
        leaver = HrOutcome(employee="bo", kind="leaver", on=BEGAN.date(), value="moved")

        assert 2 == store.intake.put_outcomes([rating, leaver])
        assert 0 == again().intake.put_outcomes([leaver, rating])
        assert (rating, leaver) == again().intake.outcomes()
        assert (leaver,) == again().intake.outcomes("bo")

    def test_a_person_is_forgotten_once_their_cases_have_ended(self, store, again):
        steps = Steps(CASE)
        enter(store, *steps.until_under_review()[:2])
        outcome = HrOutcome(employee="ana", kind="rating", on=BEGAN.date(), value=3.5)
        store.intake.put_reviews([review("ana"), review("bo")])
        store.intake.put_outcomes([outcome])
        store.mandates.give(Mandate(employee="ana", representative="rep"))
        ana = session(store, "ana", "employee")

        with pytest.raises(ContestError, match="legal hold"):
            store.intake.forget("ana")
        enter(store, steps.withdrawn(3), steps.hold(4))
        with pytest.raises(ContestError, match="legal hold"):
            store.intake.forget("ana")
        enter(store, steps.lifted(5))
        assert 4 <= store.intake.forget("ana")
        assert ((review("bo"),), ()) == (again().intake.reviews(), again().intake.outcomes())
        assert () == ana.cases() == again().mandates.of("ana")

    def test_a_notice_is_given_out_until_it_was_sent(self, store, again):
        soon, late = a_notice("1"), a_notice("2", due=BEGAN + timedelta(hours=9))
        store.append(Steps(CASE).drafted(), notices=(soon, late))
        hour = timedelta(hours=1)

        def take(when):
            return again().notices.take(when, pauses=(hour, 2 * hour), most=10)

        assert () == take(BEGAN - hour)
        assert (soon,) == take(BEGAN)
        assert () == take(BEGAN + hour / 2)
        [second] = take(BEGAN + hour)
        assert (soon.notice_id, "ana", 1) == (second.notice_id, second.to, second.attempts)
        store.notices.sent(soon.notice_id, BEGAN + hour)
        assert () == take(BEGAN + 2 * hour)
        assert (late,) == again().notices.unsent()
        assert (late,) == take(BEGAN + 9 * hour)

    def test_pauses_between_attempts_grow_until_the_last(self, store):
        """Attempts at 0, 1, 3 and 5 hours: pauses of one hour, two, and two again."""
        store.append(Steps(CASE).drafted(), notices=(a_notice(),))
        hour = timedelta(hours=1)

        def taken(hours: int) -> int:
            when = BEGAN + hours * hour
            return len(store.notices.take(when, pauses=(hour, 2 * hour), most=1))

        assert [1, 1, 0, 1, 0, 1] == [taken(hours) for hours in range(6)]

    def test_a_clock_that_jumps_back_sends_no_notice_twice(self, store):
        store.append(Steps(CASE).drafted(), notices=(a_notice(),))
        hour = timedelta(hours=1)
        [taken] = store.notices.take(BEGAN, pauses=(hour,), most=1)
        store.notices.sent(taken.notice_id, BEGAN - 30 * hour)

        assert () == store.notices.take(BEGAN - 30 * hour, pauses=(hour,), most=1)
        assert () == store.notices.take(BEGAN + 30 * hour, pauses=(hour,), most=1)

    def test_reads_are_logged(self, store, again):
        hal = Actor(person="hal", role="case-handler")
        one = Read(at=BEGAN, actor=hal, what="case", case_id=CASE)
        other = Read(at=BEGAN, actor=hal, what="statistics")
        store.read_log.log(one)
        store.read_log.log(other)

        assert (one, other) == again().read_log.reads()
        assert (one,) == again().read_log.reads(CASE)


def a_notice(number: str = "1", *, due=BEGAN) -> Notice:
    return Notice(
        notice_id=number * 32,
        case_id=CASE,
        notice="delay",
        text="delay",
        day=BEGAN.date(),
        to="ana",
        due=due,
    )


class TestMemory(ContestStoreContract):
    @pytest.fixture
    def store(self):
        return MemoryContestStore()

    @pytest.fixture
    def again(self, store):
        return lambda: store


class Database(ContestStoreContract):
    @pytest.fixture
    def store(self, again):
        return again()

    def test_of_two_deciders_at_once_one_decides_and_the_other_is_told(self, store, again):
        enter(store, *Steps(CASE).until_under_review())
        told: list[str] = []
        start = threading.Barrier(2)

        def decide(mine, reasons: str) -> None:
            start.wait()
            try:
                mine.append(Steps(CASE).decided(reasons=reasons))
            except ConflictError:
                told.append(reasons)

        racers = [threading.Thread(target=decide, args=(again(), one)) for one in "xy"]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()
        decided = store.events(CASE)[-1].payload

        assert 6 == len(store.events(CASE))
        assert ["x", "y"] == sorted([decided.reasons, *told])
        assert 6 == len(store.outbox.waiting().leaves)

    def test_two_who_deliver_at_once_deliver_once(self, store, again):
        enter(store, *[Steps(f"{n:032x}", review_id=f"r{n}").drafted() for n in range(12)])
        ledger = begun()
        start = threading.Barrier(2)
        delivered: list[int] = []

        def bring(mine) -> None:
            start.wait()
            delivered.append(deliver(mine.outbox, ledger))

        racers = [threading.Thread(target=bring, args=(again(),)) for _ in range(2)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()

        assert 12 == sum(delivered)
        assert 13 == len(list(ledger.leaves()))
        check_against(store.outbox, ledger)

    @pytest.mark.parametrize("others", [True, False])
    @pytest.mark.parametrize("how", ["erased", "forgotten"])
    def test_what_was_deleted_by_whatever_process_is_kept_in_no_memory(
        self, store, again, how, others
    ):
        enter(store, Steps(CASE).drafted(), Steps(CASE).withdrawn(2))
        store.intake.put_reviews([review("ana")])
        store.opened()
        assert 2 == len(store.kept_open)
        by = again() if others else store
        if how == "erased":
            by.erase(Steps(CASE).tombstone(3))
        else:
            by.intake.forget("ana")
        store.doors.find("the next page")

        assert 0 == len(store.kept_open)
        assert store.opened()
        assert len(store.kept_open)
        store.doors.find("the page after that")
        assert len(store.kept_open)

    def test_two_who_leave_word_of_a_case_at_once_both_get_in(self, store, again):
        start = threading.Barrier(8)
        failed = []

        def leave(words) -> None:
            start.wait()
            try:
                words.leaves(CASE, in_use=False)
            except BaseException as err:
                failed.append(err)
                raise

        racers = [threading.Thread(target=leave, args=(again().words,)) for _ in range(8)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()

        assert [] == failed
        assert {CASE: False} == again().words.leaving()


class TestSqlite(Database):
    @pytest.fixture
    def again(self, sqlite_url, opened):
        return lambda: opened(sqlite_url)

    def test_of_fifty_who_write_at_once_each_gets_in_after_the_one_before(self, store):
        """SQLite has those who wait ask again now and then: of many, some never got in."""
        engine = store._base.database._engine
        waiting: set[int] = set()
        most = []

        @listens_for(engine, "before_cursor_execute")
        def asks(connection, cursor, statement, *_):
            if statement == "BEGIN IMMEDIATE":
                waiting.add(threading.get_ident())
                most.append(len(waiting))

        @listens_for(engine, "commit")
        def done(connection):
            waiting.discard(threading.get_ident())

        start = threading.Barrier(50)

        def look(number: int) -> None:
            start.wait()
            actor = Actor(person=f"p-{number}", role="case-handler")
            store.read_log.log(Read(at=BEGAN, actor=actor, what="queue"))

        racers = [threading.Thread(target=look, args=(number,)) for number in range(50)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()

        assert 50 == len({read.actor.person for read in store.read_log.reads()})
        assert 1 == max(most)


class TestPostgres(Database):
    @pytest.fixture
    def again(self, logins, opened):
        return lambda: opened(logins.app, logins.reader)
