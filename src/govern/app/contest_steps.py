"""Steps in a contest, one function per verb: each asked of the rules before it is kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from govern.app.addressed import addressed
from govern.app.contest_case import UNSEEN, OpenCase, next_event, open_case
from govern.app.contest_facts import facts_of, known_review, require_put_right
from govern.app.contests import Contests, Shown, bring, facts_before, log_look, shown_to
from govern.contest.case import CaseView
from govern.contest.deadlines import may_close
from govern.contest.machine import apply
from govern.contest.notices import due_notices
from govern.contest.rules import PERSON, TWO_PEOPLE, permit
from govern.domain.contest import (
    Actor,
    Drafted,
    Event,
    Payload,
    Remedied,
    Submitted,
    agreed,
)
from govern.errors import ConflictError, ContestError


@dataclass(frozen=True)
class Kept:
    """A step that was kept: the case's event ``seq``, and the case if the person may see it.

    ``why_not_in_ledger`` says why it has not reached the ledger; the next step brings it.
    """

    case_id: str
    seq: int
    shown: Shown | None
    why_not_in_ledger: str | None


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
    steps: list[tuple[Event, OpenCase]] = []
    for payload in (draft, Submitted()) if send else (draft,):
        event = next_event(view, case_id, actor, payload, now)
        permit(event, view, facts)
        view = apply(view, event)
        steps.append((event, OpenCase(view, review, facts)))
    log_look(contests, actor, steps[-1][1], now)
    for event, after in steps:
        keep(contests, event, after)
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
    facts = facts_before(contests, actor, case.review, case.facts, now)
    permit(event, case.view, facts)
    after = case._replace(view=apply(case.view, event))
    if event.kind == "closed":
        may_close(case.view, contests.settings.deadlines, contests.calendar, event.at)
    if isinstance(payload, Remedied) and case.view.changes and case.review:
        stood = case.view.remedied_version or case.review.version
        require_put_right(contests.reader, case.review.review_id, stood, payload.review_version)
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
            keep(contests, event, case._replace(view=apply(case.view, event)))
            return
        except ConflictError:
            if not left:
                raise


def _opened_by(contests: Contests, actor: Actor, case_id: str, seen: int | None) -> OpenCase:
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


def _enter(contests: Contests, actor: Actor, event: Event, after: OpenCase, now: datetime) -> Kept:
    """Keep an event, and show ``actor`` the case after it; the look is logged first."""
    log_look(contests, actor, after, now)
    keep(contests, event, after)
    return _kept(contests, actor, after, now)


def keep(contests: Contests, event: Event, after: OpenCase) -> None:
    """Keep an event, with what is to be told of it."""
    if event.kind == "erased":
        contests.store.erase(event)
    else:
        told = due_notices(after.view, event)
        contests.store.append(event, notices=addressed(told, event, after.review, after.facts))


def _kept(contests: Contests, actor: Actor, case: OpenCase, now: datetime) -> Kept:
    why = bring(contests, now)
    sees = case.seen_by(actor) != "none"
    seen = shown_to(contests, actor, case, now) if sees else None
    return Kept(case.view.case_id, case.view.seq, seen, why)
