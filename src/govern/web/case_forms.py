"""What pages about a case have in common: the case, what a form says of it, the second person."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Response

from govern.app.contests import Contests, Shown, act, agree, show
from govern.domain.contest import Payload, SecondRefused
from govern.errors import ContestError
from govern.web.asked import Asked, RefusedError
from govern.web.forms import Sent

CaseId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
LONGEST = 4_000
_HIGHEST = 9


def case_shown(asked: Asked, case_id: str, contests: Contests | None = None) -> Shown:
    """The case as whoever asks may see it; what they may not see is as if it were not there."""
    try:
        return show(contests or asked.contests, asked.actor, case_id, now=asked.now)
    except ContestError as err:
        raise RefusedError(404) from err


def said(sent: Sent, name: str) -> str:
    """What a field says, which has to say something and no more than it may."""
    text = "".join(sent.get(name, ())).replace("\r\n", "\n").replace("\0", "").strip()
    if not 0 < len(text) <= LONGEST:
        raise RefusedError(422)
    return text


def number(sent: Sent, name: str) -> int:
    """The number of an event in a field."""
    text = said(sent, name)
    if not (text.isascii() and text.isdigit() and len(text) <= _HIGHEST):
        raise RefusedError(422)
    return int(text)


def take(
    asked: Asked,
    case_id: str,
    step: Payload,
    sent: Sent,
    back: str,
    *,
    contests: Contests | None = None,
) -> Response:
    """Take a step in a case as the page showed it, and go back to the page."""
    case_shown(asked, case_id, contests)
    seen = number(sent, "seen")
    act(contests or asked.contests, asked.actor, case_id, step, now=asked.now, seen=seen)
    return asked.to(back, case_id=case_id)


async def second(
    asked: Asked, case_id: str, back: str, *, contests: Contests | None = None
) -> Response:
    """Agree to what somebody asked for, or refuse it, and go back to the page.

    ``contests`` are those that the page reads; without them, all.
    """
    sent = await asked.form()
    waiting = number(sent, "asked")
    if said(sent, "answer") != "agree":
        refused = SecondRefused(asked=waiting, reason=said(sent, "reason"))
        return take(asked, case_id, refused, sent, back, contests=contests)
    case_shown(asked, case_id, contests)
    seen = number(sent, "seen")
    agree(contests or asked.contests, asked.actor, case_id, waiting, now=asked.now, seen=seen)
    return asked.to(back, case_id=case_id)
