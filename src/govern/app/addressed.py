"""Who gets a notice: the people and roles that the rules name, as the queue knows them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from govern.contest.facts import Facts
from govern.contest.notices import NoticeDue
from govern.domain.contest import Event
from govern.domain.contest_store import Notice
from govern.domain.review_intake import IntakeReview


def addressed(
    told: Iterable[NoticeDue], event: Event, review: IntakeReview | None, facts: Facts
) -> tuple[Notice, ...]:
    """What to tell whom, ``role:board`` being all in that role; nobody hears the same twice.

    Who filed it for the employee and does not speak for them any more hears nothing.
    """
    leaders = {"author": review.author, "manager": review.manager} if review else {}
    found = {
        (due.person or leaders.get(due.role) or f"role:{due.role}", due.text): due
        for due in told
        if due.role != "representative" or due.person in facts.representatives
    }
    return tuple(
        Notice(
            notice_id=secrets.token_hex(16),
            case_id=event.case_id,
            notice=due.notice,
            text=text,
            day=due.due,
            to=to,
            due=event.at,
        )
        for (to, text), due in sorted(found.items())
    )
