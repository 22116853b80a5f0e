"""What a data protection officer does, and what everybody is handed that is held about them.

Who is looked for stands in no address: those are kept in many places.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal

from fastapi import Query, Response
from fastapi.responses import RedirectResponse

from govern.app.contest_export import steps
from govern.app.contests import list_
from govern.app.privacy import forget, held
from govern.app.privacy_text import as_text
from govern.app.second import waits, why_not
from govern.domain.contest import ErasureAsked, HoldLifted, HoldSet, SecondAsked
from govern.web.asked import SEE_OTHER, Asked, Page, RefusedError, download
from govern.web.case_forms import CaseId, case_of, enter, said, second
from govern.web.render import url

MEDIA = {"txt": "text/plain; charset=utf-8", "json": "application/json; charset=utf-8"}
_MOST_ROWS = 999_999_999


def privacy(asked: Asked) -> Response:
    """Every case, and what in them waits for a second person."""
    cases = list_(asked.contests, asked.actor, now=asked.now)
    waiting = [one for one in cases if one.view.awaits_second]
    return asked.page("privacy.html.j2", cases=cases, waiting=waiting)


def privacy_case(asked: Asked, case_id: CaseId) -> Response:
    """One case: what it is about, what happened, and what an officer can do."""
    shown = case_of(asked, asked.contests, case_id)
    wanted = SecondAsked(step=ErasureAsked(ground="-"))
    hold = HoldLifted(reason="-") if shown.view.on_hold else HoldSet(reason="-")
    contests, actor, now = asked.contests, asked.actor, asked.now
    return asked.page(
        "privacy_case.html.j2",
        shown=shown,
        steps=list(steps(contests, shown)),
        waits=waits(contests, actor, shown, now=now),
        why_not_hold=why_not(contests, actor, shown, hold, now=now),
        why_not_erase=why_not(contests, actor, shown, wanted, now=now),
    )


def privacy_case_hold(asked: Asked, case_id: CaseId) -> Response:
    """Set a legal hold, or lift the one that stands."""
    change, reason = said(asked, "hold"), said(asked, "reason")
    if change not in ("set", "lift"):
        raise RefusedError(422)
    step = HoldSet(reason=reason) if change == "set" else HoldLifted(reason=reason)
    return enter(asked, asked.contests, case_id, step, back="privacy-case")


def privacy_case_ask(asked: Asked, case_id: CaseId) -> Response:
    """Ask that a case be erased."""
    step = ErasureAsked(ground=said(asked, "ground"))
    return enter(asked, asked.contests, case_id, SecondAsked(step=step), back="privacy-case")


def privacy_case_second(asked: Asked, case_id: CaseId) -> Response:
    """Agree to what waits, refuse it, or take it back."""
    return second(asked, asked.contests, case_id, back="privacy-case")


def privacy_people(
    asked: Asked, rows: Annotated[int | None, Query(ge=0, le=_MOST_ROWS)] = None
) -> Response:
    """Ask what is held about somebody; ``rows`` were just deleted."""
    return asked.page("privacy_people.html.j2", found=None, rows=rows)


def privacy_person(asked: Asked) -> Response:
    """How much is held about somebody, and what can be done with it."""
    found = held(asked.contests, asked.actor, said(asked, "person"), now=asked.now)
    return asked.page("privacy_people.html.j2", found=found, rows=None)


def privacy_person_file(asked: Asked) -> Response:
    """All that is held about somebody, in a file."""
    kind = said(asked, "kind")
    if kind not in MEDIA:
        raise RefusedError(422)
    return _held_file(asked, said(asked, "person"), kind)


def privacy_person_forget(asked: Asked) -> Response:
    """Delete what came in about somebody."""
    person, ground = said(asked, "person"), said(asked, "ground")
    rows = forget(asked.contests, asked.actor, person, ground=ground, now=asked.now)
    return RedirectResponse(f"{url('privacy-people')}?rows={rows}", SEE_OTHER)


def own_held(asked: Asked) -> Response:
    """Where somebody takes all that is held about them."""
    return asked.page("own_held.html.j2", kinds=MEDIA)


def own_held_file(asked: Asked, kind: Literal["txt", "json"]) -> Response:
    """All that is held about whoever asks, in a file."""
    return _held_file(asked, asked.actor.person, kind)


def _held_file(asked: Asked, person: str, kind: str) -> Response:
    found = held(asked.contests, asked.actor, person, now=asked.now)
    whole = json.dumps(found.as_json(), indent=2, ensure_ascii=False) + "\n"
    text = whole if kind == "json" else as_text(found)
    return download(text.encode(), f"held.{kind}", MEDIA[kind])


PAGES: dict[str, Page] = {
    "privacy": privacy,
    "privacy-case": privacy_case,
    "privacy-case-hold": privacy_case_hold,
    "privacy-case-ask": privacy_case_ask,
    "privacy-case-second": privacy_case_second,
    "privacy-people": privacy_people,
    "privacy-person": privacy_person,
    "privacy-person-file": privacy_person_file,
    "privacy-person-forget": privacy_person_forget,
    "own-held": own_held,
    "own-held-file": own_held_file,
}
