"""Everybody tries everything, in any order: what must hold of contests whatever people do.

A walk is numbers; each picks who acts and what they try. What is refused is refused; what was
kept is held against what the store, the index, the ledger and each reader say of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from govern.app import contest_steps, mandates
from govern.app import contests as app
from govern.app.contest_check import check
from govern.app.contest_export import export
from govern.app.hr import tell
from govern.contest.flags import hr_flag
from govern.contest.machine import TRANSITIONS, fold, possible
from govern.domain.access import Session, Visitor, key_of
from govern.domain.contest import Actor, Drafted, Event, Role
from govern.domain.contest_store import Mandate
from govern.domain.sending import FlagNotice
from govern.errors import ContestError
from govern.sources.locate import Project
from govern.testing.contests import BY, PEOPLE, SAMPLES, asked, payload, review

NOW = datetime(2076, 3, 2, 9, tzinfo=UTC)
"""PostgreSQL goes by its own clock, and sessions of these tests outlive them."""
LINES = {
    "auth": ("head", "top"),
    "dec": ("other-head", "top-2"),
    "app": ("third-head", "top-3"),
    "handler": ("people-head", "top"),
}
PARTIES = ("emp", "auth", "mgr")
# Also people in a role that somebody else has here, or that is not theirs to act in.
ACTORS = (
    *(Actor(person=PEOPLE[role], role=role) for role in sorted(set(PEOPLE) - {"clock"})),
    *(Actor(person=who, role=role) for who in PARTIES for role in ("decider", "case-handler")),
    *(Actor(person="mgr", role=role) for role in ("employee", "representative", "auditor")),
    Actor(person="handler", role="decider"),
    Actor(person="handler", role="appeal-decider"),
    Actor(person="dec", role="appeal-decider"),
    Actor(person="dpo", role="case-handler"),
    Actor(person="stranger", role="employee"),
)
KINDS = tuple(sorted(TRANSITIONS))
TWO = ("broken_glass", "unmasked", "erased")
READERS: tuple[tuple[str, Role], ...] = (
    *((PEOPLE[role], role) for role in ("employee", "representative", "decider")),
    *(("app", "appeal-decider"), ("stranger", "employee"), ("dec", "appeal-decider")),
    *(("mgr", "employee"), ("auth", "decider"), ("handler", "decider")),
)
"""Those of whose cases the database itself knows everything."""
KEPT_FROM_LEADERS = ("spared this", "bias was not looked into", "21 closed", "looked into")
WORDS = ("12 tickets", "I closed", "spared", "looked into", "tracker", "announced", "leave")


@dataclass
class Hr:
    """It takes each ``event_id`` once; we may be killed before we hear of it."""

    keys: set[str] = field(default_factory=set)
    says: dict[str, bool] = field(default_factory=dict)
    kill: bool = False

    def tell(self, flag: FlagNotice) -> bool:
        if flag.event_id not in self.keys:
            self.keys.add(flag.event_id)
            self.says[flag.review_id] = flag.in_use
        if self.kill:
            raise KeyboardInterrupt
        return True


@dataclass
class Walk:
    """One contest of a review of its own, and whatever people do to it."""

    contests: app.Contests
    number: int
    now: datetime = NOW
    taken: int = 0
    hr: Hr = field(default_factory=Hr)

    def __post_init__(self) -> None:
        name = f"walk-{self.number}"
        self.review_id = name
        versions = [review(review_id=name, ai_role="none")]
        changed = "You closed 21 tickets this year."
        versions.append(review(review_id=name, ai_role="none", version=2, final=changed))
        self.contests.store.intake.put_reviews(versions)
        employee = Actor(person="emp", role="employee")
        draft = Drafted.model_validate({**SAMPLES["drafted"], "review_id": name})
        kept = contest_steps.file(self.contests, employee, draft, now=self.now, send=False)
        self.id = kept.case_id

    @property
    def events(self) -> tuple[Event, ...]:
        return self.contests.store.events(self.id)

    def step(self, who: int, what: int) -> None:
        """Somebody tries something; half of all tries are by who usually does that."""
        self.now += timedelta(hours=1)
        view = fold(self.events)
        kinds = (*possible(view), *possible(view), *KINDS)
        kind = kinds[what % len(kinds)]
        usual = Actor(person=PEOPLE[BY[kind]], role=BY[kind])
        actor = usual if who % 2 else ACTORS[(who // 2) % len(ACTORS)]
        try:
            self._try(kind, actor, what, who)
            self.taken += 1
        except ContestError:
            assert self.events[-1].seq == view.seq

    def _try(self, kind: str, actor: Actor, what: int, who: int) -> None:
        contests, view = self.contests, fold(self.events)
        if view.awaits_second and who % 3 == 0:
            waits = view.awaits_second[what % len(view.awaits_second)].seq
            contest_steps.agree(contests, actor, self.id, waits, now=self.now)
            return
        if kind == "second_asked":
            said = asked(TWO[what % len(TWO)]).payload
        elif kind == "drafted":
            said = Drafted.model_validate({**SAMPLES[kind], "review_id": self.review_id})
        else:
            said = payload(kind)
        assert said is not None
        contest_steps.act(contests, actor, self.id, said, now=self.now)

    def pass_to_hr(self, *, kill: bool) -> None:
        self.hr.kill = kill
        try:
            tell(self.contests, self.hr, now=lambda: self.now)
        except KeyboardInterrupt:
            assert kill


def held_to_the_rules(walk: Walk) -> None:
    """What is written down is what people may do, told from the events alone."""
    handlers: set[str] = set()
    first = None
    for event in walk.events:
        who, said = event.actor, event.payload
        if said is None:
            continue
        if who.role == "case-handler":
            handlers.add(who.person)
            assert who.person not in PARTIES
        if said.kind in ("decided", "final"):
            assert who.person not in PARTIES
            assert who.person not in handlers
            assert said.kind == "decided" or who.person != first
        first = who.person if said.kind in ("decided", "not_admitted") else first
        first = None if said.kind == "reopened" else first
        if said.kind in TWO:
            second = said.approved_by if said.kind == "erased" else said.second
            assert who.person != second.person
            assert not {who.person, second.person} & set(PARTIES)


def told_apart(walk: Walk) -> None:
    """Nobody is shown what is not for them, on any way that people have of reading."""
    contests, view = walk.contests, fold(walk.events)
    line = next(one for one in contests.store.cases() if one.case_id == walk.id)
    index = (line.seq, line.state, line.sent, line.on_hold, line.erased)
    assert (view.seq, view.state, view.asked_at is not None, view.on_hold, view.erased) == index
    for actor in ACTORS:
        try:
            shown = app.show(contests, actor, walk.id, now=walk.now)
        except ContestError:
            continue
        said = json.dumps(shown.view.as_json())
        if actor.person in ("mgr", "auth"):
            assert shown.visibility == "facts_only"
            assert not any(word in said for word in KEPT_FROM_LEADERS)
            assert shown.view.state not in ("appealed", "appeal_review", "final")
        if actor.role == "decider":
            assert view.decider == actor.person
        if actor.role == "appeal-decider":
            assert view.appeal_decider == actor.person
        if shown.visibility == "pseudonymous":
            taken = export(contests, actor, now=walk.now)
            said += json.dumps([one for one in taken if one["case"]["case_id"] == walk.id])
            assert not any(word in said for word in (*WORDS, ': "emp"', ': "handler"', ': "dec"'))


def the_database_agrees(walk: Walk, sessions: dict[tuple[str, Role], str]) -> None:
    """A session reads with SQL of its own just what the rules let it see."""
    for (person, role), token in sessions.items():
        reader = walk.contests.store.seen_by(token, walk.now)
        texts = [event.payload for event in reader.events(walk.id)]
        try:
            actor = Actor(person=person, role=role)
            seen = app.show(walk.contests, actor, walk.id, now=walk.now).visibility
        except ContestError:
            seen = "none"
        if fold(walk.events).erased:
            assert not any(texts)
        else:
            assert (seen in ("own", "full")) == bool(texts), (person, role)
            assert all(texts)


@pytest.fixture(params=["sqlite", "postgresql"])
def contests(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[app.Contests]:
    for name in ("GOVERN_STORE_URL", "GOVERN_STORE_READER_URL", "GOVERN_RECORD_URL"):
        monkeypatch.delenv(name, raising=False)
    if request.param == "postgresql":
        logins = request.getfixturevalue("logins")
        monkeypatch.setenv("GOVERN_STORE_URL", logins.app)
        monkeypatch.setenv("GOVERN_STORE_READER_URL", logins.reader)
    monkeypatch.setenv("GOVERN_VAULT_KEY", "ab" * 32)
    opened = app.open_contests(Project(tmp_path, configured=False))
    opened.store.intake.put_reviews(
        review(review_id=f"r-{who}", employee=who, manager=line[0], author=line[0], line=line,
               ai_role="none") for who, line in LINES.items()
    )  # fmt: skip
    employee, rep = Actor(person="emp", role="employee"), PEOPLE["representative"]
    app_review = [review(ai_role="none")]
    opened.store.intake.put_reviews(app_review)
    mandates.give(opened, employee, Mandate(employee="emp", representative=rep), now=NOW)
    yield opened
    opened.store.close()


@settings(
    max_examples=3,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999)), min_size=25, max_size=40),
    kills=st.sets(st.integers(0, 40), max_size=12),
)
def test_whatever_people_do_what_is_kept_holds_and_everybody_sees_what_is_theirs(
    contests, steps, kills
):
    walk = Walk(contests, number=len(contests.store.cases()))
    sessions: dict[tuple[str, Role], str] = {}
    for person, role in READERS:
        token = f"{walk.id}-{person}-{role}"
        visitor = Visitor(person=person, name=person, roles=(role,), by="one-time link")
        session = Session(visitor=visitor, started=NOW, seen=NOW, ends=NOW + timedelta(days=300))
        contests.store.doors.open(key_of(token), session)
        sessions[person, role] = token
    for number, (who, what) in enumerate(steps):
        walk.step(who, what)
        if number in kills:
            walk.pass_to_hr(kill=bool(who % 2))

    held_to_the_rules(walk)
    told_apart(walk)
    the_database_agrees(walk, sessions)
    walk.pass_to_hr(kill=False)
    view = fold(walk.events)
    assert walk.hr.says.get(walk.review_id, True) == hr_flag(view)
    check(contests)
