"""What the pages of a person share with those of whoever speaks for them.

A route of the employee is named ``own-…`` and that of the representative ``represent-…``; both are
answered by the same code, which reads the half of the name before the dash as its side.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from govern.app.contests import Shown, list_
from govern.app.explaining import REF_DIGITS, ReviewFile, review_files
from govern.contest.machine import ENDED
from govern.domain.contest_store import Mandate
from govern.web.asked import Asked, RefusedError
from govern.web.case_forms import case_of

ReviewRef = Annotated[str, Path(pattern=rf"^[0-9a-f]{{{REF_DIGITS}}}$")]


def side_of(asked: Asked) -> str:
    """``own`` or ``represent``."""
    return asked.route.name.partition("-")[0]


def cases_of(asked: Asked) -> tuple[Shown, ...]:
    """The cases that are wholly open to who asks, but drafts that they threw away."""
    found = list_(asked.own_contests, asked.actor, now=asked.now)
    return tuple(
        one
        for one in found
        if one.visibility == "own" and (one.view.asked_at or one.view.state == "draft")
    )


def own_case(asked: Asked, case_id: str) -> Shown:
    """A case that is wholly open to who asks.

    Raises:
        RefusedError: it is not, or there is none.
    """
    found = case_of(asked, asked.own_contests, case_id)
    if found.visibility != "own":
        raise RefusedError(404)
    return found


def reviews_of(asked: Asked) -> tuple[ReviewFile, ...]:
    """The reviews that are open to who asks: their own, or those they were asked to speak about."""
    reader, actor = asked.own_contests.reader, asked.actor
    if actor.role == "employee":
        return review_files(reader.reviews(actor.person))
    held = asked.contests.store.mandates.held_by(actor.person)
    whole = {one.employee for one in held if one.case_id is None}
    given = {one.case_id for one in held}
    contested = {
        (view.employee, view.draft.review_id)
        for one in (cases_of(asked) if given - {None} else ())
        if (view := one.view).case_id in given and view.draft
    }
    return review_files(
        review
        for employee in sorted({one.employee for one in held})
        for review in reader.reviews(employee)
        if employee in whole or (employee, review.review_id) in contested
    )


def review_of(asked: Asked, ref: str) -> ReviewFile:
    """One of those reviews.

    Raises:
        RefusedError: it is none of them, or there is none.
    """
    for file in reviews_of(asked):
        if file.ref == ref:
            return file
    raise RefusedError(404)


def may_begin(asked: Asked, employee: str) -> bool:
    """Whether who asks may contest somebody's reviews anew; a mandate for one case does not do."""
    actor = asked.actor
    mandate = Mandate(employee=employee, representative=actor.person)
    return actor.role == "employee" or mandate in asked.contests.store.mandates.of(employee)


def may_contest(asked: Asked) -> tuple[ReviewFile, ...]:
    """What a representative may contest anew and nobody contests."""
    contested = {
        one.view.draft.review_id
        for one in cases_of(asked)
        if one.view.draft and one.view.state not in ENDED
    }
    return tuple(
        one
        for one in reviews_of(asked)
        if one.last.review_id not in contested and may_begin(asked, one.last.employee)
    )
