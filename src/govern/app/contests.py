"""Contests of a project: what keeps them, and each case as somebody may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from govern.app.case_store import open_case_store
from govern.app.contest_case import OpenCase, open_case, open_cases
from govern.app.contest_facts import Company
from govern.app.contest_settings import Settings, calendar_of, read_settings
from govern.app.ledger import begin
from govern.app.record import open_leaves, open_ledger
from govern.contest.calendar import Calendar
from govern.contest.case import CaseView
from govern.contest.deadlines import Due, due
from govern.contest.facts import Facts
from govern.contest.flags import flag_due
from govern.contest.rules import DECIDERS
from govern.contest.visibility import Visibility, shown
from govern.domain.contest import (
    Actor,
    FlagSent,
    State,
)
from govern.domain.contest_store import CaseReader, ContestStore, Read
from govern.domain.ledger import LeafStore, Ledger
from govern.domain.review_intake import IntakeReview
from govern.errors import RunError
from govern.sources.locate import Project
from govern.store.contests.kept_open import KeptOpen
from govern.store.contests.outbox import deliver


@dataclass(frozen=True)
class Contests:
    """A project's store of contests, its ledger, and by which rules and days it is kept.

    ``reader`` is through what cases and reviews are read: the store, or what of it a session opens.
    ``views`` keeps cases that were opened just now, as long as the store keeps their texts.
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
        views=store.kept_open,
    )


def company(contests: Contests, now: datetime) -> Company:
    """All that is weighed around the reviews of a project."""
    return Company(contests.project, contests.store.intake.reviews(), contests.settings, now=now)


def show(contests: Contests, actor: Actor, case_id: str, *, now: datetime) -> Shown:
    """A case as somebody may see it; that they looked is kept.

    Raises:
        ContestError: they see nothing of it, or there is none.
    """
    case = open_case(contests.reader, contests.store, case_id)
    found = shown_to(contests, actor, case, now)
    log_look(contests, actor, case, now)
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
    found = [
        shown_to(contests, actor, case, now) for case in cases if case.seen_by(actor) != "none"
    ]
    contests.store.read_log.log(Read(at=now, actor=actor, what="list"))
    asked = [one for one in found if not states or one.view.state in states]
    return tuple(sorted(asked, key=_next_due))


def shown_to(contests: Contests, actor: Actor, case: OpenCase, now: datetime) -> Shown:
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


def _remedied(contests: Contests, case: OpenCase, review: IntakeReview) -> IntakeReview | None:
    version = case.view.remedied_version
    if version is None:
        return None
    return case.versions.get(version) or contests.reader.review(review.review_id, version)


def facts_before(
    contests: Contests, actor: Actor, review: IntakeReview | None, facts: Facts, now: datetime
) -> Facts:
    """The facts, for a decider with all that it takes to show that they stand apart.

    Raises:
        PolicyError, IntegrityError: as ``Company.weighed``.
    """
    if review is None or actor.role not in DECIDERS:
        return facts
    return company(contests, now).weighed(facts, review, person=actor.person)


def _next_due(shown: Shown) -> tuple[date, str]:
    return (shown.due[0].due if shown.due else date.max, shown.view.case_id)


def log_look(contests: Contests, actor: Actor, case: OpenCase, now: datetime) -> None:
    """That somebody is about to be shown a case, if they may see it."""
    if case.seen_by(actor) != "none":
        look = Read(at=now, actor=actor, what="case", case_id=case.view.case_id)
        contests.store.read_log.log(look)


def bring(contests: Contests, now: datetime) -> str | None:
    """Bring all leaves that wait to the ledger; why not, where that cannot be reached."""
    try:
        begin(contests.ledger, contests.leaves, now=now)
        deliver(contests.store.outbox, contests.leaves)
    except RunError as err:
        return str(err)
    return None
