"""What people do with contests, over a real store: from filing to closure, and what is refused."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest

from govern.app import contest_clock, contest_steps, mandates
from govern.app import contests as app
from govern.app.case_store import KEY, KEY_FILE, STORE
from govern.app.contest_check import Checked, check
from govern.app.contest_export import COLUMNS, as_csv, export
from govern.app.contest_record import stats
from govern.app.contest_settings import calendar_of, read_settings
from govern.contest.calendar import Calendar
from govern.domain.contest import Actor, Drafted, Event
from govern.domain.contest_store import Mandate
from govern.domain.ledger import Leaf
from govern.errors import ConflictError, ContestError, InputError, IntegrityError, RunError
from govern.report.csv_text import inert
from govern.sources.locate import Project
from govern.store.contests.outbox import check_against
from govern.testing.contests import SAMPLES, asked, payload, review

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
EMPLOYEE = Actor(person="emp", role="employee")
HANDLER = Actor(person="handler", role="case-handler")
DECIDER = Actor(person="dec", role="decider")
APPEAL = Actor(person="app", role="appeal-decider")
DPO = Actor(person="dpo", role="data-protection-officer")
AUDITOR = Actor(person="aud", role="auditor")
SCRIPT = "<script>alert(1)</script>"


def reviews():
    """The contested review, and those that say who stands above whom."""

    def of(person: str, *line: str):
        return review(review_id=f"r-{person}", employee=person, manager=line[0], author=line[0],
                      line=line, ai_role="none")  # fmt: skip

    return [
        review(ai_role="none"),
        review(ai_role="none", version=2, final="You closed 21 tickets this year."),
        of("auth", "head", "top"),
        of("dec", "other-head", "top-2"),
        of("app", "third-head", "top-3"),
        of("handler", "people-head", "top"),
    ]


@pytest.fixture
def contests(tmp_path, monkeypatch):
    for name in (STORE, KEY, KEY_FILE, "GOVERN_RECORD_URL"):
        monkeypatch.delenv(name, raising=False)
    opened = app.open_contests(Project(tmp_path, configured=False))
    opened.store.intake.put_reviews(reviews())
    yield opened
    opened.store.close()


def draft(**changes: object) -> Drafted:
    return Drafted.model_validate({**SAMPLES["drafted"], **changes})


class Case:
    """A case that goes on, an hour a step."""

    def __init__(self, contests: app.Contests, **changes: object) -> None:
        self.contests = contests
        self.now = NOW
        self.id = contest_steps.file(contests, EMPLOYEE, draft(**changes), now=NOW).case_id

    def go(self, who: Actor, kind: str, **changes: object) -> contest_steps.Kept:
        self.now += timedelta(hours=1)
        said = payload(kind, **changes)
        return contest_steps.act(self.contests, who, self.id, said, now=self.now)

    def ask(self, first: Actor, kind: str, **changes: object) -> int:
        """Ask for a step that takes two; the number of the event."""
        said = asked(kind, **changes).payload
        assert said is not None
        self.now += timedelta(hours=1)
        return contest_steps.act(self.contests, first, self.id, said, now=self.now).seq

    def agree(self, second: Actor, number: int) -> contest_steps.Kept:
        self.now += timedelta(hours=1)
        return contest_steps.agree(self.contests, second, self.id, number, now=self.now)

    def until_decided(self) -> Case:
        self.go(HANDLER, "acknowledged")
        self.go(HANDLER, "admitted")
        self.go(DECIDER, "review_started")
        self.go(DECIDER, "decided")
        return self

    @property
    def events(self) -> tuple[Event, ...]:
        return self.contests.store.events(self.id)


def test_a_contest_goes_from_filing_to_appeal_remedy_and_closure(contests):
    case = Case(contests).until_decided()
    case.go(EMPLOYEE, "appealed")
    case.go(APPEAL, "appeal_started")
    case.go(APPEAL, "final")
    case.go(HANDLER, "remedied", review_version=2)
    kept = case.go(HANDLER, "closed")

    assert kept.shown is not None
    assert kept.shown.view.state == "closed"
    assert kept.why_not_in_ledger is None
    assert [e.kind for e in case.events][-3:] == ["final", "remedied", "closed"]
    check_against(contests.store.outbox, contests.leaves)
    assert contests.store.outbox.waiting().leaves == ()
    told = {(n.notice, n.to) for n in contests.store.notices.unsent()}
    assert {
        ("explanation", "emp"),
        ("no_retaliation", "auth"),
        ("no_retaliation", "mgr"),
        ("appeal_decision", "emp"),
    } <= told


def test_the_hr_system_has_to_be_told_until_somebody_enters_that_it_was(contests):
    case = Case(contests)
    kept = case.go(HANDLER, "acknowledged")
    assert kept.shown is not None
    assert kept.shown.flag is not None
    assert not kept.shown.flag.in_use
    ticked = contest_clock.clock(contests, now=case.now)
    assert [(c, f.in_use) for c, f in ticked.flags] == [(case.id, False)]
    case.go(HANDLER, "flag_sent")
    assert contest_clock.clock(contests, now=case.now).flags == ()


@pytest.mark.parametrize(
    ("person", "why"),
    [
        ("auth", "they wrote the review"),
        ("mgr", "they lead the employee"),
        ("emp", "the review is about them"),
        ("head", "they lead the author or the manager"),
        ("handler", "they handle the case"),
        ("stranger", "nobody knows whether they report"),
    ],
)
def test_who_is_near_to_the_review_does_not_decide(contests, person, why):
    case = Case(contests)
    case.go(HANDLER, "acknowledged")
    case.go(HANDLER, "admitted")
    with pytest.raises(ContestError, match=why):
        case.go(Actor(person=person, role="decider"), "review_started", decider=person)
    assert len(case.events) == 4


def test_the_same_decider_does_not_decide_the_appeal(contests):
    case = Case(contests).until_decided()
    case.go(EMPLOYEE, "appealed")
    with pytest.raises(ContestError, match="they decided first"):
        case.go(Actor(person="dec", role="appeal-decider"), "appeal_started", decider="dec")


def test_of_a_pipeline_without_a_known_owner_nobody_is_shown_to_be_independent(contests):
    drafted = review(review_id="r-ai", fingerprint="a" * 64)
    contests.store.intake.put_reviews([drafted])
    case = Case(contests, review_id="r-ai")
    case.go(HANDLER, "acknowledged")
    case.go(HANDLER, "admitted")
    with pytest.raises(ContestError, match="nobody knows whether they own the pipeline"):
        case.go(DECIDER, "review_started")
    number = case.ask(HANDLER, "broken_glass", person="dec", reason="the owner is not recorded")
    with pytest.raises(ContestError, match="nobody knows whether they own the pipeline"):
        case.go(DECIDER, "review_started")
    case.agree(DPO, number)
    kept = case.go(DECIDER, "review_started")
    assert kept.shown is not None
    assert kept.shown.view.through_glass == ("decider",)


def test_a_changed_review_has_to_be_there_before_the_remedy_is_entered(contests):
    case = Case(contests).until_decided()
    with pytest.raises(ContestError, match="version 3: not among what came in"):
        case.go(HANDLER, "remedied", review_version=3)
    assert case.go(HANDLER, "remedied", review_version=2).shown


def test_a_case_closes_only_after_the_time_to_appeal(contests):
    case = Case(contests).until_decided()
    case.go(HANDLER, "remedied", review_version=2)
    with pytest.raises(ContestError, match="can appeal until 2026-03-16"):
        case.go(HANDLER, "closed")
    case.now += 15 * DAY
    assert case.go(HANDLER, "closed").shown


def test_holidays_move_the_end_of_the_time_to_appeal(contests):
    calendar = Calendar(frozenset({date(2026, 3, 4), date(2026, 3, 5)}))
    case = Case(replace(contests, calendar=calendar)).until_decided()
    case.go(HANDLER, "remedied", review_version=2)
    with pytest.raises(ContestError, match="can appeal until 2026-03-18"):
        case.go(HANDLER, "closed")


def test_a_clock_that_jumps_back_does_not_turn_a_case_around(contests):
    case = Case(contests)
    case.now = NOW - 3 * DAY
    case.go(HANDLER, "acknowledged")
    assert [e.at for e in case.events] == [NOW, NOW, NOW]


def test_what_somebody_did_not_see_they_do_not_act_on(contests):
    case = Case(contests)
    case.go(HANDLER, "acknowledged")
    with pytest.raises(ConflictError, match="you saw its event 2, it is at 3"):
        contest_steps.act(contests, HANDLER, case.id, payload("admitted"), now=NOW, seen=2)


def test_a_contest_of_a_review_that_never_came_in_is_refused(contests):
    with pytest.raises(ContestError, match="not among what came in"):
        contest_steps.file(contests, EMPLOYEE, draft(review_version=9), now=NOW)


def test_what_cannot_be_sent_leaves_no_draft_behind(contests):
    with pytest.raises(ContestError, match="at least one thing"):
        contest_steps.file(contests, EMPLOYEE, draft(complaints=()), now=NOW)
    with pytest.raises(ContestError, match="not your review"):
        contest_steps.file(contests, Actor(person="mallory", role="employee"), draft(), now=NOW)
    assert contests.store.cases() == ()


def test_a_draft_can_wait_and_nobody_else_sees_it(contests):
    case_id = contest_steps.file(
        contests, EMPLOYEE, draft(complaints=()), now=NOW, send=False
    ).case_id
    assert app.list_(contests, HANDLER, now=NOW) == ()
    contest_steps.act(contests, EMPLOYEE, case_id, draft(), now=NOW)
    kept = contest_steps.act(contests, EMPLOYEE, case_id, payload("submitted"), now=NOW)
    assert kept.shown is not None
    assert kept.shown.view.state == "submitted"
    assert len(app.list_(contests, HANDLER, now=NOW)) == 1


def test_a_representative_speaks_for_who_asked_them_and_nobody_else(contests):
    rep = Actor(person="rep", role="representative")
    said = draft(on_behalf_of="emp")
    with pytest.raises(ContestError, match="has not asked you"):
        contest_steps.file(contests, rep, said, now=NOW)
    contests.store.mandates.give(Mandate(employee="emp", representative="rep"))
    case_id = contest_steps.file(contests, rep, said, now=NOW).case_id
    assert app.show(contests, rep, case_id, now=NOW).visibility == "own"


def test_missed_days_are_entered_once_and_escalate(contests):
    case = Case(contests)
    late = NOW + 20 * DAY
    first = contest_clock.clock(contests, now=late)
    again = contest_clock.clock(contests, now=late)
    assert {e.payload.duty for e in first.entered if e.payload} == {
        "acknowledge",
        "explain",
        "decide",
    }
    assert again.entered == ()
    assert {e.case_id for e in first.entered} == {case.id}
    assert ("delay", "role:board") in {(n.notice, n.to) for n in contests.store.notices.unsent()}


def test_a_case_in_which_somebody_acts_just_now_waits_for_the_next_tick(contests):
    case = Case(contests)
    late = NOW + 20 * DAY

    class Busy:
        def __getattr__(self, name: str) -> object:
            return getattr(contests.store, name)

        def append(self, *_args: object, **_more: object) -> None:
            raise ConflictError("somebody was first")

    assert contest_clock.clock(replace(contests, store=Busy()), now=late).entered == ()
    assert {e.case_id for e in contest_clock.clock(contests, now=late).entered} == {case.id}


def test_the_board_is_shown_what_no_decision_lets(contests):
    contests.store.intake.put_reviews([review(review_id="r-ai", fingerprint="a" * 64)])
    found = stats(contests, now=NOW, window_days=365)
    assert [(u.reviews, u.why) for u in found.uncovered] == [(1, "no decision on this pipeline")]
    assert "not measured" in str(found.watch)


def test_nobody_lists_or_reads_what_is_not_theirs(contests):
    case = Case(contests)
    for who in (
        Actor(person="other", role="employee"),
        Actor(person="mgr", role="employee"),
        Actor(person="auth", role="case-handler"),
        Actor(person="dec", role="decider"),
        Actor(person="chair", role="board"),
    ):
        assert app.list_(contests, who, now=NOW) == ()
        with pytest.raises(ContestError, match="no such case"):
            app.show(contests, who, case.id, now=NOW)
        with pytest.raises(ContestError, match="no such case"):
            app.show(contests, who, "f" * 32, now=NOW)
    with pytest.raises(ContestError, match="no such case"):
        contest_steps.act(
            contests, Actor(person="x", role="employee"), case.id, payload("withdrawn"), now=NOW
        )


def test_the_manager_is_shown_the_same_before_and_during_an_appeal(contests):
    case = Case(contests).until_decided()
    manager = Actor(person="mgr", role="employee")
    before = app.show(contests, manager, case.id, now=case.now)
    case.go(EMPLOYEE, "appealed")
    during = app.show(contests, manager, case.id, now=case.now)
    assert before.visibility == "facts_only"
    assert before.view == during.view
    assert (during.due, during.flag, during.review) == ((), None, None)


def test_that_somebody_looked_is_kept(contests):
    case = Case(contests)
    app.show(contests, HANDLER, case.id, now=NOW)
    export(contests, AUDITOR, now=NOW)
    case.go(HANDLER, "acknowledged")
    reads = [(r.actor.person, r.what) for r in contests.store.read_log.reads(case.id)]
    assert reads == [
        ("emp", "case"),
        ("handler", "case"),
        ("aud", "export"),
        ("handler", "case"),
    ]


def test_a_step_whose_look_cannot_be_logged_is_not_taken(contests):
    case = Case(contests)

    class Full:
        def __getattr__(self, name: str) -> object:
            return getattr(contests.store, name)

        @property
        def read_log(self) -> object:
            raise RunError("the disk is full")

    with pytest.raises(RunError, match="the disk is full"):
        contest_steps.act(
            replace(contests, store=Full()), HANDLER, case.id, payload("acknowledged"), now=NOW
        )
    with pytest.raises(RunError, match="the disk is full"):
        contest_steps.file(replace(contests, store=Full()), EMPLOYEE, draft(), now=NOW)
    assert [e.kind for e in case.events] == ["drafted", "submitted"]
    assert len(contests.store.cases()) == 1


def test_cases_are_found_by_the_state_that_somebody_sees_them_in(contests):
    case = Case(contests).until_decided()
    case.go(EMPLOYEE, "appealed")
    other = Case(contests)

    def found(actor: Actor, *states: str) -> list[str]:
        return [one.view.case_id for one in app.list_(contests, actor, now=NOW, states=states)]

    assert found(HANDLER, "appealed") == [case.id]
    assert found(HANDLER, "decided", "submitted") == [other.id]
    assert found(Actor(person="mgr", role="employee"), "decided") == [case.id]
    assert found(Actor(person="mgr", role="employee"), "appealed") == []
    assert found(DECIDER) == [case.id]
    assert found(APPEAL) == []


def test_store_and_ledger_are_compared(contests):
    Case(contests).go(HANDLER, "acknowledged")
    assert check(contests) == Checked(events=3, waiting=0)
    foreign = Leaf(
        id="f" * 32,
        kind="contest.closed",
        hour="2026-03-02T09Z",
        actor_role="case-handler",
        commitment="0" * 64,
    )
    contests.leaves.add([foreign])
    with pytest.raises(IntegrityError, match="the store has no such event"):
        check(contests)


REP = Actor(person="rep", role="representative")
SPEAKS = Mandate(employee="emp", representative="rep")


def test_an_employee_lets_somebody_speak_for_them_and_ends_it(contests):
    assert mandates.give(contests, EMPLOYEE, SPEAKS, now=NOW) == (SPEAKS,)
    case_id = contest_steps.file(contests, REP, draft(on_behalf_of="emp"), now=NOW).case_id
    assert mandates.end(contests, EMPLOYEE, SPEAKS, now=NOW) == ()
    with pytest.raises(ContestError, match="no such case"):
        app.show(contests, REP, case_id, now=NOW)
    with pytest.raises(ContestError, match="no such mandate"):
        mandates.end(contests, EMPLOYEE, SPEAKS, now=NOW)


def test_a_mandate_for_one_case_opens_no_other(contests):
    case, other = Case(contests), Case(contests)
    one = SPEAKS.model_copy(update={"case_id": case.id})
    mandates.give(contests, HANDLER, one, now=NOW)
    assert [c.view.case_id for c in app.list_(contests, REP, now=NOW)] == [case.id]
    with pytest.raises(ContestError, match="no such case"):
        app.show(contests, REP, other.id, now=NOW)


def test_that_somebody_was_let_speak_is_logged_without_their_names(contests):
    mandates.give(contests, HANDLER, SPEAKS, now=NOW)
    mandates.end(contests, HANDLER, SPEAKS, now=NOW)
    pseudonym = contests.store.pseudonym
    assert [(r.actor, r.what) for r in contests.store.read_log.reads()] == [
        (HANDLER, f"mandate {what} by {pseudonym('emp')} to {pseudonym('rep')}")
        for what in ("given", "ended")
    ]


@pytest.mark.parametrize(
    ("actor", "changes", "why"),
    [
        (Actor(person="mallory", role="employee"), {}, "for themselves"),
        (Actor(person="mallory", role="employee"), {"representative": "mallory"}, "for themselves"),
        (Actor(person="rep", role="representative"), {}, "not representative"),
        (DPO, {}, "not data-protection-officer"),
        (EMPLOYEE, {"representative": "emp"}, "their own representative"),
        (HANDLER, {"representative": "handler"}, "another case handler"),
        (Actor(person="mgr", role="case-handler"), {}, "another case handler"),
        (Actor(person="emp", role="case-handler"), {}, "another case handler"),
        (HANDLER, {"employee": "nobody"}, "no review of nobody"),
        (EMPLOYEE, {"case_id": "f" * 32}, "no such case"),
        (HANDLER, {"employee": "auth", "case_id": "CASE"}, "is not auth's"),
    ],
)
def test_who_may_not_give_a_mandate_gives_none(contests, actor, changes, why):
    case = Case(contests)
    changes = {k: case.id if v == "CASE" else v for k, v in changes.items()}
    for do in (mandates.give, mandates.end):
        with pytest.raises(ContestError, match=why):
            do(contests, actor, SPEAKS.model_copy(update=changes), now=NOW)
    assert all(contests.store.mandates.of(one) == () for one in ("emp", "auth", "nobody"))


def test_an_auditors_export_names_nobody_until_two_people_lift_it(contests):
    case = Case(contests).until_decided()
    [masked] = export(contests, AUDITOR, now=case.now)
    text = repr(masked)
    assert masked["visibility"] == "pseudonymous"
    for said in (": 'emp'", ": 'dec'", ": 'handler'", "21 tickets", "tracker", "'r1'"):
        assert said not in text
    number = case.ask(AUDITOR, "unmasked")
    for alone in (AUDITOR, Actor(person="aud", role="data-protection-officer")):
        with pytest.raises(ContestError, match="two people"):
            case.agree(alone, number)
    assert app.show(contests, AUDITOR, case.id, now=case.now).visibility == "pseudonymous"
    case.agree(DPO, number)
    shown = app.show(contests, AUDITOR, case.id, now=case.now)
    assert (shown.visibility, shown.view.employee) == ("full", "emp")
    assert shown.review == review(ai_role="none")
    other = Actor(person="aud2", role="auditor")
    assert app.show(contests, other, case.id, now=case.now).visibility == "pseudonymous"
    [open_] = export(contests, AUDITOR, now=case.now)
    assert open_["visibility"] == "full"
    assert open_["case"]["employee"] == "emp"
    assert open_["steps"][-1]["kind"] == "unmasked"


def test_texts_in_a_csv_export_are_no_formulas_and_no_scripts(contests):
    said = [{"ground": "wrong_fact", "statement": '=HYPERLINK("http://x")'}]
    Case(contests, complaints=said, remedy_sought=f"\t@SUM(1) {SCRIPT}\x1b[2J")
    [row] = csv.DictReader(StringIO(as_csv(export(contests, HANDLER, now=NOW)), newline=""))
    assert row["statements"] == '\'=HYPERLINK("http://x")'
    assert row["remedy_sought"] == f"'\t@SUM(1) {SCRIPT}[U+001B][2J"
    assert tuple(row) == COLUMNS


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", " =1", "\n=1", "\t=1", "＝1"])
def test_no_cell_begins_a_formula(text):
    assert inert(text).startswith("'")


def test_an_erased_case_keeps_its_steps_and_says_nothing(contests):
    case = Case(contests)
    case.go(EMPLOYEE, "withdrawn")
    number = case.ask(DPO, "erased")
    assert case.agree(HANDLER, number).shown
    shown = app.show(contests, DPO, case.id, now=case.now)
    assert shown.view.erased
    assert shown.view.draft is None
    assert shown.due == ()
    assert [e.kind for e in case.events][-1] == "erased"
    with pytest.raises(ContestError):
        case.go(EMPLOYEE, "reopened")


def test_of_a_case_whose_review_was_erased_only_the_officer_goes_on(contests):
    case = Case(contests)
    case.go(EMPLOYEE, "withdrawn")
    contests.store.intake.forget("emp")
    assert app.list_(contests, HANDLER, now=case.now) == ()
    with pytest.raises(ContestError, match="its review was erased"):
        case.go(HANDLER, "reopened")
    number = case.ask(DPO, "erased")
    with pytest.raises(ContestError, match="its review was erased"):
        case.agree(HANDLER, number)
    assert case.agree(Actor(person="dpo2", role="data-protection-officer"), number).shown


@pytest.mark.parametrize("kind", ["broken_glass", "unmasked", "erased"])
def test_nobody_names_a_second_person_who_did_not_agree(contests, kind):
    """Also not whoever asked, while what they asked for waits."""
    case = Case(contests)
    case.go(EMPLOYEE, "withdrawn")
    first = {"broken_glass": HANDLER, "unmasked": AUDITOR, "erased": DPO}[kind]
    before = len(case.events)
    for ask in (False, True):
        if ask and kind != "broken_glass":
            case.ask(first, kind)
        with pytest.raises(ContestError, match="takes two people"):
            case.go(first, kind)
    assert {e.kind for e in case.events[before:]} <= {"second_asked"}


def test_the_second_agrees_to_what_waits_and_to_nothing_else(contests):
    case = Case(contests)
    number = case.ask(HANDLER, "broken_glass", person="dec")
    for second, why in (
        (HANDLER, "two people"),
        (Actor(person="mgr", role="data-protection-officer"), "no such case"),
        (Actor(person="aud", role="auditor"), "the second person is"),
        (Actor(person="dec", role="data-protection-officer"), "a third person"),
        (Actor(person="emp", role="employee"), "the second person is"),
        (Actor(person="x", role="employee"), "no such case"),
    ):
        with pytest.raises(ContestError, match=why):
            case.agree(second, number)
    for wrong in (0, 1, number + 1):
        with pytest.raises(ContestError, match=f"nothing that event {wrong} asked for"):
            case.agree(DPO, wrong)
    with pytest.raises(ConflictError, match="it is at 3 now"):
        contest_steps.agree(contests, DPO, case.id, number, now=NOW, seen=2)
    kept = case.agree(DPO, number)
    assert kept.shown
    assert kept.shown.view.awaits_second == ()
    with pytest.raises(ContestError, match="nothing that event"):
        case.agree(DPO, number)
    done = case.events[-1]
    assert (done.kind, done.actor) == ("broken_glass", HANDLER)
    assert payload("broken_glass", person="dec") == done.payload
    check_against(contests.store.outbox, contests.leaves)


def test_what_was_refused_nobody_agrees_to_any_more(contests):
    case = Case(contests)
    number = case.ask(AUDITOR, "unmasked")
    case.go(DPO, "second_refused", asked=number)
    with pytest.raises(ContestError, match="nothing that event"):
        case.agree(DPO, number)
    assert app.show(contests, AUDITOR, case.id, now=case.now).visibility == "pseudonymous"


def test_what_can_no_longer_happen_the_second_cannot_make_happen(contests):
    case = Case(contests)
    number = case.ask(HANDLER, "broken_glass", person="dec")
    case.go(EMPLOYEE, "withdrawn")
    with pytest.raises(ContestError, match="broken_glass cannot happen now"):
        case.agree(DPO, number)
    erasure = case.ask(DPO, "erased")
    case.go(DPO, "hold_set")
    with pytest.raises(ContestError, match="legal hold"):
        case.agree(HANDLER, erasure)
    assert not app.show(contests, DPO, case.id, now=case.now).view.erased


def test_a_ledger_out_of_reach_does_not_lose_a_step(contests):
    class Down:
        def add(self, *_args: object, **_more: object) -> None:
            raise RunError("the ledger cannot be reached")

    case = Case(replace(contests, leaves=Down()))
    kept = case.go(HANDLER, "acknowledged")
    assert kept.why_not_in_ledger == "the ledger cannot be reached"
    assert len(case.events) == 3
    case.contests = contests
    assert case.go(HANDLER, "admitted").why_not_in_ledger is None
    check_against(contests.store.outbox, contests.leaves)


def test_settings_come_from_govern_toml_and_mistakes_are_told(tmp_path):
    path = tmp_path / "govern.toml"
    project = Project(tmp_path, configured=True)
    path.write_text(
        '[contests]\ntime_zone = "Europe/Berlin"\n[contests.deadlines]\ndecide_days = 7\n'
    )
    settings = read_settings(project)
    assert settings.deadlines.decide_days == 7
    day = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert calendar_of(settings).day(day) == date(2026, 3, 2)
    for wrong, why in (
        ('time_zone = "Nowhere"', "time_zone"),
        ('subdivision = "BE"', "name its country"),
        ('tine_zone = "UTC"', "tine_zone"),
        ("deadlines = {appeal_window_working = 3}", "appeal_window_working"),
    ):
        path.write_text(f"[contests]\n{wrong}\n")
        with pytest.raises(InputError, match=why):
            calendar_of(read_settings(project))


def test_a_countrys_holidays_are_no_working_days(tmp_path):
    pytest.importorskip("holidays")
    path = tmp_path / "govern.toml"
    project = Project(tmp_path, configured=True)
    path.write_text('[contests]\ncountry = "DE"\nsubdivision = "BE"\n')
    calendar = calendar_of(read_settings(project))
    assert not calendar.works(date(2027, 3, 8))
    assert calendar.works(date(2027, 3, 9))
    path.write_text('[contests]\ncountry = "XX"\n')
    with pytest.raises(InputError, match="country 'XX'"):
        calendar_of(read_settings(project))
