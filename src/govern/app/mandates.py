"""Who speaks for an employee: given and ended by them, or by a case handler from paper."""

from __future__ import annotations

from datetime import datetime

from govern.app.contests import Contests, show
from govern.domain.contest import Actor
from govern.domain.contest_store import Mandate, Read
from govern.errors import ContestError


def give(
    contests: Contests, actor: Actor, mandate: Mandate, *, now: datetime
) -> tuple[Mandate, ...]:
    """Let somebody speak for an employee, from now on; all whom that employee has asked.

    Raises:
        ContestError: this person may not do that, or it would mean nothing.
    """
    _require_may(contests, actor, mandate, now)
    reviews = contests.store.intake.reviews(mandate.employee)
    if mandate.representative in {
        person for one in reviews for person in (one.author, one.manager)
    }:
        raise ContestError(
            f"mandate: {mandate.representative} wrote a review of theirs or leads them, and would "
            "be shown what is kept from both"
        )
    _log(contests, actor, mandate, "given", now)
    contests.store.mandates.give(mandate)
    return contests.store.mandates.of(mandate.employee)


def end(
    contests: Contests, actor: Actor, mandate: Mandate, *, now: datetime
) -> tuple[Mandate, ...]:
    """They speak for the employee no longer; all whom that employee has still asked.

    Raises:
        ContestError: as ``give``, or there is no such mandate.
    """
    _require_may(contests, actor, mandate, now)
    if mandate not in contests.store.mandates.of(mandate.employee):
        raise ContestError(
            f"{mandate.representative} has no such mandate; one for all cases and one for a "
            "single case are ended each by itself"
        )
    _log(contests, actor, mandate, "ended", now)
    contests.store.mandates.end(mandate)
    return contests.store.mandates.of(mandate.employee)


def _require_may(contests: Contests, actor: Actor, mandate: Mandate, now: datetime) -> None:
    employee = mandate.employee
    problem = None
    if actor.role not in ("employee", "case-handler"):
        problem = f"employee or case-handler may, not {actor.role}"
    elif actor.role == "employee" and actor.person != employee:
        problem = "an employee says so for themselves"
    elif mandate.representative == employee:
        problem = "nobody is their own representative"
    elif not (reviews := contests.store.intake.reviews(employee)):
        problem = f"no review of {employee} came in; take it in with `govern intake`"
    elif actor.role == "case-handler":
        near = {person for one in reviews for person in (one.author, one.manager)}
        if actor.person in {employee, mandate.representative, *near}:
            problem = "you take part in it, so another case handler has to"
    if problem:
        raise ContestError(f"mandate: {problem}")
    if (
        mandate.case_id
        and show(contests, actor, mandate.case_id, now=now).view.employee != employee
    ):
        raise ContestError(f"mandate: case {mandate.case_id} is not {employee}'s")


def _log(contests: Contests, actor: Actor, mandate: Mandate, what: str, now: datetime) -> None:
    """That it is done, with both as pseudonyms: the log outlives what is erased."""
    employee, representative = (
        contests.store.pseudonym(one) for one in (mandate.employee, mandate.representative)
    )
    said = f"mandate {what} by {employee} to {representative}"
    contests.store.read_log.log(Read(at=now, actor=actor, what=said, case_id=mandate.case_id))
