"""Whom an employee has asked to speak for them."""

from __future__ import annotations

from typing import Literal

from fastapi import Response

from govern.app.mandates import end, give
from govern.domain.contest_store import Mandate
from govern.errors import ContestError
from govern.web.asked import Asked, Page
from govern.web.forms import Answer, Question, read_answer
from govern.web.own import cases_of

WHO = Question("speaker", "line")
EVERY = "every"
"""The choice that stands for all cases, those to come among them."""


def speakers(asked: Asked) -> Response:
    """Those who speak for the person, and a form to ask somebody."""
    return _page(asked, Answer(WHO, ()), Answer(_what(asked), (EVERY,)))


def change(asked: Asked, change: Literal["give", "end"]) -> Response:
    """Ask somebody, or end that."""
    texts = asked.parts.renderer.texts
    who, what = (read_answer(one, asked.sent, texts) for one in (WHO, _what(asked)))
    if who.error or what.error:
        return _page(asked, who, what, status=422)
    mandate = Mandate(
        employee=asked.actor.person,
        representative=who.value,
        case_id=None if what.value == EVERY else what.value,
    )
    try:
        (give if change == "give" else end)(asked.own_contests, asked.actor, mandate, now=asked.now)
    except ContestError:
        return _page(asked, who, what, status=409, refused=True)
    return asked.to("own-speakers")


def _what(asked: Asked) -> Question:
    """For what: every case, or one of those that there are, or were when it was given."""
    held = (one.case_id for one in asked.contests.store.mandates.of(asked.actor.person))
    there = [one.view.case_id for one in cases_of(asked)]
    return Question("speaks", "one", (EVERY, *dict.fromkeys([*there, *filter(None, held)])))


def _page(
    asked: Asked, who: Answer, what: Answer, *, status: int = 200, refused: bool = False
) -> Response:
    return asked.page(
        "speakers.html.j2",
        status=status,
        mandates=asked.contests.store.mandates.of(asked.actor.person),
        cases={one.view.case_id: one for one in cases_of(asked)},
        who=who,
        what=what,
        refused=refused,
    )


PAGES: dict[str, Page] = {"own-speakers": speakers, "own-speak": change}
