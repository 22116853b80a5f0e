"""What a case handler works through: the queue, and one case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated

from fastapi import Query, Response

from govern.app.case_history import history
from govern.app.contests import Contests, Shown, list_
from govern.app.one_time_links import links_of
from govern.app.second import waits
from govern.contest.machine import OPEN, SUBMITTED_ON
from govern.web.asked import Asked, Page
from govern.web.case_forms import CaseId, case_of, second
from govern.web.steps import Trouble, forms, possible_steps, take_step

HANDLES = (
    "acknowledged",
    "admitted",
    "not_admitted",
    "gathering",
    "evidence_added",
    "interim_relief",
    "remedied",
    "paused",
    "resumed",
    "closed",
    "reopened",
    "referred_external",
    "flag_sent",
    "flag_acknowledged",
    "notice_sent",
    "second_asked",
)
"""What a handler does, as it stands on the page."""
OVERDUE = frozenset({"overdue", "very_overdue"})


def passed_on(shown: Shown) -> tuple[str, ...]:
    """To whom silence was escalated, of what is still due."""
    still = {day.duty for day in shown.due}
    found = dict.fromkeys(m.escalated_to for m in shown.view.missed if m.duty in still)
    return tuple(found)


Test = Callable[[Shown], bool]
FILTERS: Mapping[str, Test] = MappingProxyType(
    {
        "open": lambda one: one.view.state in OPEN or bool(one.due),
        "unhandled": lambda one: one.view.handler is None and one.view.state in OPEN,
        "overdue": lambda one: any(day.status in OVERDUE for day in one.due),
        "escalated": lambda one: bool(passed_on(one)),
        "all": lambda _: True,
    }
)
"""Which cases of the queue are shown; beside these, those in one state."""
PER_PAGE = 50
_MOST_PAGES = 1_000_000
STATES = tuple(sorted(SUBMITTED_ON))


def handling(
    asked: Asked,
    only: Annotated[str, Query(alias="show", max_length=40)] = "open",
    page: Annotated[int, Query(ge=1, le=_MOST_PAGES)] = 1,
) -> Response:
    """All cases that were sent, by what is due next, some at a time."""
    wanted = only if only in FILTERS or only in SUBMITTED_ON else "open"
    found = list_(asked.own_contests, asked.actor, now=asked.now)
    cases = [one for one in found if one.view.asked_at]
    kept = [one for one in cases if _fits(one, wanted)]
    first = (page - 1) * PER_PAGE
    return asked.page(
        "handling_queue.html.j2",
        cases=kept[first : first + PER_PAGE],
        first=first,
        total=len(kept),
        page=page,
        last_page=max(1, -(-len(kept) // PER_PAGE)),
        counts={name: sum(_fits(one, name) for one in cases) for name in FILTERS},
        only=wanted,
        filters=tuple(FILTERS),
        states=STATES,
        passed_on=passed_on,
    )


def _fits(shown: Shown, wanted: str) -> bool:
    test = FILTERS.get(wanted)
    return test(shown) if test else shown.view.state == wanted


def handling_case(asked: Asked, case_id: CaseId) -> Response:
    """One case: what is said, where it stands, and what can be done now."""
    return _case(asked, asked.own_contests, case_id, None)


def handling_step(asked: Asked, case_id: CaseId) -> Response:
    """Take a step in a case."""
    contests = asked.own_contests
    trouble = take_step(asked, contests, case_id, HANDLES)
    if trouble is None:
        return asked.to("handling-case", case_id=case_id)
    return _case(asked, contests, case_id, trouble)


def _case(asked: Asked, contests: Contests, case_id: str, trouble: Trouble | None) -> Response:
    shown = case_of(asked, contests, case_id)
    found = possible_steps(asked, contests, shown, HANDLES)
    draft = shown.view.draft
    newest = contests.reader.review(draft.review_id) if draft else None
    before = {"remedied_version": str(newest.version)} if newest else {}
    return asked.page(
        "handling_case.html.j2",
        status=trouble.status if trouble else 200,
        shown=shown,
        view=shown.view,
        steps=found,
        forms=forms(found, before, trouble),
        trouble=trouble,
        history=history(contests, shown),
        links=links_of(contests, case_id),
        passed_on=passed_on(shown),
        waits=waits(contests, asked.actor, shown, now=asked.now),
    )


def handling_second(asked: Asked, case_id: CaseId) -> Response:
    """Agree to what waits for a second person, refuse it, or take it back."""
    return second(asked, asked.own_contests, case_id, back="handling-case")


PAGES: dict[str, Page] = {
    "handling": handling,
    "handling-case": handling_case,
    "handling-step": handling_step,
    "handling-second": handling_second,
}
