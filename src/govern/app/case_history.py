"""What happened in a case, for whoever reads it, and that they read what they were told of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from govern.app.contest_steps import act
from govern.app.contests import Contests, Shown, show
from govern.domain.contest import Actor, Event, NoticeKind, NoticeRead, NoticeSent
from govern.errors import ContestError


def history(contests: Contests, shown: Shown) -> tuple[Event, ...]:
    """What happened in a case, in order, for whoever was shown all of it.

    What somebody wrote before they sent it stays theirs.
    """
    if shown.visibility not in ("own", "full"):
        return ()
    events = contests.reader.events(shown.view.case_id)
    return tuple(one for one in events if shown.visibility == "own" or one.kind != "drafted")


def mark_read(contests: Contests, actor: Actor, shown: Shown, *, now: datetime) -> Shown:
    """The case once it is entered that a person opened what notices to them told of.

    Where somebody acts in the case at the same moment, it is entered the next time; where its
    review was erased, nothing can be entered and it can still be read.
    """
    case_id = shown.view.case_id
    unread = _unread(history(contests, shown), actor)
    try:
        for notice in unread:
            act(contests, actor, case_id, NoticeRead(notice=notice), now=now)
    except ContestError:
        return show(contests, actor, case_id, now=now)
    return show(contests, actor, case_id, now=now) if unread else shown


def _unread(events: Sequence[Event], actor: Actor) -> tuple[NoticeKind, ...]:
    """The kinds of notices that were sent to somebody after they last read one of that kind."""
    waiting: dict[NoticeKind, None] = {}
    for event in events:
        match event.payload:
            case NoticeSent(notice=notice, to=to) if to == actor.person:
                waiting[notice] = None
            case NoticeRead(notice=notice) if event.actor == actor:
                waiting.pop(notice, None)
    return tuple(waiting)
