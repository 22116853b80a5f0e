"""Ways around the rules of contests that once were open, tried over a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from govern.app import contest_steps, mandates
from govern.app import contests as app
from govern.app.case_store import KEY, KEY_FILE, STORE
from govern.app.contest_export import export
from govern.app.hr import tell
from govern.domain.contest import Actor, Drafted, Role
from govern.domain.contest_store import Mandate
from govern.domain.review_intake import IntakeReview
from govern.domain.sending import FlagNotice
from govern.errors import ContestError, InputError
from govern.sources.locate import Project
from govern.testing.contests import SAMPLES, actor, payload, review

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EMPLOYEE, HANDLER, DECIDER = actor("employee"), actor("case-handler"), actor("decider")
REP, APPEAL = actor("representative"), actor("appeal-decider")
MANAGER = Actor(person="mgr", role="employee")
LINES = {
    "auth": ("head", "top"),
    "dec": ("other-head", "top-2"),
    "app": ("third-head", "top-3"),
    "handler": ("people-head", "top"),
    "handler-2": ("people-head", "top"),
}


def reviews() -> list[IntakeReview]:
    """The contested review in two versions, and those that say who stands above whom."""
    lines = [
        review(
            review_id=f"r-{who}",
            employee=who,
            manager=line[0],
            author=line[0],
            line=line,
            ai_role="none",
        )
        for who, line in LINES.items()
    ]
    changed = review(ai_role="none", version=2, final="You closed 21 tickets this year.")
    return [review(ai_role="none"), changed, review(ai_role="none", version=3), *lines]


@pytest.fixture
def contests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[app.Contests]:
    for name in (STORE, KEY, KEY_FILE, "GOVERN_RECORD_URL"):
        monkeypatch.delenv(name, raising=False)
    opened = app.open_contests(Project(tmp_path, configured=False))
    opened.store.intake.put_reviews(reviews())
    yield opened
    opened.store.close()


@dataclass
class Case:
    """A contest that goes on, an hour a step."""

    contests: app.Contests
    by: Actor = EMPLOYEE
    id: str = field(init=False)
    now: datetime = NOW

    def __post_init__(self) -> None:
        behalf = None if self.by == EMPLOYEE else "emp"
        draft = Drafted.model_validate({**SAMPLES["drafted"], "on_behalf_of": behalf})
        self.id = contest_steps.file(self.contests, self.by, draft, now=NOW).case_id

    def go(self, who: Actor, kind: str, **changes: object) -> Case:
        self.now += timedelta(hours=1)
        contest_steps.act(self.contests, who, self.id, payload(kind, **changes), now=self.now)
        return self

    def decided(self) -> Case:
        self.go(HANDLER, "acknowledged").go(HANDLER, "admitted")
        return self.go(DECIDER, "review_started").go(DECIDER, "decided")

    def seen_by(self, who: Actor) -> app.Shown:
        return app.show(self.contests, who, self.id, now=self.now)

    @property
    def told(self) -> set[tuple[str, str]]:
        waiting = self.contests.store.notices.unsent()
        return {(one.to, one.text) for one in waiting if one.case_id == self.id}


# what the manager learns


@pytest.mark.parametrize("remedied", [False, True])
def test_the_manager_learns_of_no_appeal_at_any_step_of_it(contests, remedied):
    """Neither by the state, nor by a number of events, nor by what the appeal would change."""
    case = Case(contests).decided()
    if remedied:
        case.go(HANDLER, "remedied")
    before = case.seen_by(MANAGER)
    other = [{"field": "text", "before": "12 tickets", "after": "everything"}]
    for who, kind, changes in (
        (EMPLOYEE, "appealed", {}),
        (EMPLOYEE, "evidence_added", {}),
        (APPEAL, "appeal_started", {}),
        (APPEAL, "final", {"changes": other}),
    ):
        case.go(who, kind, **changes)
        assert before == case.seen_by(MANAGER)


def test_who_wrote_or_leads_does_not_read_a_case_as_somebodys_representative(contests):
    for who in ("auth", "mgr"):
        mandate = Mandate(employee="emp", representative=who)
        for giver in (HANDLER, EMPLOYEE):
            with pytest.raises(ContestError, match="kept from both"):
                mandates.give(contests, giver, mandate, now=NOW)


def test_a_representative_who_comes_to_lead_the_employee_reads_the_case_no_more(contests):
    mandates.give(contests, EMPLOYEE, Mandate(employee="emp", representative="rep"), now=NOW)
    led = review(ai_role="none", review_id="later", manager="rep", line=("rep", "head", "top"))
    contests.store.intake.put_reviews([led])
    draft = Drafted.model_validate({**SAMPLES["drafted"], "review_id": "later"})
    later = contest_steps.file(contests, EMPLOYEE, draft, now=NOW).case_id

    with pytest.raises(ContestError, match="no such case"):
        app.show(contests, REP, later, now=NOW)
    with pytest.raises(ContestError, match="no such case"):
        contest_steps.act(contests, REP, later, payload("withdrawn"), now=NOW)


# who speaks, and who is told


def test_who_speaks_for_somebody_no_longer_hears_how_it_goes_on(contests):
    mandate = Mandate(employee="emp", representative="rep")
    mandates.give(contests, EMPLOYEE, mandate, now=NOW)
    case = Case(contests, by=REP)
    mandates.end(contests, EMPLOYEE, mandate, now=NOW)
    case.go(HANDLER, "acknowledged")

    assert ("emp", "acknowledgement") in case.told
    assert ("rep", "acknowledgement") not in case.told


def test_what_a_handler_takes_outside_or_closes_the_person_is_told(contests):
    case = Case(contests).decided().go(HANDLER, "referred_external")
    assert ("emp", "referred") in case.told
    case.go(HANDLER, "closed")
    assert ("emp", "closed") in case.told


@pytest.mark.parametrize("steps", [("referred_external",), ("referred_external", "closed")])
def test_a_handler_does_not_end_what_was_upheld_by_taking_it_outside(contests, steps):
    case = Case(contests).decided()
    for step in steps:
        case.go(HANDLER, step)
    case.go(EMPLOYEE, "reopened")
    assert "submitted" == case.seen_by(EMPLOYEE).view.state


# who decides


@pytest.mark.parametrize(("role", "opens"), [("decider", "review"), ("appeal-decider", "appeal")])
def test_whoever_took_a_step_as_handler_decides_in_no_round(contests, role: Role, opens):
    """Not only who the case names as its handler, who may be somebody else by now."""
    other = Actor(person="handler-2", role="case-handler")
    case = Case(contests).go(other, "acknowledged", handler="handler").go(other, "admitted")
    if opens == "appeal":
        case.go(DECIDER, "review_started").go(DECIDER, "decided").go(EMPLOYEE, "appealed")
    with pytest.raises(ContestError, match="they handle the case"):
        case.go(Actor(person="handler-2", role=role), f"{opens}_started", decider="handler-2")


def test_who_did_not_admit_a_contest_does_not_decide_the_appeal_against_that(contests):
    other = Actor(person="handler-2", role="case-handler")
    case = Case(contests).go(HANDLER, "acknowledged").go(other, "not_admitted")
    case.go(EMPLOYEE, "appealed")
    with pytest.raises(ContestError, match="they decided first"):
        case.go(
            Actor(person="handler-2", role="appeal-decider"),
            "appeal_started",
            decider="handler-2",
        )


# what is put right


def test_a_version_that_reads_as_the_one_before_puts_nothing_right(contests):
    case = Case(contests).decided()
    with pytest.raises(ContestError, match="nothing was put right"):
        case.go(HANDLER, "remedied", review_version=3)
    case.go(HANDLER, "remedied", review_version=2)


def test_a_version_of_a_review_is_about_nobody_else(contests):
    """Else whoever was given a case would read somebody else's review in it."""
    other = review(ai_role="none", version=4, employee="somebody-else", final="Of another person.")
    with pytest.raises(InputError, match="another employee"):
        contests.store.intake.put_reviews([other])


