"""What pages about a case have in common: the case, what a form says of it, the second person."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Response

from govern.app.contest_steps import act, agree
from govern.app.contests import Contests, Shown, show
from govern.domain.contest import Payload, SecondRefused
from govern.errors import ContestError
from govern.web.asked import Asked, RefusedError

CaseId = Annotated[str, Path(max_length=32, pattern=r"^[0-9a-f]{32}$")]
CONFLICT, UNPROCESSABLE = 409, 422
LONGEST = 4_000
_DIGITS = 9


def case_of(asked: Asked, contests: Contests, case_id: str) -> Shown:
    """The case as whoever asks may see it; what they may not see is as if it were not there."""
    try:
        return show(contests, asked.actor, case_id, now=asked.now)
    except ContestError as err:
        raise RefusedError(404) from err


def seen_of(asked: Asked) -> int:
    """At which event the case stood when the page of a form was made."""
    return _number(asked, "seen")


def said(asked: Asked, name: str) -> str:
    """What a field says, which has to say something and no more than it may."""
    text = "".join(asked.sent.get(name, ())).replace("\r\n", "\n").replace("\0", "").strip()
    if not 0 < len(text) <= LONGEST:
        raise RefusedError(UNPROCESSABLE)
    return text


def enter(asked: Asked, contests: Contests, case_id: str, step: Payload, *, back: str) -> Response:
    """Enter a step in a case as the page showed it, and go back to the page."""
    case_of(asked, contests, case_id)
    act(contests, asked.actor, case_id, step, now=asked.now, seen=seen_of(asked))
    return asked.to(back, case_id=case_id)


def second(asked: Asked, contests: Contests, case_id: str, *, back: str) -> Response:
    """Agree to what somebody asked for, or refuse it, and go back to the page."""
    waiting = _number(asked, "asked")
    if said(asked, "answer") != "agree":
        refused = SecondRefused(asked=waiting, reason=said(asked, "reason"))
        return enter(asked, contests, case_id, refused, back=back)
    case_of(asked, contests, case_id)
    agree(contests, asked.actor, case_id, waiting, now=asked.now, seen=seen_of(asked))
    return asked.to(back, case_id=case_id)


def _number(asked: Asked, name: str) -> int:
    """The number of an event in a field."""
    text = "".join(asked.sent.get(name, ()))
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise RefusedError(UNPROCESSABLE)
    return int(text)
