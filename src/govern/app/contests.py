"""Contests of a project, one function per verb: each step asked of the rules before it is kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from govern.app.addressed import addressed
from govern.app.case_store import open_case_store
from govern.app.contest_case import UNSEEN, Case, next_event, open_case, open_cases
from govern.app.contest_facts import Company, facts_of, known_review
from govern.app.contest_settings import Settings, calendar_of, read_settings
from govern.app.ledger import begin
from govern.app.record import open_leaves, open_ledger
from govern.contest.calendar import Calendar
from govern.contest.case import CaseView
from govern.contest.deadlines import Due, clock_events, due, may_close
from govern.contest.facts import Facts
from govern.contest.flags import flag_due
from govern.contest.machine import apply
from govern.contest.notices import due_notices
from govern.contest.rules import DECIDERS, PERSON, TWO_PEOPLE, permit
from govern.contest.visibility import Visibility, shown
from govern.domain.contest import (
    Actor,
    Drafted,
    Event,
    FlagSent,
    Payload,
    Remedied,
    State,
    Submitted,
    agreed,
)
from govern.domain.contest_store import CaseReader, ContestStore, Read
from govern.domain.ledger import LeafStore, Ledger
from govern.domain.review_intake import IntakeReview
from govern.errors import ConflictError, ContestError, RunError
from govern.sources.locate import Project
from govern.store.contests.kept_open import KeptOpen
from govern.store.contests.outbox import deliver

CLOCK = Actor(person="clock", role="clock")


@dataclass(frozen=True)
class Contests:
    """A project's store of contests, its ledger, and by which rules and days it is kept.

    ``reader`` is through what cases and reviews are read: the store, or what of it a session opens.
    ``views`` are cases that were opened just now.
    """

    project: Project
    store: ContestStore
    reader: CaseReader
    ledger: Ledger
    leaves: LeafStore
    settings: Settings
    calendar: Calendar
    views: KeptOpen = field(default_factory=KeptOpen)

    def seen_by(self, token: str, now: datetime) -> Contests:
        """The same for whoever holds a session: nothing else can be read, whatever is asked."""
        return replace(self, reader=self.store.seen_by(token, now))


@dataclass(frozen=True)
class Shown:
    """A case as somebody may see it, what is due in it, and the review as far as that is theirs.

    ``remedied`` is the version of it that a remedy put in place, ``flag`` what the HR system has
    yet to be told.
    """

    view: CaseView
    visibility: Visibility
    due: tuple[Due, ...] = ()
    review: IntakeReview | None = None
    remedied: IntakeReview | None = None
    flag: FlagSent | None = None


@dataclass(frozen=True)
class Kept:
    """A step that was kept: the case's event ``seq``, and the case if the person may see it.

    ``why_not_in_ledger`` says why it has not reached the ledger; the next step brings it.
    """

    case_id: str
    seq: int
    shown: Shown | None
    why_not_in_ledger: str | None


def open_contests(project: Project) -> Contests:
    """The contests of a project.

    Raises:
        InputError: an address, the vault key or a setting cannot be used.
        RunError: the store cannot be reached.
    """
    settings = read_settings(project)
    store = open_case_store(project)
    return Contests(
        project,
        store,
        store,
        open_ledger(project),
        open_leaves(project),
        settings,
        calendar_of(settings),
    )


def company(contests: Contests, now: datetime) -> Company:
    """All that is weighed around the reviews of a project."""
    return Company(contests.project, contests.store.intake.reviews(), contests.settings, now=now)


def file(
    contests: Contests, actor: Actor, draft: Drafted, *, now: datetime, send: bool = True
) -> Kept:
    """Write a contest down, and send it or leave it a draft.

    Raises:
        ContestError: it may not be filed by this person, or lacks what it needs; then nothing is
            kept.
    """
    case_id = secrets.token_hex(16)
    review = known_review(contests.reader, draft.review_id, draft.review_version)
    facts = facts_of(contests.store, review, case_id)
    view: CaseView | None = None
    steps: list[tuple[Event, Case]] = []
    for payload in (draft, Submitted()) if send else (draft,):
        event = next_event(view, case_id, actor, payload, now)
        permit(event, view, facts)
        view = apply(view, event)
        steps.append((event, Case(view, review, facts)))
    _log_look(contests, actor, steps[-1][1], now)
    for event, after in steps:
        _keep(contests, event, after)
    return _kept(contests, actor, after, now)


def act(
    contests: Contests,
    actor: Actor,
    case_id: str,
    payload: Payload,
    *,
    now: datetime,
    seen: int | None = None,
) -> Kept:
    """Enter one more event in a case.

    Args:
        contests: where.
        actor: who does it, and as what.
        case_id: the case.
        payload: what happens.
        now: when; never before the case's last event, whatever the clock says.
        seen: the number of the last event that the person had before them, if that is known.

    Raises:
        ContestError: it may not happen, not now, or not by this person.
        ConflictError: somebody else was first.
    """
    if payload.kind in TWO_PEOPLE:
        raise ContestError(
            f"case {case_id}: {payload.kind}: takes two people; ask for it by second_asked, and "
            "another one agrees as themselves"
        )
    case = _opened_by(contests, actor, case_id, seen)
    event = next_event(case.view, case_id, actor, payload, now)
    permit(event, case.view, _weighed(contests, case, actor, now))
    after = case._replace(view=apply(case.view, event))
    if event.kind == "closed":
        may_close(case.view, contests.settings.deadlines, contests.calendar, event.at)
    if isinstance(payload, Remedied) and case.view.changes and case.review:
        known_review(contests.reader, case.review.review_id, payload.review_version)
    return _enter(contests, actor, event, after, now)


def agree(
    contests: Contests,
    actor: Actor,
    case_id: str,
    asked: int,
    *,
    now: datetime,
    seen: int | None = None,
) -> Kept:
    """Agree, as the second person, to the step that event ``asked`` asked for; it is taken now.

    It is entered as the step of who asked for it, with ``actor`` as the second.

    Raises:
        ContestError: nothing of that number waits, ``actor`` may not agree to it, or who asked
            may no longer take it.
        ConflictError: as ``act``.
    """
    case = _opened_by(contests, actor, case_id, seen)
    if case.seen_by(actor) == "none":
        raise ContestError(UNSEEN)
    waiting = next((one for one in case.view.awaits_second if one.seq == asked), None)
    if waiting is None:
        raise ContestError(
            f"case {case_id}: nothing that event {asked} asked for waits for a second person"
        )
    event = next_event(case.view, case_id, waiting.by, agreed(waiting.step, actor), now)
    permit(event, case.view, case.facts)
    after = case._replace(view=apply(case.view, event))
    return _enter(contests, actor, event, after, now)


def show(contests: Contests, actor: Actor, case_id: str, *, now: datetime) -> Shown:
    """A case as somebody may see it; that they looked is kept.

    Raises:
        ContestError: they see nothing of it, or there is none.
    """
    case = open_case(contests.reader, contests.store, case_id)
    found = _shown(contests, actor, case, now)
    _log_look(contests, actor, case, now)
    return found


def list_(
    contests: Contests, actor: Actor, *, now: datetime, states: Sequence[State] = ()
) -> tuple[Shown, ...]:
    """The cases of which somebody may see something, the nearest due day first.

    A case is found by the state that the person sees it in.
    """
    opened_by = actor.person if actor.role in DECIDERS else None
    # To author and manager, a case on appeal is still decided.
    indexed = () if actor.role == "employee" else states
    cases = open_cases(
        contests.reader, contests.store, contests.views, person=opened_by, states=indexed
    )
    found = [_shown(contests, actor, case, now) for case in cases if case.seen_by(actor) != "none"]
    contests.store.read_log.log(Read(at=now, actor=actor, what="list"))
    asked = [one for one in found if not states or one.view.state in states]
    return tuple(sorted(asked, key=_next_due))


@dataclass(frozen=True)
class Ticked:
    """What the clock entered, and what the HR system has yet to be told, by case."""

    entered: tuple[Event, ...]
    flags: tuple[tuple[str, FlagSent], ...]
    why_not_in_ledger: str | None = None


def clock(contests: Contests, *, now: datetime) -> Ticked:
    """Enter each missed day, once. Silence is no rejection: it escalates.

    A case in which somebody acts at the same moment waits for the next time.
    """
    entered: list[Event] = []
    flags: list[tuple[str, FlagSent]] = []
    for case in open_cases(contests.reader, contests.store, contests.views):
        if not case.view.asked_at or case.view.erased:
            continue
        try:
            for event, after in _missed(contests, case, now):
                _keep(contests, event, after)
                entered.append(event)
        except ConflictError:
            continue
        if flag := flag_due(case.view):
            flags.append((case.view.case_id, flag))
    return Ticked(tuple(entered), tuple(flags), bring(contests, now))


def note(
    contests: Contests, actor: Actor, case_id: str, payload: Payload, *, now: datetime
) -> None:
    """Enter what went out, or was heard of, beside whatever else goes on in a case.

    It waits for the ledger until ``bring``. Of a case that was erased nothing is said any more.

    Raises:
        ContestError: there is no such case, or it may not happen.
        ConflictError: people act in the case faster than this can be entered.
    """
    for left in reversed(range(5)):
        case = open_case(contests.reader, contests.store, case_id)
        if case.view.erased:
            return
        event = next_event(case.view, case_id, actor, payload, now)
        permit(event, case.view, case.facts)
        try:
            _keep(contests, event, case._replace(view=apply(case.view, event)))
            return
        except ConflictError:
            if not left:
                raise


def _missed(contests: Contests, case: Case, now: datetime) -> Iterator[tuple[Event, Case]]:
    """What the clock has to enter in a case, with the case after it."""
    settings = contests.settings
    for missed in clock_events(case.view, settings.deadlines, contests.calendar, now):
        event = next_event(case.view, case.view.case_id, CLOCK, missed, now)
        permit(event, case.view, case.facts)
        case = case._replace(view=apply(case.view, event))
        yield event, case


def _opened_by(contests: Contests, actor: Actor, case_id: str, seen: int | None) -> Case:
    """A case in which somebody is about to act, having seen it up to event ``seen``."""
    case = open_case(contests.reader, contests.store, case_id)
    if actor.role in PERSON and case.seen_by(actor) == "none":
        raise ContestError(UNSEEN)
    if seen is not None and seen != case.view.seq:
        raise ConflictError(
            f"case {case_id}: you saw its event {seen}, it is at {case.view.seq} now; read it again"
        )
    if case.forgotten and actor.role != "data-protection-officer":
        raise ContestError(
            f"case {case_id}: its review was erased, so nobody knows who took part in it; a data "
            "protection officer can end the case"
        )
    return case


def _weighed(contests: Contests, case: Case, actor: Actor, now: datetime) -> Facts:
    """The facts, for a decider with all that it takes to show that they stand apart."""
    if case.review is None or actor.role not in DECIDERS:
        return case.facts
    return company(contests, now).weighed(case.facts, case.review, person=actor.person)


def _enter(contests: Contests, actor: Actor, event: Event, after: Case, now: datetime) -> Kept:
    """Keep an event, and show ``actor`` the case after it; the look is logged first."""
    _log_look(contests, actor, after, now)
    _keep(contests, event, after)
    return _kept(contests, actor, after, now)


def _keep(contests: Contests, event: Event, after: Case) -> None:
    """Keep an event, with what is to be told of it."""
    if event.kind == "erased":
        contests.store.erase(event)
        contests.views.forget()
    else:
        told = due_notices(after.view, event)
        contests.store.append(event, notices=addressed(told, event, after.review))


def _log_look(contests: Contests, actor: Actor, case: Case, now: datetime) -> None:
    """That somebody is about to be shown a case, if they may see it."""
    if case.seen_by(actor) != "none":
        look = Read(at=now, actor=actor, what="case", case_id=case.view.case_id)
        contests.store.read_log.log(look)


def _kept(contests: Contests, actor: Actor, case: Case, now: datetime) -> Kept:
    why = bring(contests, now)
    sees = case.seen_by(actor) != "none"
    seen = _shown(contests, actor, case, now) if sees else None
    return Kept(case.view.case_id, case.view.seq, seen, why)


def _shown(contests: Contests, actor: Actor, case: Case, now: datetime) -> Shown:
    """As ``visible`` says; whoever sees facts alone does not learn from days that it goes on."""
    visibility = case.seen_by(actor)
    seen = shown(case.view, visibility)
    if visibility == "facts_only":
        return Shown(seen, visibility)
    days = due(case.view, contests.settings.deadlines, contests.calendar, now)
    flag = flag_due(case.view)
    if visibility == "pseudonymous" or case.review is None:
        return Shown(seen, visibility, days, flag=flag)
    remedied = _remedied(contests, case, case.review)
    return Shown(seen, visibility, days, case.review, remedied, flag)


def _remedied(contests: Contests, case: Case, review: IntakeReview) -> IntakeReview | None:
    version = case.view.remedied_version
    if version is None:
        return None
    return case.versions.get(version) or contests.reader.review(review.review_id, version)


def _next_due(shown: Shown) -> tuple[date, str]:
    return (shown.due[0].due if shown.due else date.max, shown.view.case_id)


def bring(contests: Contests, now: datetime) -> str | None:
    """Bring all leaves that wait to the ledger; why not, where that cannot be reached."""
    try:
        begin(contests.ledger, contests.leaves, now=now)
        deliver(contests.store.outbox, contests.leaves)
    except RunError as err:
        return str(err)
    return None