# what an auditor reads


def test_an_auditor_reads_no_name_in_routes_or_fields_that_a_decider_wrote(contests):
    case = Case(contests).go(HANDLER, "acknowledged").go(HANDLER, "admitted")
    case.go(DECIDER, "review_started").go(
        DECIDER,
        "decided",
        changes=[{"field": "Anna Amsel", "before": "12", "after": "21"}],
        external_routes=["Anna Amsel"],
    )
    auditor = actor("auditor")
    assert "Anna" not in json.dumps(export(contests, auditor, now=case.now))


# the HR system


class Killed(BaseException):
    """As ``kill -9`` between a call and what is entered of it."""


@dataclass
class Hr:
    """It takes what it does not know by its ``event_id``; with ``kill``, we do not hear of it."""

    kill: bool = False
    lost: bool = False
    keys: set[str] = field(default_factory=set)
    in_use: bool = True

    def tell(self, flag: FlagNotice) -> bool:
        if flag.event_id not in self.keys and not self.lost:
            self.keys.add(flag.event_id)
            self.in_use = flag.in_use
        if self.kill:
            raise Killed
        return True


def passes(contests: app.Contests, hr: Hr, **how: bool) -> None:
    """One pass of ``govern contest send``, killed or not."""
    hr.kill, hr.lost = how.get("kill", False), how.get("lost", False)
    try:
        tell(contests, hr, now=lambda: NOW + timedelta(days=1))
    except Killed:
        assert hr.kill


def test_a_word_that_ends_in_a_crash_and_is_overtaken_is_put_right(contests):
    """Told not to use it, killed, and the contest is withdrawn before the next pass."""
    case, hr = Case(contests), Hr()
    passes(contests, hr, kill=True)
    case.go(EMPLOYEE, "withdrawn")
    assert not hr.in_use
    passes(contests, hr)
    assert hr.in_use


def test_a_word_that_it_may_be_used_is_taken_back_where_the_contest_goes_on(contests):
    case, hr = Case(contests), Hr()
    passes(contests, hr)
    case.go(EMPLOYEE, "withdrawn")
    passes(contests, hr, kill=True)
    case.go(EMPLOYEE, "reopened")
    assert hr.in_use
    passes(contests, hr)
    assert not hr.in_use


@pytest.mark.parametrize("lost", [False, True])
def test_a_word_that_still_holds_is_said_again_and_entered_once(contests, lost):
    case, hr = Case(contests), Hr()
    passes(contests, hr, kill=True, lost=lost)
    passes(contests, hr)
    passes(contests, hr)
    assert not hr.in_use
    kinds = [one.kind for one in contests.store.events(case.id)]
    assert 1 == kinds.count("flag_sent")
    assert {} == contests.store.words.leaving()


def test_a_word_that_has_to_wait_for_another_contest_is_not_taken_for_an_old_one(contests):
    """It may be used, killed; another contest of the review begins, and ends."""
    first, hr = Case(contests), Hr()
    passes(contests, hr)
    first.go(EMPLOYEE, "withdrawn")
    passes(contests, hr, kill=True)
    second = Case(contests)
    passes(contests, hr)
    assert not hr.in_use
    second.go(EMPLOYEE, "withdrawn")
    passes(contests, hr)
    assert hr.in_use
